//! Consecutive events of one replica.

use core::{cmp::Ordering, num::NonZeroU64};

use crate::Dot;

/// A run of one replica's events, `first..=last`. It is never empty: what may leave nothing, such
/// as an [`intersection`](Self::intersection), gives an `Option`.
///
/// Ranges order by replica, then by their first event, then by their last. That order is for
/// sorting; it says nothing of time. Every method is O(1).
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

    /// The first event.
    #[must_use]
    pub const fn first_dot(&self) -> Dot<Id> {
        Dot { replica: self.replica, counter: self.first }
    }

    /// The last event.
    #[must_use]
    pub const fn last_dot(&self) -> Dot<Id> {
        Dot { replica: self.replica, counter: self.last }
    }

    /// How many events there are.
    #[must_use]
    pub const fn len(&self) -> NonZeroU64 {
        let behind_first = self.last.get().saturating_sub(self.first.get());
        NonZeroU64::MIN.saturating_add(behind_first)
    }

    /// Whether `dot` is one of the events.
    #[must_use]
    pub fn contains(&self, dot: Dot<Id>) -> bool
    where
        Id: Eq,
    {
        self.contains_range(dot.into())
    }

    /// Whether all events of `other` are among these.
    #[must_use]
    pub fn contains_range(&self, other: Self) -> bool
    where
        Id: Eq,
    {
        self.replica == other.replica && self.first <= other.first && other.last <= self.last
    }

    /// The events that are also in `other`.
    ///
    /// ```
    /// use synod_clocks::DotRange;
    /// # use core::num::NonZeroU64;
    /// # let range = |first, last| {
    /// #     let at = |counter| NonZeroU64::new(counter).unwrap();
    /// #     DotRange::new('a', at(first), at(last)).unwrap()
    /// # };
    ///
    /// assert_eq!(range(3, 5).intersection(range(4, 9)), Some(range(4, 5)));
    /// assert_eq!(range(3, 5).intersection(range(6, 9)), None);
    /// ```
    #[must_use]
    pub fn intersection(&self, other: Self) -> Option<Self>
    where
        Id: Eq,
    {
        if self.replica != other.replica {
            return None;
        }
        Self::new(self.replica, self.first.max(other.first), self.last.min(other.last))
    }

    /// The shortest range that has the events of both, and so those between them; `None` for events
    /// of two replicas.
    ///
    /// ```
    /// use synod_clocks::DotRange;
    /// # use core::num::NonZeroU64;
    /// # let range = |first, last| {
    /// #     let at = |counter| NonZeroU64::new(counter).unwrap();
    /// #     DotRange::new('a', at(first), at(last)).unwrap()
    /// # };
    ///
    /// assert_eq!(range(7, 9).hull(range(1, 2)), Some(range(1, 9)));
    /// ```
    #[must_use]
    pub fn hull(&self, other: Self) -> Option<Self>
    where
        Id: Eq,
    {
        let mut hull = *self;
        hull.join(other);
        (self.replica == other.replica).then_some(hull)
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

    /// Grows to hold `other`, of the same replica, and what is between. Gives whether it grew.
    pub(crate) fn join(&mut self, other: Self) -> bool {
        let grows = other.first < self.first;
        self.first = self.first.min(other.first);
        self.raise(other.last) | grows
    }
}

impl<Id: Copy + Ord> DotRange<Id> {
    /// The events that come before `dot` in the order of dots.
    ///
    /// ```
    /// use synod_clocks::{Dot, DotRange};
    /// # use core::num::NonZeroU64;
    /// # let range = |first, last| {
    /// #     let at = |counter| NonZeroU64::new(counter).unwrap();
    /// #     DotRange::new('b', at(first), at(last)).unwrap()
    /// # };
    ///
    /// let five = Dot::new('b', 5).unwrap();
    /// assert_eq!(range(3, 9).before(five), Some(range(3, 4)));
    /// assert_eq!(range(3, 9).after(five), Some(range(6, 9)));
    /// assert_eq!(range(5, 9).before(five), None);
    /// assert_eq!(range(5, 9).after(Dot::new('a', 7).unwrap()), Some(range(5, 9)));
    /// ```
    #[must_use]
    pub fn before(&self, dot: Dot<Id>) -> Option<Self> {
        if self.replica != dot.replica {
            return (self.replica < dot.replica).then_some(*self);
        }
        let last = NonZeroU64::new(dot.counter.get().saturating_sub(1))?;
        Self::new(self.replica, self.first, self.last.min(last))
    }

    /// The events that come after `dot` in the order of dots.
    #[must_use]
    pub fn after(&self, dot: Dot<Id>) -> Option<Self> {
        if self.replica != dot.replica {
            return (self.replica > dot.replica).then_some(*self);
        }
        let first = dot.counter.checked_add(1)?;
        Self::new(self.replica, self.first.max(first), self.last)
    }

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
}

impl<Id> From<Dot<Id>> for DotRange<Id> {
    fn from(dot: Dot<Id>) -> Self {
        Self { replica: dot.replica, first: dot.counter, last: dot.counter }
    }
}
