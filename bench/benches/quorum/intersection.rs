//! Whether every quorum of one family meets every quorum of another.

use std::{hint::black_box, num::NonZeroU64, sync::Arc, time::Duration};

use criterion::{Criterion, SamplingMode};
use quorum_set::{QuorumIntersection, ThresholdQuorumSet, verify_intersection};
use synod_bench::{
    Random,
    quorums::{self, Opaque},
};
use synod_quorum::{NodeSet, Threshold, intersection};

use crate::cycle;

pub fn bench(criterion: &mut Criterion) {
    thresholds(criterion);
    search(criterion);
}

/// By arithmetic, of all thresholds alike; where quorums do not meet, ours gives two. The peer
/// shares its set of ids among its thresholds, as its documentation advises.
fn thresholds(criterion: &mut Criterion) {
    const NODES: usize = 64;
    let mut random = Random::new(1);
    let needed: Vec<(u64, u64)> =
        (0..1024).map(|_| (random.up_to(NODES as u64), random.up_to(NODES as u64))).collect();
    let operation = format!("intersection of two thresholds, {NODES} nodes");
    let mut group = criterion.benchmark_group(operation);

    let nodes: NodeSet = NodeSet::first(NODES).unwrap();
    let threshold = |needed: u64| Threshold::new(nodes, needed as usize).unwrap();
    let pairs: Vec<_> =
        needed.iter().map(|(one, other)| (threshold(*one), threshold(*other))).collect();
    group.bench_function("synod", |bencher| {
        cycle(bencher, &pairs, |(one, other)| intersection(one, other));
    });
    let ids = Arc::new(quorums::first(NODES));
    let threshold = |needed| ThresholdQuorumSet::new(NonZeroU64::new(needed).unwrap(), ids.clone());
    let pairs: Vec<_> =
        needed.iter().map(|(one, other)| (threshold(*one), threshold(*other))).collect();
    group.bench_function("quorum-set", |bencher| {
        cycle(bencher, &pairs, |(one, other)| one.intersects_with(other));
    });
    group.finish();
}

/// Of families of which nothing is known, and which always meet: all sets of the nodes are tried.
fn search(criterion: &mut Criterion) {
    const NODES: usize = 20;
    let voters = quorums::first(NODES);
    let mut group = criterion.benchmark_group(format!("intersection by search, {NODES} nodes"));
    // The peer takes a good part of a second.
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.measurement_time(Duration::from_secs(1));
    let family = Opaque(quorums::majority::<1>(&voters));
    group.bench_function("synod", |bencher| {
        bencher.iter(|| intersection(black_box(&family), black_box(&family)));
    });
    group.bench_function("quorum-set", |bencher| {
        bencher.iter(|| verify_intersection(black_box(&voters), black_box(&voters)));
    });
    group.finish();
}
