//! Grow-only counters, as each implementation holds them.

use crdts::CmRDT;
use synod_crdt::{Capacity, Causal, GCounter, Inline};

use crate::versions::Entries;

/// The counts of `entries` as ours holds them.
///
/// # Panics
///
/// If the replicas do not fit.
#[must_use]
pub fn synod<R: Capacity>(entries: &Entries) -> Causal<u64, GCounter, R, Inline<0>> {
    let mut counter = Causal::<_, GCounter, _, _>::new();
    for (id, count) in entries {
        counter.write(*id).add(*count).expect("capacities are chosen large enough");
    }
    counter
}

/// The counts as `crdts` holds them.
#[must_use]
pub fn crdts(entries: &Entries) -> crdts::GCounter<u64> {
    let mut counter = crdts::GCounter::new();
    for (id, count) in entries {
        counter.apply(counter.inc_many(*id, *count));
    }
    counter
}

/// The counts as `crdt-kit` holds them.
#[must_use]
pub fn crdt_kit(entries: &Entries) -> crdt_kit::GCounter {
    let mut sum = crdt_kit::GCounter::new(0);
    for (id, count) in entries {
        let mut counter = crdt_kit::GCounter::new(*id);
        counter.increment_by(*count);
        crdt_kit::Crdt::merge(&mut sum, &counter);
    }
    sum
}
