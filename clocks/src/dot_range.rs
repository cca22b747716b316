//! Consecutive events of one replica.

use core::{cmp::Ordering, num::NonZeroU64};

use crate::Dot;

/// A run of one replica's events, `first..=last`. It is never empty.
///
/// Ranges order by replica, then by their first event, then by their last. That order is for
/// sorting; it says nothing of time.
///
/// ```
/// use synod_clocks::{Dot, DotRange};
/// # use core::num::NonZeroU64;
/// # let at = |counter| NonZeroU64::new(counter).unwrap();
///
/// let range = DotRange::new('a', at(3), at(5)).unwrap();
/// assert!(range.contains(Dot::new('a', 4).unwrap()));
/// assert!(!range.contains(Dot::new('b', 4).unwrap()));
/// assert_eq!(DotRange::new('a', at(5), at(3)), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DotRange<Id> {
    replica: Id,
    first: NonZeroU64,
    // Not before the first.
    last: NonZeroU64,
}

impl<Id: Copy> DotRange<Id> {
    /// The events of `replica` from the `first`-th to the `last`-th, both included, or `None` if
    /// the first is after the last.
    #[must_use]
    pub const fn new(replica: Id, first: NonZeroU64, last: NonZeroU64) -> Option<Self> {
        if first.get() <= last.get() { Some(Self { replica, first, last }) } else { None }
    }

    /// Who issued the events.
    #[must_use]
    pub const fn replica(&self) -> Id {
        self.replica
    }

    /// The counter of the first event.
    #[must_use]
    pub const fn first(&self) -> NonZeroU64 {
        self.first
    }

    /// The counter of the last event.
    #[must_use]
    pub const fn last(&self) -> NonZeroU64 {
        self.last
    }

    /// Whether `dot` is one of the events.
    #[must_use]
    pub fn contains(&self, dot: Dot<Id>) -> bool
    where
        Id: Eq,
    {
        self.replica == dot.replica && self.first <= dot.counter && dot.counter <= self.last
    }

    /// How many events of the replica come before.
    pub(crate) const fn skipped(&self) -> u64 {
        self.first.get().saturating_sub(1)
    }

    /// Grows at its end to `last`. Gives whether it grew.
    pub(crate) fn raise(&mut self, last: NonZeroU64) -> bool {
        let grows = self.last < last;
        self.last = if grows { last } else { self.last };
        grows
    }

    /// Grows to hold `other`, which it overlaps or touches. Gives whether it grew.
    pub(crate) fn join(&mut self, other: Self) -> bool {
        let grows = other.first < self.first;
        self.first = self.first.min(other.first);
        self.raise(other.last) | grows
    }
}

impl<Id: Copy + Ord> DotRange<Id> {
    /// Where this range lies from `other`: before or after it, with an event missing between them,
    /// or else `Equal`, if they overlap or touch.
    pub(crate) fn place(&self, other: &Self) -> Ordering {
        self.replica.cmp(&other.replica).then_with(|| {
            if self.last.get() < other.skipped() {
                Ordering::Less
            } else if other.last.get() < self.skipped() {
                Ordering::Greater
            } else {
                Ordering::Equal
            }
        })
    }

    /// Whether all events of `other` are in this range.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.replica == other.replica && self.first <= other.first && other.last <= self.last
    }

    /// The events that are also in `other`.
    pub(crate) fn common(&self, other: &Self) -> Option<Self> {
        if self.replica != other.replica {
            return None;
        }
        Self::new(self.replica, self.first.max(other.first), self.last.min(other.last))
    }

    /// The events before the `end`-th, which is not after the last by more than one.
    pub(crate) fn before(&self, end: NonZeroU64) -> Option<Self> {
        let last = NonZeroU64::new(end.get().saturating_sub(1))?;
        Self::new(self.replica, self.first, last)
    }

    /// The events after the `end`-th, which is not before the first by more than one.
    pub(crate) fn after(&self, end: NonZeroU64) -> Option<Self> {
        Self::new(self.replica, end.checked_add(1)?, self.last)
    }
}

impl<Id> From<Dot<Id>> for DotRange<Id> {
    fn from(dot: Dot<Id>) -> Self {
        Self { replica: dot.replica, first: dot.counter, last: dot.counter }
    }
}
