//! Version vectors of a changing membership, with ids of 64 random bits.
//!
//! The peer's merge consumes the other side; both sides are cloned outside the measurement. Ours
//! borrows it. `Heap` allocates within the measurement where a merge adds replicas, and so does
//! the peer. Each case runs over as many pairs as have 16,384 entries, lest a branch predictor
//! learn them.

use std::hint::black_box;

use crdts::{CvRDT, VClock};
use criterion::{BatchSize, Bencher, Criterion};
use synod_bench::{
    Random,
    versions::{self, Case, Entries},
};
use synod_clocks::{Capacity, Heap, Inline, VersionVector};

const ENTRIES: usize = 16_384;

pub fn bench(criterion: &mut Criterion) {
    of_size::<64, 128>(criterion);
    of_size::<1024, 2048>(criterion);
}

fn of_size<const N: usize, const CAPACITY: usize>(criterion: &mut Criterion) {
    for case in [Case::SameReplicas, Case::HalfShared, Case::Subset, Case::OneDot, Case::Equal] {
        let pairs = pairs(case, N);
        let operation = format!("version vector merge, {N} entries, {}", case.name());
        let mut group = criterion.benchmark_group(operation);
        group.bench_function("synod inline", |bencher| {
            merge_synod::<Inline<CAPACITY>>(bencher, &pairs, batch(N));
        });
        group.bench_function("synod heap", |bencher| {
            merge_synod::<Heap>(bencher, &pairs, batch(N));
        });
        let pairs = convert(&pairs, versions::crdts);
        group.bench_function("crdts", |bencher| merge_crdts(bencher, &pairs, batch(N)));
        group.finish();
    }
    for case in [Case::After, Case::Equal, Case::HalfShared] {
        let pairs = pairs(case, N);
        let operation = format!("version vector compare, {N} entries, {}", case.name());
        let mut group = criterion.benchmark_group(operation);
        let ours = convert(&pairs, versions::synod::<Heap>);
        group.bench_function("synod", |bencher| {
            let mut pairs = ours.iter().cycle();
            bencher.iter(|| {
                let (own, other) = black_box(pairs.next().unwrap());
                own.causality(other)
            });
        });
        let pairs = convert(&pairs, versions::crdts);
        group.bench_function("crdts", |bencher| compare_crdts(bencher, &pairs));
        group.finish();
    }
}

fn pairs(case: Case, size: usize) -> Vec<(Entries, Entries)> {
    let mut random = Random::new(size as u64);
    (0..ENTRIES / size).map(|_| case.sides(size, &mut random)).collect()
}

fn convert<T>(pairs: &[(Entries, Entries)], side: impl Fn(&Entries) -> T) -> Vec<(T, T)> {
    let pairs = pairs.iter();
    pairs.map(|(own, other)| (side(own), side(other))).collect()
}

/// So few clones at a time that they stay in the nearest caches, and so many that reading the
/// timer does not count.
pub fn batch(size: usize) -> BatchSize {
    BatchSize::NumIterations(1.max(2048 / size as u64).min(16))
}

fn merge_synod<C: Capacity>(bencher: &mut Bencher, pairs: &[(Entries, Entries)], batch: BatchSize) {
    let pairs = convert(pairs, versions::synod::<C>);
    let mut pairs = pairs.iter().cycle();
    bencher.iter_batched_ref(
        || {
            let (own, other) = pairs.next().unwrap();
            (own.clone(), other)
        },
        |(own, other): &mut (VersionVector<u64, C>, _)| own.merge(other),
        batch,
    );
}

pub fn merge_crdts(bencher: &mut Bencher, pairs: &[(VClock<u64>, VClock<u64>)], batch: BatchSize) {
    let mut pairs = pairs.iter().cycle();
    bencher.iter_batched_ref(
        || pairs.next().unwrap().clone(),
        |(own, other)| own.merge(std::mem::take(other)),
        batch,
    );
}

pub fn compare_crdts(bencher: &mut Bencher, pairs: &[(VClock<u64>, VClock<u64>)]) {
    let mut pairs = pairs.iter().cycle();
    bencher.iter(|| {
        let (own, other) = black_box(pairs.next().unwrap());
        own.partial_cmp(other)
    });
}
