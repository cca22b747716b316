//! `crdt-kit`. A removal leaves a tombstone; a delta is the difference of two states.

use std::collections::BTreeSet;

use crdt_kit::{Crdt, DeltaCrdt, ORSet, ORSetDelta};

use super::Set;

/// Its observed-remove set.
#[derive(Clone)]
pub struct CrdtKit {
    /// The set itself.
    pub set: ORSet<u64>,
}

impl Set for CrdtKit {
    type Delta = ORSetDelta<u64>;

    fn new(me: u8) -> Self {
        Self { set: ORSet::new(me.into()) }
    }

    fn insert(&mut self, element: u64) {
        self.set.insert(element);
    }

    fn insert_delta(&mut self, element: u64) -> ORSetDelta<u64> {
        let before = self.set.clone();
        self.set.insert(element);
        self.set.delta(&before)
    }

    fn remove(&mut self, element: u64) {
        self.set.remove(&element);
    }

    fn merge(&mut self, other: &mut Self) {
        self.set.merge(&other.set);
    }

    fn merge_delta(&mut self, delta: &mut Option<ORSetDelta<u64>>) {
        self.set.apply_delta(delta.as_ref().expect("there is a delta"));
    }

    fn elements(&self) -> BTreeSet<u64> {
        self.set.iter().copied().collect()
    }
}
