//! A log, as simple as it can be.

use synod_consensus_core::raft::{Entry, LogId, TermLog};

use super::parcel::Parcel;

/// The entries behind a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemoryLog {
    pub(crate) snapshot: LogId,
    pub(crate) entries: Vec<Entry<Parcel>>,
    /// How many entries it takes.
    pub(crate) limit: usize,
}

impl MemoryLog {
    pub(crate) fn new(limit: usize) -> Self {
        Self { snapshot: LogId::START, entries: Vec::new(), limit }
    }

    pub(crate) fn push(&mut self, term: u64, payload: Option<Parcel>) {
        assert!(self.room() > 0);
        self.entries.push(Entry { term, payload });
    }

    pub(crate) fn truncate(&mut self, keep: u64) {
        let kept = keep.checked_sub(self.snapshot.index).expect("what is kept is in the log");
        self.entries.truncate(usize::try_from(kept).expect("a short log"));
    }

    pub(crate) fn install(&mut self, snapshot: LogId) {
        self.snapshot = snapshot;
        self.entries.clear();
    }

    pub(crate) fn compact(&mut self, upto: u64) {
        let Some(term) = self.term(upto) else { return };
        let dropped = usize::try_from(upto - self.snapshot.index).expect("a short log");
        self.entries.drain(..dropped);
        self.snapshot = LogId { term, index: upto };
    }

    pub(crate) fn entry(&self, index: u64) -> Option<&Entry<Parcel>> {
        let behind = index.checked_sub(self.snapshot.index)?.checked_sub(1)?;
        self.entries.get(usize::try_from(behind).ok()?)
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
        self.entry(index).map(|entry| entry.term)
    }

    fn size(&self, index: u64) -> usize {
        self.entry(index).and_then(|entry| entry.payload).map_or(0, <[u8]>::len)
    }

    fn room(&self) -> u64 {
        self.limit.saturating_sub(self.entries.len()) as u64
    }
}
