//! What holders and grantors say to each other.

use crate::FencingToken;

/// A message between a [`Lease`](crate::Lease) and a [`Grantor`](crate::Grantor).
///
/// Its sender is not in it: the host's transport knows, and must be sure of it. It is plain data:
/// what is wrong with a message is found when it is handled. It speaks of lengths of time and never
/// of points in time, as no two nodes have a common clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LeaseMessage {
    /// What is leased: a host that grants many finds the grantor by it.
    pub resource: u64,
    /// Which start of the holder asks, or is answered.
    pub start: u64,
    /// Which of the holder's rounds of requests it belongs to, counted from that start.
    pub round: u64,
    /// What it says.
    pub body: LeaseBody,
}

impl LeaseMessage {
    /// The most bytes that a message takes in postcard.
    pub const MAX_BYTES: usize = 52;
}

/// What a [`LeaseMessage`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LeaseBody {
    /// Grant me the lease under this token, or let it run on if it is mine under this token.
    Request {
        /// Larger than any that the sender has heard of, or the one that it holds.
        token: FencingToken,
        /// For how long, from the arrival of this.
        duration_us: u64,
    },
    /// I do not hold the lease under this token. There is no answer.
    Release {
        /// That token.
        token: FencingToken,
    },
    /// It is yours, for as long as you asked.
    Granted {
        /// The token of the request.
        token: FencingToken,
    },
    /// It is not.
    Refused {
        /// The largest token that the sender knows. Another request needs a larger one.
        highest: Option<FencingToken>,
        /// How long the lease of another, or the silence after a restart, lasts if nothing happens.
        wait_us: u64,
    },
}
