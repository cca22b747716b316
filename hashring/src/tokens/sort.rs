//! Sorting tokens.

use core::{cell::Cell, mem};

use crate::tokens::Token;

/// Sorts tokens by their points, and leaves those of one point in the order that they had.
/// `scratch` is as long. O(n), whatever the points are.
///
/// Source: Knuth, "The Art of Computer Programming", volume 3, 5.2.5 (radix list sort), with digits
/// of eight bits.
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

/// Sorts tokens where they are, by points and then by owners. O(n log n).
///
/// Source: Williams, "Algorithm 232: Heapsort", 1964, with Floyd's way of building the heap.
pub(crate) fn heap_sort(tokens: &mut [Token]) {
    let mut heap = Cell::from_mut(tokens).as_slice_of_cells();
    for root in (0..heap.len() / 2).rev() {
        sift_down(heap, root);
    }
    while let [first, .., last] = heap {
        first.swap(last);
        heap = heap.split_last().map_or(&[], |(_, rest)| rest);
        sift_down(heap, 0);
    }
}

/// Moves the token at `place` below those that are greater.
fn sift_down(heap: &[Cell<Token>], mut place: usize) {
    while let Some(parent) = heap.get(place) {
        let left = place.saturating_mul(2).saturating_add(1);
        let right = left.saturating_add(1);
        let is_right = heap.get(right).zip(heap.get(left)).is_some_and(|(r, l)| r.get() > l.get());
        let greatest = if is_right { right } else { left };
        match heap.get(greatest) {
            Some(child) if child.get() > parent.get() => parent.swap(child),
            _ => return,
        }
        place = greatest;
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
        let mut heap = tokens;
        heap_sort(&mut heap);
        assert!(heap == sorted);
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
