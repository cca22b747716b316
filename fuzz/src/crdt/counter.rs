//! Counters in a map against sums: what counts in the end is what no removal had seen.

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use synod_crdt::{Causal, CausalMap, Delta, Dot, Heap, Merge, PnCounter};

type Stock = Causal<u8, CausalMap<u8, PnCounter>, Heap, Heap>;

/// What happens at one replica.
#[derive(Arbitrary, Debug)]
pub struct Step {
    at: u8,
    action: Action,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Action {
    /// Something is counted under a key; its delta goes out.
    Add(u8, i8),
    /// A key is removed; its delta goes out.
    Remove(u8),
    /// A delta arrives that went out some time ago, perhaps not for the first time.
    Receive(u8),
    /// Another replica's state arrives.
    Merge(u8),
}

/// What a replica has counted under a key: by event, and up to which of them removals have seen.
#[derive(Default)]
struct Counted {
    amounts: Vec<(u64, i128)>,
    seen: u64,
}

/// Plays the steps on three replicas, and compares when all know everything.
pub(crate) fn check(steps: &[Step]) {
    let mut replicas = [const { Stock::new() }; 3];
    let mut counted = BTreeMap::<(u8, u8), Counted>::new();
    let mut sent = Vec::<Stock>::new();
    for step in steps.iter().take(50) {
        let me = step.at % 3;
        let mut replica = replicas[usize::from(me)].clone();
        match step.action {
            Action::Add(key, amount) => {
                let key = key % 2;
                let delta = replica.write(me).at(&key).add(amount.into()).expect("it fits");
                sent.push(owned(&delta));
                let event = replica.context().latest(me);
                let counted = counted.entry((key, me)).or_default();
                counted.amounts.push((event, amount.into()));
            }
            Action::Remove(key) => {
                let key = key % 2;
                for ((_, other), counted) in counted.iter_mut().filter(|((of, _), _)| *of == key) {
                    let events = counted.amounts.iter().map(|(event, _)| *event);
                    let known = |event: &u64| {
                        Dot::new(*other, *event).is_some_and(|dot| replica.context().contains(dot))
                    };
                    counted.seen = events.filter(known).fold(counted.seen, u64::max);
                }
                sent.push(owned(&replica.write(me).remove(&key).expect("it fits")));
            }
            Action::Receive(which) => {
                let which = usize::from(which).checked_rem(sent.len());
                if let Some(delta) = which.and_then(|which| sent.get(which)) {
                    replica.merge(delta).expect("it fits");
                }
            }
            Action::Merge(other) => {
                replica.merge(&replicas[usize::from(other % 3)]).expect("it fits");
            }
        }
        replicas[usize::from(me)] = replica;
        compare(&replicas, &counted);
    }
}

fn owned(delta: &Delta<'_, Stock>) -> Stock {
    let mut state = Stock::new();
    state.merge(delta).expect("it fits");
    state
}

fn compare(replicas: &[Stock; 3], counted: &BTreeMap<(u8, u8), Counted>) {
    let [one, two, three] = replicas;
    let mut all = one.clone();
    all.merge(two).expect("it fits");
    all.merge(three).expect("it fits");
    let mut reverse = three.clone();
    reverse.merge(two).expect("it fits");
    reverse.merge(one).expect("it fits");
    assert_eq!(all, reverse);
    for key in 0..2 {
        let here = counted.iter().filter(|((of, _), _)| *of == key).map(|(_, counted)| counted);
        let left = here
            .flat_map(|counted| counted.amounts.iter().filter(|(event, _)| *event > counted.seen));
        let (mut sum, mut count) = (0, 0);
        for (_, amount) in left {
            (sum, count) = (sum + amount, count + 1);
        }
        assert_eq!(all.read().at(&key).value(), sum);
        assert_eq!(all.read().contains_key(&key), count > 0);
    }
}
