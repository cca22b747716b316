//! Registers.

use std::collections::BTreeSet;

use crdts::{CmRDT, CvRDT, LWWReg, MVReg};
use dson::{
    CausalDotStore, Identifier, api,
    crdts::{mvreg::MvRegValue, snapshot::ToValue},
    sentinel::DummySentinel,
};
use proptest::prelude::*;
use synod_crdt::{Causal, Heap, HybridStamp, LwwRegister, Merge, MvRegister, WriteError};

use super::REPLICAS;

#[derive(Clone, Debug)]
enum Step {
    /// A value, and when it is written.
    Set(usize, u64, u64),
    /// The first replica's state reaches the second.
    Merge(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let replica = 0..REPLICAS;
    prop_oneof![
        (replica.clone(), 0..4_u64, 0..20_u64).prop_map(|(at, value, us)| Step::Set(at, value, us)),
        (replica.clone(), replica).prop_map(|(from, to)| Step::Merge(from, to)),
    ]
}

type Register = Causal<usize, MvRegister<u64>, Heap, Heap>;
type DsonRegister = CausalDotStore<dson::MvReg>;

fn write_dson(register: &mut DsonRegister, at: usize, value: u64) {
    let id = Identifier::new(at as u8, 0);
    let delta =
        api::register::write(MvRegValue::U64(value))(&register.store, &register.context, id);
    merge_dson(register, delta);
}

fn merge_dson(register: &mut DsonRegister, other: DsonRegister) {
    let Ok(()) = register.consume(other, &mut DummySentinel);
}

fn read_dson(register: &DsonRegister) -> BTreeSet<u64> {
    let values = (&register.store).values().into_iter();
    values
        .map(|value| match value {
            MvRegValue::U64(value) => *value,
            other => panic!("never written: {other:?}"),
        })
        .collect()
}

proptest! {
    /// `MvRegister` against both of that name. Equal values written concurrently stand there twice
    /// in the peers, which is out of the way here.
    #[test]
    fn multi_value_registers_agree(steps in prop::collection::vec(step(), 1..60)) {
        type Replica = (Register, MVReg<u64, usize>, DsonRegister);
        let mut replicas: [Replica; REPLICAS] = Default::default();
        for step in steps {
            match step {
                Step::Set(at, value, _) => {
                    let (synod, peer, dson) = &mut replicas[at];
                    synod.write(at).set(value).unwrap();
                    peer.apply(peer.write(value, peer.read_ctx().derive_add_ctx(at)));
                    write_dson(dson, at, value);
                }
                Step::Merge(from, to) => {
                    let (synod, peer, dson) = replicas[from].clone();
                    replicas[to].0.merge(&synod).unwrap();
                    replicas[to].1.merge(peer);
                    merge_dson(&mut replicas[to].2, dson);
                }
            }
            for (synod, peer, dson) in &replicas {
                let own: BTreeSet<u64> = synod.read().values().copied().collect();
                prop_assert_eq!(&own, &peer.read().val.into_iter().collect());
                prop_assert_eq!(&own, &read_dson(dson));
            }
        }
    }

    /// `LwwRegister` against `LWWReg`, whose marker is the pair of stamp and replica. A write that
    /// would lose is an error here, and nothing there.
    #[test]
    fn last_writer_wins_registers_agree(steps in prop::collection::vec(step(), 1..60)) {
        type Marker = (HybridStamp, usize);
        type Replica = (Causal<usize, LwwRegister<u64>, Heap, Heap>, LWWReg<Option<u64>, Marker>);
        let mut replicas: [Replica; REPLICAS] = std::array::from_fn(|_| {
            (Causal::new(), LWWReg { val: None, marker: (HybridStamp::from_bits(0), 0) })
        });
        let mut used = BTreeSet::new();
        for step in steps {
            match step {
                Step::Set(at, value, us) => {
                    let stamp = HybridStamp::from_wall_us(us + 1).unwrap();
                    if !used.insert((stamp, at)) {
                        continue; // a marker must be used once, says the peer
                    }
                    let (synod, peer) = &mut replicas[at];
                    let is_stale = peer.marker > (stamp, at);
                    let refused = synod.write(at).set(stamp, value).err();
                    let reason = refused.map(|refused| refused.reason);
                    prop_assert_eq!(reason, is_stale.then_some(WriteError::Stale));
                    peer.update(Some(value), (stamp, at));
                }
                Step::Merge(from, to) => {
                    let (synod, peer) = replicas[from].clone();
                    replicas[to].0.merge(&synod).unwrap();
                    replicas[to].1.merge(peer);
                }
            }
            for (synod, peer) in &replicas {
                prop_assert_eq!(synod.read().get(), peer.val.as_ref());
            }
        }
    }
}

/// Where two replicas write at one stamp, `crdts` leaves it to the user to tell them apart: with
/// stamps alone as markers each keeps its own for good. Ours has the replica in the stamp.
#[test]
fn crdts_diverges_on_equal_stamps() {
    let (mut left, mut right) = (LWWReg { val: 1, marker: 9 }, LWWReg { val: 2, marker: 9 });
    left.merge(right.clone());
    right.merge(left.clone());
    assert_ne!(left, right);

    let stamp = HybridStamp::from_wall_us(9).unwrap();
    let (mut left, mut right) = (
        Causal::<usize, LwwRegister<u64>, Heap, Heap>::new(),
        Causal::<usize, LwwRegister<u64>, Heap, Heap>::new(),
    );
    left.write(1).set(stamp, 1).unwrap();
    right.write(2).set(stamp, 2).unwrap();
    left.merge(&right).unwrap();
    right.merge(&left).unwrap();
    assert_eq!(left, right);
    assert_eq!(left.read().get(), Some(&2));
}
