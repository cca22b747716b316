//! Sorting tokens in place.

use core::{cell::Cell, mem};

use crate::token::Token;

/// Up to so many, comparisons are quicker than counting.
const FEW: usize = 32;

/// Sorts tokens: O(n log n) of hashes, O(16 n) of whatever else. No comparison beyond [`FEW`], so that
/// nobody can choose tokens that take longer.
///
/// Source: McIlroy, Bostic and McIlroy, "Engineering Radix Sort", 1993 (American flag sort).
pub(crate) fn sort(tokens: &mut [Token]) {
    sort_below(tokens, Token::BITS);
}

/// Sorts tokens that differ in so many of the lowest bits only.
fn sort_below(tokens: &mut [Token], bits: u32) {
    let Some(above) = bits.checked_sub(4) else { return };
    if tokens.len() <= FEW {
        return insert_each(tokens);
    }
    let ends = distribute(tokens, above);
    let (mut rest, mut start) = (tokens, 0);
    for end in ends {
        let Some((same, others)) = rest.split_at_mut_checked(end.saturating_sub(start)) else {
            return;
        };
        sort_below(same, above);
        (rest, start) = (others, end);
    }
}

/// Brings the tokens into the order of a digit: where those of each value end.
fn distribute(tokens: &mut [Token], above: u32) -> [usize; 16] {
    let mut ends = [0_usize; 16];
    for token in tokens.iter() {
        if let Some(count) = ends.get_mut(token.digit(above)) {
            *count = count.saturating_add(1);
        }
    }
    let mut starts = [0; 16];
    let mut total = 0_usize;
    for (start, end) in starts.iter_mut().zip(&mut ends) {
        *start = total;
        total = total.saturating_add(*end);
        *end = total;
    }
    let cells = Cell::from_mut(tokens).as_slice_of_cells();
    for (value, end) in ends.into_iter().enumerate() {
        while let Some(start) = starts.get(value).copied().filter(|&start| start < end) {
            let Some(hole) = cells.get(start) else { break };
            let mut token = hole.get();
            // Each goes where it belongs and drives out who is there, until one belongs here.
            loop {
                let digit = token.digit(above);
                let Some(free) = starts.get_mut(digit) else { break };
                let place = mem::replace(free, free.saturating_add(1));
                if digit == value {
                    hole.set(token);
                    break;
                }
                let Some(other) = cells.get(place) else { break };
                token = other.replace(token);
            }
        }
    }
    ends
}

/// Sorts a few.
pub(crate) fn insert_each(tokens: &mut [Token]) {
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

    fn check(mut tokens: Vec<Token>) {
        let mut sorted = tokens.clone();
        sorted.sort_unstable();
        sort(&mut tokens);
        assert!(tokens == sorted);
    }

    #[test]
    fn whatever_the_tokens_are() {
        let mut random = SplitMix::new(7);
        for len in [0, 1, 2, FEW, FEW + 1, 100, 5_000] {
            check((0..len).map(|_| Token::new(random.next_u32(), 3)).collect());
            check((0..len).map(|_| Token::new(random.next_u32() >> 20, 0)).collect());
            check((0..len).map(|_| Token::new(random.next_u32() % 3, random.next_u32())).collect());
            check((0..len).map(|_| Token::new(5, random.next_u32() % 7)).collect());
            check(alloc::vec![Token::new(9, 9); len]);
        }
    }
}
