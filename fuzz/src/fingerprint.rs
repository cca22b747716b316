//! Hashes, to check that equal values hash alike.

use std::hash::{DefaultHasher, Hash, Hasher};

/// The hash of a value, the same in every run.
pub(crate) fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
