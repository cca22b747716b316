//! Entries that a snapshot covers.

use core::fmt;

use super::Replica;
use crate::raft::{Election, Log, LogId};

impl<L: Log, const VOTERS: usize, const WINDOW: usize, E: Election> Replica<L, VOTERS, WINDOW, E> {
    /// Drops the entries up to this index from the log in memory, and gives the last of them, up to
    /// which the snapshot goes that is to be sent in their place. What was dropped before stays
    /// dropped.
    ///
    /// **First** make that snapshot durable, or keep the entries on the disk: its name is the
    /// [`LogId`] of the last entry that the state has applied, which
    /// [`Apply`](super::Output::Apply) lent. Then compact, and keep that state for
    /// [`Output::Snapshot`](super::Output::Snapshot).
    ///
    /// A [stop sign](crate::raft::Payload::is_stop_sign), and what is behind it, stays: who comes late
    /// must find it.
    ///
    /// # Errors
    ///
    /// [`CompactError`], if not all of them are applied, if one is a stop sign, or if the outputs were
    /// not drained.
    pub fn compact(&mut self, upto: u64) -> Result<LogId, CompactError> {
        // A snapshot that is yet to be installed counts as applied, and the log does not have it
        // yet.
        let applied = upto <= self.raft.applied && self.raft.check_length(&self.log).is_ok();
        if !applied || self.log.stop_sign().is_some_and(|stop| stop <= upto) {
            return Err(CompactError);
        }
        self.log.compact(upto);
        Ok(self.log.snapshot())
    }
}

/// The log cannot be compacted so far: not all of it is applied, or there is a stop sign, which
/// stays. It is as it was. Apply it, and try again; behind a stop sign, go on with the next
/// configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CompactError;

impl fmt::Display for CompactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is not applied or not drained, and a stop sign, cannot be compacted")
    }
}

impl core::error::Error for CompactError {}
