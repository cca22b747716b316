//! The highest index that a quorum holds.

use crate::{NodeSet, Quorums, Threshold};

/// For any family: takes a report as pivot, asks whether those who hold it are a quorum, and goes on
/// with the reports above it or below it.
pub(crate) fn by_pivot<const WORDS: usize>(
    quorums: &impl Quorums<WORDS>,
    report: impl Fn(usize) -> Option<u64>,
) -> Option<u64> {
    let members = quorums.members();
    let mut committed = None;
    let mut candidates = members;
    while let Some(node) = middle(candidates) {
        candidates.remove(node);
        let Some(pivot) = report(node) else { continue };
        let mut holders = members;
        let mut above = candidates;
        let mut below = candidates;
        for node in members {
            match report(node) {
                Some(index) if index > pivot => below.remove(node),
                Some(index) if index == pivot => above.remove(node) | below.remove(node),
                _ => holders.remove(node) | above.remove(node),
            };
        }
        if quorums.is_quorum(holders) {
            committed = Some(pivot);
            candidates = above;
        } else {
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
pub(crate) fn by_count<const WORDS: usize>(
    threshold: &Threshold<WORDS>,
    report: impl Fn(usize) -> Option<u64>,
) -> Option<u64> {
    let count = threshold.members().len();
    if let Some(padding) = padding(5, count, threshold.needed()) {
        let (mut held, reports) = gather::<5, WORDS>(threshold.members(), padding, report);
        return (reports >= threshold.needed()).then(|| median_of_5(&mut held));
    }
    if let Some(padding) = padding(9, count, threshold.needed()) {
        let (mut held, reports) = gather::<9, WORDS>(threshold.members(), padding, report);
        return (reports >= threshold.needed()).then(|| median_of_9(&mut held));
    }
    by_pivot(threshold, report)
}

/// The report which `needed` of `count` reach is the median of `places` numbers, when so many of
/// them are filled with the largest number, and what is left after the reports with the smallest.
fn padding(places: usize, count: usize, needed: usize) -> Option<usize> {
    let largest = places.div_ceil(2).checked_sub(needed)?;
    (count.saturating_add(largest) <= places).then_some(largest)
}

/// The padding and the reports, and how many reports there are.
#[inline]
fn gather<const PLACES: usize, const WORDS: usize>(
    members: NodeSet<WORDS>,
    padding: usize,
    report: impl Fn(usize) -> Option<u64>,
) -> ([u64; PLACES], usize) {
    let mut held = [0; PLACES];
    let mut reports = 0_usize;
    let mut places = held.iter_mut();
    for place in places.by_ref().take(padding) {
        *place = u64::MAX;
    }
    for (place, node) in places.zip(members) {
        if let Some(index) = report(node) {
            *place = index;
            reports = reports.saturating_add(1);
        }
    }
    (held, reports)
}

/// Devillard's selection networks: no branch depends on the numbers.
fn median_of_5([a, b, c, d, e]: &mut [u64; 5]) -> u64 {
    order(a, b);
    order(d, e);
    order(a, d);
    order(b, e);
    order(b, c);
    order(c, d);
    order(b, c);
    *c
}

fn median_of_9([a, b, c, d, e, f, g, h, i]: &mut [u64; 9]) -> u64 {
    order(b, c);
    order(e, f);
    order(h, i);
    order(a, b);
    order(d, e);
    order(g, h);
    order(b, c);
    order(e, f);
    order(h, i);
    order(a, d);
    order(f, i);
    order(e, h);
    order(d, g);
    order(b, e);
    order(c, f);
    order(e, h);
    order(e, c);
    order(g, e);
    order(e, c);
    *e
}

fn order(low: &mut u64, high: &mut u64) {
    (*low, *high) = ((*low).min(*high), (*low).max(*high));
}
