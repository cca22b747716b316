//! φ by a table: for boards on which a logarithm is dear.

use super::{spread::DEVIATION_FRACTION, values::Values};

/// What is not below φ = 16 is taken as that.
pub(crate) const MOST: u32 = 16_000_000;

/// Entries per deviation, as a power of two, and the deviations of the first entry.
const STEP: u32 = 3;
const FIRST: i64 = -4;

/// φ in millionths at so many deviations beyond the mean, in 2⁻¹⁷: a parabola through three
/// entries.
pub(crate) fn interpolate(values: &Values, deviations: i64) -> u32 {
    let from_first = deviations.saturating_sub(FIRST << DEVIATION_FRACTION);
    let Ok(from_first) = u64::try_from(from_first) else { return 0 };
    let steps = DEVIATION_FRACTION.saturating_sub(STEP);
    let index = usize::try_from(from_first >> steps).unwrap_or(usize::MAX);
    let Some([first, second, third, ..]) = values.get(index..) else { return MOST };
    let (first, second, third) = (i64::from(*first), i64::from(*second), i64::from(*third));
    // Below 2^14, and each entry below 2^25.
    let one = 1_i64 << steps;
    let part = i64::try_from(from_first).unwrap_or(0) & one.saturating_sub(1);
    let slope = second.saturating_sub(first);
    let bend = third.saturating_sub(second).saturating_sub(slope);
    let square = (part.saturating_mul(part.saturating_sub(one)) >> steps) / 2;
    let more = part.saturating_mul(slope).saturating_add(square.saturating_mul(bend));
    let millionths = first.saturating_add(more >> steps);
    u32::try_from(millionths).unwrap_or(0).min(MOST)
}
