//! A log of a fixed size, which is both memory and, as a copy, disk.

use heapless::Vec;
use synod_consensus_core::raft::{LogId, TermLog};

/// How many entries a log has room for.
pub(crate) const ROOM: usize = 24;

/// An entry: the value 0 is a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    term: u32,
    pub(crate) value: u32,
}

impl Entry {
    pub(crate) fn new(term: u64, value: u32) -> Self {
        Self { term: u32::try_from(term).unwrap(), value }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemoryLog {
    pub(crate) snapshot: LogId,
    /// The state that the snapshot holds: what was applied, as one number.
    pub(crate) snapshot_state: u64,
    pub(crate) entries: Vec<Entry, ROOM>,
    /// How many entries it takes, at most [`ROOM`].
    pub(crate) room: usize,
}

impl MemoryLog {
    pub(crate) fn new() -> Self {
        Self { snapshot: LogId::START, snapshot_state: 0, entries: Vec::new(), room: ROOM }
    }

    /// A log with entries of these terms from index 1 on, with their indices as values.
    pub(crate) fn of_terms(terms: &[u64]) -> Self {
        let mut log = Self::new();
        for (&term, value) in terms.iter().zip(1..) {
            log.append(Entry::new(term, value));
        }
        log
    }

    pub(crate) fn get(&self, index: u64) -> Option<Entry> {
        let behind = index.checked_sub(self.snapshot.index + 1)?;
        self.entries.get(usize::try_from(behind).ok()?).copied()
    }

    pub(crate) fn append(&mut self, entry: Entry) {
        assert!(self.entries.len() < self.room, "the log was asked for room");
        self.entries.push(entry).unwrap();
    }

    /// Drops all behind `keep`.
    pub(crate) fn truncate(&mut self, keep: u64) {
        self.entries.truncate(usize::try_from(keep - self.snapshot.index).unwrap());
    }

    /// Drops all up to `index`, where the state was `state`.
    pub(crate) fn compact(&mut self, index: u64, state: u64) {
        let term = self.term(index).unwrap();
        let dropped = usize::try_from(index - self.snapshot.index).unwrap();
        self.entries = self.entries[dropped..].iter().copied().collect();
        self.snapshot = LogId { term, index };
        self.snapshot_state = state;
    }

    pub(crate) fn install(&mut self, snapshot: LogId, state: u64) {
        self.snapshot = snapshot;
        self.snapshot_state = state;
        self.entries.clear();
    }

    pub(crate) fn last(&self) -> LogId {
        let index = self.last_index();
        LogId { term: self.term(index).unwrap(), index }
    }
}

impl TermLog for MemoryLog {
    fn snapshot(&self) -> LogId {
        self.snapshot
    }

    fn last_index(&self) -> u64 {
        self.snapshot.index + self.entries.len() as u64
    }

    fn term(&self, index: u64) -> Option<u64> {
        if index == self.snapshot.index {
            return Some(self.snapshot.term);
        }
        self.get(index).map(|entry| entry.term.into())
    }

    fn size(&self, index: u64) -> usize {
        self.get(index).map_or(0, |entry| if entry.value == 0 { 0 } else { 4 })
    }

    fn room(&self) -> u64 {
        (self.room - self.entries.len()) as u64
    }
}
