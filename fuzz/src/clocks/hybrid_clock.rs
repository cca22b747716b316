//! A hybrid clock against the algorithm of the paper, in wide arithmetic.

use arbitrary::Arbitrary;
use synod_clocks::{HybridClock, HybridStamp, ReceiveError, TickError};

use crate::edge::Edge;

/// A clock, and what happens to it.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    max_offset_us: Edge,
    /// The bits of the stamp from which the clock is recovered.
    recovered: Edge,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    /// An event while the wall clock shows this.
    Tick(Edge),
    /// Many events while the wall clock shows this.
    Ticks(Edge, u8),
    /// A message that arrives while the wall clock shows this.
    Receive(Edge, Remote),
}

#[derive(Arbitrary, Debug)]
enum Remote {
    /// A stamp with these bits.
    Bits(Edge),
    /// A stamp that is ahead of the wall clock by this, with these bits added.
    Ahead(Edge, u16),
    /// The stamp just issued.
    Last,
}

/// The wall-clock part of a stamp in the paper's notation, `l`, and its counter, `c`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stamp {
    l: u128,
    c: u128,
}

impl Stamp {
    const COUNTERS: u128 = 4096;

    fn of(stamp: HybridStamp) -> Self {
        Self { l: u128::from(stamp.wall_us()), c: u128::from(stamp.counter()) }
    }

    fn bits(self) -> u128 {
        self.l * Self::COUNTERS + self.c
    }
}

/// The clock and the model side by side.
#[derive(Debug)]
struct Modelled {
    clock: HybridClock,
    last: Stamp,
    max_offset_us: u128,
    /// No stamp may exceed this: the recovered one, or the largest wall clock and the offset.
    reach: u128,
    /// How many stamps were issued, each of which may carry.
    issued: u128,
}

impl Scenario {
    /// Plays the steps, and compares after each.
    pub fn check(&self) {
        let recovered = HybridStamp::from_bits(self.recovered.0);
        let mut modelled = Modelled {
            clock: HybridClock::recover(self.max_offset_us.0, recovered),
            last: Stamp::of(recovered),
            max_offset_us: u128::from(self.max_offset_us.0),
            reach: u128::from(recovered.to_bits()),
            issued: 0,
        };
        for step in self.steps.iter().take(100) {
            match step {
                Step::Tick(wall_us) => modelled.tick(wall_us.0),
                Step::Ticks(wall_us, times) => {
                    for _ in 0..*times {
                        modelled.tick(wall_us.0);
                    }
                }
                Step::Receive(wall_us, remote) => {
                    let remote = remote.stamp(wall_us.0, modelled.clock.last());
                    modelled.receive(wall_us.0, remote);
                }
            }
        }
    }
}

impl Remote {
    fn stamp(&self, wall_us: u64, last: HybridStamp) -> HybridStamp {
        match self {
            Self::Bits(bits) => HybridStamp::from_bits(bits.0),
            Self::Ahead(ahead_us, bits) => {
                let base = wall_us.checked_add(ahead_us.0).and_then(HybridStamp::from_wall_us);
                let base = base.unwrap_or(HybridStamp::MAX).to_bits();
                HybridStamp::from_bits(base.saturating_add(u64::from(*bits)))
            }
            Self::Last => last,
        }
    }
}

impl Modelled {
    fn tick(&mut self, wall_us: u64) {
        let outcome = self.clock.tick(wall_us);
        if wall_us >= 1 << 52 {
            assert_eq!(outcome, Err(TickError::WallOutOfRange));
        } else {
            let next = self.successor(u128::from(wall_us), None);
            match outcome {
                Ok(stamp) => self.issue(stamp, next, wall_us),
                Err(error) => {
                    assert_eq!(error, TickError::Exhausted);
                    assert!(next.bits() > u128::from(u64::MAX));
                }
            }
        }
        self.check();
    }

    fn receive(&mut self, wall_us: u64, remote: HybridStamp) {
        let outcome = self.clock.receive(wall_us, remote);
        let ahead_us = remote.wall_us().saturating_sub(wall_us);
        if wall_us >= 1 << 52 {
            assert_eq!(outcome, Err(ReceiveError::WallOutOfRange));
        } else if u128::from(ahead_us) > self.max_offset_us {
            assert_eq!(outcome, Err(ReceiveError::TooFarAhead { ahead_us }));
        } else {
            let next = self.successor(u128::from(wall_us), Some(Stamp::of(remote)));
            match outcome {
                Ok(stamp) => {
                    assert!(stamp > remote);
                    self.issue(stamp, next, wall_us);
                }
                Err(error) => {
                    assert_eq!(error, ReceiveError::Exhausted);
                    assert!(next.bits() > u128::from(u64::MAX));
                }
            }
        }
        self.check();
    }

    /// The next stamp by figure 5 of the paper; a counter that overflows carries.
    fn successor(&self, wall_us: u128, remote: Option<Stamp>) -> Stamp {
        let own = self.last;
        let l = wall_us.max(own.l).max(remote.map_or(0, |remote| remote.l));
        let counters = [Some(own), remote].into_iter().flatten();
        let in_step = counters.filter(|stamp| stamp.l == l).map(|stamp| stamp.c + 1);
        match in_step.max().unwrap_or(0) {
            Stamp::COUNTERS => Stamp { l: l + 1, c: 0 },
            c => Stamp { l, c },
        }
    }

    fn issue(&mut self, stamp: HybridStamp, due: Stamp, wall_us: u64) {
        assert_eq!(Stamp::of(stamp), due);
        assert!(due.bits() > self.last.bits(), "stamps strictly grow");
        self.last = due;
        self.issued += 1;
        let highest_us = u128::from(wall_us) + self.max_offset_us;
        let highest = Stamp { l: highest_us, c: Stamp::COUNTERS - 1 };
        self.reach = self.reach.max(highest.bits());
        assert!(due.bits() <= self.reach + self.issued);
    }

    fn check(&self) {
        assert_eq!(Stamp::of(self.clock.last()), self.last);
        assert_eq!(u128::from(self.clock.last().to_bits()), self.last.bits());
    }
}
