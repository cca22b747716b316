//! Silence measured in means: the exponential model.
//!
//! φ = t / (mean ln 10), so a threshold is reached where t n ≥ φ ln 10 s, with `n` intervals whose
//! sum is `s`.

use crate::{wide::product, window::Moments};

/// Longer silence is always beyond: the mean is below 2^32 µs, and 16 ln 10 below 37.
const LONGEST_US: u64 = 1 << 38;

/// A tenth of ln 10, in 2⁻⁴⁰.
const TENTH: u64 = 253_171_908_369;

const FRACTION: u32 = 40;

pub(super) fn is_beyond(moments: &Moments, silent_us: u64, tenths: i32) -> bool {
    // Below 2^88.
    let reached = u128::from(silent_us.min(LONGEST_US).wrapping_mul(moments.count)) << FRACTION;
    reached >= limit(moments, tenths)
}

/// The least silence of which [`is_beyond`] is true.
pub(super) fn reached_after(moments: &Moments, tenths: i32) -> u64 {
    // Rounded up.
    let reached = limit(moments, tenths).wrapping_add((1 << FRACTION) - 1) >> FRACTION;
    u64::try_from(reached).unwrap_or(u64::MAX).div_ceil(moments.count.max(1))
}

/// φ ln 10 s, with a fraction of 40 bits: below 2^88.
fn limit(moments: &Moments, tenths: i32) -> u128 {
    product(TENTH.wrapping_mul(tenths.unsigned_abs().into()), moments.least_sum())
}

/// φ in millionths, at most 16,000,000.
pub(super) fn phi_millionths(moments: &Moments, silent_us: u64) -> u32 {
    // Below 2^48, and below 2^63 with its fraction.
    let reached = silent_us.min(LONGEST_US).saturating_mul(moments.count) << 15;
    // At most 2^6 where it matters.
    let means = reached.checked_div(moments.least_sum()).unwrap_or(u64::MAX).min(64 << 15);
    // 10^6 / ln 10.
    let millionths = means.saturating_mul(434_294) >> 15;
    u32::try_from(millionths).unwrap_or(u32::MAX).min(super::phi_estimate::MOST)
}

#[cfg(feature = "libm")]
#[expect(clippy::cast_precision_loss, reason = "it has a relative error anyway")]
pub(super) fn phi(moments: &Moments, silent_us: u64) -> f64 {
    let reached = u128::from(silent_us).saturating_mul(moments.count.into()) as f64;
    reached / (moments.least_sum() as f64 * core::f64::consts::LN_10)
}
