//! Causal contexts, whose runs may be too long to list: they are probed at every edge.

use std::collections::BTreeSet;

use synod_clocks::{Capacity, CausalContext, ContextError, Heap, NextDotError};

use super::{
    super::{
        relation::{order, relation},
        replica::{dot, pair},
    },
    Decoded, encode,
    vectors::is_vector,
};
use crate::refusal::refusal;

/// The runs and the cloud, without their promises.
type RawContext = (Vec<(u8, u64)>, Vec<(u8, u64)>);

/// A context for which there is always room.
type Unbounded = CausalContext<u8, Heap, Heap>;

/// As many edges as are changed; all are looked at.
const MOST_CHANGES: usize = 16;

fn contains((runs, cloud): &RawContext, event: (u8, u64)) -> bool {
    runs.iter().any(|run| run.0 == event.0 && run.1 >= event.1) || cloud.contains(&event)
}

/// Every event at which one of the contexts begins or ends to know something.
fn probes(contexts: [&RawContext; 2]) -> Vec<(u8, u64)> {
    let known = contexts.into_iter().flat_map(|(runs, cloud)| runs.iter().chain(cloud));
    let around = known.flat_map(|(replica, counter)| {
        let near = [
            1,
            counter.saturating_sub(1).max(1),
            *counter,
            counter.saturating_add(1),
            counter.saturating_add(2),
            u64::MAX,
        ];
        near.map(|counter| (*replica, counter))
    });
    let distinct: BTreeSet<_> = around.chain([(0, 1), (255, 2)]).collect();
    distinct.into_iter().collect()
}

impl<C: Capacity, D: Capacity> Decoded for CausalContext<u8, C, D> {
    type Raw = RawContext;

    fn is_legal((runs, cloud): &Self::Raw) -> bool {
        let distinct: BTreeSet<(u8, u64)> = cloud.iter().copied().collect();
        let run = |replica| runs.iter().find(|run| run.0 == replica).map_or(0, |run| run.1);
        let is_beyond = |event: &(u8, u64)| event.1 > 1 && event.1 - 1 > run(event.0);
        is_vector::<C>(runs)
            && distinct.into_iter().eq(cloud.iter().copied())
            && cloud.iter().all(is_beyond)
            && cloud.len() <= D::LIMIT
    }

    fn read(&self) -> Self::Raw {
        let cloud = self.cloud().iter().copied().map(pair).collect();
        (self.contiguous().iter().map(pair).collect(), cloud)
    }

    fn operate(&self, other: &Self) {
        let (own, theirs) = (self.read(), other.read());
        let probes = probes([&own, &theirs]);
        for probe in &probes {
            let event = dot(probe.0, probe.1);
            assert_eq!(self.contains(event), contains(&own, *probe));
        }
        check_relation(self, other, &probes);
        check_merge(self, other, &probes);
        for probe in probes.iter().take(MOST_CHANGES) {
            check_insert(self, *probe, &probes);
        }
        for (replica, _) in probes.iter().step_by(4).take(MOST_CHANGES) {
            check_next_dot(self, *replica);
        }
    }
}

fn check_relation<C: Capacity, D: Capacity>(
    context: &CausalContext<u8, C, D>,
    other: &CausalContext<u8, C, D>,
    probes: &[(u8, u64)],
) {
    let (own, theirs) = (context.read(), other.read());
    let surplus = |of: &RawContext, over: &RawContext| {
        probes.iter().any(|probe| contains(of, *probe) && !contains(over, *probe))
    };
    let due = relation(surplus(&own, &theirs), surplus(&theirs, &own));
    assert_eq!(context.causality(other), due);
    assert_eq!(context.partial_cmp(other), order(due));
    assert_eq!(context.dominates(other), !surplus(&theirs, &own));
}

fn check_merge<C: Capacity, D: Capacity>(
    context: &CausalContext<u8, C, D>,
    other: &CausalContext<u8, C, D>,
    probes: &[(u8, u64)],
) {
    let (own, theirs) = (context.read(), other.read());
    let mut unbounded = unbounded(context);
    let news = unbounded.merge(other);
    let union = unbounded.read();
    assert_eq!(news, Ok(union != own));
    assert!(Unbounded::is_legal(&union));
    for probe in probes {
        let known = contains(&own, *probe) || contains(&theirs, *probe);
        assert_eq!(contains(&union, *probe), known);
    }
    let mut merged = context.clone();
    let outcome = merged.merge(other);
    settle::<C, D>(outcome, &own, &union, &merged.read());
}

fn check_insert<C: Capacity, D: Capacity>(
    context: &CausalContext<u8, C, D>,
    event: (u8, u64),
    probes: &[(u8, u64)],
) {
    let own = context.read();
    let mut unbounded = unbounded(context);
    let news = unbounded.insert(dot(event.0, event.1));
    let after = unbounded.read();
    assert_eq!(news, Ok(!contains(&own, event)));
    assert!(Unbounded::is_legal(&after));
    for probe in probes {
        let known = contains(&own, *probe) || *probe == event;
        assert_eq!(contains(&after, *probe), known);
    }
    let mut inserted = context.clone();
    let outcome = inserted.insert(dot(event.0, event.1));
    settle::<C, D>(outcome, &own, &after, &inserted.read());
}

fn check_next_dot<C: Capacity, D: Capacity>(context: &CausalContext<u8, C, D>, replica: u8) {
    let own = context.read();
    let of_replica = own.0.iter().chain(&own.1).filter(|event| event.0 == replica);
    let latest = of_replica.map(|event| event.1).max().unwrap_or(0);
    assert_eq!(context.latest(replica), latest);
    let mut changed = context.clone();
    match changed.next_dot(replica) {
        Ok(issued) => {
            assert_eq!(pair(issued), (replica, latest + 1));
            assert!(contains(&changed.read(), pair(issued)));
        }
        Err(error) => {
            assert!((error == NextDotError::Exhausted) == (latest == u64::MAX));
            assert_eq!(changed.read(), own);
        }
    }
    assert!(CausalContext::<u8, C, D>::is_legal(&changed.read()));
}

/// Asserts that what needs to become `due` became it if it fits, and else stayed as it was.
fn settle<C: Capacity, D: Capacity>(
    outcome: Result<bool, ContextError>,
    before: &RawContext,
    due: &RawContext,
    after: &RawContext,
) {
    match outcome {
        Ok(news) => {
            assert_eq!(news, before != due);
            assert_eq!(after, due);
            assert!(CausalContext::<u8, C, D>::is_legal(after));
        }
        Err(error) => {
            assert_eq!(after, before);
            match error {
                ContextError::Replicas(full) => {
                    assert_eq!(Some(full), refusal::<C>(due.0.len()));
                }
                ContextError::Cloud(full) => assert_eq!(Some(full), refusal::<D>(due.1.len())),
                other => panic!("{other}"),
            }
        }
    }
}

/// The same context on the heap.
fn unbounded<C: Capacity, D: Capacity>(context: &CausalContext<u8, C, D>) -> Unbounded {
    postcard::from_bytes(&encode(context)).expect("the heap has room")
}
