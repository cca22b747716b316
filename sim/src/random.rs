//! Chance, from whole numbers only, so that it is the same on every target.

use alloc::{boxed::Box, vec::Vec};

/// A generator of one word: `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014). Somebody else may
/// make some of the choices in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random {
    state: u64,
    choices: Option<Box<Choices>>,
}

impl Random {
    /// From a seed; any will do.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed, choices: None }
    }

    /// A generator of its own for each purpose, so that one does not disturb another.
    #[must_use]
    pub const fn stream(seed: u64, purpose: u64) -> Self {
        let mut state = seed ^ purpose.wrapping_mul(0xa076_1d64_78bd_642f);
        Self::new(next(&mut state))
    }

    /// Has these choices made, until there are no more.
    pub fn steer(&mut self, choices: Choices) {
        self.choices = Some(Box::new(choices));
    }

    /// Leaves all to chance again.
    pub fn let_go(&mut self) {
        self.choices = None;
    }

    /// 64 random bits, always by chance: seeds of others.
    pub const fn word(&mut self) -> u64 {
        next(&mut self.state)
    }

    /// A number below `bound`; 0 if that is 0.
    #[allow(clippy::cast_possible_truncation)] // the upper half of 128 bits
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut word = self.word();
        if let Some(choices) = &mut self.choices {
            word = choices.next().unwrap_or(word);
        }
        (u128::from(word).wrapping_mul(u128::from(bound)) >> 64) as u64
    }

    /// A place in a list of this length; 0 if it is empty.
    #[allow(clippy::cast_possible_truncation)] // it is below a `usize`
    pub fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn range(&mut self, low: u64, high: u64) -> u64 {
        low.saturating_add(self.below(high.saturating_sub(low).saturating_add(1)))
    }

    /// A number from `low` to `high` whose magnitude is uniform: small ones are as common as large
    /// ones.
    pub fn magnitude(&mut self, low: u64, high: u64) -> u64 {
        let low_bits = 64 - low.leading_zeros();
        let high_bits = 64 - high.leading_zeros();
        let bits = self.range(low_bits.into(), high_bits.into());
        let top = if bits == 0 { 0 } else { u64::MAX >> (64 - bits) };
        let floor = top >> 1;
        self.range(floor.saturating_add(1), top).max(low).min(high)
    }

    /// Once in so many times; never if that is 0.
    pub fn one_in(&mut self, times: u64) -> bool {
        times > 0 && self.below(times) == 0
    }

    /// So many times in a million. It draws nothing for 0.
    pub fn ppm(&mut self, parts: u32) -> bool {
        parts > 0 && self.below(1_000_000) < u64::from(parts)
    }

    /// A delay with a heavy tail: each doubling is half as likely, up to `doublings` of them.
    pub fn heavy(&mut self, base: u64, doublings: u32) -> u64 {
        let exponent = self.word().trailing_zeros().min(doublings);
        let scaled = base.saturating_mul(1 << exponent);
        scaled.saturating_add(self.below(scaled))
    }
}

const fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Choices that somebody makes in place of chance, such as a fuzzer: pairs of bytes, of which the
/// first says how many choices are left to chance before, and the second where in its range the
/// number is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pairs: Vec<[u8; 2]>,
    place: usize,
    waited: u8,
}

impl Choices {
    /// The choices in these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let pairs = bytes.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        Self { pairs, place: 0, waited: 0 }
    }

    /// The word of the next choice, unless that is left to chance.
    fn next(&mut self) -> Option<u64> {
        let &[wait, choice] = self.pairs.get(self.place)?;
        if self.waited < wait {
            self.waited += 1;
            return None;
        }
        self.waited = 0;
        self.place += 1;
        // From the least number of a range to the greatest one.
        Some(u64::from(choice) * 0x0101_0101_0101_0101)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold() {
        let mut random = Random::new(3);
        for _ in 0..10_000 {
            assert!((5..=9).contains(&random.range(5, 9)));
            assert!((3..=70_000).contains(&random.magnitude(3, 70_000)));
            assert!((8..8 << 11).contains(&random.heavy(8, 10)));
        }
        assert_eq!(random.below(0), 0);
        assert!(!random.ppm(0) && random.ppm(1_000_000));
    }

    #[test]
    fn choices_are_made_in_their_turn() {
        let mut chance = Random::new(3);
        let mut random = chance.clone();
        random.steer(Choices::new(&[0, 0, 2, 255, 0, 128, 7]));
        let drawn: Vec<u64> = (0..6).map(|_| random.below(1_000)).collect();
        let mut expected: Vec<u64> = (0..6).map(|_| chance.below(1_000)).collect();
        (expected[0], expected[3], expected[4]) = (0, 999, 501);
        assert_eq!(drawn, expected);
        assert_eq!(random.word(), chance.word());
    }
}
