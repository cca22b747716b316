//! The changes that tests of registers make.

use synod_consensus_core::{
    Ballot,
    register::{Change, Effect, Update},
};

/// Adds to a count, or does what most registers need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Add(u32),
    Do(Update<u32>),
}

impl Change for Op {
    type Value = u32;

    fn apply(&self, value: Option<&u32>, version: Option<Ballot>) -> Effect<u32> {
        match self {
            Self::Add(more) => Effect::Put(value.unwrap_or(&0) + more),
            Self::Do(update) => update.apply(value, version),
        }
    }
}
