//! The one way in which a state is changed by its own replica.

use core::{cmp::Ordering, fmt, iter, num::NonZeroU64};

use synod_capacity::{Capacity, Full};
use synod_clocks::{CausalContext, Dot, DotRange};

use crate::State;

/// What becomes of a row.
#[derive(Debug)]
pub enum Fate<Row> {
    Stays,
    Goes,
    /// It goes, and another comes, under a dot of its own.
    Becomes(Row),
}

/// Who writes, and up to which event it may.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Author<Id> {
    pub(crate) me: Id,
    pub(crate) bound: u64,
}

impl<Id: Copy + Ord> Author<Id> {
    /// Its next `count` dots, if that is not zero.
    pub(crate) fn next_dots<R: Capacity>(
        &self,
        context: &CausalContext<Id, R>,
        count: u64,
    ) -> Result<Option<DotRange<Id>>, WriteError> {
        let latest = context.latest(self.me);
        let last = latest.checked_add(count).ok_or(WriteError::Exhausted)?;
        if count > 0 && last > self.bound {
            return Err(WriteError::Unreserved);
        }
        let first = NonZeroU64::new(latest.saturating_add(1));
        let ends = first.zip(NonZeroU64::new(last));
        Ok(ends.and_then(|(first, last)| DotRange::new(self.me, first, last)))
    }
}

/// Lets each row at a place meet its fate, puts `row` there, and gives the events that this
/// touched. Nothing that fails comes after the first change.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn replace<S: State>(
    state: &mut S,
    author: Author<S::Id>,
    place: impl Fn(&S::Row) -> Ordering + Clone,
    fate: impl Fn(Dot<S::Id>, &S::Row) -> Fate<S::Row>,
    row: Option<S::Row>,
) -> Result<CausalContext<S::Id, S::Ranges>, WriteError> {
    let (context, rows) = state.parts();
    let mut touched = CausalContext::new();
    let (mut gone, mut fresh) = (0_usize, u64::from(row.is_some()));
    for (dot, old) in rows.all_at(place.clone()) {
        match fate(dot, old) {
            Fate::Stays => continue,
            Fate::Goes => {}
            Fate::Becomes(_) => fresh = fresh.saturating_add(1),
        }
        gone = gone.saturating_add(1);
        if let Err(full) = touch(&mut touched, context, dot.into()) {
            return Err(WriteError::Ranges(full));
        }
    }
    let news = author.next_dots(context, fresh)?;
    // With room for all that comes, nothing needs to go first. A heap always has it, or refuses.
    let coming = usize::try_from(fresh).unwrap_or(usize::MAX);
    if let Err(full) = rows.reserve(coming) {
        let needed = rows.len().saturating_sub(gone).saturating_add(coming);
        if S::Store::LIMIT == usize::MAX || needed > S::Store::LIMIT {
            return Err(WriteError::Rows(Full { needed, ..full }));
        }
    }
    if let Some(news) = news {
        // Where an array has no range left for the news, it has room for what it has in between.
        let added = touched.insert_range(news);
        if S::Ranges::LIMIT == usize::MAX {
            added.map_err(WriteError::Ranges)?;
        }
        context.insert_range(news).map_err(WriteError::Ranges)?;
        if added.is_err() {
            touch(&mut touched, context, news).map_err(WriteError::Ranges)?;
        }
    }

    let mut next = news.map(|news| news.first_dot());
    let (is_all, has_heirs) = (gone == rows.len(), fresh > u64::from(row.is_some()));
    let ranges = match touched.ranges() {
        _ if gone == 0 => &[],
        _ if is_all && !has_heirs => {
            rows.clear();
            &[]
        }
        // In order of dot, so that heirs have the same dots with every capacity.
        ranges => ranges,
    };
    for range in ranges {
        let is_old = |dot: Dot<S::Id>| !news.is_some_and(|news| news.contains(dot));
        let is_here = |row: &S::Row| place(row).is_eq();
        let mut left = Some(*range);
        while let Some(range) = left {
            let mut old = rows.within(range).filter(|(dot, row)| is_old(*dot) && is_here(row));
            let found = old.find_map(|(dot, old)| match fate(dot, old) {
                Fate::Stays => None,
                Fate::Goes => Some((dot, None)),
                Fate::Becomes(row) => Some((dot, Some(row))),
            });
            drop(old);
            let Some((dot, heir)) = found else { break };
            rows.remove(dot);
            if let (Some(heir), Some(dot)) = (heir, next) {
                rows.insert(dot, heir).map_err(WriteError::Rows)?;
                next = successor(dot);
            }
            left = range.after(dot);
        }
    }
    if let (Some(row), Some(dot)) = (row, next) {
        rows.insert(dot, row).map_err(WriteError::Rows)?;
    }
    Ok(touched)
}

fn successor<Id: Copy>(dot: Dot<Id>) -> Option<Dot<Id>> {
    let counter = dot.counter.checked_add(1)?;
    Some(Dot { counter, ..dot })
}

/// Adds `range`, which `known` has, to what is touched. Where that would take more ranges than
/// there is room for, it adds all that `known` has in between: a delta may name any known event.
pub(crate) fn touch<Id: Copy + Ord, R: Capacity>(
    touched: &mut CausalContext<Id, R>,
    known: &CausalContext<Id, R>,
    range: DotRange<Id>,
) -> Result<(), Full> {
    if touched.insert_range(range).is_ok() {
        return Ok(());
    }
    let mut wide = CausalContext::new();
    for whole in known.ranges() {
        let mut hull = None;
        for part in touched.of(whole.replica()).iter().chain(iter::once(&range)) {
            if whole.contains_range(*part) {
                hull = hull.map_or(Some(*part), |hull: DotRange<Id>| hull.hull(*part));
            }
        }
        if let Some(hull) = hull {
            wide.insert_range(hull)?;
        }
    }
    *touched = wide;
    Ok(())
}

/// Why a change was refused. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum WriteError {
    /// The event does not fit into the context: a replica that never wrote before, and no range
    /// left for it. Merge missing events first, or use a larger capacity.
    Ranges(Full),
    /// The row does not fit. Remove some, or use a larger capacity.
    Rows(Full),
    /// The replica's counter is at `u64::MAX`. Give the replica a new id.
    Exhausted,
    /// The next event is beyond the durable bound. Write the bound that the `Ceiling` asks for, and
    /// try again.
    Unreserved,
    /// A write with this stamp would lose against one that is known. Tick the hybrid clock, having
    /// received the stamps that peers sent, and write again.
    Stale,
    /// The count does not fit into 64 bits.
    Overflow,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ranges(full) => write!(f, "ranges of events: {full}"),
            Self::Rows(full) => write!(f, "rows: {full}"),
            Self::Exhausted => f.write_str("the replica's counter is at its maximum"),
            Self::Unreserved => f.write_str("the next event is above the durable bound"),
            Self::Stale => f.write_str("a later write is known"),
            Self::Overflow => f.write_str("the count does not fit"),
        }
    }
}

impl core::error::Error for WriteError {}

/// A change that was refused, with the value that would have moved in. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Refused<V> {
    /// Why.
    pub reason: WriteError,
    /// The value, handed back.
    pub value: V,
}

impl<V> fmt::Display for Refused<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl<V: fmt::Debug> core::error::Error for Refused<V> {}
