//! A log of a fixed size.

use super::{Entries, Entry, Log, LogFull, LogId, Payload, TermLog, ring::Ring};

/// A log of up to `N` entries in an array, without a heap. A full one takes no proposals until its
/// front is compacted.
///
/// `N` is at least 5, because a few places are kept for new leaders
/// ([`RESERVED_ENTRIES`](super::Raft::RESERVED_ENTRIES)); less does not compile. An operation is
/// O(1) for each entry that it takes or sizes, but for payloads with a destructor, which are
/// dropped when their entries are, and for [`stop_sign`](TermLog::stop_sign), which passes over the
/// blanks at the end.
///
/// ```
/// use synod_consensus_core::raft::{Entry, Log, LogId, RingLog, TermLog};
///
/// let mut log = RingLog::<[u8; 4], 8>::new();
/// for index in 1..=8 {
///     log.append(Entry { term: 1, payload: Some([index; 4]) }).unwrap();
/// }
/// assert_eq!(log.room(), 0);
/// log.compact(6);
/// assert_eq!((log.snapshot(), log.room()), (LogId { term: 1, index: 6 }, 6));
/// assert_eq!(log.entries(1, 8).payloads().next(), Some(Some(&[7; 4])));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RingLog<P, const N: usize> {
    ring: Ring<P, [Entry<P>; N]>,
}

impl<P, const N: usize> RingLog<P, N> {
    const ROOM_FOR_LEADERS: () = assert!(N as u64 > super::Raft::<1, 1>::RESERVED_ENTRIES);

    /// An empty log.
    #[must_use]
    pub const fn new() -> Self {
        const { Self::ROOM_FOR_LEADERS };
        Self { ring: Ring::new([Ring::<P, ()>::EMPTY; N]) }
    }
}

impl<P, const N: usize> Default for RingLog<P, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Payload, const N: usize> TermLog for RingLog<P, N> {
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
        self.ring.spare() as u64
    }
}

impl<P: Payload, const N: usize> Log for RingLog<P, N> {
    type Payload = P;

    #[inline]
    fn reserve(&mut self, count: u64) -> Result<(), LogFull> {
        if count <= self.room() { Ok(()) } else { Err(LogFull) }
    }

    #[inline]
    fn append(&mut self, entry: Entry<P>) -> Result<(), (LogFull, Entry<P>)> {
        self.ring.append(entry)
    }

    #[inline]
    fn extend(&mut self, term: u64, payloads: impl ExactSizeIterator<Item = Option<P>>) {
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
