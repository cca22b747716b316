//! Rendezvous hashing on 100 nodes.
//!
//! `hrw-hash` sorts all nodes for each key, and always weighs them, by floats.

use criterion::Criterion;
use hrw_hash::{HrwNode, HrwNodes};
use synod_hashring::{Heap, KeyHash, Placement, Rendezvous, WeightedRendezvous};

use crate::each_key;

const NODES: u64 = 100;

/// A node of the peer that weighs more or less.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Weighing {
    node: u64,
    weight: usize,
}

impl HrwNode for Weighing {
    fn capacity(&self) -> usize {
        self.weight
    }
}

pub fn bench(criterion: &mut Criterion) {
    let hash = KeyHash::v1(0);
    let nodes: Vec<u64> = (0..NODES).collect();
    let weights: Vec<(u64, u32)> = (0..NODES).map(|node| (node, 1 + node as u32 % 4)).collect();
    let plain = Rendezvous::<u64, Heap>::from_nodes(hash, &nodes).unwrap();
    let weighted = WeightedRendezvous::<u64, Heap>::from_nodes(hash, &weights).unwrap();
    let theirs = HrwNodes::new(nodes);
    let weighing = weights.iter().map(|&(node, weight)| Weighing { node, weight: weight as usize });
    let theirs_weighted = HrwNodes::new(weighing);

    let mut group = criterion.benchmark_group("rendezvous of 100 nodes, an owner");
    each_key(&mut group, "synod heap", |key| plain.owner(key));
    each_key(&mut group, "hrw-hash", |key| theirs.sorted(&key).next().copied());
    group.finish();

    let mut group = criterion.benchmark_group("rendezvous of 100 nodes, 3 replicas");
    each_key(&mut group, "synod heap", |key| plain.replicas::<3>(key));
    each_key(&mut group, "hrw-hash", |key| {
        theirs.sorted(&key).take(3).copied().collect::<Vec<_>>()
    });
    group.finish();

    let mut group = criterion.benchmark_group("rendezvous of 100 nodes with weights, an owner");
    each_key(&mut group, "synod heap", |key| weighted.owner(key));
    each_key(&mut group, "hrw-hash", |key| theirs_weighted.sorted(&key).next().copied());
    group.finish();
}
