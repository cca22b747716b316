//! Why a call is refused. The state after a refusal is the state before it.

use core::fmt;

/// Why a message is refused. The machine is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum MessageError {
    /// It is about another decision. Hand it to the machines of that one, or drop it.
    WrongInstance,
    /// It is for another node. Drop it.
    WrongReceiver,
    /// It is for another machine of this node: [`Message::role`](super::Message::role) says which.
    WrongRole,
    /// Its sender is no acceptor. Drop it.
    Stranger,
    /// No node that works could have sent it: its ballot is another's, or its parts contradict each
    /// other. Drop it; look for corruption if it happens again.
    Malformed,
    /// Two values go by one ballot, or a value is accepted above a ballot under which another one
    /// is chosen. Some node has forgotten what it had promised or used: stop, and find out which.
    TwoValues,
    /// This proposer has used the ballot in an earlier life, which it does not remember, or another
    /// node has its id: stop, and find out which.
    ReusedBallot,
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongInstance => "the message is about another decision",
            Self::WrongReceiver => "the message is for another node",
            Self::WrongRole => "the message is for another machine of this node",
            Self::Stranger => "the sender is no acceptor",
            Self::Malformed => "no node that works could have sent the message",
            Self::TwoValues => "two values go by one ballot, or another one is chosen",
            Self::ReusedBallot => "the ballot was used in an earlier life",
        })
    }
}

impl core::error::Error for MessageError {}
