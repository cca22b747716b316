//! What all convergent types have in common.

/// A value that converges: replicas that have merged the same updates are equal, whatever the order
/// in which they came and however often.
///
/// `Other` is whatever may be taken in: another replica's state, or a delta of it. A merge is a
/// join of a semilattice: idempotent, commutative, associative; the value only grows in the order
/// of that lattice.
///
/// Source: Shapiro, Preguiça, Baquero, Zawirski, "Conflict-free Replicated Data Types", SSS 2011.
///
/// ```
/// use synod_crdt::{Max, Merge};
///
/// let mut highest = Max(20);
/// assert_eq!(highest.merge(&Max(25)), Ok(true));
/// assert_eq!(highest.merge(&Max(23)), Ok(false));
/// assert_eq!(highest, Max(25));
/// ```
pub trait Merge<Other: ?Sized = Self> {
    /// Why a merge is refused.
    type Error;

    /// Takes in what `other` knows. Gives whether that changed anything, so that a host knows what
    /// to persist and to forward.
    ///
    /// # Errors
    ///
    /// As the type says. Nothing was changed: a merge is all or nothing.
    fn merge(&mut self, other: &Other) -> Result<bool, Self::Error>;

    /// Says whether [`merge`](Self::merge) would be refused, and changes nothing. An allocator that
    /// has no more memory is only found by the merge itself.
    ///
    /// On a [`Causal`](crate::Causal) state it looks at what the merge would look at, and clones
    /// the context to merge it on the side: O(n) for a state of `n` rows, O(m log n) for a delta of
    /// `m` events, and O(r) in the ranges of both contexts, for which `Heap` allocates. The merge
    /// itself refuses in the same way: ask before only where its outcome must be known without it.
    ///
    /// # Errors
    ///
    /// What the merge would give.
    fn validate(&self, other: &Other) -> Result<(), Self::Error>;
}
