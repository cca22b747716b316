//! What nodes want of one decision: when it begins, how it is helped, and when it is forgotten.

use alloc::vec::Vec;

use synod_consensus_core::{
    Instance,
    paxos::{Config, Learner, Proposer},
};

use super::{
    ledger::Ledger,
    mark::Mark,
    node::{Hosted, Value},
    phase::Phase,
    world::{CLUSTER, System, Task, World},
};
use crate::{
    diary::Mood,
    fault::Fault,
    nodes::id,
    violation::{Verdict, fail},
};

/// What a node wants of a decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Whether it has begun.
    pub(super) begun: bool,
    /// What it proposes, if it does.
    pub(super) proposes: Option<Value>,
    /// Whether it hosts a learner.
    pub(super) learns: bool,
    /// How many proposers it has had.
    pub(super) life: u32,
    /// Whether it has had an acceptor.
    pub(super) had_acceptor: bool,
    /// Whether it knew what is chosen, before it died.
    pub(super) knew: bool,
}

/// A decision that is not forgotten.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) ledger: Ledger,
    pub(super) parts: Vec<Part>,
}

impl<S: System, const N: usize> World<S, N> {
    /// A decision begins, if there is room for it, and then another one.
    pub(super) fn open_next(&mut self) {
        if self.phase != Phase::Storm {
            return;
        }
        if self.decisions.len() < self.scale.at_once && self.counts.begun < self.scale.decisions {
            self.open(None);
        }
        let wait_us = 1 + self.engine.random.below(self.scale.pause_us);
        self.engine.later(wait_us, Task::Open);
    }

    /// A decision begins, which this node proposes at any rate.
    pub(super) fn open(&mut self, proposer: Option<usize>) {
        self.counts.begun += 1;
        let number = self.counts.begun;
        let first = proposer.unwrap_or_else(|| self.engine.random.index(self.nodes.len()));
        let near_maxima = self.engine.plan.has(Fault::Maxima);
        let mut parts = Vec::new();
        for at in 0..self.nodes.len() {
            let proposes = at == first || self.engine.random.below(100) < self.scale.proposers;
            let proposes = proposes.then(|| self.engine.random.word());
            let learns = proposes.is_none() || self.engine.random.one_in(3);
            let (life, had_acceptor, knew) = (0, false, false);
            parts.push(Part { begun: false, proposes, learns, life, had_acceptor, knew });
            let random = &mut self.engine.random;
            let wait_us = if at == first { 0 } else { random.below(self.scale.join_us) };
            if near_maxima && at == first {
                // As if it had used so many in earlier lives.
                let reserved = u64::MAX - random.below(200);
                self.nodes[at].kept.entry(number).or_default().reserved = reserved;
                self.engine.tally.count(Fault::Maxima);
            }
            self.engine.later(wait_us, Task::Join(at, number));
        }
        self.decisions.insert(number, Decision { ledger: Ledger::default(), parts });
        self.watch_later(number);
    }

    fn watch_later(&mut self, number: u64) {
        let wait_us = self.scale.watch_us / 2 + self.engine.random.below(self.scale.watch_us);
        self.engine.later(wait_us, Task::Watch(number));
    }

    /// A node takes part from now on, or from its next start.
    pub(super) fn join(&mut self, at: usize, number: u64) -> Verdict {
        let Some(decision) = self.decisions.get_mut(&number) else { return Ok(()) };
        decision.parts[at].begun = true;
        if self.engine.machines[at].up { self.begin(at, number) } else { Ok(()) }
    }

    /// A node's proposer and learner begin.
    pub(super) fn begin(&mut self, at: usize, number: u64) -> Verdict {
        let Some(decision) = self.decisions.get_mut(&number) else { return Ok(()) };
        let part = &mut decision.parts[at];
        let now_us = self.engine.local_us(at);
        let instance = Instance { cluster: CLUSTER, number };
        let seed = self.engine.random.word();
        let config =
            Config { timeout_us: self.scale.unit_us, ..Config::new(instance, id(at), seed) };
        let node = &mut self.nodes[at];
        let hosted = node.hosted.entry(number).or_default();
        self.marks.hit_if(part.knew, Mark::AskedAgain);
        part.knew = false;
        if part.learns && hosted.learner.is_none() {
            let Ok(learner) = Learner::new(config, self.members.clone(), now_us) else {
                fail!("no unexpected error", at, "{config:?} is refused");
            };
            hosted.learner = Some(learner);
        }
        if let Some(value) = part.proposes.filter(|_| hosted.proposer.is_none()) {
            part.life += 1;
            decision.ledger.wish(value);
            let reserved = node.kept.get(&number).map_or(0, |kept| kept.reserved);
            self.marks.hit_if(part.life > 1 && reserved > 0, Mark::BackReserved);
            let members = self.members.clone();
            let proposer = if part.life == 1 && reserved == 0 {
                Proposer::bootstrap(config, members, now_us, value)
            } else {
                Proposer::recover(config, members, now_us, reserved, value)
            };
            let Ok(proposer) = proposer else {
                fail!("no unexpected error", at, "{config:?} is refused");
            };
            hosted.proposer = Some(proposer);
            hosted.reported[1] = 0;
        }
        self.drain(at, number)
    }

    /// A node that died takes part again, perhaps with other intentions.
    pub(super) fn begin_again(&mut self, at: usize, number: u64) -> Verdict {
        let Some(decision) = self.decisions.get_mut(&number) else { return Ok(()) };
        let part = &mut decision.parts[at];
        if !part.begun {
            return Ok(());
        }
        let random = &mut self.engine.random;
        if self.phase == Phase::Storm && part.proposes.is_some() && part.life > 0 {
            match random.below(4) {
                0 => {
                    part.proposes = Some(random.word());
                    self.marks.hit(Mark::Changed);
                }
                1 => {
                    part.proposes = None;
                    part.learns = true;
                    self.marks.hit(Mark::GaveUp);
                }
                _ => {}
            }
        }
        self.begin(at, number)
    }

    /// A decision is looked at: it is forgotten once all know it. Before that, who waits for long
    /// proposes: a learner alone may never know.
    pub(super) fn watch(&mut self, number: u64) -> Verdict {
        if self.is_known(number) && self.phase == Phase::Storm && self.engine.random.one_in(2) {
            self.close(number);
            return Ok(());
        }
        self.watch_later(number);
        let Some(decision) = self.decisions.get_mut(&number) else { return Ok(()) };
        let waits = |&at: &usize| {
            let hosted = self.nodes[at].hosted.get(&number);
            decision.parts[at].begun
                && hosted.is_some_and(|hosted| hosted.proposer.is_none() && !hosted.knows())
        };
        let waiting: Vec<usize> = (0..self.nodes.len()).filter(waits).collect();
        let random = &mut self.engine.random;
        let Some(&at) = waiting.get(random.index(waiting.len())) else { return Ok(()) };
        decision.parts[at].proposes = Some(random.word());
        self.marks.hit(Mark::Nudged);
        self.begin(at, number)
    }

    /// Whether all who want to know what is chosen do.
    pub(super) fn is_known(&self, number: u64) -> bool {
        let Some(decision) = self.decisions.get(&number) else { return true };
        let mut nodes = decision.parts.iter().zip(&self.nodes);
        nodes.all(|(part, node)| part.begun && node.hosted.get(&number).is_some_and(Hosted::knows))
    }

    /// All who want to know what is chosen do: its acceptors are forgotten.
    pub(super) fn close(&mut self, number: u64) {
        let Some(decision) = self.decisions.remove(&number) else { return };
        decision.ledger.sum_up(&mut self.marks);
        self.counts.decided += u64::from(decision.ledger.is_told());
        for at in 0..self.nodes.len() {
            self.nodes[at].forget(number);
            self.set_timer(at);
        }
        self.engine.diarise(0, Mood::Plain, || alloc::format!("#{number} is forgotten"));
    }
}
