//! A small generator: whoever gives it the same seed draws the same numbers.

/// PCG-XSH-RR with 64 bits of state: one product of 64 bits a number, any seed will do.
///
/// Source: O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for
/// Random Number Generation", 2014.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Random(u64);

const FACTOR: u64 = 6_364_136_223_846_793_005;
const INCREMENT: u64 = 1_442_695_040_888_963_407;

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_add(INCREMENT));
        random.next();
        random
    }

    #[expect(clippy::cast_possible_truncation, reason = "the half that is wanted")]
    pub(crate) const fn next(&mut self) -> u32 {
        let state = self.0;
        self.0 = state.wrapping_mul(FACTOR).wrapping_add(INCREMENT);
        let mixed = ((state >> 18 ^ state) >> 27) as u32;
        mixed.rotate_right((state >> 59) as u32)
    }

    /// A number below `bound`; 0 if that is 0.
    pub(crate) const fn below(&mut self, bound: u32) -> u32 {
        ((self.next() as u64).wrapping_mul(bound as u64) >> 32) as u32
    }

    /// A place in something of a length; 0 if that is empty.
    pub(crate) fn place(&mut self, len: usize) -> usize {
        let drawn = self.below(u32::try_from(len).unwrap_or(u32::MAX));
        usize::try_from(drawn).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_the_bound_and_everywhere() {
        let mut random = Random::new(0);
        assert_eq!(random.below(0), 0);
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            counts[random.place(10)] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }

    /// Numbers of another implementation of the same formula, for the seed 42.
    #[test]
    fn the_sequence_is_pinned() {
        let mut random = Random::new(42);
        let drawn: [u32; 3] = core::array::from_fn(|_| random.next());
        assert_eq!(drawn, PINNED);
    }

    const PINNED: [u32; 3] = [3_270_867_926, 1_795_671_209, 1_924_641_435];
}
