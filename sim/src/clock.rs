//! The clocks that nodes live by.

/// A node's clock: it starts anywhere, runs too fast or too slow, and jumps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The true time of the last change of pace.
    since_us: u64,
    /// What it showed then.
    shown_us: u64,
    /// How much faster than true time, in millionths.
    drift_ppm: i32,
}

impl Clock {
    /// A clock that shows `shown_us` at the true time `now_us`.
    #[must_use]
    pub(crate) const fn new(now_us: u64, shown_us: u64, drift_ppm: i32) -> Self {
        Self { since_us: now_us, shown_us, drift_ppm }
    }

    /// What it shows.
    #[must_use]
    pub(crate) const fn at(&self, now_us: u64) -> u64 {
        let passed = now_us.saturating_sub(self.since_us);
        let passed = if self.drift_ppm == 0 { passed } else { scale(passed, self.drift_ppm) };
        self.shown_us.saturating_add(passed)
    }

    /// The true time at which it will show this, or soon after.
    #[must_use]
    pub(crate) const fn when(&self, shown_us: u64, now_us: u64) -> u64 {
        let ahead = shown_us.saturating_sub(self.at(now_us));
        let wait = if self.drift_ppm == 0 {
            ahead
        } else {
            // Slightly late is as good as on time; slightly early is asked again.
            scale(ahead, -self.drift_ppm).saturating_add(1)
        };
        now_us.saturating_add(wait)
    }

    /// Jumps, forward or back.
    pub(crate) const fn step(&mut self, now_us: u64, by_us: i64) {
        self.shown_us = self.at(now_us).saturating_add_signed(by_us);
        self.since_us = now_us;
    }
}

/// `span × (1 + ppm / 1,000,000)`, cut off. A run is far too short for the product to overflow.
const fn scale(span: u64, ppm: i32) -> u64 {
    let per_million = 1_000_000_u64.saturating_add_signed(ppm as i64);
    span.saturating_mul(per_million) / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drifts_and_jumps() {
        let mut clock = Clock::new(1_000, 50, 100_000);
        assert_eq!(clock.at(11_000), 11_050);
        clock.step(11_000, -50);
        assert_eq!(clock.at(11_000), 11_000);
        let due = clock.when(13_000, 11_000);
        assert!(clock.at(due) <= 13_000 && due > 12_700);
    }
}
