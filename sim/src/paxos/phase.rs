//! The storm, and what must come right after it.

use alloc::{format, string::String, vec::Vec};

use super::{
    mark::Mark,
    world::{System, Task, World},
};
use crate::{
    cut::Partial,
    fault::Fault,
    nodes::Nodes,
    violation::{Verdict, ensure},
};

/// What is expected of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing but safety.
    Storm,
    /// All are up and hear each other, since then: all who take part must come to know.
    Settle(u64),
    /// Some links are down, since then: this node, which reaches enough others, must get a value
    /// chosen.
    Partial { pattern: Option<Partial>, node: usize, since_us: u64 },
    /// All links are up again, since then: all must come to know that, too.
    Heal(u64),
    /// It is over.
    Over,
}

/// After how many timeouts all know what was begun in the storm. (Its defeats make waits of up to 64.)
const AFTER_STORM: u64 = 300;
/// After how many timeouts what must happen in good weather has happened.
const PATIENCE: u64 = 120;

impl<S: System, const N: usize> World<S, N> {
    /// Goes on to the next phase if this one has reached what it must.
    pub(super) fn look(&mut self) -> Verdict {
        let now_us = self.engine.now_us;
        match self.phase {
            Phase::Storm => {
                self.engine.calm();
                // Where rounds run out there is no progress to be had.
                let exhausted = self.engine.plan.has(Fault::Maxima);
                self.phase = if exhausted { Phase::Over } else { Phase::Settle(now_us) };
            }
            Phase::Settle(since_us) => {
                if self.is_done(since_us, self.all_know(), "all know after a heal")? {
                    self.part();
                }
            }
            Phase::Partial { pattern, node, since_us } => {
                let hosted = self.nodes[node].hosted.get(&self.counts.begun);
                let done = hosted.is_some_and(|hosted| hosted.chosen()[1].is_some());
                if self.is_done(since_us, done, "a choice by who reaches enough")? {
                    if let Some(pattern) = pattern {
                        self.marks.hit(mark(pattern));
                    }
                    self.engine.heal();
                    self.phase = Phase::Heal(now_us);
                }
            }
            Phase::Heal(since_us) => {
                if self.is_done(since_us, self.all_know(), "all know at the end")? {
                    self.phase = Phase::Over;
                }
            }
            Phase::Over => {}
        }
        self.engine.later(self.scale.unit_us, Task::Look);
        Ok(())
    }

    /// A decision begins while some links are down, if somebody still reaches enough.
    fn part(&mut self) {
        let nodes = self.nodes.len();
        let since_us = self.engine.now_us;
        let random = &mut self.engine.random;
        let pattern = Partial::ALL[random.index(Partial::ALL.len())];
        let (hub, other) = (random.index(nodes), random.index(nodes));
        let is_whole = nodes < 3 || random.one_in(3);
        if !is_whole {
            self.engine.part(pattern, hub, other);
        }
        let able: Vec<usize> = (0..nodes).filter(|&node| self.reaches_enough(node)).collect();
        let chosen = able.get(self.engine.random.index(able.len())).copied();
        let pattern = chosen.and(Some(pattern).filter(|_| !is_whole));
        let node = chosen.unwrap_or(hub);
        if chosen.is_none() {
            self.engine.heal();
        }
        self.open(Some(node));
        self.phase = Phase::Partial { pattern, node, since_us };
    }

    /// Whether a node hears, and is heard by, quorums of both phases.
    fn reaches_enough(&self, node: usize) -> bool {
        let cuts = &self.engine.network.cuts;
        let mut reached = Nodes::default();
        for other in 0..self.nodes.len() {
            if !cuts.has(node, other) && !cuts.has(other, node) {
                reached.insert(other);
            }
        }
        self.rule.is_phase1(reached) && self.rule.is_phase2(reached)
    }

    fn all_know(&self) -> bool {
        self.decisions.keys().all(|&number| self.is_known(number))
    }

    fn is_done(&self, since_us: u64, done: bool, what: &str) -> Verdict<bool> {
        let stormy = matches!(self.phase, Phase::Settle(_));
        let patience = if stormy { AFTER_STORM } else { PATIENCE };
        let late = self.engine.now_us > since_us + patience * self.scale.unit_us;
        ensure!(done || !late, "progress", 0, "{what}: {:?}: {}", self.phase, self.describe());
        Ok(done)
    }

    /// Who does not know what.
    fn describe(&self) -> String {
        let open = self.decisions.iter().filter(|&(&number, _)| !self.is_known(number));
        let texts = open.map(|(number, decision)| {
            let hosted: Vec<_> = self.nodes.iter().map(|node| node.hosted.get(number)).collect();
            format!("{number}: {:?}, {hosted:?}", decision.parts)
        });
        texts.collect()
    }
}

const fn mark(pattern: Partial) -> Mark {
    match pattern {
        Partial::Hub | Partial::Constrained => Mark::Hub,
        Partial::Chain => Mark::Chain,
        Partial::Single => Mark::Single,
        Partial::Mute => Mark::Mute,
        Partial::Deaf => Mark::Deaf,
        Partial::Link => Mark::Link,
    }
}
