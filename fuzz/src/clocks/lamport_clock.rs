//! A Lamport clock against wide arithmetic.

use arbitrary::Arbitrary;
use synod_clocks::{Exhausted, LamportClock, LamportStamp};

use super::replica::Replica;
use crate::edge::Edge;

/// A clock, and what happens to it.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    node: Replica,
    recovered: Edge,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Tick,
    Receive(Edge, Replica),
}

impl Scenario {
    /// Plays the steps, and compares after each.
    pub fn check(&self) {
        let mut clock = LamportClock::recover(self.node.0, self.recovered.0);
        for step in self.steps.iter().take(100) {
            check_step(&mut clock, step);
        }
    }
}

fn check_step(clock: &mut LamportClock<u8>, step: &Step) {
    let before = clock.clone();
    let (outcome, past) = match step {
        Step::Tick => (clock.tick(), 0),
        Step::Receive(time, node) => {
            let sent = LamportStamp { time: time.0, node: node.0 };
            let outcome = clock.receive(sent);
            assert!(outcome.is_ok_and(|received| received > sent) || outcome.is_err());
            (outcome, sent.time)
        }
    };
    let due = u128::from(before.time().max(past)) + 1;
    match u64::try_from(due) {
        Ok(time) => {
            let node = before.node();
            assert_eq!(outcome, Ok(LamportStamp { time, node }));
            assert_eq!(*clock, LamportClock::recover(node, time));
        }
        Err(_) => {
            assert_eq!(outcome, Err(Exhausted));
            assert_eq!(clock, &before);
        }
    }
}
