//! Rendezvous hashing, against a naive one.
// Thousands of keys take the interpreter too long; `portable.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

mod exact;

use core::cmp::Reverse;
use std::{collections::BTreeMap, sync::LazyLock};

use proptest::prelude::*;
use synod_hashring::{Inline, Key, KeyHash, Placement, Rendezvous, WeightedRendezvous};

/// A node, some of which have the name of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Node(u8);

impl Key for Node {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(&[self.0.min(17)])
    }
}

/// Room for more than two passes find.
const ROOM: usize = 19;

type Plain = Rendezvous<Node, Inline<ROOM>>;
type Weighted = WeightedRendezvous<Node, Inline<ROOM>>;

fn mix(z: u64) -> u64 {
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

fn score(hash: KeyHash, node: Node, point: u64) -> u64 {
    mix(point ^ mix(hash.point(node) ^ 0x9e37_79b9_7f4a_7c15))
}

/// The coefficient for each k from 1 on.
static SERIES: LazyLock<[u128; 9]> = LazyLock::new(|| {
    core::array::from_fn(|at| exact::over_ln_2(at as u32 + 1, 63 - 6 * at as u32))
});

/// As the documentation says it, in wider numbers.
fn log(score: u64) -> u128 {
    let x = score | 1;
    let m = u128::from(x) << x.leading_zeros();
    let r = (1 << 19) / ((m >> 57) + 1);
    let z = (1 << 70) - ((m * r) >> 6);
    // log2 r = 1 - (-log2 (r/2)), to the nearest.
    let t = ((1 << 64) - exact::negative_log2((r as u64) << 51)) >> 1;
    let y = (z * z) >> 64;
    let sum = |first: usize| {
        (0..=8).rev().filter(|at| at % 2 == first).fold(0, |sum, at| ((sum * y) >> 64) + SERIES[at])
    };
    let s = sum(0) + ((sum(1) * z) >> 64);
    (u128::from(x.leading_zeros()) << 57) + ((t + ((s * z) >> 70)) >> 6)
}

/// All nodes in the order of preference, by sorting them.
fn naive(hash: KeyHash, nodes: &BTreeMap<Node, u32>, point: u64) -> Vec<Node> {
    let mut order: Vec<_> =
        nodes.keys().map(|&node| (Reverse(score(hash, node, point)), node)).collect();
    order.sort();
    order.into_iter().map(|(_, node)| node).collect()
}

/// The same with weights.
fn naive_weighted(hash: KeyHash, nodes: &BTreeMap<Node, u32>, point: u64) -> Vec<Node> {
    let taking = nodes.iter().filter(|(_, weight)| **weight > 0);
    let mut order: Vec<_> = taking
        .map(|(&node, &weight)| {
            let score = score(hash, node, point);
            (log(score), u128::from(weight), Reverse(score), node)
        })
        .collect();
    order.sort_by(|one, other| {
        (one.0 * other.1).cmp(&(other.0 * one.1)).then((one.2, one.3).cmp(&(other.2, other.3)))
    });
    order.into_iter().map(|(.., node)| node).collect()
}

/// Compares all answers with an order.
fn check(placement: &impl Placement<Node = Node>, order: impl Fn(u64) -> Vec<Node>) {
    for key in 0..8_u64 {
        let point = placement.point(key);
        let order = order(point);
        assert_eq!(placement.node_count(), order.len());
        assert_eq!(placement.owner_of_point(point), order.first().copied());
        let mut asked = Vec::new();
        assert_eq!(
            placement.first_where_of_point(point, |node| {
                asked.push(node);
                false
            }),
            None
        );
        assert_eq!(asked, order);
        let mut room = [Node(99); 32];
        assert_eq!(placement.successors(key, &mut room), order);
        assert_eq!(placement.successors(key, &mut room[..2]), &order[..order.len().min(2)]);
        assert_eq!(placement.replicas::<3>(key).ok().as_ref(), order.first_chunk());
        assert_eq!(placement.replicas::<11>(key).ok().as_ref(), order.first_chunk());
        assert_eq!(placement.replicas::<0>(key), Ok([]));
    }
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Insert(Node, u32),
    Remove(Node),
}

fn change() -> impl Strategy<Value = Change> {
    let node = || (0..24_u8).prop_map(Node);
    // Such as compare, and such as do not.
    let weight =
        prop_oneof![4 => 90..110_u32, 1 => 0..3_u32, 1 => any::<u32>(), 1 => Just(u32::MAX)];
    prop_oneof![
        4 => (node(), weight).prop_map(|(node, weight)| Change::Insert(node, weight)),
        1 => node().prop_map(Change::Remove),
    ]
}

proptest! {
    /// Whatever comes and goes; and the order of it does not matter (h04).
    #[test]
    fn as_a_naive_one_says(seed: u64, changes in prop::collection::vec(change(), 0..40)) {
        let hash = KeyHash::v1(seed);
        let (mut plain, mut weighted) = (Plain::new(hash), Weighted::new(hash));
        let mut nodes = BTreeMap::new();
        for change in changes {
            match change {
                Change::Insert(node, weight) => {
                    let fits = nodes.len() < ROOM || nodes.contains_key(&node);
                    if fits {
                        let before = nodes.insert(node, weight);
                        prop_assert_eq!(plain.insert(node), Ok(before.is_none()));
                        prop_assert_eq!(weighted.insert(node, weight), Ok(before));
                    } else {
                        prop_assert!(plain.insert(node).is_err());
                        prop_assert!(weighted.insert(node, weight).is_err());
                    }
                }
                Change::Remove(node) => {
                    let before = nodes.remove(&node);
                    prop_assert_eq!(plain.remove(&node), before.is_some());
                    prop_assert_eq!(weighted.remove(&node), before);
                }
            }
            prop_assert!(plain.nodes().eq(nodes.keys()));
            prop_assert!(weighted.nodes().eq(nodes.iter().map(|(node, &weight)| (node, weight))));
        }
        check(&plain, |point| naive(hash, &nodes, point));
        check(&weighted, |point| naive_weighted(hash, &nodes, point));
        let list: Vec<_> = nodes.iter().map(|(node, weight)| (*node, *weight)).rev().collect();
        prop_assert!(Weighted::from_nodes(hash, &list).unwrap() == weighted);
        let list: Vec<_> = nodes.keys().rev().copied().collect();
        prop_assert!(Plain::from_nodes(hash, &list).unwrap() == plain);
    }

    /// A list in any order, with nodes that are there twice: the last one counts.
    #[test]
    fn a_list_is_as_one_after_the_other(
        list in prop::collection::vec(((0..24_u8).prop_map(Node), 0..9_u32), 0..40),
    ) {
        let hash = KeyHash::v1(0);
        let mut weighted = Ok(Weighted::new(hash));
        let mut plain = Ok(Plain::new(hash));
        for &(node, weight) in &list {
            weighted = weighted.and_then(|mut all| all.insert(node, weight).map(|_| all));
            plain = plain.and_then(|mut all| all.insert(node).map(|_| all));
        }
        prop_assert_eq!(Weighted::from_nodes(hash, &list), weighted);
        let nodes: Vec<_> = list.iter().map(|(node, _)| *node).collect();
        prop_assert_eq!(Plain::from_nodes(hash, &nodes), plain);
    }
}

type Large<const N: usize> = Rendezvous<u16, Inline<N>>;
type LargeWeighted<const N: usize> = WeightedRendezvous<u16, Inline<N>>;

fn order(placement: &impl Placement<Node = u16>, key: u64) -> Vec<u16> {
    let mut room = vec![0; placement.node_count()];
    placement.successors(key, &mut room).to_vec()
}

/// h04: in the order of preference of a key nothing changes but that one node comes, or goes.
#[test]
fn disruption_is_the_least_there_can_be() {
    let nodes: [(u16, u32); 21] = core::array::from_fn(|at| (at as u16, 5 + at as u32 % 4 * 7));
    let plain = Large::<21>::from_nodes(KeyHash::v1(1), &nodes.map(|(node, _)| node)).unwrap();
    let weighted = LargeWeighted::<21>::from_nodes(KeyHash::v1(1), &nodes).unwrap();
    for (node, _) in nodes {
        let (mut fewer, mut fewer_weighted) = (plain.clone(), weighted.clone());
        assert!(fewer.remove(&node) && fewer_weighted.remove(&node).is_some());
        for key in 0..50 {
            let mut all = order(&plain, key);
            all.retain(|&other| other != node);
            assert_eq!(order(&fewer, key), all);
            let mut all = order(&weighted, key);
            all.retain(|&other| other != node);
            assert_eq!(order(&fewer_weighted, key), all);
        }
    }
}

/// h06: a weight that grows moves its node to the front, if anything, and nothing else, by what it
/// should.
#[test]
fn weights_that_change_move_what_they_must() {
    const KEYS: u64 = 10_000;
    let before = [(0, 30), (1, 40), (2, 50), (3, 60), (4, 70)];
    let before = LargeWeighted::<5>::from_nodes(KeyHash::v1(2), &before).unwrap();
    let (mut last, mut of_one) = (before.clone(), 0);
    for weight in 41..=48 {
        let mut next = last.clone();
        next.insert(1, weight).unwrap();
        let mut moved = 0;
        for key in 0..KEYS {
            let (mut old, mut new) = (order(&last, key), order(&next, key));
            let place = |order: &[u16]| order.iter().position(|&node| node == 1);
            assert!(place(&new) <= place(&old));
            moved += u64::from(new[0] != old[0]);
            old.retain(|&node| node != 1);
            new.retain(|&node| node != 1);
            assert_eq!(old, new);
        }
        of_one += moved;
        // 210/250² to 210/258² of the keys, in five standard deviations.
        assert!((3..=62).contains(&moved), "{moved}");
        last = next;
    }
    // From 40/250 to 48/258 of them, in five standard deviations.
    let share = of_one as f64 / KEYS as f64;
    assert!((share - (48.0 / 258.0 - 40.0 / 250.0)).abs() < 0.008, "{share}");
    last.insert(1, 40).unwrap();
    assert!(last == before);
}

/// Counts are off by no more than five standard deviations of chance, and Pearson's sum by no more
/// than five of its own. What logarithms are off by is a millionth of a millionth of that.
fn assert_shares(counts: &[u32], weights: &[u32]) {
    let [keys, total] = [counts, weights].map(|all| f64::from(all.iter().sum::<u32>()));
    let expected = weights.iter().map(|&weight| f64::from(weight) / total * keys);
    let (mut sum, mut freedom) = (0.0, -1.0_f64);
    for (&count, expected) in counts.iter().zip(expected) {
        let off = f64::from(count) - expected;
        assert!(off.abs() <= 5.0 * expected.sqrt() + 1.0, "{count} of {expected}: {counts:?}");
        if expected > 0.0 {
            sum += off * off / expected;
            freedom += 1.0;
        }
    }
    let deviation = (2.0 * freedom).sqrt();
    assert!((sum - freedom).abs() <= 5.0 * deviation + 1e-9, "{sum} of {freedom}: {counts:?}");
}

fn owners(placement: &impl Placement<Node = u16>, keys: u64, nodes: usize) -> Vec<u32> {
    let mut counts = vec![0; nodes];
    for key in 0..keys {
        counts[usize::from(placement.owner(key).unwrap())] += 1;
    }
    counts
}

#[test]
fn balance_is_that_of_chance() {
    const KEYS: u64 = 40_000;
    for (seed, count) in [(1, 2), (2, 3), (3, 10), (4, 100)] {
        let nodes: Vec<_> = (0..count).collect();
        let nodes = Large::<100>::from_nodes(KeyHash::v1(seed), &nodes).unwrap();
        assert_shares(&owners(&nodes, KEYS, count.into()), &vec![1; count.into()]);
        // Points that are counted up, too.
        let mut counts = vec![0; count.into()];
        for point in 0..KEYS {
            counts[usize::from(nodes.owner_of_point(point).unwrap())] += 1;
        }
        assert_shares(&counts, &vec![1; count.into()]);
    }
    // Each sequence of three of five is as likely as any other.
    let nodes = Large::<5>::from_nodes(KeyHash::v1(5), &[0, 1, 2, 3, 4]).unwrap();
    let mut sequences = BTreeMap::new();
    for key in 0..KEYS {
        *sequences.entry(nodes.replicas::<3>(key).unwrap()).or_insert(0) += 1;
    }
    assert_shares(&sequences.into_values().collect::<Vec<_>>(), &[1; 60]);
}

#[test]
fn shares_are_those_of_the_weights() {
    const KEYS: u64 = 40_000;
    let mixed: Vec<_> = (0..100).map(|node| node * node % 50).collect();
    let weights = [&[1, 2][..], &[1, 10, 100], &[7, 0, 7, 8, 1_000, 999], &[1 << 20; 4], &mixed];
    for (seed, weights) in (0..).zip(weights) {
        let nodes: Vec<_> = (0..).zip(weights.iter().copied()).collect();
        let nodes = LargeWeighted::<100>::from_nodes(KeyHash::v1(seed), &nodes).unwrap();
        assert_shares(&owners(&nodes, KEYS, weights.len()), weights);
    }
}

/// The second replica is that of the rest: of weights a, b and c, first a and then b for a share of
/// a · b/(b + c).
#[test]
fn replicas_are_those_of_the_weights() {
    let weights = [10, 20, 30];
    let nodes: Vec<_> = (0..).zip(weights).collect();
    let nodes = LargeWeighted::<3>::from_nodes(KeyHash::v1(8), &nodes).unwrap();
    let mut counts = [0; 6];
    for key in 0..40_000_u64 {
        let pairs = [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]];
        let pair: [u16; 2] = nodes.replicas(key).unwrap();
        counts[pairs.iter().position(|&other| other == pair).unwrap()] += 1;
    }
    // In units of 1/600.
    assert_shares(&counts, &[40, 60, 50, 150, 100, 200]);
}

/// With equal weights, whatever they are, the order is that of the scores.
#[test]
fn equal_weights_are_no_weights() {
    let nodes: Vec<_> = (0..60).collect();
    let plain = Large::<60>::from_nodes(KeyHash::v1(6), &nodes).unwrap();
    for weight in [1, 3, 1 << 20, u32::MAX] {
        let nodes: Vec<_> = nodes.iter().map(|&node| (node, weight)).collect();
        let weighted = LargeWeighted::<60>::from_nodes(KeyHash::v1(6), &nodes).unwrap();
        for key in 0..100 {
            assert_eq!(order(&weighted, key), order(&plain, key));
        }
    }
}
