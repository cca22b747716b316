//! Tokens of nodes on a ring, sorted.

mod search;
mod sort;
mod token;

use core::cell::Cell;

use synod_capacity::{Capacity, Full, Inline, List};

use crate::split_mix::SplitMix;
use crate::tokens::search::first_not_before;
use crate::tokens::sort::{heap_sort, radix_sort};

pub(crate) use self::token::Token;

/// Tokens in ascending order.
#[derive(Clone)]
pub(crate) struct Tokens<C: Capacity>(List<Token, C>);

/// Whose tokens: where their points come from, and the place of their owner among the nodes.
#[derive(Clone, Copy)]
pub(crate) struct Series {
    pub(crate) seed: u64,
    pub(crate) owner: u32,
}

impl Series {
    /// The tokens from the `first` to before the `end`, so many at a time, each time in ascending
    /// order.
    const fn chunks(self, first: u32, end: u32) -> Chunks {
        Chunks { series: self, next: first, end }
    }
}

/// How many tokens are sorted aside before they are merged.
const CHUNK: usize = 64;
/// A change of more tokens sorts all of them anew, which then takes less time than to pass over
/// them for every chunk.
const LARGE: u32 = 4_096;

impl<C: Capacity> Tokens<C> {
    pub(crate) const fn new() -> Self {
        Self(List::new())
    }

    pub(crate) fn as_slice(&self) -> &[Token] {
        self.0.as_slice()
    }

    pub(crate) fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        self.0.reserve(additional)
    }

    /// The tokens from a point on, all the way round.
    pub(crate) fn clockwise_from(&self, point: u32) -> impl Iterator<Item = Token> {
        let tokens = self.as_slice();
        let (before, after) =
            tokens.split_at_checked(first_not_before(tokens, point)).unwrap_or((tokens, &[]));
        after.iter().chain(before).copied()
    }

    /// The tokens below a point, in ascending order.
    pub(crate) fn below(&self, point: u32) -> &[Token] {
        let tokens = self.as_slice();
        tokens.get(..first_not_before(tokens, point)).unwrap_or(tokens)
    }

    /// The token whose range a point is in.
    pub(crate) fn clockwise_next(&self, point: u32) -> Option<Token> {
        let tokens = self.as_slice();
        tokens.get(first_not_before(tokens, point)).or(tokens.first()).copied()
    }

    /// Fills what is empty with the first tokens of each series, so many in all, in the order of
    /// owners.
    pub(crate) fn fill(
        &mut self,
        total: usize,
        all: impl Iterator<Item = (Series, u32)>,
    ) -> Result<(), Full> {
        let mut scratch = List::<Token, C>::new();
        scratch.resize(total, &Token::new(0, 0))?;
        self.0.resize(total, &Token::new(0, 0))?;
        let mut places = self.0.as_mut_slice().iter_mut();
        for (series, count) in all {
            let mut random = SplitMix::new(series.seed);
            for (_, place) in (0..count).zip(&mut places) {
                *place = Token::new(random.next_u32(), series.owner);
            }
        }
        radix_sort(self.0.as_mut_slice(), scratch.as_mut_slice());
        Ok(())
    }

    /// Puts others in the place of all, for which there is room.
    #[cfg(feature = "ketama")]
    pub(crate) fn replace(&mut self, mut tokens: impl Iterator<Item = Token>) {
        self.0.clear();
        let _ = tokens.try_for_each(|token| self.0.push(token));
        debug_assert!(tokens.next().is_none(), "there is room for all");
        heap_sort(self.0.as_mut_slice());
    }

    /// Gives a series that has the first `had` tokens the first `wanted` ones, for which there is
    /// room.
    pub(crate) fn change(&mut self, series: Series, had: u32, wanted: u32) -> Result<(), Full> {
        if had.abs_diff(wanted) > LARGE {
            self.remove_owner(series.owner);
            self.append(series, wanted)?;
            heap_sort(self.0.as_mut_slice());
            Ok(())
        } else if had < wanted {
            self.add(series, had, wanted)
        } else {
            self.remove(series, wanted, had);
            Ok(())
        }
    }

    /// Puts the first tokens of a series, so many, behind all others.
    fn append(&mut self, series: Series, count: u32) -> Result<(), Full> {
        let mut random = SplitMix::new(series.seed);
        let len = self.0.len();
        let added = usize::try_from(count).unwrap_or(usize::MAX);
        self.0.resize(len.saturating_add(added), &Token::new(0, 0))?;
        let places = self.0.as_mut_slice().get_mut(len..).unwrap_or(&mut []);
        for place in places {
            *place = Token::new(random.next_u32(), series.owner);
        }
        Ok(())
    }

    /// Adds the tokens of a series from the `first` to before the `end`.
    fn add(&mut self, series: Series, first: u32, end: u32) -> Result<(), Full> {
        for chunk in series.chunks(first, end) {
            let len = self.0.len();
            self.0.resize(len.saturating_add(chunk.len()), &Token::new(0, 0))?;
            merge(self.0.as_mut_slice(), &chunk);
        }
        Ok(())
    }

    /// Takes the tokens of a series from the `first` to before the `end` away.
    fn remove(&mut self, series: Series, first: u32, end: u32) {
        for chunk in series.chunks(first, end) {
            let mut gone = chunk.as_slice();
            self.0.retain(|token| {
                loop {
                    match gone {
                        [next, others @ ..] if next < token => gone = others,
                        [next, others @ ..] if next == token => {
                            gone = others;
                            return false;
                        }
                        _ => return true,
                    }
                }
            });
        }
    }

    /// Takes all tokens of an owner away.
    pub(crate) fn remove_owner(&mut self, owner: u32) {
        self.0.retain(|token| token.owner() != owner);
    }

    /// Moves the owners from one place on up, or down, by one.
    pub(crate) fn renumber(&mut self, from: u32, by: i32) {
        for token in self.0.as_mut_slice() {
            if token.owner() >= from {
                *token = token.with_owner(token.owner().wrapping_add_signed(by));
            }
        }
    }
}

struct Chunks {
    series: Series,
    next: u32,
    end: u32,
}

impl Iterator for Chunks {
    type Item = List<Token, Inline<CHUNK>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut random = SplitMix::after(self.series.seed, self.next);
        let mut chunk = List::new();
        while self.next < self.end {
            if chunk.push(Token::new(random.next_u32(), self.series.owner)).is_err() {
                break;
            }
            self.next = self.next.saturating_add(1);
        }
        heap_sort(chunk.as_mut_slice());
        (!chunk.is_empty()).then_some(chunk)
    }
}

/// Merges tokens into those before the free places at the end, one for each of them.
fn merge(tokens: &mut [Token], added: &[Token]) {
    let cells = Cell::from_mut(tokens).as_slice_of_cells();
    let Some((mut old, _)) = cells.split_at_checked(cells.len().saturating_sub(added.len())) else {
        return;
    };
    let mut free = cells;
    for token in added.iter().rev() {
        while let ([others @ .., last], [rest @ .., place]) = (old, free) {
            if last.get() <= *token {
                break;
            }
            place.set(last.get());
            (old, free) = (others, rest);
        }
        if let [rest @ .., place] = free {
            place.set(*token);
            free = rest;
        }
    }
}

/// What of a point a ring looks at.
pub(crate) const fn upper_half(point: u64) -> u32 {
    (point >> 32) as u32
}
