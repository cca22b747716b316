//! Where keys are by Maglev hashing, as a file that every machine must agree with, and the
//! scenarios that broke real placements, by number.
//!
//! Nothing here needs more than `core`, as in `portable.rs`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

mod golden_file;
#[macro_use]
mod suite;

use golden_file::check;
use synod_hashring::{Full, Inline, KeyHash, Maglev, MaglevError, Placement, TooFewNodes};

type Table = Maglev<u16, Inline<6>, Inline<251>>;

const HASH: KeyHash = KeyHash::v1(0);

suite! {
    h03_maglev_tables_are_the_same_everywhere
    h01_a_node_that_was_added_twice_leaves_no_ghost
    h02_replicas_are_different_nodes_or_none
    h04_the_order_of_changes_does_not_matter
    h06_a_weight_of_zero_and_weights_that_change_little
    h07_no_node_and_one_node
    h11_a_table_that_is_not_prime_or_too_small
}

fn h03_maglev_tables_are_the_same_everywhere() {
    let nodes: [(u16, u32); 5] = core::array::from_fn(|node| (node as u16, 10 + 3 * node as u32));
    let table = Table::from_nodes(HASH, 251, &nodes).unwrap();
    check(include_str!("golden/maglev.txt"), &table);
}

fn h01_a_node_that_was_added_twice_leaves_no_ghost() {
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

fn h02_replicas_are_different_nodes_or_none() {
    // The lightest have one entry and two.
    let table = Table::from_nodes(HASH, 97, &[(1, 100), (2, 1), (3, 2)]).unwrap();
    for key in 0..if cfg!(miri) { 5 } else { 50_u64 } {
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

fn h04_the_order_of_changes_does_not_matter() {
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

fn h06_a_weight_of_zero_and_weights_that_change_little() {
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

fn h07_no_node_and_one_node() {
    let mut table = Table::new(HASH, 2).unwrap();
    assert_eq!((table.owner("a"), table.node_count(), table.table_size()), (None, 0, 2));
    assert_eq!(table.replicas::<1>("a"), Err(TooFewNodes { needed: 1, nodes: 0 }));
    assert_eq!(table.replicas::<0>("a"), Ok([]));
    table.insert(5, 1).unwrap();
    assert_eq!([0, 1 << 63, u64::MAX].map(|point| table.owner_of_point(point)), [Some(5); 3]);
    assert_eq!(table.replicas("a"), Ok([5]));
    assert_eq!(table.remove(&5), Some(1));
    assert_eq!(Ok(table.clone()), Table::new(HASH, 2));
    assert_eq!(table.first_where_of_point(3, |_| true), None);
}

fn h11_a_table_that_is_not_prime_or_too_small() {
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
