//! Replicas by zones, against an order that is sorted.
// Thousands of keys take the interpreter too long; `portable.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use proptest::prelude::*;
use synod_hashring::{
    Inline, JumpBack, KeyHash, Partitioning, Partitions, Placement, Ring, TooFewNodes, Zoned,
};

type Small = Ring<u8, Inline<12>, Inline<300>>;

const HASH: KeyHash = KeyHash::v1(0);

/// The order of a point by rounds: sorted by how many of its zone are before a node, then as it
/// was.
fn naive(ring: &Small, point: u64, zone_of: impl Fn(u8) -> u8) -> Vec<u8> {
    let mut order: Vec<u8> = Vec::new();
    ring.first_where_of_point(point, |node| {
        if !order.contains(&node) {
            order.push(node);
        }
        false
    });
    let round = |place: usize| {
        order[..place].iter().filter(|&&other| zone_of(other) == zone_of(order[place])).count()
    };
    let mut places: Vec<_> = (0..order.len()).collect();
    places.sort_by_key(|&place| round(place));
    places.into_iter().map(|place| order[place]).collect()
}

fn zones(nodes: &[u8], zone_of: impl Fn(u8) -> u8) -> usize {
    nodes.iter().map(|&node| zone_of(node)).collect::<std::collections::BTreeSet<_>>().len()
}

proptest! {
    #[test]
    fn as_sorted_by_rounds(
        seed: u64,
        tokens in prop::collection::vec(0..25_u32, 0..12),
        zone in prop::collection::vec(0..5_u8, 12),
        down: u16,
    ) {
        let nodes: Vec<_> = (0..).zip(tokens).collect();
        let ring = Small::from_nodes(KeyHash::v1(seed), &nodes).unwrap();
        let zone_of = |node: u8| zone[usize::from(node)];
        let zoned = Zoned::new(&ring, zone_of);
        for key in 0..20_u64 {
            let order = naive(&ring, ring.point(key), zone_of);
            prop_assert_eq!(zoned.zone_count(), Some(zones(&order, zone_of)));
            let mut room = [99; 12];
            for len in 0..=12 {
                let (found, apart) = zoned.successors_where(key, &mut room[..len], |_| true);
                let first = &order[..len.min(order.len())];
                prop_assert_eq!((&*found, apart), (first, zones(first, zone_of)));
            }
            match zoned.replicas::<4>(key) {
                Ok(four) => {
                    prop_assert_eq!(&four.nodes[..], &order[..4]);
                    prop_assert_eq!(four.zones, zones(&four.nodes, zone_of));
                    prop_assert_eq!(four.are_apart(), four.zones == 4);
                }
                Err(error) => {
                    prop_assert!(order.len() < 4);
                    prop_assert_eq!(error, TooFewNodes { needed: 4, nodes: order.len() });
                }
            }
            // Those that are down might as well not be there.
            let is_up = |node: u8| down & 1 << node == 0;
            let up: Vec<_> = nodes.iter().copied().filter(|&(node, _)| is_up(node)).collect();
            let up = Small::from_nodes(KeyHash::v1(seed), &up).unwrap();
            let others = naive(&up, up.point(key), zone_of);
            let (found, apart) = zoned.successors_where(key, &mut room, is_up);
            prop_assert_eq!((&*found, apart), (&others[..], zones(&others, zone_of)));
        }
    }
}

/// Where a node goes, one replica moves of the keys that it had, and none of the others.
#[test]
fn who_goes_moves_its_own_replicas() {
    let nodes: Vec<_> = (0..12).map(|node| (node, 19 + u32::from(node))).collect();
    let ring = Small::from_nodes(HASH, &nodes).unwrap();
    let zone_of = |node: u8| node * node % 7;
    for gone in 0..12 {
        let mut without = ring.clone();
        without.remove(&gone);
        let (before, after) = (Zoned::new(&ring, zone_of), Zoned::new(&without, zone_of));
        for key in 0..500_u64 {
            let [old, new] = [&before, &after].map(|zoned| zoned.replicas::<6>(key).unwrap().nodes);
            let moved = new.iter().filter(|node| !old.contains(node)).count();
            assert_eq!(moved, usize::from(old.contains(&gone)), "{old:?} {new:?}");
        }
    }
}

/// How many times the mean the nodes of a zone of two have, beside zones of ten: within five
/// standard deviations of what drawing zones without putting them back gives.
#[test]
fn small_zones_have_more_than_their_share() {
    const KEYS: u64 = 40_000;
    for (large, included) in [(3_u32, 1.0 - 30.0 / 32.0 * 20.0 / 22.0 * 10.0 / 12.0), (2, 1.0)] {
        // The last zone is the small one, and zones are not neighbours in number.
        let zone_of = |node: u32| if node < large * 10 { node % large } else { large };
        let zoned = Zoned::new(JumpBack::new(HASH, large * 10 + 2), zone_of);
        assert_eq!(zoned.zone_count(), Some(large as usize + 1));
        let mut seen = 0;
        for key in 0..KEYS {
            let three = zoned.replicas::<3>(key).unwrap();
            assert!(three.are_apart());
            seen += three.nodes.iter().filter(|&&node| zone_of(node) == large).count();
        }
        let found = seen as f64 / KEYS as f64;
        let deviation = (included * (1.0 - included) / KEYS as f64).sqrt();
        assert!((found - included).abs() <= 5.0 * deviation, "{found}, not {included}");
    }
}

/// A table ranks the copies of a partition, which may be in other zones than those of another one.
#[test]
fn zones_of_partitions() {
    let by = Partitioning::v1(HASH, 3);
    let mut table = Partitions::<u8, Inline<4>, Inline<9>>::new(by, 3).unwrap();
    for node in [1, 2, 11, 21] {
        table.insert(node, 1).unwrap();
    }
    table.assign(0, &[1, 2, 11]).unwrap();
    table.assign(1, &[1, 11, 21]).unwrap();
    let zoned = Zoned::new(&table, |node| node / 10);
    assert_eq!(zoned.zone_count(), None);
    for key in 0..50_u64 {
        let found = zoned.replicas::<3>(key);
        match by.partition(key) {
            0 => assert_eq!(found.map(|three| (three.nodes, three.zones)), Ok(([1, 11, 2], 2))),
            1 => assert_eq!(found.map(|three| (three.nodes, three.zones)), Ok(([1, 11, 21], 3))),
            _ => assert_eq!(found, Err(TooFewNodes { needed: 3, nodes: 0 })),
        }
    }
}
