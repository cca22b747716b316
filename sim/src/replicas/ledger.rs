//! Which row each event has named.

use alloc::collections::{BTreeMap, btree_map::Entry};

use synod_crdt::Dot;

use super::shadow::Shadow;
use crate::violation::{Verdict, ensure};

/// The rows of all events that anybody was told of.
#[derive(Debug)]
pub(super) struct Ledger<Row>(BTreeMap<Dot<u16>, Row>);

impl<Row: Clone + Ord + core::fmt::Debug> Ledger<Row> {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// An event names one row, for ever.
    pub(super) fn note(&mut self, node: usize, told: &Shadow<Row>) -> Verdict {
        for (dot, row) in &told.alive {
            match self.0.entry(*dot) {
                Entry::Vacant(free) => drop(free.insert(row.clone())),
                Entry::Occupied(known) => ensure!(
                    known.get() == row,
                    "an event names one row",
                    node,
                    "{dot:?}: {row:?} and {:?}",
                    known.get()
                ),
            }
        }
        Ok(())
    }
}
