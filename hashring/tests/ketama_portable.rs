//! Where keys are by ketama, as a file that every machine must agree with, its encoding, and the
//! scenarios that broke real placements, by number.
//!
//! Nothing here needs more than `core`, as in `portable.rs`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects)]
#![cfg(feature = "ketama")]

#[macro_use]
mod suite;

use synod_hashring::{Full, Inline, Ketama, KetamaRule, Placement, TooFewNodes};

type Small = Ketama<&'static str, Inline<4>, Inline<480>>;

const ALL: [KetamaRule; 3] =
    [KetamaRule::Libketama, KetamaRule::Libmemcached, KetamaRule::Spymemcached];
const RULE: KetamaRule = KetamaRule::Libmemcached;

/// Under an interpreter, MD5 takes half a second for each ring; the golden file is checked there.
const IS_SLOW: bool = cfg!(miri);

suite! {
    h03_ketama_is_the_same_everywhere
    h01_a_node_that_was_added_twice_leaves_no_ghost
    h02_replicas_are_different_nodes_or_none
    h04_the_order_of_changes_does_not_matter
    h06_a_weight_of_zero_and_weights_that_change_little
    h07_no_node_and_one_node
    nodes_of_one_label_own_nothing_of_each_other
    a_ring_that_is_full_stays_as_it_was
    encodings
}

fn h03_ketama_is_the_same_everywhere() {
    let nodes = [("10.0.1.1:11211", 5), ("10.0.1.2:11211", 4), ("10.0.1.3:11212", 3)];
    for (rule, column) in ALL.into_iter().zip(1..).take(if IS_SLOW { 1 } else { 3 }) {
        let ketama = Small::from_nodes(rule, &nodes).unwrap();
        let mut checked = 0;
        let lines = include_str!("golden/ketama.txt").lines();
        for line in lines.filter(|line| !line.starts_with('#')).take(if IS_SLOW { 6 } else { 99 }) {
            let key = line.split(' ').next().unwrap();
            let places = line.split(' ').nth(column).unwrap();
            let found: [&str; 3] = ketama.replicas(key).unwrap();
            for (found, place) in found.iter().zip(places.bytes()) {
                assert_eq!(*found, nodes[usize::from(place - b'1')].0, "{key}");
            }
            checked += 1;
        }
        assert_eq!(checked, if IS_SLOW { 6 } else { 48 });
    }
}

fn h01_a_node_that_was_added_twice_leaves_no_ghost() {
    if IS_SLOW {
        return;
    }
    let mut ketama = Small::new(RULE);
    assert_eq!(ketama.insert("a:1", 10), Ok(None));
    assert_eq!(ketama.insert("b:1", 10), Ok(None));
    assert_eq!(ketama.insert("a:1", 10), Ok(Some(10)));
    assert_eq!((ketama.point_count(), ketama.node_count(), ketama.rule()), (320, 2, RULE));
    assert_eq!(ketama.remove(&"a:1"), Some(10));
    assert_eq!(ketama.remove(&"a:1"), None);
    assert!((0..50_u64).all(|key| ketama.owner(key) == Some("b:1")));
    assert_eq!(Small::from_nodes(RULE, &[("b:1", 3), ("b:1", 10)]).as_ref(), Ok(&ketama));
}

fn h02_replicas_are_different_nodes_or_none() {
    if IS_SLOW {
        return;
    }
    let ketama = Small::from_nodes(RULE, &[("a", 40), ("b", 1), ("c", 1)]).unwrap();
    for key in 0..50_u64 {
        let [first, second, third] = ketama.replicas(key).unwrap();
        assert!(first != second && second != third && third != first);
        assert_eq!(ketama.owner(key), Some(first));
        assert_eq!(ketama.replicas::<4>(key), Err(TooFewNodes { needed: 4, nodes: 3 }));
    }
}

/// The nodes, the number of points, and the owners of some keys: small boards have no room for
/// three rings.
type Seen = ([Option<(&'static str, u32)>; 4], usize, [Option<&'static str>; 50]);

fn seen(ketama: &Small) -> Seen {
    let mut nodes = [None; 4];
    for (place, (node, weight)) in nodes.iter_mut().zip(ketama.nodes()) {
        *place = Some((*node, weight));
    }
    let mut key = 0_u64;
    let owners = [(); 50].map(|()| {
        key += 1;
        ketama.owner(key)
    });
    (nodes, ketama.point_count(), owners)
}

fn h04_the_order_of_changes_does_not_matter() {
    if IS_SLOW {
        return;
    }
    let expected = seen(&Small::from_nodes(RULE, &[("e", 1), ("a", 7), ("c", 2)]).unwrap());
    let mut other = Small::new(RULE);
    assert_eq!(other.insert("b", 9), Ok(None));
    assert_eq!(other.insert("e", 1), Ok(None));
    assert_eq!(other.insert("c", 5), Ok(None));
    assert_eq!(other.remove(&"b"), Some(9));
    assert_eq!(other.insert("a", 7), Ok(None));
    assert_ne!(seen(&other), expected);
    assert_eq!(other.insert("c", 2), Ok(Some(5)));
    assert_eq!(seen(&other), expected);
}

fn h06_a_weight_of_zero_and_weights_that_change_little() {
    if IS_SLOW {
        return;
    }
    let mut ketama = Small::from_nodes(RULE, &[("a", 30), ("b", 30), ("c", 0)]).unwrap();
    assert_eq!((ketama.node_count(), ketama.get(&"c")), (2, Some(0)));
    // It is not one of those among which the labels are divided.
    assert_eq!(ketama.point_count(), 320);
    assert!((0..200_u64).all(|key| ketama.owner(key) != Some("c")));
    let mut owners = [""; 200];
    (0..200_u64).zip(&mut owners).for_each(|(key, owner)| *owner = ketama.owner(key).unwrap());
    assert_eq!(ketama.insert("b", 32), Ok(Some(30)));
    let moved = (0..200_u64).zip(&owners).filter(|(key, owner)| ketama.owner(*key) != Some(owner));
    // A label or two of 40 each.
    assert!(moved.count() <= 20);
    // So light that it has no label.
    assert_eq!(ketama.insert("c", u32::MAX), Ok(Some(0)));
    assert_eq!((ketama.node_count(), ketama.nodes().len()), (1, 3));
    assert_eq!(ketama.insert("c", 0), Ok(Some(u32::MAX)));
    assert_eq!(ketama.insert("a", 0), Ok(Some(30)));
    assert_eq!((ketama.point_count(), ketama.owner("x")), (160, Some("b")));
}

fn h07_no_node_and_one_node() {
    if IS_SLOW {
        return;
    }
    let mut ketama = Small::new(RULE);
    assert_eq!((ketama.owner("a"), ketama.node_count()), (None, 0));
    assert_eq!(ketama.replicas::<1>("a"), Err(TooFewNodes { needed: 1, nodes: 0 }));
    ketama.insert("a", 1).unwrap();
    assert_eq!([0, 1 << 63, u64::MAX].map(|point| ketama.owner_of_point(point)), [Some("a"); 3]);
    assert_eq!(ketama.replicas("a"), Ok(["a"]));
    assert_eq!(ketama.remove(&"a"), Some(1));
    assert_eq!(ketama, Small::new(RULE));
    assert_eq!(ketama.first_where_of_point(3, |_| true), None);
}

/// What is one server to the clients is two nodes here: the lower one owns.
fn nodes_of_one_label_own_nothing_of_each_other() {
    if IS_SLOW {
        return;
    }
    let ketama = Small::from_nodes(RULE, &[("a:11211", 1), ("a", 1)]).unwrap();
    assert_eq!((ketama.point_count(), ketama.node_count()), (320, 2));
    assert!((0..50_u64).all(|key| ketama.replicas(key) == Ok(["a", "a:11211"])));
}

fn a_ring_that_is_full_stays_as_it_was() {
    if IS_SLOW {
        return;
    }
    assert!(Small::from_nodes(RULE, &[("a", 1), ("b", 1), ("c", 1), ("d", 1)]).is_err());
    let mut ketama = Small::new(RULE);
    for node in ["a", "b", "c"] {
        ketama.insert(node, 1).unwrap();
    }
    let before = seen(&ketama);
    // Four would have 640 points; the fifth would be too many nodes.
    assert_eq!(ketama.insert("d", 1), Err(Full { needed: 640, capacity: 480 }));
    assert_eq!(seen(&ketama), before);
    assert_eq!(ketama.insert("d", 0), Ok(None));
    assert_eq!(ketama.insert("e", 0), Err(Full { needed: 5, capacity: 4 }));
    assert!(ketama.insert("d", 2).is_err());
    assert_eq!(ketama.remove(&"d"), Some(0));
    assert_eq!(seen(&ketama), before);
}

#[cfg(feature = "serde")]
fn encodings() {
    if IS_SLOW {
        return;
    }
    type Numbered = Ketama<u16, Inline<3>, Inline<160>>;
    let refused = |bytes: &[u8]| assert!(postcard::from_bytes::<Numbered>(bytes).is_err());
    for (rule, byte) in ALL.into_iter().zip(0..) {
        let mut ketama = Numbered::new(rule);
        for (node, weight) in [(300, u32::MAX), (2, 0), (7, 0)] {
            ketama.insert(node, weight).unwrap();
        }
        let bytes = [byte, 3, 2, 0, 7, 0, 0xac, 2, 0xff, 0xff, 0xff, 0xff, 0x0f];
        let mut buffer = [0; 20];
        assert_eq!(postcard::to_slice(&ketama, &mut buffer).unwrap(), bytes);
        assert_eq!(postcard::from_bytes(&bytes).as_ref(), Ok(&ketama));
        for len in 0..bytes.len() {
            refused(&bytes[..len]);
        }
    }
    // No such rule; not ascending; twice; too many nodes; too many points.
    refused(&[3, 0]);
    refused(&[0, 2, 7, 1, 2, 1]);
    refused(&[0, 2, 7, 1, 7, 1]);
    refused(&[0, 4, 1, 0, 2, 0, 3, 0, 4, 0]);
    refused(&[0, 2, 1, 1, 2, 1]);
}

#[cfg(not(feature = "serde"))]
fn encodings() {}
