//! Ketama, against what others publish of it, and against a naive ring. (A sum that libketama pins
//! is tested in `src/ketama.rs`.)
// A thousand points take the interpreter too long; `ketama_portable.rs` runs the same code there.
#![cfg(all(feature = "ketama", not(miri)))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::BTreeMap;

use md5::{Digest, Md5};
use proptest::prelude::*;
use synod_hashring::{Inline, Ketama, KetamaRule, Placement};

type Fleet = Ketama<&'static str, Inline<8>, Inline<1_280>>;

/// The servers of the tests of libmemcached, the same as those of libketama.
const SERVERS: [(&str, u32); 8] = [
    ("10.0.1.1:11211", 600),
    ("10.0.1.2:11211", 300),
    ("10.0.1.3:11211", 200),
    ("10.0.1.4:11211", 350),
    ("10.0.1.5:11211", 1_000),
    ("10.0.1.6:11211", 800),
    ("10.0.1.7:11211", 950),
    ("10.0.1.8:11211", 100),
];

/// Of each case, the column says the server.
fn check(rule: KetamaRule, column: usize) {
    let fleet = Fleet::from_nodes(rule, &SERVERS).unwrap();
    let mut checked = 0;
    for line in include_str!("golden/ketama_published.txt").lines().skip(1) {
        let words: Vec<_> = line.split(' ').collect();
        let [key, hash] = [words[0], words[1]];
        assert_eq!(fleet.point(key), hash.parse::<u64>().unwrap() << 32, "{key}");
        let server = words[column].parse::<usize>().unwrap();
        assert_eq!(fleet.owner(key), Some(SERVERS[server - 1].0), "{key}");
        checked += 1;
    }
    assert_eq!(checked, 99);
    // A key behind the last point.
    assert_eq!(fleet.point("VDEAAAAA") >> 32, 0xfffc_d1b5);
    assert_eq!(fleet.owner("VDEAAAAA"), fleet.owner_of_point(0));
    assert_eq!(fleet.owner_of_point(u64::MAX), fleet.owner_of_point(0));
}

#[test]
fn libmemcached_places_its_test_cases_so() {
    check(KetamaRule::Libmemcached, 2);
}

#[test]
fn libmemcached_places_as_spymemcached_does() {
    check(KetamaRule::Spymemcached, 3);
}

/// The Python tests of libketama.
#[test]
fn libketama_places_a_key_so() {
    let servers = [("127.0.0.1:11211", 600), ("127.0.0.1:11212", 400)];
    let fleet = Fleet::from_nodes(KetamaRule::Libketama, &servers).unwrap();
    assert_eq!(fleet.point("test"), 3_446_378_249 << 32);
    assert_eq!(fleet.owner("test"), Some("127.0.0.1:11211"));
    // The point that it meets.
    assert_eq!(fleet.owner_of_point(3_454_255_383 << 32), Some("127.0.0.1:11211"));
    assert_eq!(fleet.point_count(), 2 * 160);
}

/// The labels of a server, counted as the sources do it, line by line.
fn labels(rule: KetamaRule, name: &str, weight: u32, total: u32, servers: usize) -> Vec<String> {
    let pct = weight as f32 / total as f32;
    let count = if rule == KetamaRule::Libketama {
        (f64::from(pct) * 40.0 * servers as f64) as f32
    } else {
        (f64::from(pct * 160_f32 / 4_f32 * servers as f32) + 1e-10) as f32
    };
    let prefix = match rule {
        KetamaRule::Libmemcached => name.replace(":11211", ""),
        KetamaRule::Spymemcached => format!("/{name}"),
        _ => name.to_string(),
    };
    (0..count.floor() as u32).map(|label| format!("{prefix}-{label}")).collect()
}

/// All nodes in the order of preference, found by going round all points.
fn naive(rule: KetamaRule, nodes: &BTreeMap<&'static str, u32>, key: &str) -> Vec<&'static str> {
    let total: u32 = nodes.values().sum();
    let servers = nodes.values().filter(|weight| **weight > 0).count();
    let mut points: Vec<(u32, &str)> = Vec::new();
    for (&node, &weight) in nodes.iter().filter(|(_, weight)| **weight > 0) {
        for label in labels(rule, node, weight, total, servers) {
            let digest = Md5::digest(label);
            points.extend(
                digest.chunks(4).map(|b| (u32::from_le_bytes(b.try_into().unwrap()), node)),
            );
        }
    }
    points.sort();
    let hash = u32::from_le_bytes(Md5::digest(key)[..4].try_into().unwrap());
    let first = points.iter().take_while(|(point, _)| *point < hash).count();
    points.rotate_left(first);
    let mut order = Vec::new();
    for (_, node) in points {
        if !order.contains(&node) {
            order.push(node);
        }
    }
    order
}

const NAMES: [&str; 6] =
    ["10.0.0.1", "10.0.0.1:11211", "10.0.0.2:11211", "10.0.0.2:11212", "a.example:11211", "b"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes and goes; and the order of it does not matter (h04).
    #[test]
    fn as_a_naive_ring_says(
        rule in prop::sample::select(vec![
            KetamaRule::Libketama, KetamaRule::Libmemcached, KetamaRule::Spymemcached,
        ]),
        changes in prop::collection::vec(
            (prop::sample::select(NAMES.to_vec()), proptest::option::weighted(0.8, 0..1_000_u32)),
            0..8,
        ),
    ) {
        type Small = Ketama<&'static str, Inline<5>, Inline<640>>;
        let mut ketama = Small::new(rule);
        let mut nodes = BTreeMap::new();
        for (node, weight) in changes {
            let Some(weight) = weight else {
                prop_assert_eq!(ketama.remove(&node), nodes.remove(node));
                continue;
            };
            let old = ketama.clone();
            let mut next = nodes.clone();
            let before = next.insert(node, weight);
            if next.len() <= 5 && next.values().filter(|weight| **weight > 0).count() <= 4 {
                prop_assert_eq!(ketama.insert(node, weight), Ok(before));
                nodes = next;
            } else {
                prop_assert!(ketama.insert(node, weight).is_err());
                prop_assert!(ketama == old);
            }
            prop_assert_eq!(ketama.get(&node), nodes.get(node).copied());
        }
        for key in ["", "a", "user:1000", "VDEAAAAA", "sensor:17", "x".repeat(100).as_str()] {
            let order = naive(rule, &nodes, key);
            prop_assert_eq!(ketama.owner(key), order.first().copied());
            prop_assert_eq!(ketama.node_count(), order.len());
            let mut room = [""; 8];
            prop_assert_eq!(&*ketama.successors(key, &mut room), &order);
        }
        let list: Vec<_> = nodes.iter().map(|(node, weight)| (*node, *weight)).rev().collect();
        prop_assert!(Small::from_nodes(rule, &list).unwrap() == ketama);
    }
}

/// So many points that they are neither encoded nor decoded.
#[cfg(all(feature = "alloc", feature = "serde"))]
#[test]
fn too_many_points_do_not_travel() {
    let rule = KetamaRule::Libketama;
    let list = (0..26_215).map(|node| (node, 1)).collect::<Vec<(u16, u32)>>();
    let mut buffer = vec![0; 200_000];
    let bytes = postcard::to_slice(&(rule, list), &mut buffer).unwrap();
    let found =
        postcard::from_bytes::<Ketama<u16, synod_hashring::Heap, synod_hashring::Heap>>(bytes);
    assert!(found.is_err());
}
