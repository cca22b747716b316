//! Why a call of a replica is refused. The state after a refusal is the state before it.

use core::fmt;

use crate::raft::MessageError;

/// Why a message with payloads is refused. The node is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FrameError {
    /// The node refuses the message.
    Message(MessageError),
    /// There are more payloads than the message says, or fewer. Drop it; look for corruption if it
    /// happens again.
    WrongCount,
}

/// The node's own reasons.
impl From<MessageError> for FrameError {
    fn from(error: MessageError) -> Self {
        Self::Message(error)
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(error) => fmt::Display::fmt(error, f),
            Self::WrongCount => f.write_str("the payloads are not as many as the message says"),
        }
    }
}

impl core::error::Error for FrameError {}

/// The log cannot be compacted so far: not all of it is applied. It is as it was. Apply it, and
/// try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CompactError;

impl fmt::Display for CompactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is not applied, or not drained, cannot be compacted")
    }
}

impl core::error::Error for CompactError {}
