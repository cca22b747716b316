//! Add-wins sets of random 64-bit elements, added by four replicas.
//!
//! What is merged is cloned outside of the measurement, as two of the peers consume it. What an
//! addition of `crdts` sends is no delta but an operation: it must come once and in order, and
//! applying it compares nothing. `dson` and `minerva` have no sets, but what one is made of.
//! `crdt-kit` keeps a tombstone for each removal.
//!
//! Of a million elements, the peers whose merge of one element looks at all others are left out: they
//! take as much longer as there are more of them.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{BatchSize, Bencher, BenchmarkGroup, Criterion, measurement::WallTime};
use synod_bench::{
    Random,
    sets::{self, CrdtKit, Crdts, Dson, Minerva, Set, Synod},
};

type Group<'a> = BenchmarkGroup<'a, WallTime>;

const THOUSANDS: usize = 10_000;
const MILLION: usize = 1_000_000;
const SHORT: Duration = Duration::from_millis(100);

pub fn bench(criterion: &mut Criterion) {
    merge(criterion);
    into_empty(criterion);
    one_element(criterion);
    add(criterion);
}

fn merge(criterion: &mut Criterion) {
    let name = "add-wins set merge, 10000 elements, 1 % differ";
    let mut group = criterion.benchmark_group(name);
    merge_of::<Synod>(&mut group, "synod", THOUSANDS);
    group.sample_size(20);
    merge_of::<Crdts>(&mut group, "crdts", THOUSANDS);
    merge_of::<Dson>(&mut group, "dson", THOUSANDS);
    merge_of::<Minerva>(&mut group, "minerva", THOUSANDS);
    merge_of::<CrdtKit>(&mut group, "crdt-kit", THOUSANDS);
    group.finish();

    let name = "add-wins set merge, 1000000 elements, 1 % differ";
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    merge_of::<Synod>(&mut group, "synod", MILLION);
    merge_of::<Crdts>(&mut group, "crdts", MILLION);
    group.finish();
}

fn merge_of<S: Set>(group: &mut Group, name: &str, size: usize) {
    let (own, other) = sets::that_differ::<S>(size, &mut Random::new(1));
    group.bench_function(name, |bencher| merge_into(bencher, &own, &other));
}

fn merge_into<S: Set>(bencher: &mut Bencher, own: &S, other: &S) {
    bencher.iter_batched_ref(
        || (own.clone(), other.clone()),
        |(own, other)| own.merge(black_box(other)),
        BatchSize::PerIteration,
    );
}

fn into_empty(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("add-wins set merge, 10000 elements into none");
    group.sample_size(20);
    into_empty_of::<Synod>(&mut group, "synod");
    into_empty_of::<Crdts>(&mut group, "crdts");
    into_empty_of::<Dson>(&mut group, "dson");
    into_empty_of::<Minerva>(&mut group, "minerva");
    into_empty_of::<CrdtKit>(&mut group, "crdt-kit");
    group.finish();
}

fn into_empty_of<S: Set>(group: &mut Group, name: &str) {
    let other: S = sets::of_size(0, THOUSANDS, &mut Random::new(1));
    group.bench_function(name, |bencher| merge_into(bencher, &S::new(1), &other));
}

fn one_element(criterion: &mut Criterion) {
    let name = "add-wins set merge, delta of one element into 10000";
    let mut group = criterion.benchmark_group(name);
    one_element_of::<Synod>(&mut group, "synod", THOUSANDS);
    one_element_of::<Crdts>(&mut group, "crdts, operation", THOUSANDS);
    group.sample_size(10);
    one_element_of::<Dson>(&mut group, "dson", THOUSANDS);
    one_element_of::<Minerva>(&mut group, "minerva", THOUSANDS);
    one_element_of::<CrdtKit>(&mut group, "crdt-kit", THOUSANDS);
    group.finish();

    let name = "add-wins set merge, delta of one element into 1000000";
    let mut group = criterion.benchmark_group(name);
    // A clone of so many takes longer than what is measured on it.
    group.sample_size(10).warm_up_time(SHORT).measurement_time(SHORT);
    one_element_of::<Synod>(&mut group, "synod", MILLION);
    group.finish();
}

fn one_element_of<S: Set>(group: &mut Group, name: &str, size: usize) {
    let mut random = Random::new(1);
    let own: S = sets::of_size(0, size, &mut random);
    let mut writer = S::new(2);
    writer.merge(&mut own.clone());
    let delta = |_| Some(writer.insert_delta(random.number()));
    let deltas: Vec<_> = (0..size / 100).map(delta).collect();
    group.bench_function(name, |bencher| {
        chunks(bencher, &own, &deltas, |own, delta| own.merge_delta(black_box(delta)));
    });
}

fn add(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("add-wins set add, 10000 elements");
    add_of::<Synod>(&mut group, "synod");
    add_of::<Crdts>(&mut group, "crdts");
    add_of::<CrdtKit>(&mut group, "crdt-kit");
    group.sample_size(10);
    add_of::<Dson>(&mut group, "dson");
    add_of::<Minerva>(&mut group, "minerva");
    group.finish();
}

fn add_of<S: Set>(group: &mut Group, name: &str) {
    let mut random = Random::new(1);
    let own: S = sets::of_size(0, THOUSANDS, &mut random);
    let elements: Vec<u64> = (0..100).map(|_| random.number()).collect();
    group.bench_function(name, |bencher| {
        chunks(bencher, &own, &elements, |own, element| own.insert(black_box(*element)));
    });
}

/// Measures `operation` on a clone of `own` and each of `inputs`, then on the next clone.
fn chunks<S: Set, I: Clone>(
    bencher: &mut Bencher,
    own: &S,
    inputs: &[I],
    mut operation: impl FnMut(&mut S, &mut I),
) {
    bencher.iter_custom(|iterations| {
        let mut elapsed = Duration::ZERO;
        let mut left = usize::try_from(iterations).unwrap();
        while left > 0 {
            let mut own = own.clone();
            let mut inputs = inputs[..left.min(inputs.len())].to_vec();
            let start = Instant::now();
            for input in &mut inputs {
                operation(&mut own, input);
            }
            elapsed += start.elapsed();
            left -= inputs.len();
        }
        elapsed
    });
}
