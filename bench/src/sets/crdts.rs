//! `crdts`. It has no deltas: an addition sends an operation, which must come once and in order.

use std::{collections::BTreeSet, mem};

use crdts::{CmRDT, CvRDT, Orswot, orswot::Op};

use super::Set;

/// Its set without tombstones.
#[derive(Clone)]
pub struct Crdts {
    me: u64,
    /// The set itself.
    pub set: Orswot<u64, u64>,
}

impl Set for Crdts {
    type Delta = Op<u64, u64>;

    fn new(me: u8) -> Self {
        Self { me: me.into(), set: Orswot::new() }
    }

    fn insert(&mut self, element: u64) {
        self.insert_delta(element);
    }

    fn insert_delta(&mut self, element: u64) -> Op<u64, u64> {
        let operation = self.set.add(element, self.set.read_ctx().derive_add_ctx(self.me));
        self.set.apply(operation.clone());
        operation
    }

    fn remove(&mut self, element: u64) {
        let operation = self.set.rm(element, self.set.contains(&element).derive_rm_ctx());
        self.set.apply(operation);
    }

    fn merge(&mut self, other: &mut Self) {
        self.set.merge(mem::take(&mut other.set));
    }

    fn merge_delta(&mut self, operation: &mut Option<Op<u64, u64>>) {
        self.set.apply(operation.take().expect("there is an operation"));
    }

    fn elements(&self) -> BTreeSet<u64> {
        self.set.read().val.into_iter().collect()
    }
}
