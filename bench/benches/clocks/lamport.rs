//! Lamport's clock, on its own: whatever offers one takes an addition and a maximum.

use std::hint::black_box;

use criterion::Criterion;
use synod_clocks::{LamportClock, LamportStamp};

pub fn bench(criterion: &mut Criterion) {
    let mut clock = LamportClock::new(1_u64);
    criterion.benchmark_group("lamport clock tick").bench_function("synod", |bencher| {
        bencher.iter(|| black_box(&mut clock).tick());
    });
    let sent = LamportStamp { time: 5, node: 2 };
    criterion.benchmark_group("lamport clock receive").bench_function("synod", |bencher| {
        bencher.iter(|| black_box(&mut clock).receive(black_box(sent)));
    });
}
