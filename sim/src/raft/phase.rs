//! The storm, and what must come right after it.

use synod_consensus_core::raft::TermLog;
use synod_quorum::{NodeSet, QuorumSystem, Quorums};

use super::{
    ledger::Ledger,
    mark::Mark,
    rule::{self, Rule},
    tape,
    world::{Task, World},
};
use crate::{
    cut::Partial,
    fault::Fault,
    recording::Event,
    violation::{Verdict, ensure},
};

/// What is expected of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing but safety.
    Storm,
    /// All nodes are up and hear each other: all must catch up, and go on.
    Settle(Since),
    /// Clients are silent: all must come to the same log, and stay there.
    Quiet(Since),
    /// This node is cut off until it lacks entries. It will be the only one to reach the others.
    Behind(usize, Since),
    /// Some links are down for long: a majority must go on.
    Partial(Partial, Since),
    /// All links are up again: all must catch up.
    Heal(Since),
    /// Clients are silent again: all must come to the same log.
    End(Since),
    /// It is over.
    Over,
}

/// What there was when a phase began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Since {
    at_us: u64,
    committed: u64,
    leaders: usize,
}

/// How many election timeouts it may take until what must happen has happened.
const PATIENCE: u64 = 60;
/// How many election timeouts agreement is watched for.
const WATCH: u64 = 6;
/// How many elections there may be in a phase.
const LEADERS: usize = 3;

impl<const V: usize, const W: usize, E: Rule> World<V, W, E> {
    /// Goes on to the next phase if this one has reached what it must.
    pub(super) fn look(&mut self) -> Verdict {
        if self.phase != Phase::Storm {
            self.enlarge();
        }
        match self.phase {
            Phase::Storm => {
                self.engine.calm();
                // Where terms or indices run out there is no progress to be had.
                let exhausted = self.engine.plan.has(Fault::Maxima);
                self.enter(if exhausted { |_| Phase::Over } else { Phase::Settle });
                self.open(if self.brief { 6 } else { 60 });
            }
            Phase::Settle(since) => {
                let done = self.has_moved() && self.has_caught_up(since);
                if self.is_done(since, done, "progress after a heal")? {
                    self.budget = 0;
                    self.enter(Phase::Quiet);
                }
            }
            Phase::Quiet(since) => {
                let watched = self.is_older(since, WATCH);
                if self.is_done(since, watched && self.is_same(), "agreement after a heal")? {
                    self.next_partial();
                }
            }
            Phase::Behind(hub, since) => {
                let behind = self.nodes[self.node(self.latest(), hub)].log.last_index();
                let progress = self.ledger().committed() > (since.committed + 3).max(behind);
                let watched = self.is_older(since, 2 * WATCH);
                if self.is_done(since, watched && progress, "progress without the hub")? {
                    let leader = self.leader_but(hub);
                    self.engine.heal();
                    self.engine.part(Partial::Constrained, leader, hub);
                    self.enter(|since| Phase::Partial(Partial::Constrained, since));
                    self.open(60);
                }
            }
            Phase::Partial(pattern, since) => {
                let watched = self.is_older(since, 3 * WATCH);
                let progress = self.ledger().committed() > since.committed + 3;
                if self.is_done(since, watched && progress, "progress in a partial partition")? {
                    self.marks.hit(mark(pattern));
                    self.engine.heal();
                    self.enter(Phase::Heal);
                    self.open(30);
                }
            }
            Phase::Heal(since) => {
                if self.is_done(since, self.has_caught_up(since), "progress after a partition")? {
                    self.budget = 0;
                    self.enter(Phase::End);
                }
            }
            Phase::End(since) => {
                if self.is_done(since, self.is_same(), "agreement at the end")? {
                    self.phase = Phase::Over;
                }
            }
            Phase::Over => {}
        }
        self.engine.later(self.scale.unit_us, Task::Look);
        Ok(())
    }

    /// Where logs are full of what nobody could commit, nobody can lead. There, the operator makes
    /// room.
    fn enlarge(&mut self) {
        for node in &mut self.nodes {
            let committed = node.before.map_or(0, |before| before.committed);
            // Behind a stop sign nothing is compacted.
            let ended = node.log.stop_sign().is_some_and(|stop| stop <= committed);
            if node.log.room() == 0 && (node.log.snapshot().index == committed || ended) {
                node.log.enlarge();
                tape::happen(&mut node.tape, Event::Capacity(node.log.capacity()), ());
                self.marks.hit(Mark::Stuck);
            }
        }
    }

    /// A partial partition, if a majority is more than one node.
    fn next_partial(&mut self) {
        let nodes = self.places;
        // Patterns are of machines: all must be members.
        let fewer = self.members(self.latest()).count() < nodes;
        if nodes < 3 || self.brief || self.engine.random.one_in(3) || fewer {
            self.enter(Phase::End);
            return;
        }
        let connected = rule::connected(self.system(), nodes);
        let random = &mut self.engine.random;
        if E::BALLOTS && connected < nodes && random.one_in(3) {
            let hub = random.index(nodes);
            self.engine.part(Partial::Single, hub, hub);
            self.enter(|since| Phase::Behind(hub, since));
            self.open(60);
            return;
        }
        let mut pattern = Partial::ALL[random.index(Partial::ALL.len())];
        // In a row of more than five nobody reaches a majority; in one of four the two who do may
        // both be refused by a neighbour with a longer log.
        let in_a_row = connected <= 3 && (E::BALLOTS || matches!(nodes, 3 | 5));
        let reached = match pattern {
            Partial::Hub | Partial::Constrained | Partial::Link => true,
            Partial::Chain => in_a_row,
            Partial::Single | Partial::Mute | Partial::Deaf => connected < nodes,
        };
        if !reached {
            pattern = Partial::Hub;
        }
        let (mut node, other) = (random.index(nodes), random.index(nodes));
        // What concerns the leader is the hardest.
        if random.one_in(2)
            && let Some(leader) = self.members(self.latest()).find(|&at| self.nodes[at].leads())
        {
            node = self.place(leader);
        }
        self.engine.part(pattern, node, other);
        self.enter(|since| Phase::Partial(pattern, since));
        self.open(60);
    }

    /// The leader of the latest term, if that is another; or else the next node.
    fn leader_but(&self, hub: usize) -> usize {
        self.leader_among(|place| place != hub).unwrap_or((hub + 1) % self.places)
    }

    /// The leader of the latest term at one of these.
    fn leader_among(&self, which: impl Fn(usize) -> bool) -> Option<usize> {
        let term = |at: usize| self.nodes[at].before.map_or(0, |status| status.leadership.term);
        let leads = |&at: &usize| which(self.place(at)) && self.nodes[at].leads();
        let leader = self.members(self.latest()).filter(leads).max_by_key(|&at| term(at));
        leader.map(|at| self.place(at))
    }

    /// Where clients of Multi-Paxos go who waited in vain while links are down: a node that hears a
    /// leader, but no quorum, takes reads and can never answer them.
    pub(super) fn refuge(&self) -> Option<usize> {
        let parted = E::BALLOTS && matches!(self.phase, Phase::Behind(..) | Phase::Partial(..));
        if parted { self.leader_among(|_| true) } else { None }
    }

    pub(super) fn enter(&mut self, phase: impl FnOnce(Since) -> Phase) {
        let committed = self.ledger().committed();
        let leaders = self.ledger().leaders();
        self.phase = phase(Since { at_us: self.engine.now_us, committed, leaders });
    }

    /// Clients have so many operations more, and begin if they are idle.
    fn open(&mut self, operations: usize) {
        self.budget = operations;
        for client in 0..self.clients.len() {
            let wait_us = self.engine.random.below(self.scale.unit_us);
            self.engine.later(wait_us, Task::Begin(client));
        }
    }

    fn is_older(&self, since: Since, units: u64) -> bool {
        self.engine.now_us >= since.at_us + units * self.scale.unit_us
    }

    /// Whether a phase has reached what it must, which it must in time and without many elections.
    fn is_done(&mut self, since: Since, done: bool, what: &str) -> Verdict<bool> {
        let elections = self.ledger().leaders() - since.leaders;
        // Where fewer than a majority elect, several are elected at once.
        let most = if self.elects_alone() { LEADERS + self.places } else { LEADERS };
        ensure!(elections <= most, "few changes of leader", 0, "{what}: {elections} elections");
        if !done && self.budget < 4 && !matches!(self.phase, Phase::Quiet(_) | Phase::End(_)) {
            self.open(30);
        }
        let late = self.is_older(since, PATIENCE) && !done;
        let phase = self.phase;
        ensure!(
            !late,
            "progress",
            0,
            "{what}: {phase:?}, {} is committed",
            self.ledger().committed()
        );
        Ok(done)
    }

    /// Whether fewer than a majority elect.
    fn elects_alone(&self) -> bool {
        let nodes = self.members(self.latest()).count();
        let half = NodeSet::first(nodes / 2).unwrap_or_default();
        self.system().phase1().is_quorum(half)
    }

    /// What the latest configuration has said.
    fn ledger(&self) -> &Ledger {
        &self.eras[self.latest()].ledger
    }

    /// Its quorums.
    fn system(&self) -> &E::System {
        self.eras[self.latest()].voters.system()
    }

    /// Whether all have applied more than was committed then.
    fn has_caught_up(&self, since: Since) -> bool {
        self.members(self.latest()).all(|at| {
            let node = &self.nodes[at];
            node.raft.is_some() && node.state.last.index > since.committed
        })
    }

    /// Whether all logs end with what is committed, and it is applied.
    fn is_same(&self) -> bool {
        let last = self.ledger().committed();
        self.members(self.latest()).all(|at| {
            let node = &self.nodes[at];
            node.raft.is_some() && node.state.last.index == last && node.log.last_index() == last
        })
    }
}

const fn mark(pattern: Partial) -> Mark {
    match pattern {
        Partial::Hub => Mark::Hub,
        Partial::Chain => Mark::Chain,
        Partial::Single => Mark::Single,
        Partial::Mute => Mark::Mute,
        Partial::Deaf => Mark::Deaf,
        Partial::Link => Mark::Link,
        Partial::Constrained => Mark::Constrained,
    }
}
