//! A set of events with gaps.

#[cfg(feature = "serde")]
mod encoding;

use core::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    num::NonZeroU64,
};

use synod_capacity::{Capacity, Full, List};

use crate::{
    Beyond, Causality, Dot, DotRange, Shared, VersionVector,
    dot_ranges::{
        absorb, add_from_back, begin_alike, count_common, cut_from_back, grow, holds,
        keep_overlapping, of_replica, position, raise_all, union,
    },
};

/// Exactly which events are known, as ranges: one for each replica, and one more for each gap.
///
/// A [`VersionVector`] can only say "all up to here". A context can also hold events that arrived
/// before their predecessors, or without them, which is what replicas that exchange deltas need.
///
/// Promises: ranges are sorted, and no two overlap or touch, so that equal sets of events are equal
/// values with equal bytes, whatever the order in which they came; [`merge`](Self::merge) is set
/// union, [`meet`](Self::meet) set intersection, and both are all or nothing; [`Full`] is exact,
/// that is, what would fit is never refused; contexts of different capacities compare, hash, merge
/// and encode alike.
///
/// `C` holds the ranges. With `n` of them here and `m` in the other context, a lookup is O(log n),
/// an insertion too, and O(n) where a range comes or goes; what takes two contexts is O(n + m).
/// Nothing allocates, unless `C` is `Heap` and there are more ranges than ever before.
///
/// Source: Almeida, Shoker, Baquero, "Delta State Replicated Data Types", JPDC 2018: the causal
/// context of causal CRDTs, and its compression. There it is a version vector and a cloud of dots
/// beyond it; ranges hold the same, and a delta that begins anywhere costs no more than one that
/// begins at 1.
///
/// ```
/// use synod_clocks::{CausalContext, Dot, Inline};
///
/// let dot = |counter| Dot::new('a', counter).unwrap();
/// let mut seen = CausalContext::<char, Inline<4>>::new();
/// seen.insert(dot(1))?;
/// seen.insert(dot(3))?; // out of order: a gap, and so a second range
/// assert!(!seen.contains(dot(2)));
/// assert_eq!((seen.run('a'), seen.latest('a'), seen.ranges().len()), (1, 3, 2));
///
/// seen.insert(dot(2))?; // the gap closes
/// assert_eq!((seen.run('a'), seen.latest('a'), seen.ranges().len()), (3, 3, 1));
/// # Ok::<(), synod_clocks::Full>(())
/// ```
pub struct CausalContext<Id, C: Capacity> {
    // Sorted. No two overlap or touch.
    ranges: List<DotRange<Id>, C>,
}

impl<Id: Copy + Ord, C: Capacity> CausalContext<Id, C> {
    /// The context before any event.
    #[must_use]
    pub const fn new() -> Self {
        Self { ranges: List::new() }
    }

    /// The events known, as the fewest ranges that hold them, sorted.
    #[must_use]
    pub fn ranges(&self) -> &[DotRange<Id>] {
        &self.ranges
    }

    /// Whether no event is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether the event `dot` is known.
    #[must_use]
    pub fn contains(&self, dot: Dot<Id>) -> bool {
        self.contains_range(dot.into())
    }

    /// Whether all events of `range` are known.
    #[must_use]
    pub fn contains_range(&self, range: DotRange<Id>) -> bool {
        let place = position(&self.ranges, range.replica(), range.first().get());
        self.ranges.get(place).is_some_and(|known| known.contains_range(range))
    }

    /// Up to which counter all events of `replica` are known; 0 if the first is not.
    #[must_use]
    pub fn run(&self, replica: Id) -> u64 {
        let first = self.ranges.get(position(&self.ranges, replica, 1));
        first
            .filter(|range| range.replica() == replica && range.first() == NonZeroU64::MIN)
            .map_or(0, |range| range.last().get())
    }

    /// The largest counter of `replica` that is known, before which there may be gaps; 0 for a
    /// replica never seen.
    #[must_use]
    pub fn latest(&self, replica: Id) -> u64 {
        let next = self.ranges.partition_point(|range| range.replica() <= replica);
        let last = next.checked_sub(1).and_then(|last| self.ranges.get(last));
        last.filter(|range| range.replica() == replica).map_or(0, |range| range.last().get())
    }

    /// The ranges of `replica`, sorted. O(log n).
    #[must_use]
    pub fn of(&self, replica: Id) -> &[DotRange<Id>] {
        of_replica(&self.ranges, replica)
    }

    /// The dot after the latest one known of `replica`, or `None` at `u64::MAX`, where the replica
    /// needs a new id. It is not added: [`insert`](Self::insert) it.
    ///
    /// Only the replica itself may issue it, and only if the context holds the latest that it ever
    /// issued.
    #[must_use]
    pub fn next_dot(&self, replica: Id) -> Option<Dot<Id>> {
        Dot::new(replica, self.latest(replica).checked_add(1)?)
    }

    /// Adds one event. Gives whether it was news.
    ///
    /// # Errors
    ///
    /// [`Full`]: it needs a range of its own, for which there is no room. The context is unchanged.
    /// Deliver what is missing before it first, or use a larger capacity.
    pub fn insert(&mut self, dot: Dot<Id>) -> Result<bool, Full> {
        self.insert_range(dot.into())
    }

    /// Adds all events of `range`. Gives whether any was news.
    ///
    /// # Errors
    ///
    /// [`Full`], as [`insert`](Self::insert). The context is unchanged.
    pub fn insert_range(&mut self, range: DotRange<Id>) -> Result<bool, Full> {
        let place = position(&self.ranges, range.replica(), range.skipped());
        let news = match absorb(&mut self.ranges, place, range) {
            Some((left, news)) => {
                self.ranges.truncate(left);
                news
            }
            None => {
                self.ranges.insert(place, range).map_err(|(full, _)| full)?;
                true
            }
        };
        debug_assert!(self.is_compact_around(place));
        Ok(news)
    }

    /// Adds all events of `other`. Gives whether any was news.
    ///
    /// # Errors
    ///
    /// [`Full`]: the ranges of the union do not fit. The context is unchanged.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub fn merge<D: Capacity>(&mut self, other: &CausalContext<Id, D>) -> Result<bool, Full> {
        if let [range] = other.ranges() {
            return self.insert_range(*range);
        }
        if begin_alike(&self.ranges, &other.ranges) {
            return Ok(raise_all(&mut self.ranges, &other.ranges));
        }
        let due = union(&mut self.ranges, &other.ranges);
        let Some(filler) = other.ranges.first().filter(|_| due.is_news()) else {
            return Ok(false);
        };
        self.reserve_len(due.len())?;
        if due.grows {
            grow(&mut self.ranges, &other.ranges);
        }
        self.ranges.resize(due.len(), filler)?;
        if due.added > 0 {
            add_from_back(&mut self.ranges, due.kept, &other.ranges);
        }
        debug_assert!(self.is_compact());
        Ok(true)
    }

    /// Makes room, so that a [`merge`](Self::merge) with `other` that comes next cannot fail: for
    /// an operation of which the merge is one step. Changes nothing that can be seen.
    ///
    /// # Errors
    ///
    /// [`Full`], exactly if the merge would be refused.
    pub fn reserve_merge<D: Capacity>(&mut self, other: &CausalContext<Id, D>) -> Result<(), Full> {
        if begin_alike(&self.ranges, &other.ranges) {
            return Ok(());
        }
        let due = union(&mut self.ranges, &other.ranges);
        self.reserve_len(due.len())
    }

    /// Keeps the events that both know. Gives whether any was given up.
    ///
    /// # Errors
    ///
    /// [`Full`]: the ranges that are left do not fit, which can be more than either side has, up to
    /// n + m - 1. The context is unchanged.
    pub fn meet<D: Capacity>(&mut self, other: &CausalContext<Id, D>) -> Result<bool, Full> {
        if other.dominates(self) {
            return Ok(false);
        }
        let due = count_common(&self.ranges, &other.ranges);
        self.reserve_len(due)?;
        let kept = keep_overlapping(&mut self.ranges, &other.ranges);
        self.ranges.truncate(kept);
        if let Some(filler) = other.ranges.first() {
            self.ranges.resize(due, filler)?;
            cut_from_back(&mut self.ranges, kept, &other.ranges);
        }
        debug_assert!(self.is_compact());
        Ok(true)
    }

    /// The events known here and not in `other`, as sorted ranges, each as long as can be: what a
    /// delta for `other` must name. O(n + m) for all of them together; [`Beyond`] can begin behind
    /// any event.
    ///
    /// ```
    /// use synod_clocks::{CausalContext, DotRange, Inline};
    /// # use core::num::NonZeroU64;
    /// # let range = |first, last| {
    /// #     let at = |counter| NonZeroU64::new(counter).unwrap();
    /// #     DotRange::new('a', at(first), at(last)).unwrap()
    /// # };
    ///
    /// let mut own = CausalContext::<char, Inline<4>>::new();
    /// own.insert_range(range(1, 9))?;
    /// let mut theirs = own.clone();
    /// theirs.clear();
    /// theirs.insert_range(range(3, 5))?;
    /// assert!(own.beyond(&theirs).eq([range(1, 2), range(6, 9)]));
    /// # Ok::<(), synod_clocks::Full>(())
    /// ```
    #[must_use]
    pub fn beyond<'a, D: Capacity>(&'a self, other: &'a CausalContext<Id, D>) -> Beyond<'a, Id> {
        Beyond::new(&self.ranges, &other.ranges)
    }

    /// The events known here and in `other`, as sorted ranges, each as long as can be: what
    /// [`meet`](Self::meet) would keep, without a change. O(n + m) for all of them together;
    /// [`Shared`] can begin behind any event.
    ///
    /// ```
    /// use synod_clocks::{CausalContext, Dot, DotRange, Inline};
    /// # use core::num::NonZeroU64;
    /// # let range = |first, last| {
    /// #     let at = |counter| NonZeroU64::new(counter).unwrap();
    /// #     DotRange::new('a', at(first), at(last)).unwrap()
    /// # };
    ///
    /// type Context = CausalContext<char, Inline<4>>;
    /// let (mut own, mut theirs) = (Context::new(), Context::new());
    /// own.insert_range(range(1, 9))?;
    /// theirs.insert_range(range(3, 5))?;
    /// theirs.insert_range(range(8, 12))?;
    /// assert!(own.shared(&theirs).eq([range(3, 5), range(8, 9)]));
    /// let four = Dot::new('a', 4).unwrap();
    /// assert!(own.shared(&theirs).after(four).eq([range(5, 5), range(8, 9)]));
    /// # Ok::<(), synod_clocks::Full>(())
    /// ```
    #[must_use]
    pub fn shared<'a, D: Capacity>(&'a self, other: &'a CausalContext<Id, D>) -> Shared<'a, Id> {
        Shared::new(&self.ranges, &other.ranges)
    }

    /// Whether this context knows all that `other` knows.
    #[must_use]
    pub fn dominates<D: Capacity>(&self, other: &CausalContext<Id, D>) -> bool {
        holds(&self.ranges, &other.ranges)
    }

    /// How this context stands to `other`.
    #[must_use]
    pub fn causality<D: Capacity>(&self, other: &CausalContext<Id, D>) -> Causality {
        Causality::from_surplus(!other.dominates(self), !self.dominates(other))
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.ranges.clear();
    }

    /// Makes sure that there can be `len` ranges, or changes nothing.
    fn reserve_len(&mut self, len: usize) -> Result<(), Full> {
        self.ranges.reserve(len.saturating_sub(self.ranges.len()))
    }

    /// The promise of the type: ranges are sorted, and no two overlap or touch.
    fn is_compact(&self) -> bool {
        self.ranges.is_sorted_by(|a, b| a.place(b).is_lt())
    }

    /// The same of a range and its neighbours, where no other has changed.
    fn is_compact_around(&self, place: usize) -> bool {
        let neighbours = self.ranges.iter().skip(place.saturating_sub(1)).take(3);
        neighbours.is_sorted_by(|a, b| a.place(b).is_lt())
    }
}

impl<Id, C: Capacity> Default for CausalContext<Id, C> {
    fn default() -> Self {
        Self { ranges: List::new() }
    }
}

/// All events up to each entry. Refused if the entries do not fit as ranges.
impl<Id: Copy + Ord, C: Capacity, D: Capacity> TryFrom<&VersionVector<Id, D>>
    for CausalContext<Id, C>
{
    type Error = Full;

    fn try_from(vector: &VersionVector<Id, D>) -> Result<Self, Full> {
        let mut context = Self::new();
        context.reserve_len(vector.len())?;
        for dot in vector {
            if let Some(run) = DotRange::new(dot.replica, NonZeroU64::MIN, dot.counter) {
                context.ranges.push(run).map_err(|(full, _)| full)?;
            }
        }
        Ok(context)
    }
}

impl<Id: Clone, C: Capacity> Clone for CausalContext<Id, C> {
    fn clone(&self) -> Self {
        Self { ranges: self.ranges.clone() }
    }
}

impl<Id: Copy + fmt::Debug, C: Capacity> fmt::Debug for CausalContext<Id, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = |range: &DotRange<Id>| (range.replica(), range.first()..=range.last());
        f.debug_map().entries(self.ranges.iter().map(entry)).finish()
    }
}

#[cfg(feature = "defmt")]
impl<Id: defmt::Format, C: Capacity> defmt::Format for CausalContext<Id, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "CausalContext {}", self.ranges);
    }
}

impl<Id: PartialEq, C: Capacity, D: Capacity> PartialEq<CausalContext<Id, D>>
    for CausalContext<Id, C>
{
    fn eq(&self, other: &CausalContext<Id, D>) -> bool {
        self.ranges == other.ranges
    }
}

impl<Id: Eq, C: Capacity> Eq for CausalContext<Id, C> {}

impl<Id: Hash, C: Capacity> Hash for CausalContext<Id, C> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ranges.hash(state);
    }
}

/// By inclusion: `None` for contexts of which neither holds the other.
impl<Id: Copy + Ord, C: Capacity, D: Capacity> PartialOrd<CausalContext<Id, D>>
    for CausalContext<Id, C>
{
    fn partial_cmp(&self, other: &CausalContext<Id, D>) -> Option<Ordering> {
        self.causality(other).into()
    }
}
