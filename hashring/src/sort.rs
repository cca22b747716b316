//! Sorting tokens.

use core::{cell::Cell, mem};

use crate::token::Token;

/// Sorts tokens by their points, and leaves those of one point in the order that they had. `scratch` is as
/// long. O(n), whatever the points are.
///
/// Source: Knuth, "The Art of Computer Programming", volume 3, 5.2.5 (radix list sort), with digits of
/// eight bits.
pub(crate) fn radix_sort(tokens: &mut [Token], scratch: &mut [Token]) {
    let (mut from, mut to) = (tokens, scratch);
    // An even number of times, so that all are where they were.
    for above in [0, 8, 16, 24] {
        distribute(from, to, above);
        mem::swap(&mut from, &mut to);
    }
}

/// Copies tokens in the order of a digit.
fn distribute(from: &[Token], to: &mut [Token], above: u32) {
    let mut places = [0_usize; 256];
    for token in from {
        if let Some(count) = places.get_mut(token.digit(above)) {
            *count = count.saturating_add(1);
        }
    }
    let mut total = 0_usize;
    for place in &mut places {
        let count = mem::replace(place, total);
        total = total.saturating_add(count);
    }
    for token in from {
        let Some(place) = places.get_mut(token.digit(above)) else { continue };
        if let Some(free) = to.get_mut(*place) {
            *free = *token;
        }
        *place = place.saturating_add(1);
    }
}

/// Sorts in place, without more memory. O(n log n).
///
/// Source: Knuth, "The Art of Computer Programming", volume 3, 5.2.3 (heapsort).
#[cfg(feature = "ketama")]
pub(crate) fn heap_sort(tokens: &mut [Token]) {
    let cells = Cell::from_mut(tokens).as_slice_of_cells();
    for root in (0..cells.len() / 2).rev() {
        sift(cells, root);
    }
    let mut heap = cells;
    while let [root, .., last] = heap {
        root.swap(last);
        heap = heap.split_last().map_or(&[], |(_, rest)| rest);
        sift(heap, 0);
    }
}

/// Lets the token at `parent` sink below those that are greater.
#[cfg(feature = "ketama")]
fn sift(heap: &[Cell<Token>], mut parent: usize) {
    while let Some(cell) = heap.get(parent) {
        let left = parent.saturating_mul(2).saturating_add(1);
        let children = heap.get(left..).unwrap_or(&[]);
        let (child, greater) = match children {
            [left_child, right, ..] if right.get() > left_child.get() => {
                (left.saturating_add(1), right)
            }
            [left_child, ..] => (left, left_child),
            [] => return,
        };
        if greater.get() <= cell.get() {
            return;
        }
        cell.swap(greater);
        parent = child;
    }
}

/// Sorts a few.
pub(crate) fn insertion_sort(tokens: &mut [Token]) {
    let cells = Cell::from_mut(tokens).as_slice_of_cells();
    for sorted in 1..cells.len() {
        let Some((before, [cell, ..])) = cells.split_at_checked(sorted) else { return };
        let token = cell.get();
        let mut free = cell;
        for other in before.iter().rev().take_while(|other| other.get() > token) {
            free.set(other.get());
            free = other;
        }
        free.set(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split_mix::SplitMix;

    extern crate alloc;
    use alloc::vec::Vec;

    fn check(points: impl Iterator<Item = u32>) {
        let tokens: Vec<_> = points.zip(0..).map(|(point, at)| Token::new(point, at)).collect();
        let mut sorted = tokens.clone();
        sorted.sort();
        let (mut radix, mut scratch) = (tokens.clone(), tokens.clone());
        radix_sort(&mut radix, &mut scratch);
        assert!(radix == sorted);
        #[cfg(feature = "ketama")]
        {
            let mut heap = tokens.clone();
            heap_sort(&mut heap);
            assert!(heap == sorted);
        }
        let mut inserted = tokens;
        insertion_sort(&mut inserted);
        assert!(inserted == sorted);
    }

    #[test]
    fn whatever_the_tokens_are() {
        let mut random = SplitMix::new(7);
        for len in [0, 1, 2, 3, 40, if cfg!(miri) { 60 } else { 600 }] {
            check((0..len).map(|_| random.next_u32()));
            check((0..len).map(|_| random.next_u32() >> 20));
            check((0..len).map(|_| random.next_u32() << 24));
            check((0..len).map(|_| random.next_u32() % 3));
            check((0..len).map(|_| 9));
        }
    }
}
