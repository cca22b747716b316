//! Vector clocks of a fixed membership. The peer has none, so its version vector stands in, with
//! the positions as ids.

use crdts::CvRDT;
use criterion::{BatchSize, Criterion};
use synod_bench::{
    Random,
    versions::{self, Case, Entries},
};
use synod_clocks::VectorClock;

use crate::version_vector::{batch, compare_crdts, merge_crdts};

pub fn bench(criterion: &mut Criterion) {
    of_size::<64>(criterion);
    of_size::<1024>(criterion);
}

fn of_size<const N: usize>(criterion: &mut Criterion) {
    let (own, other) = Case::SameReplicas.sides(N, &mut Random::new(1));
    let (own, other) = (by_position(&own), by_position(&other));
    let own_clock = clock::<N>(&own);
    let other_clock = clock::<N>(&other);

    let mut group = criterion.benchmark_group(format!("vector clock merge, {N} members"));
    group.bench_function("synod", |bencher| {
        bencher.iter_batched_ref(
            || own_clock,
            |own| own.merge(std::hint::black_box(&other_clock)),
            BatchSize::NumIterations(8192 / N as u64),
        );
    });
    let pairs = [(versions::crdts(&own), versions::crdts(&other))];
    group.bench_function("crdts", |bencher| merge_crdts(bencher, &pairs, batch(N)));
    group.finish();

    let mut merged = pairs[0].0.clone();
    merged.merge(pairs[0].1.clone());
    let mut merged_clock = own_clock;
    merged_clock.merge(&other_clock);

    let mut group = criterion.benchmark_group(format!("vector clock compare, {N} members, after"));
    group.bench_function("synod", |bencher| {
        bencher.iter(|| {
            std::hint::black_box(&merged_clock).causality(std::hint::black_box(&other_clock))
        });
    });
    let pairs = [(merged, pairs[0].1.clone())];
    group.bench_function("crdts", |bencher| compare_crdts(bencher, &pairs));
    group.finish();
}

fn by_position(entries: &Entries) -> Entries {
    (0..).zip(entries.values().copied()).collect()
}

fn clock<const N: usize>(entries: &Entries) -> VectorClock<N> {
    let mut counters = [0; N];
    for (counter, known) in counters.iter_mut().zip(entries.values()) {
        *counter = *known;
    }
    VectorClock::from(counters)
}
