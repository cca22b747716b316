//! What a register holds, and what its members must never forget.

use super::Membership;
use crate::{Ballot, ballot::order};

/// What a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct State<V, const N: usize> {
    /// The ballot under which the value came to be: unlike that of any other, and higher than that
    /// of all before. `None` before the first change.
    pub version: Option<Ballot>,
    /// The value; `None` before the first one, and when it was deleted.
    pub value: Option<V>,
    /// Who remembers it.
    pub members: Membership<N>,
}

/// A state under the ballot for which it was accepted; `None` for the one that all begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Accepted<V, const N: usize> {
    /// The ballot.
    pub ballot: Option<Ballot>,
    /// The state.
    pub state: State<V, N>,
}

impl<V, const N: usize> State<V, N> {
    /// The same with the value lent.
    #[must_use]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))] // flash is dearer than time
    pub const fn as_ref(&self) -> State<&V, N> {
        State { version: self.version, value: self.value.as_ref(), members: self.members }
    }

    /// Whether it can have been accepted under this ballot: by somebody, no younger than the ballot,
    /// and without a value unless one was made.
    pub(super) fn is_legal(&self, ballot: Option<Ballot>) -> bool {
        order(&self.version, &ballot).is_le()
            && (ballot.is_none() || !self.members.as_slice().is_empty())
            && (self.value.is_none() || self.version.is_some())
    }
}

impl<V: Clone, const N: usize> State<&V, N> {
    /// The same with a copy of the value.
    #[must_use]
    pub fn cloned(self) -> State<V, N> {
        State { version: self.version, value: self.value.cloned(), members: self.members }
    }
}

impl<V, const N: usize> Accepted<V, N> {
    /// The same with the value lent.
    #[must_use]
    pub const fn as_ref(&self) -> Accepted<&V, N> {
        Accepted { ballot: self.ballot, state: self.state.as_ref() }
    }

    /// Whether a proposer could have made it.
    pub(super) fn is_legal(&self) -> bool {
        self.state.is_legal(self.ballot)
    }
}

impl<V: Clone, const N: usize> Accepted<&V, N> {
    /// The same with a copy of the value.
    #[must_use]
    pub fn cloned(self) -> Accepted<V, N> {
        Accepted { ballot: self.ballot, state: self.state.cloned() }
    }
}
