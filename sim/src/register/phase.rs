//! The storm, and what must come right after it.

use alloc::{format, string::String, vec::Vec};

use super::{
    mark::Mark,
    node::{Hosted, Node},
    op::What,
    packet::told,
    rule,
    story::nth,
    world::{Task, World},
};
use crate::{
    cut::Partial,
    fault::Fault,
    nodes::id,
    violation::{Verdict, ensure},
};

/// What is expected of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing but safety.
    Storm,
    /// All are up and hear each other, since then: all that is under way must come to an end.
    Settle(u64),
    /// The same for a change of each register, after which it has members that do not change.
    Agree(u64),
    /// Some links are down, since then: this node, which reaches enough others, must change this
    /// register.
    Partial { pattern: Option<Partial>, node: usize, number: u64, since_us: u64 },
    /// All links are up again, since then: all must come to an end, too.
    Heal(u64),
    /// All members read each register.
    Read(u64),
    /// It is over.
    Over,
}

/// After how many timeouts all has ended that was begun in the storm. (Its defeats make waits of up
/// to 64.)
const AFTER_STORM: u64 = 400;
/// After how many timeouts what must happen in good weather has happened.
const PATIENCE: u64 = 300;

impl<const N: usize> World<N> {
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
                if self.is_done(since_us, self.is_quiet(), "all ends after a heal")? {
                    self.phase = Phase::Agree(now_us);
                    self.change_all()?;
                }
            }
            Phase::Agree(since_us) => {
                let settled = || self.stories.iter().all(|it| !it.ledger.members.is_changing());
                let done = self.is_quiet() && settled();
                if self.is_done(since_us, done, "members are settled")? {
                    self.part()?;
                }
            }
            Phase::Partial { pattern, node, number, since_us } => {
                let hosted = self.nodes[node].hosted.get(&number);
                let done = hosted.is_none_or(|hosted| hosted.asked.is_none());
                if self.is_done(since_us, done, "a change by who reaches enough")? {
                    if let Some(pattern) = pattern {
                        self.marks.hit(mark(pattern));
                    }
                    self.engine.heal();
                    self.phase = Phase::Heal(now_us);
                }
            }
            Phase::Heal(since_us) => {
                if self.is_done(since_us, self.is_quiet(), "all ends at the end")? {
                    self.phase = Phase::Read(now_us);
                    self.read_all()?;
                }
            }
            Phase::Read(since_us) => {
                if self.is_done(since_us, self.is_quiet(), "all read at the end")? {
                    self.phase = Phase::Over;
                }
            }
            Phase::Over => {}
        }
        self.engine.later(self.scale.unit_us, Task::Look);
        Ok(())
    }

    /// The nodes that are members of a register and know it.
    fn members(&mut self, number: u64) -> Verdict<Vec<usize>> {
        let mut members = Vec::new();
        for at in 0..self.nodes.len() {
            let now = rule::all_ids(&self.stories[nth(number)].ledger.members);
            if now.contains(&id(at)) && self.host(at, number)? {
                let hosted = self.nodes[at].hosted.get(&number);
                let known = hosted.map(|it| it.register.latest().members);
                members.extend(known.filter(|it| rule::all_ids(it) == now).map(|_| at));
            }
        }
        Ok(members)
    }

    /// Somebody who takes itself for a member changes each register.
    fn change_all(&mut self) -> Verdict {
        for number in 0..self.stories.len() as u64 {
            let mut members = Vec::new();
            for at in 0..self.nodes.len() {
                let there = self.host(at, number)?;
                let hosted = self.nodes[at].hosted.get(&number).filter(|_| there);
                let latest = hosted.map(|it| it.register.latest().members);
                members.extend(latest.filter(|it| it.contains(id(at))).map(|_| at));
            }
            let at = members.get(self.engine.random.index(members.len())).copied();
            ensure!(at.is_some(), "a member knows", 0, "{}", self.describe());
            let wish = self.change(number, What::Add);
            self.ask(at.unwrap_or(0), number, wish)?;
        }
        Ok(())
    }

    /// Members read each register: it is what they all have.
    fn read_all(&mut self) -> Verdict {
        for number in 0..self.stories.len() as u64 {
            for at in self.members(number)? {
                self.read(at, number)?;
            }
        }
        Ok(())
    }

    /// A register is changed while some links are down, if somebody still reaches enough.
    fn part(&mut self) -> Verdict {
        let nodes = self.nodes.len();
        let since_us = self.engine.now_us;
        let number = self.engine.random.below(self.stories.len() as u64);
        let members = self.members(number)?;
        let random = &mut self.engine.random;
        let pattern = Partial::ALL[random.index(Partial::ALL.len())];
        let (hub, other) = (random.index(nodes), random.index(nodes));
        let is_whole = nodes < 3 || random.one_in(3);
        if !is_whole {
            self.engine.part(pattern, hub, other);
        }
        let reach = |&&at: &&usize| self.reaches_enough(at, number);
        let able: Vec<usize> = members.iter().filter(reach).copied().collect();
        let Some(node) = able.get(self.engine.random.index(able.len())).copied() else {
            self.engine.heal();
            self.phase = Phase::Heal(since_us);
            return Ok(());
        };
        let pattern = Some(pattern).filter(|_| !is_whole);
        self.phase = Phase::Partial { pattern, node, number, since_us };
        // Others may try, too.
        for &at in &members {
            if at == node || self.engine.random.one_in(3) {
                let wish = self.change(number, What::Add);
                self.ask(at, number, wish)?;
            } else if self.engine.random.one_in(3) {
                self.read(at, number)?;
            }
        }
        Ok(())
    }

    /// Whether all are up, and nothing is under way.
    fn is_quiet(&self) -> bool {
        let is_idle = |it: &Hosted<N>| it.asked.is_none() && it.reads.is_empty();
        let rests = |node: &Node<N>| node.dropping.is_empty() && node.hosted.values().all(is_idle);
        self.engine.machines.iter().all(|machine| machine.up) && self.nodes.iter().all(rests)
    }

    fn is_done(&self, since_us: u64, done: bool, what: &str) -> Verdict<bool> {
        let stormy = matches!(self.phase, Phase::Settle(_));
        let patience = if stormy { AFTER_STORM } else { PATIENCE };
        let late = self.engine.now_us > since_us + patience * self.scale.unit_us;
        ensure!(done || !late, "progress", 0, "{what}: {:?}: {}", self.phase, self.describe());
        Ok(done)
    }

    /// Who waits for what.
    fn describe(&self) -> String {
        let mut text = String::new();
        for (at, node) in self.nodes.iter().enumerate() {
            let is_up = self.engine.machines[at].up;
            text += &format!("node {at}, up {is_up}, drops {:?}: ", node.dropping);
            for (number, hosted) in &node.hosted {
                let Hosted { register, asked, reads, .. } = hosted;
                let state = told(register.latest());
                let wish = asked.map(|asked| asked.wish);
                text += &format!("#{number}: {state}, {wish:?}, {} reads; ", reads.len());
            }
        }
        text
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
