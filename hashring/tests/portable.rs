//! Where keys are, as files that every machine must agree with, and the scenarios that broke real
//! placements, by number: on the host and on boards. (h04 is in `ring.rs`, h10 in `buckets.rs`, with
//! more there of the others.)
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[macro_use]
mod suite;

use synod_hashring::{
    Full, Inline, Jump, JumpBack, Key, KeyHash, Maglev, MaglevError, Placement, Ring, TooFewNodes,
};

type Small = Ring<u16, Inline<6>, Inline<100>>;
type Table = Maglev<u16, Inline<6>, Inline<251>>;

const HASH: KeyHash = KeyHash::v1(0);

suite! {
    h03_hashes_are_the_same_everywhere
    h03_jump_is_the_same_everywhere
    h03_jump_back_is_the_same_everywhere
    h03_rings_are_the_same_everywhere
    h03_maglev_tables_are_the_same_everywhere
    integers_of_every_width_are_one_key
    h01_a_node_that_was_added_twice_leaves_no_ghost
    h02_replicas_are_different_nodes_or_none
    h05_a_key_on_a_token_and_one_past_the_last
    h06_a_weight_of_zero_and_weights_that_change_little
    h07_no_node_and_one_node
    a_ring_that_is_full_stays_as_it_was
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
