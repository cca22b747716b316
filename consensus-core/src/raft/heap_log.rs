//! A log that grows.

use alloc::collections::VecDeque;

use super::{Entries, Entry, Log, LogFull, LogId, Payload, TermLog};

/// A log on the heap, which grows as needed. What the allocator refuses is refused as if the log
/// were full.
///
/// It keeps the memory that it has once needed. Every operation is O(1), amortised, but for the destructors of
/// payloads.
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
pub struct HeapLog<P> {
    entries: VecDeque<Entry<P>>,
    snapshot: LogId,
    /// The allocator gave no more when it was asked last.
    exhausted: bool,
}

impl<P> HeapLog<P> {
    /// An empty log, which has not allocated.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: VecDeque::new(), snapshot: LogId::START, exhausted: false }
    }

    /// How far behind the first entry an index is, if it could be one of an entry.
    #[inline]
    fn position(&self, index: u64) -> Option<usize> {
        usize::try_from(index.checked_sub(self.snapshot.index)?.checked_sub(1)?).ok()
    }

    #[inline]
    fn get(&self, index: u64) -> Option<&Entry<P>> {
        self.entries.get(self.position(index)?)
    }

    fn spare(&self) -> usize {
        self.entries.capacity().saturating_sub(self.entries.len())
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
        self.snapshot
    }

    #[inline]
    fn last_index(&self) -> u64 {
        self.snapshot.index.saturating_add(self.entries.len() as u64)
    }

    #[inline]
    fn term(&self, index: u64) -> Option<u64> {
        if index == self.snapshot.index {
            return Some(self.snapshot.term);
        }
        self.get(index).map(|entry| entry.term)
    }

    #[inline]
    fn size(&self, index: u64) -> usize {
        let payload = self.get(index).and_then(|entry| entry.payload.as_ref());
        payload.map_or(0, Payload::size)
    }

    #[inline]
    fn room(&self) -> u64 {
        if self.exhausted { self.spare() as u64 } else { u64::MAX }
    }
}

impl<P: Payload> Log for HeapLog<P> {
    type Payload = P;

    #[inline]
    fn reserve(&mut self, count: u64) -> Result<(), LogFull> {
        if count <= self.spare() as u64 {
            return Ok(());
        }
        let count = usize::try_from(count).map_err(|_| LogFull)?;
        self.exhausted = self.entries.try_reserve(count).is_err();
        if self.exhausted { Err(LogFull) } else { Ok(()) }
    }

    #[inline]
    fn append(&mut self, entry: Entry<P>) -> Result<(), (LogFull, Entry<P>)> {
        if let Err(full) = self.reserve(1) {
            return Err((full, entry));
        }
        self.entries.push_back(entry);
        Ok(())
    }

    fn truncate(&mut self, keep: u64) {
        let keep = keep.saturating_sub(self.snapshot.index);
        self.entries.truncate(usize::try_from(keep).unwrap_or(usize::MAX));
    }

    fn compact(&mut self, upto: u64) {
        let Some(position) = self.position(upto) else { return };
        let Some(term) = self.entries.get(position).map(|entry| entry.term) else { return };
        self.entries.drain(..=position);
        self.snapshot = LogId { term, index: upto };
    }

    fn install(&mut self, snapshot: LogId) {
        self.entries.clear();
        self.snapshot = snapshot;
    }

    #[inline]
    fn entries(&self, first: u64, last: u64) -> Entries<'_, P> {
        let first = first.max(self.snapshot.index.saturating_add(1));
        let last = last.min(self.last_index());
        let (front, back) = self.entries.as_slices();
        let (Some(from), Some(to)) = (self.position(first), self.position(last)) else {
            return Entries::new(first, &[], &[]);
        };
        let to = to.saturating_add(1);
        let seam = front.len();
        let front = front.get(from.min(seam)..to.min(seam));
        let back = back.get(from.saturating_sub(seam)..to.saturating_sub(seam));
        Entries::new(first, front.unwrap_or(&[]), back.unwrap_or(&[]))
    }
}

#[cfg(feature = "defmt")]
impl<P: Payload + defmt::Format> defmt::Format for HeapLog<P> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let entries = self.entries(0, u64::MAX);
        defmt::write!(f, "HeapLog {{ snapshot: {}, entries: {} }}", self.snapshot, entries);
    }
}
