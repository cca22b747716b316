//! Silence measured in standard deviations, in integers.
//!
//! With `n` intervals, their sum `s`, the scaled variance `v` = n²σ² and a silence `t`, the silence
//! is z deviations beyond the mean where t n − s ≥ z √v. Both sides are squared, so that no root is
//! taken. Intervals are below 2^32 µs and `n` at most 2^10, so `v` is below 2^84, and nothing below
//! leaves 64 or 128 bits.

use crate::{
    wide::{product, times},
    window::Moments,
};

/// Longer silence is always beyond: the mean is below 2^32 µs, and so is the deviation, of which no
/// threshold is at more than 8.3.
const LONGEST_US: u64 = 1 << 36;

/// The fraction of a squared multiplier has so many bits.
const FRACTION: u32 = 32;

/// Whether a silence is at least `deviations` (in 2⁻²⁴) beyond the mean.
pub(super) fn is_beyond(moments: &Moments, silent_us: u64, deviations: i32) -> bool {
    let reached = silent_us.min(LONGEST_US).wrapping_mul(moments.count);
    let is_late = reached >= moments.sum;
    if is_late != (deviations >= 0) {
        return is_late;
    }
    let distance = reached.abs_diff(moments.sum);
    // Below 2^92, and 2^124 with its fraction.
    let square = product(distance, distance) << FRACTION;
    let limit = limit(moments, deviations);
    if is_late { square >= limit } else { square <= limit }
}

/// The least silence of which [`is_beyond`] is true.
pub(super) fn reached_after(moments: &Moments, deviations: i32) -> u64 {
    let limit = limit(moments, deviations);
    let whole = limit >> FRACTION;
    let root = root(whole);
    let sum = if deviations >= 0 {
        // The least distance whose square is not below the limit.
        let is_exact = product(root, root) << FRACTION == limit;
        moments.sum.saturating_add(root).saturating_add(u64::from(!is_exact))
    } else {
        moments.sum.saturating_sub(root)
    };
    sum.div_ceil(moments.count.max(1))
}

/// The square of so many deviations, times the scaled variance: below 2^124.
fn limit(moments: &Moments, deviations: i32) -> u128 {
    let multiplier = u64::from(deviations.unsigned_abs());
    let square = multiplier.wrapping_mul(multiplier) >> (2 * 24 - FRACTION);
    times(moments.scaled_variance(), square)
}

/// The square root of a number below 2^92, rounded down, bit by bit.
fn root(square: u128) -> u64 {
    let (mut root, mut rest) = (0_u128, square);
    let mut bit = 1_u128 << 90;
    while bit > square {
        bit >>= 2;
    }
    while bit > 0 {
        let step = root | bit;
        root >>= 1;
        if rest >= step {
            rest = rest.saturating_sub(step);
            root |= bit;
        }
        bit >>= 2;
    }
    u64::try_from(root).unwrap_or(u64::MAX)
}

/// How many deviations beyond the mean a silence is, in 2⁻¹⁷; above 2⁹, any number above that.
pub(super) fn deviations(moments: &Moments, silent_us: u64) -> i64 {
    let reached = silent_us.min(LONGEST_US).wrapping_mul(moments.count);
    let distance = reached.abs_diff(moments.sum);
    // The deviation with 32 bits, and how many of them are a fraction.
    let variance = moments.scaled_variance();
    let shift = variance.leading_zeros().saturating_sub(128 - 2 * ROOT_BITS) & !1;
    let divisor = root(variance << shift) >> SPARE_BITS;
    let fraction = shift / 2;
    let scaled = if let Some(up) = fraction.checked_sub(SPARE_BITS) {
        distance.min(FAR >> up) << up
    } else {
        distance >> SPARE_BITS.saturating_sub(fraction)
    };
    let deviations = (scaled << DEVIATION_FRACTION).checked_div(divisor);
    let deviations = deviations.and_then(|far| i64::try_from(far).ok()).unwrap_or(i64::MAX);
    if reached >= moments.sum { deviations } else { deviations.saturating_neg() }
}

/// A root has at most so many bits, of which these are more than 32.
const ROOT_BITS: u32 = 46;
const SPARE_BITS: u32 = ROOT_BITS - 32;

/// 2⁸ times the largest deviation of 32 bits.
const FAR: u64 = 1 << 40;

/// The fraction of a number of deviations has so many bits.
pub(super) const DEVIATION_FRACTION: u32 = 17;

/// How many deviations beyond the mean a silence is, as a number.
#[cfg(feature = "libm")]
#[expect(clippy::cast_precision_loss, reason = "it has a relative error anyway")]
pub(super) fn exact_deviations(moments: &Moments, silent_us: u64) -> f64 {
    let reached = u128::from(silent_us).saturating_mul(moments.count.into());
    let distance = reached.abs_diff(moments.sum.into()) as f64;
    let deviations = distance / libm::sqrt(moments.scaled_variance() as f64);
    if reached >= u128::from(moments.sum) { deviations } else { -deviations }
}
