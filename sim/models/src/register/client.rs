//! What clients want, and what they are told.

use synod_consensus_core::{
    Ballot,
    register::{Change, Effect, Update},
};

/// What a register holds: who has changed it, in order. Each octal digit is one change, the last one
/// lowest: the number of its client, from 1.
pub(crate) type Value = u16;

/// A client, which wants one thing of one node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    /// The place of the node.
    pub(crate) place: usize,
    /// What it wants.
    pub(crate) operation: Operation,
}

/// What a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// To put its digit behind what is there.
    Append,
    /// The same, if the register is as the node knows it at that moment.
    AppendIf,
    /// To read.
    Read,
    /// To have the nodes of these places as members.
    Members(&'static [u8]),
}

/// A change as a node proposes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Wish {
    /// Puts this digit behind what is there.
    Append(Value),
    /// One of those that most registers need.
    Update(Update<Value>),
}

impl Change for Wish {
    type Value = Value;

    fn apply(&self, value: Option<&Value>, version: Option<Ballot>) -> Effect<Value> {
        match self {
            Self::Append(digit) => Effect::Put(append(value.copied().unwrap_or(0), *digit)),
            Self::Update(update) => update.apply(value, version),
        }
    }
}

/// This value with one more change.
pub(crate) const fn append(value: Value, digit: Value) -> Value {
    value << 3 | digit
}

/// The changes that have made it, from the last one to the first.
pub(crate) fn changes(value: Value) -> impl Iterator<Item = Value> {
    let before = |value: &Value| Some(value >> 3).filter(|&before| before > 0);
    let values = std::iter::successors(Some(value).filter(|&value| value > 0), before);
    values.map(|value| value & 7)
}

/// A ballot as a number; 0 is none.
pub(crate) fn number(ballot: Option<Ballot>) -> u8 {
    ballot.map_or(0, |ballot| ballot.round.get() as u8 * 8 + ballot.proposer.0 as u8)
}

/// What a client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    /// Its change is made, and this is its version.
    Changed(u8),
    /// The register has this version and this value.
    Holds(u8, Value),
    /// Nobody knows whether its change was made, but it will not be from now on.
    Unknown,
    /// The members are those it wants.
    Reconfigured,
}
