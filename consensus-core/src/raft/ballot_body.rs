//! What nodes say to each other whose terms are ballots.

use super::LogId;

/// What only nodes of Multi-Paxos say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BallotBody {
    /// The answer to [`Vote`](super::Body::Vote): nothing of an earlier ballot will be accepted.
    Promise {
        /// The last entry of the sender's log.
        last: LogId,
    },
    /// From a candidate that has been elected to the most up to date of those who promised: send
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
