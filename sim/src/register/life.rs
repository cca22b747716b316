//! How a register begins on a node, and ends there.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use synod_consensus_core::{
    Ballot, Instance,
    register::{Config, Record, Register},
};

use super::{
    mark::Mark,
    node::{Hosted, Kept, Node},
    op::Value,
    story::nth,
    world::{CLUSTER, World},
};
use crate::{
    diary::Mood,
    fault::Fault,
    nodes::id,
    violation::{Verdict, ensure, fail},
};

impl<const N: usize> World<N> {
    /// What a disk has.
    pub(super) fn disk(&self, at: usize, number: u64) -> Verdict<Option<Record<Value, N>>> {
        match self.nodes[at].kept.get(&number) {
            Some(kept) => kept.record(at),
            None => Ok(None),
        }
    }

    /// Has a register there, as it was left. Gives whether it is there: not while it is dropped.
    pub(super) fn host(&mut self, at: usize, number: u64) -> Verdict<bool> {
        let node = &self.nodes[at];
        if node.hosted.contains_key(&number) {
            return Ok(true);
        }
        if node.dropping.contains(&number) || !self.engine.machines[at].up {
            return Ok(false);
        }
        let seed = self.engine.random.word();
        let now_us = self.engine.local_us(at);
        let instance = Instance { cluster: CLUSTER, number };
        let config =
            Config { timeout_us: self.scale.unit_us, ..Config::new(instance, id(at), seed) };
        let record = self.disk(at, number)?;
        let register = match record {
            Some(record) => {
                self.marks.hit(Mark::Back);
                Register::recover(config, record, now_us)
            }
            None => self.begin(at, number, config, now_us),
        };
        let Ok(register) = register else {
            fail!("no unexpected error", at, "{config:?} is refused");
        };
        let first = *register.latest();
        let known = record.and_then(|record| record.accepted().ballot);
        if let Some(record) = &record {
            let is_same = record.accepted().state == first;
            ensure!(is_same, "recovered as it was synced", at, "{register:?} of {record:?}");
        }
        let part = &mut self.stories[nth(number)].parts[at];
        part.life += 1;
        let hosted = Hosted {
            register,
            life: part.life,
            reported: 0,
            asked: None,
            reads: Vec::new(),
            ops: Vec::new(),
            moves: Vec::new(),
            first,
            known: known.into_iter().collect::<BTreeSet<Ballot>>(),
            offered: BTreeSet::new(),
            doubt: None,
            polled: record,
            waits: first.members.as_slice().is_empty(),
        };
        self.nodes[at].hosted.insert(number, hosted);
        self.drain(at, number)?;
        Ok(self.nodes[at].hosted.contains_key(&number))
    }

    /// It begins for the first time, or anew.
    fn begin(
        &mut self,
        at: usize,
        number: u64,
        config: Config,
        now_us: u64,
    ) -> Result<Register<super::op::Op, N>, synod_consensus_core::register::ConfigError> {
        let story = &self.stories[nth(number)];
        if let Some(Kept::Floor { floor, members }) = self.nodes[at].kept.get(&number) {
            self.marks.hit_if(floor.is_some(), Mark::Anew);
            return match *members {
                Some(members) => Register::bootstrap(config, members, *floor, now_us),
                None => Register::join(config, *floor, now_us),
            };
        }
        let again = story.parts[at].life > 0;
        let is_first = story.first.has(at);
        let floor = self.engine.plan.has(Fault::Maxima).then(|| {
            self.engine.tally.count(Fault::Maxima);
            let round = u64::MAX - self.engine.random.below(200);
            let round = core::num::NonZeroU64::new(round).unwrap_or(core::num::NonZeroU64::MAX);
            Ballot { round, proposer: id(at) }
        });
        // One at least has to know who the members are.
        let knows = |node: &Node<N>| matches!(node.kept.get(&number), Some(Kept::Record(_)));
        let first = self.nodes.iter().enumerate().filter(|&(at, _)| story.first.has(at));
        let may_join = again && first.map(|(_, node)| node).any(knows);
        if !is_first || may_join && self.engine.random.one_in(4) {
            self.marks.hit_if(is_first, Mark::JoinInstead);
            return Register::join(config, floor, now_us);
        }
        self.marks.hit_if(again, Mark::BootstrapAgain);
        Register::bootstrap(config, story.members, floor, now_us)
    }

    /// Starts a node's process with what is on its disk.
    pub(super) fn start(&mut self, at: usize) -> Verdict {
        self.engine.diarise(at, Mood::Up, || String::from("starts"));
        for number in 0..self.stories.len() as u64 {
            if !self.engine.machines[at].up {
                break;
            }
            let is_floor = matches!(self.nodes[at].kept.get(&number), Some(Kept::Floor { .. }));
            // What was forgotten may as well begin when somebody speaks of it.
            if !is_floor || self.engine.random.one_in(2) {
                self.host(at, number)?;
            }
        }
        Ok(())
    }

    /// The node's process dies.
    pub(super) fn crash(&mut self, at: usize) -> Verdict {
        for number in 0..self.stories.len() as u64 {
            self.lose(at, number);
        }
        self.nodes[at].stop();
        let survivors = self.engine.crash_whole(at);
        self.engine.diarise(at, Mood::Down, || String::from("crashes"));
        survivors.into_iter().try_for_each(|write| self.keep(at, write).map(|_| ()))
    }

    /// Nobody will be told what becomes of what is under way there.
    pub(super) fn lose(&mut self, at: usize, number: u64) {
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return };
        hosted.asked = None;
        hosted.reads.clear();
    }
}
