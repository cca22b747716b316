//! Where keys are, as files that every machine must agree with, and the scenarios that broke real
//! placements, by number: on the host and on boards. (Of rings, h04 is in `ring.rs`; h10 is in
//! `buckets.rs`; there is more in these, and in `partitions.rs`, of the others.)
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[macro_use]
mod suite;

use synod_hashring::{
    AssignError, Full, Inline, Jump, JumpBack, Key, KeyHash, Partitioning, Partitions, Placement,
    Rebalanced, Ring, TooFewNodes,
};

type Small = Ring<u16, Inline<6>, Inline<100>>;
type Table = Partitions<u16, Inline<6>, Inline<96>>;

const HASH: KeyHash = KeyHash::v1(0);

suite! {
    h03_hashes_are_the_same_everywhere
    h03_jump_is_the_same_everywhere
    h03_jump_back_is_the_same_everywhere
    h03_rings_are_the_same_everywhere
    h03_partitions_are_the_same_everywhere
    h03_slots_are_those_of_redis
    integers_of_every_width_are_one_key
    h01_a_node_that_was_added_twice_leaves_no_ghost
    h02_replicas_are_different_nodes_or_none
    h05_a_key_on_a_token_and_one_past_the_last
    h06_a_weight_of_zero_and_weights_that_change_little
    h06_weights_of_partitions
    h07_no_node_and_one_node
    h08_fewer_zones_than_copies_and_unequal_zones
    h01_partitions_of_a_node_that_was_added_twice
    h07_partitions_without_nodes_and_with_fewer_than_copies
    partitions_of_a_node_that_goes
    h04_partitions_by_another_placement
    h04_partitions_of_nodes_in_any_order
    partitions_stay_where_shares_are_rounded
    partitions_that_are_refused
    a_ring_that_is_full_stays_as_it_was
}

/// The lines of a file that are no comments, as words.
fn lines(file: &str) -> impl Iterator<Item = [&str; 4]> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let mut words = line.split(' ');
        [(); 4].map(|()| words.next().unwrap_or(""))
    })
}

/// A file of keys, each with the three nodes that it is on.
fn check(file: &str, placement: &impl Placement<Node: Into<u64>>) {
    let mut checked = 0;
    for [key, nodes @ ..] in lines(file) {
        let of_text = placement.replicas::<3>(key);
        let found = match key.parse::<u64>() {
            Ok(number) => placement.replicas::<3>(number),
            Err(_) => of_text,
        };
        assert_eq!(found.unwrap().map(Into::into), nodes.map(|node| node.parse::<u64>().unwrap()));
        checked += 1;
    }
    assert_eq!(checked, 48);
}

fn h03_hashes_are_the_same_everywhere() {
    let mut checked = 0;
    for [seed, key, point, _] in lines(include_str!("golden/hash.txt")) {
        let hash = KeyHash::v1(seed.parse().unwrap());
        let found = key.parse::<u64>().map_or(hash.point(key), |number| hash.point(number));
        assert_eq!(found, u64::from_str_radix(point, 16).unwrap());
        checked += 1;
    }
    assert_eq!(checked, 24);
    // The vectors of the specification: no bytes, and some.
    assert_eq!(HASH.point(""), 0xef46_db37_51d8_e999);
    assert_eq!(HASH.point("a"), 0xd24e_c4f1_a98c_6e5b);
    assert_eq!(HASH.point("abc"), 0x44bc_2cf5_ad77_0999);
    assert_eq!((HASH.version(), HASH.seed(), KeyHash::v1(9).seed()), (1, 0, 9));
}

fn h03_jump_is_the_same_everywhere() {
    check(include_str!("golden/jump.txt"), &Jump::new(HASH, 57));
}

fn h03_jump_back_is_the_same_everywhere() {
    check(include_str!("golden/jump_back.txt"), &JumpBack::new(HASH, 57));
}

fn h03_rings_are_the_same_everywhere() {
    let nodes: [(u16, u32); 5] = core::array::from_fn(|node| (node as u16, 10 + 3 * node as u32));
    let ring = Small::from_nodes(HASH, &nodes).unwrap();
    check(include_str!("golden/ring.txt"), &ring);
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

fn integers_of_every_width_are_one_key() {
    let point = HASH.point(7_u64);
    assert_eq!([HASH.point(7_u8), HASH.point(7_u16), HASH.point(7_u32)], [point; 3]);
    assert_eq!(HASH.point([7, 0, 0, 0, 0, 0, 0, 0]), point);
    assert_eq!((&"key").with_bytes(<[u8]>::len), 3);
}

fn h01_a_node_that_was_added_twice_leaves_no_ghost() {
    let mut ring = Small::new(HASH);
    assert_eq!(ring.insert(1, 10), Ok(None));
    assert_eq!(ring.insert(2, 10), Ok(None));
    assert_eq!(ring.insert(1, 10), Ok(Some(10)));
    assert_eq!((ring.token_count(), ring.node_count()), (20, 2));
    assert_eq!(ring.remove(&1), Some(10));
    assert_eq!(ring.remove(&1), None);
    assert!((0..50_u64).all(|key| ring.owner(key) == Some(2)));
    assert_eq!(Small::from_nodes(HASH, &[(2, 3), (2, 10)]).as_ref(), Ok(&ring));
}

fn h02_replicas_are_different_nodes_or_none() {
    let ring = Small::from_nodes(HASH, &[(1, 40), (2, 1), (3, 1)]).unwrap();
    for key in 0..50_u64 {
        let [a, b, c] = ring.replicas(key).unwrap();
        assert!(a != b && b != c && c != a);
        assert_eq!(ring.owner(key), Some(a));
        assert_eq!(ring.replicas(key), Ok([a, b]));
        assert_eq!(ring.replicas::<4>(key), Err(TooFewNodes { needed: 4, nodes: 3 }));
        let mut room = [9; 5];
        assert_eq!(ring.successors(key, &mut room), [a, b, c]);
        assert_eq!(room, [a, b, c, 9, 9]);
        assert_eq!(ring.successors(key, &mut []), []);
    }
}

fn h05_a_key_on_a_token_and_one_past_the_last() {
    // Each has one token, which divides the ring: it owns that and what is before it.
    let ring = Small::from_nodes(HASH, &[(1, 1), (2, 1)]).unwrap();
    // Where the owner changes, found by halves.
    let (mut below, mut above) = (0_u64, u64::MAX);
    let first = ring.owner_of_point(0).unwrap();
    assert_eq!(ring.owner_of_point(u64::MAX), Some(first));
    let inside = (0..64).map(|n| n << 58).find(|&point| ring.owner_of_point(point) != Some(first));
    above = inside.unwrap_or(above);
    while above - below > 1 {
        let middle = below.midpoint(above);
        if ring.owner_of_point(middle) == Some(first) { below = middle } else { above = middle }
    }
    // The token has the upper half, and owns all that have the same.
    assert_eq!((below as u32, above as u32), (u32::MAX, 0));
}

fn h06_a_weight_of_zero_and_weights_that_change_little() {
    let mut ring = Small::from_nodes(HASH, &[(1, 30), (2, 30), (3, 0)]).unwrap();
    assert_eq!((ring.node_count(), ring.get(&3)), (2, Some(0)));
    assert!((0..200_u64).all(|key| ring.owner(key) != Some(3)));
    assert_eq!(ring.replicas::<3>(1_u64), Err(TooFewNodes { needed: 3, nodes: 2 }));
    let before = ring.clone();
    assert_eq!(ring.insert(2, 31), Ok(Some(30)));
    let moved = (0..500_u64).filter(|&key| ring.owner(key) != before.owner(key));
    let moved = moved.inspect(|&key| assert_eq!(ring.owner(key), Some(2)));
    // One token of 61: 8 of 500 on average.
    assert!(moved.count() <= 40);
    assert_eq!(ring.insert(2, 30), Ok(Some(31)));
    assert_eq!(ring, before);
    assert_eq!(ring.insert(1, 0), Ok(Some(30)));
    assert!((0..200_u64).all(|key| ring.owner(key) == Some(2)));
}

fn h07_no_node_and_one_node() {
    let mut ring = Small::new(HASH);
    assert_eq!((ring.owner("a"), ring.node_count()), (None, 0));
    assert_eq!(ring.replicas::<1>("a"), Err(TooFewNodes { needed: 1, nodes: 0 }));
    assert_eq!(ring.replicas::<0>("a"), Ok([]));
    ring.insert(5, 1).unwrap();
    assert_eq!([0, 1 << 63, u64::MAX].map(|point| ring.owner_of_point(point)), [Some(5); 3]);
    assert_eq!(ring.replicas("a"), Ok([5]));
    assert_eq!(ring.remove(&5), Some(1));
    assert_eq!(ring, Small::new(HASH));
    assert_eq!(ring.first_where(3, |_| true), None);
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
        (0, &[0, 1, 2, 3], AssignError::TooMany),
        (0, &[0, 9], AssignError::UnknownNode),
        (0, &[2, 1, 2], AssignError::Twice),
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

fn a_ring_that_is_full_stays_as_it_was() {
    let mut ring = Small::new(HASH);
    for node in 0..6 {
        ring.insert(node, 15).unwrap();
    }
    let before = ring.clone();
    assert_eq!(ring.insert(6, 1), Err(Full { needed: 7, capacity: 6 }));
    assert_eq!(ring.insert(5, 26), Err(Full { needed: 101, capacity: 100 }));
    assert_eq!(ring.insert(5, u32::MAX).map_err(|full| full.capacity), Err(100));
    assert_eq!(ring, before);
    assert_eq!(ring.insert(5, 25), Ok(Some(15)));
    assert!(Small::from_nodes(HASH, &[(1, 100), (2, 1)]).is_err());
    assert!(Small::from_nodes(HASH, &[(1, u32::MAX), (2, u32::MAX)]).is_err());
}
