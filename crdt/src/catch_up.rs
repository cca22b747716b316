//! Bringing a replica up to date, in parts of any size.

use synod_capacity::Capacity;
use synod_clocks::{CausalContext, Dot, DotRange};

use crate::{Causal, Delta, State, kind::Kind, touch::touch};

/// How far a replica has been brought up to date by [`Causal::delta_since`].
///
/// First come the events that it lacks, then the removal of what it has. So in between an element
/// that was written anew is absent only where a tombstone of the replica still hides it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CatchUp<Id> {
    stage: Stage,
    /// Whether removals make room for the news.
    removes_first: bool,
    /// All up to here is done in this stage.
    after: Option<Dot<Id>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Stage {
    #[default]
    News,
    Removals,
    Done,
}

impl<Id> CatchUp<Id> {
    /// From the beginning.
    #[must_use]
    pub const fn new() -> Self {
        Self { stage: Stage::News, removes_first: false, after: None }
    }

    /// From the beginning, with the removals before the news: for a replica that has no room.
    pub(crate) const fn making_room() -> Self {
        Self { stage: Stage::Removals, removes_first: true, after: None }
    }

    /// The news alone, once the removals were given.
    pub(crate) const fn news_again() -> Self {
        Self { stage: Stage::News, removes_first: true, after: None }
    }

    /// Whether removals come, or came, before the news.
    pub(crate) const fn is_making_room(&self) -> bool {
        self.removes_first
    }

    /// Goes on behind `dot`.
    pub(crate) fn pass(&mut self, dot: Dot<Id>) {
        self.after = Some(dot);
    }

    /// Whether all was given.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }
}

impl<Id: Copy + Ord + 'static, T: Kind<Id>, R: Capacity, N: Capacity> Causal<Id, T, R, N> {
    /// The part of this state that `events` name, as far as it knows them.
    ///
    /// Where that takes more than `R` ranges, it also has events in between. O(r) in the ranges of
    /// both, and O(k log r) for `k` ranges that are far fewer than those of the other.
    ///
    /// ```
    /// use synod_crdt::{AwSet, Causal, Inline, Merge, Source};
    ///
    /// type Set = Causal<u8, AwSet<u8>, Inline<4>, Inline<8>>;
    /// let (mut set, mut other) = (Set::new(), Set::new());
    /// set.write(1).insert(3)?;
    /// let events = set.write(1).insert(4)?.context().clone();
    /// set.write(1).remove(&4)?;
    /// other.merge(&set.delta(&events))?; // as it is now: removed
    /// assert!(other.read().is_empty() && other.context() == &events);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn delta<C: Capacity>(&self, events: &CausalContext<Id, C>) -> Delta<'_, Self> {
        let mut named = CausalContext::new();
        for both in self.context().shared(events) {
            // Out of memory: a delta that says less is a delta nevertheless.
            if touch(&mut named, self.context(), both).is_err() {
                break;
            }
        }
        Delta::new(self, named)
    }

    /// The next part of what a replica lacks that knows the events of `since`, with at most
    /// `budget` rows and `R` ranges: `None` when there is no more. `progress` goes on behind it.
    ///
    /// Merging all parts gives what merging this state gives. `since` may be what the replica knew
    /// at any time, or less, and may grow from part to part. A part that is lost must be given
    /// again from the progress that it began with. A budget of zero is one of one. As news come
    /// first, the replica may need more room in between than for the whole, which it can merge
    /// instead.
    ///
    /// All parts together are O(r + m + p log n), where both contexts have `r` ranges, `m` rows are
    /// under events that `since` lacks or that could be removed there, the parts name `p` ranges,
    /// and the state has `n` ranges and rows. One part can be as dear as all together: the search
    /// for what was removed goes through the living rows before it.
    ///
    /// ```
    /// use synod_crdt::{AwSet, CatchUp, Causal, Inline, Merge};
    ///
    /// type Set = Causal<u8, AwSet<u8>, Inline<4>, Inline<32>>;
    /// let (mut full, mut fresh) = (Set::new(), Set::new());
    /// for element in 0..10 {
    ///     full.write(1).insert(element)?;
    /// }
    /// full.write(1).remove(&3)?;
    ///
    /// let mut progress = CatchUp::new();
    /// while let Some(part) = full.delta_since(&fresh.context().clone(), &mut progress, 2) {
    ///     fresh.merge(&part)?;
    /// }
    /// assert_eq!(fresh, full);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn delta_since<C: Capacity>(
        &self,
        since: &CausalContext<Id, C>,
        progress: &mut CatchUp<Id>,
        budget: usize,
    ) -> Option<Delta<'_, Self>> {
        let mut named = CausalContext::new();
        let mut left = budget.max(1);
        while let Some(piece) = self.next_piece(since, progress) {
            let (part, rows) = self.first_rows(piece, left);
            if named.insert_range(part).is_err() {
                break;
            }
            progress.pass(part.last_dot());
            left = left.saturating_sub(rows);
            if left == 0 || part != piece {
                break;
            }
        }
        (!named.is_empty()).then(|| Delta::new(self, named))
    }

    /// The next events to give, all of a stage: `progress` moves on to that stage.
    pub(crate) fn next_piece<C: Capacity>(
        &self,
        since: &CausalContext<Id, C>,
        progress: &mut CatchUp<Id>,
    ) -> Option<DotRange<Id>> {
        loop {
            let found = match progress.stage {
                Stage::News => {
                    let news = self.context().beyond(since);
                    let mut left = match progress.after {
                        Some(dot) => news.after(dot),
                        None => news,
                    };
                    left.next()
                }
                Stage::Removals => {
                    let known = self.context().shared(since);
                    let mut left = match progress.after {
                        Some(dot) => known.after(dot),
                        None => known,
                    };
                    left.find_map(|range| self.first_dead(range))
                }
                Stage::Done => return None,
            };
            if found.is_some() {
                return found;
            }
            progress.after = None;
            progress.stage = match (progress.stage, progress.removes_first) {
                (Stage::News, false) => Stage::Removals,
                (Stage::Removals, true) => Stage::News,
                _ => Stage::Done,
            };
        }
    }

    /// The first dead events of `range` that are next to each other.
    pub(crate) fn first_dead(&self, range: DotRange<Id>) -> Option<DotRange<Id>> {
        let mut rest = range;
        for (dot, _) in self.rows().within(range) {
            if let Some(dead) = rest.before(dot) {
                return Some(dead);
            }
            rest = rest.after(dot)?;
        }
        Some(rest)
    }

    /// As much of `range` as has at most `count` rows, and how many it has.
    pub(crate) fn first_rows(&self, range: DotRange<Id>, count: usize) -> (DotRange<Id>, usize) {
        let mut rows: usize = 0;
        for (dot, _) in self.rows().within(range) {
            if rows == count {
                return (range.before(dot).unwrap_or(range), rows);
            }
            rows = rows.saturating_add(1);
        }
        (range, rows)
    }
}
