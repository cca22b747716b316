//! Entries that a snapshot covers.

use core::fmt;

use super::Replica;
use crate::raft::{Election, Log, LogId};

impl<L: Log, const VOTERS: usize, const WINDOW: usize, E: Election> Replica<L, VOTERS, WINDOW, E> {
    /// What a snapshot of the state as it is now stands for: the last entry that is applied. `None`
    /// if there is none behind the last snapshot; or if a
    /// [stop sign](crate::raft::Payload::is_stop_sign) is applied, which no snapshot may cover, in
    /// memory or on a disk: who comes late must find it, and a node that came back without it would
    /// go on with a log that has ended. Nor if the outputs were not drained.
    ///
    /// Ask **before** a snapshot is written. To compact is then:
    ///
    /// ```
    /// # use synod_consensus_core::raft::*;
    /// # type Node = Replica<RingLog<[u8; 4], 8>, 3, 4>;
    /// # fn write_and_sync(_snapshot: LogId, _state: &str) {}
    /// # fn compact(node: &mut Node, state: &str) -> Result<(), replica::CompactError> {
    /// if let Some(last) = node.compactable() {
    ///     write_and_sync(last, state);
    ///     node.compact(last.index)?; // and keep this state for `Output::Snapshot`
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn compactable(&self) -> Option<LogId> {
        let index = self.raft.applied;
        if index <= self.log.snapshot().index || !self.may_compact(index) {
            return None;
        }
        let term = self.log.term(index)?;
        Some(LogId { term, index })
    }

    /// Drops the entries up to this index from the log in memory, and gives the last of them, up to
    /// which the snapshot goes that is to be sent in their place. What was dropped before stays
    /// dropped.
    ///
    /// **First** make that snapshot durable, or keep the entries on the disk:
    /// [`compactable`](Self::compactable) names it. Then compact, and keep that state for
    /// [`Output::Snapshot`](super::Output::Snapshot).
    ///
    /// # Errors
    ///
    /// [`CompactError`], if not all of them are applied, if one is a stop sign, or if the outputs were
    /// not drained.
    pub fn compact(&mut self, upto: u64) -> Result<LogId, CompactError> {
        if !self.may_compact(upto) {
            return Err(CompactError);
        }
        self.log.compact(upto);
        Ok(self.log.snapshot())
    }

    fn may_compact(&self, upto: u64) -> bool {
        // A snapshot that is yet to be installed counts as applied, and the log does not have it
        // yet.
        let applied = upto <= self.raft.applied && self.raft.check_length(&self.log).is_ok();
        applied && self.log.stop_sign().is_none_or(|stop| upto < stop)
    }
}

/// The log cannot be compacted so far: not all of it is applied, or there is a stop sign, which
/// stays. It is as it was. Apply it, and try again. Of a log with a stop sign, what is before it may
/// be dropped, if there is a snapshot of that; go on with the next configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CompactError;

impl fmt::Display for CompactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is not applied or not drained, and a stop sign, cannot be compacted")
    }
}

impl core::error::Error for CompactError {}
