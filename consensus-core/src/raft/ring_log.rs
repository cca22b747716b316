//! A log of a fixed size.

use core::{
    fmt,
    hash::{Hash, Hasher},
    mem,
};

use super::{Entries, Entry, Log, LogFull, LogId, Payload, TermLog};

/// A log of up to `N` entries in an array, without a heap. A full one takes no proposals until its
/// front is compacted.
///
/// `N` is at least 5, because a few places are kept for new leaders
/// ([`RESERVED_ENTRIES`](super::Raft::RESERVED_ENTRIES)); less does not compile. Every operation is O(1),
/// but for payloads with a destructor, which are dropped when their entries are.
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
#[derive(Clone)]
pub struct RingLog<P, const N: usize> {
    /// Those not in use are dead: blanks where `P` has a destructor, or else anything.
    slots: [Entry<P>; N],
    /// The slot of the first entry.
    front: usize,
    len: usize,
    snapshot: LogId,
}

impl<P, const N: usize> RingLog<P, N> {
    const EMPTY: Entry<P> = Entry { term: 0, payload: None };
    const ROOM_FOR_LEADERS: () = assert!(N as u64 > super::Raft::<1, 1>::RESERVED_ENTRIES);

    /// An empty log.
    #[must_use]
    pub const fn new() -> Self {
        const { Self::ROOM_FOR_LEADERS };
        Self { slots: [Self::EMPTY; N], front: 0, len: 0, snapshot: LogId::START }
    }

    /// How far behind the first entry an index is; `None` where there is no entry.
    #[inline]
    fn position(&self, index: u64) -> Option<usize> {
        let distance = index.wrapping_sub(self.snapshot.index).wrapping_sub(1);
        // What is below the first entry is far beyond the last by this.
        usize::try_from(distance).ok().filter(|&position| position < self.len)
    }

    /// The slot that is so far behind the first entry's; `distance` is at most `N`.
    #[inline]
    const fn slot(&self, distance: usize) -> usize {
        // Both are at most `N`, and an array of entries has at most half of all addresses.
        let slot = self.front.wrapping_add(distance);
        if slot >= N { slot.wrapping_sub(N) } else { slot }
    }

    #[inline]
    fn get(&self, index: u64) -> Option<&Entry<P>> {
        self.slots.get(self.slot(self.position(index)?))
    }

    /// Ends the lives of the payloads of `count` entries from a distance on.
    fn bury(&mut self, distance: usize, count: usize) {
        if !mem::needs_drop::<P>() {
            return;
        }
        for distance in distance..distance.saturating_add(count) {
            let slot = self.slot(distance);
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = Self::EMPTY;
            }
        }
    }

    fn pieces(&self, from: usize, to: usize) -> (&[Entry<P>], &[Entry<P>]) {
        let (start, end) = (self.slot(from), self.slot(to));
        if from >= to {
            return (&[], &[]);
        }
        if start < end {
            return (self.slots.get(start..end).unwrap_or(&[]), &[]);
        }
        let front = self.slots.get(start..).unwrap_or(&[]);
        (front, self.slots.get(..end).unwrap_or(&[]))
    }

    fn all(&self) -> Entries<'_, P> {
        let (front, back) = self.pieces(0, self.len);
        Entries::new(self.snapshot.index.saturating_add(1), front, back)
    }
}

impl<P: Payload, const N: usize> TermLog for RingLog<P, N> {
    #[inline]
    fn snapshot(&self) -> LogId {
        self.snapshot
    }

    #[inline]
    fn last_index(&self) -> u64 {
        self.snapshot.index.saturating_add(self.len as u64)
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
        N.saturating_sub(self.len) as u64
    }
}

impl<P: Payload, const N: usize> Log for RingLog<P, N> {
    type Payload = P;

    fn reserve(&mut self, count: u64) -> Result<(), LogFull> {
        if count <= self.room() { Ok(()) } else { Err(LogFull) }
    }

    #[inline]
    fn append(&mut self, entry: Entry<P>) -> Result<(), (LogFull, Entry<P>)> {
        if self.len >= N {
            return Err((LogFull, entry));
        }
        let slot = self.slot(self.len);
        match self.slots.get_mut(slot) {
            Some(slot) => *slot = entry,
            None => return Err((LogFull, entry)),
        }
        self.len = self.len.saturating_add(1);
        Ok(())
    }

    fn truncate(&mut self, keep: u64) {
        let keep = keep.saturating_sub(self.snapshot.index);
        let keep = usize::try_from(keep).map_or(self.len, |keep| keep.min(self.len));
        self.bury(keep, self.len.saturating_sub(keep));
        self.len = keep;
    }

    fn compact(&mut self, upto: u64) {
        let Some(position) = self.position(upto) else { return };
        let Some(term) = self.term(upto) else { return };
        let dropped = position.saturating_add(1);
        self.bury(0, dropped);
        self.front = self.slot(dropped);
        self.len = self.len.saturating_sub(dropped);
        self.snapshot = LogId { term, index: upto };
    }

    fn install(&mut self, snapshot: LogId) {
        self.bury(0, self.len);
        (self.front, self.len) = (0, 0);
        self.snapshot = snapshot;
    }

    #[inline]
    fn entries(&self, first: u64, last: u64) -> Entries<'_, P> {
        let first = first.max(self.snapshot.index.saturating_add(1));
        let last = last.min(self.last_index());
        let (from, to) = match (self.position(first), self.position(last)) {
            (Some(from), Some(to)) => (from, to.saturating_add(1)),
            _ => (0, 0),
        };
        let (front, back) = self.pieces(from, to);
        Entries::new(first, front, back)
    }
}

impl<P, const N: usize> Default for RingLog<P, N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Equal logs have equal entries, wherever they lie.
impl<P: PartialEq, const N: usize> PartialEq for RingLog<P, N> {
    fn eq(&self, other: &Self) -> bool {
        self.snapshot == other.snapshot
            && self.len == other.len
            && self.all().iter().eq(other.all().iter())
    }
}

impl<P: Eq, const N: usize> Eq for RingLog<P, N> {}

impl<P: Hash, const N: usize> Hash for RingLog<P, N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.snapshot.hash(state);
        self.len.hash(state);
        for entry in self.all().iter() {
            entry.hash(state);
        }
    }
}

impl<P: fmt::Debug, const N: usize> fmt::Debug for RingLog<P, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingLog")
            .field("snapshot", &self.snapshot)
            .field("entries", &self.all())
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl<P: defmt::Format, const N: usize> defmt::Format for RingLog<P, N> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "RingLog {{ snapshot: {}, entries: {} }}", self.snapshot, self.all());
    }
}
