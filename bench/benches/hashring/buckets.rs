//! 1,000 numbered nodes.

use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use rand_core::RngCore;
use synod_bench::Random;
use synod_hashring::{Jump, JumpBack, KeyHash, Placement};

const NODES: u32 = 1_000;
const HASH: KeyHash = KeyHash::v1(0);

/// SplitMix64, from which `JumpBack` draws, for the peer that brings no generator.
struct SplitMix(u64);

impl RngCore for SplitMix {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn fill_bytes(&mut self, _: &mut [u8]) {
        unimplemented!("not asked for");
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), rand_core::Error> {
        unimplemented!("not asked for");
    }
}

/// Asks for the numbers of buckets of random points.
fn each<R>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, ask: impl Fn(u64) -> R) {
    let mut random = Random::new(7);
    let points: Vec<u64> = (0..4_096).map(|_| random.number()).collect();
    let mut points = points.iter().cycle();
    group.bench_function(name, |bencher| {
        bencher.iter(|| black_box(ask(black_box(*points.next().unwrap()))));
    });
}

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("JumpBackHash of 1,000 nodes, given the point");
    each(&mut group, "synod", |point| {
        JumpBack::new(HASH, black_box(NODES)).owner_of_point(point).unwrap_or(0)
    });
    each(&mut group, "jump-back-hash", |point| {
        jump_back_hash::bucket(&mut SplitMix(point), black_box(NODES))
    });
    group.finish();

    let mut group = criterion.benchmark_group("jump hash of 1,000 nodes, given the point");
    each(&mut group, "synod", |point| {
        Jump::new(HASH, black_box(NODES)).owner_of_point(point).unwrap_or(0)
    });
    each(&mut group, "jump-consistent-hash", |point| {
        jump_consistent_hash::hash(point, black_box(NODES as usize))
    });
    group.finish();

    let hasher = jumphash::JumpHasher::new();
    let mut group = criterion.benchmark_group("jump hash of 1,000 nodes");
    each(&mut group, "synod", |key| Jump::new(HASH, black_box(NODES)).owner(key).unwrap_or(0));
    each(&mut group, "jumphash", |key| hasher.slot(&key, black_box(NODES)));
    group.finish();
}
