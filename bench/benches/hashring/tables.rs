//! Maglev tables of 1,000 nodes and 65,537 entries.
//!
//! `maglev` writes all permutations down before it fills a table: half a gigabyte.

use criterion::Criterion;
use maglev::{ConsistentHasher, Maglev as Theirs};
use synod_hashring::{Heap, KeyHash, Maglev, Placement};

use crate::each_key;

const NODES: u64 = 1_000;
const ENTRIES: u32 = 65_537;

type Ours = Maglev<u64, Heap, Heap>;

fn ours() -> Ours {
    let nodes: Vec<_> = (0..NODES).map(|node| (node, 1)).collect();
    Ours::from_nodes(KeyHash::v1(0), ENTRIES, &nodes).unwrap()
}

fn theirs() -> Theirs<u64> {
    Theirs::with_capacity(0..NODES, ENTRIES as usize)
}

pub fn bench(criterion: &mut Criterion) {
    let (ours, theirs) = (ours(), theirs());
    let hash = ours.key_hash();

    let mut group = criterion.benchmark_group("Maglev table of 1,000 nodes, an owner");
    each_key(&mut group, "synod heap", |key| ours.owner(key));
    each_key(&mut group, "synod, its hash alone", |key| hash.point(key));
    each_key(&mut group, "maglev", |key| theirs.get(&key).copied());
    group.finish();

    let mut group = criterion.benchmark_group("build a Maglev table of 1,000 nodes");
    group.sample_size(10);
    group.bench_function("synod heap", |bencher| bencher.iter(self::ours));
    group.bench_function("maglev", |bencher| bencher.iter(self::theirs));
    group.finish();
}
