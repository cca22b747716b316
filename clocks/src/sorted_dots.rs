//! The loops behind version vectors: over slices of dots, sorted by replica, one dot a replica.
//!
//! They are slices so that all capacities share one compiled body each.
//!
//! Two vectors of one system know mostly the same replicas, so the loops first try to run along
//! equal replicas. Where these differ, they step without a branch on the order of two replicas,
//! which no predictor could guess.

use core::{cell::Cell, num::NonZeroU64};

use crate::Dot;

/// The most dots in a run, and the most steps until the next run is tried.
const BLOCK: usize = 8;

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
pub(crate) fn compare<Id: Copy + Ord>(
    mut own: &[Dot<Id>],
    mut other: &[Dot<Id>],
    enough: impl Fn(&Difference) -> bool,
) -> Difference {
    let mut found = Difference::default();
    while !own.is_empty() & !other.is_empty() {
        if enough(&found) {
            return found;
        }
        let run = found.run(own, other);
        own = own.get(run..).unwrap_or_default();
        other = other.get(run..).unwrap_or_default();
        if run < BLOCK {
            let (i, j) = found.steps(own, other);
            own = own.get(i..).unwrap_or_default();
            other = other.get(j..).unwrap_or_default();
        }
    }
    found.pass(own.len(), other.len(), 0);
    found
}

impl Difference {
    /// Passes equal replicas at the front, and gives their number.
    fn run<Id: Copy + Eq>(&mut self, own: &[Dot<Id>], other: &[Dot<Id>]) -> usize {
        let (mut run, mut ahead, mut behind) = (0_usize, false, false);
        for (a, b) in own.iter().zip(other).take(BLOCK) {
            if a.replica != b.replica {
                break;
            }
            ahead |= a.counter > b.counter;
            behind |= a.counter < b.counter;
            run = run.wrapping_add(1);
        }
        self.own_surplus |= ahead;
        self.other_surplus |= behind;
        run
    }

    /// Passes up to a block of steps at the front, and gives the number of dots of each side.
    fn steps<Id: Ord>(&mut self, own: &[Dot<Id>], other: &[Dot<Id>]) -> (usize, usize) {
        let (mut i, mut j, mut common) = (0_usize, 0_usize, 0_usize);
        let (mut ahead, mut behind) = (false, false);
        for _ in 0..BLOCK {
            let (Some(a), Some(b)) = (own.get(i), other.get(j)) else {
                break;
            };
            let order = a.replica.cmp(&b.replica);
            common = common.wrapping_add(usize::from(order.is_eq()));
            ahead |= order.is_eq() & (a.counter > b.counter);
            behind |= order.is_eq() & (a.counter < b.counter);
            i = i.wrapping_add(usize::from(order.is_le()));
            j = j.wrapping_add(usize::from(order.is_ge()));
        }
        self.own_surplus |= ahead;
        self.other_surplus |= behind;
        self.pass(i, j, common);
        (i, j)
    }

    /// Takes in so many dots of each side, of which so many have the same replica.
    fn pass(&mut self, own: usize, other: usize, common: usize) {
        self.own_surplus |= own > common;
        self.other_surplus |= other > common;
        self.missing = self.missing.saturating_add(other.saturating_sub(common));
    }
}

/// Merges `other` into the first `own` dots of `dots`, behind which there is room for the dots that
/// come in. Gives the length of the union. From the back, so that nothing is overwritten before it
/// is read.
pub(crate) fn merge_from_back<Id: Copy + Ord>(
    dots: &mut [Dot<Id>],
    own: usize,
    other: &[Dot<Id>],
) -> usize {
    let cells = Cell::from_mut(dots).as_slice_of_cells();
    let own = cells.get(..own).unwrap_or_default();
    let mut merge = Merge { free: cells, own, other };
    while !merge.own.is_empty() & !merge.other.is_empty() {
        if merge.run() < BLOCK {
            merge.steps();
        }
    }
    // What is left of one side belongs at the front; what is merged follows, over the room that
    // was not needed.
    for (slot, dot) in merge.free.iter().zip(merge.other) {
        slot.set(*dot);
    }
    let left = merge.own.len().saturating_add(merge.other.len());
    let merged = cells.get(merge.free.len()..).unwrap_or_default();
    if left < merge.free.len() {
        for (to, from) in cells.iter().skip(left).zip(merged) {
            to.set(from.get());
        }
    }
    left.saturating_add(merged.len())
}

/// A merge on its way from the back to the front.
struct Merge<'a, Id> {
    /// What the rest of the union will fill. The rest of the own dots is at its front.
    free: &'a [Cell<Dot<Id>>],
    own: &'a [Cell<Dot<Id>>],
    other: &'a [Dot<Id>],
}

impl<Id: Copy + Ord> Merge<'_, Id> {
    /// Merges equal replicas at the back, and gives their number.
    fn run(&mut self) -> usize {
        let block = BLOCK.min(self.own.len()).min(self.other.len());
        let sources = last(self.own, block).iter().zip(last(self.other, block));
        let mut run = 0_usize;
        for (slot, (mine, theirs)) in last(self.free, block).iter().zip(sources).rev() {
            let mut dot = mine.get();
            if dot.replica != theirs.replica {
                break;
            }
            raise(&mut dot, *theirs);
            slot.set(dot);
            run = run.wrapping_add(1);
        }
        self.free = without_last(self.free, run);
        self.own = without_last(self.own, run);
        self.other = without_last(self.other, run);
        run
    }

    /// Merges up to a block of dots at the back.
    fn steps(&mut self) {
        let Self { mut free, mut own, mut other } = *self;
        for _ in 0..BLOCK {
            let ([rest @ .., slot], [.., mine], [.., theirs]) = (free, own, other) else {
                break;
            };
            let (mine, theirs) = (mine.get(), *theirs);
            let order = mine.replica.cmp(&theirs.replica);
            // The side whose turn it is not counts with the smallest counter of all.
            let replica = if order.is_lt() { theirs.replica } else { mine.replica };
            let known = if order.is_lt() { NonZeroU64::MIN } else { mine.counter };
            let news = if order.is_gt() { NonZeroU64::MIN } else { theirs.counter };
            slot.set(Dot { replica, counter: known.max(news) });
            free = rest;
            own = without_last(own, usize::from(order.is_ge()));
            other = without_last(other, usize::from(order.is_le()));
        }
        *self = Self { free, own, other };
    }
}

fn last<T>(elements: &[T], count: usize) -> &[T] {
    let before = elements.len().saturating_sub(count);
    elements.get(before..).unwrap_or_default()
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
