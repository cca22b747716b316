//! The scenarios that broke real clocks, by number, with where they were seen: on the host and on
//! boards. (c09, c11 and c12 are of clocks that are not here yet.)
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[macro_use]
mod suite;

use core::num::{NonZeroU32, NonZeroU64};

use synod_clocks::{
    Causality, Ceiling, Dot, Full, HybridClock, HybridStamp, IncrementError, Inline, IssueError,
    LamportClock, LamportStamp, ReceiveError, Siblings, TickWidener, VectorClock, VersionVector,
};

const HOUR_US: u64 = 3_600_000_000;
const DAY_US: u64 = 24 * HOUR_US;
const SECOND_US: u64 = 1_000_000;
/// Some day in 2026, in microseconds since the Unix epoch.
const TODAY_US: u64 = 1_795_000_000_000_000;

type Version = VersionVector<u16, Inline<3>>;

fn dot(replica: u16, counter: u64) -> Dot<u16> {
    Dot::new(replica, counter).expect("a counter from 1")
}

fn stamp(wall_us: u64, counter: u64) -> HybridStamp {
    let first = HybridStamp::from_wall_us(wall_us).expect("a time in range");
    HybridStamp::from_bits(first.to_bits() + counter)
}

/// A remote stamp that equals ours, or is ahead by the counter alone, still moves us past it. (Seen
/// in calimero 2635 and 2662.)
fn c01_remote_equal_or_ahead_by_the_counter_alone() {
    let mut clock = HybridClock::new(SECOND_US);
    let ours = clock.tick(TODAY_US).unwrap();
    let received = clock.receive(TODAY_US, ours).unwrap();
    assert_eq!(received, stamp(TODAY_US, 1), "equal: one past both");

    let ahead = stamp(TODAY_US, 40);
    let received = clock.receive(TODAY_US, ahead).unwrap();
    assert_eq!(received, stamp(TODAY_US, 41), "ahead by the counter: one past the remote");

    let behind = stamp(TODAY_US, 7);
    let received = clock.receive(TODAY_US, behind).unwrap();
    assert_eq!(received, stamp(TODAY_US, 42), "behind by the counter: one past ours");
}

/// More events than the counter holds within one microsecond: the stamp carries, and never goes
/// back. (Seen in crdt-kit, and actualpy 194.)
fn c02_counter_exhausted_within_a_microsecond() {
    let mut clock = HybridClock::recover(0, stamp(TODAY_US, 4_094));
    let last_of_the_tick = clock.tick(TODAY_US).unwrap();
    assert_eq!((last_of_the_tick.wall_us(), last_of_the_tick.counter()), (TODAY_US, 4_095));
    let carried = clock.tick(TODAY_US).unwrap();
    assert_eq!((carried.wall_us(), carried.counter()), (TODAY_US + 1, 0));
    let next = clock.tick(TODAY_US + 1).unwrap();
    assert_eq!((next.wall_us(), next.counter()), (TODAY_US + 1, 1), "time caught up, no reuse");
}

/// The largest stamp there is: refused, and the clock goes on as before. (Seen in uhlc.)
fn c03_stamp_at_the_maximum() {
    let mut cautious = HybridClock::new(SECOND_US);
    let before = cautious.tick(TODAY_US).unwrap();
    let refused = cautious.receive(TODAY_US, HybridStamp::MAX);
    assert!(matches!(refused, Err(ReceiveError::TooFarAhead { .. })));
    assert_eq!(cautious.tick(TODAY_US).unwrap(), stamp(TODAY_US, 1));

    let mut trusting = HybridClock::new(u64::MAX);
    trusting.tick(TODAY_US).unwrap();
    assert_eq!(
        trusting.receive(TODAY_US, HybridStamp::MAX),
        Err(ReceiveError::Exhausted),
        "no stamp is larger, so none is issued",
    );
    assert_eq!(trusting.last(), before, "unchanged");
    assert_eq!(trusting.tick(TODAY_US).unwrap(), stamp(TODAY_US, 1));

    let mut lamport = LamportClock::recover(1_u16, 5);
    assert!(lamport.receive(LamportStamp { time: u64::MAX, node: 2 }).is_err());
    assert_eq!(lamport.tick().unwrap().time, 6, "unchanged by the refusal");
    let mut at_the_end = LamportClock::recover(1_u16, u64::MAX);
    assert!(at_the_end.tick().is_err());
    assert_eq!(at_the_end.time(), u64::MAX);
}

/// Drift is judged on receipt alone, and has a sign. (Seen in hlclock 22 and hybrid-clocks 17.)
fn c04_drift_is_checked_on_receive_and_signed() {
    let mut clock = HybridClock::new(SECOND_US);
    clock.tick(TODAY_US + DAY_US).unwrap();
    clock.tick(TODAY_US).expect("sending is not held against one's own drift");

    let last = clock.last();
    let old = stamp(TODAY_US - DAY_US, 0);
    let received = clock.receive(TODAY_US, old).expect("an old stamp is no error");
    assert!(received > last);

    let at_the_limit = stamp(TODAY_US + SECOND_US, 4_095);
    assert!(clock.receive(TODAY_US, at_the_limit).is_ok());
    let last = clock.last();
    let beyond = stamp(TODAY_US + SECOND_US + 1, 0);
    let refused = clock.receive(TODAY_US, beyond);
    assert_eq!(refused, Err(ReceiveError::TooFarAhead { ahead_us: SECOND_US + 1 }));
    assert_eq!(clock.last(), last, "unchanged");
}

/// The wall clock steps back an hour, forward a day, and stands still.
fn c05_wall_clock_steps() {
    let mut clock = HybridClock::new(SECOND_US);
    let readings = [
        TODAY_US,
        TODAY_US - HOUR_US,
        TODAY_US - HOUR_US,
        TODAY_US + DAY_US,
        TODAY_US + DAY_US,
        TODAY_US,
    ];
    let mut last = HybridStamp::MIN;
    for wall_us in readings {
        let issued = clock.tick(wall_us).unwrap();
        assert!(issued > last);
        assert!(issued.wall_us() >= wall_us);
        last = issued;
    }
    assert_eq!(last.wall_us(), TODAY_US + DAY_US, "followed upwards, never back");
}

/// A restart with the wall clock behind: no stamp and no dot is issued twice. (Seen in
/// riak_kv 679 and yrs 361.)
fn c06_restart_with_the_wall_clock_behind() {
    let minute = stamp(60 * SECOND_US, 0).to_bits();
    let mut ceiling = Ceiling::new(NonZeroU64::new(minute).unwrap());
    let mut clock = HybridClock::new(SECOND_US);
    let mut last = HybridStamp::MIN;
    let mut flash = 0;
    for step in 0..5 {
        last = clock.tick(TODAY_US + step * 40 * SECOND_US).unwrap();
        ceiling.reserve(last.to_bits());
        if let Some(bound) = ceiling.poll_output() {
            flash = bound;
            ceiling.handle_persisted(bound).unwrap();
        }
        assert!(ceiling.covers(last.to_bits()), "only then may it be used");
    }

    // The power fails; the clock chip comes back an hour behind.
    let mut clock = HybridClock::recover(SECOND_US, HybridStamp::from_bits(flash));
    let first = clock.tick(TODAY_US - HOUR_US).unwrap();
    assert!(first > last);

    let mut dots = Ceiling::new(NonZeroU64::new(16).unwrap());
    assert_eq!(dots.issue(), Err(IssueError::Unreserved), "nothing before the bound is durable");
    let bound = dots.poll_output().unwrap();
    dots.handle_persisted(bound).unwrap();
    let issued = [dots.issue(), dots.issue(), dots.issue()];
    let mut dots = Ceiling::recover(NonZeroU64::new(16).unwrap(), bound);
    let bound = dots.poll_output().unwrap();
    dots.handle_persisted(bound).unwrap();
    assert!(dots.issue().unwrap() > issued[2].unwrap());
}

/// A node that restarts again and again waits for its floor each time, and so its stamps stay with
/// its wall clock.
fn c06_restarts_do_not_run_away() {
    let ten_seconds = NonZeroU64::new(stamp(10 * SECOND_US, 0).to_bits()).unwrap();
    let mut wall_us = TODAY_US;
    let (mut flash, mut last) = (0, HybridStamp::MIN);
    for _ in 0..20 {
        let mut ceiling = Ceiling::recover(ten_seconds, flash);
        let mut clock = HybridClock::recover(SECOND_US, HybridStamp::from_bits(ceiling.floor()));
        let floor_us = clock.last().wall_us();
        assert!(floor_us <= wall_us + 15 * SECOND_US, "a block and a half at most");
        wall_us = wall_us.max(floor_us) + 1;
        let issued = clock.tick(wall_us).unwrap();
        ceiling.reserve(issued.to_bits());
        flash = ceiling.poll_output().unwrap();
        ceiling.handle_persisted(flash).unwrap();
        assert!(ceiling.covers(issued.to_bits()) && issued > last);
        assert_eq!(issued, stamp(wall_us, 0));
        last = issued;
        wall_us += SECOND_US / 10;
    }
}

/// Ids are compared, never hashed; a zero is never stored; what was never seen counts as zero.
fn c07_compared_ids_and_zero_counters() {
    /// Equal in every bit that a poor hash would look at.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Wide(u64);
    let (low, high) = (Wide(1), Wide(1 << 63 | 1));
    let mut version = VersionVector::<Wide, Inline<2>>::new();
    version.increment(low).unwrap();
    version.increment(high).unwrap();
    version.increment(high).unwrap();
    assert_eq!((version.get(low), version.get(high)), (1, 2));

    assert_eq!(Dot::new(1_u16, 0), None, "a zero counter has no dot to store");
    let mut one = Version::from_dots([dot(1, 4)]).unwrap();
    let two = Version::from_dots([dot(2, 1)]).unwrap();
    assert_eq!(one.get(2), 0);
    assert_eq!(one.causality(&two), Causality::Concurrent);
    assert_eq!(Version::new().causality(&one), Causality::Before);
    assert!(one.meet(&two), "nothing in common …");
    assert!(one.is_empty(), "… and no zero is left behind");
}

/// A full vector refuses a new id, and is as it was.
fn c08_full_vector_is_untouched() {
    let mut version = Version::from_dots([dot(1, 1), dot(3, 5), dot(5, 2)]).unwrap();
    let before = version.clone();
    let full = Full { needed: 4, capacity: 3 };
    assert_eq!(version.increment(2), Err(IncrementError::Full(full)));
    assert_eq!(version.observe(dot(9, 1)), Err(full));
    assert_eq!(version, before);

    // One entry would be news, one does not fit: neither is taken.
    let other = Version::from_dots([dot(3, 9), dot(4, 1)]).unwrap();
    assert_eq!(version.merge(&other), Err(full));
    assert_eq!(version, before);
    assert_eq!(version.increment(3), Ok(dot(3, 6)), "known ids go on");

    let mut fixed = VectorClock::<2>::new();
    assert!(fixed.increment(2).is_err());
    assert!(fixed.observe(2, 1).is_err());
    assert_eq!(fixed, VectorClock::new());
}

/// Two clients take turns, each writing with what it read before the other's last write. Siblings
/// stay as many as there are concurrent writes: two. (Seen in Riak.)
fn c10_no_sibling_explosion() {
    let mut key = Siblings::<u16, u32, Inline<2>, Inline<4>>::new();
    let mut read: [VersionVector<u16, Inline<2>>; 2] = [VersionVector::new(), VersionVector::new()];
    for round in 0..100 {
        let client = (round % 2) as usize;
        key.put(&read[client], 1, round).unwrap();
        read[client] = key.context().clone();
        assert!(key.len() <= 2, "round {round}: {} siblings", key.len());
    }
    // Whoever reads both and writes leaves one.
    let context = key.context().clone();
    key.put(&context, 2, 1_000).unwrap();
    assert!(key.values().eq(&[1_000]));
}

/// A 32-bit millisecond counter wraps after 49.7 days, also if nothing happened meanwhile.
fn f06_tick_counter_wraps_in_silence() {
    let millisecond = NonZeroU32::new(1_000).unwrap();
    let start = u32::MAX - 500;
    let mut clock = TickWidener::new(millisecond, start);
    let mut expected_us = 0;
    for _ in 0..4 {
        // Silence until the latest moment that the adapter allows.
        let deadline_us = clock.poll_timeout().unwrap();
        assert_eq!(deadline_us, expected_us + u64::from(u32::MAX) * 1_000);
        expected_us = deadline_us;
        let tick = u64::from(start) + deadline_us / 1_000;
        assert_eq!(clock.widen(tick as u32), expected_us);
    }
    assert!(expected_us > 4 * 49 * DAY_US);
}

suite! {
    c01_remote_equal_or_ahead_by_the_counter_alone
    c02_counter_exhausted_within_a_microsecond
    c03_stamp_at_the_maximum
    c04_drift_is_checked_on_receive_and_signed
    c05_wall_clock_steps
    c06_restart_with_the_wall_clock_behind
    c06_restarts_do_not_run_away
    c07_compared_ids_and_zero_counters
    c08_full_vector_is_untouched
    c10_no_sibling_explosion
    f06_tick_counter_wraps_in_silence
}
