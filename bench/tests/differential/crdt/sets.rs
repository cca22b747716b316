//! Sets.

use std::collections::BTreeSet;

use crdts::CvRDT;
use proptest::prelude::*;
use synod_bench::sets::{CrdtKit, Crdts, Dson, Minerva, Set, Synod};
use synod_crdt::{Causal, GSet, Heap, Merge};

use super::REPLICAS;

/// What happens at a replica.
#[derive(Clone, Debug)]
enum Step {
    Insert(usize, u64),
    Remove(usize, u64),
    /// The first replica's state reaches the second.
    Merge(usize, usize),
    /// A delta of some earlier insertion reaches a replica, late, early or again.
    Deliver(prop::sample::Index, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (replica, element) = (0..REPLICAS, 0..4_u64);
    prop_oneof![
        3 => (replica.clone(), element.clone()).prop_map(|(at, element)| Step::Insert(at, element)),
        3 => (replica.clone(), element).prop_map(|(at, element)| Step::Remove(at, element)),
        3 => (replica.clone(), replica.clone()).prop_map(|(from, to)| Step::Merge(from, to)),
        2 => (any::<prop::sample::Index>(), replica).prop_map(|(nth, to)| Step::Deliver(nth, to)),
    ]
}

fn agree<S: Set>(steps: &[Step], has_deltas: bool) -> Result<(), TestCaseError> {
    let mut replicas: [(Synod, S); REPLICAS] =
        std::array::from_fn(|me| (Synod::new(me as u8), S::new(me as u8)));
    let mut sent = Vec::new();
    for step in steps {
        match step {
            Step::Insert(at, element) => {
                let (synod, peer) = &mut replicas[*at];
                sent.push((synod.insert_delta(*element), peer.insert_delta(*element)));
            }
            Step::Remove(at, element) => {
                replicas[*at].0.remove(*element);
                replicas[*at].1.remove(*element);
            }
            Step::Merge(from, to) => {
                let (mut synod, mut peer) = replicas[*from].clone();
                replicas[*to].0.merge(&mut synod);
                replicas[*to].1.merge(&mut peer);
            }
            Step::Deliver(nth, to) if has_deltas && !sent.is_empty() => {
                let (synod, peer) = nth.get(&sent).clone();
                replicas[*to].0.merge_delta(&mut Some(synod));
                replicas[*to].1.merge_delta(&mut Some(peer));
            }
            Step::Deliver(..) => {}
        }
        for (synod, peer) in &replicas {
            prop_assert_eq!(synod.elements(), peer.elements());
        }
    }
    Ok(())
}

proptest! {
    /// `AwSet` against `Orswot`. What the peer sends instead of a delta must come in order, so
    /// states alone are exchanged.
    #[test]
    fn add_wins_sets_agree_with_crdts(steps in prop::collection::vec(step(), 1..60)) {
        agree::<Crdts>(&steps, false)?;
    }

    /// `AwSet` against the keys of an `OrMap`.
    #[test]
    fn add_wins_sets_agree_with_dson(steps in prop::collection::vec(step(), 1..60)) {
        agree::<Dson>(&steps, true)?;
    }

    /// `AwSet` against a `DotMap` of `DotSet`s.
    #[test]
    fn add_wins_sets_agree_with_minerva(steps in prop::collection::vec(step(), 1..60)) {
        agree::<Minerva>(&steps, true)?;
    }

    /// `AwSet` against `ORSet`, whose deltas say less: see below.
    #[test]
    fn add_wins_sets_agree_with_crdt_kit(steps in prop::collection::vec(step(), 1..60)) {
        agree::<CrdtKit>(&steps, false)?;
    }

    /// `GSet` against `GSet`.
    #[test]
    fn grow_only_sets_agree_with_crdts(steps in prop::collection::vec(step(), 1..60)) {
        type Replica = (Causal<usize, GSet<u64>, Heap, Heap>, crdts::GSet<u64>);
        let mut replicas: [Replica; REPLICAS] = Default::default();
        for step in steps {
            match step {
                Step::Insert(at, element) => {
                    let is_new = !replicas[at].1.contains(&element);
                    let delta = replicas[at].0.write(at).insert(element).unwrap();
                    prop_assert_eq!(!delta.is_empty(), is_new);
                    replicas[at].1.insert(element);
                }
                Step::Merge(from, to) => {
                    let (synod, peer) = replicas[from].clone();
                    replicas[to].0.merge(&synod).unwrap();
                    replicas[to].1.merge(peer);
                }
                Step::Remove(..) | Step::Deliver(..) => {}
            }
            for (synod, peer) in &replicas {
                prop_assert_eq!(synod.read().iter().copied().collect::<BTreeSet<_>>(), peer.read());
            }
        }
    }
}

/// An element is added twice, and another replica, which has the second delta alone, removes it. In
/// the second delta ours says that it replaces the first addition, so nothing is left. `crdt-kit`
/// keeps both additions, and the one that the other replica never saw comes back.
#[test]
fn crdt_kit_keeps_additions_that_were_repeated() {
    fn left<S: Set>() -> BTreeSet<u64> {
        let (mut own, mut other) = (S::new(0), S::new(1));
        own.insert(3);
        let delta = own.insert_delta(3);
        other.merge_delta(&mut Some(delta));
        other.remove(3);
        other.merge(&mut own);
        other.elements()
    }
    assert!(left::<Synod>().is_empty());
    assert_eq!(left::<CrdtKit>(), BTreeSet::from([3]));
}
