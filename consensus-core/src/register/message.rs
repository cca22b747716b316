//! What members say to each other.

use super::{Accepted, Member, State};
use crate::{Ballot, Instance, NodeId};

/// A message: plain data, of which what is wrong is found when it is handled.
///
/// Its sender is not in it: the host's transport knows, and must be sure of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Message<V, const N: usize> {
    /// Which register it is about.
    pub instance: Instance,
    /// For whom it is.
    pub to: NodeId,
    /// What it says.
    pub body: Body<V, N>,
}

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Body<V, const N: usize> {
    /// Phase 1a: promise me to accept nothing below my ballot.
    Prepare {
        /// The ballot.
        ballot: Ballot,
    },
    /// Phase 1b: it is promised.
    Promise {
        /// The ballot.
        ballot: Ballot,
        /// What the sender has accepted under its highest ballot so far.
        accepted: Accepted<V, N>,
    },
    /// Phase 2a: accept this, and promise me the next round.
    Accept {
        /// The ballot.
        ballot: Ballot,
        /// What is to be accepted.
        state: State<V, N>,
    },
    /// Phase 2b: it is accepted, and the next round of that proposer is promised.
    Accepted {
        /// Under this ballot.
        ballot: Ballot,
    },
    /// Neither is to be had: more was promised.
    Rejected {
        /// The ballot that comes too late.
        ballot: Ballot,
        /// The one that is promised.
        promised: Ballot,
    },
    /// Under which ballot have you accepted what you hold?
    Query {
        /// The last ballot of the sender, which no other life of its has.
        life: Ballot,
        /// Which question in that life it is.
        round: u64,
    },
    /// The answer to that.
    Report {
        /// The ballot of the question.
        life: Ballot,
        /// Which question it was.
        round: u64,
        /// The ballot under which the sender has accepted what it holds.
        ballot: Option<Ballot>,
    },
    /// All members have accepted under this ballot that there is no value: it may be forgotten.
    Forget {
        /// The ballot.
        ballot: Ballot,
    },
}

impl<V, const N: usize> Message<V, N> {
    /// The most bytes that a message takes in postcard, without its value.
    // Three numbers and a kind; in a promise three ballots, three marks and a count; then ids and parts.
    pub const MAX_OVERHEAD: usize = 95_usize.saturating_add(N.saturating_mul(Member::MAX_BYTES));
}

impl<V: Clone, const N: usize> Message<&V, N> {
    /// The same with a copy of the value, for a host that hands it on in memory.
    #[must_use]
    pub fn cloned(self) -> Message<V, N> {
        let body = match self.body {
            Body::Prepare { ballot } => Body::Prepare { ballot },
            Body::Promise { ballot, accepted } => {
                Body::Promise { ballot, accepted: accepted.cloned() }
            }
            Body::Accept { ballot, state } => Body::Accept { ballot, state: state.cloned() },
            Body::Accepted { ballot } => Body::Accepted { ballot },
            Body::Rejected { ballot, promised } => Body::Rejected { ballot, promised },
            Body::Query { life, round } => Body::Query { life, round },
            Body::Report { life, round, ballot } => Body::Report { life, round, ballot },
            Body::Forget { ballot } => Body::Forget { ballot },
        };
        Message { instance: self.instance, to: self.to, body }
    }
}
