//! `minerva`. It has the dot stores, of which the user makes a set: a map from elements to the dots
//! of their additions.

use std::collections::BTreeSet;

use minerva::metis::{DotMap, DotSet, DotStore, Dotted};

use super::Set;

type State = Dotted<DotMap<u64, DotSet>>;

/// A map from elements to sets of dots.
#[derive(Clone)]
pub struct Minerva {
    me: u32,
    state: State,
}

impl Set for Minerva {
    type Delta = State;

    fn new(me: u8) -> Self {
        Self { me: me.into(), state: State::new() }
    }

    fn insert(&mut self, element: u64) {
        self.insert_delta(element);
    }

    fn insert_delta(&mut self, element: u64) -> State {
        let dot = self.state.next_dot(self.me);
        let mut dots = DotSet::new();
        dots.insert(dot);
        let mut context = self.state.store().get(&element).cloned().unwrap_or_default();
        context.insert(dot);
        let delta = Dotted::try_new(DotMap::singleton(element, dots), context);
        let delta = delta.expect("the dot is in the context");
        self.state.merge_from(&delta);
        delta
    }

    fn remove(&mut self, element: u64) {
        let Some(dots) = self.state.store().get(&element) else { return };
        let delta = Dotted::from_context(dots.support());
        self.state.merge_from(&delta);
    }

    fn merge(&mut self, other: &mut Self) {
        self.state.merge_from(&other.state);
    }

    fn merge_delta(&mut self, delta: &mut Option<State>) {
        self.state.merge_from(delta.as_ref().expect("there is a delta"));
    }

    fn elements(&self) -> BTreeSet<u64> {
        self.state.store().iter().map(|(element, _)| *element).collect()
    }
}
