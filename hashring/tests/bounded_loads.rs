//! Bounded loads, against a naive model, and how far keys are from their first node.
// Thousands of keys take the interpreter too long; `portable.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::BTreeMap;

use proptest::prelude::*;
use synod_hashring::{BoundedLoads, Inline, JumpBack, KeyHash, PlaceError, Placement, Ring};

const HASH: KeyHash = KeyHash::v1(0);

type Nodes = BTreeMap<u8, (u32, u32)>;

/// ⌈(1 + ε) · (m + 1) · w / W⌉, with a division.
fn bound(over: u16, nodes: &Nodes, weight: u32) -> u128 {
    let keys: u128 = nodes.values().map(|&(_, load)| u128::from(load)).sum::<u128>() + 1;
    let weights: u128 = nodes.values().map(|&(weight, _)| u128::from(weight)).sum();
    if weights == 0 {
        return 0;
    }
    ((1_000 + u128::from(over)) * keys * u128::from(weight)).div_ceil(1_000 * weights)
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Insert(u8, u32),
    Remove(u8),
    Place(u64, u16),
    Release(u8),
}

fn call() -> impl Strategy<Value = Call> {
    let node = || 0..10_u8;
    prop_oneof![
        1 => (node(), prop_oneof![0..4_u32, any::<u32>()]).prop_map(|(n, w)| Call::Insert(n, w)),
        1 => node().prop_map(Call::Remove),
        20 => (any::<u64>(), prop_oneof![Just(u16::MAX), any::<u16>()])
            .prop_map(|(key, up)| Call::Place(key, up)),
        3 => node().prop_map(Call::Release),
    ]
}

proptest! {
    #[test]
    fn as_a_naive_model_says(
        over: u16,
        calls in prop::collection::vec(call(), 0..80),
        first in prop::collection::vec(1..4_u32, 0..6),
    ) {
        // The placement knows nodes that have no bound, and the other way round.
        let ring: Vec<_> = (0..8_u8).map(|node| (node, 8)).collect();
        let ring = Ring::<u8, Inline<8>, Inline<64>>::from_nodes(HASH, &ring).unwrap();
        let mut loads = BoundedLoads::<u8, Inline<6>>::new(over);
        prop_assert_eq!(loads.over_per_mille(), over);
        let mut model = Nodes::new();
        let first = (2..).zip(first).map(|(node, weight)| Call::Insert(node, weight));
        for call in first.chain(calls) {
            match call {
                Call::Insert(node, weight) => {
                    let before = model.get(&node).copied();
                    if before.is_none() && model.len() == 6 {
                        prop_assert!(loads.insert(node, weight).is_err());
                    } else {
                        prop_assert_eq!(loads.insert(node, weight), Ok(before.map(|was| was.0)));
                        model.insert(node, (weight, before.map_or(0, |was| was.1)));
                    }
                }
                Call::Remove(node) => {
                    let gone = model.remove(&node);
                    prop_assert_eq!(loads.remove(&node), gone.map(|(weight, _)| weight));
                }
                Call::Place(key, up) => {
                    let accepts = |node: u8| up & 1 << node != 0;
                    let mut order = [0; 8];
                    ring.successors(key, &mut order);
                    let known = |node: &&u8| {
                        accepts(**node) && model.get(*node).is_some_and(|known| known.0 > 0)
                    };
                    let expected = order.iter().filter(known).find(|node| {
                        let (weight, load) = model[*node];
                        u128::from(load) < bound(over, &model, weight)
                    });
                    let error = match order.iter().find(known) {
                        Some(_) => PlaceError::AllFull,
                        None => PlaceError::NoNode,
                    };
                    prop_assert_eq!(
                        loads.place_where(&ring, key, accepts),
                        expected.copied().ok_or(error)
                    );
                    if let Some(node) = expected {
                        model.get_mut(node).unwrap().1 += 1;
                    }
                }
                Call::Release(node) => {
                    let has = model.get_mut(&node).filter(|known| known.1 > 0);
                    prop_assert_eq!(loads.release(&node), has.is_some());
                    if let Some(has) = has {
                        has.1 -= 1;
                    }
                }
            }
            let listed: Vec<_> = loads.loads().map(|(node, load)| (*node, load)).collect();
            let expected: Vec<_> = model.iter().map(|(node, known)| (*node, known.1)).collect();
            prop_assert_eq!(loads.total_load(), expected.iter().map(|known| u64::from(known.1)).sum());
            prop_assert_eq!(listed, expected);
            let weights = model.iter().map(|(node, known)| (node, known.0));
            prop_assert!(loads.nodes().eq(weights.clone()));
            let weights: Vec<_> = weights.map(|(node, weight)| (*node, weight)).collect();
            let fresh = BoundedLoads::<u8, Inline<9>>::from_nodes(over, &weights).unwrap();
            prop_assert_eq!(fresh == loads, loads.total_load() == 0);
            for node in 0..10 {
                let known = model.get(&node);
                prop_assert_eq!(loads.load(&node), known.map(|known| known.1));
                prop_assert_eq!(loads.get(&node), known.map(|known| known.0));
                let bound = known.map(|known| bound(over, &model, known.0));
                prop_assert_eq!(loads.bound(&node).map(u128::from), bound);
            }
        }
    }
}

/// Of so many keys on each of 100 nodes that are equal but by chance: the tenths of a percent of
/// keys that are not on their first node, and the hundredths of nodes asked for a key, on average
/// of `runs`.
fn fill(over: u16, keys: u64, runs: u64) -> [u64; 2] {
    let placement = JumpBack::new(HASH, 100);
    let (mut displaced, mut asked) = (0, 0);
    for run in 0..runs {
        let nodes = core::array::from_fn::<_, 100, _>(|node| (node as u32, 1));
        let mut loads = BoundedLoads::<u32, Inline<100>>::from_nodes(over, &nodes).unwrap();
        for key in run << 32..(run << 32) + 100 * keys {
            let node = loads.place_where(&placement, key, |_| {
                asked += 1;
                true
            });
            displaced += u64::from(node.ok() != placement.owner(key));
        }
    }
    [displaced * 10, asked].map(|count| count / (runs * keys))
}

/// What a bound costs: the page states it.
#[test]
fn the_tighter_the_more_keys_move_on() {
    let costs = |over| [1, 10, 100].map(|keys| fill(over, keys, 100 / keys));
    // Of keys that are given, these are the counts everywhere.
    assert_eq!(costs(250), [[330, 178], [172, 127], [22, 103]]);
    assert_eq!(costs(50), [[445, 284], [374, 199], [151, 124]]);
}
