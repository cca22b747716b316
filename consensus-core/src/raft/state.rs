//! Leader, candidate or follower.

use synod_quorum::{NodeSet, Votes};

use super::LogId;

/// What a node is doing, and what it must know for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum State {
    Follower(Following),
    /// Asks whether it would be elected.
    PreCandidate(Votes),
    Candidate(Candidacy),
    /// Was promised to lead, and completes its log before it does. Only with ballots.
    Recovering(Recovering),
    Leader(Leading),
}

/// Who has promised, and which of their logs is the most up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Candidacy {
    pub(super) votes: Votes,
    pub(super) best: LogId,
    /// The place of the voter whose log that is.
    pub(super) holder: usize,
}

/// Whose log a candidate makes its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Recovering {
    /// Its place.
    pub(super) holder: usize,
    /// The entry of this node behind which it was asked to go on.
    pub(super) prev: LogId,
    /// The end of its log, as it promised: whatever may be committed ends no later.
    pub(super) best: LogId,
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
    /// When those are asked again who have not answered a read of this node.
    pub(super) ask_again_at_us: u64,
    /// What was asked about, and is to be answered: where a leader's log does not meet this one, or
    /// behind which entry a candidate lacks some.
    pub(super) in_question: Option<LogId>,
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
