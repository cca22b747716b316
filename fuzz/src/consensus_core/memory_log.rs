//! A log of terms, as simple as it can be.

use synod_consensus_core::raft::{LogId, TermLog};

/// The terms of the entries behind a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemoryLog {
    pub(crate) snapshot: LogId,
    pub(crate) terms: Vec<u64>,
    /// How many entries it takes.
    pub(crate) limit: usize,
}

impl MemoryLog {
    pub(crate) fn new() -> Self {
        Self { snapshot: LogId::START, terms: Vec::new(), limit: 16 }
    }

    pub(crate) fn truncate(&mut self, keep: u64) {
        let kept = keep.checked_sub(self.snapshot.index).expect("what is kept is in the log");
        self.terms.truncate(usize::try_from(kept).expect("a short log"));
    }

    pub(crate) fn install(&mut self, snapshot: LogId) {
        self.snapshot = snapshot;
        self.terms.clear();
    }

    pub(crate) fn compact(&mut self, upto: u64) {
        let Some(term) = self.term(upto) else { return };
        let dropped = usize::try_from(upto - self.snapshot.index).expect("a short log");
        self.terms.drain(..dropped);
        self.snapshot = LogId { term, index: upto };
    }
}

impl TermLog for MemoryLog {
    fn snapshot(&self) -> LogId {
        self.snapshot
    }

    fn last_index(&self) -> u64 {
        self.snapshot.index + self.terms.len() as u64
    }

    fn term(&self, index: u64) -> Option<u64> {
        let behind = usize::try_from(index.checked_sub(self.snapshot.index)?).ok()?;
        match behind.checked_sub(1) {
            None => Some(self.snapshot.term),
            Some(place) => self.terms.get(place).copied(),
        }
    }

    fn size(&self, index: u64) -> usize {
        usize::try_from(index % 9).expect("a small number")
    }

    fn room(&self) -> u64 {
        self.limit.saturating_sub(self.terms.len()) as u64
    }
}
