//! What nodes say to each other.

use super::LogId;
use crate::NodeId;

/// A message, without the payloads that go with it.
///
/// Its sender is not in it: the host's transport knows, and must be sure of it.
///
/// It is plain data: what can be written down can be sent. What is wrong with a message is found
/// when it is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Message {
    /// The cluster of the sender.
    pub cluster: u64,
    /// For whom it is.
    pub to: NodeId,
    /// The current term of the sender.
    pub term: u64,
    /// What it says.
    pub body: Body,
}

impl Message {
    /// The most bytes that a message takes in postcard, without its entries but with their number
    /// before them.
    pub const MAX_BYTES: usize = 91;

    /// The most bytes that an entry takes in postcard beside its payload: a mark for blanks, and
    /// the length.
    pub const MAX_ENTRY_OVERHEAD: usize = 11;

    /// How many entries go with it.
    #[must_use]
    pub const fn entry_count(&self) -> u32 {
        match self.body {
            Body::Append { count, .. } | Body::Suffix { count, .. } => count,
            _ => 0,
        }
    }
}

impl Body {
    /// Whether it makes sense only where terms are ballots.
    pub(super) const fn is_of_ballots(&self) -> bool {
        matches!(
            self,
            Self::Promise { .. }
                | Self::Fetch { .. }
                | Self::Suffix { .. }
                | Self::Differs { .. }
                | Self::ReadIndex { .. }
                | Self::ReadIndexReply { .. }
        )
    }
}

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Body {
    /// Would you vote for me in the term after mine? (Thesis, section 9.6.) Promises nothing on
    /// either side.
    PreVote {
        /// The last entry of the sender's log.
        last: LogId,
    },
    /// The answer to that.
    PreVoteReply {
        /// Whether it would.
        granted: bool,
        /// The term of the sender of the question.
        asked: u64,
    },
    /// Vote for me in my term.
    Vote {
        /// The last entry of the sender's log.
        last: LogId,
    },
    /// The answer to that.
    VoteReply {
        /// Whether the sender has voted so, and will remember it.
        granted: bool,
    },
    /// The leader's entries behind `prev`, all of one term; without any, a heartbeat.
    Append {
        /// What the entries follow.
        prev: LogId,
        /// The term of all of them; 0 if there are none.
        entries_term: u64,
        /// How many there are.
        count: u32,
        /// Up to where the leader's log is committed.
        commit: u64,
        /// The leader's latest round of reads.
        round: u64,
    },
    /// The leader has nothing to send but how far its log is committed. There is no answer.
    Commit {
        /// Up to where.
        commit: u64,
    },
    /// The sender's log is durable, and the same as the leader's, up to an index.
    Matched {
        /// That index.
        index: u64,
        /// The latest round that it heard.
        round: u64,
    },
    /// The sender's log does not have `prev`.
    Mismatched {
        /// The index of the `prev` in question.
        prev: u64,
        /// The last of the sender's entries, before `prev` and of a term not above that of `prev`:
        /// where the two logs may meet.
        hint: LogId,
        /// The latest round that it heard.
        round: u64,
    },
    /// A snapshot, which goes with it as a payload. Answered by `Matched`.
    Snapshot {
        /// The last entry that it covers.
        last: LogId,
    },
    /// The term of what you sent is over.
    Outdated,
    /// The answer to `Vote` where terms are ballots: nothing of an earlier ballot will be accepted.
    /// This and what follows is of [`multi_paxos`](crate::multi_paxos) only.
    Promise {
        /// The last entry of the sender's log.
        last: LogId,
    },
    /// From a candidate that was promised to lead, to the most up to date of those who did: send
    /// what you have behind this.
    Fetch {
        /// An entry of the candidate's log.
        prev: LogId,
    },
    /// The answer: entries behind `prev`, all of one term; none, if the sender has no more.
    Suffix {
        /// What the entries follow.
        prev: LogId,
        /// The term of all of them; 0 if there are none.
        entries_term: u64,
        /// How many there are.
        count: u32,
    },
    /// The other answer: the sender's log does not have `prev`.
    Differs {
        /// The index of the `prev` in question.
        prev: u64,
        /// The last of the sender's entries, before `prev` and of a term not above that of `prev`:
        /// where the two logs may meet.
        hint: LogId,
    },
    /// What is the last index of your log? For a read on a follower.
    ReadIndex {
        /// The round of reads of the sender.
        round: u64,
    },
    /// The answer to that.
    ReadIndexReply {
        /// The round of the question.
        round: u64,
        /// The last index of the sender's log.
        last: u64,
    },
}
