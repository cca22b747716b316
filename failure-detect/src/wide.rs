//! Products of 64 bits that take 128.

/// All of a product. (One body for all where flash is dearer than time.)
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn product(left: u64, right: u64) -> u128 {
    u128::from(left).wrapping_mul(u128::from(right))
}

/// The product with a number of 128 bits, if it takes no more: otherwise what is above is lost.
pub(crate) fn times(wide: u128, factor: u64) -> u128 {
    #[expect(clippy::cast_possible_truncation, reason = "both halves")]
    let (high, low) = ((wide >> 64) as u64, wide as u64);
    product(low, factor).wrapping_add(u128::from(high.wrapping_mul(factor)) << 64)
}
