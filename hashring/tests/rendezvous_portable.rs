//! Where keys are by rendezvous hashing, as files that every machine must agree with, and the
//! scenarios that broke real placements, by number. (h04 is in `rendezvous.rs`.)
//!
//! Nothing here needs more than `core`, as in `portable.rs`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

mod golden_file;
#[macro_use]
mod suite;

use golden_file::check;
use synod_hashring::{
    Full, Inline, KeyHash, Placement, Rendezvous, TooFewNodes, WeightedRendezvous,
};

type Plain = Rendezvous<u16, Inline<6>>;
type Weighted = WeightedRendezvous<u16, Inline<6>>;

const HASH: KeyHash = KeyHash::v1(0);

suite! {
    h03_rendezvous_is_the_same_everywhere
    h03_weighted_rendezvous_is_the_same_everywhere
    h01_h02_h07_nodes_of_a_rendezvous_come_and_go
    h01_h02_h07_nodes_of_a_weighted_rendezvous_come_and_go
    h06_weights_of_a_rendezvous
    a_key_named_like_a_node_is_a_key_like_any_other
    nodes_compare_whatever_the_capacity
}

fn h03_rendezvous_is_the_same_everywhere() {
    let nodes = Plain::from_nodes(HASH, &[0, 1, 2, 3, 4]).unwrap();
    check(include_str!("golden/rendezvous.txt"), &nodes);
}

fn h03_weighted_rendezvous_is_the_same_everywhere() {
    let nodes: [(u16, u32); 5] = core::array::from_fn(|node| (node as u16, 10 + 3 * node as u32));
    let nodes = Weighted::from_nodes(HASH, &nodes).unwrap();
    check(include_str!("golden/weighted_rendezvous.txt"), &nodes);
}

/// Asks in all ways; the order of all nodes is `order`.
fn ask(placement: &impl Placement<Node = u16>, key: u64, order: &[u16]) {
    assert_eq!(placement.node_count(), order.len());
    assert_eq!(placement.owner(key), order.first().copied());
    assert_eq!(placement.replicas::<0>(key), Ok([]));
    let too_few = TooFewNodes { needed: 2, nodes: order.len() };
    assert_eq!(placement.replicas::<2>(key), order.first_chunk().copied().ok_or(too_few));
    let mut room = [99; 8];
    assert_eq!(placement.successors(key, &mut room), order);
    assert_eq!(placement.successors(key, &mut room[..1]), &order[..order.len().min(1)]);
    assert_eq!(placement.first_where_of_point(placement.point(key), |_| false), None);
}

fn h01_h02_h07_nodes_of_a_rendezvous_come_and_go() {
    let mut nodes = Plain::new(HASH);
    ask(&nodes, 7, &[]);
    for (node, order) in [(3, &[3][..]), (1, &[3, 1]), (5, &[3, 1, 5]), (0, &[3, 0, 1, 5])] {
        assert_eq!(nodes.insert(node), Ok(true));
        assert_eq!(nodes.insert(node), Ok(false));
        ask(&nodes, 7, order);
    }
    assert_eq!(Plain::from_nodes(HASH, &[5, 1, 5, 0, 3, 1, 0]).as_ref(), Ok(&nodes));
    assert!(nodes.nodes().eq(&[0, 1, 3, 5]) && nodes.contains(&5) && !nodes.contains(&2));
    assert_eq!((nodes.insert(8), nodes.insert(9)), (Ok(true), Ok(true)));
    let full = nodes.clone();
    assert_eq!(nodes.insert(10), Err(Full { needed: 7, capacity: 6 }));
    assert_eq!((nodes.insert(9), &nodes), (Ok(false), &full));
    assert!(Plain::from_nodes(HASH, &[0, 1, 2, 3, 4, 5, 6]).is_err());
    for node in [8, 0, 5, 9, 1, 3] {
        assert!(nodes.remove(&node) && !nodes.remove(&node));
    }
    assert_eq!(nodes, Plain::new(HASH));
}

fn h01_h02_h07_nodes_of_a_weighted_rendezvous_come_and_go() {
    let mut nodes = Weighted::new(HASH);
    ask(&nodes, 7, &[]);
    // Of equal weights, the order is that without.
    for (node, order) in [(3, &[3][..]), (1, &[3, 1]), (5, &[3, 1, 5]), (0, &[3, 0, 1, 5])] {
        assert_eq!(nodes.insert(node, 0), Ok(None));
        assert_eq!(nodes.insert(node, 9), Ok(Some(0)));
        assert_eq!((nodes.insert(node, 9), nodes.get(&node)), (Ok(Some(9)), Some(9)));
        ask(&nodes, 7, order);
    }
    let list = [(5, 1), (1, 9), (5, 9), (0, 2), (3, 9), (0, 9), (1, 9)];
    assert_eq!(Weighted::from_nodes(HASH, &list).as_ref(), Ok(&nodes));
    assert_eq!((nodes.insert(8, 0), nodes.insert(9, 7)), (Ok(None), Ok(None)));
    let full = nodes.clone();
    assert_eq!(nodes.insert(10, 1), Err(Full { needed: 7, capacity: 6 }));
    assert_eq!((&nodes, nodes.node_count()), (&full, 5));
    assert_eq!(nodes.remove(&8), Some(0));
    for node in [0, 5, 1, 3] {
        assert_eq!((nodes.remove(&node), nodes.remove(&node)), (Some(9), None));
    }
    assert!(nodes.nodes().eq([(&9, 7)]) && (0..50_u64).all(|key| nodes.owner(key) == Some(9)));
    assert_eq!(nodes.remove(&9), Some(7));
    assert_eq!(nodes, Weighted::new(HASH));
}

fn h06_weights_of_a_rendezvous() {
    let mut nodes = Weighted::from_nodes(HASH, &[(1, 30), (2, 30), (3, 0)]).unwrap();
    assert_eq!((nodes.node_count(), nodes.get(&3)), (2, Some(0)));
    assert!((0..200_u64).all(|key| nodes.owner(key) != Some(3)));
    let before = nodes.clone();
    assert_eq!(nodes.insert(2, 31), Ok(Some(30)));
    let moved = (0..500_u64).filter(|&key| nodes.owner(key) != before.owner(key));
    let moved = moved.inspect(|&key| assert_eq!(nodes.owner(key), Some(2)));
    // 31/61 - 30/60: 4 of 500 on average.
    assert!(moved.count() <= 16);
    assert_eq!(nodes.insert(2, 30), Ok(Some(31)));
    assert_eq!(nodes, before);
    // As much as there is, against as little.
    nodes.insert(1, u32::MAX).unwrap();
    nodes.insert(2, 1).unwrap();
    assert!((0..200_u64).all(|key| nodes.owner(key) == Some(1)));
    assert_eq!(nodes.replicas(1_u64), Ok([1, 2]));
    nodes.insert(1, 0).unwrap();
    assert!((0..200_u64).all(|key| nodes.owner(key) == Some(2)));
}

fn a_key_named_like_a_node_is_a_key_like_any_other() {
    // Each is its own owner now and then: of 6 nodes, and ten seeds, 10 times on average.
    let own = (0..10).flat_map(|seed| {
        let nodes = Plain::from_nodes(KeyHash::v1(seed), &[0, 1, 2, 3, 4, 5]).unwrap();
        (0..6_u16).filter(move |&node| nodes.owner(node) == Some(node))
    });
    assert!((3..=20).contains(&own.count()));
}

fn nodes_compare_whatever_the_capacity() {
    let plain = Plain::from_nodes(HASH, &[1, 2]).unwrap();
    let other = |nodes: &[u16]| Rendezvous::<u16, Inline<9>>::from_nodes(HASH, nodes).unwrap();
    assert!(plain == other(&[2, 1]) && plain != other(&[1]) && plain != other(&[1, 3]));
    let weighted = Weighted::from_nodes(HASH, &[(1, 5), (2, 0)]).unwrap();
    let other = |nodes: &[(u16, u32)]| {
        WeightedRendezvous::<u16, Inline<9>>::from_nodes(HASH, nodes).unwrap()
    };
    assert!(weighted == other(&[(2, 0), (1, 5)]));
    assert!(weighted != other(&[(1, 5), (2, 1)]) && weighted != other(&[(1, 5), (3, 0)]));
    let seeded = Rendezvous::<u16, Inline<9>>::from_nodes(KeyHash::v1(1), &[1, 2]).unwrap();
    assert!(plain != seeded);
}
