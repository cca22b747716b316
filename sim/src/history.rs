//! Histories of a register, and whether they are linearizable.
//!
//! Every value is written at most once. An operation without an answer may have happened at any
//! time after it was called, or never.

use alloc::{collections::BTreeSet, vec, vec::Vec};

use crate::random::Random;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Reads, and has seen this.
    Read(Option<u32>),
    /// Writes this.
    Write(u32),
    /// Writes `new`, whatever the register has.
    Swap {
        /// What it gets.
        new: u32,
        /// What it had, if the answer has come.
        seen: Option<u32>,
    },
    /// Writes `new` if the register has `expected`.
    CompareAndSet {
        /// What it must have.
        expected: u32,
        /// What it gets.
        new: u32,
        /// What it had, if the answer has come.
        seen: Option<u32>,
    },
}

/// An operation on a register that had 0 at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// When it was called.
    pub called: u32,
    /// When it returned; `u32::MAX` if it never did.
    pub returned: u32,
    /// What it was.
    pub kind: Kind,
}

impl Operation {
    /// Whether it can happen when the register has `value`, and what it has then.
    #[must_use]
    pub fn step(&self, value: u32) -> Option<u32> {
        match self.kind {
            Kind::Read(seen) => seen.is_none_or(|seen| seen == value).then_some(value),
            Kind::Write(new) => Some(new),
            Kind::Swap { new, seen } => seen.is_none_or(|seen| seen == value).then_some(new),
            Kind::CompareAndSet { expected, new, seen } => {
                let next = if value == expected { new } else { value };
                seen.is_none_or(|seen| seen == value).then_some(next)
            }
        }
    }

    /// What it has seen.
    #[must_use]
    pub const fn seen(&self) -> Option<u32> {
        match self.kind {
            Kind::Read(seen) | Kind::Swap { seen, .. } | Kind::CompareAndSet { seen, .. } => seen,
            Kind::Write(_) => None,
        }
    }

    /// What it writes, if it does.
    #[must_use]
    pub const fn writes(&self) -> Option<u32> {
        match self.kind {
            Kind::Read(_) => None,
            Kind::Write(new) | Kind::Swap { new, .. } | Kind::CompareAndSet { new, .. } => {
                Some(new)
            }
        }
    }

    /// Whether it never returned.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.returned == u32::MAX
    }
}

/// What a search has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// There is an order.
    Linearizable,
    /// There is none.
    NotLinearizable,
    /// The search was given up.
    Undecided,
}

/// A step of the search that can be taken back.
#[derive(Clone, Copy)]
struct Choice {
    operation: usize,
    before: u32,
    /// No other choice could be better.
    forced: bool,
}

/// The search of Wing and Gong (1993) for an order, with the states remembered from which there is
/// none (Lowe, 2017).
struct Search<'a> {
    operations: &'a [Operation],
    done: Vec<bool>,
    /// All before this one are done.
    low: usize,
    /// How many that have returned are not done.
    left: usize,
    value: u32,
    /// A hash of the set of those that are done.
    set: u64,
    seen: BTreeSet<(u64, u32)>,
    path: Vec<Choice>,
}

/// Whether there is an order of the operations, which are sorted by `called`, in which each sees
/// what it saw and none comes before one that had returned when it was called. Gives up after so
/// many steps.
#[must_use]
pub fn check(operations: &[Operation], mut steps: u64) -> Finding {
    // A write that never returned, and that nobody saw or may have built on, may as well never have
    // happened.
    let built_on = |operation: &Operation| match operation.kind {
        Kind::CompareAndSet { expected, seen: None, .. } => Some(expected),
        _ => operation.seen(),
    };
    let mut seen: Vec<u32> = operations.iter().filter_map(built_on).collect();
    seen.sort_unstable();
    let matters = |operation: &&Operation| {
        let value = operation.writes();
        !operation.is_open() || value.is_some_and(|value| seen.binary_search(&value).is_ok())
    };
    let operations: Vec<Operation> = operations.iter().filter(matters).copied().collect();
    let mut search = Search {
        done: vec![false; operations.len()],
        low: 0,
        left: operations.iter().filter(|operation| !operation.is_open()).count(),
        operations: &operations,
        value: 0,
        set: 0,
        seen: BTreeSet::new(),
        path: Vec::new(),
    };
    let mut from = 0;
    loop {
        if search.left == 0 {
            return Finding::Linearizable;
        }
        let Some(left) = steps.checked_sub(1) else { return Finding::Undecided };
        steps = left;
        // What sees the value and leaves it may as well come first.
        if from == 0
            && let Some(next) = search.next(0, true)
            && search.take(next, true)
        {
            continue;
        }
        if let Some(next) = search.next(from, false) {
            from = if search.take(next, false) { 0 } else { next + 1 };
            continue;
        }
        loop {
            let Some(back) = search.back() else { return Finding::NotLinearizable };
            if !back.forced {
                from = back.operation + 1;
                break;
            }
        }
    }
}

impl Search<'_> {
    /// The first operation, from this one on, that can come next; perhaps only one that leaves the
    /// value.
    fn next(&self, from: usize, still: bool) -> Option<usize> {
        let mut first_return = u32::MAX;
        for (place, operation) in self.operations.iter().enumerate().skip(self.low) {
            if operation.called > first_return {
                break;
            }
            if self.done[place] {
                continue;
            }
            first_return = first_return.min(operation.returned);
            let next = operation.step(self.value);
            let fits = if still {
                next == Some(self.value) && !operation.is_open()
            } else {
                next.is_some()
            };
            if place >= from && fits {
                return Some(place);
            }
        }
        None
    }

    /// Takes a step, unless it leads where the search has been before.
    fn take(&mut self, operation: usize, forced: bool) -> bool {
        let Some(value) = self.operations[operation].step(self.value) else { return false };
        let set = self.set ^ mark(operation);
        if !self.seen.insert((set, value)) {
            return false;
        }
        self.path.push(Choice { operation, before: self.value, forced });
        self.set = set;
        self.value = value;
        self.done[operation] = true;
        self.left -= usize::from(!self.operations[operation].is_open());
        while self.done.get(self.low) == Some(&true) {
            self.low += 1;
        }
        true
    }

    /// Takes back the last step.
    fn back(&mut self) -> Option<Choice> {
        let choice = self.path.pop()?;
        let Choice { operation, before, .. } = choice;
        self.set ^= mark(operation);
        self.value = before;
        self.done[operation] = false;
        self.left += usize::from(!self.operations[operation].is_open());
        self.low = self.low.min(operation);
        Some(choice)
    }
}

/// A random word for each operation, so that a set is the sum of its members (Zobrist hashing).
fn mark(operation: usize) -> u64 {
    Random::new(operation as u64).word()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const NEVER: u32 = u32::MAX;

    fn read(called: u32, returned: u32, seen: u32) -> Operation {
        Operation { called, returned, kind: Kind::Read(Some(seen)) }
    }

    fn write(called: u32, returned: u32, value: u32) -> Operation {
        Operation { called, returned, kind: Kind::Write(value) }
    }

    fn swap(called: u32, returned: u32, new: u32, seen: Option<u32>) -> Operation {
        Operation { called, returned, kind: Kind::Swap { new, seen } }
    }

    fn compare_and_set(
        called: u32,
        returned: u32,
        (expected, new): (u32, u32),
        seen: Option<u32>,
    ) -> Operation {
        Operation { called, returned, kind: Kind::CompareAndSet { expected, new, seen } }
    }

    /// Histories, and whether they are linearizable: for this checker and for any other.
    pub(crate) fn planted() -> Vec<(bool, Vec<Operation>)> {
        vec![
            (true, vec![write(1, 2, 7), read(3, 4, 7)]),
            // Writes in the reverse order of their calls.
            (
                true,
                vec![
                    write(1, 10, 1),
                    write(2, 11, 2),
                    write(3, 12, 3),
                    read(4, 5, 3),
                    read(6, 7, 2),
                    read(8, 9, 1),
                ],
            ),
            // A timeout that happened after all, late.
            (true, vec![write(1, NEVER, 7), read(2, 3, 0), write(4, 5, 8), read(6, 7, 7)]),
            // A timeout that never happened.
            (true, vec![write(1, NEVER, 7), write(2, 3, 8), read(4, 5, 8)]),
            // Two timeouts, of which one built on the other.
            (
                true,
                vec![write(1, NEVER, 7), compare_and_set(2, NEVER, (7, 9), None), read(3, 4, 9)],
            ),
            (
                true,
                vec![
                    compare_and_set(1, 2, (0, 5), Some(0)),
                    compare_and_set(3, 4, (0, 6), Some(5)),
                    read(5, 6, 5),
                ],
            ),
            // Swaps in the reverse order of their calls.
            (true, vec![swap(1, 6, 5, Some(6)), swap(2, 3, 6, Some(0)), read(7, 8, 5)]),
            // A swap that timed out, and happened between two others.
            (true, vec![swap(1, NEVER, 7, None), swap(2, 3, 8, Some(0)), swap(4, 5, 9, Some(7))]),
            // Two swaps that saw the same.
            (false, vec![swap(1, 4, 5, Some(0)), swap(2, 3, 6, Some(0))]),
            // A swap that saw what was replaced before it was called.
            (false, vec![write(1, 2, 3), write(3, 4, 5), swap(5, 6, 7, Some(3))]),
            // A swap that was answered and is lost.
            (false, vec![write(1, 2, 3), swap(3, 4, 5, Some(3)), read(5, 6, 3)]),
            // A stale read.
            (false, vec![write(1, 2, 7), write(3, 4, 8), read(5, 6, 7)]),
            // A lost write.
            (false, vec![write(1, 2, 7), read(3, 4, 0)]),
            // A value from nowhere.
            (false, vec![write(1, 2, 7), read(3, 4, 9)]),
            // Back and forth while nothing but one write is under way.
            (false, vec![write(1, 9, 7), read(2, 3, 7), read(4, 5, 0)]),
            // A timeout that happened twice.
            (
                false,
                vec![
                    write(1, NEVER, 7),
                    read(2, 3, 7),
                    write(4, 5, 8),
                    read(6, 7, 8),
                    read(8, 9, 7),
                ],
            ),
            // Two swaps from the same value, both successful.
            (
                false,
                vec![
                    compare_and_set(1, 4, (0, 5), Some(0)),
                    compare_and_set(2, 3, (0, 6), Some(0)),
                ],
            ),
            // A swap that failed, and is seen all the same.
            (false, vec![write(1, 2, 3), compare_and_set(3, 4, (1, 5), Some(3)), read(5, 6, 5)]),
            // An effect before its cause.
            (false, vec![read(1, 2, 7), write(3, 4, 7)]),
        ]
    }

    #[test]
    fn planted_histories() {
        for (good, operations) in planted() {
            let expected = if good { Finding::Linearizable } else { Finding::NotLinearizable };
            assert_eq!(check(&operations, 10_000), expected, "{operations:?}");
        }
    }
}
