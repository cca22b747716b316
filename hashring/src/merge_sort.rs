//! Sorting nodes as they are given.

use core::mem;

use synod_capacity::{Capacity, List};

/// The same entries in ascending order of their nodes, those of one node in the order that they
/// had. `None` where they are so already, and where they do not fit.
///
/// O(n log n) of n entries, and twice their memory while it works.
///
/// Source: Knuth, "The Art of Computer Programming", volume 3, 5.2.4 (merging from the bottom up).
pub(crate) fn sorted<T: Copy, N: Ord, C: Capacity>(
    entries: &[T],
    node: impl Fn(&T) -> &N,
) -> Option<List<T, C>> {
    let is_before = |one: &T, other: &T| node(one) < node(other);
    if entries.is_sorted_by(|one, other| !is_before(other, one)) {
        return None;
    }
    let mut from = List::<T, C>::from_slice(entries).ok()?;
    let mut to = from.clone();
    let mut run = 1;
    while run < entries.len() {
        merge_pairs(&from, &mut to, run, &is_before);
        mem::swap(&mut from, &mut to);
        run = run.saturating_mul(2);
    }
    Some(from)
}

/// Merges sorted runs of a length, two and two.
fn merge_pairs<T: Copy>(
    mut from: &[T],
    to: &mut [T],
    run: usize,
    is_before: &impl Fn(&T, &T) -> bool,
) {
    let mut to = to.iter_mut();
    while !from.is_empty() {
        let (mut one, others) = from.split_at_checked(run).unwrap_or((from, &[]));
        let (mut other, others) = others.split_at_checked(run).unwrap_or((others, &[]));
        let len = one.len().saturating_add(other.len());
        for (_, place) in (0..len).zip(&mut to) {
            let is_other = match (one, other) {
                ([one, ..], [other, ..]) => is_before(other, one),
                ([], _) => true,
                (_, []) => false,
            };
            let next = if is_other { &mut other } else { &mut one };
            if let [first, rest @ ..] = *next {
                *place = *first;
                *next = rest;
            }
        }
        from = others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split_mix::SplitMix;
    use synod_capacity::Inline;

    extern crate alloc;
    use alloc::vec::Vec;

    fn check(nodes: impl Iterator<Item = u32>) {
        let entries: Vec<_> = nodes.zip(0_u32..).collect();
        let mut expected = entries.clone();
        expected.sort_by_key(|(node, _)| *node);
        match sorted::<_, _, Inline<300>>(&entries, |(node, _)| node) {
            Some(found) => assert_eq!(found.as_slice(), expected),
            None => assert_eq!(entries, expected),
        }
    }

    #[test]
    fn whatever_the_nodes_are() {
        let mut random = SplitMix::new(5);
        for len in [0, 1, 2, 3, 4, 5, 31, 32, 33, if cfg!(miri) { 40 } else { 300 }] {
            check((0..len).map(|_| random.next_u32()));
            check((0..len).map(|_| random.next_u32() % 4));
            check((0..len).rev());
            check(0..len);
        }
    }

    #[test]
    fn what_does_not_fit_is_left() {
        assert!(sorted::<_, _, Inline<2>>(&[3, 2, 1], |node| node).is_none());
    }
}
