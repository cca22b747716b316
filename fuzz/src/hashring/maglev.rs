//! Maglev tables, bounded and growable, against ones that are filled from lists of all entries.

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use synod_hashring::{
    Capacity, Heap, Inline, KeyHash, Maglev, MaglevError, Placement, TooFewNodes,
};

/// A table, and calls of it.
#[derive(Arbitrary, Debug)]
pub struct MaglevScenario {
    seed: u64,
    size: u8,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Call {
    Insert { node: u8, weight: u32 },
    InsertLight { node: u8, weight: u8 },
    Remove { node: u8 },
    Ask { point: u64 },
}

impl MaglevScenario {
    /// Runs the calls with both capacities.
    pub fn check(&self) {
        let bounded = self.run::<Inline<4>, Inline<211>>(4, 211);
        let growable = self.run::<Heap, Heap>(usize::MAX, usize::MAX);
        if let (Some(bounded), Some(growable)) = (bounded, growable) {
            assert!(bounded.nodes().eq(growable.nodes()));
        }
    }

    /// The table at the end, if nothing was refused.
    fn run<N: Capacity, T: Capacity>(&self, most: usize, room: usize) -> Option<Maglev<u8, N, T>> {
        let hash = KeyHash::v1(self.seed);
        let size = u32::from(self.size);
        let is_prime = size > 1 && (2..size).all(|divisor| size % divisor != 0);
        let table = match Maglev::<u8, N, T>::new(hash, size) {
            Ok(table) => table,
            Err(MaglevError::Full(_)) => {
                assert!(is_prime && usize::from(self.size) > room);
                return None;
            }
            Err(error) => {
                assert_eq!(error, MaglevError::NotPrime { table_size: size });
                assert!(!is_prime);
                return None;
            }
        };
        assert!(is_prime);
        let most = most.min(usize::from(self.size));
        let mut world = World { table, model: BTreeMap::new() };
        let mut refused = false;
        for call in self.calls.iter().take(20) {
            match *call {
                Call::Insert { node, weight } => refused |= !world.insert(node, weight, most),
                Call::InsertLight { node, weight } => {
                    refused |= !world.insert(node, weight.into(), most);
                }
                Call::Remove { node } => {
                    assert_eq!(world.table.remove(&node), world.model.remove(&node));
                }
                Call::Ask { point } => world.ask(point),
            }
        }
        let nodes: Vec<_> = world.model.into_iter().collect();
        assert!(Maglev::from_nodes(hash, size, &nodes).as_ref() == Ok(&world.table));
        (!refused).then_some(world.table)
    }
}

struct World<N: Capacity, T: Capacity> {
    table: Maglev<u8, N, T>,
    model: BTreeMap<u8, u32>,
}

impl<N: Capacity, T: Capacity> World<N, T> {
    /// Whether it was taken.
    fn insert(&mut self, node: u8, weight: u32, most: usize) -> bool {
        let mut next = self.model.clone();
        let before = next.insert(node, weight);
        let fits = next.len() <= most;
        let found = self.table.insert(node, weight);
        if fits {
            assert_eq!(found, Ok(before));
            self.model = next;
        } else {
            assert!(matches!(found, Err(MaglevError::Full(_) | MaglevError::TooManyNodes { .. })));
        }
        assert!(self.table.nodes().map(|(node, weight)| (*node, weight)).eq(self.model.clone()));
        fits
    }

    fn ask(&self, point: u64) {
        let entries = self.entries();
        let size = entries.len() as u64;
        let entry = |index| scale(derived(point, index), size) as usize;
        let around = (0..entries.len()).map(|steps| (entry(16) + steps) % entries.len());
        let mut order = Vec::new();
        for node in (0..16).map(entry).chain(around).filter_map(|entry| entries[entry]) {
            if !order.contains(&node) {
                order.push(node);
            }
        }
        assert_eq!(self.table.owner_of_point(point), order.first().copied());
        assert_eq!(self.table.node_count(), order.len());
        for (place, node) in order.iter().enumerate() {
            let found =
                self.table.first_where_of_point(point, |other| !order[..place].contains(&other));
            assert_eq!(found, Some(*node));
        }
        assert_eq!(self.table.first_where_of_point(point, |node| !order.contains(&node)), None);
        let owner = self.table.owner_of_point(self.table.point(point));
        let replicas = self.table.replicas::<3>(point);
        assert_eq!(replicas.map(|[first, ..]| Some(first)).unwrap_or(owner), owner);
        let too_few = TooFewNodes { needed: 3, nodes: order.len() };
        assert_eq!(replicas.err(), (order.len() < 3).then_some(too_few));
    }

    /// The table, from what each node asks for, in order.
    fn entries(&self) -> Vec<Option<u8>> {
        let size = u64::from(self.table.table_size());
        let mut entries = vec![None; size as usize];
        let greatest = self.model.values().copied().max().unwrap_or(0);
        let mut asking: Vec<_> = self.model.iter().filter(|(_, weight)| **weight > 0).collect();
        let class = |weight: u32| (greatest / weight).ilog2();
        asking.sort_by_key(|(node, weight)| (class(**weight), **node));
        let mut credits = vec![u64::from(greatest); asking.len()];
        // In each round the heaviest take a turn, if there are any.
        'rounds: for round in 1..=size {
            for ((node, weight), credit) in asking.iter().zip(&mut credits) {
                let period = 1 << class(**weight);
                if round % period != (period / 2) % period {
                    continue;
                }
                *credit += 2 * period * u64::from(**weight);
                if *credit < 2 * u64::from(greatest) {
                    continue;
                }
                *credit -= 2 * u64::from(greatest);
                let point = self.table.key_hash().point(**node);
                let (offset, skip) =
                    (scale(derived(point, 1), size), 1 + scale(derived(point, 2), size - 1));
                let mut wanted = (0..size).map(|turn| ((offset + turn * skip) % size) as usize);
                match wanted.find(|&entry| entries[entry].is_none()) {
                    Some(entry) => entries[entry] = Some(**node),
                    None => break 'rounds,
                }
            }
        }
        entries
    }
}

fn scale(point: u64, size: u64) -> u64 {
    ((point >> 32) * size) >> 32
}

/// Point `index` of those that a point has.
fn derived(point: u64, index: u64) -> u64 {
    let z = point ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    if index == 0 { z } else { mixed ^ mixed >> 31 }
}
