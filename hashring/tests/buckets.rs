//! Jump hash and JumpBackHash: what others publish of them, and what they promise.
// Thousands of keys take the interpreter too long; `portable.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::BTreeMap;

use synod_hashring::{Jump, JumpBack, KeyHash, Placement, TooFewNodes};

const HASH: KeyHash = KeyHash::v1(11);
const KEYS: u64 = 40_000;

fn jump(nodes: u32) -> Jump {
    Jump::new(HASH, nodes)
}

fn jump_back(nodes: u32) -> JumpBack {
    JumpBack::new(HASH, nodes)
}

/// The generator of Java's `SplittableRandom`.
struct Splittable(u64);

impl Splittable {
    fn state(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0
    }

    fn long(&mut self) -> u64 {
        let z = self.state();
        let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn int(&mut self) -> u32 {
        let z = self.state();
        let z = (z ^ z >> 33).wrapping_mul(0x62a9_d9ed_7997_05f5);
        ((z ^ z >> 28).wrapping_mul(0xcb24_d0a5_c88c_35b3) >> 32) as u32
    }
}

/// A million points and counts, as the tests of `hash4j` draw them, and the sum that they pin.
#[test]
fn jump_back_hash_is_that_of_its_author() {
    let mut random = Splittable(0x0a55_871a_9d91_03b7);
    let mut buckets = Vec::new();
    for _ in 0..1_000_000 {
        let count = (random.int() >> 1).wrapping_shr(random.int()).max(1);
        let bucket = jump_back(count).owner_of_point(random.long()).unwrap();
        buckets.extend_from_slice(&bucket.to_le_bytes());
    }
    assert_eq!(komihash::komihash(&buckets, 0), 0x23d7_a0d2_88cd_67e7);
}

/// What the tests of Guava (the last three) and of `go-jump` say.
#[test]
fn jump_hash_is_that_of_others() {
    let published = [
        (1, 1, 0),
        (42, 57, 43),
        (0xdead_10cc, 1, 0),
        (0xdead_10cc, 666, 361),
        (256, 1_024, 520),
        (10_863_919_174_838_991, 11, 6),
        (2_016_238_256_797_177_309, 11, 3),
        (1_673_758_223_894_951_030, 11, 5),
    ];
    for (point, count, bucket) in published {
        assert_eq!(jump(count).owner_of_point(point), Some(bucket), "{point} of {count}");
    }
}

/// h10: whatever the point, and however many nodes.
#[test]
fn h10_no_point_and_no_count_is_too_large() {
    for point in [0, 1, u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) - 1, u64::from(u32::MAX)] {
        for count in [1, 2, 3, 1 << 16, 1 << 31, (1 << 31) + 1, u32::MAX - 1, u32::MAX] {
            for placement in [Ok(jump(count)), Err(jump_back(count))] {
                let mut nodes = [u32::MAX; 20];
                let (owner, known) = match placement {
                    Ok(jump) => {
                        (jump.owner_of_point(point), jump.successors(point, &mut nodes).len())
                    }
                    Err(back) => {
                        (back.owner_of_point(point), back.successors(point, &mut nodes).len())
                    }
                };
                assert!(owner.unwrap() < count);
                assert_eq!(known, nodes.len().min(count as usize));
                assert!(nodes[..known].iter().all(|&node| node < count));
                nodes[..known].sort_unstable();
                assert!(nodes[..known].windows(2).all(|pair| pair[0] < pair[1]), "{nodes:?}");
            }
        }
    }
}

/// h07, h02: no node, one node; more replicas than nodes.
#[test]
fn few_nodes() {
    fn check(of: impl Fn(u32) -> [Result<Vec<u32>, TooFewNodes>; 3]) {
        let too_few = |needed, nodes| Err(TooFewNodes { needed, nodes });
        assert_eq!(of(0), [Ok(vec![]), too_few(1, 0), too_few(2, 0)]);
        assert_eq!(of(1), [Ok(vec![]), Ok(vec![0]), too_few(2, 1)]);
    }
    fn ask(placement: impl Placement<Node = u32>) -> [Result<Vec<u32>, TooFewNodes>; 3] {
        assert_eq!(placement.owner("a").is_some(), placement.node_count() > 0);
        let none = placement.replicas::<0>("a").map(Vec::from);
        [
            none,
            placement.replicas::<1>("a").map(Vec::from),
            placement.replicas::<2>("a").map(Vec::from),
        ]
    }
    check(|count| ask(jump(count)));
    check(|count| ask(jump_back(count)));
}

/// The share that a bucket gets is off by no more than five standard deviations, and Pearson's sum
/// by no more than five of its own.
fn assert_even(counts: &[u32]) {
    let total: u32 = counts.iter().sum();
    let mean = f64::from(total) / counts.len() as f64;
    let sum: f64 = counts.iter().map(|&count| (f64::from(count) - mean).powi(2) / mean).sum();
    let freedom = counts.len() as f64 - 1.0;
    assert!(sum < freedom + 5.0 * (2.0 * freedom).sqrt() + 1e-9, "{sum} of {freedom}: {counts:?}");
    assert!(counts.iter().all(|&count| (f64::from(count) - mean).abs() < 5.0 * mean.sqrt() + 1.0));
}

/// Each replica is on each node with equal chance, and each set of nodes is as likely as any other.
fn check_balance<P: Placement<Node = u32>>(of: impl Fn(u32) -> P) {
    for count in [3, 4, 7, 8, 9, 31, 100] {
        let placement = of(count);
        let mut counts = [0, 1, 2].map(|_| vec![0; count as usize]);
        for key in 0..KEYS {
            let nodes: [u32; 3] = placement.replicas(key).unwrap();
            for (counts, node) in counts.iter_mut().zip(nodes) {
                counts[node as usize] += 1;
            }
        }
        counts.iter().for_each(|counts| assert_even(counts));
    }
    for (count, orders) in [(4, 24), (5, 60), (6, 120)] {
        check_orders(&of(count), orders);
    }
}

/// Each order of three nodes is as likely as any other of these `orders`, and so is each set, and
/// each pair in its order.
fn check_orders(placement: &impl Placement<Node = u32>, orders: usize) {
    let mut counts = [(); 3].map(|()| BTreeMap::new());
    for key in 0..4 * KEYS {
        let order: [u32; 3] = placement.replicas(key).unwrap();
        let mut set = order;
        set.sort_unstable();
        let pair = [order[0], order[1], 0];
        for (counts, seen) in counts.iter_mut().zip([order, set, pair]) {
            *counts.entry(seen).or_insert(0) += 1;
        }
    }
    let [of_order, of_set, of_pair] = counts.map(|counts| counts.into_values().collect::<Vec<_>>());
    let nodes = placement.node_count();
    assert_eq!(
        (of_order.len(), of_set.len(), of_pair.len()),
        (orders, orders / 6, nodes * (nodes - 1))
    );
    [of_set, of_pair, of_order].iter().for_each(|counts| assert_even(counts));
}

#[test]
fn balance_is_that_of_chance() {
    check_balance(jump);
    check_balance(jump_back);
}

/// With one node more, at most one replica makes place, for the new node, and this for a share of
/// k/(n + 1) of the keys.
fn check_disruption<P: Placement<Node = u32>>(of: impl Fn(u32) -> P) {
    const K: usize = 5;
    let keys = KEYS / 4;
    for count in [5, 6, 7, 8, 15, 16, 17, 64, 99] {
        let mut came = 0_u32;
        for key in 0..keys {
            let before: [u32; K] = of(count).replicas(key).unwrap();
            let after: [u32; K] = of(count + 1).replicas(key).unwrap();
            assert!(after[0] == before[0] || after[0] == count);
            let new: Vec<_> = after.iter().filter(|node| !before.contains(node)).collect();
            assert!(new.is_empty() || new == [&count], "{before:?} {after:?}");
            came += new.len() as u32;
        }
        let share = K as f64 / f64::from(count + 1);
        let deviation = (keys as f64 * share * (1.0 - share)).sqrt();
        let expected = keys as f64 * share;
        assert!(
            (f64::from(came) - expected).abs() <= 5.0 * deviation + 1e-9,
            "{came}, not {expected}"
        );
    }
}

#[test]
fn disruption_is_the_least_there_can_be() {
    check_disruption(jump);
    check_disruption(jump_back);
}

/// Whom to ask when nodes are down: the order of `successors`, without those.
#[test]
fn nodes_that_are_down_are_passed_over() {
    let placement = jump_back(40);
    for key in 0..100_u64 {
        let mut room = [0; 40];
        let order = placement.successors(key, &mut room);
        assert_eq!(order.len(), 40);
        for (place, node) in order.iter().enumerate() {
            let is_up = |other| !order[..place].contains(&other);
            assert_eq!(placement.first_where_of_point(placement.point(key), is_up), Some(*node));
        }
        assert_eq!(placement.first_where_of_point(placement.point(key), |_| false), None);
    }
}
