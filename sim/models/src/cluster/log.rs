//! A log in memory and on the disk.

use synod_consensus_core::raft::{HardState, LogId, TermLog};

use crate::disk::Contents;

/// An entry: its term, and who proposed it; nobody did where it is a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    /// The term of its leader.
    pub(crate) term: u64,
    /// The place of the proposer.
    pub(crate) payload: Option<u8>,
}

/// A log from its first entry on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Log(pub(crate) Vec<Entry>);

impl Log {
    /// The entries from one index to another, both included.
    pub(crate) fn entries(&self, first: u64, last: u64) -> &[Entry] {
        &self.0[first as usize - 1..last as usize]
    }

    /// Puts these in the place of all behind `keep`.
    pub(crate) fn replace(&mut self, keep: u64, entries: impl IntoIterator<Item = Entry>) {
        self.0.truncate(keep as usize);
        self.0.extend(entries);
    }
}

impl TermLog for Log {
    fn snapshot(&self) -> LogId {
        LogId::START
    }

    fn last_index(&self) -> u64 {
        self.0.len() as u64
    }

    fn term(&self, index: u64) -> Option<u64> {
        let before = usize::try_from(index).ok()?;
        match before.checked_sub(1) {
            None => Some(0),
            Some(place) => self.0.get(place).map(|entry| entry.term),
        }
    }

    fn size(&self, _index: u64) -> usize {
        1
    }

    fn room(&self) -> u64 {
        u64::MAX
    }
}

/// What a node has on its disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Stored {
    /// `None` until the first write is done.
    pub(crate) hard_state: Option<HardState>,
    /// The log.
    pub(crate) log: Log,
}

/// A write: some of it, or all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    /// The hard state, if it has changed.
    pub(crate) hard_state: Option<HardState>,
    /// The index of the last entry that stays.
    pub(crate) keep: u64,
    /// What comes behind it.
    pub(crate) entries: Vec<Entry>,
}

impl Contents for Stored {
    type Write = Record;

    fn apply(&mut self, write: &Record) {
        self.hard_state = write.hard_state.or(self.hard_state);
        self.log.replace(write.keep, write.entries.iter().copied());
    }
}
