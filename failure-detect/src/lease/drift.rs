//! How much shorter a lease is for its holder than for its grantor.

const MILLION: u64 = 1_000_000;

/// For how long a holder may believe in a grant that its grantor counts for `duration_us`, if each
/// clock differs from true time by at most `drift_ppm`: `(duration − step) · (1 − ε) / (1 + ε)`,
/// rounded down, less what is below a step.
///
/// Clocks are read in steps. A grantor whose readings differ by `d` may have counted a step less
/// than `d`; a holder that reads less than `d` may have counted a step less a microsecond more.
pub(super) const fn belief_us(duration_us: u64, drift_ppm: u32, step_us: u32) -> u64 {
    let step_us = if step_us == 0 { 1 } else { step_us as u64 };
    let drift = drift_ppm as u64;
    let sure_us = duration_us.saturating_sub(step_us);
    let (slow, fast) = (MILLION.saturating_sub(drift), MILLION.saturating_add(drift));
    // By quotient and remainder: neither product takes more than 64 bits.
    let (Some(whole), Some(rest)) = (sure_us.checked_div(fast), sure_us.checked_rem(fast)) else {
        return 0;
    };
    let Some(rest) = rest.saturating_mul(slow).checked_div(fast) else { return 0 };
    let belief_us = whole.saturating_mul(slow).saturating_add(rest);
    belief_us.saturating_sub(step_us.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beside a product and a quotient of 128 bits.
    #[test]
    fn exact_and_rounded_down() {
        for drift in [0, 1, 50, 200, 20_000, 333_333, 999_999, 1_000_000, u32::MAX] {
            for duration in [0, 1, 2, 999_999, 1_000_000, 10_000_001, 1 << 40, u64::MAX] {
                let sure = u128::from(duration.saturating_sub(1));
                let slow = u128::from(MILLION.saturating_sub(drift.into()));
                let exact = sure * slow / u128::from(MILLION + u64::from(drift));
                assert_eq!(u128::from(belief_us(duration, drift, 1)), exact);
            }
        }
    }

    #[test]
    fn a_clock_that_counts_in_steps() {
        assert_eq!(belief_us(1_000_000, 0, 10_000), 980_001);
        assert_eq!(belief_us(1_000_000, 0, 0), 999_999);
        assert_eq!(belief_us(19_999, 0, 10_000), 0);
    }
}
