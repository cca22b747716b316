//! What a member tells its host.

use core::fmt;

use super::{Group, MessageOf};

/// What the host has to do, or to know.
#[derive(Debug)]
pub enum Output<G: Group> {
    /// Send this. It may be lost.
    Send {
        /// To whom.
        to: G::Id,
        /// What.
        message: MessageOf<G>,
    },
    /// Something has changed among the members.
    Event(Event<G::Id>),
    /// A member tells this to all. Of each, this comes at most once.
    Broadcast {
        /// Who tells it.
        from: G::Id,
        /// What.
        payload: G::Broadcast,
    },
}

/// What has changed among the members. Of what happens to one member between two polls, the last is
/// told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Event<Id> {
    /// There is another member: it joined, or is back.
    Up(Id),
    /// A member has new metadata.
    Changed(Id),
    /// A member is dead, as far as can be known, or has begun another life.
    Down(Id),
    /// A member has said that it leaves.
    Left(Id),
    /// There is no room to remember this one, which is a member for others: told each time that it
    /// is heard of. Use a larger [`Group::Members`].
    Refused(Id),
}

/// Why a message was not taken in. Nothing was changed but by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReceiveError {
    /// It is of another group. Ignore it.
    Cluster,
    /// It is for another member. Ignore it.
    Receiver,
    /// It is from this member's own id: two members have the same, or a frame came back.
    Sender,
    /// This member has left. Ignore it.
    Left,
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cluster => "a message of another group",
            Self::Receiver => "a message for another member",
            Self::Sender => "a message from this member's own id",
            Self::Left => "a message to a member that has left",
        })
    }
}

impl core::error::Error for ReceiveError {}
