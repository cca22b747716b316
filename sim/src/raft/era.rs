//! The configurations of a cluster, one after another: each ends with a stop sign, and the next one
//! begins there.
//!
//! A machine runs a node of each configuration that it is a member of, and they share its disk, its
//! clock and its failures.

use alloc::{boxed::Box, format, vec::Vec};

use synod_consensus_core::{
    Members, NodeId,
    raft::{HardState, LogId, ProposeError, TermLog},
};

use super::{
    durable::{Record, Tagged},
    entry::{Action, Command, Entry, State},
    ledger::Ledger,
    mark::Mark,
    node::{self, Node},
    phase::Phase,
    rule::{self, Rule},
    settings::CLUSTER,
    world::{Task, World},
};
use crate::{
    diary::Mood,
    random::Random,
    violation::{Verdict, ensure},
};

/// A configuration.
#[derive(Debug)]
pub(super) struct Era<const V: usize, S> {
    pub(super) voters: Members<V, S>,
    pub(super) ledger: Ledger,
}

impl<const V: usize, S> Era<V, S> {
    /// The number of the node at a place in the quorums, if it is a member.
    pub(super) fn position(&self, place: usize) -> Option<usize> {
        self.voters.as_slice().iter().position(|&id| node::place(id) == place)
    }
}

/// What its cluster is called.
pub(super) const fn cluster(era: usize) -> u64 {
    CLUSTER + era as u64
}

/// Who goes on, which the number of a stop sign decides: as many as before or fewer, some of them
/// new.
pub(super) fn next<E: Rule, const V: usize>(
    lot: u32,
    era: usize,
    before: &[NodeId],
) -> Members<V, E::System> {
    let mut random = Random::stream(lot.into(), 7);
    let mut ids = before.to_vec();
    if random.one_in(3) {
        let leave = random.index(ids.len());
        for _ in 0..leave {
            ids.swap_remove(random.index(ids.len()));
        }
    }
    for id in &mut ids {
        if random.one_in(3) {
            *id = node::id(node::place(*id), era);
        }
    }
    rule::members::<E, V>(&ids, &mut random)
}

impl<const V: usize, const W: usize, E: Rule> World<V, W, E> {
    /// The configuration of a node.
    pub(super) const fn era(&self, at: usize) -> usize {
        at / self.places
    }

    /// The machine of a node.
    pub(super) const fn place(&self, at: usize) -> usize {
        at % self.places
    }

    /// The node of a configuration on a machine, which may not have begun.
    pub(super) const fn node(&self, era: usize, place: usize) -> usize {
        era * self.places + place
    }

    /// The latest configuration.
    pub(super) const fn latest(&self) -> usize {
        self.eras.len() - 1
    }

    /// The members of a configuration, by their nodes.
    pub(super) fn members(&self, era: usize) -> impl Iterator<Item = usize> + '_ {
        let nodes = era * self.places..(era + 1) * self.places;
        nodes.filter(move |&at| self.eras[era].position(self.place(at)).is_some())
    }

    /// The nodes that a machine runs now.
    pub(super) fn running(&self, place: usize) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let nodes = (0..self.eras.len()).map(move |era| self.node(era, place));
        nodes.filter(|&at| self.nodes[at].raft.is_some())
    }

    /// Whether all that are to end have ended, everywhere, and the latest has begun.
    pub(super) fn has_moved(&self) -> bool {
        let ended = |era: usize| {
            let stop = self.eras[era].ledger.stop().map_or(0, |stop| stop.index);
            self.members(era).all(|at| self.nodes[at].state.last.index >= stop)
        };
        self.stops == 0
            && (0..self.latest()).all(ended)
            && self.members(self.latest()).all(|at| self.nodes[at].raft.is_some())
    }

    /// A stop sign is proposed, until one is committed.
    pub(super) fn propose_stop(&mut self, era: usize) -> Verdict {
        if era < self.latest() || !matches!(self.phase, Phase::Storm | Phase::Settle(_)) {
            return Ok(());
        }
        let leaders: Vec<_> = self.members(era).filter(|&at| self.nodes[at].leads()).collect();
        let nth = self.engine.random.index(leaders.len());
        if let Some(&at) = leaders.get(nth) {
            self.propose_stop_at(at)?;
        }
        let wait_us = 1 + self.engine.random.below(self.scale.unit_us * 2);
        self.engine.later(wait_us, Task::Stop(era));
        Ok(())
    }

    /// It is the last of a batch, as the host sees to.
    fn propose_stop_at(&mut self, at: usize) -> Verdict {
        let place = self.place(at);
        let now_us = self.engine.local_us(place);
        let before = if self.engine.random.one_in(4) { self.engine.random.below(4) } else { 0 };
        let node = &mut self.nodes[at];
        let stopped = node.log.stop_sign().is_some();
        let Some(raft) = &mut node.raft else { return Ok(()) };
        self.calls += 1;
        let result = raft.propose_batch(now_us, before + 1, 1, &node.log);
        let fits = match result {
            Ok(_) => true,
            Err(ProposeError::Stopped) => stopped,
            Err(ProposeError::LogFull | ProposeError::Exhausted) => !stopped,
            Err(_) => false,
        };
        ensure!(fits, "no unexpected error", place, "propose a stop sign: {result:?}");
        if let Ok(first) = result {
            for more in 0..=before {
                let action = if more == before { Action::Stop } else { Action::Filler };
                let operation = self.requests.filler();
                let command = Command { operation, bytes: 1, action, ..Command::default() };
                self.place_command(at, LogId { index: first.index + more, ..first }, command)?;
            }
            self.marks.hit(Mark::StopProposed);
            self.engine.tempt(place);
            self.engine.diarise(place, Mood::Plain, || format!("proposes a stop sign, {first:?}"));
        }
        self.drain(at, None)?;
        Ok(())
    }

    /// A node applies a stop sign: the next configuration is known, if it was not yet.
    pub(super) fn end(&mut self, at: usize, stop: LogId, command: Command) -> Verdict {
        let (era, place) = (self.era(at), self.place(at));
        let known = self.eras[era].ledger.stop();
        ensure!(known == Some(stop), "one stop sign", place, "{stop:?}, but it is {known:?}");
        self.marks.hit(Mark::StopApplied);
        self.engine.diarise(place, Mood::Plain, || format!("ends with {stop:?}"));
        if era < self.latest() {
            return Ok(());
        }
        self.engine.tempt(place);
        let before = self.eras[era].voters.as_slice();
        let voters = next::<E, V>(command.operation, era + 1, before);
        let state = self.state_at(at, stop);
        let ledger = Ledger::new(self.places, state);
        for place in 0..self.places {
            let place = voters.as_slice().iter().find(|&&id| node::place(id) == place);
            let id = place.copied().unwrap_or(NodeId(0));
            self.nodes.push(Node::new(id, &self.scale, None, state));
        }
        self.eras.push(Era { voters, ledger });
        self.stops -= 1;
        for member in self.members(era + 1).collect::<Vec<_>>() {
            let wait_us = self.engine.random.below(self.scale.unit_us);
            self.engine.later(wait_us, Task::Start(member));
        }
        if matches!(self.phase, Phase::Settle(_)) {
            self.enter(Phase::Settle);
        }
        if self.stops > 0 {
            let most_us = (self.scale.storm_us / 2).min(self.scale.unit_us * 20);
            let wait_us = 1 + self.engine.random.below(most_us);
            self.engine.later(wait_us, Task::Stop(era + 1));
        }
        Ok(())
    }

    /// The state of a node as it was at the stop sign, behind which are blanks only.
    fn state_at(&self, at: usize, stop: LogId) -> State {
        let node = &self.nodes[at];
        let hash = self.eras[self.era(at)].ledger.hash_at(stop.index).unwrap_or(node.state.hash);
        State { last: stop, hash, ..node.state }
    }

    /// The host of a member has what the next configuration begins with written to its disk: from
    /// its own node, once that has applied the stop sign, or from another's, if it is new.
    pub(super) fn begin_node(&mut self, at: usize) {
        let (era, place) = (self.era(at), self.place(at));
        let node = &self.nodes[at];
        if node.durable.hard_state.is_some() {
            return;
        }
        let wait_us = 1 + self.engine.random.below(self.scale.unit_us / 2);
        self.engine.later(wait_us, Task::Start(at));
        let Some(stop) = self.eras[era - 1].ledger.stop() else { return };
        if node.beginning || !self.engine.machines[place].up {
            return;
        }
        let old = self.node(era - 1, place);
        let stays = self.nodes[old].id == node.id;
        let ended = |&at: &usize| {
            let node = &self.nodes[at];
            node.raft.is_some() && node.state.last.index >= stop.index
        };
        let from = if stays { Some(old) } else { self.members(era - 1).find(ended) };
        let Some(from) = from.filter(ended) else { return };
        let state = Box::new(self.state_at(from, stop));
        self.marks.hit(if stays { Mark::BeganAnew } else { Mark::Joined });
        self.nodes[at].beginning = true;
        self.engine.write(place, Tagged { at, record: Record::Begin(state) });
    }

    /// What a node begins with is durable.
    pub(super) fn begun(&mut self, at: usize) -> Verdict {
        self.nodes[at].beginning = false;
        self.start_node(at)
    }
}

/// What a configuration begins with on a disk.
pub(super) const fn hard_state(state: &State) -> HardState {
    HardState { term: state.last.term, vote: None }
}

/// Whether an entry ends its log.
pub(super) const fn ends(entry: &Entry) -> bool {
    matches!(entry.command.action, Action::Stop)
}
