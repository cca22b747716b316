//! A tick widener against exact arithmetic.

use std::num::NonZeroU32;

use arbitrary::Arbitrary;
use synod_clocks::TickWidener;

/// A hardware counter, and how it moves.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    rate: Rate,
    tick: u32,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Rate {
    Slowest,
    Fastest,
    Megahertz,
    Any(NonZeroU32),
}

#[derive(Arbitrary, Debug)]
enum Step {
    /// A reading so many ticks later.
    Advance(u32),
    /// A reading a few ticks later.
    Creep(u8),
    /// So many readings, each as late as can be.
    Rush(u8),
}

impl Scenario {
    /// Takes the readings, and compares after each.
    pub fn check(&self) {
        let rate = match self.rate {
            Rate::Slowest => NonZeroU32::MIN,
            Rate::Fastest => NonZeroU32::MAX,
            Rate::Megahertz => NonZeroU32::MIN.saturating_add(999_999),
            Rate::Any(rate) => rate,
        };
        let mut counter = Counter {
            widener: TickWidener::new(rate, self.tick),
            rate: u128::from(rate.get()),
            tick: self.tick,
            elapsed: 0,
        };
        counter.check();
        for step in self.steps.iter().take(100) {
            match step {
                Step::Advance(ticks) => counter.advance(*ticks),
                Step::Creep(ticks) => counter.advance(u32::from(*ticks)),
                Step::Rush(times) => {
                    for _ in 0..*times {
                        counter.advance(u32::MAX);
                    }
                }
            }
        }
    }
}

/// The widener, and all ticks since the start.
#[derive(Debug)]
struct Counter {
    widener: TickWidener,
    rate: u128,
    tick: u32,
    elapsed: u128,
}

impl Counter {
    fn advance(&mut self, ticks: u32) {
        self.tick = self.tick.wrapping_add(ticks);
        self.elapsed += u128::from(ticks);
        let now_us = self.widener.widen(self.tick);
        assert_eq!(now_us, self.at(self.elapsed).unwrap_or(u64::MAX));
        self.check();
    }

    fn check(&self) {
        assert_eq!(self.widener.now_us(), self.at(self.elapsed).unwrap_or(u64::MAX));
        let latest = self.elapsed + u128::from(u32::MAX);
        assert_eq!(self.widener.poll_timeout(), self.at(latest));
    }

    /// The microseconds in so many ticks, as far as 64 bits reach.
    fn at(&self, ticks: u128) -> Option<u64> {
        u64::try_from(ticks * 1_000_000 / self.rate).ok()
    }
}
