//! Causal contexts and siblings. No peer offers the same operation.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use synod_clocks::{CausalContext, Dot, Inline, Siblings, VersionVector};

/// Replicas. Each has a run, and where there are gaps, one event ahead of it.
const SIZE: u64 = 64;
const BATCH: BatchSize = BatchSize::NumIterations(16);

type Context = CausalContext<u64, Inline<256>>;
type Cart = Siblings<u64, u64, Inline<8>, Inline<8>>;

pub fn bench(criterion: &mut Criterion) {
    insert(criterion);
    merge(criterion);
    put(criterion);
}

fn dot(replica: u64, counter: u64) -> Dot<u64> {
    Dot::new(replica, counter).unwrap()
}

/// Each replica has a run of 10, and knows one more event `gap` after it; with a gap of 1, that is
/// a run of 11.
fn context(replicas: impl Iterator<Item = u64>, gap: u64) -> Context {
    let mut context = Context::new();
    for replica in replicas {
        for counter in (1..=10).chain([10 + gap]) {
            context.insert(dot(replica, counter)).unwrap();
        }
    }
    context
}

fn insert(criterion: &mut Criterion) {
    let own = context(0..SIZE, 2);
    for (name, counter) in [
        ("next of the last range", 13),
        ("next of a run, closing a gap", 11),
        ("ahead of a gap", 20),
        ("known", 5),
    ] {
        let operation = format!("causal context insert, {SIZE} runs and {SIZE} gaps, {name}");
        criterion.benchmark_group(operation).bench_function("synod", |bencher| {
            bencher.iter_batched_ref(
                || own.clone(),
                |own| own.insert(black_box(dot(SIZE / 2, counter))),
                BATCH,
            );
        });
    }
    let small = context(0..4, 2);
    let range = small.ranges()[5];
    criterion
        .benchmark_group("causal context insert, a range into 4 runs and 4 gaps, known")
        .bench_function("synod", |bencher| {
            bencher.iter_batched_ref(
                || small.clone(),
                |small| small.insert_range(black_box(range)),
                BATCH,
            );
        });
}

fn merge(criterion: &mut Criterion) {
    let runs = context(0..SIZE, 1);
    let later = {
        let mut later = runs.clone();
        for replica in (0..SIZE).step_by(2) {
            later.insert(later.next_dot(replica).unwrap()).unwrap();
        }
        later
    };
    let gaps = context(0..SIZE, 2);
    let shared = context(SIZE / 2..SIZE * 3 / 2, 3);
    let cases = [
        (format!("{SIZE} runs, same replicas"), &runs, later),
        (format!("{SIZE} runs and {SIZE} gaps, same replicas"), &gaps, context(0..SIZE, 3)),
        (format!("{SIZE} runs and {SIZE} gaps, half of the replicas shared"), &gaps, shared),
    ];
    for (name, own, other) in cases {
        let operation = format!("causal context merge, {name}");
        criterion.benchmark_group(operation).bench_function("synod", |bencher| {
            bencher.iter_batched_ref(|| own.clone(), |own| own.merge(black_box(&other)), BATCH);
        });
    }
}

fn put(criterion: &mut Criterion) {
    let unread = VersionVector::<u64, Inline<8>>::new();
    let mut cart = Cart::new();
    for replica in 0..4 {
        cart.put(&unread, replica, replica).unwrap();
    }
    let read = cart.context().clone();
    for (name, context) in [("replacing all", read), ("as one more", unread)] {
        let operation = format!("siblings put, 4 versions, {name}");
        criterion.benchmark_group(operation).bench_function("synod", |bencher| {
            bencher.iter_batched_ref(
                || cart.clone(),
                |cart| cart.put(black_box(&context), 1, 99).unwrap(),
                BATCH,
            );
        });
    }
}
