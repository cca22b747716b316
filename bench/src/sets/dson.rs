//! `dson`. It has no sets: the keys of a map stand for one, each with a register that holds `true`.

use std::{collections::BTreeSet, mem};

use dson::{
    CausalDotStore, Identifier, OrMap, api, crdts::mvreg::MvRegValue, sentinel::DummySentinel,
};

use super::Set;

type Store = CausalDotStore<OrMap<u64>>;

/// A map whose keys are the elements.
#[derive(Clone)]
pub struct Dson {
    me: Identifier,
    store: Store,
}

impl Dson {
    fn consume(&mut self, delta: Store) {
        let Ok(()) = self.store.consume(delta, &mut DummySentinel);
    }

    fn addition(&self, element: u64) -> Store {
        let write = api::map::apply_to_register(
            |old, context, me| old.write(MvRegValue::Bool(true), context, me),
            element,
        );
        write(&self.store.store, &self.store.context, self.me)
    }
}

impl Set for Dson {
    type Delta = Store;

    fn new(me: u8) -> Self {
        Self { me: Identifier::new(me, 0), store: Store::default() }
    }

    fn insert(&mut self, element: u64) {
        let delta = self.addition(element);
        self.consume(delta);
    }

    fn insert_delta(&mut self, element: u64) -> Store {
        let delta = self.addition(element);
        self.consume(delta.clone());
        delta
    }

    fn remove(&mut self, element: u64) {
        let remove = api::map::remove(&element);
        let delta = remove(&self.store.store, &self.store.context, self.me);
        self.consume(delta);
    }

    fn merge(&mut self, other: &mut Self) {
        let other = mem::take(&mut other.store);
        self.consume(other);
    }

    fn merge_delta(&mut self, delta: &mut Option<Store>) {
        self.consume(delta.take().expect("there is a delta"));
    }

    fn elements(&self) -> BTreeSet<u64> {
        self.store.store.inner().keys().copied().collect()
    }
}
