//! What the host is to do.

use super::{Fate, HardState, Leadership, LogId, Message, Never, ReadToken};
use crate::NodeId;

/// Something that the host is to do, in the order in which it was polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub enum Output<X = Never> {
    /// Change the log in memory, before anything else.
    Change(Change),
    /// Send this, with the payloads that go with it.
    Send {
        /// To whom.
        to: NodeId,
        /// What. With [`Append`](super::Body::Append) and
        /// [`Suffix`](super::BallotBody::Suffix) go the payloads behind its `prev`; with
        /// [`Snapshot`](super::Body::Snapshot) goes the snapshot.
        message: Message<X>,
    },
    /// Write this to the disk, and report it with
    /// [`handle_persisted`](super::Raft::handle_persisted).
    Write(Write),
    /// What became of proposals.
    Fate(Fate),
    /// All entries up to this index are committed. Apply them in order, and report it with
    /// [`handle_applied`](super::Raft::handle_applied).
    Committed {
        /// That index. The entries up to it are durable here.
        upto: u64,
    },
    /// All reads of this token and of those before it, in its term, may be answered now, from the
    /// state as it is applied.
    Read(ReadToken),
    /// The log has no room for entries of the leader, or for those of a leader that this node would
    /// be. Compact what is applied, and service goes on. A log that is full of entries which
    /// are not committed (as when leader after leader is lost before it commits anything) has
    /// to be given more room.
    LogFull,
    /// What this node is doing, as it may have changed. If it does not lead, its reads that were
    /// not answered will not be; nor will those that a follower took, whatever this says.
    Leadership(Leadership),
}

/// How the log in memory is to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Change {
    /// Append an entry without a payload: a new leader's first.
    Blank {
        /// Its term.
        term: u64,
    },
    /// Drop all behind `keep`, and append entries of the message that was handled last.
    Append {
        /// The index of the last entry that stays.
        keep: u64,
        /// How many entries of the message to pass over.
        skip: u32,
        /// How many to append.
        count: u32,
        /// The term of them all.
        term: u64,
    },
    /// Drop the whole log, and put the snapshot of the message that was handled last in place of it
    /// and of the applied state, in memory: on the disk only with the [`Write`] that names it.
    Install {
        /// The last entry that it covers.
        last: LogId,
    },
}

/// A record for the disk. All that it has takes effect together, or else in the order of its
/// fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Write {
    /// Its name. Each is one more than the last.
    pub id: u64,
    /// The hard state, if it has changed.
    pub hard_state: Option<HardState>,
    /// The snapshot that replaces the log and the state, if one has arrived.
    pub snapshot: Option<LogId>,
    /// The first index that is written: all entries from it on are replaced.
    pub first: u64,
    /// The last index that is written. If it is `first - 1` the log has not changed.
    pub last: u64,
}
