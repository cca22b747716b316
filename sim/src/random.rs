//! Chance, from whole numbers only, so that it is the same on every target.

/// A generator of one word: `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    /// From a seed; any will do.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for each purpose, so that one does not disturb another.
    #[must_use]
    pub const fn stream(seed: u64, purpose: u64) -> Self {
        let mut mixed = Self(seed ^ purpose.wrapping_mul(0xa076_1d64_78bd_642f));
        Self(mixed.word())
    }

    /// 64 random bits.
    pub const fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    #[allow(clippy::cast_possible_truncation)] // the upper half of 128 bits
    pub const fn below(&mut self, bound: u64) -> u64 {
        ((self.word() as u128).wrapping_mul(bound as u128) >> 64) as u64
    }

    /// A place in a list of this length; 0 if it is empty.
    #[allow(clippy::cast_possible_truncation)] // it is below a `usize`
    pub const fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub const fn range(&mut self, low: u64, high: u64) -> u64 {
        low.saturating_add(self.below(high.saturating_sub(low).saturating_add(1)))
    }

    /// A number from `low` to `high` whose magnitude is uniform: small ones are as common as large ones.
    pub const fn magnitude(&mut self, low: u64, high: u64) -> u64 {
        let low_bits = 64 - low.leading_zeros();
        let high_bits = 64 - high.leading_zeros();
        let bits = self.range(low_bits as u64, high_bits as u64);
        let top = if bits == 0 { 0 } else { u64::MAX >> (64 - bits) };
        let floor = top >> 1;
        let drawn = self.range(floor.saturating_add(1), top);
        if drawn < low {
            low
        } else if drawn > high {
            high
        } else {
            drawn
        }
    }

    /// Once in so many times; never if that is 0.
    pub const fn one_in(&mut self, times: u64) -> bool {
        times > 0 && self.below(times) == 0
    }

    /// So many times in a million. It draws nothing for 0.
    pub const fn ppm(&mut self, parts: u32) -> bool {
        parts > 0 && self.below(1_000_000) < parts as u64
    }

    /// A delay with a heavy tail: each doubling is half as likely, up to `doublings` of them.
    pub const fn heavy(&mut self, base: u64, doublings: u32) -> u64 {
        let exponent = self.word().trailing_zeros();
        let exponent = if exponent > doublings { doublings } else { exponent };
        let scaled = base.saturating_mul(1 << exponent);
        scaled.saturating_add(self.below(scaled))
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
}
