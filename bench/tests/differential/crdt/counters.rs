//! Counters.

use crdts::{CmRDT, CvRDT};
use proptest::prelude::*;
use synod_crdt::{Causal, GCounter, Heap, Inline, Merge, PnCounter};

use super::REPLICAS;

#[derive(Clone, Debug)]
enum Step {
    Add(usize, i64),
    /// The first replica's state reaches the second.
    Merge(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let replica = 0..REPLICAS;
    let amount = prop_oneof![-5..6_i64, -1_000_000_000_000..1_000_000_000_000_i64];
    prop_oneof![
        (replica.clone(), amount).prop_map(|(at, amount)| Step::Add(at, amount)),
        (replica.clone(), replica).prop_map(|(from, to)| Step::Merge(from, to)),
    ]
}

proptest! {
    /// `PnCounter` against `PNCounter`, and `GCounter` against both of that name. The peers' counts
    /// overflow, and these have no reset: out of the way here.
    #[test]
    fn counters_agree_with_crdts_and_crdt_kit(steps in prop::collection::vec(step(), 1..60)) {
        type Both = (Causal<usize, PnCounter, Heap, Heap>, crdts::PNCounter<usize>);
        type Grown = (Causal<usize, GCounter, Heap, Inline<0>>, crdts::GCounter<usize>);
        let mut both: [Both; REPLICAS] = Default::default();
        let mut grown: [Grown; REPLICAS] = Default::default();
        let mut kit: [_; REPLICAS] = std::array::from_fn(|me| crdt_kit::GCounter::new(me as u64));
        for step in steps {
            match step {
                Step::Add(at, amount) => {
                    both[at].0.write(at).add(amount).unwrap();
                    let steps = amount.unsigned_abs();
                    let peer = &mut both[at].1;
                    let is_up = amount >= 0;
                    peer.apply(if is_up { peer.inc_many(at, steps) } else { peer.dec_many(at, steps) });

                    grown[at].0.write(at).add(steps).unwrap();
                    let peer = &mut grown[at].1;
                    peer.apply(peer.inc_many(at, steps));
                    kit[at].increment_by(steps);
                }
                Step::Merge(from, to) => {
                    let (synod, peer) = both[from].clone();
                    both[to].0.merge(&synod).unwrap();
                    both[to].1.merge(peer);
                    let (synod, peer) = grown[from].clone();
                    grown[to].0.merge(&synod).unwrap();
                    grown[to].1.merge(peer);
                    let other = kit[from].clone();
                    crdt_kit::Crdt::merge(&mut kit[to], &other);
                }
            }
            for (synod, peer) in &both {
                prop_assert_eq!(Ok(synod.read().value()), i128::try_from(peer.read()));
            }
            for ((synod, peer), kit) in grown.iter().zip(&kit) {
                let value = synod.read().value();
                prop_assert_eq!(Ok(value), u128::try_from(peer.read()));
                prop_assert_eq!(value, kit.value().into());
            }
        }
    }
}
