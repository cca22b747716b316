//! Where keys are by a table of partitions, as a file that every machine must agree with, and the
//! scenarios that broke real placements, by number.
//!
//! Nothing here needs more than `core`, as in `portable.rs`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

mod golden_file;
#[macro_use]
mod suite;

use golden_file::check;
use synod_hashring::{
    AssignError, Full, Inline, KeyHash, Partitioning, Partitions, Placement, Rebalanced, Ring,
    TooFewNodes,
};

type Table = Partitions<u16, Inline<6>, Inline<96>>;
type Small = Ring<u16, Inline<6>, Inline<100>>;

const HASH: KeyHash = KeyHash::v1(0);

suite! {
    h03_partitions_are_the_same_everywhere
    h03_slots_are_those_of_redis
    h06_weights_of_partitions
    h08_fewer_zones_than_copies_and_unequal_zones
    h01_partitions_of_a_node_that_was_added_twice
    h07_partitions_without_nodes_and_with_fewer_than_copies
    partitions_of_a_node_that_goes
    h04_partitions_by_another_placement
    h04_partitions_of_nodes_in_any_order
    partitions_stay_where_shares_are_rounded
    a_node_without_partitions_is_not_counted
    tables_compare_whatever_the_capacity
    partitions_that_are_refused
}

/// 32 partitions, so many copies, and the nodes from 0 on.
fn table(copies: u8, weights: &[u32]) -> Table {
    let mut table = Table::new(Partitioning::v1(HASH, 32), copies).unwrap();
    for (node, weight) in (0..).zip(weights) {
        assert_eq!(table.insert(node, *weight), Ok(None));
    }
    table
}

fn h03_partitions_are_the_same_everywhere() {
    let mut table = table(3, &[10, 13, 16, 19]);
    table.rebalance().unwrap();
    table.insert(4, 22).unwrap();
    table.rebalance().unwrap();
    check(include_str!("golden/partitions.txt"), &table);
}

fn h03_slots_are_those_of_redis() {
    let slots = Partitioning::redis_cluster();
    // From the documentation of Redis, and from the tests of its clients.
    for (key, slot) in [
        ("", 0),
        ("foo", 12_182),
        ("bar", 5_061),
        ("somekey", 11_058),
        ("foo{hash_tag}", 2_515),
        ("bar{hash_tag}", 2_515),
        ("{user1000}.following", 3_443),
        ("{user1000}.followers", 3_443),
        ("foo{}{bar}", 8_363),
        ("foo{{bar}}zap", 4_015),
        ("{bar", 4_015),
        ("foo{bar}{zap}", 5_061),
        ("123456789", 0x31c3),
    ] {
        assert_eq!(slots.partition(key), slot, "{key}");
        assert_eq!(slots.point(key), slot.into());
    }
    assert_eq!((slots.count(), slots.key_hash()), (16_384, None));
    assert_eq!([16_384, u64::MAX].map(|point| slots.partition_of_point(point)), [0, 16_383]);
}

fn h08_fewer_zones_than_copies_and_unequal_zones() {
    let mut first = table(3, &[1; 6]);
    // Zone 0 has five nodes, and zone 1 has one: two copies must be in zone 0.
    let two = |node| node / 5;
    let report = first.rebalance_apart(two).unwrap();
    assert_eq!((report.moved, report.together, report.missing), (96, 32, 0));
    assert_eq!(first.load(&5), Some(32));
    assert!((0..5).all(|node| [12, 13].contains(&first.load(&node).unwrap())));
    // With a third zone none are together: each zone has all partitions.
    let three = |node| if node == 4 { 2 } else { node / 5 };
    let had = first.load(&4).unwrap();
    let report = first.rebalance_apart(three).unwrap();
    assert!(report.moved >= 32 - had && report.together == 0);
    assert_eq!(first.load(&4), Some(32));
    for (_, nodes) in first.iter() {
        let mut zones = 0;
        nodes.for_each(|node| zones |= 1 << three(node));
        assert_eq!(zones, 7);
    }
}

fn h01_partitions_of_a_node_that_was_added_twice() {
    let mut first = table(2, &[1, 1, 1]);
    let report = first.rebalance().unwrap();
    assert_eq!(report, Rebalanced { moved: 64, owners: 32, missing: 0, together: 0 });
    let before = first.clone();
    assert_eq!(first.insert(1, 1), Ok(Some(1)));
    assert_eq!(first, before);
    assert_eq!(first.rebalance(), Ok(Rebalanced::default()));
    // And away again: nothing is left of it.
    assert_eq!(first.remove(&1), Some(1));
    first.rebalance().unwrap();
    assert_eq!([0, 2].map(|node| first.load(&node)), [Some(32); 2]);
    assert!((0..50_u64).all(|key| first.replicas::<2>(key).is_ok_and(|nodes| !nodes.contains(&1))));
}

fn h06_weights_of_partitions() {
    let mut first = table(2, &[10, 10, 10]);
    first.rebalance().unwrap();
    let had = first.load(&2).unwrap();
    // Half as much again is 3/7 of 64 copies.
    assert_eq!(first.insert(2, 15), Ok(Some(10)));
    let report = first.rebalance().unwrap();
    let has = first.load(&2).unwrap();
    assert!([27, 28].contains(&has) && report.moved == has - had);
    // Ten times as much is more than one copy of each can be.
    assert_eq!(first.insert(2, 150), Ok(Some(15)));
    assert_eq!(first.rebalance().map(|report| report.moved), Ok(32 - has));
    assert_eq!([0, 1, 2].map(|node| first.load(&node)), [Some(16), Some(16), Some(32)]);
    // Nothing is nothing.
    assert_eq!(first.insert(2, 0), Ok(Some(150)));
    assert_eq!(first.rebalance().map(|report| report.moved), Ok(32));
    assert_eq!((first.load(&2), first.node_count()), (Some(0), 2));
}

fn h07_partitions_without_nodes_and_with_fewer_than_copies() {
    let mut first = table(3, &[]);
    let missing = |missing| Rebalanced { missing, ..Rebalanced::default() };
    assert_eq!(first.rebalance(), Ok(missing(96)));
    assert_eq!((first.owner("a"), first.node_count()), (None, 0));
    assert_eq!(first.replicas::<1>("a"), Err(TooFewNodes { needed: 1, nodes: 0 }));
    first.insert(4, 7).unwrap();
    assert_eq!(first.rebalance(), Ok(Rebalanced { moved: 32, owners: 32, ..missing(64) }));
    assert_eq!((first.owner("a"), first.load(&4)), (Some(4), Some(32)));
    first.insert(5, 0).unwrap();
    first.insert(2, 1).unwrap();
    assert_eq!(first.rebalance().map(|report| (report.moved, report.missing)), Ok((32, 32)));
    assert_eq!((first.load(&2), first.load(&5), first.node_count()), (Some(32), Some(0), 2));
    assert!(first.replicas::<2>("a").is_ok_and(|[a, b]| a != b));
    assert_eq!(first.replicas::<3>("a"), Err(TooFewNodes { needed: 3, nodes: 2 }));
    assert_eq!([first.remove(&2), first.remove(&4), first.remove(&4)], [Some(1), Some(7), None]);
    assert_eq!((first.owner("a"), first.node_count(), first.load(&4)), (None, 0, None));
}

fn partitions_of_a_node_that_goes() {
    let mut first = table(2, &[1; 4]);
    first.rebalance().unwrap();
    let before = first.clone();
    assert_eq!(first.remove(&1), Some(1));
    for (partition, nodes) in before.iter() {
        assert!(first.nodes_of(partition).eq(nodes.filter(|node| *node != 1)));
    }
    // Its 16 copies go to the others, and nothing else moves.
    assert_eq!(first.rebalance().unwrap().moved, 16);
    for (partition, nodes) in before.iter() {
        let mut kept = nodes.filter(|node| *node != 1);
        assert!(kept.all(|node| first.nodes_of(partition).any(|other| other == node)));
    }
}

fn h04_partitions_by_another_placement() {
    let ring = Small::from_nodes(HASH, &[(0, 9), (1, 20), (2, 20), (3, 20), (9, 20)]).unwrap();
    let mut first = table(2, &[1, 5, 3, 0]);
    let mut other = first.clone();
    other.rebalance().unwrap();
    let report = first.assign_by(&ring);
    assert_eq!((report.moved, report.owners, report.missing), (64, 32, 0));
    for (partition, nodes) in first.iter() {
        // Not 3, of weight 0, nor 9, which the table does not know.
        let mut room = [0; 5];
        let order = ring.successors(partition, &mut room).iter().copied();
        assert!(nodes.eq(order.filter(|node| *node < 3).take(2)));
    }
    // Whatever was before (h04).
    other.assign_by(&ring);
    assert_eq!(first, other);
    assert_eq!(first.assign_by(&ring), Rebalanced::default());
}

fn h04_partitions_of_nodes_in_any_order() {
    let by_hash = Partitioning::v1(HASH, 32);
    let [mut first, mut other] = [0; 2].map(|_| Table::new(by_hash, 2).unwrap());
    for node in [3, 1, 5] {
        first.insert(node, node.into()).unwrap();
    }
    for node in [1, 2, 5, 3] {
        other.insert(node, node.into()).unwrap();
    }
    other.remove(&2);
    first.rebalance().unwrap();
    other.rebalance().unwrap();
    assert_eq!(first, other);
    // Who comes between others changes nothing yet, nor does who goes without partitions.
    for node in [4, 0, 9] {
        first.insert(node, 1).unwrap();
        assert!(first.iter().zip(other.iter()).all(|((_, new), (_, old))| new.eq(old)));
    }
    for node in [0, 9, 4] {
        first.remove(&node);
    }
    assert_eq!(first, other);
}

fn partitions_stay_where_shares_are_rounded() {
    // 32 copies on 3 nodes of one weight: whichever has but 10, nothing moves.
    for fewest in 0..3 {
        let mut first = table(1, &[1, 1, 1]);
        for partition in 0..32 {
            first.assign(partition, &[(partition + fewest + 1) % 3]).unwrap();
        }
        assert_eq!(first.load(&fewest), Some(10));
        assert_eq!(first.rebalance(), Ok(Rebalanced::default()));
    }
}

fn partitions_that_are_refused() {
    let mut first = table(3, &[1; 6]);
    first.rebalance().unwrap();
    let before = first.clone();
    assert_eq!(first.insert(6, 1), Err(Full { needed: 7, capacity: 6 }));
    for (partition, nodes, error) in [
        (32, &[0, 1][..], AssignError::NoPartition),
        (0, &[0, 1, 2, 3], AssignError::TooManyNodes),
        (0, &[0, 9], AssignError::UnknownNode),
        (0, &[2, 1, 2], AssignError::NodeTwice),
    ] {
        assert_eq!(first.assign(partition, nodes), Err(error));
    }
    assert_eq!(first, before);
    let full = Table::new(Partitioning::redis_cluster(), 2).map_err(|full| full.needed);
    assert_eq!(full, Err(32_768));

    assert_eq!(first.assign(7, &[5, 2]), Ok(()));
    assert!(first.nodes_of(7).eq([5, 2]));
    assert_eq!(first.nodes_of(32).next(), None);
    assert_eq!(first.owner_of_point(7 << 59), Some(5));
    assert_eq!(first.owner_of_point((7 << 59) - 1), before.nodes_of(6).next());
    let loads = |table: &Table| (0..6).map(|node| table.load(&node).unwrap()).sum::<u32>();
    assert_eq!((loads(&before), loads(&first)), (96, 95));
}

fn a_node_without_partitions_is_not_counted() {
    let mut first = table(2, &[1, 1]);
    first.rebalance().unwrap();
    first.insert(3, 1).unwrap();
    assert_eq!((first.node_count(), first.load(&3)), (2, Some(0)));
    assert_eq!(first.remove(&3), Some(1));
    assert_eq!(first.node_count(), 2);
    assert!(first.replicas::<2>(7_u64).is_ok());
}

fn tables_compare_whatever_the_capacity() {
    let mut first = table(2, &[1, 1, 2]);
    let mut other = Partitions::<u16, Inline<3>, Inline<64>>::new(first.partitioning(), 2).unwrap();
    for (node, weight) in [(2, 2), (0, 1), (1, 1)] {
        other.insert(node, weight).unwrap();
    }
    assert_eq!(first, other);
    first.rebalance().unwrap();
    assert_ne!(first, other);
    other.rebalance().unwrap();
    assert_eq!(first, other);
    other.insert(2, 3).unwrap();
    assert_ne!(first, other);
}
