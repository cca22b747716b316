//! Properties of every detector, over random traces.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.

use proptest::prelude::*;
use synod_failure_detect::{
    Detector, Exponential, FixedTimeout, Level, Logistic, Model, NfdE, NfdEConfig, Normal, Phi,
    PhiAccrual, PhiConfig, Policy, PolicyError,
};

/// What happens to a peer, and how long after what happened before.
#[derive(Clone, Copy, Debug)]
struct Step {
    after_us: u64,
    event: Event,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Heartbeat { skips: u64 },
    Old { back: u64 },
    Timeout,
    Pause,
}

fn spans() -> impl Strategy<Value = u64> {
    let any_length = (any::<u64>(), 20..64_u32).prop_map(|(span, shift)| span >> shift);
    prop_oneof![4 => 900_000..1_100_000_u64, 2 => 0..1_000_u64, 1 => any_length]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let event = prop_oneof![
        6 => prop_oneof![9 => Just(0), 1 => 1..5_u64, 1 => any::<u64>()]
            .prop_map(|skips| Event::Heartbeat { skips }),
        1 => (0..3_u64).prop_map(|back| Event::Old { back }),
        2 => Just(Event::Timeout),
        1 => Just(Event::Pause),
    ];
    let step = (spans(), event).prop_map(|(after_us, event)| Step { after_us, event });
    proptest::collection::vec(step, 0..60)
}

fn policy<T>(thresholds: [T; 2]) -> impl Strategy<Value = Policy<T, 2>> + Clone
where
    T: Copy + core::fmt::Debug + 'static,
{
    let late = prop_oneof![Just(0), Just(1_000_000), Just(u64::MAX)];
    (0..4_u16, late).prop_map(move |(recover_after, max_late_us)| Policy {
        recover_after,
        max_late_us,
        ..Policy::new(thresholds)
    })
}

fn phi_config() -> impl Strategy<Value = PhiConfig<2>> {
    let phi = |range| Strategy::prop_map(range, |tenths| Phi::from_tenths(tenths).unwrap());
    let policy = (phi(1..40_u8), phi(40..160_u8)).prop_flat_map(|(low, high)| policy([low, high]));
    let spans = [0, 1, 100_000, 1_000_000, u32::MAX];
    let span = move || proptest::sample::select(spans.to_vec());
    (policy, span(), span(), span()).prop_map(|(policy, first, least, pause)| PhiConfig {
        policy,
        first_interval_us: first,
        min_deviation_us: least,
        acceptable_pause_us: pause,
    })
}

/// Runs a trace, and checks after each step what every detector promises.
fn check(mut peer: impl Detector + Clone + PartialEq + core::fmt::Debug, steps: &[Step]) {
    let (mut now_us, mut sequence) = (0_u64, 0_u64);
    for step in steps {
        now_us = now_us.saturating_add(step.after_us);
        let before = peer.level();
        match step.event {
            Event::Heartbeat { skips } => {
                let next = sequence.saturating_add(skips).saturating_add(1);
                let is_news = next > sequence;
                assert_eq!(peer.heartbeat(now_us, next).is_ok(), is_news);
                sequence = next;
            }
            Event::Old { back } => {
                // What is old does what a timeout does.
                let mut other = peer.clone();
                other.handle_timeout(now_us);
                if sequence > back {
                    let stale = peer.heartbeat(now_us, sequence - back).unwrap_err();
                    assert_eq!(stale.latest, sequence);
                    assert_eq!(peer, other);
                }
                peer = other;
            }
            Event::Timeout => {
                peer.handle_timeout(now_us);
                assert!(peer.level() >= before, "only a heartbeat ends a suspicion");
            }
            Event::Pause => {
                peer.handle_pause(now_us);
                assert_eq!(peer.level(), before);
            }
        }
        holds(&peer, now_us);
        // What is told is the level, once.
        let told = peer.poll_output();
        assert!(told.is_none_or(|level| level == peer.level()));
        assert_eq!(peer.poll_output(), None);
    }
}

fn holds(peer: &(impl Detector + Clone + PartialEq + core::fmt::Debug), now_us: u64) {
    // A time that runs backwards is none.
    let (mut back, mut same) = (peer.clone(), peer.clone());
    back.handle_timeout(0);
    same.handle_timeout(now_us);
    assert_eq!((back.level(), back.poll_timeout()), (same.level(), same.poll_timeout()));
    // The level rises exactly at the deadline, and never falls with time.
    match peer.poll_timeout() {
        None => assert_eq!(peer.level(), Level(2)),
        Some(due_us) => {
            assert!(peer.level() < Level(2));
            assert!(peer.level_at(due_us) > peer.level());
            if due_us > now_us {
                assert_eq!(peer.level_at(due_us - 1), peer.level());
                let mut early = peer.clone();
                early.handle_timeout(due_us - 1);
                assert_eq!((early.level(), early.poll_timeout()), (peer.level(), Some(due_us)));
                early.handle_timeout(due_us);
                assert_eq!(early.level(), peer.level_at(due_us));
            }
        }
    }
    let mut last = peer.level();
    for bits in 0..64 {
        let level = peer.level_at(now_us.saturating_add((1 << bits) - 1));
        assert!(level >= last);
        last = level;
    }
}

/// φ by the table passes a threshold where the detector does, but for its error.
fn phi_agrees<M: Model>(config: PhiConfig<2>, steps: &[Step]) {
    let (mut peer, mut now_us) = (PhiAccrual::<M, 8, 2>::new(0, config).unwrap(), 0_u64);
    for (sequence, step) in (1..).zip(steps) {
        now_us = now_us.saturating_add(step.after_us);
        peer.heartbeat(now_us, sequence).unwrap();
        let Some(due_us) = peer.poll_timeout() else { continue };
        if due_us <= now_us || !peer.level().is_trusted() {
            continue;
        }
        let threshold = u32::from(config.policy.thresholds[0].tenths()) * 100_000;
        assert!(peer.phi_millionths(due_us) >= threshold - 300);
        let before = peer.phi_millionths(due_us - 1);
        // A step of a microsecond may be a large one.
        assert!(before < threshold + 300, "{before}");
    }
}

proptest! {
    #[test]
    fn fixed_timeouts(policy in policy([1_000_000, 5_000_000]), steps in steps()) {
        check(FixedTimeout::new(0, policy).unwrap(), &steps);
    }

    #[test]
    fn freshness_points(
        policy in policy([100_000, 3_000_000]),
        period_us in prop_oneof![Just(1_000_000), Just(0), Just(u64::MAX)],
        steps in steps(),
    ) {
        check(NfdE::<8, 2>::new(0, NfdEConfig { policy, period_us }).unwrap(), &steps);
    }

    #[test]
    fn phi_normal(config in phi_config(), steps in steps()) {
        check(PhiAccrual::<Normal, 8, 2>::new(0, config).unwrap(), &steps);
        phi_agrees::<Normal>(config, &steps);
    }

    #[test]
    fn phi_logistic(config in phi_config(), steps in steps()) {
        check(PhiAccrual::<Logistic, 8, 2>::new(0, config).unwrap(), &steps);
        phi_agrees::<Logistic>(config, &steps);
    }

    #[test]
    fn phi_exponential(config in phi_config(), steps in steps()) {
        check(PhiAccrual::<Exponential, 8, 2>::new(0, config).unwrap(), &steps);
        phi_agrees::<Exponential>(config, &steps);
    }

    /// What left the window left no trace: the sums are exact.
    #[test]
    fn only_the_latest_intervals_count(
        old in proptest::collection::vec(1_000_000..2_000_000_u64, 0..300),
        new in proptest::collection::vec(1_000_000..1_500_000_u64, 16),
    ) {
        let config = PhiConfig {
            policy: Policy::new([Phi::from_tenths(30).unwrap(), Phi::MAX]),
            first_interval_us: 1_000_000,
            min_deviation_us: 1,
            acceptable_pause_us: u32::MAX,
        };
        let deadline_after = |intervals: &[u64]| {
            let (mut peer, mut now_us) = (PhiAccrual::<Normal, 16, 2>::new(0, config).unwrap(), 0);
            peer.heartbeat(0, 1).unwrap();
            for (sequence, interval_us) in (2..).zip(intervals) {
                now_us += interval_us;
                peer.heartbeat(now_us, sequence).unwrap();
            }
            peer.poll_timeout().unwrap() - now_us
        };
        let all: Vec<u64> = old.into_iter().chain(new.iter().copied()).collect();
        prop_assert_eq!(deadline_after(&all), deadline_after(&new));
    }

    /// The deadline of the exponential model is the mean of the window, times φ ln 10.
    #[test]
    fn an_exponential_deadline_is_of_the_mean(
        intervals in proptest::collection::vec(800_000..1_200_000_u64, 2..40),
        tenths in 4..160_u8,
    ) {
        let config = PhiConfig {
            policy: Policy::new([Phi::from_tenths(tenths).unwrap()]),
            first_interval_us: 1_000_000,
            min_deviation_us: 1,
            acceptable_pause_us: u32::MAX,
        };
        let (mut peer, mut now_us) = (PhiAccrual::<Exponential, 16, 1>::new(0, config).unwrap(), 0);
        peer.heartbeat(0, 1).unwrap();
        let mut window = vec![750_000.0, 1_250_000.0];
        for (sequence, interval_us) in (2..).zip(&intervals) {
            now_us += interval_us;
            peer.heartbeat(now_us, sequence).unwrap();
            window.push(f64::from(u32::try_from(*interval_us).unwrap()));
        }
        let latest = window.split_off(window.len().saturating_sub(16));
        let mean = latest.iter().sum::<f64>() / f64::from(u32::try_from(latest.len()).unwrap());
        let wait = mean * f64::from(tenths) / 10.0 * core::f64::consts::LN_10;
        let waits = peer.poll_timeout().unwrap() - now_us - u64::from(u32::MAX);
        prop_assert!((wait - f64::from(u32::try_from(waits).unwrap())).abs() < 1.5);
    }
}

#[test]
fn there_are_1_to_255_levels() {
    assert_eq!(FixedTimeout::<0>::new(0, Policy::new([])).err(), Some(PolicyError::Levels));
    let thresholds: [u64; 256] = core::array::from_fn(|level| level as u64 + 1);
    assert_eq!(FixedTimeout::new(0, Policy::new(thresholds)).err(), Some(PolicyError::Levels));
    let thresholds: [u64; 255] = core::array::from_fn(|level| level as u64 + 1);
    let peer = FixedTimeout::new(0, Policy { max_late_us: u64::MAX, ..Policy::new(thresholds) });
    assert_eq!(peer.unwrap().level_at(1_000), Level(255));
    assert_eq!(FixedTimeout::new(0, Policy::new([2, 2])).err(), Some(PolicyError::Unsorted));
}
