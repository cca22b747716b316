//! What the papers say of their detectors.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use synod_failure_detect::{
    Detector, Level, NfdE, NfdEConfig, Normal, Phi, PhiAccrual, PhiConfig, Policy,
};

/// Chance, the same in each run: SplitMix64 (Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    /// Between 0 and 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

const PERIOD_US: u64 = 1_000_000;
const MEAN_DELAY_US: f64 = 200_000.0;

/// How often a live peer is suspected wrongly, and for how long: by Theorem 5 of the paper, with
/// exponential delays, losses and the margin `alpha_us`.
fn expected(alpha_us: f64, loss: f64) -> (f64, f64) {
    let period = PERIOD_US as f64;
    // The freshness point lies so much after the sending of its heartbeat.
    let delta = MEAN_DELAY_US + alpha_us;
    let later = |time: f64| if time <= 0.0 { 1.0 } else { (-time / MEAN_DELAY_US).exp() };
    let missing = |j: f64, x: f64| loss + (1.0 - loss) * later(delta + x - j * period);
    let last = (delta / period).ceil() as u32;
    let suspected = |x: f64| (0..=last).map(|j| missing(f64::from(j), x)).product::<f64>();
    let before = (1.0 - loss) * (1.0 - later(delta + period));
    let mistake = before * suspected(0.0);
    let steps = if cfg!(miri) { 10 } else { 100_000 };
    let width = period / f64::from(steps);
    let integral: f64 = (0..steps).map(|step| suspected((f64::from(step) + 0.5) * width)).sum();
    (period / mistake, integral * width / mistake)
}

/// The same, as it happens: the mean time between mistakes and the mean time that one lasts.
fn measured(alpha_us: u64, loss: f64, heartbeats: u64) -> (f64, f64) {
    let mut chance = Chance(heartbeats ^ alpha_us);
    let mut arrivals: Vec<(u64, u64)> = (1..=heartbeats)
        .filter_map(|sequence| {
            let delay_us = -(1.0 - chance.next()).ln() * MEAN_DELAY_US;
            (chance.next() >= loss).then_some((sequence * PERIOD_US + delay_us as u64, sequence))
        })
        .collect();
    arrivals.sort_unstable();

    let config = NfdEConfig { policy: Policy::new([alpha_us]), period_us: PERIOD_US };
    let mut peer = NfdE::<1024, 1>::new(0, config).unwrap();
    let (mut mistakes, mut wrong_us, mut since_us) = (0_u64, 0, 0);
    let mut note = |level: Option<Level>, now_us: u64| match level {
        Some(Level::TRUSTED) => wrong_us += now_us - since_us,
        Some(_) => (mistakes, since_us) = (mistakes + 1, now_us),
        None => {}
    };
    for (now_us, sequence) in arrivals {
        if let Some(due_us) = peer.poll_timeout().filter(|due_us| *due_us <= now_us) {
            peer.handle_timeout(due_us);
            note(peer.poll_output(), due_us);
        }
        let _overtaken = peer.heartbeat(now_us, sequence);
        note(peer.poll_output(), now_us);
    }
    let time_us = (heartbeats * PERIOD_US) as f64;
    (time_us / mistakes as f64, wrong_us as f64 / mistakes as f64)
}

/// Chen, Toueg, Aguilera 2002: the mistake recurrence time and the mistake duration.
#[test]
fn nfd_makes_as_many_mistakes_as_the_theorem_says() {
    let heartbeats = if cfg!(miri) { 200 } else { 200_000 };
    for (alpha_us, loss) in
        [(0, 0.01), (300_000, 0.01), (300_000, 0.1), (900_000, 0.1), (1_500_000, 0.2)]
    {
        let (recurrence, duration) = expected(alpha_us as f64, loss);
        let (real_recurrence, real_duration) = measured(alpha_us, loss, heartbeats);
        if cfg!(miri) {
            continue;
        }
        assert!((real_recurrence / recurrence - 1.0).abs() < 0.05);
        assert!((real_duration / duration - 1.0).abs() < 0.05);
    }
}

/// Hayashibara, Défago, Yared, Katayama 2004, section 4.1: with a threshold of φ = 1 a suspicion is
/// wrong with a chance of about 10 %, with 2 of 1 %, with 3 of 0.1 %.
#[test]
fn phi_is_the_chance_of_a_mistake() {
    let phi = |tenths| Phi::from_tenths(tenths).unwrap();
    let config = PhiConfig {
        policy: Policy::new([phi(10), phi(20), phi(30), Phi::MAX]),
        first_interval_us: 1_000_000,
        min_deviation_us: 1,
        acceptable_pause_us: 0,
    };
    let mut peer = PhiAccrual::<Normal, 1000, 4>::new(0, config).unwrap();
    let (mut chance, mut now_us, mut mistakes) = (Chance(7), 0.0, [0.0; 3]);
    let heartbeats = if cfg!(miri) { 200 } else { 200_000 };
    for sequence in 1..=heartbeats {
        // Two uniform numbers make a normal one (Box and Muller).
        let (radius, angle) = ((-2.0 * (1.0 - chance.next()).ln()).sqrt(), chance.next());
        now_us += 1_000_000.0 + 100_000.0 * radius * (angle * core::f64::consts::TAU).cos();
        let level = usize::from(peer.level_at(now_us as u64).0);
        for mistakes in mistakes.iter_mut().take(level) {
            *mistakes += 1.0 / f64::from(heartbeats);
        }
        peer.heartbeat(now_us as u64, u64::from(sequence as u32)).unwrap();
    }
    if !cfg!(miri) {
        for (share, chance) in mistakes.iter().zip([0.1, 0.01, 0.001]) {
            assert!((share / chance - 1.0).abs() < 0.1, "{share}");
        }
    }
}
