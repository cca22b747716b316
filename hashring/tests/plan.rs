//! Plans, against asking about each point before and after (h12).
// Thousands of points take the interpreter too long; `portable.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use core::fmt::Debug;
use std::collections::BTreeSet;

use proptest::prelude::*;
use synod_hashring::{
    DifferentPoints, Inline, Key, KeyHash, Move, Partitioning, Partitions, Plan, Points, Ranged,
    Ring, Transfer,
};

/// Nodes some of which have tokens at the same points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Node(u8);

impl Key for Node {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(&[self.0 / 2])
    }
}

type Before = Ring<Node, Inline<8>, Inline<200>>;
type After = Ring<Node, Inline<9>, Inline<300>>;

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The upper half of what SplitMix64 draws.
fn token(seed: u64, index: u64) -> u64 {
    let z = seed.wrapping_add(GAMMA.wrapping_mul(index + 1));
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ z >> 31) >> 32 << 32
}

/// The first `K` nodes of a point, or all there are.
fn nodes<P: Ranged, const K: usize>(placement: &P, point: u64) -> Vec<P::Node> {
    let mut nodes = Vec::new();
    if K > 0 {
        placement.first_where_of_point(point, |node| {
            if !nodes.contains(&node) {
                nodes.push(node);
            }
            nodes.len() == K
        });
    }
    nodes
}

/// The plan tells of each of these points what asking about it does, and goes on wherever it is
/// stopped.
fn check<A, B, const K: usize>(before: &A, after: &B, points: &BTreeSet<u64>)
where
    A: Ranged<Node: Ord + Debug>,
    B: Ranged<Node = A::Node>,
{
    let plan: Vec<Move<_, K>> = Plan::new(before, after).unwrap().collect();
    for range in &plan {
        assert!(range.first <= range.last);
        let sets = [&range.before, &range.after].map(|nodes| nodes.iter().collect::<BTreeSet<_>>());
        assert_ne!(sets[0], sets[1]);
    }
    for pair in plan.windows(2) {
        // Downwards, and in as few ranges as there can be.
        assert!(pair[1].last < pair[0].first);
        let is_next = pair[1].last + 1 == pair[0].first;
        assert!(!is_next || (&pair[1].before, &pair[1].after) != (&pair[0].before, &pair[0].after));
    }
    for &point in points {
        let [old, new] = [nodes::<A, K>(before, point), nodes::<B, K>(after, point)];
        let sets = [&old, &new].map(|nodes| nodes.iter().copied().collect::<BTreeSet<_>>());
        let mut told = plan.iter().filter(|range| range.contains(point));
        match told.next() {
            Some(range) => {
                assert_eq!((&range.before[..], &range.after[..]), (&old[..], &new[..]));
            }
            None => assert_eq!(sets[0], sets[1], "at {point:#x}"),
        }
        assert!(told.next().is_none());
        // What is left of a plan that came as far as here.
        let rest: Vec<_> = Plan::below(before, after, point).unwrap().collect();
        let expected = plan.iter().filter(|range| range.first < point).cloned().map(|range| {
            let last = range.last.min(point - 1);
            Move { last, ..range }
        });
        assert_eq!(rest, expected.collect::<Vec<_>>());
    }
    for range in &plan {
        check_transfers(range);
    }
}

/// Each that comes gets a copy from one that has it, and of those that go each gives one, as far as
/// there are.
fn check_transfers<N: Copy + Ord + Debug, const K: usize>(range: &Move<N, K>) {
    let set = |nodes: &[N]| nodes.iter().copied().collect::<BTreeSet<_>>();
    let [before, after] = [set(&range.before), set(&range.after)];
    let transfers: Vec<_> = range.transfers().collect();
    let to: Vec<_> = transfers.iter().map(|transfer| transfer.to).collect();
    assert_eq!(to.len(), set(&to).len());
    assert_eq!(set(&to), &after - &before);
    let gone: Vec<_> = range.given_up().collect();
    assert_eq!(set(&gone), &before - &after);
    let from = |place| gone.get(place).or(range.before.first()).copied();
    for (place, &transfer) in transfers.iter().enumerate() {
        assert_eq!(transfer, Transfer { from: from(place), to: transfer.to });
    }
}

proptest! {
    /// Rings of any nodes before and after.
    #[test]
    fn rings(
        seed: u64,
        before in prop::collection::btree_map(0..12_u8, 0..25_u32, 0..8),
        changes in prop::collection::btree_map(0..12_u8, prop::option::of(0..40_u32), 0..4),
        points in prop::collection::vec(any::<u64>(), 8),
    ) {
        let hash = KeyHash::v1(seed);
        let list: Vec<_> = before.iter().map(|(&node, &tokens)| (Node(node), tokens)).collect();
        let before = Before::from_nodes(hash, &list).unwrap();
        let mut after = After::from_nodes(hash, &list).unwrap();
        for (node, change) in changes {
            match change {
                // What does not fit is left out.
                Some(tokens) => drop(after.insert(Node(node), tokens)),
                None => drop(after.remove(&Node(node))),
            }
        }
        // Around the first tokens of each.
        let tokens = (0..12).flat_map(|node| {
            [0, 1, 24, 39].map(|index| token(hash.point(Node(node)), index))
        });
        let near = tokens.flat_map(|token| [0, 1 << 32, (1 << 32) - 1].map(|more| {
            token.saturating_add(more)
        }));
        let points: BTreeSet<_> = near.step_by(3).chain(points).chain([0, u64::MAX]).collect();
        check::<_, _, 1>(&before, &after, &points);
        check::<_, _, 3>(&before, &after, &points);
        check::<_, _, 1>(&after, &before, &points);
        prop_assert_eq!(Plan::<_, _, 0>::new(&before, &after).unwrap().count(), 0);
        prop_assert_eq!(Plan::<_, _, 2>::new(&before, &before).unwrap().count(), 0);
    }
}

type Table = Partitions<Node, Inline<10>, Inline<120>>;

/// A table of these nodes, rebalanced; or of nobody, where there is room for no copies.
fn table(by: Partitioning, copies: u8, nodes: &[Node]) -> Table {
    let mut table = Table::new(by, copies).unwrap();
    for &node in nodes {
        table.insert(node, 1).unwrap();
    }
    table.rebalance().unwrap();
    table
}

proptest! {
    /// Tables of different numbers of partitions and copies; and from a table to a ring.
    #[test]
    fn partitions(
        seed: u64,
        before in prop::collection::btree_set((0..9_u8).prop_map(Node), 0..8),
        after in prop::collection::btree_set((0..9_u8).prop_map(Node), 0..8),
        counts in [0..40_u16, 0..40_u16],
        copies in [0..4_u8, 0..4_u8],
        points in prop::collection::vec(any::<u64>(), 20),
    ) {
        let hash = KeyHash::v1(seed);
        let [before, after] = [before, after].map(|nodes| nodes.into_iter().collect::<Vec<_>>());
        let [by, other] = counts.map(|count| Partitioning::v1(hash, count));
        let first = (0..counts[0]).filter_map(|partition| by.first_point(partition));
        let near = first.flat_map(|point| [point, point.saturating_sub(1)]);
        let points = near.chain(points).chain([0, u64::MAX]).collect();
        let (one, two) = (table(by, copies[0], &before), table(other, copies[1], &after));
        check::<_, _, 1>(&one, &two, &points);
        check::<_, _, 3>(&one, &two, &points);
        check::<_, _, 2>(&one, &table(by, copies[0], &after), &points);
        let ring: Vec<_> = after.iter().map(|&node| (node, 9)).collect();
        check::<_, _, 2>(&one, &Before::from_nodes(hash, &ring).unwrap(), &points);
    }
}

/// One slot moves: the plan is that slot.
#[test]
fn slots_of_a_redis_cluster() {
    let slots = Partitioning::redis_cluster();
    let mut before = Partitions::<u8, Inline<2>, Inline<16_384>>::new(slots, 1).unwrap();
    for node in [1, 2] {
        before.insert(node, 1).unwrap();
    }
    for slot in 0..16_384 {
        before.assign(slot, &[1 + u8::from(slot >= 8_192)]).unwrap();
    }
    let mut after = before.clone();
    after.assign(16_383, &[1]).unwrap();
    after.assign(100, &[2]).unwrap();
    after.assign(101, &[2]).unwrap();
    let plan: Vec<_> = Plan::<_, _, 1>::new(&before, &after).unwrap().collect();
    let ranges: Vec<_> = plan.iter().map(|range| (range.first, range.last)).collect();
    assert_eq!(ranges, [(16_383, 16_383), (100, 101)]);
    assert_eq!(Plan::<_, _, 1>::below(&before, &after, 101).unwrap().count(), 1);
    assert_eq!(before.points().last(), 16_383);
    let hashed = Partitions::new(Partitioning::v1(KeyHash::v1(0), 9), 1).unwrap();
    assert_eq!(Plan::<_, _, 1>::new(&before, &hashed).err(), Some(DifferentPoints));
    drop::<Partitions<u8, Inline<2>, Inline<9>>>(hashed);
}

/// Keys that are hashed with another seed are elsewhere altogether.
#[test]
fn rings_of_different_hashes_have_no_plan() {
    let [one, other] = [1, 2].map(|seed| Before::new(KeyHash::v1(seed)));
    assert_eq!(one.points(), Points::Hashed(KeyHash::v1(1)));
    assert_eq!(Plan::<_, _, 2>::new(&one, &other).err(), Some(DifferentPoints));
    assert_eq!(Plan::<_, _, 2>::below(&one, &other, 0).err(), Some(DifferentPoints));
}

/// The last node goes: all that it had is given up, and nobody gets it. And the other way round.
#[test]
fn from_one_node_to_none() {
    let none = Before::new(KeyHash::v1(0));
    let mut one = none.clone();
    one.insert(Node(1), 7).unwrap();
    let moves: Vec<_> = Plan::<_, _, 2>::new(&one, &none).unwrap().collect();
    assert_eq!(moves.len(), 1);
    assert_eq!((moves[0].first, moves[0].last), (0, u64::MAX));
    assert_eq!(moves[0].given_up().collect::<Vec<_>>(), [Node(1)]);
    assert_eq!(moves[0].transfers().count(), 0);
    let moves: Vec<_> = Plan::<_, _, 2>::new(&none, &one).unwrap().collect();
    assert_eq!(moves.len(), 1);
    let transfers: Vec<_> = moves[0].transfers().collect();
    assert_eq!(transfers, [Transfer { from: None, to: Node(1) }]);
}
