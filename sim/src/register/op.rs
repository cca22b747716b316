//! What clients do to registers.

use serde::{Deserialize, Serialize};
use synod_consensus_core::{
    Ballot,
    register::{Change, Effect, Update},
};

/// What a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Value {
    /// The change that made it, unlike any other.
    pub(super) tag: u32,
    /// The version before it.
    pub(super) before: Option<Ballot>,
    /// How often something was added since there was nothing.
    pub(super) count: u32,
}

impl Value {
    /// The most bytes that one takes in postcard.
    pub(super) const MAX_BYTES: usize = 31;
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Adds one.
    Add,
    /// Puts another value, if the version is this.
    PutIf(Option<Ballot>),
    /// There is nothing any more.
    Delete,
    /// Looks, and keeps what is there.
    Look,
}

/// A change of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Op {
    /// Unlike that of any other change of the register.
    pub(super) tag: u32,
    pub(super) what: What,
}

impl Change for Op {
    type Value = Value;

    fn apply(&self, value: Option<&Value>, version: Option<Ballot>) -> Effect<Value> {
        let Self { tag, what } = *self;
        match what {
            What::Add => {
                let count = value.map_or(0, |value| value.count) + 1;
                Effect::Put(Value { tag, before: version, count })
            }
            What::PutIf(expected) => {
                let value_after = Value { tag, before: expected, count: 0 };
                let update = Update::PutIf { version: expected, value: value_after };
                update.apply(value, version)
            }
            What::Delete => Update::<Value>::Delete.apply(value, version),
            What::Look => Effect::Keep,
        }
    }
}

impl Op {
    /// Whether this may come of a value, in the opinion of the simulator: what is checked is not its
    /// own judge.
    pub(super) fn makes(
        &self,
        (value, version): (Option<Value>, Option<Ballot>),
        after: Option<Value>,
    ) -> bool {
        let Self { tag, what } = *self;
        match (what, after) {
            (What::Add, Some(after)) => {
                let count = value.map_or(0, |value| value.count) + 1;
                (after.tag, after.before, after.count) == (tag, version, count)
            }
            (What::PutIf(expected), Some(after)) => {
                expected == version && (after.tag, after.before, after.count) == (tag, version, 0)
            }
            (What::Delete, None) => true,
            _ => false,
        }
    }

    /// Whether it leaves this version as it is.
    pub(super) fn keeps(&self, version: Option<Ballot>) -> bool {
        match self.what {
            What::Look => true,
            What::PutIf(expected) => expected != version,
            What::Add | What::Delete => false,
        }
    }
}
