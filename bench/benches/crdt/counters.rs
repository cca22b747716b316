//! Grow-only counters of 64 replicas, of which each side is ahead on a random half.
//!
//! `dson` and `minerva` have no counters.

use std::hint::black_box;

use crdts::CvRDT;
use criterion::{BatchSize, Criterion};
use synod_bench::{Random, counters, versions::Case};
use synod_crdt::{Heap, Inline, Merge};

const REPLICAS: usize = 64;
const BATCH: BatchSize = BatchSize::NumIterations(16);

pub fn bench(criterion: &mut Criterion) {
    let (own, other) = Case::SameReplicas.sides(REPLICAS, &mut Random::new(1));
    let name = format!("grow-only counter merge, {REPLICAS} replicas");
    let mut group = criterion.benchmark_group(name);
    let sides = [counters::synod::<Inline<REPLICAS>>(&own), counters::synod(&other)];
    group.bench_function("synod inline", |bencher| {
        bencher.iter_batched_ref(|| sides[0].clone(), |own| own.merge(black_box(&sides[1])), BATCH);
    });
    let sides = [counters::synod::<Heap>(&own), counters::synod(&other)];
    group.bench_function("synod heap", |bencher| {
        bencher.iter_batched_ref(|| sides[0].clone(), |own| own.merge(black_box(&sides[1])), BATCH);
    });
    let sides = [counters::crdts(&own), counters::crdts(&other)];
    group.bench_function("crdts", |bencher| {
        bencher.iter_batched_ref(
            || sides.clone(),
            |[own, other]| own.merge(std::mem::take(black_box(other))),
            BATCH,
        );
    });
    let sides = [counters::crdt_kit(&own), counters::crdt_kit(&other)];
    group.bench_function("crdt-kit", |bencher| {
        bencher.iter_batched_ref(
            || sides[0].clone(),
            |own| crdt_kit::Crdt::merge(own, black_box(&sides[1])),
            BATCH,
        );
    });
    group.finish();
}
