//! Hybrid clocks, none of which reads a clock of the operating system here.
//!
//! What each does for one stamp:
//!
//! - `synod` is a value that its owner changes: a range check of the wall-clock time, which is an
//!   argument, an addition and a maximum.
//! - `uhlc` is shared by reference: it calls its clock through a function pointer, takes a mutex,
//!   compares and adds, and copies its 128-bit id into the stamp. Here the function pointer leads
//!   to a load of a static. Receiving gives no stamp.
//! - `hlc-gen` is shared by reference: it loads its clock, an atomic (its `ManualClock`; a clock of
//!   one's own cannot be passed in), loads its state, splits, checks and joins it, and writes it
//!   back with a compare-and-exchange.
//!
//! So a part of the peers' time buys what ours does not offer: use from several threads without a
//! lock of one's own. Where the wall clock moves, it moves with every stamp, and telling the
//! peer so (a relaxed store to the static, `hlc-gen`'s sequentially consistent store) counts.
//!
//! Times are those of a chunk of operations, divided: long enough to hide the reading of the
//! timer, short enough for `hlc-gen`, which runs out of counters after four million stamps in one
//! millisecond.

use std::{
    hint::black_box,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use criterion::{Bencher, Criterion};
use hlc_gen::{HlcGenerator, HlcTimestamp, source::ManualClock};
use synod_clocks::{HybridClock, HybridStamp};
use uhlc::{HLC, HLCBuilder, ID, NTP64, Timestamp};

const CHUNK: usize = 4096;
/// In 2025, in microseconds.
const WALL_US: u64 = 1_750_000_000_000_000;
const WALL_MS: i64 = (WALL_US / 1000) as i64;
/// Further than any stamp here is ahead, so that the peers' checks are made and passed.
const MAX_OFFSET_S: u64 = 3600;

static UHLC_WALL: AtomicU64 = AtomicU64::new(0);

pub fn bench(criterion: &mut Criterion) {
    tick_standing(criterion);
    tick_moving(criterion);
    receive(criterion, "hybrid clock receive, stamp from the past", |step| {
        // One second behind.
        step as i64 % 2 - 1000
    });
    receive(criterion, "hybrid clock receive, stamp ahead", |step| {
        // Ever further ahead, so that the clock follows the stamp and not its wall clock.
        step as i64 + 1
    });
}

fn tick_standing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hybrid clock tick, wall clock standing still");
    group.bench_function("synod", |bencher| {
        chunks(bencher, synod, |clock, _| {
            black_box(clock.tick(black_box(WALL_US)).unwrap());
        });
    });
    group.bench_function("uhlc", |bencher| {
        chunks(bencher, uhlc, |clock, _| {
            black_box(clock.new_timestamp());
        });
    });
    group.bench_function("hlc-gen", |bencher| {
        chunks(bencher, hlc_gen, |clock, _| {
            black_box(clock.next_timestamp().unwrap());
        });
    });
    group.finish();
}

fn tick_moving(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hybrid clock tick, wall clock moving");
    group.bench_function("synod", |bencher| {
        chunks(bencher, synod, |clock, step| {
            black_box(clock.tick(black_box(WALL_US + step as u64)).unwrap());
        });
    });
    group.bench_function("uhlc", |bencher| {
        chunks(bencher, uhlc, |clock, step| {
            UHLC_WALL.store(ntp64_of(WALL_US).0 + ((step as u64) << 12), Ordering::Relaxed);
            black_box(clock.new_timestamp());
        });
    });
    group.bench_function("hlc-gen", |bencher| {
        chunks(bencher, hlc_gen, |clock, step| {
            clock.set_current_timestamp(WALL_MS + step as i64);
            black_box(clock.next_timestamp().unwrap());
        });
    });
    group.finish();
}

/// `offset_ms` gives how far the stamp received in a step is ahead of the wall clock.
fn receive(criterion: &mut Criterion, operation: &str, offset_ms: impl Fn(usize) -> i64) {
    let wall_ms: Vec<i64> = (0..CHUNK).map(|step| WALL_MS + offset_ms(step)).collect();
    let mut group = criterion.benchmark_group(operation);
    let wall_us = wall_ms.iter().map(|ms| *ms as u64 * 1000);
    let stamps: Vec<_> = wall_us.clone().map(|us| HybridStamp::from_wall_us(us).unwrap()).collect();
    group.bench_function("synod", |bencher| {
        chunks(bencher, synod, |clock, step| {
            black_box(clock.receive(black_box(WALL_US), stamps[step]).unwrap());
        });
    });
    let sender = ID::try_from([2]).unwrap();
    let stamps: Vec<_> = wall_us.map(|us| Timestamp::new(ntp64_of(us), sender)).collect();
    group.bench_function("uhlc", |bencher| {
        chunks(bencher, uhlc, |clock, step| {
            clock.update_with_timestamp(&stamps[step]).unwrap();
        });
    });
    let stamps: Vec<_> = wall_ms.iter().map(|ms| HlcTimestamp::new(*ms).unwrap()).collect();
    group.bench_function("hlc-gen", |bencher| {
        chunks(bencher, hlc_gen, |clock, step| {
            black_box(clock.update(&stamps[step]).unwrap());
        });
    });
    group.finish();
}

/// Measures `operation`, on a new clock after each chunk. It is given the number of the step.
fn chunks<Clock>(
    bencher: &mut Bencher,
    new: impl Fn() -> Clock,
    mut operation: impl FnMut(&mut Clock, usize),
) {
    bencher.iter_custom(|iterations| {
        let mut elapsed = Duration::ZERO;
        let mut left = usize::try_from(iterations).unwrap();
        while left > 0 {
            let mut clock = new();
            let chunk = left.min(CHUNK);
            let start = Instant::now();
            for step in 0..chunk {
                operation(&mut clock, step);
            }
            elapsed += start.elapsed();
            left -= chunk;
        }
        elapsed
    });
}

/// The clock has issued a stamp of its wall clock, as all below have.
fn synod() -> HybridClock {
    let mut clock = HybridClock::new(MAX_OFFSET_S * 1_000_000);
    clock.tick(WALL_US).unwrap();
    clock
}

fn uhlc() -> HLC {
    UHLC_WALL.store(ntp64_of(WALL_US).0, Ordering::Relaxed);
    let clock = HLCBuilder::new()
        .with_id(ID::try_from([1]).unwrap())
        .with_clock(|| NTP64(UHLC_WALL.load(Ordering::Relaxed)))
        .with_max_delta(Duration::from_secs(MAX_OFFSET_S))
        .build();
    clock.new_timestamp();
    clock
}

fn hlc_gen() -> HlcGenerator<ManualClock> {
    let clock = HlcGenerator::manual(MAX_OFFSET_S as usize * 1000);
    clock.set_current_timestamp(WALL_MS);
    clock.next_timestamp().unwrap();
    clock
}

fn ntp64_of(wall_us: u64) -> NTP64 {
    NTP64::from(Duration::from_micros(wall_us))
}
