//! From keys to points.

use twox_hash::XxHash64;

use crate::key::Key;

/// The hash that turns a [`Key`] into a point: a number of 64 bits, the same on every machine and
/// in every release.
///
/// Whoever is to agree on who owns a key agrees on the version and on the seed. There is one
/// version: 1, [XXH64](https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) of the bytes
/// of the key, which has implementations in most languages, so that a client that is not written in
/// Rust finds the same owner. Should there ever be another one, it will be another constructor, and
/// this one stays.
///
/// The seed makes groups independent of each other: where two tiers place the same keys with one
/// seed, a node of the second tier sees the keys of few nodes of the first. It is no secret: XXH64
/// is not made to withstand somebody who chooses keys so that they collide.
///
/// O(bytes of the key).
///
/// ```
/// use synod_hashring::KeyHash;
///
/// let hash = KeyHash::v1(0);
/// assert_eq!(hash.point("abc"), 0x44bc_2cf5_ad77_0999); // as in the specification
/// assert_eq!(hash.point(7_u8), hash.point(7_u64));
/// assert_ne!(hash.point("abc"), KeyHash::v1(1).point("abc"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct KeyHash {
    seed: u64,
}

impl KeyHash {
    /// Version 1: XXH64.
    pub const fn v1(seed: u64) -> Self {
        Self { seed }
    }

    /// Which version this is: 1.
    pub const fn version(&self) -> u8 {
        1
    }

    /// The seed.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The point of a key.
    pub fn point(&self, key: impl Key) -> u64 {
        key.with_bytes(|bytes| XxHash64::oneshot(self.seed, bytes))
    }
}
