//! What a person wants to see.

use super::{Election, LogId, Raft, peer::Pace, state::State};
use crate::NodeId;

/// What a node is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Role {
    /// Follows a leader, or waits for one.
    Follower,
    /// Asks whether it would be elected.
    PreCandidate,
    /// Asks for votes; or, in Multi-Paxos, was elected and completes its log before it leads.
    Candidate,
    /// Leads.
    Leader,
}

/// Who leads, as far as this node knows, and in which term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Leadership {
    /// What this node is doing.
    pub role: Role,
    /// Its term.
    pub term: u64,
    /// Who leads, if it is known.
    pub leader: Option<NodeId>,
}

/// A node at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Status {
    /// Who it is.
    pub id: NodeId,
    /// Who leads.
    pub leadership: Leadership,
    /// Who has its vote in this term.
    pub vote: Option<NodeId>,
    /// The last entry of its log in memory.
    pub last: LogId,
    /// Up to where its log is durable.
    pub durable: u64,
    /// Up to where it knows the log to be committed.
    pub committed: u64,
    /// Up to where it was told that the log is applied.
    pub applied: u64,
}

/// How a leader sends to a follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Replication {
    /// One message at a time, until it is known where the logs meet.
    Probing,
    /// As many messages as the window allows.
    Pipelining,
    /// It waits for a snapshot to arrive.
    Snapshot,
}

/// A follower as its leader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PeerStatus {
    /// Who it is.
    pub id: NodeId,
    /// How it is sent to.
    pub replication: Replication,
    /// Up to where its log is known to be the leader's, and durable.
    pub matched: u64,
    /// The next entry that it will be sent.
    pub next: u64,
    /// Messages with entries that it has not acknowledged.
    pub in_flight: usize,
    /// Whether it has answered since the leader last checked that a quorum does.
    pub active: bool,
}

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// The node at a glance.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            id: self.config.id,
            leadership: self.leadership(),
            vote: self.hard_state.vote,
            last: self.last,
            durable: self.writes.durable(),
            committed: self.commit,
            applied: self.applied,
        }
    }

    /// Each follower, if this node leads; else nobody.
    pub fn peers(&self) -> impl Iterator<Item = PeerStatus> + '_ {
        let leading = match self.state {
            State::Leader(leading) => Some(leading),
            _ => None,
        };
        self.others().iter().filter_map(move |position| {
            let active = leading?.active.contains(position);
            let peer = self.peers.get(position)?;
            Some(PeerStatus {
                id: self.voters.id(position)?,
                replication: match peer.pace {
                    Pace::Probe { .. } => Replication::Probing,
                    Pace::Pipeline => Replication::Pipelining,
                    Pace::Snapshot { .. } => Replication::Snapshot,
                },
                matched: peer.matched,
                next: peer.next,
                in_flight: peer.flights.len(),
                active,
            })
        })
    }

    /// Who votes, in ascending order.
    #[must_use]
    pub fn voters(&self) -> &[NodeId] {
        self.voters.as_slice()
    }

    pub(super) fn leadership(&self) -> Leadership {
        let role = match self.state {
            State::Follower(_) => Role::Follower,
            State::PreCandidate(_) => Role::PreCandidate,
            State::Candidate(_) | State::Recovering(_) => Role::Candidate,
            State::Leader(_) => Role::Leader,
        };
        Leadership { role, term: self.hard_state.term, leader: self.leader() }
    }
}
