//! The scenarios that broke real failure detectors, by number, with where they were seen: on the
//! host and on boards. (f06 is of `synod-clocks`, f08 to f13 and f16 are in `portable_members.rs`,
//! but f11 in the simulator's tests, and the registry's part of f13 here; f15 is in
//! `portable_leases.rs`.)
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[macro_use]
mod suite;

use synod_failure_detect::{
    Detector, Exponential, FixedTimeout, Full, HeartbeatError, Inline, Level, Logistic, Model,
    NfdE, NfdEConfig, Normal, Phi, PhiAccrual, PhiConfig, Policy, Registry, StaleHeartbeat,
};

const SECOND_US: u64 = 1_000_000;
const DOUBTED: Level = Level(1);
const GIVEN_UP: Level = Level(2);

type Accrual<M> = PhiAccrual<M, 16, 2>;
type Fresh = NfdE<16, 2>;

fn phi(tenths: u8) -> Phi {
    Phi::from_tenths(tenths).unwrap()
}

/// Doubted at φ = 1, given up at φ = 8; a heartbeat a second is expected.
fn phi_config() -> PhiConfig<2> {
    PhiConfig {
        policy: Policy::new([phi(10), phi(80)]),
        first_interval_us: SECOND_US as u32,
        min_deviation_us: 100_000,
        acceptable_pause_us: 0,
    }
}

fn accrual<M: Model>(now_us: u64) -> Accrual<M> {
    PhiAccrual::new(now_us, phi_config()).unwrap()
}

fn fixed(now_us: u64) -> FixedTimeout<2> {
    FixedTimeout::new(now_us, Policy::new([2 * SECOND_US, 4 * SECOND_US])).unwrap()
}

fn fresh(now_us: u64) -> Fresh {
    let policy = Policy::new([500_000, 2 * SECOND_US]);
    NfdE::new(now_us, NfdEConfig { policy, period_us: SECOND_US }).unwrap()
}

/// Heartbeats each second, from the first to the last second.
fn beat(detector: &mut impl Detector, first: u64, last: u64) {
    for second in first..=last {
        detector.heartbeat(second * SECOND_US, second).unwrap();
        assert_eq!(detector.poll_output(), None);
    }
}

/// Lets silence go on from deadline to deadline; gives when each level was told.
fn fall_silent(detector: &mut impl Detector) -> [u64; 2] {
    let mut told = [0; 2];
    for (level, told) in (1..).zip(&mut told) {
        let deadline_us = detector.poll_timeout().unwrap();
        detector.handle_timeout(deadline_us - 1);
        assert_eq!(detector.poll_output(), None, "not a microsecond before");
        detector.handle_timeout(deadline_us);
        assert_eq!(detector.poll_output(), Some(Level(level)), "exactly then");
        *told = deadline_us;
    }
    assert_eq!(detector.poll_timeout(), None, "and no more after the last");
    told
}

/// A peer that was never heard of expires, and so does one of which a single heartbeat came.
fn f01_no_heartbeat_and_one() {
    fn check<D: Detector>(new: fn(u64) -> D) {
        let start_us = 50 * SECOND_US;
        let mut never = new(start_us);
        let told = fall_silent(&mut never);
        assert!(start_us < told[0] && told[1] < start_us + 20 * SECOND_US, "{told:?}");

        let mut once = new(start_us);
        once.heartbeat(start_us + SECOND_US, 7).unwrap();
        assert_eq!(once.level(), Level::TRUSTED);
        let later = fall_silent(&mut once);
        assert_eq!(later, told.map(|time_us| time_us + SECOND_US));
    }
    check(fixed);
    check(fresh);
    check(accrual::<Normal>);
    check(accrual::<Logistic>);
    check(accrual::<Exponential>);
}

/// Heartbeats as regular as a clock, or all at one instant, leave no deviation: the least one
/// counts.
fn f02_zero_variance_and_identical_timestamps() {
    let mut regular = accrual::<Normal>(0);
    beat(&mut regular, 1, 50);
    // 1.28 and 5.61 times a tenth of a second after the mean.
    assert_eq!(fall_silent(&mut regular), [51_128_156, 51_561_201]);

    let config = PhiConfig { first_interval_us: 0, min_deviation_us: 0, ..phi_config() };
    let mut at_once = Accrual::<Normal>::new(0, config).unwrap();
    for sequence in 0..50 {
        at_once.heartbeat(SECOND_US, sequence).unwrap();
    }
    assert_eq!(at_once.level(), Level::TRUSTED);
    let told = fall_silent(&mut at_once);
    assert_eq!(told, [SECOND_US + 2, SECOND_US + 6], "of a microsecond");
    let mut at_once = Accrual::<Exponential>::new(0, config).unwrap();
    for sequence in 0..50 {
        at_once.heartbeat(SECOND_US, sequence).unwrap();
    }
    assert_eq!(fall_silent(&mut at_once), [SECOND_US + 3, SECOND_US + 19]);
}

/// What an outage held up comes at once after it: the mean is as before.
fn f02_a_burst_after_a_pause() {
    fn check<M: Model>() {
        let mut peer = accrual::<M>(0);
        beat(&mut peer, 1, 50);
        let before = peer.poll_timeout().unwrap() - 50 * SECOND_US;
        for time_us in [52, 60, 70].map(|second| second * SECOND_US) {
            peer.handle_timeout(time_us);
        }
        for sequence in 51..=80 {
            peer.heartbeat(80 * SECOND_US + sequence, sequence).unwrap();
        }
        let last = 80 * SECOND_US + 80;
        assert_eq!(peer.poll_timeout().unwrap() - last, before);
        for sequence in 81..=90 {
            peer.heartbeat(sequence * SECOND_US + 80, sequence).unwrap();
        }
        assert_eq!(peer.poll_timeout().unwrap() - 90 * SECOND_US - 80, before);
    }
    check::<Normal>();
    check::<Logistic>();
    check::<Exponential>();
}

/// A burst may come in parts, after two outages, or at the very beginning: the peer, which goes on
/// as before, is soon trusted for good.
fn f02_a_burst_in_parts() {
    fn check<M: Model>(bursts: &[(u64, u64)]) {
        let mut peer = accrual::<M>(0);
        let (mut sequence, mut now_us) = (0, 0);
        for (count, at_us) in bursts {
            for place in 0..*count {
                (sequence, now_us) = (sequence + 1, at_us + place);
                peer.handle_timeout(now_us.min(peer.poll_timeout().unwrap_or(now_us)));
                peer.heartbeat(now_us, sequence).unwrap();
            }
        }
        // Then each second.
        for beat in 0..40 {
            (sequence, now_us) = (sequence + 1, now_us + SECOND_US);
            if let Some(due_us) = peer.poll_timeout().filter(|due_us| *due_us <= now_us) {
                peer.handle_timeout(due_us);
                assert!(beat < 8, "it is learnt in time");
            }
            peer.heartbeat(now_us, sequence).unwrap();
        }
        assert_eq!(peer.level(), Level::TRUSTED);
        let allowed_us = peer.poll_timeout().unwrap() - now_us;
        assert!((SECOND_US..20 * SECOND_US).contains(&allowed_us), "{allowed_us}");
    }
    let regular = (1..=50).map(|second| (1, second * SECOND_US));
    let two_parts = [(20, 110 * SECOND_US), (39, 110_600_000)];
    let two_outages = [(1, 110 * SECOND_US), (60, 112 * SECOND_US)];
    let begin = [(30, 50_000)];
    let queues: [&[(u64, u64)]; 3] = [&two_parts, &two_outages, &begin];
    for queue in queues {
        let mut bursts = [(0, 0); 52];
        let before = if queue.len() > 1 { 50 } else { 0 };
        let all = regular.clone().take(before).chain(queue.iter().copied());
        for (place, burst) in bursts.iter_mut().zip(all) {
            *place = burst;
        }
        check::<Normal>(&bursts);
        check::<Logistic>(&bursts);
        check::<Exponential>(&bursts);
    }
}

/// An estimate that is far too short or too long, and a pace that changes for good, are learnt.
fn f03_a_pace_is_learnt() {
    fn check<M: Model>() {
        for estimate_us in [1_000, 100_000, 1_000_000, 3_000_000] {
            let config = PhiConfig { first_interval_us: estimate_us, ..phi_config() };
            let mut peer = Accrual::<M>::new(0, config).unwrap();
            let (mut now_us, mut sequence) = (0, 0);
            for pace_us in [SECOND_US, 60 * SECOND_US, SECOND_US / 2] {
                for _ in 0..60 {
                    if let Some(due_us) = peer.poll_timeout() {
                        peer.handle_timeout(due_us.min(now_us + pace_us));
                    }
                    (sequence, now_us) = (sequence + 1, now_us + pace_us);
                    if let Some(due_us) = peer.poll_timeout() {
                        peer.handle_timeout(due_us.min(now_us));
                    }
                    peer.heartbeat(now_us, sequence).unwrap();
                }
                let allowed_us = peer.poll_timeout().unwrap() - now_us;
                assert!(peer.level().is_trusted());
                assert!(allowed_us > pace_us && allowed_us < 5 * pace_us, "{allowed_us}");
            }
        }
    }
    check::<Normal>();
    check::<Logistic>();
    check::<Exponential>();
}

/// A peer that slows down for good is suspected three times; with hysteresis once, for as long.
fn f03_a_pace_is_suspected_until_it_is_learnt() {
    for (recover_after, suspicions) in [(1, 3), (3, 1)] {
        let policy = Policy { recover_after, ..phi_config().policy };
        let mut peer = Accrual::<Normal>::new(0, PhiConfig { policy, ..phi_config() }).unwrap();
        beat(&mut peer, 1, 50);
        let (mut was_trusted, mut suspected) = (true, 0);
        for turn in 1..20 {
            let now_us = (50 + 5 * turn) * SECOND_US;
            while let Some(due_us) = peer.poll_timeout().filter(|due_us| *due_us < now_us) {
                peer.handle_timeout(due_us);
                suspected += u8::from(was_trusted);
                was_trusted = false;
            }
            peer.heartbeat(now_us, 50 + turn).unwrap();
            was_trusted = peer.level().is_trusted();
        }
        assert!(was_trusted);
        assert_eq!(suspected, suspicions);
    }
}

/// An outage does not enter the history, so the next one is seen as soon. (Seen in Akka.)
fn f03_an_outage_does_not_excuse_the_next() {
    fn check(mut peer: impl Detector) {
        beat(&mut peer, 1, 50);
        let [first, _] = fall_silent(&mut peer);
        let took = first - 50 * SECOND_US;
        for (back, sequence) in [(1_000, 1_000), (2_000, 2_000), (3_000, 3_000)] {
            peer.heartbeat(back * SECOND_US, sequence).unwrap();
            assert_eq!(peer.poll_output(), Some(Level::TRUSTED));
            peer.heartbeat((back + 1) * SECOND_US, sequence + 1).unwrap();
            let [next, _] = fall_silent(&mut peer);
            assert_eq!(next - (back + 1) * SECOND_US, took);
        }
    }
    check(accrual::<Normal>(0));
    check(accrual::<Logistic>(0));
    check(accrual::<Exponential>(0));
    check(fresh(0));
}

/// A peer comes back with other numbers, ahead or from its next start: nothing is expected of the
/// places in time that it skipped.
fn f07_numbers_take_a_leap() {
    fn check(mut peer: impl Detector + Clone) {
        beat(&mut peer, 1, 50);
        let allowed_us = peer.poll_timeout().unwrap() - 50 * SECOND_US;
        for leap in [100, 1_000, 1 << 32] {
            let mut peer = peer.clone();
            for second in 51..=53 {
                peer.heartbeat(second * SECOND_US, second + leap).unwrap();
                assert_eq!(peer.poll_output(), None);
                let due_us = peer.poll_timeout().unwrap();
                assert_eq!(due_us - second * SECOND_US, allowed_us);
            }
        }
    }
    check(fixed(0));
    check(fresh(0));
    check(accrual::<Normal>(0));
}

/// A clock that stands still in a sleep: the host says that it slept, and goes on as before.
fn f04_the_clock_of_the_observer_stops() {
    fn check(mut peer: impl Detector) {
        beat(&mut peer, 1, 50);
        let allowed_us = peer.poll_timeout().unwrap() - 50 * SECOND_US;
        // Ten minutes that this clock has not seen, in which the peer sent on.
        peer.handle_pause(50 * SECOND_US);
        for second in 51..=60 {
            peer.heartbeat(second * SECOND_US, second + 600).unwrap();
            assert_eq!(peer.poll_output(), None);
        }
        assert_eq!(peer.poll_timeout(), Some(60 * SECOND_US + allowed_us));
    }
    check(fixed(0));
    check(fresh(0));
    check(accrual::<Normal>(0));
}

/// The observer stalls, or sleeps: nobody is convicted for it. (Seen in Cassandra.)
fn f04_the_observer_stalls() {
    fn check<D: Detector>(new: fn(u64) -> D) {
        let mut peer = new(0);
        beat(&mut peer, 1, 50);
        let deadline_us = peer.poll_timeout().unwrap();
        let allowed_us = deadline_us - 50 * SECOND_US;

        // Called a minute late: the time in between counts for nothing.
        let woken_us = deadline_us + 60 * SECOND_US;
        peer.handle_timeout(woken_us);
        assert_eq!((peer.level(), peer.poll_output()), (Level::TRUSTED, None));
        let again_us = peer.poll_timeout().unwrap();
        assert!(again_us >= woken_us + allowed_us.min(SECOND_US), "as after a heartbeat");

        // What was sent meanwhile is read in one go, and teaches nothing.
        for sequence in 51..=110 {
            peer.heartbeat(woken_us + sequence, sequence).unwrap();
            assert_eq!(peer.poll_output(), None);
        }
        let [told, _] = fall_silent(&mut peer);
        assert!(told >= woken_us + allowed_us.min(SECOND_US) && told < woken_us + 5 * SECOND_US);

        // The same for a heartbeat that finds the observer late, and for a host that knows.
        for knows in [false, true] {
            let mut peer = new(0);
            beat(&mut peer, 1, 50);
            let woken_us = 500 * SECOND_US;
            if knows {
                peer.handle_pause(woken_us);
                peer.handle_timeout(woken_us);
            }
            peer.heartbeat(woken_us, 51).unwrap();
            assert_eq!((peer.level(), peer.poll_output()), (Level::TRUSTED, None));
        }

        // A little late is not a stall.
        let mut peer = new(0);
        beat(&mut peer, 1, 50);
        peer.handle_timeout(deadline_us + SECOND_US);
        assert!(peer.level() >= DOUBTED);
        // And a microsecond more is.
        let mut peer = new(0);
        beat(&mut peer, 1, 50);
        peer.handle_timeout(deadline_us + SECOND_US + 1);
        assert_eq!(peer.level(), Level::TRUSTED);
    }
    check(fixed);
    check(fresh);
    check(accrual::<Normal>);
    check(accrual::<Logistic>);
    check(accrual::<Exponential>);
}

/// A stall is seen by all peers of a registry, also by those which were not due.
fn f04_the_observer_of_many_stalls() {
    let mut peers = Registry::<u8, FixedTimeout<1>, Inline<3>>::new(SECOND_US);
    for (id, timeout_s) in [(1, 2), (2, 62), (3, 70)] {
        let peer = FixedTimeout::new(0, Policy::new([timeout_s * SECOND_US])).unwrap();
        assert_eq!(peers.insert(id, peer), Ok(None));
    }
    assert_eq!(peers.poll_timeout(), Some(2 * SECOND_US));
    peers.handle_timeout(61 * SECOND_US); // 59 s late
    assert_eq!(peers.poll_output(), None);
    assert_eq!(peers.poll_timeout(), Some(63 * SECOND_US));
    peers.handle_timeout(63 * SECOND_US);
    assert_eq!((peers.poll_output(), peers.poll_output()), (Some((1, DOUBTED)), None));
    assert_eq!(peers.poll_timeout(), Some(123 * SECOND_US), "62 s after the stall");

    // A heartbeat that comes late shows it as well.
    peers.heartbeat(130 * SECOND_US, 3, 1).unwrap();
    assert_eq!((peers.poll_output(), peers.poll_timeout()), (None, Some(192 * SECOND_US)));
    // And a host that knows says so.
    peers.handle_pause(191 * SECOND_US);
    assert_eq!(peers.poll_timeout(), Some(253 * SECOND_US));
}

/// φ far in the tail grows on, and is a number in millionths up to 16. (Seen in Akka.)
fn f05_deep_in_the_tail() {
    fn check<M: Model>() {
        let mut peer = accrual::<M>(0);
        beat(&mut peer, 1, 50);
        let mut last = 0;
        for step in 0..2_000 {
            let now_us = 50 * SECOND_US + step * 20_000;
            let phi = peer.phi_millionths(now_us);
            assert!(phi >= last, "monotone");
            last = phi;
        }
        assert_eq!(last, 16_000_000);
        assert_eq!(peer.phi_millionths(u64::MAX), last);
        assert_eq!(peer.phi_millionths(0), peer.phi_millionths(50 * SECOND_US));
        assert_eq!(peer.level_at(u64::MAX), GIVEN_UP);
    }
    check::<Normal>();
    check::<Logistic>();
    check::<Exponential>();
}

/// What was seen, or was overtaken, is refused, and does not shrink the mean.
fn f07_duplicates_and_reordered_heartbeats() {
    fn check(mut peer: impl Detector + Clone) {
        beat(&mut peer, 1, 50);
        let mut alone = peer.clone();
        for second in 51..=60 {
            alone.heartbeat(second * SECOND_US, second).unwrap();
            peer.heartbeat(second * SECOND_US, second).unwrap();
            for old in [second, second - 1, 0] {
                let again = peer.heartbeat(second * SECOND_US + 1_000, old);
                assert_eq!(again, Err(StaleHeartbeat { latest: second }));
            }
        }
        assert_eq!(peer.poll_timeout(), alone.poll_timeout());
    }
    check(fixed(0));
    check(fresh(0));
    check(accrual::<Normal>(0));
    check(accrual::<Logistic>(0));
    check(accrual::<Exponential>(0));
}

/// One too many is refused and handed back; who is not in the table is told so.
fn f13_a_full_table() {
    let mut peers = Registry::<u16, FixedTimeout<2>, Inline<2>>::new(SECOND_US);
    assert_eq!(peers.insert(20, fixed(0)), Ok(None));
    assert_eq!(peers.insert(10, fixed(0)), Ok(None));
    let full = Full { needed: 3, capacity: 2 };
    assert_eq!(peers.insert(30, fixed(5)), Err((full, fixed(5))));
    assert_eq!(peers.heartbeat(1, 30, 1), Err(HeartbeatError::Unknown));
    assert_eq!(peers.insert(10, fixed(7)), Ok(Some(fixed(0))), "another for the same peer");
    assert_eq!(peers.remove(20), Some(fixed(0)));
    assert_eq!(peers.remove(20), None);
    assert_eq!(peers.insert(30, fixed(5)), Ok(None));
    assert_eq!(peers.len(), 2);
    assert!(peers.iter().map(|(id, _)| id).eq([10, 30]));
}

/// A peer whose heartbeats come just after the threshold does not come and go: it stays suspected
/// until some come on time.
fn f14_flapping_at_the_threshold() {
    fn changes(recover_after: u16) -> (usize, Level) {
        let policy = Policy { recover_after, ..Policy::new([SECOND_US]) };
        let mut peer = FixedTimeout::new(0, policy).unwrap();
        let (mut now_us, mut changes) = (0, 0);
        for sequence in 1..=60 {
            // Each third is late.
            now_us += if sequence % 3 == 0 { SECOND_US + 1 } else { SECOND_US - 1 };
            if let Some(deadline_us) = peer.poll_timeout().filter(|due_us| *due_us < now_us) {
                peer.handle_timeout(deadline_us);
                changes += usize::from(peer.poll_output().is_some());
            }
            peer.heartbeat(now_us, sequence).unwrap();
            changes += usize::from(peer.poll_output().is_some());
        }
        // Then all are on time.
        for sequence in 61..=70 {
            now_us += SECOND_US - 1;
            peer.heartbeat(now_us, sequence).unwrap();
        }
        (changes, peer.level())
    }
    assert_eq!(changes(1), (40, Level::TRUSTED), "up and down each time");
    assert_eq!(changes(3), (39, Level::TRUSTED), "the late one is the first of three");
    assert_eq!(changes(4), (1, Level::TRUSTED));
    assert_eq!(changes(11), (1, Level::TRUSTED));
    assert_eq!(changes(12), (1, DOUBTED), "not yet");
}

/// A threshold so low that even a heartbeat that has just come reaches it: the level falls to that,
/// and does not stay where an outage took it.
fn f14_a_level_that_is_always_reached() {
    let mut peer = FixedTimeout::new(0, Policy::new([0, 5 * SECOND_US])).unwrap();
    peer.heartbeat(1, 1).unwrap();
    assert_eq!(peer.poll_output(), Some(DOUBTED));
    peer.handle_timeout(5 * SECOND_US + 1);
    assert_eq!(peer.poll_output(), Some(GIVEN_UP));
    peer.heartbeat(5 * SECOND_US + 2, 2).unwrap();
    assert_eq!(peer.poll_output(), Some(DOUBTED));
    assert_eq!(peer.poll_timeout(), Some(10 * SECOND_US + 2));
}

/// After the last number there is no next; the peer is given a period all the same.
fn f07_the_last_number() {
    let mut peer = fresh(0);
    peer.heartbeat(SECOND_US, 1).unwrap();
    peer.heartbeat(2 * SECOND_US, u64::MAX).unwrap();
    assert_eq!(peer.poll_timeout(), Some(3_500_000));
}

/// Every decision over a long trace of losses, bursts and pauses is the same on all targets: folded
/// into one number.
fn decisions_are_the_same_on_every_target() {
    fn fold(mut peer: impl Detector) -> u64 {
        let (mut chance, mut now_us, mut digest) = (1_u64, 0, 0_u64);
        let mut next = move || {
            // SplitMix64 (Steele, Lea, Flood 2014).
            chance = chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (chance ^ (chance >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        };
        for sequence in 0..400_u64 {
            let waits_us = match next() % 40 {
                0 => next() % (30 * SECOND_US),
                1..5 => next() % 1_000,
                _ => 900_000 + next() % 200_000,
            };
            now_us += waits_us;
            while let Some(due_us) = peer.poll_timeout().filter(|due_us| *due_us <= now_us) {
                peer.handle_timeout(due_us);
                digest = digest.rotate_left(5) ^ due_us ^ u64::from(peer.level().0);
            }
            if next() % 10 > 0 {
                peer.heartbeat(now_us, sequence).unwrap();
            }
            let due_us = peer.poll_timeout().unwrap_or(0);
            digest = digest.rotate_left(5) ^ due_us ^ u64::from(peer.level().0);
        }
        digest
    }
    assert_eq!(fold(fixed(0)), 0xF84D_ADED_A897_FD38);
    assert_eq!(fold(fresh(0)), 0x0066_0762_0762_8C15);
    assert_eq!(fold(accrual::<Normal>(0)), 0xBC86_093E_3C4C_0100);
    assert_eq!(fold(accrual::<Logistic>(0)), 0x3490_FD49_A484_D5DC);
    assert_eq!(fold(accrual::<Exponential>(0)), 0xB14C_26DF_F32E_8B48);
}

suite! {
    f01_no_heartbeat_and_one
    f02_zero_variance_and_identical_timestamps
    f02_a_burst_after_a_pause
    f02_a_burst_in_parts
    f03_an_outage_does_not_excuse_the_next
    f03_a_pace_is_learnt
    f03_a_pace_is_suspected_until_it_is_learnt
    f04_the_observer_stalls
    f04_the_observer_of_many_stalls
    f04_the_clock_of_the_observer_stops
    f05_deep_in_the_tail
    f07_duplicates_and_reordered_heartbeats
    f07_numbers_take_a_leap
    f07_the_last_number
    f13_a_full_table
    f14_flapping_at_the_threshold
    f14_a_level_that_is_always_reached
    decisions_are_the_same_on_every_target
}
