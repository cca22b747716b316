//! The storm, and what must come right after it.

use synod_crdt::Capacity;

use super::{
    mark::Mark,
    node::Machine,
    settings::Policy,
    subject::Subject,
    world::{Task, World},
};
use crate::violation::{Verdict, ensure};

/// What is expected of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing but safety.
    Storm,
    /// All are up and hear each other, since then: all must become equal.
    Settle(u64),
    /// One has collected what tombstones have beaten: all must follow.
    Beaten(u64),
    /// One has collected the tombstones, too: all must follow.
    Collect(u64),
    /// It is over.
    Over,
}

/// After how many resend times all must be equal. (The longest wait is 64.)
const PATIENCE: u64 = 400;

impl<S: Subject, R: Capacity, N: Capacity, const J: usize> World<S, R, N, J> {
    /// Goes on to the next phase if this one has reached what it must.
    pub(super) fn look(&mut self) -> Verdict {
        let now_us = self.engine.now_us;
        match self.phase {
            Phase::Storm => {
                self.engine.calm();
                self.phase = Phase::Settle(now_us);
            }
            Phase::Settle(since_us) => {
                self.go_on()?;
                if self.is_done(since_us)? {
                    self.check_end()?;
                    let at = self.engine.random.index(self.nodes.len());
                    self.phase = Phase::Beaten(now_us);
                    self.collect(at)?;
                }
            }
            Phase::Beaten(since_us) => {
                if self.is_done(since_us)? {
                    let at = self.engine.random.index(self.nodes.len());
                    self.phase = Phase::Collect(now_us);
                    self.collect(at)?;
                }
            }
            Phase::Collect(since_us) => {
                if self.is_done(since_us)? {
                    self.check_collected()?;
                    self.check_end()?;
                    self.phase = Phase::Over;
                }
            }
            Phase::Over => {}
        }
        self.engine.later(self.scale.unit_us, Task::Look);
        Ok(())
    }

    /// Whoever came back from a backup that nobody could tell to be one goes on, too.
    /// And whoever is alone has nobody to wait for.
    fn go_on(&mut self) -> Verdict {
        for at in 0..self.nodes.len() {
            if self.nodes[at].now.is_old && self.nodes[at].machine.is_some() {
                self.renew(at)?;
            }
            self.close_gaps(at)?;
        }
        Ok(())
    }

    fn is_done(&self, since_us: u64) -> Verdict<bool> {
        let done = self.is_same();
        let late = self.engine.now_us > since_us + PATIENCE * self.scale.unit_us;
        ensure!(done || !late, "convergence", self.odd_one(), "{:?}", self.describe());
        Ok(done)
    }

    /// Whether all say that all is done, and it is.
    fn is_same(&self) -> bool {
        let first = &self.nodes[0].now.state;
        self.nodes.iter().all(|node| {
            let idle = node.machine.as_ref().is_some_and(is_at_rest);
            let closed = !node.has_gaps && !node.now.is_old;
            idle && closed && node.outbox.is_empty() && node.now.state == *first
        })
    }

    /// The first that is not like the first, or not at rest.
    fn odd_one(&self) -> usize {
        let first = &self.nodes[0].now.state;
        let odd = self.nodes.iter().position(|node| {
            let idle = node.machine.as_ref().is_some_and(is_at_rest);
            !idle || node.now.state != *first
        });
        odd.unwrap_or(0)
    }

    fn describe(&self) -> alloc::vec::Vec<alloc::string::String> {
        let nodes = self.nodes.iter().map(|node| {
            let idle = node.machine.as_ref().is_some_and(is_at_rest);
            let (context, rows) = (node.now.state.context(), node.now.state.row_count());
            alloc::format!("idle {idle}, gaps {}, {rows} rows, {context:?}", node.has_gaps)
        });
        nodes.collect()
    }

    /// All are equal: everything is stable, nobody wants to send, and all say what was written.
    fn check_end(&mut self) -> Verdict {
        for (at, node) in self.nodes.iter().enumerate() {
            let Some(machine) = &node.machine else { continue };
            let state = &node.now.state;
            let due = machine.poll_timeout();
            ensure!(due.is_none(), "silence when all is told", at, "{due:?}");
            ensure!(machine.stable(state) == *state.context(), "all is stable", at, "{state:?}");
            ensure!(machine.has_recovered(state), "all has come back", at, "{state:?}");
        }
        if self.scale.policy == Policy::State {
            let (facts, model) = (S::facts(&self.nodes[0].now.state), S::model(&self.history));
            ensure!(facts == model, "what was written is said", 0, "{facts:?}, not {model:?}");
            self.marks.hit(Mark::Compared);
        }
        Ok(())
    }

    /// No tombstone is left anywhere.
    fn check_collected(&mut self) -> Verdict {
        for (at, node) in self.nodes.iter().enumerate() {
            let mut state = node.now.state.clone();
            let all = state.context().clone();
            let left = !state.collect(&all).is_empty();
            ensure!(!left, "all tombstones are collected", at, "{:?}", node.now.state);
            ensure!(S::is_clean(&node.now.state), "no tombstone", at, "{:?}", node.now.state);
        }
        Ok(())
    }
}

/// Whether it has nothing to tell, now or later.
fn is_at_rest<R: Capacity, const J: usize>(machine: &Machine<R, J>) -> bool {
    machine.is_idle() && machine.poll_timeout().is_none()
}
