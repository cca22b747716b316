//! Why a message with payloads is refused. The state after a refusal is the state before it.

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
