//! What can be placed.

/// A key, or the name of a node: a string of bytes.
///
/// Two keys are one where their bytes are. An unsigned integer is its value in eight bytes, the
/// lowest first, whatever its type, so that a wider type moves nothing; text is its UTF-8; an array
/// or a slice of bytes is itself. There is no `usize` and nothing of [`core::hash::Hash`]: what
/// these stand for depends on the machine and on the compiler.
///
/// Which type a bare number has is for you to say: `7_u64`.
///
/// A key of several parts says how they become bytes, with nothing ambiguous about where one ends:
///
/// ```
/// use synod_hashring::Key;
///
/// struct Row {
///     tenant: u32,
///     id: u64,
/// }
///
/// impl Key for Row {
///     fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
///         let mut bytes = [0; 12];
///         bytes[..4].copy_from_slice(&self.tenant.to_le_bytes());
///         bytes[4..].copy_from_slice(&self.id.to_le_bytes());
///         read(&bytes)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key: its bytes are not the same on every machine, or not said here",
    note = "keys are bytes, text, and `u8` to `u64`; a bare number is written `7_u64`",
    note = "implement `Key` for a type of your own"
)]
pub trait Key {
    /// Calls `read` once, with the bytes of the key, and returns what it does.
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R;
}

impl<K: Key + ?Sized> Key for &K {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        (**self).with_bytes(read)
    }
}

impl Key for [u8] {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(self)
    }
}

impl<const N: usize> Key for [u8; N] {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(self)
    }
}

impl Key for str {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(self.as_bytes())
    }
}

#[cfg(feature = "alloc")]
impl Key for alloc::string::String {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(self.as_bytes())
    }
}

#[cfg(feature = "alloc")]
impl Key for alloc::vec::Vec<u8> {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(self)
    }
}

impl Key for u64 {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(&self.to_le_bytes())
    }
}

impl Key for u32 {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        u64::from(*self).with_bytes(read)
    }
}

impl Key for u16 {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        u64::from(*self).with_bytes(read)
    }
}

impl Key for u8 {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        u64::from(*self).with_bytes(read)
    }
}
