//! What nodes of one rule of elections say, and those of the other do not.

use core::{fmt, hash::Hash};

use super::{BallotBody, Body};

/// What only nodes of one rule say: [`BallotBody`], or nothing ([`Never`]).
pub trait Said: Sealed + Copy + fmt::Debug + Eq + Hash {
    /// What is said, if it is something that only nodes of Multi-Paxos say.
    fn ballot(self) -> Option<BallotBody>;

    /// This, if nodes of the rule say such things.
    fn of(ballot: BallotBody) -> Option<Self>;
}

/// There are no others.
pub trait Sealed {}

impl Sealed for Never {}
impl Sealed for BallotBody {}

/// What nodes of Raft say beside what all nodes say, which is nothing: there is no such value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Never {}

impl Said for Never {
    fn ballot(self) -> Option<BallotBody> {
        match self {}
    }

    fn of(_: BallotBody) -> Option<Self> {
        None
    }
}

impl Said for BallotBody {
    fn ballot(self) -> Option<BallotBody> {
        Some(self)
    }

    fn of(ballot: BallotBody) -> Option<Self> {
        Some(ballot)
    }
}

/// Says this, if nodes of the rule say such things; gives whether they do.
pub(super) fn say<X: Said>(ballot: BallotBody, body: &mut Body<X>) -> bool {
    let said = X::of(ballot);
    if let Some(said) = said {
        *body = Body::Ballot(said);
    }
    said.is_some()
}
