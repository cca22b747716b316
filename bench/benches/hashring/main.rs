//! `synod-hashring` against its peers.
//!
//! A group is an operation, a function an implementation; ours begin with `synod`. Each turns its
//! key, a number, into a point by its own hash, unless the group says that it is given the point.

mod buckets;
#[path = "../harness.rs"]
mod harness;
mod rendezvous;
mod rings;
mod tables;

use std::hint::black_box;

use criterion::{BenchmarkGroup, measurement::WallTime};

/// Asks about one key after the other.
fn each_key<R>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, ask: impl Fn(u64) -> R) {
    let mut key = 0;
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            key += 1;
            black_box(ask(black_box(key)));
        });
    });
}

fn main() {
    harness::run(&[rings::bench, buckets::bench, rendezvous::bench, tables::bench]);
}
