//! Where keys are, as files that every machine must agree with, and the scenarios that broke real
//! placements, by number: on the host and on boards. (h04 is in `ring.rs` and `rendezvous.rs`, h10 in
//! `buckets.rs`, with more there of the others.)
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[macro_use]
mod suite;

use synod_hashring::{
    BoundedLoads, Full, Inline, Jump, JumpBack, Key, KeyHash, Maglev, MaglevError, PlaceError,
    Placement, Plan, Rendezvous, Ring, TooFewNodes, WeightedRendezvous, Zoned,
};

type Small = Ring<u16, Inline<6>, Inline<100>>;
type Plain = Rendezvous<u16, Inline<6>>;
type Weighted = WeightedRendezvous<u16, Inline<6>>;
type Table = Maglev<u16, Inline<6>, Inline<251>>;

const HASH: KeyHash = KeyHash::v1(0);

suite! {
    h03_hashes_are_the_same_everywhere
    h03_jump_is_the_same_everywhere
    h03_jump_back_is_the_same_everywhere
    h03_rings_are_the_same_everywhere
    h03_long_orders_are_the_same_everywhere
    h03_rendezvous_is_the_same_everywhere
    h03_weighted_rendezvous_is_the_same_everywhere
    h03_maglev_tables_are_the_same_everywhere
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
    h01_h02_h07_nodes_of_a_rendezvous_come_and_go
    h01_h02_h07_nodes_of_a_weighted_rendezvous_come_and_go
    h06_weights_of_a_rendezvous
    a_key_named_like_a_node_is_a_key_like_any_other
    maglev_h01_a_node_that_was_added_twice_leaves_no_ghost
    maglev_h02_replicas_are_different_nodes_or_none
    maglev_h04_the_order_of_changes_does_not_matter
    maglev_h06_a_weight_of_zero_and_weights_that_change_little
    maglev_h07_no_node_and_one_node
    h11_a_maglev_table_that_is_not_prime_or_too_small
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

/// A file of rules and of the first twenty nodes of a key each: those that are ranked, and the rest.
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

fn h03_rendezvous_is_the_same_everywhere() {
    let nodes = Plain::from_nodes(HASH, &[0, 1, 2, 3, 4]).unwrap();
    check(include_str!("golden/rendezvous.txt"), &nodes);
}

fn h03_weighted_rendezvous_is_the_same_everywhere() {
    let nodes: [(u16, u32); 5] = core::array::from_fn(|node| (node as u16, 10 + 3 * node as u32));
    let nodes = Weighted::from_nodes(HASH, &nodes).unwrap();
    check(include_str!("golden/weighted_rendezvous.txt"), &nodes);
}

fn h03_maglev_tables_are_the_same_everywhere() {
    let nodes: [(u16, u32); 5] = core::array::from_fn(|node| (node as u16, 10 + 3 * node as u32));
    let table = Table::from_nodes(HASH, 251, &nodes).unwrap();
    check(include_str!("golden/maglev.txt"), &table);
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

fn h08_fewer_zones_than_replicas_and_the_end_of_the_ring() {
    // Zones of three nodes, of two and of one.
    let nodes = [1, 2, 3, 11, 12, 21].map(|node| (node, 16));
    let ring = Small::from_nodes(HASH, &nodes).unwrap();
    let zoned = Zoned::new(&ring, |node| node / 10);
    assert_eq!((zoned.zone_count(), zoned.placement().node_count()), (3, 6));
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
    assert_eq!(none.zone_count(), 0);
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
    // As even as can be, whatever the keys; where all are as full as they may be, one more raises the bound.
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
    assert_eq!((loads.load(&2), loads.bound(&2), loads.total()), (Some(11), Some(11), 31));
    // What has left makes room, and once only.
    assert!(loads.release(&2));
    assert_eq!(loads.place_where(&ring, 32_u64, |node| node == 2), Ok(2));
    assert_eq!((loads.remove(&2), loads.remove(&2), loads.release(&2)), (Some(11), None, false));
    assert_eq!(loads.total(), 20);
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
    assert_eq!(placement.first_where(placement.point(key), |_| false), None);
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

fn maglev_h01_a_node_that_was_added_twice_leaves_no_ghost() {
    let mut table = Table::new(HASH, 101).unwrap();
    assert_eq!(table.insert(1, 10), Ok(None));
    assert_eq!(table.insert(2, 10), Ok(None));
    assert_eq!(table.insert(1, 10), Ok(Some(10)));
    assert_eq!((table.nodes().len(), table.node_count()), (2, 2));
    assert_eq!(table.remove(&1), Some(10));
    assert_eq!(table.remove(&1), None);
    assert!((0..50_u64).all(|key| table.owner(key) == Some(2)));
    assert_eq!(Table::from_nodes(HASH, 101, &[(2, 3), (2, 10)]).as_ref(), Ok(&table));
}

fn maglev_h02_replicas_are_different_nodes_or_none() {
    // The lightest have one entry and two.
    let table = Table::from_nodes(HASH, 97, &[(1, 100), (2, 1), (3, 2)]).unwrap();
    for key in 0..50_u64 {
        let [a, b, c] = table.replicas(key).unwrap();
        assert!(a != b && b != c && c != a);
        assert_eq!(table.owner(key), Some(a));
        assert_eq!(table.replicas(key), Ok([a, b]));
        assert_eq!(table.replicas::<4>(key), Err(TooFewNodes { needed: 4, nodes: 3 }));
        let mut room = [9; 5];
        assert_eq!(table.successors(key, &mut room), [a, b, c]);
        assert_eq!(room, [a, b, c, 9, 9]);
    }
}

fn maglev_h04_the_order_of_changes_does_not_matter() {
    let table = Table::from_nodes(HASH, 101, &[(5, 1), (1, 7), (3, 2)]).unwrap();
    let mut other = Table::from_nodes(HASH, 101, &[(2, 9), (5, 1)]).unwrap();
    assert_eq!(other.insert(3, 5), Ok(None));
    assert_eq!(other.insert(1, 7), Ok(None));
    assert_eq!(other.remove(&2), Some(9));
    assert_ne!(other, table);
    assert_eq!(other.insert(3, 2), Ok(Some(5)));
    assert_eq!(other, table);
    assert!((0..50_u64).all(|key| table.replicas::<3>(key) == other.replicas(key)));
}

fn maglev_h06_a_weight_of_zero_and_weights_that_change_little() {
    let mut table = Table::from_nodes(HASH, 251, &[(1, 30), (2, 30), (3, 0)]).unwrap();
    assert_eq!((table.node_count(), table.get(&3)), (2, Some(0)));
    assert!((0..200_u64).all(|key| table.owner(key) != Some(3)));
    assert_eq!(table.replicas::<3>(1_u64), Err(TooFewNodes { needed: 3, nodes: 2 }));
    let before = table.clone();
    assert_eq!(table.insert(2, 31), Ok(Some(30)));
    let moved = (0..500_u64).filter(|&key| table.owner(key) != before.owner(key));
    // 2 entries of 251 change their node, and some more with them.
    assert!(moved.count() <= 50);
    assert_eq!(table.insert(2, 30), Ok(Some(31)));
    assert_eq!(table, before);
    assert_eq!(table.insert(1, 0), Ok(Some(30)));
    assert!((0..200_u64).all(|key| table.owner(key) == Some(2)));
    // So light that it has no entry.
    assert_eq!(table.insert(3, u32::MAX), Ok(Some(0)));
    assert_eq!((table.node_count(), table.nodes().len()), (1, 3));
    assert_eq!(table.replicas::<2>("a"), Err(TooFewNodes { needed: 2, nodes: 1 }));
}

fn maglev_h07_no_node_and_one_node() {
    let mut table = Table::new(HASH, 2).unwrap();
    assert_eq!((table.owner("a"), table.node_count(), table.table_size()), (None, 0, 2));
    assert_eq!(table.replicas::<1>("a"), Err(TooFewNodes { needed: 1, nodes: 0 }));
    assert_eq!(table.replicas::<0>("a"), Ok([]));
    table.insert(5, 1).unwrap();
    assert_eq!([0, 1 << 63, u64::MAX].map(|point| table.owner_of_point(point)), [Some(5); 3]);
    assert_eq!(table.replicas("a"), Ok([5]));
    assert_eq!(table.remove(&5), Some(1));
    assert_eq!(Ok(table.clone()), Table::new(HASH, 2));
    assert_eq!(table.first_where(3, |_| true), None);
}

fn h11_a_maglev_table_that_is_not_prime_or_too_small() {
    for table_size in [0, 1, 4, 9, 250, 65_521 * 65_521] {
        assert_eq!(Table::new(HASH, table_size), Err(MaglevError::NotPrime { table_size }));
    }
    let full = |needed, capacity| MaglevError::Full(Full { needed, capacity });
    assert_eq!(Table::new(HASH, 257), Err(full(257, 251)));
    assert_eq!(Table::new(HASH, 4_294_967_291).map_err(|_| ()), Err(()));
    let mut table = Table::from_nodes(HASH, 3, &[(1, 1), (2, 0), (3, 1)]).unwrap();
    let before = table.clone();
    assert_eq!(table.insert(4, 0), Err(MaglevError::TooManyNodes { nodes: 4, most: 3 }));
    assert_eq!(table, before);
    assert_eq!(table.insert(2, 5), Ok(Some(0)));
    assert_eq!(Table::from_nodes(HASH, 2, &[(1, 1), (2, 1), (3, 1)]).map_err(|_| ()), Err(()));
    let nodes = [1, 2, 3, 4, 5, 6].map(|node| (node, 1));
    let mut table = Table::from_nodes(HASH, 251, &nodes).unwrap();
    let before = table.clone();
    assert_eq!(table.insert(7, 1), Err(full(7, 6)));
    assert_eq!(table, before);
}
