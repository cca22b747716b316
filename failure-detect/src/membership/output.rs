//! What a member tells its host.

use core::fmt;

use synod_capacity::{Capacity, Full};

use super::{Group, Message};

/// What the host has to do, or to know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Output<Id, M, B, N: Capacity> {
    /// Send this. It may be lost.
    Send {
        /// To whom.
        to: Id,
        /// What.
        message: Message<Id, M, B, N>,
    },
    /// Something has changed among the members.
    Event(Event<Id>),
    /// A member tells this to all. Of each, this comes at most once while its sender is remembered.
    Broadcast {
        /// Who tells it.
        from: Id,
        /// What.
        payload: B,
    },
}

/// What a member of a group tells its host.
pub type OutputOf<G> =
    Output<<G as Group>::Id, <G as Group>::Metadata, <G as Group>::Broadcast, <G as Group>::News>;

/// What has changed among the members. If several things happen to one member between two polls,
/// the last of them is told; and if that is a new life, the end of the one before it first.
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
    /// There is no room to remember this one, which is a member for others: this member does not
    /// probe it, nor pass on news of it. Told each time that one is heard of, of several between
    /// two polls the last. Use a larger [`Group::Members`].
    Refused(Id),
}

/// Why a message was not taken in. Nothing was changed.
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

/// Why a broadcast is not under way. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum BroadcastError {
    /// As many are under way as there is room for. Try again some periods later, or use a larger
    /// [`Group::Broadcasts`].
    Full(Full),
    /// This member has left.
    Left,
    /// This life has told `u32::MAX`. [Leave](super::Membership::leave) and come back.
    Exhausted,
}

impl fmt::Display for BroadcastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(full) => write!(f, "broadcasts: {full}"),
            Self::Left => f.write_str("a member that has left tells nothing"),
            Self::Exhausted => f.write_str("the last broadcast of this life was told"),
        }
    }
}

impl core::error::Error for BroadcastError {}
