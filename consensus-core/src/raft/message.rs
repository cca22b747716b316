//! What nodes say to each other.

use super::{BallotBody, LogId, Never, Said};
use crate::NodeId;

/// A message, without the payloads that go with it.
///
/// Its sender is not in it: the host's transport knows, and must be sure of it.
///
/// `X` is what only nodes of one rule of elections say: nothing by Raft's, and
/// [`BallotBody`] by that of Multi-Paxos.
///
/// It is plain data: what can be written down can be sent. What is wrong with a message is found
/// when it is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Message<X = Never> {
    /// The cluster of the sender.
    pub cluster: u64,
    /// For whom it is.
    pub to: NodeId,
    /// The current term of the sender.
    pub term: u64,
    /// What it says.
    pub body: Body<X>,
}

impl Message {
    /// The most bytes that a message takes in postcard, by either rule of elections, without its
    /// entries but with their number before them.
    pub const MAX_BYTES: usize = 91;

    /// The most bytes that an entry takes in postcard beside its payload: a mark for blanks, and
    /// the length.
    pub const MAX_ENTRY_OVERHEAD: usize = 11;
}

impl<X: Said> Message<X> {
    /// How many entries go with it.
    #[must_use]
    #[inline]
    pub fn entry_count(&self) -> u32 {
        self.entries().map_or(0, |(_, _, count)| count)
    }

    /// Behind which entry those are that go with it, their term and how many they are, if it is
    /// such a message.
    #[must_use]
    #[inline]
    pub fn entries(&self) -> Option<(LogId, u64, u32)> {
        match self.body {
            Body::Append { prev, entries_term, count, .. } => Some((prev, entries_term, count)),
            Body::Ballot(said) => match said.ballot()? {
                BallotBody::Suffix { prev, entries_term, count } => {
                    Some((prev, entries_term, count))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Body<X = Never> {
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
    /// Vote for me in my term. In Multi-Paxos, the answer is a
    /// [`Promise`](super::BallotBody::Promise).
    Vote {
        /// The last entry of the sender's log.
        last: LogId,
    },
    /// The answer to that, in Raft.
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
    /// A snapshot, which goes with it as a payload. Answered by `Matched`; by a candidate that is
    /// completing its log, with the next [`Fetch`](super::BallotBody::Fetch).
    Snapshot {
        /// The last entry that it covers.
        last: LogId,
    },
    /// The term of what you sent is over.
    Outdated,
    /// What only nodes say whose terms are ballots ([`BallotBody`](super::BallotBody)).
    Ballot(X),
}
