//! A small generator whose every number is as good as the first.

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

/// What SplitMix64 counts by: 2^64 over the golden ratio.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// Each number to another one, such that a bit that changes changes each bit with a chance of a
/// half.
///
/// Source: Stafford's thirteenth variant of the finalizer of MurmurHash3, which SplitMix64 has.
pub(crate) const fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// The upper half of a point, from 2^32 to a number below `size`; 0 if that is 0.
pub(crate) const fn scaled(point: u64, size: u32) -> u32 {
    ((point >> 32).wrapping_mul(size as u64) >> 32) as u32
}

/// A point that has nothing to do with `point`, for each index but 0: this is `point` itself.
pub(crate) const fn derived(point: u64, index: u32) -> u64 {
    if index == 0 { point } else { mix(point ^ (index as u64).wrapping_mul(GAMMA)) }
}
