//! A small generator, so that two candidates do not ask in step for ever.

/// `SplitMix64`: one word of state, any seed will do.
///
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`; 0 if that is 0.
    pub(super) const fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        // By halves: a product of 128 bits would cost the smallest cores 300 bytes.
        let drawn = bits >> 32;
        let high = drawn.wrapping_mul(bound >> 32);
        let low = drawn.wrapping_mul(bound & 0xffff_ffff) >> 32;
        high.wrapping_add(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_the_bound() {
        let mut random = Random::new(0);
        assert_eq!(random.below(0), 0);
        assert!((0..1000).all(|_| random.below(10) < 10));
        assert!((0..1000).any(|_| random.below(10) == 9));
        assert!((0..1000).any(|_| random.below(u64::MAX) > u64::MAX / 64 * 63));
    }
}
