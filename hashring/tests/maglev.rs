//! Maglev tables, against naive ones, and what they promise.
// Thousands of keys take the interpreter too long; `portable.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::BTreeMap;

use proptest::prelude::*;
use synod_hashring::{Inline, Key, KeyHash, Maglev, MaglevError, Placement};

/// A node whose name says what it asks for, as far as it can be chosen: some names are others'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Node(u8);

impl Key for Node {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        // Two and two of them ask for the same.
        read(&[self.0 / 2])
    }
}

type Small = Maglev<Node, Inline<6>, Inline<101>>;

fn derived(point: u64, index: u64) -> u64 {
    if index == 0 {
        return point;
    }
    let z = point ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

fn scale(point: u64, size: u64) -> usize {
    ((u128::from(point >> 32) * u128::from(size)) >> 32) as usize
}

/// How many turns a node has taken when it was asked so often, if it gains so much: that many times
/// its gain over the greatest weight, rounded.
fn turns(asked: u128, gain: u128, greatest: u128) -> u128 {
    (2 * asked * gain + greatest) / (2 * greatest)
}

/// Each node with the list of all entries in the order in which it asks for them.
fn naive_table(hash: KeyHash, size: u64, nodes: &BTreeMap<Node, u32>) -> Vec<Option<Node>> {
    let mut table = vec![None; size as usize];
    let Some(greatest) = nodes.values().copied().max().filter(|&greatest| greatest > 0) else {
        return table;
    };
    let mut asking: Vec<_> = nodes
        .iter()
        .filter(|(_, weight)| **weight > 0)
        .map(|(&node, &weight)| {
            let class = (0..32).rev().find(|c| u64::from(weight) << c <= u64::from(greatest));
            let point = hash.point(node);
            let (offset, skip) =
                (scale(derived(point, 1), size), 1 + scale(derived(point, 2), size - 1));
            let list: Vec<_> =
                (0..size as usize).map(|i| (offset + i * skip) % table.len()).collect();
            (class.unwrap(), node, u128::from(weight) << class.unwrap(), list)
        })
        .collect();
    asking.sort();
    for round in 1_u64.. {
        for (class, node, gain, list) in &asking {
            // Once in 2^class rounds, in the middle of them.
            let (period, first) = (1 << class, (1 << class) / 2);
            if round % period != first % period {
                continue;
            }
            let asked = u128::from((round - first) / period) + u128::from(*class > 0);
            if turns(asked, *gain, greatest.into()) > turns(asked - 1, *gain, greatest.into()) {
                match list.iter().find(|&&entry| table[entry].is_none()) {
                    Some(&entry) => table[entry] = Some(*node),
                    None => return table,
                }
            }
        }
    }
    table
}

fn naive_order(table: &[Option<Node>], point: u64) -> Vec<Node> {
    let entry = |index| scale(derived(point, index), table.len() as u64);
    let around = (0..table.len()).map(|steps| (entry(16) + steps) % table.len());
    let mut order = Vec::new();
    for node in (0..16).map(entry).chain(around).filter_map(|entry| table[entry]) {
        if !order.contains(&node) {
            order.push(node);
        }
    }
    order
}

fn check(maglev: &Small, nodes: &BTreeMap<Node, u32>) {
    let listed: Vec<_> = maglev.nodes().map(|(node, weight)| (*node, weight)).collect();
    assert_eq!(listed, nodes.iter().map(|(node, weight)| (*node, *weight)).collect::<Vec<_>>());
    let size = u64::from(maglev.table_size());
    let table = naive_table(maglev.key_hash(), size, nodes);
    // The first point of each entry, and the last.
    for (entry, node) in (0_u64..).zip(&table) {
        let [first, end] = [entry, entry + 1].map(|entry| (entry << 32).div_ceil(size) << 32);
        assert_eq!(maglev.owner_of_point(first), *node);
        assert_eq!(maglev.owner_of_point(end.wrapping_sub(1)), *node);
    }
    for key in 0..20_u64 {
        let point = maglev.point(key);
        let order = naive_order(&table, point);
        assert_eq!(maglev.node_count(), order.len());
        let mut asked = Vec::new();
        maglev.first_where_of_point(point, |node| {
            if !asked.contains(&node) {
                asked.push(node);
            }
            false
        });
        assert_eq!(asked, order);
        let mut room = [Node(99); 8];
        assert_eq!(maglev.successors(key, &mut room), order);
        assert_eq!(maglev.replicas::<3>(key).ok().as_ref().map(|nodes| &nodes[..]), order.get(..3));
    }
}

fn change() -> impl Strategy<Value = (Node, Option<u32>)> {
    let weight =
        prop_oneof![Just(0), Just(10), 1..20_u32, 1..2_000_u32, Just(u32::MAX), any::<u32>()];
    ((0..8_u8).prop_map(Node), proptest::option::weighted(0.8, weight))
}

proptest! {
    /// Whatever comes and goes; and the order of it does not matter (h04).
    #[test]
    fn as_a_naive_table_says(
        seed: u64,
        size in prop::sample::select(vec![2, 3, 5, 7, 23, 53, 101]),
        changes in prop::collection::vec(change(), 0..12),
    ) {
        let hash = KeyHash::v1(seed);
        let mut maglev = Small::new(hash, size).unwrap();
        let mut nodes = BTreeMap::new();
        for (node, weight) in changes {
            let Some(weight) = weight else {
                prop_assert_eq!(maglev.remove(&node), nodes.remove(&node));
                check(&maglev, &nodes);
                continue;
            };
            let old = maglev.clone();
            let mut next = nodes.clone();
            let before = next.insert(node, weight);
            if next.len() <= (size as usize).min(6) {
                prop_assert_eq!(maglev.insert(node, weight), Ok(before));
                nodes = next;
            } else {
                prop_assert!(maglev.insert(node, weight).is_err());
                prop_assert!(maglev == old);
            }
            check(&maglev, &nodes);
        }
        let list: Vec<_> = nodes.iter().map(|(node, weight)| (*node, *weight)).rev().collect();
        prop_assert!(Small::from_nodes(hash, size, &list).unwrap() == maglev);
    }
}

type Large = Maglev<u16, Inline<101>, Inline<10_007>>;

const SIZE: u32 = 10_007;

fn large(seed: u64, nodes: u16, weight: impl Fn(u16) -> u32) -> Large {
    let nodes: Vec<_> = (0..nodes).map(|node| (node, weight(node))).collect();
    Large::from_nodes(KeyHash::v1(seed), SIZE, &nodes).unwrap()
}

/// The owners of all entries.
fn entries(maglev: &Large) -> Vec<u16> {
    let size = u64::from(maglev.table_size());
    let point = |entry: u64| (entry << 32).div_ceil(size) << 32;
    (0..size).map(|entry| maglev.owner_of_point(point(entry)).unwrap()).collect()
}

fn counts(maglev: &Large) -> Vec<u32> {
    let mut counts = vec![0; maglev.nodes().len()];
    entries(maglev).iter().for_each(|&node| counts[usize::from(node)] += 1);
    counts
}

#[test]
fn equal_weights_have_as_many_entries_give_or_take_one() {
    for (nodes, weight) in [(1, 1), (7, 1), (64, 3), (99, u32::MAX), (101, 1_000)] {
        let counts = counts(&large(5, nodes, |_| weight));
        let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
        assert!(most - least <= 1, "{least} to {most} of {nodes} nodes");
    }
}

/// To within 5/4 (1 + w) entries, where w is the weight over the mean.
#[test]
fn weights_are_shares() {
    let weights: [fn(u16) -> u32; 6] = [
        |node| 1 + u32::from(node),
        |node| if node < 50 { 1 } else { 2 },
        |node| u32::from(node) * u32::from(node) % 997,
        |node| if node == 70 { 100_000 } else { 100 },
        |node| 1 << (node % 32),
        |node| u32::MAX - u32::from(node) * 30_000_000,
    ];
    for weight in weights {
        let maglev = large(6, 100, weight);
        let total: u64 = maglev.nodes().map(|(_, weight)| u64::from(weight)).sum();
        for ((_, weight), count) in maglev.nodes().zip(counts(&maglev)) {
            let share = f64::from(weight) / total as f64;
            let off = (f64::from(count) - share * f64::from(SIZE)).abs();
            assert!(off <= 1.25 * (1.0 + 100.0 * share), "{count} for {share}");
        }
    }
}

/// Only the ratios of weights count.
#[test]
fn weights_of_one_ratio_make_one_table() {
    let [light, heavy] =
        [1, 4_567].map(|times| large(7, 40, |node| times * (1 + u32::from(node) % 9)));
    assert_eq!(entries(&light), entries(&heavy));
}

/// Besides the keys of the one that goes, or comes, others move: of all entries, 1.7 % where 100
/// nodes have a hundred each, with 2 to 3 % allowed.
#[test]
fn few_others_move_where_a_node_goes() {
    for weight in [|_| 1, |node| 10 + u32::from(node) % 10] as [fn(u16) -> u32; 2] {
        let before = large(8, 100, weight);
        let old = entries(&before);
        let mut moved = 0;
        for gone in (0..100).step_by(10) {
            let mut after = before.clone();
            after.remove(&gone);
            let new = entries(&after);
            assert!(!new.contains(&gone));
            moved += old.iter().zip(&new).filter(|(old, new)| **old != gone && old != new).count();
        }
        let share = moved as f64 / 10.0 / f64::from(SIZE);
        assert!(share < 0.03, "{share}");
        assert!(weight(0) != weight(1) || share < 0.02, "{share}");
    }
}

/// The keys of a node that is down go to all others alike, as do those of two that are: the numbers
/// of keys are Poisson distributed, but for the one entry that some have more. Pearson's sum is
/// within five standard deviations.
#[test]
fn the_load_of_a_node_that_is_down_spreads_over_all_others() {
    let nodes: Vec<_> = (0..10).map(|node| (node, 1)).collect();
    let maglev = Large::from_nodes(KeyHash::v1(9), 1_009, &nodes).unwrap();
    let mut first = [0_u32; 10];
    let mut second = [0_u32; 10];
    for point in (0..200_000).map(|key: u64| maglev.point(key)) {
        if maglev.owner_of_point(point) == Some(4) {
            first[usize::from(maglev.first_where_of_point(point, |node| node != 4).unwrap())] += 1;
            second[usize::from(
                maglev.first_where_of_point(point, |node| node != 4 && node != 7).unwrap(),
            )] += 1;
        }
    }
    for (counts, others) in [(first, 9), (second, 8)] {
        let mean = f64::from(counts.iter().sum::<u32>()) / f64::from(others);
        let others = counts.iter().map(|&count| f64::from(count)).filter(|count| *count > 0.0);
        let sum: f64 = others.map(|count| (count - mean).powi(2) / mean).sum();
        assert!(sum < 8.0 + 5.0 * 16_f64.sqrt(), "{sum}: {counts:?}");
    }
}

/// h11: the sizes that the documentation names are primes.
#[test]
fn h11_sizes_that_are_primes() {
    type Table = Maglev<u8, Inline<1>, Inline<1>>;
    let sizes =
        [251, 509, 1_021, 2_039, 4_093, 8_191, 16_381, 32_749, 65_537, 131_071, 262_139, 655_373];
    for size in sizes {
        assert!(matches!(Table::new(KeyHash::v1(0), size), Err(MaglevError::Full(_))), "{size}");
        let even = MaglevError::NotPrime { table_size: size + 1 };
        assert_eq!(Table::new(KeyHash::v1(0), size + 1), Err(even));
    }
}

/// An entry names 65,535 nodes.
#[test]
#[cfg(feature = "alloc")]
fn no_more_nodes_than_an_entry_can_name() {
    type Table = Maglev<u32, synod_hashring::Heap, synod_hashring::Heap>;
    let nodes: Vec<_> = (0..65_536).map(|node| (node, 1)).collect();
    let hash = KeyHash::v1(0);
    let mut table = Table::from_nodes(hash, 65_537, &nodes[..65_535]).unwrap();
    assert_eq!(table.node_count(), 65_535);
    let refused = MaglevError::TooManyNodes { nodes: 65_536, most: 65_535 };
    assert_eq!(table.insert(65_535, 1), Err(refused));
    assert_eq!(Table::from_nodes(hash, 65_537, &nodes).err(), Some(refused));
}

/// A table that might take long to fill is neither encoded nor decoded.
#[cfg(all(feature = "alloc", feature = "serde"))]
#[test]
fn tables_that_are_too_large_do_not_travel() {
    use synod_hashring::{Heap, MAX_ENCODED_TABLE};

    // The greatest prime below 2^20.
    const LARGE: u32 = 1_048_573;
    const { assert!(LARGE < MAX_ENCODED_TABLE) };
    let table = |size, nodes: u16| {
        let nodes: Vec<_> = (0..nodes).map(|node| (node, 1)).collect();
        Maglev::<u16, Heap, Heap>::from_nodes(KeyHash::v1(0), size, &nodes).unwrap()
    };
    let mut buffer = [0; 2_000];
    let mut encoded = |size, nodes| {
        let encoded = postcard::to_slice(&table(size, nodes), &mut buffer);
        encoded.map(|bytes| bytes.to_vec()).ok()
    };
    let mut largest = encoded(LARGE, 256).unwrap();
    assert!(postcard::from_bytes::<Maglev<u16, Heap, Heap>>(&largest).is_ok());
    assert!(encoded(LARGE, 257).is_none());
    // The next prime is above 2^20, and is refused with a node, and with none.
    assert!(encoded(1_048_583, 1).is_none());
    // 257 nodes.
    largest[5] += 1;
    largest.extend([0x80, 2, 1]);
    assert!(postcard::from_bytes::<(KeyHash, u32, Vec<(u16, u32)>)>(&largest).is_ok());
    assert!(postcard::from_bytes::<Maglev<u16, Heap, Heap>>(&largest).is_err());
}
