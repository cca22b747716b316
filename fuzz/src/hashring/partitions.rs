//! Tables of partitions, against a map of lists; and any bytes, as a table.

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::Arbitrary;
use synod_hashring::{
    Capacity, Heap, Inline, KeyHash, Partitioning, Partitions, Placement, Rebalanced, Ring,
};

/// A table, and calls of it.
#[derive(Arbitrary, Debug)]
pub struct PartitionsScenario {
    partitions: u8,
    copies: u8,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Clone, Debug)]
enum Call {
    Insert {
        node: u8,
        weight: u32,
    },
    Remove {
        node: u8,
    },
    Assign {
        partition: u8,
        nodes: Vec<u8>,
    },
    Rebalance,
    /// Nodes that leave the same rest are in one zone.
    RebalanceApart {
        zones: u8,
    },
    /// Of nodes that are not all in the table.
    AssignBy {
        nodes: Vec<(u8, u8)>,
    },
}

impl PartitionsScenario {
    /// Runs the calls with both capacities.
    pub fn check(&self) {
        let bounded = self.run::<Inline<9>, Inline<128>>(9);
        let growable = self.run::<Heap, Heap>(usize::MAX);
        if let (Some(bounded), Some(growable)) = (bounded, growable) {
            let bytes = postcard::to_allocvec(&bounded).expect("it encodes");
            assert_eq!(bytes, postcard::to_allocvec(&growable).expect("it encodes"));
            let decoded = postcard::from_bytes(&bytes);
            assert!(decoded.as_ref() == Ok(&bounded));
        }
    }

    /// The table at the end, if nothing was refused.
    fn run<N: Capacity, T: Capacity>(&self, most: usize) -> Option<Partitions<u8, N, T>> {
        let by_hash = Partitioning::v1(KeyHash::v1(0), (self.partitions % 33).into());
        let copies = self.copies % 5;
        let Ok(table) = Partitions::new(by_hash, copies) else {
            assert!(usize::from(by_hash.count()) * usize::from(copies) > 128);
            return None;
        };
        let rows = vec![Vec::new(); by_hash.count().into()];
        let mut world = World { table, weights: BTreeMap::new(), rows };
        let mut refused = false;
        for call in &self.calls {
            match call {
                Call::Insert { node, weight } => {
                    refused |= !world.insert(*node, *weight, most);
                }
                Call::Remove { node } => {
                    assert_eq!(world.table.remove(node), world.weights.remove(node));
                    world.rows.iter_mut().for_each(|row| row.retain(|other| other != node));
                }
                Call::Assign { partition, nodes } => world.assign((*partition).into(), nodes),
                Call::Rebalance => {
                    let report = world.table.rebalance().expect("memory");
                    world.rebalanced(report, |node| node);
                }
                Call::RebalanceApart { zones } => {
                    let zone = |node| node % zones.saturating_add(1);
                    let report = world.table.rebalance_apart(zone).expect("memory");
                    world.rebalanced(report, zone);
                }
                Call::AssignBy { nodes } => world.assign_by(nodes),
            }
            world.compare();
        }
        (!refused).then_some(world.table)
    }
}

struct World<N: Capacity, T: Capacity> {
    table: Partitions<u8, N, T>,
    weights: BTreeMap<u8, u32>,
    rows: Vec<Vec<u8>>,
}

impl<N: Capacity, T: Capacity> World<N, T> {
    /// Whether it was taken.
    fn insert(&mut self, node: u8, weight: u32, most: usize) -> bool {
        let found = self.table.insert(node, weight);
        if self.weights.len() < most || self.weights.contains_key(&node) {
            assert_eq!(found, Ok(self.weights.insert(node, weight)));
            true
        } else {
            assert!(found.is_err());
            false
        }
    }

    fn assign(&mut self, partition: u16, nodes: &[u8]) {
        let distinct: BTreeSet<_> = nodes.iter().collect();
        let may = usize::from(partition) < self.rows.len()
            && nodes.len() <= self.table.copies().into()
            && distinct.len() == nodes.len()
            && nodes.iter().all(|node| self.weights.contains_key(node));
        assert_eq!(self.table.assign(partition, nodes).is_ok(), may);
        if may {
            self.rows[usize::from(partition)] = nodes.to_vec();
        }
    }

    fn assign_by(&mut self, nodes: &[(u8, u8)]) {
        let nodes: Vec<_> =
            nodes.iter().map(|(node, tokens)| (*node, (tokens % 9).into())).collect();
        let ring = Ring::<u8, Heap, Heap>::from_nodes(KeyHash::v1(1), &nodes);
        let ring = ring.expect("memory");
        self.table.assign_by(&ring);
        for (partition, row) in (0_u16..).zip(&mut self.rows) {
            let mut room = [0; 256];
            let order = ring.successors(partition, &mut room).iter().copied();
            let taking = order.filter(|node| self.weights.get(node).is_some_and(|w| *w > 0));
            *row = taking.take(self.table.copies().into()).collect();
        }
    }

    /// What was promised of a table that was rebalanced; then it is taken over.
    fn rebalanced(&mut self, report: Rebalanced, zone: impl Fn(u8) -> u8) {
        let new: Vec<Vec<u8>> = self.table.iter().map(|(_, nodes)| nodes.collect()).collect();
        let takers: Vec<_> = self.weights.iter().filter(|(_, weight)| **weight > 0).collect();
        let zones: BTreeSet<_> = takers.iter().map(|(node, _)| zone(**node)).collect();
        let copies = takers.len().min(self.table.copies().into());
        let mut owned = BTreeMap::<u8, u32>::new();
        let mut moved = 0;
        for (old, new) in self.rows.iter().zip(&new) {
            assert_eq!(new.len(), copies);
            assert!(new.iter().all(|node| self.weights[node] > 0));
            let apart: BTreeSet<_> = new.iter().map(|node| zone(*node)).collect();
            assert_eq!(apart.len() == copies, zones.len() >= copies);
            moved += new.iter().filter(|node| !old.contains(node)).count();
            if let Some(owner) = new.first() {
                *owned.entry(*owner).or_default() += 1;
            }
        }
        assert_eq!(report.moved as usize, moved);
        let parts = copies.max(1) as u32;
        for node in self.weights.keys() {
            let load = self.table.load(node).expect("it is there");
            let owned = owned.get(node).copied().unwrap_or(0);
            assert!((load / parts..=load.div_ceil(parts)).contains(&owned));
        }
        // Who weighs more has no less, but for one, and where its zone is full.
        for (node, weight) in &takers {
            let load = |node| self.table.load(node);
            let in_zone = takers.iter().filter(|(other, _)| zone(**other) == zone(**node));
            for (other, _) in in_zone.filter(|(_, other)| other < weight) {
                assert!(load(other) <= load(node).map(|load| load + 1));
            }
        }
        let mut again = self.table.clone();
        let none = again.rebalance_apart(zone).expect("memory");
        assert_eq!((none.moved, none.owners), (0, 0));
        self.rows = new;
    }

    /// Compares all answers.
    fn compare(&self) {
        let weights = self.table.nodes().map(|(node, weight)| (*node, weight));
        assert!(weights.eq(self.weights.iter().map(|(node, weight)| (*node, *weight))));
        let rows = self.table.iter().map(|(_, nodes)| nodes.collect::<Vec<_>>());
        assert!(rows.eq(self.rows.iter().cloned()));
        let mut loads = BTreeMap::<u8, u32>::new();
        self.rows.iter().flatten().for_each(|node| *loads.entry(*node).or_default() += 1);
        for node in self.weights.keys() {
            assert_eq!(self.table.load(node), Some(loads.get(node).copied().unwrap_or(0)));
        }
        assert_eq!(self.table.node_count(), loads.len());
        for key in 0..8_u64 {
            let row = self.rows.get(usize::from(self.table.partitioning().partition(key)));
            assert_eq!(self.table.owner(key), row.and_then(|row| row.first().copied()));
        }
    }
}

/// Decodes into both capacities; what decodes is the same in both, and after encoding.
pub fn check_bytes(bytes: &[u8]) {
    let bounded = postcard::from_bytes::<Partitions<u8, Inline<4>, Inline<60>>>(bytes);
    // A few bytes may claim a table that takes long.
    let claimed = postcard::take_from_bytes::<(Partitioning, u8)>(bytes);
    let entries =
        claimed.map_or(0, |((by, copies), _)| usize::from(by.count()) * usize::from(copies));
    if entries > 100_000 {
        assert!(bounded.is_err());
        return;
    }
    let growable = postcard::from_bytes::<Partitions<u8, Heap, Heap>>(bytes);
    let Ok(table) = growable else {
        assert!(bounded.is_err());
        return;
    };
    assert_eq!(bounded.is_ok(), entries <= 60 && table.nodes().len() <= 4);
    let again = postcard::to_allocvec(&table).expect("it encodes");
    assert!(postcard::from_bytes(&again).as_ref() == Ok(&table));
    if let Ok(bounded) = bounded {
        assert_eq!(postcard::to_allocvec(&bounded).expect("it encodes"), again);
    }
}
