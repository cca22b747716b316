//! A small generator: whoever gives it the same seed draws the same numbers.

use crate::NodeId;

/// `SplitMix64`: one word of state, any seed will do.
///
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Random(u64);

impl Random {
    /// Nodes with equal seeds draw different numbers.
    pub(crate) const fn new(seed: u64, id: NodeId) -> Self {
        Self(seed.wrapping_add(id.0.wrapping_mul(0xd1b5_4a32_d192_ed03)))
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    pub(crate) const fn below(&mut self, bound: u64) -> u64 {
        // By halves: a product of 128 bits would cost the smallest cores 300 bytes.
        let drawn = self.next() >> 32;
        let high = drawn.wrapping_mul(bound >> 32);
        let low = drawn.wrapping_mul(bound & 0xffff_ffff) >> 32;
        high.wrapping_add(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs for the seed 1234567, as in other implementations.
    #[test]
    fn the_published_sequence() {
        let mut random = Random::new(1_234_567, NodeId(0));
        let drawn = core::array::from_fn(|_| random.next());
        assert_eq!(
            drawn,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn below_the_bound() {
        let mut random = Random::new(0, NodeId(0));
        assert_eq!(random.below(0), 0);
        assert!((0..1000).all(|_| random.below(10) < 10));
        assert!((0..1000).any(|_| random.below(10) == 9));
        assert!((0..1000).all(|_| random.below(1 << 40) < 1 << 40));
        assert!((0..1000).any(|_| random.below(u64::MAX) > u64::MAX / 64 * 63));
    }
}
