//! What the machines want done.

use crate::{FencingToken, LeaseMessage};

/// What a [`Lease`](crate::Lease) tells, and wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LeaseOutput {
    /// The lease is held from now on. Ask [`token_at`](crate::Lease::token_at) before each use.
    Acquired(FencingToken),
    /// It is not any more. A new attempt is under way, until [`release`](crate::Lease::release).
    Lost(FencingToken),
    /// Send this. It may be lost.
    Send {
        /// To this grantor.
        to: usize,
        /// This message.
        message: LeaseMessage,
    },
}

/// What a [`Grantor`](crate::Grantor) wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum GrantorOutput<Id> {
    /// Write this bound, sync, and report it by
    /// [`handle_persisted`](crate::Grantor::handle_persisted). It is larger than those before, and
    /// leaps with the tokens that holders propose; each start asks for one.
    Persist(u64),
    /// Send this. It may be lost.
    Send {
        /// To this holder.
        to: Id,
        /// This message.
        message: LeaseMessage,
    },
}
