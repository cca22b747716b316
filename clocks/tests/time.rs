//! The clocks that face the hardware, against exact and naive versions of themselves.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.

use core::num::{NonZeroU32, NonZeroU64};

use proptest::{collection, prelude::*};
use synod_clocks::{
    Ceiling, ForwardJump, HybridClock, HybridStamp, IssueError, JumpGuard, ReceiveError, TickError,
    TickWidener, UnknownBound,
};

/// The algorithm of the paper, with its two variables and no limit on either.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Paper {
    l: u64,
    c: u64,
}

impl Paper {
    fn tick(&mut self, wall: u64) {
        let before = self.l;
        self.l = self.l.max(wall);
        self.c = if self.l == before { self.c + 1 } else { 0 };
    }

    fn receive(&mut self, wall: u64, m: Self) {
        let before = self.l;
        self.l = self.l.max(m.l).max(wall);
        self.c = if self.l == before && self.l == m.l {
            self.c.max(m.c) + 1
        } else if self.l == before {
            self.c + 1
        } else if self.l == m.l {
            m.c + 1
        } else {
            0
        };
    }

    fn stamp(self) -> HybridStamp {
        HybridStamp::from_bits((self.l << HybridStamp::COUNTER_BITS) + self.c)
    }
}

fn wall_clocks() -> impl Strategy<Value = u64> {
    prop_oneof![1..50_u64, any::<u64>(), Just(HybridStamp::MAX.wall_us())]
}

/// Times near each other, at both ends of the range.
fn near() -> impl Strategy<Value = u64> {
    prop_oneof![0..300_u64, u64::MAX - 100..=u64::MAX]
}

fn stamps() -> impl Strategy<Value = HybridStamp> {
    prop_oneof![0..400_000_u64, any::<u64>(), Just(u64::MAX)].prop_map(HybridStamp::from_bits)
}

proptest! {
    #[test]
    fn hybrid_clock_is_the_paper_s(
        steps in collection::vec((1..6_u64, prop::option::of((1..6_u64, 0..9_u64))), 1..60),
    ) {
        let mut clock = HybridClock::new(100);
        let mut paper = Paper { l: 0, c: 0 };
        for (wall, message) in steps {
            let stamp = match message {
                Some((l, c)) => {
                    let remote = Paper { l, c };
                    paper.receive(wall, remote);
                    clock.receive(wall, remote.stamp()).unwrap()
                }
                None => {
                    paper.tick(wall);
                    clock.tick(wall).unwrap()
                }
            };
            prop_assert_eq!(stamp, paper.stamp());
        }
    }

    #[test]
    fn hybrid_clock_grows_or_refuses_unchanged(
        start in stamps(),
        offset in prop_oneof![0..100_u64, any::<u64>(), Just(u64::MAX)],
        steps in collection::vec((wall_clocks(), prop::option::of(stamps())), 1..20),
    ) {
        let mut clock = HybridClock::recover(offset, start);
        prop_assert_eq!((clock.max_offset_us(), clock.last()), (offset, start));
        for (wall_us, remote) in steps {
            let before = clock.clone();
            let in_range = wall_us <= HybridStamp::MAX.wall_us();
            let latest = remote.map_or(before.last(), |remote| remote.max(before.last()));
            let issued = match remote {
                Some(remote) => clock.receive(wall_us, remote).map_err(Some),
                None => clock.tick(wall_us).map_err(|error| {
                    assert_eq!(error == TickError::WallOutOfRange, !in_range);
                    None
                }),
            };
            match issued {
                Ok(stamp) => {
                    prop_assert!(stamp > latest && stamp.wall_us() >= wall_us);
                    prop_assert!(
                        stamp.to_bits() == latest.to_bits() + 1 || stamp.wall_us() == wall_us
                    );
                    prop_assert_eq!(stamp, clock.last());
                    let ahead = remote.map_or(0, |remote| remote.wall_us().saturating_sub(wall_us));
                    prop_assert!(in_range && ahead <= offset);
                }
                Err(error) => {
                    prop_assert_eq!(&clock, &before);
                    let far = remote.is_some_and(|remote| {
                        remote.wall_us().saturating_sub(wall_us) > offset
                    });
                    prop_assert!(!in_range || far || latest == HybridStamp::MAX);
                    if let Some(ReceiveError::TooFarAhead { ahead_us }) = error {
                        prop_assert!(far && ahead_us > offset);
                    }
                }
            }
        }
    }

    /// A host that crashes at any moment, and may write late, or never.
    #[test]
    fn ceiling_never_repeats_a_number(
        block in 1..9_u64,
        steps in collection::vec((0..5_u8, 0..30_u64), 0..80),
    ) {
        let block = NonZeroU64::new(block).unwrap();
        let mut ceiling = Ceiling::new(block);
        let (mut flash, mut writing, mut last) = (0, None, 0);
        for (step, number) in steps {
            match step {
                0 => match ceiling.issue() {
                    Ok(issued) => {
                        prop_assert!(issued > last && issued <= flash);
                        last = issued;
                    }
                    Err(error) => prop_assert_eq!(error, IssueError::Unreserved),
                },
                1 => {
                    let polled = ceiling.poll_output();
                    prop_assert!(polled.is_none() || writing.is_none(), "one write at a time");
                    prop_assert_eq!(ceiling.poll_output(), None, "drained");
                    writing = polled.or(writing);
                    prop_assert_eq!(ceiling.pending(), writing);
                }
                2 => if let Some(bound) = writing.take() {
                    flash = bound;
                    prop_assert_eq!(ceiling.handle_persisted(bound), Ok(()));
                    prop_assert_eq!(ceiling.handle_persisted(bound), Err(UnknownBound));
                    prop_assert_eq!(ceiling.bound(), flash);
                },
                3 => ceiling.reserve(last + number),
                _ => {
                    // The write may or may not have reached the flash before the crash.
                    if let (Some(bound), 0) = (writing.take(), number % 2) {
                        flash = bound;
                    }
                    ceiling = Ceiling::recover(block, flash);
                    prop_assert_eq!(ceiling.floor(), flash);
                }
            }
            prop_assert_eq!(ceiling.covers(last + number),
                ceiling.floor() < last + number && last + number <= flash);
        }
    }

    #[test]
    fn tick_widener_is_exact(
        rate in prop_oneof![Just(1), Just(1_000), Just(32_768), Just(1_000_000), 1..=u32::MAX],
        bits in 1..=32_u32,
        start: u32,
        steps in collection::vec(any::<u32>(), 0..20),
    ) {
        let max_tick = u32::MAX >> (32 - bits);
        let per_second = NonZeroU32::new(rate).unwrap();
        let mut clock = TickWidener::with_bits(per_second, bits, start).unwrap();
        prop_assert!(bits < 32 || clock == TickWidener::new(per_second, start));
        let in_us = |ticks: u128| u64::try_from(ticks * 1_000_000 / u128::from(rate)).unwrap();
        let mut ticks: u128 = 0;
        for step in steps {
            let step = step & max_tick;
            let deadline_us = in_us(ticks + u128::from(max_tick));
            prop_assert_eq!(clock.poll_timeout(), Some(deadline_us));
            ticks += u128::from(step);
            // What stands above the counter's bits must not matter.
            let tick = start.wrapping_add(ticks as u32);
            let noise = if bits < 32 { step << bits } else { 0 };
            prop_assert_eq!(clock.widen(tick ^ noise), in_us(ticks));
            prop_assert_eq!(clock.now_us(), in_us(ticks));
            prop_assert!(clock.now_us() <= deadline_us);
        }
    }

    #[test]
    fn jump_guard_refuses_only_leaps(
        max in 0..50_u64, steps in collection::vec((near(), near(), any::<bool>()), 1..30),
    ) {
        let mut guard = JumpGuard::new(max);
        let mut accepted: Option<(u64, u64)> = None;
        for (now_us, wall_us, force) in steps {
            let before = guard.clone();
            let due = accepted.map(|(now, wall)| wall.saturating_add(now_us.saturating_sub(now)));
            let late_now = accepted.map_or(now_us, |(now, _)| now.max(now_us));
            if force {
                guard.accept(now_us, wall_us);
                accepted = Some((late_now, wall_us));
                continue;
            }
            match guard.check(now_us, wall_us) {
                Ok(given) => {
                    prop_assert_eq!(given, wall_us);
                    prop_assert!(due.is_none_or(|due| wall_us <= due.saturating_add(max)));
                    let stepped_back = due.filter(|due| wall_us.saturating_add(max) < *due);
                    accepted = Some((late_now, stepped_back.unwrap_or(wall_us)));
                }
                Err(ForwardJump { by_us }) => {
                    prop_assert_eq!(Some(wall_us - by_us), due);
                    prop_assert!(by_us > max);
                    prop_assert_eq!(&guard, &before);
                }
            }
        }
    }
}

#[test]
fn jump_guard_lets_a_clock_step_back_and_return() {
    const HOUR_US: u64 = 3_600_000_000;
    let mut guard = JumpGuard::new(1_000_000);
    guard.check(0, 5 * HOUR_US).unwrap();
    assert_eq!(guard.check(10, 4 * HOUR_US), Ok(4 * HOUR_US));
    assert_eq!(guard.check(20, 4 * HOUR_US + 10), Ok(4 * HOUR_US + 10), "it may stay there");
    assert_eq!(guard.check(30, 5 * HOUR_US + 30), Ok(5 * HOUR_US + 30), "or return");
    let leap = guard.check(40, 6 * HOUR_US + 40);
    assert_eq!(leap, Err(ForwardJump { by_us: HOUR_US }), "but not go further");
}

#[test]
fn ceiling_at_the_end_of_numbers() {
    let block = NonZeroU64::new(10).unwrap();
    let mut ceiling = Ceiling::recover(block, u64::MAX - 1);
    assert_eq!(ceiling.issue(), Err(IssueError::Unreserved));
    assert_eq!(ceiling.poll_output(), Some(u64::MAX));
    assert_eq!(ceiling.handle_persisted(u64::MAX - 1), Err(UnknownBound));
    ceiling.handle_persisted(u64::MAX).unwrap();
    assert_eq!(ceiling.issue(), Ok(u64::MAX));
    assert_eq!(ceiling.issue(), Err(IssueError::Exhausted));
    assert_eq!(ceiling.poll_output(), None);
}

#[test]
fn ceiling_keeps_what_was_asked_for() {
    let mut ceiling = Ceiling::new(NonZeroU64::new(3).unwrap());
    ceiling.reserve(20);
    ceiling.reserve(4);
    assert_eq!(ceiling.poll_output(), Some(23), "the larger of the two");
    assert_eq!(ceiling.bound(), 0, "asked for is not durable");
    assert!(!ceiling.covers(1));
    ceiling.handle_persisted(23).unwrap();
    ceiling.reserve(21);
    assert_eq!(ceiling.poll_output(), None, "half of 3, rounded up, is left");
    ceiling.reserve(22);
    assert_eq!(ceiling.poll_output(), Some(26));
}

#[test]
fn ceiling_asks_before_it_runs_out() {
    let mut ceiling = Ceiling::new(NonZeroU64::new(10).unwrap());
    let bound = ceiling.poll_output().unwrap();
    assert_eq!(bound, 10);
    ceiling.handle_persisted(bound).unwrap();
    for issued in 1..=5 {
        assert_eq!(ceiling.poll_output(), None, "half a block is left");
        assert_eq!(ceiling.issue(), Ok(issued));
    }
    assert_eq!(ceiling.issue(), Ok(6));
    assert_eq!(ceiling.poll_output(), Some(20));
    for issued in 7..=10 {
        assert_eq!(ceiling.issue(), Ok(issued), "the write is under way");
    }
    assert_eq!(ceiling.issue(), Err(IssueError::Unreserved));
    ceiling.handle_persisted(20).unwrap();
    assert_eq!(ceiling.issue(), Ok(11));
}

#[test]
fn tick_widener_counts_systick_down() {
    let megahertz = NonZeroU32::new(1_000_000).unwrap();
    assert_eq!(TickWidener::with_bits(megahertz, 0, 0), None);
    assert_eq!(TickWidener::with_bits(megahertz, 33, 0), None);
    let mut clock = TickWidener::with_bits(megahertz, 24, !5).unwrap();
    assert_eq!(clock.widen(!2), 3);
    assert_eq!(clock.widen(!0xFF_FFFF), 6, "reloaded");
    assert_eq!(clock.poll_timeout(), Some(6 + 0xFF_FFFF));
}

#[test]
fn tick_widener_stands_still_at_the_end() {
    let mut clock = TickWidener::new(NonZeroU32::MIN, 0);
    let per_step = u64::from(u32::MAX) * 1_000_000;
    let steps = u64::MAX / per_step;
    for step in 1..=steps {
        let tick = (step as u32).wrapping_mul(u32::MAX);
        assert_eq!(clock.widen(tick), step * per_step);
    }
    assert_eq!(clock.poll_timeout(), None);
    assert_eq!(clock.widen((steps as u32 + 1).wrapping_mul(u32::MAX)), u64::MAX);
}
