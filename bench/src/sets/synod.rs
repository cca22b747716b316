//! `synod-crdt`.

use std::collections::BTreeSet;

use synod_crdt::{AwSet, Causal, Heap, Merge};

use super::Set;

type State = Causal<u64, AwSet<u64>, Heap, Heap>;

/// A causal state on the heap.
#[derive(Clone)]
pub struct Synod {
    me: u64,
    /// The set itself.
    pub state: State,
}

impl Set for Synod {
    type Delta = State;

    fn new(me: u8) -> Self {
        Self { me: me.into(), state: State::new() }
    }

    fn insert(&mut self, element: u64) {
        self.state.write(self.me).insert(element).expect("there is memory");
    }

    fn insert_delta(&mut self, element: u64) -> State {
        let delta = self.state.write(self.me).insert(element).expect("there is memory");
        let mut sent = State::new();
        sent.merge(&delta).expect("there is memory");
        sent
    }

    fn remove(&mut self, element: u64) {
        self.state.write(self.me).remove(&element).expect("there is memory");
    }

    fn merge(&mut self, other: &mut Self) {
        self.state.merge(&other.state).expect("no dot was given twice");
    }

    fn merge_delta(&mut self, delta: &mut Option<State>) {
        let delta = delta.as_ref().expect("there is a delta");
        self.state.merge(delta).expect("no dot was given twice");
    }

    fn elements(&self) -> BTreeSet<u64> {
        self.state.read().iter().copied().collect()
    }
}
