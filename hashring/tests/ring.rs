//! The ring, against a naive one.
// Thousands of keys take the interpreter too long; `portable.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::BTreeMap;

use proptest::prelude::*;
use synod_hashring::{Capacity, Inline, Key, KeyHash, Placement, Ring};

/// A node whose name says where its tokens are, as far as they can be chosen: some names are
/// others'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Node(u8);

impl Key for Node {
    fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        // Two and two of them have equal tokens.
        read(&[self.0 / 2])
    }
}

type Small = Ring<Node, Inline<6>, Inline<300>>;

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The upper half of what SplitMix64 draws, once more.
fn token(seed: u64, index: u64) -> u32 {
    let z = seed.wrapping_add(GAMMA.wrapping_mul(index + 1));
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ z >> 31) >> 32) as u32
}

/// All nodes in the order of preference, found by sorting all tokens.
fn naive(hash: KeyHash, nodes: &BTreeMap<Node, u32>, point: u64) -> Vec<Node> {
    let tokens = nodes.iter().flat_map(|(&node, &tokens)| {
        (0..u64::from(tokens)).map(move |index| (token(hash.point(node), index), node))
    });
    // The way from the point on.
    let mut tokens: Vec<_> = tokens
        .map(|(token, node)| (token.wrapping_sub((point >> 32) as u32), token, node))
        .collect();
    tokens.sort();
    let mut order = Vec::new();
    for (.., node) in tokens {
        if !order.contains(&node) {
            order.push(node);
        }
    }
    order
}

fn check<A: Capacity, B: Capacity>(ring: &Ring<Node, A, B>, nodes: &BTreeMap<Node, u32>) {
    let listed: Vec<_> = ring.nodes().map(|(node, tokens)| (*node, tokens)).collect();
    assert_eq!(listed, nodes.iter().map(|(node, tokens)| (*node, *tokens)).collect::<Vec<_>>());
    assert_eq!(ring.token_count(), nodes.values().sum::<u32>() as usize);
    let hash = ring.key_hash();
    // Around tokens, and at them (h05).
    let own = nodes.keys().map(|&node| token(hash.point(node), 0));
    let near = own.map(|token| u64::from(token) << 32);
    let near = near
        .flat_map(|token| [token.wrapping_sub(1), token, token + 1, token.wrapping_add(1 << 32)]);
    for point in
        near.collect::<Vec<_>>().into_iter().chain((0..20).map(|key| hash.point(key as u64)))
    {
        let order = naive(hash, nodes, point);
        assert_eq!(ring.node_count(), order.len());
        assert_eq!(ring.owner_of_point(point), order.first().copied());
        let mut asked = Vec::new();
        ring.first_where_of_point(point, |node| {
            if !asked.contains(&node) {
                asked.push(node);
            }
            false
        });
        assert_eq!(asked, order);
    }
    for key in 0..20_u64 {
        let order = naive(hash, nodes, ring.point(key));
        let mut room = [Node(99); 8];
        assert_eq!(ring.successors(key, &mut room), order);
        assert_eq!(ring.successors(key, &mut room[..2]), &order[..order.len().min(2)]);
        assert_eq!(ring.replicas::<3>(key).ok().as_ref().map(|nodes| &nodes[..]), order.get(..3));
        assert_eq!(ring.replicas::<0>(key), Ok([]));
    }
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Insert(Node, u32),
    Remove(Node),
}

fn change() -> impl Strategy<Value = Change> {
    let node = || (0..8_u8).prop_map(Node);
    prop_oneof![
        3 => (node(), prop_oneof![0..4_u32, 60..140_u32]).prop_map(|(n, t)| Change::Insert(n, t)),
        1 => node().prop_map(Change::Remove),
    ]
}

/// Runs changes on a ring with room for so much: what the nodes are in the end, and the ring.
fn run<A: Capacity, B: Capacity>(
    hash: KeyHash,
    changes: &[Change],
    [most, room]: [usize; 2],
) -> (Ring<Node, A, B>, BTreeMap<Node, u32>) {
    let mut ring = Ring::new(hash);
    let mut nodes = BTreeMap::new();
    for &change in changes {
        match change {
            Change::Insert(node, tokens) => {
                let old = ring.clone();
                let mut next = nodes.clone();
                let before = next.insert(node, tokens);
                if next.len() <= most && next.values().sum::<u32>() as usize <= room {
                    assert_eq!(ring.insert(node, tokens), Ok(before));
                    nodes = next;
                } else {
                    assert!(ring.insert(node, tokens).is_err());
                    assert_eq!(ring, old);
                }
            }
            Change::Remove(node) => assert_eq!(ring.remove(&node), nodes.remove(&node)),
        }
        check(&ring, &nodes);
    }
    (ring, nodes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever comes and goes; and the order of it does not matter (h04).
    #[test]
    fn as_a_naive_ring_says(seed: u64, changes in prop::collection::vec(change(), 0..12)) {
        let hash = KeyHash::v1(seed);
        let (ring, nodes) = run::<Inline<6>, Inline<300>>(hash, &changes, [6, 300]);
        let list: Vec<_> = nodes.iter().map(|(node, tokens)| (*node, *tokens)).rev().collect();
        let again = Small::from_nodes(hash, &list).unwrap();
        check(&again, &nodes);
        prop_assert_eq!(again, ring);
    }
}

#[cfg(feature = "alloc")]
mod growable {
    use super::*;
    use synod_hashring::Heap;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn as_a_naive_ring_says(seed: u64, changes in prop::collection::vec(change(), 0..12)) {
            let (ring, nodes) = run::<Heap, Heap>(KeyHash::v1(seed), &changes, [usize::MAX; 2]);
            // What fits in both is one value.
            if let Ok(bounded) = Small::from_nodes(
                KeyHash::v1(seed),
                &nodes.into_iter().collect::<Vec<_>>(),
            ) {
                prop_assert_eq!(bounded, ring);
            }
        }
    }

    /// Where so many tokens come or go that all of them are sorted anew.
    #[test]
    fn tokens_by_the_thousands() {
        let hash = KeyHash::v1(9);
        let mut ring = Ring::<u16, Heap, Heap>::new(hash);
        let mut nodes = BTreeMap::from([(1, 300), (2, 0), (4, 300)]);
        for (&node, &tokens) in &nodes {
            ring.insert(node, tokens).unwrap();
        }
        for (node, tokens) in [(2, 9_000), (0, 4_097), (2, 4_903), (2, 807), (0, 4_096), (0, 0)] {
            assert_eq!(ring.insert(node, tokens), Ok(nodes.insert(node, tokens)));
            assert_eq!(ring.token_count(), nodes.values().sum::<u32>() as usize);
            let list: Vec<_> = nodes.iter().map(|(node, tokens)| (*node, *tokens)).collect();
            let fresh = Ring::<u16, Heap, Heap>::from_nodes(hash, &list).unwrap();
            for point in (0..20_000).map(|point| point << 49) {
                assert_eq!(ring.owner_of_point(point), fresh.owner_of_point(point));
            }
        }
    }

    /// The largest ring that is encoded, and one token more.
    #[cfg(feature = "serde")]
    #[test]
    fn rings_of_millions_of_tokens() {
        use synod_hashring::MAX_ENCODED_TOKENS;

        let ring = |more: u32| {
            let nodes = [(1, MAX_ENCODED_TOKENS - 5), (2, 5 + more)];
            Ring::<u8, Heap, Heap>::from_nodes(KeyHash::v1(0), &nodes).unwrap()
        };
        let largest = ring(0);
        let mut buffer = [0; 20];
        let bytes = postcard::to_slice(&largest, &mut buffer).unwrap();
        // The hash, two nodes, and the count of the first in four bytes.
        assert_eq!(bytes, [1, 0, 2, 1, 0xfb, 0xff, 0xff, 1, 2, 5]);
        assert_eq!(postcard::from_bytes::<Ring<u8, Heap, Heap>>(bytes).as_ref(), Ok(&largest));
        bytes[9] = 6;
        assert!(postcard::from_bytes::<Ring<u8, Heap, Heap>>(bytes).is_err());
        assert!(postcard::to_slice(&ring(1), &mut buffer).is_err());
    }
}

type Large = Ring<u16, Inline<101>, Inline<10_100>>;

/// The share of the points that each of 100 nodes owns, on average 1: by evenly spread points.
fn shares(ring: &Large) -> Vec<f64> {
    const POINTS: u64 = 1 << 18;
    let mut shares = vec![0.0; ring.nodes().len()];
    for point in 0..POINTS {
        let owner = ring.owner_of_point(point << 46).unwrap();
        shares[usize::from(owner)] += ring.nodes().len() as f64 / POINTS as f64;
    }
    shares
}

/// With t tokens, the share of a node has a standard deviation of 1/√t of its mean. That of 100
/// nodes is an estimate of it that is off by 1/√200 itself: three times that is allowed, for five
/// seeds.
#[test]
fn balance_is_that_of_the_tokens() {
    for (seed, tokens) in (0..5).flat_map(|seed| [(seed, 25), (seed, 100)]) {
        let nodes: Vec<_> = (0..100).map(|node| (node, tokens)).collect();
        let ring = Large::from_nodes(KeyHash::v1(seed), &nodes).unwrap();
        let variance = shares(&ring).iter().map(|share| (share - 1.0).powi(2)).sum::<f64>() / 99.0;
        let off = (variance * f64::from(tokens)).sqrt();
        assert!((off - 1.0).abs() < 3.0 / 200_f64.sqrt(), "{off} times what is expected");
    }
}

/// A node with twice the tokens owns twice as much, within four standard deviations.
#[test]
fn weights_are_shares() {
    let nodes: Vec<_> = (0..100).map(|node| (node, if node < 50 { 40 } else { 80 })).collect();
    let shares = shares(&Large::from_nodes(KeyHash::v1(3), &nodes).unwrap());
    let [light, heavy] = [&shares[..50], &shares[50..]].map(|half| half.iter().sum::<f64>() / 50.0);
    let ratio = heavy / light;
    let deviation = 2.0 * (1.0 / (50.0 * 40.0) + 1.0 / (50.0 * 80.0_f64)).sqrt();
    assert!((ratio - 2.0).abs() < 4.0 * deviation, "{ratio}");
}

/// A node that comes takes about its share, from nearly everybody, and nothing else moves.
#[test]
fn who_comes_takes_its_share_and_nothing_else_moves() {
    const KEYS: u64 = 100_000;
    let nodes: Vec<_> = (0..100).map(|node| (node, 100)).collect();
    let before = Large::from_nodes(KeyHash::v1(4), &nodes).unwrap();
    let mut after = before.clone();
    after.insert(100, 100).unwrap();
    let (mut moved, mut givers) = (0, std::collections::BTreeSet::new());
    for key in 0..KEYS {
        let (old, new): ([u16; 3], [u16; 3]) =
            (before.replicas(key).unwrap(), after.replicas(key).unwrap());
        if old[0] != new[0] {
            assert_eq!(new[0], 100);
            moved += 1;
            givers.insert(old[0]);
        }
        // At most one of three makes place, and for the new one.
        let came: Vec<_> = new.iter().filter(|node| !old.contains(node)).collect();
        assert!(came.is_empty() || came == [&100]);
    }
    // Its share varies by a tenth; the number of keys, by far less.
    let share = moved as f64 / KEYS as f64 * 101.0;
    assert!((share - 1.0).abs() < 0.4, "{share}");
    assert!(givers.len() > 50);
}
