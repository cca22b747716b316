//! Entries in a ring of slots: the body of both stores.

use core::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    mem,
};

use super::{Entries, Entry, LogFull, LogId, Payload};

/// A log in the slots that `S` has: an array, or a vector that is as long as it has slots.
#[derive(Clone)]
pub(super) struct Ring<P, S> {
    /// Those not in use are dead: blanks where `P` has a destructor, or else anything.
    slots: S,
    /// The slot of the first entry.
    front: usize,
    len: usize,
    snapshot: LogId,
    payloads: PhantomData<P>,
}

impl<P, S> Ring<P, S> {
    pub(super) const EMPTY: Entry<P> = Entry { term: 0, payload: None };

    /// An empty log.
    pub(super) const fn new(slots: S) -> Self {
        Self { slots, front: 0, len: 0, snapshot: LogId::START, payloads: PhantomData }
    }

    pub(super) const fn snapshot(&self) -> LogId {
        self.snapshot
    }

    #[inline]
    pub(super) const fn last_index(&self) -> u64 {
        self.snapshot.index.saturating_add(self.len as u64)
    }

    /// The index of the first entry.
    #[inline]
    const fn first_index(&self) -> u64 {
        self.snapshot.index.saturating_add(1)
    }

    /// How far behind the first entry an index is; `None` where there is no entry.
    #[inline]
    fn position(&self, index: u64) -> Option<usize> {
        // What is below the first entry is far beyond the last by this.
        let distance = index.wrapping_sub(self.snapshot.index).wrapping_sub(1);
        if distance < self.len as u64 { usize::try_from(distance).ok() } else { None }
    }

    /// How many entries there are before this index.
    #[inline]
    fn before(&self, index: u64) -> usize {
        let distance = index.saturating_sub(self.first_index());
        usize::try_from(distance).map_or(self.len, |distance| distance.min(self.len))
    }
}

impl<P, S: AsRef<[Entry<P>]> + AsMut<[Entry<P>]>> Ring<P, S> {
    #[inline]
    pub(super) fn capacity(&self) -> usize {
        self.slots.as_ref().len()
    }

    #[inline]
    pub(super) fn spare(&self) -> usize {
        self.capacity().saturating_sub(self.len)
    }

    /// The slot that is so far behind the first entry's; `distance` is at most the number of slots.
    #[inline]
    fn slot(&self, distance: usize) -> usize {
        // Both are at most that, and a slice of entries has at most half of all addresses.
        let slot = self.front.wrapping_add(distance);
        let capacity = self.capacity();
        if slot >= capacity { slot.wrapping_sub(capacity) } else { slot }
    }

    #[inline]
    fn get(&self, index: u64) -> Option<&Entry<P>> {
        self.slots.as_ref().get(self.slot(self.position(index)?))
    }

    #[inline]
    pub(super) fn term(&self, index: u64) -> Option<u64> {
        if index == self.snapshot.index {
            return Some(self.snapshot.term);
        }
        self.get(index).map(|entry| entry.term)
    }

    #[inline]
    pub(super) fn size(&self, index: u64) -> usize
    where
        P: Payload,
    {
        let payload = self.get(index).and_then(|entry| entry.payload.as_ref());
        payload.map_or(0, Payload::size)
    }

    /// See [`TermLog::stop_sign`](super::TermLog::stop_sign).
    #[inline]
    pub(super) fn stop_sign(&self) -> Option<u64>
    where
        P: Payload,
    {
        let mut index = self.last_index();
        loop {
            // As a rule the last entry is a payload, and no stop sign.
            match &self.get(index)?.payload {
                Some(payload) => return payload.is_stop_sign().then_some(index),
                None => index = index.saturating_sub(1),
            }
        }
    }

    /// See [`TermLog::fit`](super::TermLog::fit).
    #[inline]
    pub(super) fn fit(&self, first: u64, last: u64, overhead: usize, budget: usize) -> (u32, usize)
    where
        P: Payload,
    {
        let size = |payload: Option<&P>| payload.map_or(0, Payload::size).saturating_add(overhead);
        let entries = self.entries(first, last);
        // As a rule all fit, and this is quick: a sum of halves of a word cannot overflow, and one
        // that was cut off is above such a budget.
        let half = |size: usize| u64::from(u32::try_from(size).unwrap_or(u32::MAX));
        let halves = entries.payloads().map(|payload| half(size(payload)));
        let all = usize::try_from(halves.fold(0, u64::wrapping_add)).unwrap_or(usize::MAX);
        let exact = u32::try_from(budget).is_ok_and(|budget| budget < u32::MAX);
        if let (true, Ok(count)) = (exact && all <= budget, u32::try_from(entries.len())) {
            return (count, all);
        }
        let (mut count, mut bytes) = (0_u32, 0_usize);
        for payload in entries.payloads() {
            let more = bytes.saturating_add(size(payload));
            if (more > budget && count > 0) || count == u32::MAX {
                break;
            }
            (count, bytes) = (count.saturating_add(1), more);
        }
        (count, bytes)
    }

    #[inline]
    pub(super) fn append(&mut self, entry: Entry<P>) -> Result<(), (LogFull, Entry<P>)> {
        if self.spare() == 0 {
            return Err((LogFull, entry));
        }
        let slot = self.slot(self.len);
        match self.slots.as_mut().get_mut(slot) {
            Some(slot) => *slot = entry,
            None => return Err((LogFull, entry)),
        }
        self.len = self.len.saturating_add(1);
        Ok(())
    }

    /// Appends entries of one term, as far as there is room.
    #[inline]
    pub(super) fn extend(&mut self, term: u64, payloads: impl ExactSizeIterator<Item = Option<P>>) {
        let (spare, begin) = (self.spare(), self.slot(self.len));
        let (head, tail) = self.slots.as_mut().split_at_mut_checked(begin).unwrap_or_default();
        let ahead = spare.min(tail.len());
        let tail = tail.get_mut(..ahead).unwrap_or_default();
        let head = head.get_mut(..spare.saturating_sub(ahead)).unwrap_or_default();
        self.len = self.len.saturating_add(if payloads.len() <= tail.len() {
            // As a rule all go into one piece.
            let (room, mut slots) = (tail.len(), tail.iter_mut());
            payloads.for_each(|payload| {
                if let Some(slot) = slots.next() {
                    *slot = Entry { term, payload };
                }
            });
            room.saturating_sub(slots.len())
        } else {
            // One that ends early must not go on in the other piece.
            let mut payloads = payloads.fuse();
            fill(tail, term, &mut payloads).saturating_add(fill(head, term, &mut payloads))
        });
    }

    pub(super) fn truncate(&mut self, keep: u64) {
        let keep = self.before(keep.saturating_add(1));
        self.bury(keep, self.len.saturating_sub(keep));
        self.len = keep;
    }

    pub(super) fn compact(&mut self, upto: u64) {
        let (Some(position), Some(term)) = (self.position(upto), self.term(upto)) else { return };
        let dropped = position.saturating_add(1);
        self.bury(0, dropped);
        self.front = self.slot(dropped);
        self.len = self.len.saturating_sub(dropped);
        self.snapshot = LogId { term, index: upto };
    }

    pub(super) fn install(&mut self, snapshot: LogId) {
        self.bury(0, self.len);
        (self.front, self.len) = (0, 0);
        self.snapshot = snapshot;
    }

    #[inline]
    pub(super) fn entries(&self, first: u64, last: u64) -> Entries<'_, P> {
        // As a rule there are all of them, one or more, and in one piece.
        if let (Some(from), Some(to)) = (self.position(first), self.position(last)) {
            let (start, end) = (self.slot(from), self.slot(to));
            if from <= to && start <= end {
                let entries = self.slots.as_ref().get(start..=end);
                return Entries::new(first, entries.unwrap_or(&[]), &[]);
            }
        }
        // In two calls whose results fit into registers: what came through memory here would be
        // waited for by whoever copies it.
        let first = first.max(self.first_index());
        Entries::new(first, self.front(first, last), self.back(first, last))
    }

    /// The first piece of the entries from one index to another, whichever there are.
    #[inline(never)]
    fn front(&self, first: u64, last: u64) -> &[Entry<P>] {
        let slots = self.slots.as_ref();
        let piece = match self.bounds(first, last) {
            Some((start, end)) if start < end => slots.get(start..end),
            Some((start, _)) => slots.get(start..),
            None => None,
        };
        piece.unwrap_or(&[])
    }

    /// The second piece, which lies at the beginning of the array.
    #[inline(never)]
    fn back(&self, first: u64, last: u64) -> &[Entry<P>] {
        let wrapped = self.bounds(first, last).filter(|(start, end)| start >= end);
        wrapped.and_then(|(_, end)| self.slots.as_ref().get(..end)).unwrap_or(&[])
    }

    /// The slots of the first of them and of what is behind the last, which is not behind the first
    /// slot where they wrap around. `None` if there are none.
    #[inline]
    fn bounds(&self, first: u64, last: u64) -> Option<(usize, usize)> {
        let (from, to) = (self.before(first), self.before(last.saturating_add(1)));
        (from < to).then(|| (self.slot(from), self.slot(to)))
    }

    pub(super) fn all(&self) -> Entries<'_, P> {
        self.entries(0, u64::MAX)
    }

    /// Ends the lives of the payloads of `count` entries from a distance on.
    fn bury(&mut self, distance: usize, count: usize) {
        if !mem::needs_drop::<P>() {
            return;
        }
        for distance in distance..distance.saturating_add(count) {
            let slot = self.slot(distance);
            if let Some(slot) = self.slots.as_mut().get_mut(slot) {
                *slot = Self::EMPTY;
            }
        }
    }

    /// Moves all entries, in order, to the front of other slots, of which there are more.
    #[cfg(feature = "alloc")]
    pub(super) fn move_to(&mut self, mut slots: S) {
        let begin = self.front;
        let old = self.slots.as_mut();
        let (wrapped, front) = old.split_at_mut_checked(begin).unwrap_or_default();
        let living = front.iter_mut().chain(wrapped).take(self.len);
        for (slot, entry) in slots.as_mut().iter_mut().zip(living) {
            *slot = mem::replace(entry, Self::EMPTY);
        }
        self.slots = slots;
        self.front = 0;
    }
}

/// Puts payloads into slots, as many as there are of either, and gives how many.
#[inline]
fn fill<P>(
    slots: &mut [Entry<P>],
    term: u64,
    payloads: &mut impl Iterator<Item = Option<P>>,
) -> usize {
    let mut taken = 0_usize;
    for (slot, payload) in slots.iter_mut().zip(payloads) {
        *slot = Entry { term, payload };
        taken = taken.wrapping_add(1);
    }
    taken
}

/// Equal logs have equal entries, wherever they lie.
impl<P: PartialEq, S: AsRef<[Entry<P>]> + AsMut<[Entry<P>]>> PartialEq for Ring<P, S> {
    fn eq(&self, other: &Self) -> bool {
        self.snapshot == other.snapshot && self.all().iter().eq(other.all().iter())
    }
}

impl<P: Eq, S: AsRef<[Entry<P>]> + AsMut<[Entry<P>]>> Eq for Ring<P, S> {}

impl<P: Hash, S: AsRef<[Entry<P>]> + AsMut<[Entry<P>]>> Hash for Ring<P, S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.snapshot.hash(state);
        self.len.hash(state);
        for entry in self.all().iter() {
            entry.hash(state);
        }
    }
}

impl<P: fmt::Debug, S: AsRef<[Entry<P>]> + AsMut<[Entry<P>]>> fmt::Debug for Ring<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring")
            .field("snapshot", &self.snapshot)
            .field("entries", &self.all())
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl<P: defmt::Format, S: AsRef<[Entry<P>]> + AsMut<[Entry<P>]>> defmt::Format for Ring<P, S> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Ring {{ snapshot: {}, entries: {} }}", self.snapshot, self.all());
    }
}
