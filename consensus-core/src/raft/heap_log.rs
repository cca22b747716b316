//! A log that grows.

use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use super::{Entries, Entry, Log, LogFull, LogId, Payload, TermLog, ring::Ring};

/// A log on the heap, which grows as needed. What the allocator refuses is refused as if the log
/// were full.
///
/// It keeps the memory that it has once needed. An operation is O(1), amortised, for each entry
/// that it takes or sizes, but for the destructors of payloads.
///
/// ```
/// use synod_consensus_core::raft::{Entry, HeapLog, Log, TermLog};
///
/// let mut log = HeapLog::<Vec<u8>>::new();
/// for term in [1, 1, 2] {
///     log.append(Entry { term, payload: Some(vec![7; 100]) }).unwrap();
/// }
/// log.compact(2);
/// assert_eq!(log.term(2), Some(1)); // the snapshot's
/// assert_eq!(log.size(3), 100);
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HeapLog<P> {
    ring: Ring<P, Vec<Entry<P>>>,
    /// The allocator gave no more when it was asked last.
    exhausted: bool,
}

impl<P> HeapLog<P> {
    /// An empty log, which has not allocated.
    #[must_use]
    pub const fn new() -> Self {
        Self { ring: Ring::new(Vec::new()), exhausted: false }
    }

    /// Doubles the slots, or more than that, so that `count` are spare.
    #[cold]
    fn grow(&mut self, count: u64) -> Result<(), LogFull> {
        let capacity = self.ring.capacity();
        let missing = count.saturating_sub(self.ring.spare() as u64);
        let missing = usize::try_from(missing).map_err(|_| LogFull)?;
        let capacity = capacity.saturating_add(missing.max(capacity)).max(16);
        let mut slots = Vec::new();
        slots.try_reserve_exact(capacity).map_err(|_| LogFull)?;
        slots.resize_with(capacity, || Ring::<P, ()>::EMPTY);
        self.ring.move_to(slots);
        Ok(())
    }
}

/// Equal logs have equal entries, whatever the allocator has said.
impl<P: PartialEq> PartialEq for HeapLog<P> {
    fn eq(&self, other: &Self) -> bool {
        self.ring == other.ring
    }
}

impl<P: Eq> Eq for HeapLog<P> {}

impl<P: Hash> Hash for HeapLog<P> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ring.hash(state);
    }
}

impl<P> Default for HeapLog<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Payload> TermLog for HeapLog<P> {
    #[inline]
    fn snapshot(&self) -> LogId {
        self.ring.snapshot()
    }

    #[inline]
    fn last_index(&self) -> u64 {
        self.ring.last_index()
    }

    #[inline]
    fn term(&self, index: u64) -> Option<u64> {
        self.ring.term(index)
    }

    #[inline]
    fn size(&self, index: u64) -> usize {
        self.ring.size(index)
    }

    #[inline]
    fn fit(&self, first: u64, last: u64, overhead: usize, budget: usize) -> (u32, usize) {
        self.ring.fit(first, last, overhead, budget)
    }

    #[inline]
    fn stop_sign(&self) -> Option<u64> {
        self.ring.stop_sign()
    }

    #[inline]
    fn room(&self) -> u64 {
        if self.exhausted { self.ring.spare() as u64 } else { u64::MAX }
    }
}

impl<P: Payload> Log for HeapLog<P> {
    type Payload = P;

    #[inline]
    fn reserve(&mut self, count: u64) -> Result<(), LogFull> {
        if count <= self.ring.spare() as u64 {
            return Ok(());
        }
        let grown = self.grow(count);
        self.exhausted = grown.is_err();
        grown
    }

    #[inline]
    fn append(&mut self, entry: Entry<P>) -> Result<(), (LogFull, Entry<P>)> {
        if let Err(full) = self.reserve(1) {
            return Err((full, entry));
        }
        self.ring.append(entry)
    }

    #[inline]
    fn extend(&mut self, term: u64, payloads: impl ExactSizeIterator<Item = Option<P>>) {
        let _ = self.reserve(payloads.len() as u64);
        self.ring.extend(term, payloads);
    }

    fn truncate(&mut self, keep: u64) {
        self.ring.truncate(keep);
    }

    fn compact(&mut self, upto: u64) {
        self.ring.compact(upto);
    }

    fn install(&mut self, snapshot: LogId) {
        self.ring.install(snapshot);
    }

    #[inline]
    fn entries(&self, first: u64, last: u64) -> Entries<'_, P> {
        self.ring.entries(first, last)
    }
}
