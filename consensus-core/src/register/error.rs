//! Why a call is refused. The state after a refusal is the state before it.

use core::fmt;

use crate::MembersError;

/// Why a message is refused. The register is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum MessageError {
    /// It is about another register. Hand it to that one, or drop it.
    WrongInstance,
    /// It is for another node. Drop it.
    WrongReceiver,
    /// No node that works could have sent it: its ballot is another's, or its parts contradict each
    /// other. Drop it; look for corruption if it happens again.
    Malformed,
    /// Two states go by one ballot. Some node has forgotten what it had promised or used: stop, and
    /// find out which.
    TwoValues,
    /// It is about a ballot that this node has used in an earlier life, which it does not remember,
    /// or another node has its id: stop, and find out which.
    ReusedBallot,
    /// What the call before has brought is yet to be told. Drain, then hand it in again.
    Undrained,
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongInstance => "the message is about another register",
            Self::WrongReceiver => "the message is for another node",
            Self::Malformed => "no node that works could have sent the message",
            Self::TwoValues => "two states go by one ballot",
            Self::ReusedBallot => "the ballot was used in an earlier life",
            Self::Undrained => "the outputs of the call before were not drained",
        })
    }
}

impl core::error::Error for MessageError {}

/// Why a change is refused. The register is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ChangeError {
    /// Another one of this node is under way. Wait for its outcome, or cancel it.
    Busy,
    /// This node is no member, as far as it knows. Ask one that is.
    NotMember,
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "another change is under way",
            Self::NotMember => NOT_MEMBER,
        })
    }
}

impl core::error::Error for ChangeError {}

/// Why members are not to be changed. The register is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReconfigureError {
    /// It cannot be proposed now.
    Change(ChangeError),
    /// The members are no good, or there is no room for those before and those after together.
    /// Mend what the error names.
    Members(MembersError),
}

impl fmt::Display for ReconfigureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(error) => fmt::Display::fmt(error, f),
            Self::Members(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl core::error::Error for ReconfigureError {}

impl From<ChangeError> for ReconfigureError {
    fn from(error: ChangeError) -> Self {
        Self::Change(error)
    }
}

impl From<MembersError> for ReconfigureError {
    fn from(error: MembersError) -> Self {
        Self::Members(error)
    }
}

/// Why a read is refused. The register is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReadError {
    /// This node is no member, as far as it knows. Ask one that is.
    NotMember,
    /// No number is left for the read. Restart the node.
    Exhausted,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotMember => NOT_MEMBER,
            Self::Exhausted => "no number is left for the read",
        })
    }
}

impl core::error::Error for ReadError {}

const NOT_MEMBER: &str = "this node is no member";
