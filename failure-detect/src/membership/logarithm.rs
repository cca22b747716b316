//! A logarithm of small numbers, in integers.

/// What 1 is in the unit of [`log10`].
pub(super) const ONE: u32 = 1 << ONE_BITS;
pub(super) const ONE_BITS: u32 = 8;

/// A logarithm to within 4 %, which never falls as the number grows; 0 of 0.
pub(super) fn log10(number: usize) -> u32 {
    let number = u32::try_from(number).unwrap_or(u32::MAX).max(1);
    let whole = number.ilog2();
    // Between powers of two, a straight line.
    let above = number.wrapping_sub(1_u32.wrapping_shl(whole));
    let part = if whole > 8 {
        above.wrapping_shr(whole.wrapping_sub(8))
    } else {
        above.wrapping_shl(8_u32.wrapping_sub(whole))
    };
    // Below 2^13, and log 2 is 77 of 256 parts.
    whole.wrapping_mul(ONE).wrapping_add(part).wrapping_mul(77) >> 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log10_is_near_and_never_falls() {
        assert_eq!([0, 1].map(log10), [0, 0]);
        for number in [2_usize, 10, 100, 128, 1000, 10_000, 1_000_000] {
            let exact = (number as f64).log10() * ONE as f64;
            assert!((log10(number) as f64 - exact).abs() <= exact * 0.04 + 1.0, "{number}");
        }
        assert!((1..5000).all(|number| log10(number) <= log10(number + 1)));
        assert!(log10(usize::MAX) > 0);
    }
}
