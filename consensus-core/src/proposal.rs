//! A value under a ballot.

use crate::Ballot;

/// A value under a ballot: what a proposer asks acceptors to accept, and what they have accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Proposal<V> {
    /// The ballot.
    pub ballot: Ballot,
    /// The value.
    pub value: V,
}

impl<V> Proposal<V> {
    /// The same with the value lent.
    #[must_use]
    pub const fn as_ref(&self) -> Proposal<&V> {
        Proposal { ballot: self.ballot, value: &self.value }
    }
}

impl<V: Clone> Proposal<&V> {
    /// The same with a copy of the value.
    #[must_use]
    pub fn cloned(self) -> Proposal<V> {
        Proposal { ballot: self.ballot, value: self.value.clone() }
    }
}
