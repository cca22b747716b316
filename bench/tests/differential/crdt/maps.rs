//! Maps.

use std::collections::{BTreeMap, BTreeSet};

use crdts::{CmRDT, CvRDT, MVReg, Map, Orswot};
use dson::{
    CausalDotStore, Identifier, OrMap,
    crdts::{mvreg::MvRegValue, snapshot::ToValue},
    sentinel::DummySentinel,
};
use proptest::prelude::*;
use synod_crdt::{AwSet, Causal, CausalMap, Heap, Merge, MvRegister};

use super::REPLICAS;

/// What happens at a replica: to an element of the set of a key, or to a value under two keys.
#[derive(Clone, Copy, Debug)]
enum Step {
    Put(usize, u8, u8, u64),
    Remove(usize, u8, u8),
    RemoveKey(usize, u8),
    /// The first replica's state reaches the second.
    Merge(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (replica, key, inner) = (0..REPLICAS, 0..2_u8, 0..3_u8);
    let inner_key = (replica.clone(), key.clone(), inner);
    prop_oneof![
        3 => (inner_key.clone(), 0..3_u64).prop_map(|((a, k, i), value)| Step::Put(a, k, i, value)),
        2 => inner_key.prop_map(|(at, key, inner)| Step::Remove(at, key, inner)),
        2 => (replica.clone(), key).prop_map(|(at, key)| Step::RemoveKey(at, key)),
        3 => (replica.clone(), replica).prop_map(|(from, to)| Step::Merge(from, to)),
    ]
}

type Sets = Causal<u64, CausalMap<u8, AwSet<u8>>, Heap, Heap>;
type CrdtsSets = Map<u8, Orswot<u8, u64>, u64>;
type Read<V> = BTreeMap<u8, V>;

fn step_sets((synod, peer): &mut (Sets, CrdtsSets), step: Step) {
    match step {
        Step::Put(at, key, element, _) => {
            synod.write(at as u64).at(&key).insert(element).unwrap();
            let context = peer.read_ctx().derive_add_ctx(at as u64);
            peer.apply(peer.update(key, context, |set, context| set.add(element, context)));
        }
        Step::Remove(at, key, element) => {
            synod.write(at as u64).at(&key).remove(&element).unwrap();
            let context = peer.read_ctx().derive_add_ctx(at as u64);
            let remove =
                |set: &Orswot<u8, u64>, _| set.rm(element, set.contains(&element).derive_rm_ctx());
            peer.apply(peer.update(key, context, remove));
        }
        Step::RemoveKey(at, key) => {
            synod.write(at as u64).remove(&key).unwrap();
            peer.apply(peer.rm(key, peer.get(&key).derive_rm_ctx()));
        }
        Step::Merge(..) => {}
    }
}

/// Keys with empty sets are there in the peer, and not in ours.
fn read_sets((synod, peer): &(Sets, CrdtsSets)) -> [Read<BTreeSet<u8>>; 2] {
    let synod = synod.read();
    let own = synod.keys().map(|key| (*key, synod.at(key).iter().copied().collect()));
    let sets = peer.iter().map(|entry| (*entry.val.0, entry.val.1.read().val));
    let their = sets.filter(|(_, set)| !set.is_empty());
    [own.collect(), their.map(|(key, set)| (key, set.into_iter().collect())).collect()]
}

type Nested = Causal<u64, CausalMap<u8, CausalMap<u8, MvRegister<u64>>>, Heap, Heap>;

fn step_nested(synod: &mut Nested, step: Step) {
    match step {
        Step::Put(at, key, inner, value) => {
            synod.write(at as u64).at(&key).at(&inner).set(value).unwrap();
        }
        Step::Remove(at, key, inner) => {
            synod.write(at as u64).at(&key).remove(&inner).unwrap();
        }
        Step::RemoveKey(at, key) => {
            synod.write(at as u64).remove(&key).unwrap();
        }
        Step::Merge(..) => {}
    }
}

fn read_nested(synod: &Nested) -> Read<Read<BTreeSet<u64>>> {
    let inner = |key| {
        let map = synod.read().at(key);
        map.keys().map(|key| (*key, map.at(key).values().copied().collect())).collect()
    };
    synod.read().keys().map(|key| (*key, inner(key))).collect()
}

type DsonNested = CausalDotStore<OrMap<u8>>;

fn step_dson(peer: &mut DsonNested, step: Step) {
    let (store, context) = (&peer.store, &peer.context);
    let id = |at: usize| Identifier::new(at as u8, 0);
    let delta = match step {
        Step::Put(at, key, inner, value) => {
            let write = |map: &OrMap<String>, context: &_, id| {
                let write = |old: &dson::MvReg, context: &_, id| {
                    old.write(MvRegValue::U64(value), context, id)
                };
                map.apply_to_register(write, inner.to_string(), context, id)
            };
            store.apply_to_map(write, key, context, id(at))
        }
        Step::Remove(at, key, inner) => {
            let remove =
                |map: &OrMap<String>, context: &_, id| map.remove(&inner.to_string(), context, id);
            store.apply_to_map(remove, key, context, id(at))
        }
        Step::RemoveKey(at, key) => store.remove(&key, context, id(at)),
        Step::Merge(..) => return,
    };
    let Ok(()) = peer.consume(delta, &mut DummySentinel);
}

fn read_dson(peer: &DsonNested) -> Read<Read<BTreeSet<u64>>> {
    let number = |value: &MvRegValue| match value {
        MvRegValue::U64(value) => *value,
        other => panic!("never written: {other:?}"),
    };
    let inner = |map: &OrMap<String>| {
        let registers = map.inner().iter().map(|(key, value)| {
            let values = (&value.reg).values().into_iter().map(number).collect();
            (key.parse().unwrap(), values)
        });
        registers.collect()
    };
    peer.store.inner().iter().map(|(key, value)| (*key, inner(&value.map))).collect()
}

proptest! {
    /// `CausalMap` of `AwSet` against `Map` of `Orswot`, without removals of keys: see below.
    #[test]
    fn maps_of_sets_agree_with_crdts(steps in prop::collection::vec(step(), 1..60)) {
        let mut replicas: [(Sets, CrdtsSets); REPLICAS] = Default::default();
        for step in steps {
            match step {
                Step::RemoveKey(..) => {}
                Step::Put(at, ..) | Step::Remove(at, ..) => step_sets(&mut replicas[at], step),
                Step::Merge(from, to) => {
                    let (synod, peer) = replicas[from].clone();
                    replicas[to].0.merge(&synod).unwrap();
                    replicas[to].1.merge(peer);
                }
            }
            for replica in &replicas {
                let [own, their] = read_sets(replica);
                prop_assert_eq!(own, their);
            }
        }
    }

    /// `CausalMap` of `CausalMap` of `MvRegister` against the same of `dson`, removals of keys and
    /// of inner keys included.
    #[test]
    fn nested_maps_agree_with_dson(steps in prop::collection::vec(step(), 1..60)) {
        let mut replicas: [(Nested, DsonNested); REPLICAS] = Default::default();
        for step in steps {
            match step {
                Step::Put(at, ..) | Step::Remove(at, ..) | Step::RemoveKey(at, ..) => {
                    step_nested(&mut replicas[at].0, step);
                    step_dson(&mut replicas[at].1, step);
                }
                Step::Merge(from, to) => {
                    let (synod, peer) = replicas[from].clone();
                    replicas[to].0.merge(&synod).unwrap();
                    let Ok(()) = replicas[to].1.consume(peer, &mut DummySentinel);
                }
            }
            for (synod, peer) in &replicas {
                prop_assert_eq!(read_nested(synod), read_dson(peer));
            }
        }
    }
}

/// A key is removed by a replica that has seen one element of its set, while another adds a second
/// one. The first is gone, as it was observed. `crdts` keeps one counter for each replica and key,
/// in which the second addition hides the first: it keeps both elements.
#[test]
fn crdts_keeps_what_was_removed_with_a_key() {
    let mut replicas: [(Sets, CrdtsSets); 2] = Default::default();
    step_sets(&mut replicas[0], Step::Put(0, 9, 1, 0));
    replicas[1] = replicas[0].clone();
    step_sets(&mut replicas[0], Step::Put(0, 9, 2, 0));
    step_sets(&mut replicas[1], Step::RemoveKey(1, 9));
    let (synod, peer) = replicas[1].clone();
    replicas[0].0.merge(&synod).unwrap();
    replicas[0].1.merge(peer);
    let [own, their] = read_sets(&replicas[0]);
    assert_eq!(own, BTreeMap::from([(9, BTreeSet::from([2]))]));
    assert_eq!(their, BTreeMap::from([(9, BTreeSet::from([1, 2]))]));
}

/// Three states, merged first with second and then with third, or second and third first: the same
/// in ours, while in `crdts` nested maps differ for good. One of the replicas had removed the key.
#[test]
fn crdts_diverges_on_nested_maps() {
    type Peer = Map<u8, Map<u8, MVReg<u64, u64>, u64>, u64>;
    let put = |(synod, peer): &mut (Nested, Peer), at: usize, value| {
        step_nested(synod, Step::Put(at, 0, 0, value));
        let context = peer.read_ctx().derive_add_ctx(at as u64);
        peer.apply(peer.update(0, context, |map, context| {
            map.update(0, context, |register, context| register.write(value, context))
        }));
    };
    let mut replicas: [(Nested, Peer); REPLICAS] = Default::default();
    // An inner key that is not there is removed.
    let peer = &mut replicas[2].1;
    let context = peer.read_ctx().derive_add_ctx(2);
    peer.apply(peer.update(0, context, |map, _| map.rm(0, map.get(&0).derive_rm_ctx())));
    replicas[1] = replicas[2].clone();
    put(&mut replicas[1], 1, 10);
    replicas[0] = replicas[1].clone();
    put(&mut replicas[2], 2, 20);
    step_nested(&mut replicas[0].0, Step::RemoveKey(0, 0));
    let peer = &mut replicas[0].1;
    peer.apply(peer.rm(0, peer.get(&0).derive_rm_ctx()));

    let merge = |own: &(Nested, Peer), other: &(Nested, Peer)| {
        let (mut synod, mut peer) = own.clone();
        synod.merge(&other.0).unwrap();
        peer.merge(other.1.clone());
        (synod, peer)
    };
    let [first, second, third] = &replicas;
    let left = merge(&merge(first, second), third);
    let right = merge(first, &merge(second, third));
    assert_eq!(left.0, right.0);
    assert_eq!(read_nested(&left.0)[&0][&0], BTreeSet::from([20]));
    let values = |(_, peer): &(Nested, Peer)| {
        let map = peer.get(&0).val.unwrap_or_default();
        map.get(&0).val.map(|register| register.read().val)
    };
    assert_eq!(values(&left), Some(vec![20]));
    assert_eq!(values(&right), Some(vec![10, 20]), "what was removed is back");
}
