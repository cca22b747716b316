//! The loops behind causal contexts: over sorted slices of dots, many dots a replica.
//!
//! They are slices so that all capacities share one compiled body each.

use core::{cell::Cell, cmp::Ordering};

use crate::Dot;

/// The last dot with which `dots` continue the run of `replica` that ends at `counter`.
pub(crate) fn run_end<Id: Copy + Ord>(
    dots: &[Dot<Id>],
    replica: Id,
    mut counter: u64,
) -> Option<Dot<Id>> {
    let start = dots.partition_point(|dot| dot.replica < replica);
    let mut end = None;
    for dot in dots.get(start..).unwrap_or_default() {
        if dot.replica != replica || counter.checked_add(1) != Some(dot.counter.get()) {
            break;
        }
        counter = dot.counter.get();
        end = Some(*dot);
    }
    end
}

/// How many of the sorted `dots` neither belong to nor continue the run of their replica, which
/// ends at what `known` says.
pub(crate) fn count_beyond_runs<Id: Copy + Ord>(
    dots: impl Iterator<Item = Dot<Id>>,
    known: impl Fn(Id) -> u64,
) -> usize {
    let mut beyond: usize = 0;
    let mut run: Option<(Id, u64)> = None;
    for dot in dots {
        let mut end = match run {
            Some((replica, end)) if replica == dot.replica => end,
            _ => known(dot.replica),
        };
        if end.checked_add(1) == Some(dot.counter.get()) {
            end = dot.counter.get();
        } else if dot.counter.get() > end {
            beyond = beyond.saturating_add(1);
        }
        run = Some((dot.replica, end));
    }
    beyond
}

/// The dots of two sorted slices in order, those of both once.
pub(crate) struct Union<'a, Id> {
    own: &'a [Dot<Id>],
    other: &'a [Dot<Id>],
}

impl<'a, Id> Union<'a, Id> {
    pub(crate) const fn of(own: &'a [Dot<Id>], other: &'a [Dot<Id>]) -> Self {
        Self { own, other }
    }
}

impl<Id: Copy + Ord> Iterator for Union<'_, Id> {
    type Item = Dot<Id>;

    fn next(&mut self) -> Option<Dot<Id>> {
        let order = match (self.own.first(), self.other.first()) {
            (Some(own), Some(other)) => own.cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let mut dot = None;
        if order.is_le() {
            let (first, rest) = self.own.split_first()?;
            (dot, self.own) = (Some(*first), rest);
        }
        if order.is_ge() {
            let (first, rest) = self.other.split_first()?;
            (dot, self.other) = (Some(*first), rest);
        }
        dot
    }
}

/// Merges those of `other` for which `wanted` holds into the first `own` dots of `dots`, whose
/// length is that of the result. From the back, so that nothing is overwritten before it is read.
pub(crate) fn unite_from_back<Id: Copy + Ord>(
    dots: &mut [Dot<Id>],
    own: usize,
    other: &[Dot<Id>],
    wanted: impl Fn(Dot<Id>) -> bool,
) {
    let mut free = Cell::from_mut(dots).as_slice_of_cells();
    let mut own = free.get(..own).unwrap_or_default();
    let mut others = other.iter().rev().copied().filter(|dot| wanted(*dot)).peekable();
    while let (Some(theirs), Some((slot, rest))) = (others.peek().copied(), free.split_last()) {
        let dot = match own.split_last() {
            Some((mine, owns)) if mine.get() >= theirs => {
                own = owns;
                mine.get()
            }
            _ => theirs,
        };
        slot.set(dot);
        free = rest;
        others.next_if_eq(&dot);
    }
}
