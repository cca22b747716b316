//! Why a call is refused. The state after a refusal is the state before it.

use core::fmt;

use super::ConfigError;
use crate::{MembersError, NodeId};

/// Why a node does not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum StartError {
    /// The configuration is no good. Mend what the error names.
    Config(ConfigError),
    /// The voters are no good. Mend what the error names.
    Voters(MembersError),
    /// This node is not among the voters. Name it, or do not start it.
    NotVoter,
    /// It is not the first start: there is a log. Use `recover`.
    NotEmpty,
    /// The vote on the disk is for a node that is not among the voters, or (in Multi-Paxos) for one
    /// to whom that ballot does not belong. Start with the voters of the first start.
    StrangeVote,
    /// The log has an entry of a later term than the hard state, so the hard state is not the last
    /// one that was written. The node has forgotten promises, and must not vote again under its
    /// id.
    TermLost,
    /// What was applied is not between the snapshot and the end of the log. Restore the state of
    /// the snapshot.
    AppliedOutside,
    /// The log contradicts itself: the term of its last entry is not to be had, or is less than
    /// that of its snapshot. Mend its `TermLog`, or take the disk for lost.
    BadLog,
}

/// What is wrong with a host that breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum HostError {
    Undrained,
    LogMismatch,
}

/// Why a message is refused. The node is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum MessageError {
    /// It is from another cluster. Drop it.
    WrongCluster,
    /// It is for another node. Drop it.
    WrongReceiver,
    /// Its sender does not vote, or is this node itself. Drop it.
    Stranger,
    /// No node that works could have sent it. Drop it; look for corruption if it happens again.
    Malformed,
    /// Another node leads in its term. One of two voters has lost its vote: stop, and find out
    /// which.
    TwoLeaders,
    /// It is of a ballot of this node that this node does not know. Its disk has lost what was
    /// written there: stop it, and do not start it again under its id. (Multi-Paxos only.)
    Forgotten,
    /// It contradicts what is committed. Some node has lost what it acknowledged: stop, and find
    /// out which.
    CommittedConflict,
    /// The log is yet to be changed as the call before said. Drain, then hand it in again.
    Undrained,
    /// The log is not what the outputs and proposals made it. Restart from what is on the disk.
    LogMismatch,
}

/// Why proposals are refused. The node is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ProposeError {
    /// This node does not lead. Ask the one that does, if it is known.
    NotLeader {
        /// Who leads.
        leader: Option<NodeId>,
    },
    /// The log has a stop sign, behind which there are no proposals. Propose to the next
    /// configuration, or wait: if another leader takes over, it may never have been.
    Stopped,
    /// A payload is larger than the configuration allows. Cut it up.
    TooLarge,
    /// The log has no room. Apply, compact, and try again.
    LogFull,
    /// No index is left. This cluster's log is at its end.
    Exhausted,
    /// The log is yet to be changed as the call before said, or fates are yet to be told. Drain,
    /// then propose again.
    Undrained,
    /// The log is not what the outputs and proposals made it. Restart from what is on the disk. (A
    /// log that took less than it said may have cost the place.)
    LogMismatch,
}

/// Why a read is refused. The node is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReadError {
    /// This node does not lead (and in Multi-Paxos follows nobody, either). Ask the one that does,
    /// if it is known.
    NotLeader {
        /// Who leads.
        leader: Option<NodeId>,
    },
    /// The leader has committed nothing in its term yet, so it does not know what is committed. Try
    /// again when the next entries are to be applied.
    NotReady,
    /// No round is left. Propose instead, or have another leader elected.
    Exhausted,
}

/// Why a report of a write is refused. The node is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PersistedError {
    /// No such write is outstanding: it was never polled, or it was reported before, itself or by a
    /// later one. Nothing is lost; look for the mistake in the host.
    UnknownWrite,
    /// The log is yet to be changed as the call before said. Drain, then report again.
    Undrained,
    /// The log is not what the outputs and proposals made it. Restart from what is on the disk.
    LogMismatch,
}

/// The index was not given out to be applied, or was reported before. The node is as it was;
/// look for the mistake in the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AppliedError;

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<MembersError> for StartError {
    fn from(error: MembersError) -> Self {
        Self::Voters(error)
    }
}

impl MessageError {
    pub(super) const fn of_host(error: HostError) -> Self {
        match error {
            HostError::Undrained => Self::Undrained,
            HostError::LogMismatch => Self::LogMismatch,
        }
    }
}

impl ProposeError {
    pub(super) const fn of_host(error: HostError) -> Self {
        match error {
            HostError::Undrained => Self::Undrained,
            HostError::LogMismatch => Self::LogMismatch,
        }
    }
}

impl PersistedError {
    pub(super) const fn of_host(error: HostError) -> Self {
        match error {
            HostError::Undrained => Self::Undrained,
            HostError::LogMismatch => Self::LogMismatch,
        }
    }
}

const UNDRAINED: &str = "the outputs of the call before were not drained";
const LOG_MISMATCH: &str = "the log is not what the outputs and proposals made it";
const NOT_LEADER: &str = "this node does not lead";

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Config(error) => return fmt::Display::fmt(error, f),
            Self::Voters(error) => return fmt::Display::fmt(error, f),
            Self::NotVoter => "this node is not among the voters",
            Self::NotEmpty => "there is a log already",
            Self::StrangeVote => "the vote is for a node that cannot have had it",
            Self::TermLost => "the log is of a later term than the hard state",
            Self::AppliedOutside => "what was applied is not in the log",
            Self::BadLog => "the log contradicts itself",
        })
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongCluster => "the message is from another cluster",
            Self::WrongReceiver => "the message is for another node",
            Self::Stranger => "the sender does not vote",
            Self::Malformed => "no node that works could have sent the message",
            Self::TwoLeaders => "there are two leaders in one term",
            Self::Forgotten => "this node has forgotten a ballot of its own",
            Self::CommittedConflict => "the message contradicts what is committed",
            Self::Undrained => UNDRAINED,
            Self::LogMismatch => LOG_MISMATCH,
        })
    }
}

impl fmt::Display for ProposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLeader { .. } => NOT_LEADER,
            Self::Stopped => "the log has a stop sign",
            Self::TooLarge => "a payload is too large",
            Self::LogFull => "the log is full",
            Self::Exhausted => "no index is left",
            Self::Undrained => UNDRAINED,
            Self::LogMismatch => LOG_MISMATCH,
        })
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLeader { .. } => NOT_LEADER,
            Self::NotReady => "the leader has committed nothing in its term yet",
            Self::Exhausted => "no round is left",
        })
    }
}

impl fmt::Display for PersistedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownWrite => "no such write is outstanding",
            Self::Undrained => UNDRAINED,
            Self::LogMismatch => LOG_MISMATCH,
        })
    }
}

impl fmt::Display for AppliedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the index was not given out to be applied, or was reported before")
    }
}

impl core::error::Error for StartError {}
impl core::error::Error for MessageError {}
impl core::error::Error for ProposeError {}
impl core::error::Error for ReadError {}
impl core::error::Error for PersistedError {}
impl core::error::Error for AppliedError {}
