//! What members say to each other.

use synod_capacity::{Capacity, List};

use super::Group;

/// A message of a [`Membership`](super::Membership).
///
/// It does not name its sender: your frames do, and carry a checksum. Within a frame it takes at
/// most `max_message` bytes, as postcard encodes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "Id: serde::Serialize, M: serde::Serialize, B: serde::Serialize",
        deserialize = "Id: serde::Deserialize<'de>, M: serde::Deserialize<'de>, \
                       B: serde::Deserialize<'de>"
    ))
)]
pub struct Message<Id, M, B, N: Capacity> {
    /// The group of the sender.
    pub cluster: u64,
    /// For whom it is.
    pub to: Id,
    /// What it wants.
    pub body: Body<Id>,
    /// What the sender knows of members.
    pub news: List<News<Id, M>, N>,
    /// What a member tells all others.
    pub broadcast: Option<Broadcast<Id, B>>,
}

/// A message of the members of a group.
pub type MessageOf<G> =
    Message<<G as Group>::Id, <G as Group>::Metadata, <G as Group>::Broadcast, <G as Group>::News>;

/// What a [`Message`] wants.
///
/// `probe` is a number of the member that asks, by which it knows what an answer is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Body<Id> {
    /// Nothing but to bring news.
    Gossip,
    /// Are you alive?
    Ping {
        /// Of the sender.
        probe: u16,
    },
    /// I am.
    Ack {
        /// Of the receiver.
        probe: u16,
    },
    /// Ask another one whether it is alive: I cannot reach it.
    PingRequest {
        /// Of the sender.
        probe: u16,
        /// Whom to ask.
        target: Id,
    },
    /// Another one wants to know whether you are alive.
    RelayedPing {
        /// Of the one that asks.
        probe: u16,
        /// Who asks.
        asker: Id,
    },
    /// Tell it that I am.
    RelayedAck {
        /// Of the one that asks.
        probe: u16,
        /// Who asks.
        asker: Id,
    },
    /// The one that you asked for is alive.
    IndirectAck {
        /// Of the receiver.
        probe: u16,
        /// The one asked for.
        target: Id,
    },
    /// I am here, but the one that you asked for does not answer me either.
    Nack {
        /// Of the receiver.
        probe: u16,
        /// The one asked for.
        target: Id,
    },
    /// All that I know of the members with ids in a range (of myself alone, if you may not be
    /// there): tell me what you know.
    Exchange {
        /// A checksum of whom the sender knows to belong to the group.
        digest: u32,
        /// Ids above this one; `None` is from the least on.
        after: Option<Id>,
        /// Ids up to this one; `None` is up to the largest.
        upto: Option<Id>,
    },
    /// All that I know of the members with ids in a range.
    ExchangeReply {
        /// As in the question.
        after: Option<Id>,
        /// At most as in the question: ask again for what is above.
        upto: Option<Id>,
    },
}

/// What is known of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct News<Id, M> {
    /// The member.
    pub id: Id,
    /// Which of its lives.
    pub generation: u32,
    /// How often in that life it has refuted or changed what was said of it.
    pub incarnation: u16,
    /// What is said of it.
    pub claim: Claim<Id, M>,
}

/// What is said of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Claim<Id, M> {
    /// It is alive.
    Alive {
        /// How long ago somebody heard from it, in units of 65,536 microseconds, rounded up. The
        /// largest number is also for what is not known.
        age: u16,
        /// What it tells of itself.
        metadata: M,
    },
    /// It may be dead.
    Suspect {
        /// Who says so of its own knowledge.
        accuser: Id,
    },
    /// It is dead.
    Dead,
    /// It left.
    Left,
}

/// What a member tells all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Broadcast<Id, B> {
    /// Who tells it.
    pub origin: Id,
    /// In which of its lives.
    pub generation: u32,
    /// Counted from 1 in that life.
    pub number: u32,
    /// What it tells.
    pub payload: B,
}
