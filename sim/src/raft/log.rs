//! The log of a node, in memory or on its disk.

use alloc::collections::VecDeque;

use synod_consensus_core::raft::{LogId, TermLog};

use super::{
    entry::{Action, Entry},
    era,
};

/// Entries behind a snapshot.
#[derive(Clone, Debug)]
pub(super) struct Log {
    base: LogId,
    entries: VecDeque<Entry>,
    /// How many entries there is room for.
    capacity: u64,
}

impl Log {
    /// No entries behind `base`.
    #[must_use]
    pub(super) fn new(base: LogId, capacity: u64) -> Self {
        Self { base, entries: VecDeque::new(), capacity }
    }

    /// The last entry.
    #[must_use]
    pub(super) fn last(&self) -> LogId {
        match self.entries.back() {
            Some(entry) => LogId { term: entry.term, index: self.last_index() },
            None => self.base,
        }
    }

    /// How many entries there is room for.
    #[must_use]
    pub(super) const fn capacity(&self) -> u64 {
        self.capacity
    }

    /// How many entries there are.
    #[must_use]
    pub(super) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The entry at an index, if it is there.
    #[must_use]
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // logs fit into memory
    pub(super) fn get(&self, index: u64) -> Option<Entry> {
        let place = index.checked_sub(self.base.index)?.checked_sub(1)?;
        self.entries.get(place as usize).copied()
    }

    /// Appends an entry.
    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push_back(entry);
    }

    /// Drops all behind `keep`.
    #[allow(clippy::cast_possible_truncation)] // logs fit into memory
    pub(super) fn truncate(&mut self, keep: u64) {
        self.entries.truncate(keep.saturating_sub(self.base.index) as usize);
    }

    /// Whether there is a stop sign anywhere in it.
    #[must_use]
    pub(super) fn is_ended(&self) -> bool {
        self.entries.iter().any(era::ends)
    }

    /// Makes room for as much again.
    pub(super) fn enlarge(&mut self) {
        self.capacity = self.capacity.saturating_mul(2);
    }

    /// Drops everything, for a snapshot.
    pub(super) fn reset(&mut self, base: LogId) {
        self.entries.clear();
        self.base = base;
    }

    /// Drops what a snapshot covers, if it is not behind it already.
    #[allow(clippy::cast_possible_truncation)] // logs fit into memory
    pub(super) fn compact(&mut self, upto: LogId) {
        if upto.index > self.base.index {
            let count = ((upto.index - self.base.index) as usize).min(self.entries.len());
            self.entries.drain(..count);
            self.base = upto;
        }
    }

    /// Takes over the entries of another log; the capacity stays.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.base = other.base;
        self.entries.clear();
        self.entries.extend(other.entries.iter());
    }
}

impl TermLog for Log {
    fn snapshot(&self) -> LogId {
        self.base
    }

    fn last_index(&self) -> u64 {
        self.base.index + self.entries.len() as u64
    }

    fn term(&self, index: u64) -> Option<u64> {
        if index == self.base.index {
            return Some(self.base.term);
        }
        self.get(index).map(|entry| entry.term)
    }

    fn size(&self, index: u64) -> usize {
        self.get(index).map_or(0, |entry| entry.command.bytes as usize)
    }

    fn stop_sign(&self) -> Option<u64> {
        let blanks = self.entries.iter().rev();
        let count = blanks.take_while(|entry| entry.command.action == Action::Blank).count();
        let index = self.last_index() - count as u64;
        self.get(index).filter(era::ends).map(|_| index)
    }

    fn room(&self) -> u64 {
        if self.capacity == u64::MAX { u64::MAX } else { self.capacity.saturating_sub(self.len()) }
    }
}
