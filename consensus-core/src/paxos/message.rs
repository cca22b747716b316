//! What the roles say to each other.

use crate::{Ballot, Instance, NodeId, Proposal};

/// A message: plain data, of which what is wrong is found when it is handled.
///
/// Its sender is not in it: the host's transport knows, and must be sure of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Message<V> {
    /// Which decision it is about.
    pub instance: Instance,
    /// For whom it is.
    pub to: NodeId,
    /// What it says.
    pub body: Body<V>,
}

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Body<V> {
    /// Phase 1a: promise me to accept nothing below my ballot.
    Prepare {
        /// The ballot.
        ballot: Ballot,
    },
    /// Phase 1b: it is promised.
    Promise {
        /// The ballot.
        ballot: Ballot,
        /// What the acceptor has accepted under its highest ballot so far.
        accepted: Option<Proposal<V>>,
    },
    /// Phase 2a: accept this.
    Accept(Proposal<V>),
    /// Phase 2b: it is accepted.
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
    /// What have you accepted? From learners. An acceptor that has accepted nothing answers as soon
    /// as it has, and then only the last who asked.
    Ask,
    /// The answer: what the acceptor has accepted under its highest ballot.
    Report(Proposal<V>),
}

/// Which of a node's machines a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Role {
    /// The [`Acceptor`](super::Acceptor).
    Acceptor,
    /// The [`Proposer`](super::Proposer).
    Proposer,
    /// The [`Learner`](super::Learner).
    Learner,
}

impl<V> Message<V> {
    /// The most bytes that a message takes in postcard, without its value.
    pub const MAX_OVERHEAD: usize = 72; // three numbers and a kind; in a promise two ballots and a mark

    /// Which machine it is for.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self.body {
            Body::Prepare { .. } | Body::Accept(_) | Body::Ask => Role::Acceptor,
            Body::Promise { .. } | Body::Accepted { .. } | Body::Rejected { .. } => Role::Proposer,
            Body::Report(_) => Role::Learner,
        }
    }
}

impl<V: Clone> Message<&V> {
    /// The same with a copy of the value, for a host that hands it on in memory.
    #[must_use]
    pub fn cloned(self) -> Message<V> {
        let body = match self.body {
            Body::Prepare { ballot } => Body::Prepare { ballot },
            Body::Promise { ballot, accepted } => {
                Body::Promise { ballot, accepted: accepted.map(Proposal::cloned) }
            }
            Body::Accept(proposal) => Body::Accept(proposal.cloned()),
            Body::Accepted { ballot } => Body::Accepted { ballot },
            Body::Rejected { ballot, promised } => Body::Rejected { ballot, promised },
            Body::Ask => Body::Ask,
            Body::Report(proposal) => Body::Report(proposal.cloned()),
        };
        Message { instance: self.instance, to: self.to, body }
    }
}
