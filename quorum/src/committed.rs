//! The highest index that a quorum holds.

use crate::{NodeSet, Quorums, Shape, Threshold};

/// For a family by its shape.
#[inline]
pub(crate) fn of<const WORDS: usize>(
    quorums: &impl Quorums<WORDS>,
    report: impl Fn(usize) -> Option<u64>,
) -> Option<u64> {
    match quorums.shape() {
        Shape::Count(threshold) => by_count(&threshold, report),
        _ => by_pivot(quorums, report),
    }
}

/// For any family: takes a report as pivot, asks whether those who hold it are a quorum, and goes
/// on among the reports above it or below it.
fn by_pivot<const WORDS: usize>(
    quorums: &impl Quorums<WORDS>,
    report: impl Fn(usize) -> Option<u64>,
) -> Option<u64> {
    let mut committed = None;
    let mut candidates = quorums.members();
    // They hold whatever a candidate holds.
    let mut ahead = NodeSet::new();
    while let Some(node) = middle(candidates) {
        candidates.remove(node);
        let Some(pivot) = report(node) else { continue };
        let mut above = NodeSet::new();
        let mut below = NodeSet::new();
        let mut holders = ahead;
        holders.insert_if(node, true);
        for other in candidates {
            let Some(index) = report(other) else { continue };
            above.insert_if(other, index > pivot);
            below.insert_if(other, index < pivot);
            holders.insert_if(other, index >= pivot);
        }
        if quorums.is_quorum(holders) {
            committed = Some(pivot);
            candidates = above;
        } else {
            ahead = holders;
            candidates = below;
        }
    }
    committed
}

/// The node in the middle of the set: the best guess for reports in ascending or descending order.
fn middle<const WORDS: usize>(nodes: NodeSet<WORDS>) -> Option<usize> {
    nodes.iter().nth(nodes.len() / 2)
}

/// For any `needed` of the members: the report that this many members reach.
#[inline]
fn by_count<const WORDS: usize>(
    threshold: &Threshold<WORDS>,
    report: impl Fn(usize) -> Option<u64>,
) -> Option<u64> {
    // Without registers of 64 bits the networks take more than a kilobyte of flash, and branch.
    if cfg!(not(target_pointer_width = "64")) {
        return by_pivot(threshold, report);
    }
    let reached = gather(threshold, &report)
        .map(median_of_3)
        .or_else(|| gather(threshold, &report).map(median_of_5))
        .or_else(|| gather(threshold, &report).map(median_of_9));
    match reached {
        // So many hold more than nothing, so they have reported.
        Some(index) if index > 0 => Some(index),
        _ => by_pivot(threshold, report),
    }
}

/// The reports, 0 where there is none, among as many of the largest and of the smallest number as
/// make the report which `needed` members reach the median. `None` if there are too few places.
#[inline]
fn gather<const PLACES: usize, const WORDS: usize>(
    threshold: &Threshold<WORDS>,
    report: impl Fn(usize) -> Option<u64>,
) -> Option<[u64; PLACES]> {
    let mut largest = PLACES.div_ceil(2).checked_sub(threshold.needed())?;
    let mut nodes = threshold.members();
    // One step a place, whatever the number of members, keeps all of them in registers.
    let held = core::array::from_fn(|_| {
        if let Some(node) = nodes.pop_first() {
            report(node).unwrap_or(0)
        } else if largest > 0 {
            largest = largest.saturating_sub(1);
            u64::MAX
        } else {
            0
        }
    });
    (nodes.is_empty() && largest == 0).then_some(held)
}

#[inline]
fn median_of_3([a, b, c]: [u64; 3]) -> u64 {
    a.min(b).max(a.max(b).min(c))
}

/// Of the first four, the two in the middle are the larger minimum and the smaller maximum of two
/// pairs; between them and the fifth is the median of all.
fn median_of_5([a, b, c, d, e]: [u64; 5]) -> u64 {
    median_of_3([a.min(b).max(c.min(d)), a.max(b).min(c.max(d)), e])
}

/// Source: Smith, "Implementing Median Filters in XC4000E FPGAs", Xilinx XCELL 23, 1996, by way of
/// Devillard, "Fast Median Search", 1998.
fn median_of_9([mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h, mut i]: [u64; 9]) -> u64 {
    order(&mut b, &mut c);
    order(&mut e, &mut f);
    order(&mut h, &mut i);
    order(&mut a, &mut b);
    order(&mut d, &mut e);
    order(&mut g, &mut h);
    order(&mut b, &mut c);
    order(&mut e, &mut f);
    order(&mut h, &mut i);
    order(&mut a, &mut d);
    order(&mut f, &mut i);
    order(&mut e, &mut h);
    order(&mut d, &mut g);
    order(&mut b, &mut e);
    order(&mut c, &mut f);
    order(&mut e, &mut h);
    order(&mut e, &mut c);
    order(&mut g, &mut e);
    order(&mut e, &mut c);
    e
}

fn order(low: &mut u64, high: &mut u64) {
    (*low, *high) = ((*low).min(*high), (*low).max(*high));
}
