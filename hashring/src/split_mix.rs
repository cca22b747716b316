//! A small generator whose every number is as good as the first.

use crate::mix::{GAMMA, mix};

/// SplitMix64: a counter, each value of which is mixed.
///
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014;
/// the constants are Stafford's thirteenth variant.
pub(crate) struct SplitMix(u64);

impl SplitMix {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator after so many numbers.
    pub(crate) const fn after(seed: u64, numbers: u32) -> Self {
        Self(seed.wrapping_add(GAMMA.wrapping_mul(numbers as u64)))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// The upper half of the next number.
    pub(crate) const fn next_u32(&mut self) -> u32 {
        (self.next() >> 32) as u32
    }
}
