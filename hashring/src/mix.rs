//! Points that have nothing to do with the number that they come from.

/// What SplitMix64 counts by: 2^64 over the golden ratio.
pub(crate) const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// Each number to another one, such that a bit that changes changes each bit with a chance of a
/// half.
///
/// Source: Stafford's thirteenth variant of the finalizer of MurmurHash3, which SplitMix64 has.
pub(crate) const fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// A point that has nothing to do with `point`, for each index but 0: this is `point` itself.
pub(crate) const fn derived(point: u64, index: u32) -> u64 {
    if index == 0 { point } else { mix(point ^ (index as u64).wrapping_mul(GAMMA)) }
}
