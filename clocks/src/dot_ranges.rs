//! The loops behind causal contexts: over slices of ranges, sorted, of which no two overlap or
//! touch.
//!
//! They are slices so that all capacities share one compiled body each.

use core::{cell::Cell, cmp::Ordering};

use crate::{Dot, DotRange};

/// So many ranges are looked at before all are searched.
#[cfg(target_pointer_width = "64")]
const FEW: usize = 3;

/// Where the first range is that ends at `counter` of `replica` or later: the only one that can
/// hold that event, or else the one in front of which it belongs.
pub(crate) fn position<Id: Copy + Ord>(
    ranges: &[DotRange<Id>],
    replica: Id,
    counter: u64,
) -> usize {
    // No branch on the order: nobody can predict it.
    ranges.partition_point(|range| {
        let (same, earlier) = (range.replica() == replica, range.last().get() < counter);
        (range.replica() < replica) | (same & earlier)
    })
}

/// Without the ranges that end before `dot`. O(log n).
pub(crate) fn skip_to<Id: Copy + Ord>(ranges: &[DotRange<Id>], dot: Dot<Id>) -> &[DotRange<Id>] {
    // Most often these are few. That saves time, and costs flash.
    #[cfg(target_pointer_width = "64")]
    for (place, range) in ranges.iter().take(FEW).enumerate() {
        if dot <= range.last_dot() {
            return ranges.get(place..).unwrap_or_default();
        }
    }
    ranges.get(position(ranges, dot.replica, dot.counter.get())..).unwrap_or_default()
}

/// The ranges of `replica`.
pub(crate) fn of_replica<Id: Copy + Ord>(ranges: &[DotRange<Id>], replica: Id) -> &[DotRange<Id>] {
    let start = ranges.partition_point(|range| range.replica() < replica);
    let ranges = ranges.get(start..).unwrap_or_default();
    let end = ranges.partition_point(|range| range.replica() == replica);
    ranges.get(..end).unwrap_or_default()
}

/// Adds `range` to the one of `ranges` at `place`, and closes up what it reaches behind that. Gives
/// how many ranges are left and whether anything was news, or `None` if it neither overlaps nor
/// touches that one.
pub(crate) fn absorb<Id: Copy + Ord>(
    ranges: &mut [DotRange<Id>],
    place: usize,
    range: DotRange<Id>,
) -> Option<(usize, bool)> {
    let len = ranges.len();
    let (known, behind) = ranges.get_mut(place..)?.split_first_mut()?;
    if known.place(&range).is_ne() {
        return None;
    }
    let news = known.join(range);
    let left = match behind.first() {
        Some(next) if news && next.place(known).is_eq() => close_up(ranges, place),
        _ => len,
    };
    Some((left, news))
}

/// Joins the range at `place` with all behind it that it reaches, and gives how many ranges are
/// left.
fn close_up<Id: Copy + Ord>(ranges: &mut [DotRange<Id>], place: usize) -> usize {
    let len = ranges.len();
    let Some((known, behind)) = ranges.get_mut(place..).and_then(<[_]>::split_first_mut) else {
        return len;
    };
    let mut reached: usize = 0;
    for next in behind.iter() {
        if next.place(known).is_ne() {
            break;
        }
        known.raise(next.last());
        reached = reached.saturating_add(1);
    }
    let cells = Cell::from_mut(behind).as_slice_of_cells();
    for (to, from) in cells.iter().zip(cells.get(reached..).unwrap_or_default()) {
        put(to, from.get());
    }
    len.saturating_sub(reached)
}

/// Whether `own` holds all events of `other`.
pub(crate) fn holds<Id: Copy + Ord>(mut own: &[DotRange<Id>], other: &[DotRange<Id>]) -> bool {
    for theirs in other {
        while let [mine, owns @ ..] = own {
            let same = mine.replica() == theirs.replica();
            if mine.replica() > theirs.replica() || (same && mine.last() >= theirs.first()) {
                break;
            }
            own = owns;
        }
        if !own.first().is_some_and(|mine| mine.contains_range(*theirs)) {
            return false;
        }
    }
    true
}

/// Whether both sides have ranges of the same replicas that begin with the same events. Then so
/// does their union, for neither side's ranges touch.
pub(crate) fn begin_alike<Id: Copy + Eq>(own: &[DotRange<Id>], other: &[DotRange<Id>]) -> bool {
    let mut pairs = own.iter().zip(other);
    own.len() == other.len()
        && pairs.all(|(mine, theirs)| {
            (mine.replica() == theirs.replica()) & (mine.first() == theirs.first())
        })
}

/// Raises the ends of `own` to those of `other`, which begin alike. Gives whether any was news.
pub(crate) fn raise_all<Id: Copy>(own: &mut [DotRange<Id>], other: &[DotRange<Id>]) -> bool {
    let mut news = false;
    for (mine, theirs) in own.iter_mut().zip(other) {
        news |= mine.raise(theirs.last());
    }
    news
}

/// What a union does to one side.
pub(crate) struct Union {
    /// How many ranges there will be that hold one of the own.
    pub(crate) kept: usize,
    /// How many come in that touch none of the own.
    pub(crate) added: usize,
    /// Whether an own range grows.
    pub(crate) grows: bool,
}

impl Union {
    /// How many ranges there will be.
    pub(crate) const fn len(&self) -> usize {
        self.kept.saturating_add(self.added)
    }

    pub(crate) const fn is_news(&self) -> bool {
        self.grows || self.added > 0
    }
}

/// What the union with `other` will do to `own`.
pub(crate) fn union<Id: Copy + Ord>(own: &mut [DotRange<Id>], other: &[DotRange<Id>]) -> Union {
    write_grown(Cell::from_mut(own).as_slice_of_cells(), other, &[])
}

/// Grows the ranges of `own` by those of `other` that they overlap or touch, and closes up. What
/// is behind as many as a union keeps is left undefined.
pub(crate) fn grow<Id: Copy + Ord>(own: &mut [DotRange<Id>], other: &[DotRange<Id>]) {
    let cells = Cell::from_mut(own).as_slice_of_cells();
    write_grown(cells, other, cells);
}

/// Writes each range of the union that holds one of `own` to `free`, in order, as far as that goes.
/// (One body also for what writes nothing.)
fn write_grown<Id: Copy + Ord>(
    own: &[Cell<DotRange<Id>>],
    mut other: &[DotRange<Id>],
    free: &[Cell<DotRange<Id>>],
) -> Union {
    let (mut own, mut free) = (own.iter().map(Cell::get).peekable(), free.iter());
    let mut found = Union { kept: 0, added: 0, grows: false };
    while let Some(mut range) = own.next() {
        while let [theirs, others @ ..] = other {
            match theirs.place(&range) {
                Ordering::Less => found.added = found.added.saturating_add(1),
                Ordering::Equal => {
                    if range.join(*theirs) {
                        found.grows = true;
                        while let Some(next) = own.next_if(|next| next.place(&range).is_eq()) {
                            range.raise(next.last());
                        }
                    }
                }
                Ordering::Greater => break,
            }
            other = others;
        }
        if let Some(slot) = free.next() {
            put(slot, range);
        }
        found.kept = found.kept.saturating_add(1);
    }
    found.added = found.added.saturating_add(other.len());
    found
}

/// Merges those of `other` that the first `kept` of `ranges` do not hold in between them; the rest
/// hold no part of them, and there is exactly the room. From the back, so that nothing is
/// overwritten before it is read.
pub(crate) fn add_from_back<Id: Copy + Ord>(
    ranges: &mut [DotRange<Id>],
    kept: usize,
    other: &[DotRange<Id>],
) {
    let mut free = Cell::from_mut(ranges).as_slice_of_cells();
    let mut own = free.get(..kept).unwrap_or_default();
    for theirs in other.iter().rev() {
        while let ([rest @ .., slot], [owns @ .., mine]) = (free, own) {
            if mine.get().place(theirs).is_le() {
                break;
            }
            put(slot, mine.get());
            (free, own) = (rest, owns);
        }
        if own.last().is_some_and(|mine| mine.get().place(theirs).is_eq()) {
            continue;
        }
        if let [rest @ .., slot] = free {
            put(slot, *theirs);
            free = rest;
        }
    }
}

/// How many ranges both sides have in common.
pub(crate) fn count_common<Id: Copy + Ord>(own: &[DotRange<Id>], other: &[DotRange<Id>]) -> usize {
    let mut count: usize = 0;
    visit_common_from_back(own.iter().rev().copied(), other, |_| count = count.saturating_add(1));
    count
}

/// Keeps those of `own` that overlap one of `other`, at its front. Gives how many.
pub(crate) fn keep_overlapping<Id: Copy + Ord>(
    own: &mut [DotRange<Id>],
    mut other: &[DotRange<Id>],
) -> usize {
    let cells = Cell::from_mut(own).as_slice_of_cells();
    let mut free = cells.iter();
    let mut kept: usize = 0;
    for range in cells.iter().map(Cell::get) {
        while let [theirs, others @ ..] = other {
            if theirs.last_dot() >= range.first_dot() {
                break;
            }
            other = others;
        }
        if other.first().and_then(|theirs| theirs.intersection(range)).is_none() {
            continue;
        }
        if let Some(slot) = free.next() {
            put(slot, range);
            kept = kept.saturating_add(1);
        }
    }
    kept
}

/// Cuts the first `kept` of `ranges`, of which each overlaps one of `other`, to what is common;
/// the length is that of the result. From the back, so that nothing is overwritten before it is
/// read.
pub(crate) fn cut_from_back<Id: Copy + Ord>(
    ranges: &mut [DotRange<Id>],
    kept: usize,
    other: &[DotRange<Id>],
) {
    let cells = Cell::from_mut(ranges).as_slice_of_cells();
    let mut free = cells.iter().rev();
    let own = cells.get(..kept).unwrap_or_default();
    visit_common_from_back(own.iter().rev().map(Cell::get), other, |range| {
        if let Some(slot) = free.next() {
            put(slot, range);
        }
    });
}

/// Visits what both sides have in common, from the back.
fn visit_common_from_back<Id: Copy + Ord>(
    own_from_back: impl Iterator<Item = DotRange<Id>>,
    mut other: &[DotRange<Id>],
    mut visit: impl FnMut(DotRange<Id>),
) {
    for mine in own_from_back {
        while let [others @ .., theirs] = other {
            if let Some(common) = mine.intersection(*theirs) {
                visit(common);
            }
            if theirs.first_dot() <= mine.first_dot() {
                break;
            }
            other = others;
        }
    }
}

/// Writes a range into its place among others.
fn put<Id: Copy>(place: &Cell<DotRange<Id>>, range: DotRange<Id>) {
    // Else the compiler sees a copy between places that may overlap, and calls a `memmove` for it,
    // which is larger than all that is here.
    #[cfg(not(target_pointer_width = "64"))]
    let range = core::hint::black_box(range);
    place.set(range);
}
