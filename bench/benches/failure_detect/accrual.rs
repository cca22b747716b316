//! φ accrual detectors with the last 100 intervals of about a second, which vary by a tenth.
//!
//! What each does for a heartbeat and a decision half a second later:
//!
//! - `synod` checks the sequence number, whether the level has changed and whether the observer
//!   stood still, and keeps exact sums.
//! - `phi-accrual-failure-detector` computes φ twice, each with an exponential and a logarithm. Its
//!   clock is a cell here, so that none of the operating system is measured.
//! - `phi-detector` has no window, no threshold and no state: it adds to two sums, which are of all
//!   intervals up to 10,000, and computes φ once.

use std::{cell::Cell, hint::black_box, rc::Rc, time::Duration};

use criterion::{Criterion, measurement::WallTime};
use phi_accrual_failure_detector::{Clock, Detector as _, FailureDetector};
use phi_detector::PingWindow;
use synod_bench::Random;
use synod_failure_detect::{
    Detector, Exponential, FixedTimeout, Logistic, Model, NfdE, NfdEConfig, Normal, Phi,
    PhiAccrual, PhiConfig, Policy,
};

type Group<'a> = criterion::BenchmarkGroup<'a, WallTime>;

const SECOND_US: u64 = 1_000_000;

pub fn bench(criterion: &mut Criterion) {
    let mut random = Random::new(1);
    let intervals: Vec<u64> = (0..256).map(|_| 900_000 + random.up_to(200_000)).collect();

    let mut group = criterion.benchmark_group("phi-accrual heartbeat and decision");
    synod::<Normal>(&mut group, "synod normal", &intervals);
    synod::<Logistic>(&mut group, "synod logistic", &intervals);
    synod::<Exponential>(&mut group, "synod exponential", &intervals);
    akka(&mut group, &intervals);
    all_intervals(&mut group, &intervals);
    group.finish();

    let mut group = criterion.benchmark_group("fixed timeout, heartbeat and decision");
    each(&mut group, "synod", &intervals, FixedTimeout::new(0, Policy::new([SECOND_US])).unwrap());
    group.finish();
    let mut group = criterion.benchmark_group("NFD-E of 100 lags, heartbeat and decision");
    let config = NfdEConfig { policy: Policy::new([SECOND_US]), period_us: SECOND_US };
    each(&mut group, "synod", &intervals, NfdE::<100, 1>::new(0, config).unwrap());
    group.finish();

    let mut peer = accrual::<Normal>();
    let mut now_us = 0;
    for (sequence, interval_us) in (1..).zip(&intervals) {
        now_us += interval_us;
        peer.heartbeat(now_us, sequence).unwrap();
    }
    let mut group = criterion.benchmark_group("phi-accrual deadline");
    group
        .bench_function("synod normal", |bencher| bencher.iter(|| black_box(&peer).poll_timeout()));
    group.finish();
    let mut group = criterion.benchmark_group("phi as a number");
    let now_us = now_us + SECOND_US;
    group.bench_function("synod normal", |bencher| {
        bencher.iter(|| black_box(&peer).phi(black_box(now_us)));
    });
    group.bench_function("synod normal by table", |bencher| {
        bencher.iter(|| black_box(&peer).phi_millionths(black_box(now_us)));
    });
    group.finish();
}

fn accrual<M: Model>() -> PhiAccrual<M, 100, 1> {
    let config = PhiConfig {
        policy: Policy::new([Phi::from_tenths(80).unwrap()]),
        first_interval_us: 1_000_000,
        min_deviation_us: 10_000,
        acceptable_pause_us: 0,
    };
    PhiAccrual::new(0, config).unwrap()
}

fn synod<M: Model>(group: &mut Group<'_>, name: &str, intervals: &[u64]) {
    each(group, name, intervals, accrual::<M>());
}

/// A heartbeat after each interval, and a decision half a second after it.
fn each(group: &mut Group<'_>, name: &str, intervals: &[u64], mut peer: impl Detector) {
    let (mut now_us, mut sequence) = (0, 0);
    let mut intervals = intervals.iter().cycle();
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            now_us += intervals.next().unwrap();
            sequence += 1;
            let taken = peer.heartbeat(black_box(now_us), sequence);
            (taken, peer.level_at(now_us + SECOND_US / 2))
        });
    });
}

/// A clock that is set.
#[derive(Clone, Default)]
struct Hand(Rc<Cell<Duration>>);

impl Clock for Hand {
    type Timestamp = Duration;

    fn timestamp(&self) -> Duration {
        self.0.get()
    }

    fn elapsed(before: &Duration, after: &Duration) -> Duration {
        after.saturating_sub(*before)
    }
}

fn akka(group: &mut Group<'_>, intervals: &[u64]) {
    let hand = Hand::default();
    let peer = FailureDetector::<phi_accrual_failure_detector::UnsyncState<_>>::builder()
        .min_std_deviation(Duration::from_millis(10))
        .acceptable_heartbeat_pause(Duration::ZERO)
        .clock(hand.clone())
        .build()
        .unwrap();
    let mut intervals = intervals.iter().cycle();
    let half = Duration::from_millis(500);
    group.bench_function("phi-accrual-failure-detector", |bencher| {
        bencher.iter(|| {
            let now = hand.0.get() + Duration::from_micros(*intervals.next().unwrap());
            hand.0.set(black_box(now));
            peer.heartbeat();
            hand.0.set(now + half);
            let is_available = peer.is_available();
            hand.0.set(now);
            is_available
        });
    });
}

fn all_intervals(group: &mut Group<'_>, intervals: &[u64]) {
    let mut peer = PingWindow::new(Duration::from_secs(1));
    let mut intervals = intervals.iter().cycle();
    group.bench_function("phi-detector", |bencher| {
        bencher.iter(|| {
            peer.add_ping(Duration::from_micros(*intervals.next().unwrap()));
            peer.normal_dist().phi(black_box(Duration::from_millis(500))) < 8.0
        });
    });
}
