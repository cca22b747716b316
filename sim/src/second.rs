//! A second opinion on linearizability: the checker of the crate `todc-utils`, which is not ours.
//!
//! It knows no operation without an answer. Such a one is left out if nobody can have seen it, and
//! has returned when the first one that saw it did, otherwise: it must come before that anyway.

use alloc::vec::Vec;

use todc_utils::{
    linearizability::{
        WGLChecker,
        history::{Action, History},
    },
    specifications::Specification,
};

use crate::history::{Kind, Operation};

/// A register that has 0 at first.
struct Register;

impl Specification for Register {
    type State = u32;
    type Operation = Operation;

    fn init() -> u32 {
        0
    }

    fn apply(operation: &Operation, value: &u32) -> (bool, u32) {
        operation.step(*value).map_or((false, *value), |value| (true, value))
    }
}

/// Whether the history, sorted by `called`, is linearizable. It takes time with the square of the
/// length, and knows no end.
#[must_use]
pub fn check(operations: &[Operation]) -> bool {
    let operations = settle(operations);
    if operations.is_empty() {
        return true;
    }
    let mut events: Vec<(u32, bool, usize)> = Vec::new();
    for (process, operation) in operations.iter().enumerate() {
        events.push((operation.called, true, process));
        events.push((operation.returned, false, process));
    }
    events.sort_unstable();
    let actions = events.into_iter().map(|(_, call, process)| {
        let operation = operations[process];
        (process, if call { Action::Call(operation) } else { Action::Response(operation) })
    });
    WGLChecker::<Register>::is_linearizable(History::from_actions(actions.collect()))
}

/// The operations that have happened, each with an end.
fn settle(operations: &[Operation]) -> Vec<Operation> {
    let mut operations = operations.to_vec();
    loop {
        let mut changed = false;
        for place in 0..operations.len() {
            let operation = operations[place];
            let Some(value) = operation.writes().filter(|_| operation.seen().is_none()) else {
                continue;
            };
            let seers = operations.iter().filter(|other| other.seen() == Some(value));
            let first = seers.map(|other| other.returned).min().unwrap_or(u32::MAX);
            if first < operation.returned && operation.is_open() {
                operations[place].returned = first;
                if let Kind::CompareAndSet { expected, seen, .. } = &mut operations[place].kind {
                    *seen = Some(*expected);
                }
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    operations.retain(|operation| !operation.is_open());
    operations
}

#[cfg(test)]
mod tests {
    #[test]
    fn planted_histories() {
        for (good, operations) in crate::history::tests::planted() {
            assert_eq!(super::check(&operations), good, "{operations:?}");
        }
    }
}
