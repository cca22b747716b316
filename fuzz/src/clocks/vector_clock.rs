//! Vector clocks against arrays.

use arbitrary::Arbitrary;
use synod_clocks::{VectorClock, VectorClockError};

use super::relation::{order, relation};
use crate::edge::Edge;

/// One call on one of two clocks.
#[derive(Arbitrary, Debug)]
pub struct Step {
    on_second: bool,
    operation: Operation,
}

#[derive(Arbitrary, Debug)]
enum Operation {
    Increment(Position),
    Observe(Position, Edge),
    Merge,
    Meet,
}

/// A position inside or outside the membership.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Position(u8);

impl Position {
    fn get(self) -> usize {
        match self.0 {
            255 => usize::MAX,
            small => usize::from(small % 5),
        }
    }
}

/// Plays the steps on two clocks.
pub fn check(steps: &[Step]) {
    let mut pair = [Modelled::<3>::of(VectorClock::new()); 2];
    for step in steps.iter().take(60) {
        let [first, second] = &mut pair;
        let (clock, other) = if step.on_second { (second, *first) } else { (first, *second) };
        match step.operation {
            Operation::Increment(position) => clock.increment(position.get()),
            Operation::Observe(position, counter) => clock.observe(position.get(), counter.0),
            Operation::Merge => clock.merge(&other),
            Operation::Meet => clock.meet(&other),
        }
        clock.compare(&other);
    }
}

/// A clock, and what its counters should be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Modelled<const N: usize> {
    clock: VectorClock<N>,
    counters: [u64; N],
}

impl<const N: usize> Modelled<N> {
    /// A clock that exists, modelled by what it says.
    pub(crate) fn of(clock: VectorClock<N>) -> Self {
        let counters = *clock.as_array();
        Self { clock, counters }
    }

    pub(crate) fn increment(&mut self, position: usize) {
        let outcome = self.clock.increment(position);
        let due = match self.counters.get_mut(position) {
            None => Err(VectorClockError::NoSuchMember),
            Some(&mut u64::MAX) => Err(VectorClockError::Exhausted),
            Some(counter) => {
                *counter += 1;
                Ok(*counter)
            }
        };
        assert_eq!(outcome, due);
        self.check();
    }

    fn observe(&mut self, position: usize, counter: u64) {
        let outcome = self.clock.observe(position, counter);
        let due = match self.counters.get_mut(position) {
            None => Err(VectorClockError::NoSuchMember),
            Some(known) if *known < counter => {
                *known = counter;
                Ok(true)
            }
            Some(_) => Ok(false),
        };
        assert_eq!(outcome, due);
        self.check();
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        let before = self.counters;
        self.counters = core::array::from_fn(|at| before[at].max(other.counters[at]));
        assert_eq!(self.clock.merge(&other.clock), self.counters != before);
        self.check();
    }

    pub(crate) fn meet(&mut self, other: &Self) {
        let before = self.counters;
        self.counters = core::array::from_fn(|at| before[at].min(other.counters[at]));
        assert_eq!(self.clock.meet(&other.clock), self.counters != before);
        self.check();
    }

    fn check(&self) {
        assert_eq!(self.clock.as_array(), &self.counters);
        assert_eq!(self.clock, VectorClock::from(self.counters));
        for position in 0..=N {
            let counter = self.counters.get(position).copied();
            assert_eq!(self.clock.get(position), counter);
        }
    }

    pub(crate) fn compare(&self, other: &Self) {
        let own_surplus = (0..N).any(|at| self.counters[at] > other.counters[at]);
        let other_surplus = (0..N).any(|at| self.counters[at] < other.counters[at]);
        let due = relation(own_surplus, other_surplus);
        assert_eq!(self.clock.causality(&other.clock), due);
        assert_eq!(other.clock.causality(&self.clock), due.reverse());
        assert_eq!(self.clock.partial_cmp(&other.clock), order(due));
        assert_eq!(self.clock.dominates(&other.clock), !other_surplus);
    }
}
