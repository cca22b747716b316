//! Causal contexts of several capacities against sets of events.

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use synod_clocks::{Capacity, CausalContext, ContextError, Heap, Inline, NextDotError};

use super::{
    relation::{order, relation},
    replica::{Event, Replica, dot, pair},
};
use crate::{fingerprint::fingerprint, refusal::refusal};

/// One call on one context, with another as its argument where it takes one.
#[derive(Arbitrary, Debug)]
pub struct Step {
    target: Place,
    other: Place,
    operation: Operation,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Place {
    Small,
    Large,
    Heap,
}

#[derive(Arbitrary, Debug)]
enum Operation {
    Insert(Event),
    NextDot(Replica),
    Merge,
    Forget,
}

/// Plays the steps on three contexts.
pub fn check(steps: &[Step]) {
    let mut trio = Trio::default();
    for step in steps.iter().take(60) {
        let others = trio.clone();
        match step.target {
            Place::Small => trio.small.apply(step, &others),
            Place::Large => trio.large.apply(step, &others),
            Place::Heap => trio.heap.apply(step, &others),
        }
        trio.small.compare(&trio.large);
        trio.large.compare(&trio.heap);
        trio.heap.compare(&trio.small);
    }
}

#[derive(Clone, Debug, Default)]
struct Trio {
    small: Modelled<Inline<2>, Inline<2>>,
    large: Modelled<Inline<3>, Inline<4>>,
    heap: Modelled<Heap, Heap>,
}

/// A context, and the events that it should know, one by one.
#[derive(Clone, Debug)]
struct Modelled<C: Capacity, D: Capacity> {
    context: CausalContext<u8, C, D>,
    events: BTreeSet<(u8, u64)>,
}

impl<C: Capacity, D: Capacity> Default for Modelled<C, D> {
    fn default() -> Self {
        Self { context: CausalContext::new(), events: BTreeSet::new() }
    }
}

impl<C: Capacity, D: Capacity> Modelled<C, D> {
    fn apply(&mut self, step: &Step, others: &Trio) {
        match (&step.operation, step.other) {
            (Operation::Insert(event), _) => self.insert(*event),
            (Operation::NextDot(replica), _) => self.next_dot(replica.0),
            (Operation::Merge, Place::Small) => self.merge(&others.small),
            (Operation::Merge, Place::Large) => self.merge(&others.large),
            (Operation::Merge, Place::Heap) => self.merge(&others.heap),
            (Operation::Forget, _) => *self = Self::default(),
        }
        self.check();
    }

    fn insert(&mut self, event: Event) {
        let mut after = self.events.clone();
        after.insert(pair(event.dot()));
        let outcome = self.context.insert(event.dot());
        self.settle(after, outcome);
    }

    fn next_dot(&mut self, replica: u8) {
        let latest = self.latest(replica);
        let Some(next) = latest.checked_add(1) else {
            let outcome = self.context.next_dot(replica);
            assert_eq!(outcome, Err(NextDotError::Exhausted));
            return;
        };
        let mut after = self.events.clone();
        after.insert((replica, next));
        match self.context.next_dot(replica) {
            Ok(issued) => {
                assert_eq!(issued, dot(replica, next));
                self.settle(after, Ok(true));
            }
            Err(NextDotError::Context(error)) => self.settle(after, Err(error)),
            Err(other) => panic!("{other}"),
        }
    }

    fn merge<E: Capacity, F: Capacity>(&mut self, other: &Modelled<E, F>) {
        let after = self.events.union(&other.events).copied().collect();
        let outcome = self.context.merge(&other.context);
        self.settle(after, outcome);
    }

    /// Asserts that an outcome is the one that is due if `after` is to be known.
    fn settle(&mut self, after: BTreeSet<(u8, u64)>, outcome: Result<bool, ContextError>) {
        let (runs, cloud) = runs_and_cloud(&after);
        match outcome {
            Ok(news) => {
                assert_eq!(news, after != self.events);
                assert!(runs.len() <= C::LIMIT && cloud.len() <= D::LIMIT);
                self.events = after;
            }
            Err(ContextError::Replicas(full)) => {
                assert_eq!(Some(full), refusal::<C>(runs.len()));
            }
            Err(ContextError::Cloud(full)) => assert_eq!(Some(full), refusal::<D>(cloud.len())),
            Err(other) => panic!("{other}"),
        }
    }

    fn latest(&self, replica: u8) -> u64 {
        let own = self.events.iter().filter(|event| event.0 == replica);
        own.map(|event| event.1).max().unwrap_or(0)
    }

    fn check(&self) {
        let (runs, cloud) = runs_and_cloud(&self.events);
        let found_runs = self.context.contiguous().iter().map(pair);
        assert!(found_runs.eq(runs));
        assert!(self.context.cloud().iter().copied().map(pair).eq(cloud));
        assert_eq!(self.context.is_empty(), self.events.is_empty());
        for replica in 0..7 {
            assert_eq!(self.context.latest(replica), self.latest(replica));
        }
        for (replica, counter) in &self.events {
            assert!(self.context.contains(dot(*replica, *counter)));
            if let Some(next) = counter.checked_add(1) {
                let known = self.events.contains(&(*replica, next));
                assert_eq!(self.context.contains(dot(*replica, next)), known);
            }
        }
    }

    fn compare<E: Capacity, F: Capacity>(&self, other: &Modelled<E, F>) {
        let own_surplus = !self.events.is_subset(&other.events);
        let other_surplus = !other.events.is_subset(&self.events);
        let due = relation(own_surplus, other_surplus);
        assert_eq!(self.context.causality(&other.context), due);
        assert_eq!(other.context.causality(&self.context), due.reverse());
        assert_eq!(self.context.partial_cmp(&other.context), order(due));
        assert_eq!(self.context.dominates(&other.context), !other_surplus);
        let equal = self.events == other.events;
        assert_eq!(self.context == other.context, equal);
        if equal {
            assert_eq!(fingerprint(&self.context), fingerprint(&other.context));
        }
    }
}

/// Events in order.
type Events = Vec<(u8, u64)>;

/// The last event of each replica's run from 1, and the events beyond.
fn runs_and_cloud(events: &BTreeSet<(u8, u64)>) -> (Events, Events) {
    let replicas: BTreeSet<u8> = events.iter().map(|event| event.0).collect();
    let run = |replica| {
        let length = (0_u64..).find(|length| !events.contains(&(replica, length + 1)));
        length.unwrap_or(u64::MAX)
    };
    let runs: Vec<_> = replicas.iter().map(|id| (*id, run(*id))).collect();
    let in_run = |event: &(u8, u64)| runs.iter().any(|run| run.0 == event.0 && run.1 >= event.1);
    let cloud = events.iter().copied().filter(|event| !in_run(event)).collect();
    (runs.into_iter().filter(|run| run.1 > 0).collect(), cloud)
}
