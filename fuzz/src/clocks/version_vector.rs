//! Version vectors of several capacities against maps.

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use synod_clocks::{Capacity, Heap, IncrementError, Inline, VersionVector};

use super::{
    relation::{order, relation},
    replica::{Event, Replica, dot, pair},
};
use crate::{fingerprint::fingerprint, refusal::refusal};

/// One call on one vector, with another as its argument where it takes one.
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
    Increment(Replica),
    Observe(Event),
    Remove(Replica),
    Clear,
    Merge,
    Meet,
    Rebuild(Vec<Event>),
}

/// Plays the steps on three vectors.
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
    small: Modelled<Inline<2>>,
    large: Modelled<Inline<4>>,
    heap: Modelled<Heap>,
}

/// A vector, and what it should say of each replica.
#[derive(Clone, Debug)]
pub(crate) struct Modelled<C: Capacity> {
    vector: VersionVector<u8, C>,
    model: BTreeMap<u8, u64>,
}

impl<C: Capacity> Default for Modelled<C> {
    fn default() -> Self {
        Self::of(VersionVector::new())
    }
}

impl<C: Capacity> Modelled<C> {
    /// A vector that exists, modelled by what it says.
    pub(crate) fn of(vector: VersionVector<u8, C>) -> Self {
        let model = vector.iter().map(pair).collect();
        Self { vector, model }
    }

    fn apply(&mut self, step: &Step, others: &Trio) {
        match (&step.operation, step.other) {
            (Operation::Increment(replica), _) => self.increment(replica.0),
            (Operation::Observe(event), _) => self.observe(*event),
            (Operation::Remove(replica), _) => self.remove(replica.0),
            (Operation::Clear, _) => {
                self.vector.clear();
                self.model.clear();
            }
            (Operation::Merge, Place::Small) => self.merge(&others.small),
            (Operation::Merge, Place::Large) => self.merge(&others.large),
            (Operation::Merge, Place::Heap) => self.merge(&others.heap),
            (Operation::Meet, Place::Small) => self.meet(&others.small),
            (Operation::Meet, Place::Large) => self.meet(&others.large),
            (Operation::Meet, Place::Heap) => self.meet(&others.heap),
            (Operation::Rebuild(events), _) => self.rebuild(events),
        }
        self.check();
    }

    pub(crate) fn increment(&mut self, replica: u8) {
        let known = self.known(replica);
        let mut after = self.model.clone();
        after.insert(replica, known.saturating_add(1));
        match self.vector.increment(replica) {
            Ok(issued) => {
                assert_eq!(issued, dot(replica, known + 1));
                self.commit(after);
            }
            Err(IncrementError::Exhausted) => assert_eq!(known, u64::MAX),
            Err(IncrementError::Full(full)) => {
                assert_eq!(Some(full), refusal::<C>(after.len()));
            }
            Err(other) => panic!("{other}"),
        }
        self.check();
    }

    fn observe(&mut self, event: Event) {
        let (replica, counter) = pair(event.dot());
        let mut after = self.model.clone();
        let entry = after.entry(replica).or_default();
        *entry = counter.max(*entry);
        match self.vector.observe(event.dot()) {
            Ok(news) => {
                assert_eq!(news, after != self.model);
                self.commit(after);
            }
            Err(full) => assert_eq!(Some(full), refusal::<C>(after.len())),
        }
    }

    pub(crate) fn remove(&mut self, replica: u8) {
        let removed = self.vector.remove(replica).map(|counter| counter.get());
        assert_eq!(removed, self.model.remove(&replica));
        self.check();
    }

    pub(crate) fn merge<D: Capacity>(&mut self, other: &Modelled<D>) {
        let mut after = self.model.clone();
        for (replica, counter) in &other.model {
            let entry = after.entry(*replica).or_default();
            *entry = (*entry).max(*counter);
        }
        match self.vector.merge(&other.vector) {
            Ok(news) => {
                assert_eq!(news, after != self.model);
                self.commit(after);
            }
            Err(full) => assert_eq!(Some(full), refusal::<C>(after.len())),
        }
        self.check();
    }

    pub(crate) fn meet<D: Capacity>(&mut self, other: &Modelled<D>) {
        let mut after = self.model.clone();
        after.retain(|replica, counter| {
            *counter = other.known(*replica).min(*counter);
            *counter > 0
        });
        assert_eq!(self.vector.meet(&other.vector), after != self.model);
        self.commit(after);
        self.check();
    }

    fn rebuild(&mut self, events: &[Event]) {
        let mut after = BTreeMap::new();
        for (replica, counter) in events.iter().map(|event| pair(event.dot())) {
            let entry = after.entry(replica).or_default();
            *entry = counter.max(*entry);
        }
        match VersionVector::from_dots(events.iter().map(|event| event.dot())) {
            Ok(vector) => {
                self.vector = vector;
                self.commit(after);
            }
            // The replicas after the first that does not fit are not counted.
            Err(full) => {
                assert!(after.len() > C::LIMIT);
                assert_eq!(Some(full), refusal::<C>(C::LIMIT + 1));
            }
        }
    }

    fn commit(&mut self, after: BTreeMap<u8, u64>) {
        assert!(after.len() <= C::LIMIT, "accepted what does not fit");
        self.model = after;
    }

    fn known(&self, replica: u8) -> u64 {
        self.model.get(&replica).copied().unwrap_or(0)
    }

    fn check(&self) {
        let entries = self.model.iter().map(|(replica, counter)| (*replica, *counter));
        assert!(self.vector.iter().map(pair).eq(entries));
        assert_eq!(self.vector.len(), self.model.len());
        assert_eq!(self.vector.is_empty(), self.model.is_empty());
        for replica in (0..7).chain(self.model.keys().copied()) {
            let known = self.known(replica);
            assert_eq!(self.vector.get(replica), known);
            assert!(known == 0 || self.vector.contains(dot(replica, known)));
            assert!(known == u64::MAX || !self.vector.contains(dot(replica, known + 1)));
        }
    }

    pub(crate) fn compare<D: Capacity>(&self, other: &Modelled<D>) {
        let own_surplus = self.model.iter().any(|(id, counter)| *counter > other.known(*id));
        let other_surplus = other.model.iter().any(|(id, counter)| *counter > self.known(*id));
        let due = relation(own_surplus, other_surplus);
        assert_eq!(self.vector.causality(&other.vector), due);
        assert_eq!(other.vector.causality(&self.vector), due.reverse());
        assert_eq!(self.vector.partial_cmp(&other.vector), order(due));
        assert_eq!(self.vector.dominates(&other.vector), !other_surplus);
        assert_eq!(self.vector == other.vector, self.model == other.model);
        if self.model == other.model {
            assert_eq!(fingerprint(&self.vector), fingerprint(&other.vector));
        }
    }
}
