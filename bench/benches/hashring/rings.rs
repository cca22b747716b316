//! A ring of 1,000 nodes with 100 tokens each.
//!
//! - `hashring` knows no virtual nodes and no node twice: it is given 100,000 nodes, and has no
//!   replicas that are different ones.
//! - `hash-rings` keeps its tokens in a `BTreeMap`, and has no replicas.
//! - `consistent_hash` cannot change.
//! - `consistent-choose-k` has no ring: it draws numbered nodes, without weights, as `JumpBack`
//!   does.

use std::hash::{BuildHasherDefault, DefaultHasher, Hash};

use consistent_choose_k::ConsistentChooseKHasher;
use consistent_hash::{DefaultHash, Node, StaticHashRing};
use criterion::{BatchSize, BenchmarkGroup, Criterion, measurement::WallTime};
use hashring::HashRing;
use synod_hashring::{Heap, JumpBack, KeyHash, Placement, Plan, Ring};

use crate::each_key;

const NODES: u64 = 1_000;
const TOKENS: u32 = 100;

type Ours = Ring<u64, Heap, Heap>;
type Theirs<'a> = hash_rings::consistent::Ring<'a, u64, BuildHasherDefault<DefaultHasher>>;

fn ours() -> Ours {
    let nodes: Vec<_> = (0..NODES).map(|node| (node, TOKENS)).collect();
    Ring::from_nodes(KeyHash::v1(0), &nodes).unwrap()
}

fn tokens(nodes: impl Iterator<Item = u64>) -> Vec<(u64, u32)> {
    nodes.flat_map(|node| (0..TOKENS).map(move |token| (node, token))).collect()
}

fn one_by_one() -> HashRing<(u64, u32)> {
    let mut ring = HashRing::new();
    ring.batch_add(tokens(0..NODES));
    ring
}

fn tree(ids: &[u64]) -> Theirs<'_> {
    let mut ring = Theirs::with_hasher(BuildHasherDefault::default());
    for id in ids {
        ring.insert_node(id, TOKENS as usize);
    }
    ring
}

fn fixed<'a>() -> StaticHashRing<'a, u64, (), DefaultHash> {
    let nodes = (0..NODES).map(|node| Node::new(node).quantity(TOKENS as usize));
    StaticHashRing::new(DefaultHash, nodes)
}

pub fn bench(criterion: &mut Criterion) {
    let ids: Vec<u64> = (0..=NODES).collect();
    let (ours, one_by_one, tree) = (ours(), one_by_one(), tree(&ids[..NODES as usize]));
    let fixed = fixed();

    let mut group = criterion.benchmark_group("ring of 1,000 nodes x 100 tokens, an owner");
    each_key(&mut group, "synod heap", |key| ours.owner(key));
    each_key(&mut group, "hashring", |key| one_by_one.get(&key).map(|(node, _)| *node));
    each_key(&mut group, "hash-rings", |key| *tree.get_node(&key));
    each_key(&mut group, "consistent_hash", |key| {
        fixed.calc_candidates(&key).next().map(|node| node.key)
    });
    group.finish();

    let mut group = criterion.benchmark_group("ring of 1,000 nodes x 100 tokens, 3 replicas");
    each_key(&mut group, "synod heap", |key| ours.replicas::<3>(key));
    each_key(&mut group, "consistent_hash", |key| {
        fixed.calc_candidates(&key).take(3).map(|node| node.key).collect::<Vec<_>>()
    });
    each_key(&mut group, "consistent-choose-k", drawn);
    group.finish();

    let numbered = JumpBack::new(KeyHash::v1(0), NODES as u32);
    let mut group = criterion.benchmark_group("3 replicas of 1,000 numbered nodes");
    each_key(&mut group, "synod JumpBack", |key| numbered.replicas::<3>(key));
    each_key(&mut group, "consistent-choose-k", drawn);
    group.finish();

    let mut group = criterion.benchmark_group("build a ring of 1,000 nodes x 100 tokens");
    group.bench_function("synod heap", |bencher| bencher.iter(self::ours));
    group.bench_function("hashring", |bencher| bencher.iter(self::one_by_one));
    group.bench_function("hash-rings", |bencher| {
        bencher.iter(|| self::tree(&ids[..NODES as usize]))
    });
    group.bench_function("consistent_hash", |bencher| bencher.iter(self::fixed));
    group.finish();

    let mut group = criterion.benchmark_group("add a node to a ring of 1,000 x 100 tokens");
    group.bench_function("synod heap", |bencher| {
        bencher.iter_batched_ref(
            || {
                // With room: what is measured is no allocation.
                let mut ring = ours.clone();
                ring.insert(NODES, TOKENS).unwrap();
                ring.remove(&NODES);
                ring
            },
            |ring| ring.insert(NODES, TOKENS),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("hashring", |bencher| {
        let more = tokens(NODES..NODES + 1);
        bencher.iter_batched_ref(
            || one_by_one.clone(),
            |ring| ring.batch_add(more.clone()),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("hash-rings", |bencher| {
        bencher.iter_batched_ref(
            || self::tree(&ids[..NODES as usize]),
            |ring| ring.insert_node(&ids[NODES as usize], TOKENS as usize),
            BatchSize::LargeInput,
        );
    });
    // With all that moves of one, and of three replicas.
    let planned =
        |name: &str, group: &mut BenchmarkGroup<'_, WallTime>, count: fn(&Ours, &Ours) -> usize| {
            group.bench_function(name, |bencher| {
                bencher.iter_batched_ref(
                    || {
                        let mut ring = ours.clone();
                        ring.insert(NODES, TOKENS).unwrap();
                        ring.remove(&NODES);
                        ring
                    },
                    |ring| {
                        ring.insert(NODES, TOKENS).unwrap();
                        count(&ours, ring)
                    },
                    BatchSize::LargeInput,
                );
            });
        };
    planned("synod heap, with its plan", &mut group, |before, after| {
        Plan::<_, _, 1>::new(before, after).unwrap().count()
    });
    planned("synod heap, with its plan for 3 replicas", &mut group, |before, after| {
        Plan::<_, _, 3>::new(before, after).unwrap().count()
    });
    group.finish();
}

/// With the hash of the standard library, as its documentation has it.
fn drawn(key: u64) -> [usize; 3] {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let mut chosen = ConsistentChooseKHasher::new(hasher, NODES as usize);
    [(); 3].map(|()| chosen.next().unwrap())
}
