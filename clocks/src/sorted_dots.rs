//! The loops behind version vectors: over slices of dots, sorted by replica, one dot a replica.
//!
//! They are slices so that all capacities share one compiled body each. Most vectors of one system
//! know mostly the same replicas, so comparing branches on the order of two replicas, which a
//! processor then predicts; where replicas are new, merging does not.

use core::{cell::Cell, cmp::Ordering};

use crate::Dot;

/// What two sides know of each other.
#[derive(Clone, Copy, Default)]
pub(crate) struct Difference {
    /// The own side knows an event that the other does not.
    pub(crate) own_surplus: bool,
    /// The other side knows an event that the own does not.
    pub(crate) other_surplus: bool,
    /// How many replicas of the other side have no entry in the own.
    pub(crate) missing: usize,
}

/// Where the dot of `replica` is, or else belongs.
pub(crate) fn position<Id: Copy + Ord>(dots: &[Dot<Id>], replica: Id) -> Result<usize, usize> {
    dots.binary_search_by(|dot| dot.replica.cmp(&replica))
}

/// Raises `known` to `dot`, of the same replica. Gives whether that was news.
pub(crate) fn raise<Id>(known: &mut Dot<Id>, dot: Dot<Id>) -> bool {
    let news = known.counter < dot.counter;
    known.counter = if news { dot.counter } else { known.counter };
    news
}

/// Whether both sides have the same replicas.
pub(crate) fn same_replicas<Id: Eq>(own: &[Dot<Id>], other: &[Dot<Id>]) -> bool {
    let mut pairs = own.iter().zip(other);
    own.len() == other.len() && pairs.all(|(known, dot)| known.replica == dot.replica)
}

/// Raises the dots of `own` to those of `other`, whose replicas are the same. Gives whether any was
/// news.
pub(crate) fn raise_all<Id: Copy>(own: &mut [Dot<Id>], other: &[Dot<Id>]) -> bool {
    let mut news = false;
    for (known, dot) in own.iter_mut().zip(other) {
        news |= raise(known, *dot);
    }
    news
}

/// The difference of both sides, or as much of it as is `enough`.
pub(crate) fn compare<Id: Ord>(
    mut own: &[Dot<Id>],
    mut other: &[Dot<Id>],
    enough: impl Fn(&Difference) -> bool,
) -> Difference {
    let mut found = Difference::default();
    while let ([mine, owns @ ..], [theirs, others @ ..]) = (own, other) {
        match mine.replica.cmp(&theirs.replica) {
            Ordering::Less => {
                found.own_surplus = true;
                own = owns;
            }
            Ordering::Greater => {
                found.other_surplus = true;
                found.missing = found.missing.saturating_add(1);
                other = others;
            }
            Ordering::Equal => {
                found.own_surplus |= mine.counter > theirs.counter;
                found.other_surplus |= mine.counter < theirs.counter;
                (own, other) = (owns, others);
            }
        }
        if enough(&found) {
            return found;
        }
    }
    found.own_surplus |= !own.is_empty();
    found.other_surplus |= !other.is_empty();
    found.missing = found.missing.saturating_add(other.len());
    found
}

/// Merges `other` into the first `own` dots of `dots`, behind which there is room for the dots that
/// come in. Gives the length of the union. From the back, so that nothing is overwritten before it
/// is read.
pub(crate) fn merge_from_back<Id: Copy + Ord>(
    dots: &mut [Dot<Id>],
    own: usize,
    mut other: &[Dot<Id>],
) -> usize {
    let cells = Cell::from_mut(dots).as_slice_of_cells();
    let mut free = cells;
    let mut own = cells.get(..own).unwrap_or_default();
    // Without a branch on the order: here are new replicas, and nobody can predict where.
    while let ([rest @ .., slot], [.., mine], [.., theirs]) = (free, own, other) {
        let (mine, theirs) = (mine.get(), *theirs);
        let order = mine.replica.cmp(&theirs.replica);
        let mut dot = if order.is_lt() { theirs } else { mine };
        let counter = if order.is_gt() { mine.counter } else { theirs.counter };
        dot.counter = dot.counter.max(counter);
        slot.set(dot);
        free = rest;
        own = without_last(own, usize::from(order.is_ge()));
        other = without_last(other, usize::from(order.is_le()));
    }
    // What is left of one side belongs at the front, and what is merged right behind it.
    for (slot, dot) in cells.iter().zip(other) {
        slot.set(*dot);
    }
    let left = own.len().saturating_add(other.len());
    let merged = cells.get(free.len()..).unwrap_or_default();
    if left < free.len() {
        for (to, from) in cells.iter().skip(left).zip(merged) {
            to.set(from.get());
        }
    }
    left.saturating_add(merged.len())
}

fn without_last<T>(elements: &[T], count: usize) -> &[T] {
    let left = elements.len().saturating_sub(count);
    elements.get(..left).unwrap_or_default()
}

/// Lowers `own` to what `other` also has, at its front. Gives how many are left, and whether one of
/// those was lowered.
pub(crate) fn keep_common<Id: Copy + Ord>(own: &mut [Dot<Id>], other: &[Dot<Id>]) -> (usize, bool) {
    let cells = Cell::from_mut(own).as_slice_of_cells();
    let mut free = cells.iter();
    let mut others = other.iter().copied().peekable();
    let (mut kept, mut lowered) = (0_usize, false);
    for cell in cells {
        let mut dot = cell.get();
        while others.next_if(|theirs| theirs.replica < dot.replica).is_some() {}
        let Some(theirs) = others.next_if(|theirs| theirs.replica == dot.replica) else {
            continue;
        };
        lowered |= theirs.counter < dot.counter;
        dot.counter = dot.counter.min(theirs.counter);
        if let Some(slot) = free.next() {
            slot.set(dot);
            kept = kept.saturating_add(1);
        }
    }
    (kept, lowered)
}
