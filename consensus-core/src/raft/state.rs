//! Leader, candidate or follower.

use synod_quorum::{NodeSet, Votes};

use super::LogId;

/// What a node is doing, and what it must know for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum State {
    Follower(Following),
    /// Asks whether it would be elected.
    PreCandidate(Votes),
    Candidate(Votes),
    Leader(Leading),
}

/// What a follower knows of its leader's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Following {
    /// The leader's place, once it has been heard.
    pub(super) leader: Option<usize>,
    /// Up to where the two logs are the same.
    pub(super) matched: u64,
    /// The latest round that was heard.
    pub(super) round: u64,
    /// The index of the last answer.
    pub(super) told: u64,
    /// An answer is due whether or not there is news.
    pub(super) answer: bool,
    /// The answer is that the logs do not meet here.
    pub(super) mismatched: Option<LogId>,
}

/// What only a leader knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Leading {
    /// The index of its first entry.
    pub(super) start: u64,
    /// Who has answered since the last check, itself included.
    pub(super) active: NodeSet,
    pub(super) heartbeat_at_us: u64,
    /// The latest write at the last check.
    pub(super) issued: u64,
}
