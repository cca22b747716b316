//! The one error of bounded storage.

use core::fmt;

/// The refusal of an operation for which there is no room. Nothing was changed.
///
/// Make room, or choose a larger capacity, and call again: `needed` says how large. Where a value
/// moved in, it comes back beside this error.
///
/// ```
/// use synod_capacity::{Full, Inline, List};
///
/// let mut list: List<u8, Inline<2>> = List::from_slice(&[1, 2])?;
/// assert_eq!(list.push(3), Err((Full { needed: 3, capacity: 2 }, 3)));
/// # Ok::<(), Full>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Full {
    /// How many elements the refused operation would have left behind.
    pub needed: usize,
    /// How many fit: `N` of `Inline<N>`, or what `Heap` had allocated when its allocator refused.
    pub capacity: usize,
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "room for {} needed, capacity {}", self.needed, self.capacity)
    }
}

impl core::error::Error for Full {}
