//! Counting what an iterator gives.

/// How many items are left. (`count` of the standard library can overflow, as far as a compiler
/// that must rule out a panic can see.)
pub(crate) fn count(items: impl Iterator) -> usize {
    items.fold(0, |count: usize, _| count.saturating_add(1))
}
