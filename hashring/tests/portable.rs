//! Where keys are, as files that every machine must agree with, and the scenarios that broke real
//! placements, by number: on the host and on boards. (Of rings, h04 is in `ring.rs`; h10 is in
//! `buckets.rs`; other kinds of nodes are in files of their own.)
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

mod golden_file;
#[macro_use]
mod suite;

use golden_file::{check, lines};
use synod_hashring::{
    BoundedLoads, Full, Inline, Jump, JumpBack, Key, KeyHash, PlaceError, Placement, Plan, Ring,
    TooFewNodes, Zoned,
};

type Small = Ring<u16, Inline<6>, Inline<100>>;

const HASH: KeyHash = KeyHash::v1(0);

suite! {
    h03_hashes_are_the_same_everywhere
    h03_jump_is_the_same_everywhere
    h03_jump_back_is_the_same_everywhere
    h03_rings_are_the_same_everywhere
    h03_long_orders_are_the_same_everywhere
    integers_of_every_width_are_one_key
    h01_a_node_that_was_added_twice_leaves_no_ghost
    h02_replicas_are_different_nodes_or_none
    h05_a_key_on_a_token_and_one_past_the_last
    h06_a_weight_of_zero_and_weights_that_change_little
    h07_no_node_and_one_node
    h08_fewer_zones_than_replicas_and_the_end_of_the_ring
    h09_where_all_are_full_it_is_an_error
    h12_a_plan_is_the_difference
    a_ring_that_is_full_stays_as_it_was
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

/// A file of rules and of the first twenty nodes of a key each: those that are ranked, and the
/// rest.
fn h03_long_orders_are_the_same_everywhere() {
    let mut checked = 0;
    for line in include_str!("golden/orders.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let mut next = || words.next().unwrap();
        let (rule, seed, count) = (next(), next().parse().unwrap(), next().parse().unwrap());
        let (hash, key) = (KeyHash::v1(seed), next());
        let mut order = [0; 20];
        match rule {
            "jump" => Jump::new(hash, count).successors(key, &mut order).len(),
            _ => JumpBack::new(hash, count).successors(key, &mut order).len(),
        };
        assert!(words.map(|node| node.parse::<u32>().unwrap()).eq(order), "{line}");
        checked += 1;
    }
    assert_eq!(checked, 18);
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
    assert_eq!(ring.first_where_of_point(3, |_| true), None);
}

fn h08_fewer_zones_than_replicas_and_the_end_of_the_ring() {
    // Zones of three nodes, of two and of one.
    let nodes = [1, 2, 3, 11, 12, 21].map(|node| (node, 16));
    let ring = Small::from_nodes(HASH, &nodes).unwrap();
    let zoned = Zoned::new(&ring, |node| node / 10);
    assert_eq!((zoned.zone_count(), zoned.placement().node_count()), (Some(3), 6));
    // Also where the tokens begin again.
    for key in 0..100_u64 {
        let three = zoned.replicas::<3>(key).unwrap();
        assert_eq!((three.zones, three.are_apart()), (3, true));
        assert_eq!(Some(three.nodes[0]), ring.owner(key));
        let four = zoned.replicas::<4>(key).unwrap();
        assert_eq!((four.zones, four.are_apart()), (3, false));
        let of = |zone| four.nodes.iter().filter(|&&node| node / 10 == zone).count();
        assert!(of(0) + of(1) == 3 && of(2) == 1);
        let mut all = zoned.replicas::<6>(key).unwrap().nodes;
        assert_eq!(all[..3], three.nodes);
        all.sort_unstable();
        assert_eq!(all, nodes.map(|(node, _)| node));
        assert_eq!(zoned.replicas::<7>(key), Err(TooFewNodes { needed: 7, nodes: 6 }));
        // A zone that is down is stood in for by the others, and they say so.
        let mut room = [0; 3];
        let (found, zones) = zoned.successors_where(key, &mut room, |node| node / 10 != 1);
        assert_eq!((found.len(), zones), (3, 2));
    }
    let none = Zoned::new(Small::new(HASH), |node| node);
    assert_eq!(none.zone_count(), Some(0));
    assert_eq!(none.replicas::<0>(1_u64).map(|none| none.are_apart()), Ok(true));
    assert_eq!(none.replicas::<2>(1_u64), Err(TooFewNodes { needed: 2, nodes: 0 }));
}

fn h09_where_all_are_full_it_is_an_error() {
    let ring = Small::from_nodes(HASH, &[(1, 20), (2, 20), (3, 20)]).unwrap();
    let mut loads = BoundedLoads::<u16, Inline<3>>::new(0);
    assert_eq!(loads.place(&ring, 1_u64), Err(PlaceError::NoNode));
    for node in 1..=3 {
        loads.insert(node, 1).unwrap();
    }
    assert_eq!(loads.insert(4, 1), Err(Full { needed: 4, capacity: 3 }));
    // As even as can be, whatever the keys; where all are as full as they may be, one more raises
    // the bound.
    for key in 0..30_u64 {
        loads.place(&ring, key).unwrap();
    }
    assert!(loads.loads().all(|(_, load)| load == 10));
    // Two are down: of 31 keys the third may have 11, and of 32 no more.
    assert_eq!(loads.place_where(&ring, 31_u64, |node| node == 2), Ok(2));
    let before = loads.clone();
    assert_eq!(loads.place_where(&ring, 32_u64, |node| node == 2), Err(PlaceError::AllFull));
    assert_eq!(loads.place_where(&ring, 32_u64, |_| false), Err(PlaceError::NoNode));
    assert_eq!(loads.place(&Small::new(HASH), 32_u64), Err(PlaceError::NoNode));
    // Nobody takes keys.
    let mut nobody = loads.clone();
    (1..=3).for_each(|node| assert_eq!(nobody.insert(node, 0), Ok(Some(1))));
    assert_eq!(nobody.place(&ring, 32_u64), Err(PlaceError::NoNode));
    assert_eq!(loads, before);
    assert_eq!((loads.load(&2), loads.bound(&2), loads.total_load()), (Some(11), Some(11), 31));
    // What has left makes room, and once only.
    assert!(loads.release(&2));
    assert_eq!(loads.place_where(&ring, 32_u64, |node| node == 2), Ok(2));
    assert_eq!((loads.get(&2), loads.remove(&2), loads.get(&2)), (Some(1), Some(1), None));
    assert_eq!((loads.remove(&2), loads.release(&2)), (None, false));
    assert_eq!(loads.total_load(), 20);
}

fn h12_a_plan_is_the_difference() {
    let before = Small::from_nodes(HASH, &[(1, 20), (2, 20), (3, 20)]).unwrap();
    let mut after = before.clone();
    after.insert(4, 20).unwrap();
    after.remove(&2);
    let plan = || Plan::<_, _, 2>::new(&before, &after).unwrap();
    for key in 0..100_u64 {
        let point = before.point(key);
        let [mut old, mut new] = [&before, &after].map(|ring| ring.replicas::<2>(key).unwrap());
        let told = plan().find(|range| range.contains(point));
        if let Some(range) = &told {
            assert_eq!((&range.before[..], &range.after[..]), (&old[..], &new[..]));
        }
        old.sort_unstable();
        new.sort_unstable();
        assert_eq!(told.is_some(), old != new);
    }
    // Down to the last range, each once; and from anywhere on.
    let mut above = None;
    for (place, range) in plan().enumerate() {
        assert!(range.first <= range.last && above.is_none_or(|above| range.last < above));
        above = Some(range.first);
        let rest = Plan::<_, _, 2>::below(&before, &after, range.first).unwrap();
        assert!(rest.eq(plan().skip(place + 1)));
        assert!(range.transfers().all(|transfer| range.before.contains(&transfer.from.unwrap())));
    }
    assert!(above.is_some());
    assert_eq!(Plan::<_, _, 2>::new(&before, &before).unwrap().count(), 0);
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
