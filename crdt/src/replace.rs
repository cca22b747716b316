//! The one way in which a state is changed by its own replica.

use core::{cmp::Ordering, num::NonZeroU64};

use synod_capacity::{Capacity, Full};
use synod_clocks::{CausalContext, Ceiling, Dot, DotRange};

use crate::{Source, State, WriteError, causal::Inside, delta::RowOf, rows::Rows, touch::touch};

/// What becomes of a row.
#[derive(Debug)]
pub enum Fate<Row> {
    Stays,
    Goes,
    /// It goes, and another comes, under a dot of its own.
    Becomes(Row),
}

/// Who writes, and which events it may.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Author<Id> {
    pub(crate) me: Id,
    /// Up to here, events may have been issued before a restart.
    floor: u64,
    bound: u64,
}

impl<Id> Author<Id> {
    /// It persists its state, and may issue any event that is not known.
    pub(crate) const fn new(me: Id) -> Self {
        Self { me, floor: 0, bound: u64::MAX }
    }
}

impl<Id: Copy + Ord> Author<Id> {
    /// The same, restricted to what a ceiling covers.
    pub(crate) const fn under(self, ceiling: &Ceiling) -> Self {
        Self { floor: ceiling.floor(), bound: ceiling.bound(), ..self }
    }

    /// Its next `count` dots, if that is not zero.
    pub(crate) fn next_dots<R: Capacity>(
        &self,
        context: &CausalContext<Id, R>,
        count: u64,
    ) -> Result<Option<DotRange<Id>>, WriteError> {
        let latest = context.latest(self.me);
        let last = latest.checked_add(count).ok_or(WriteError::Exhausted)?;
        if count == 0 {
            return Ok(None);
        }
        if self.floor > 0 && latest <= self.floor {
            return Err(WriteError::NotResumed);
        }
        if last > self.bound {
            return Err(WriteError::Unreserved { last });
        }
        let first = NonZeroU64::new(latest.saturating_add(1));
        let ends = first.zip(NonZeroU64::new(last));
        Ok(ends.and_then(|(first, last)| DotRange::new(self.me, first, last)))
    }
}

type Events<S> = CausalContext<<S as Source>::Id, <S as Source>::Ranges>;
pub(crate) type RowsOf<S> = Rows<<S as Source>::Id, RowOf<S>, <S as State>::Store>;

/// Lets each row at a place meet its fate, puts `row` there, and gives the events that this
/// touched. Nothing that fails comes after the first change.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn replace<S: State>(
    state: &mut S,
    author: Author<S::Id>,
    place: impl Fn(&RowOf<S>) -> Ordering + Clone,
    fate: impl Fn(&RowsOf<S>, Dot<S::Id>, &RowOf<S>) -> Fate<RowOf<S>>,
    row: Option<RowOf<S>>,
) -> Result<Events<S>, WriteError> {
    let (context, rows) = state.parts(Inside(()));
    let mut touched = CausalContext::new();
    let leaving = leave::<S>(context, rows, place.clone(), &fate, &mut touched);
    let Leaving { gone, heirs } = leaving.map_err(WriteError::Ranges)?;
    let fresh = heirs.saturating_add(u64::from(row.is_some()));
    let news = author.next_dots(context, fresh)?;
    make_room::<S>(rows, gone, fresh).map_err(WriteError::Rows)?;
    if let Some(news) = news {
        issue::<S>(context, &mut touched, news).map_err(WriteError::Ranges)?;
    }

    let mut next = news.map(|news| news.first_dot());
    if gone == rows.len() && heirs == 0 {
        rows.clear();
    } else if gone > 0 {
        // In order of dot, so that heirs have the same dots with every capacity.
        for range in touched.ranges() {
            next =
                settle::<S>(rows, *range, news, next, &place, &fate).map_err(WriteError::Rows)?;
        }
    }
    if let (Some(row), Some(dot)) = (row, next) {
        rows.insert(dot, row).map_err(WriteError::Rows)?;
    }
    Ok(touched)
}

/// How many rows go, and how many of those leave another in their place.
struct Leaving {
    gone: usize,
    heirs: u64,
}

/// Counts the rows at the place that will go, and adds their events to what is touched.
fn leave<S: State>(
    context: &Events<S>,
    rows: &RowsOf<S>,
    place: impl Fn(&RowOf<S>) -> Ordering + Clone,
    fate: impl Fn(&RowsOf<S>, Dot<S::Id>, &RowOf<S>) -> Fate<RowOf<S>>,
    touched: &mut Events<S>,
) -> Result<Leaving, Full> {
    let mut leaving = Leaving { gone: 0, heirs: 0 };
    for (dot, row) in rows.all_at(place) {
        match fate(rows, dot, row) {
            Fate::Stays => continue,
            Fate::Goes => {}
            Fate::Becomes(_) => leaving.heirs = leaving.heirs.saturating_add(1),
        }
        leaving.gone = leaving.gone.saturating_add(1);
        touch(touched, context, dot.into())?;
    }
    Ok(leaving)
}

/// Makes sure that `fresh` rows fit once `gone` of them are gone. With room for all that comes,
/// nothing needs to go first: a heap always has it, or refuses.
fn make_room<S: State>(rows: &mut RowsOf<S>, gone: usize, fresh: u64) -> Result<(), Full> {
    let coming = usize::try_from(fresh).unwrap_or(usize::MAX);
    if rows.reserve(coming).is_ok() {
        return Ok(());
    }
    let needed = rows.len().saturating_sub(gone).saturating_add(coming);
    if S::Store::LIMIT == usize::MAX || needed > S::Store::LIMIT {
        return Err(Full { needed, capacity: S::Store::LIMIT });
    }
    Ok(())
}

/// Adds new events to the context, and to what is touched.
fn issue<S: State>(
    context: &mut Events<S>,
    touched: &mut Events<S>,
    news: DotRange<S::Id>,
) -> Result<(), Full> {
    let added = touched.insert_range(news);
    if S::Ranges::LIMIT == usize::MAX {
        added?;
    }
    context.insert_range(news)?;
    // Where an array has no range left for the news, it has room for what it has in between.
    if added.is_err() { touch(touched, context, news) } else { Ok(()) }
}

/// Lets each row in `range` that is at the place, and not new, meet its fate. Heirs come in from
/// `next` on; gives what is next after them.
fn settle<S: State>(
    rows: &mut RowsOf<S>,
    range: DotRange<S::Id>,
    news: Option<DotRange<S::Id>>,
    mut next: Option<Dot<S::Id>>,
    place: impl Fn(&RowOf<S>) -> Ordering,
    fate: impl Fn(&RowsOf<S>, Dot<S::Id>, &RowOf<S>) -> Fate<RowOf<S>>,
) -> Result<Option<Dot<S::Id>>, Full> {
    let is_old = |dot: Dot<S::Id>| !news.is_some_and(|news| news.contains(dot));
    let mut left = Some(range);
    while let Some(range) = left {
        let at_place = |(_, row): &(_, &RowOf<S>)| place(row).is_eq();
        let mut old = rows.within(range).filter(at_place).filter(|(dot, _)| is_old(*dot));
        let found = old.find_map(|(dot, row)| match fate(rows, dot, row) {
            Fate::Stays => None,
            Fate::Goes => Some((dot, None)),
            Fate::Becomes(heir) => Some((dot, Some(heir))),
        });
        drop(old);
        let Some((dot, heir)) = found else { break };
        rows.remove(dot);
        if let (Some(heir), Some(dot)) = (heir, next) {
            rows.insert(dot, heir)?;
            next = successor(dot);
        }
        left = range.after(dot);
    }
    Ok(next)
}

fn successor<Id: Copy>(dot: Dot<Id>) -> Option<Dot<Id>> {
    let counter = dot.counter.checked_add(1)?;
    Some(Dot { counter, ..dot })
}
