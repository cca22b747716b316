//! The rules of detectors, one by one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects)]

use synod_failure_detect::{
    Detector, Exponential, FixedTimeout, HeartbeatError, Inline, Level, NfdE, NfdEConfig, Phi,
    PhiAccrual, PhiConfig, Policy, PolicyError, Registry, StaleHeartbeat,
};

const SECOND_US: u64 = 1_000_000;
const DOUBTED: Level = Level(1);

/// Doubted half a second after a heartbeat was expected, given up 2 s after it.
fn schedule() -> NfdE<16, 2> {
    let policy = Policy::new([500_000, 2 * SECOND_US]);
    NfdE::new(0, NfdEConfig { policy, period_us: SECOND_US }).unwrap()
}

/// Doubted at φ = 8: after 18.4 means.
fn waits_long() -> PhiAccrual<Exponential, 16, 1> {
    let policy = Policy::new([Phi::from_tenths(80).unwrap()]);
    PhiAccrual::new(
        0,
        PhiConfig {
            policy,
            first_interval_us: 1_000_000,
            min_deviation_us: 1,
            acceptable_pause_us: 0,
        },
    )
    .unwrap()
}

/// A heartbeat, before which the host was awake.
fn hear(peer: &mut impl Detector, now_us: u64, sequence: u64) {
    while let Some(due_us) = peer.poll_timeout().filter(|due_us| *due_us < now_us) {
        peer.handle_timeout(due_us);
    }
    peer.heartbeat(now_us, sequence).unwrap();
}

/// Ten heartbeats, one at each second.
fn beat<D: Detector>(mut peer: D) -> D {
    for second in 1..=10 {
        hear(&mut peer, second * SECOND_US, second);
    }
    peer
}

/// How long after its last heartbeat it is suspected.
fn patience_us(peer: &impl Detector, heard_us: u64) -> u64 {
    peer.poll_timeout().unwrap() - heard_us
}

/// Heartbeats that come later from now on, by more than a period beyond the last threshold: from
/// the second on, which is as late as the first, but for less than half a period.
#[test]
fn a_schedule_that_shifts_is_given_up() {
    for (second_us, is_shift) in [(17_000_000, true), (16_500_001, true), (16_500_000, false)] {
        let mut peer = beat(schedule());
        hear(&mut peer, 16 * SECOND_US, 11);
        assert_eq!(peer.level(), Level(2), "of which the next one is overdue already");
        hear(&mut peer, second_us, 12);
        if is_shift {
            assert_eq!(peer.level(), Level::TRUSTED);
            assert_eq!(patience_us(&peer, second_us), 1_500_000);
        } else {
            assert_eq!(peer.level(), Level(2));
        }
    }
}

/// What was held up comes at once, each less late by a period: the schedule is as before.
#[test]
fn a_burst_shifts_no_schedule() {
    let mut peer = beat(schedule());
    for sequence in 11..=16 {
        hear(&mut peer, 16 * SECOND_US, sequence);
    }
    // Ten heartbeats were on time, and the last three late by 2 s, 1 s and nothing.
    let mean_us = (3 * SECOND_US).div_ceil(13);
    assert_eq!(peer.poll_timeout(), Some(17 * SECOND_US + mean_us + 500_000));
}

#[test]
fn a_schedule_is_trusted_again_after_as_many_as_asked_for() {
    let policy = Policy { recover_after: 3, ..Policy::new([500_000]) };
    let config = NfdEConfig { policy, period_us: SECOND_US };
    let mut peer = beat(NfdE::<16, 1>::new(0, config).unwrap());
    peer.handle_timeout(peer.poll_timeout().unwrap());
    assert_eq!(peer.level(), DOUBTED);
    for (sequence, level) in [(11, DOUBTED), (12, DOUBTED), (13, Level::TRUSTED)] {
        // The late one, and two on time.
        let now_us = if sequence == 11 { 11_600_000 } else { sequence * SECOND_US };
        hear(&mut peer, now_us, sequence);
        assert_eq!(peer.level(), level, "{sequence}");
    }
}

/// After an outage, what comes in less than half of the mean was held up by it.
#[test]
fn half_of_the_mean_is_not_early() {
    let mut peer = beat(waits_long());
    let usual_us = patience_us(&peer, 10 * SECOND_US);
    hear(&mut peer, 70 * SECOND_US, 11);
    assert_eq!(patience_us(&peer, 70 * SECOND_US), usual_us);
    for (interval_us, is_learnt) in [(499_999, false), (500_000, true)] {
        let mut peer = peer.clone();
        let now_us = 70 * SECOND_US + interval_us;
        hear(&mut peer, now_us, 12);
        assert_eq!(patience_us(&peer, now_us) < usual_us, is_learnt, "{interval_us}");
    }
}

/// Three outages in a row are a pace if none is more than twice as long as the one before it.
#[test]
fn outages_that_are_not_alike_are_no_pace() {
    for (outages, is_pace) in
        [([60, 200, 700], false), ([60, 120, 60], true), ([60, 121, 60], false)]
    {
        let mut peer = beat(waits_long());
        let usual_us = patience_us(&peer, 10 * SECOND_US);
        let mut now_us = 10 * SECOND_US;
        for (sequence, outage) in (11..).zip(outages) {
            now_us += outage * SECOND_US;
            hear(&mut peer, now_us, sequence);
        }
        assert_eq!(patience_us(&peer, now_us) > usual_us, is_pace, "{outages:?}");
    }
}

/// Being late by as much as is allowed is not to stand still.
#[test]
fn a_registry_may_be_called_a_little_late() {
    for (late_us, is_told) in [(500_000, true), (500_001, false)] {
        let mut peers = Registry::<u8, FixedTimeout<1>, Inline<2>>::new(500_000);
        let policy = Policy { max_late_us: 10 * SECOND_US, ..Policy::new([SECOND_US]) };
        peers.insert(7, FixedTimeout::new(0, policy).unwrap()).unwrap();
        peers.handle_timeout(SECOND_US + late_us);
        assert_eq!(peers.poll_output().is_some(), is_told, "{late_us}");
    }
}

#[test]
fn thresholds_of_phi_are_from_a_tenth_to_sixteen() {
    assert_eq!([0, 161, 255].map(Phi::from_tenths), [None; 3]);
    assert_eq!([1, 160].map(Phi::from_tenths), [Some(Phi::MIN), Some(Phi::MAX)]);
}

#[test]
fn errors_say_what_is_wrong() {
    let stale = StaleHeartbeat { latest: 7 };
    let texts = [
        (stale.to_string(), "not newer than heartbeat 7"),
        (HeartbeatError::Stale(stale).to_string(), "not newer than heartbeat 7"),
        (HeartbeatError::Unknown.to_string(), "a heartbeat of an unknown peer"),
        (PolicyError::Unsorted.to_string(), "thresholds are not in ascending order"),
        (PolicyError::Levels.to_string(), "thresholds must be 1 to 255"),
    ];
    for (text, expected) in texts {
        assert_eq!(text, expected);
    }
    let mut peers = Registry::<u8, FixedTimeout<1>, Inline<2>>::new(0);
    let peer = FixedTimeout::new(0, Policy::new([5])).unwrap();
    let shown = format!("{{7: {peer:?}}}");
    peers.insert(7, peer).unwrap();
    assert_eq!(format!("{peers:?}"), shown);
}
