//! A jump guard against wide arithmetic.

use arbitrary::Arbitrary;
use synod_clocks::{ForwardJump, JumpGuard};

use crate::edge::Edge;

/// A guard, and the readings that it is shown.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    max_jump_us: Edge,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
struct Step {
    confirmed: bool,
    reading: Reading,
}

#[derive(Arbitrary, Debug)]
enum Reading {
    /// Any two clocks.
    Any { now_us: Edge, wall_us: Edge },
    /// Both clocks moved on from the last accepted reading, the wall clock by this much more.
    Later { elapsed_us: Edge, surplus_us: Edge },
}

impl Scenario {
    /// Shows the readings, and compares after each.
    pub fn check(&self) {
        let mut guard = JumpGuard::new(self.max_jump_us.0);
        let mut accepted: Option<(u64, u64)> = None;
        for step in self.steps.iter().take(100) {
            let (now_us, wall_us) = step.reading.clocks(accepted);
            // A monotonic clock that runs backwards counts as standing still.
            let clamped_us = accepted.map_or(now_us, |(last_us, _)| now_us.max(last_us));
            if step.confirmed {
                guard.accept(now_us, wall_us);
                accepted = Some((clamped_us, wall_us));
                continue;
            }
            let due_us = accepted.map_or(wall_us, |(last_us, last_wall_us)| {
                last_wall_us.saturating_add(clamped_us - last_us)
            });
            let jump_us = i128::from(wall_us) - i128::from(due_us);
            let before = guard.clone();
            match guard.check(now_us, wall_us) {
                Ok(usable_us) => {
                    assert_eq!(usable_us, wall_us);
                    assert!(jump_us <= i128::from(self.max_jump_us.0));
                    // After a step back, the guard still knows where the clock would be.
                    let stepped_back = -jump_us > i128::from(self.max_jump_us.0);
                    accepted = Some((clamped_us, if stepped_back { due_us } else { wall_us }));
                }
                Err(ForwardJump { by_us }) => {
                    assert_eq!(i128::from(by_us), jump_us);
                    assert!(jump_us > i128::from(self.max_jump_us.0));
                    assert_eq!(guard, before);
                }
            }
        }
    }
}

impl Reading {
    fn clocks(&self, accepted: Option<(u64, u64)>) -> (u64, u64) {
        let (now_us, wall_us) = accepted.unwrap_or_default();
        match self {
            Self::Any { now_us, wall_us } => (now_us.0, wall_us.0),
            Self::Later { elapsed_us, surplus_us } => (
                now_us.saturating_add(elapsed_us.0),
                wall_us.saturating_add(elapsed_us.0).saturating_add(surplus_us.0),
            ),
        }
    }
}
