//! Entries, and parts of a log that are lent.

use core::slice;

use super::LogId;

/// An entry of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Entry<P> {
    /// The term of the leader that created it.
    pub term: u64,
    /// What is to be applied; `None` is a blank, which a new leader appends and which changes
    /// nothing.
    pub payload: Option<P>,
}

/// Consecutive entries of a log, borrowed from it.
///
/// They lie in at most two pieces, because a ring has an end.
///
/// ```
/// use synod_consensus_core::raft::{Entry, Log, LogId, RingLog};
///
/// let mut log = RingLog::<&str, 8>::new();
/// for payload in [None, Some("on"), Some("off")] {
///     log.append(Entry { term: 3, payload }).unwrap();
/// }
/// let entries = log.entries(2, 3);
/// assert_eq!(entries.len(), 2);
/// let (id, payload) = entries.iter().next().unwrap();
/// assert_eq!((id, payload), (LogId { term: 3, index: 2 }, Some(&"on")));
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Entries<'a, P> {
    first: u64,
    front: &'a [Entry<P>],
    back: &'a [Entry<P>],
}

/// Without `P: Clone`: what is copied is a loan.
impl<P> Clone for Entries<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Entries<'_, P> {}

impl<'a, P> Entries<'a, P> {
    /// The entries of `front`, the first of which has the index `first`, and then those of `back`.
    #[inline]
    #[must_use]
    pub const fn new(first: u64, front: &'a [Entry<P>], back: &'a [Entry<P>]) -> Self {
        Self { first, front, back }
    }

    /// The index of the first of them; if there are none, of the one that would be.
    #[inline]
    #[must_use]
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// How many there are.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.front.len().saturating_add(self.back.len())
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The index of the last of them; `first - 1` if there are none.
    #[inline]
    #[must_use]
    pub const fn last(&self) -> u64 {
        // A length has at most 64 bits.
        self.first.saturating_sub(1).saturating_add(self.len() as u64)
    }

    /// The pieces, in order.
    #[inline]
    #[must_use]
    pub const fn as_slices(&self) -> (&'a [Entry<P>], &'a [Entry<P>]) {
        (self.front, self.back)
    }

    /// Each with its place; `None` is a blank.
    #[inline]
    pub fn iter(
        &self,
    ) -> impl ExactSizeIterator<Item = (LogId, Option<&'a P>)> + Clone + use<'a, P> {
        let mut next = self.first;
        self.pieces().map(move |entry| {
            let index = next;
            next = next.saturating_add(1);
            (LogId { term: entry.term, index }, entry.payload.as_ref())
        })
    }

    /// Their payloads alone, as they travel with a message.
    #[inline]
    pub fn payloads(&self) -> impl ExactSizeIterator<Item = Option<&'a P>> + Clone + use<'a, P> {
        self.pieces().map(|entry| entry.payload.as_ref())
    }

    #[inline]
    fn pieces(&self) -> Pieces<'a, P> {
        Pieces { front: self.front.iter(), back: self.back.iter() }
    }
}

/// One piece after the other: a chain that knows its length.
struct Pieces<'a, P> {
    front: slice::Iter<'a, Entry<P>>,
    back: slice::Iter<'a, Entry<P>>,
}

impl<P> Clone for Pieces<'_, P> {
    fn clone(&self) -> Self {
        Self { front: self.front.clone(), back: self.back.clone() }
    }
}

impl<'a, P> Iterator for Pieces<'a, P> {
    type Item = &'a Entry<P>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.front.next().or_else(|| self.back.next())
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.front.len().saturating_add(self.back.len());
        (len, Some(len))
    }

    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, mut f: F) -> B {
        let init = self.front.fold(init, &mut f);
        self.back.fold(init, f)
    }
}

impl<P> ExactSizeIterator for Pieces<'_, P> {}
