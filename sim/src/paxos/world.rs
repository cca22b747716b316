//! Nodes in their world, and the loop that runs them.

use alloc::{boxed::Box, collections::BTreeMap, format, string::String, vec::Vec};

use synod_consensus_core::{
    Instance, Members, NodeId, Proposal,
    paxos::{Acceptor, Body, Message, Role},
};
use synod_quorum::{Flexible, NodeSet, QuorumSystem, Threshold, Weighted};

use super::{
    decision::Decision,
    mark::{Mark, Marks},
    node::{Hosted, Node, Value, Write},
    phase::Phase,
    rule::{Kind, Rule},
    settings::{self, Scale},
};
use crate::{
    diary::{Diary, Mood},
    engine::{Engine, Step},
    nodes::id,
    packet::{self, Packet},
    plan::Plan,
    settings::Settings,
    violation::{Verdict, Violation, ensure, fail},
};

/// Which cluster the nodes are of.
pub(super) const CLUSTER: u64 = u64::MAX - 9;

/// What is enough of the nodes.
pub(super) trait System: QuorumSystem + Clone + PartialEq + core::fmt::Debug {}

impl<S: QuorumSystem + Clone + PartialEq + core::fmt::Debug> System for S {}

/// What is to be done at some time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Task {
    /// A decision begins.
    Open,
    /// A node takes part in a decision.
    Join(usize, u64),
    /// A decision is looked at.
    Watch(u64),
    /// A node reports its writes.
    Report,
    /// Whether the phase has reached what it must is looked at.
    Look,
}

/// Nodes in their world.
#[derive(Debug)]
pub(super) struct World<S, const N: usize> {
    pub(super) scale: Scale,
    pub(super) engine: Engine<Packet, Write, Task>,
    pub(super) members: Members<N, S>,
    pub(super) rule: Rule,
    pub(super) nodes: Vec<Node<S, N>>,
    /// Those that are not forgotten.
    pub(super) decisions: BTreeMap<u64, Decision>,
    pub(super) counts: Counts,
    pub(super) phase: Phase,
    pub(super) marks: Marks,
    pub(super) calls: u64,
}

/// What is counted in a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// How many decisions were begun.
    pub begun: u64,
    /// How many somebody has told the end of.
    pub decided: u64,
}

/// What a run has shown.
pub type Report = crate::report::Report<Marks, Counts>;

/// Runs nodes with these settings, whose quorum system depends on the seed; with a diary for a
/// failure that is to be understood.
#[must_use]
pub fn run(settings: &Settings, diary: Option<Diary>) -> Report {
    if settings.nodes <= 5 {
        run_sized::<5>(settings, diary)
    } else {
        run_sized::<9>(settings, diary)
    }
}

/// [`run`] with room for so many members.
fn run_sized<const N: usize>(settings: &Settings, diary: Option<Diary>) -> Report {
    let (scale, rule) = settings::draw(settings);
    let ids: Vec<NodeId> = (0..settings.nodes).map(id).collect();
    let all = NodeSet::first(settings.nodes).unwrap_or_default();
    let needed = [rule.phase1, rule.phase2].map(|needed| Threshold::new(all, needed as usize));
    match (rule.kind, needed) {
        (Kind::Flexible, [Ok(phase1), Ok(phase2)]) => {
            let members = Flexible::new(phase1, phase2).ok();
            let members = members.and_then(|system| Members::new(&ids, system).ok());
            World::<_, N>::report(members, (scale, rule), settings, diary)
        }
        (Kind::Weighted, _) => {
            let mut weights = [0; N];
            // The first member is the last node.
            for (weight, &of) in weights.iter_mut().zip(rule.weights.iter().rev()) {
                *weight = of;
            }
            let members = Weighted::majority(weights).ok();
            let members = members.and_then(|system| Members::new(&ids, system).ok());
            World::<_, N>::report(members, (scale, rule), settings, diary)
        }
        _ => {
            let members = Members::<N>::majority(&ids).ok();
            World::report(members, (scale, rule), settings, diary)
        }
    }
}

impl<S: System, const N: usize> World<S, N> {
    /// Runs these members.
    fn report(
        members: Option<Members<N, S>>,
        (scale, rule): (Scale, Rule),
        settings: &Settings,
        diary: Option<Diary>,
    ) -> Report {
        let plan = Plan::draw(settings.seed, settings.faults, scale.unit_us);
        let mut engine = Engine::new(settings.seed, settings.nodes, plan, scale.unit_us);
        engine.diary = diary;
        let Some(members) = members else {
            let detail = format!("{rule:?} is refused");
            let violation = Violation { invariant: "members are taken", node: 0, detail };
            let verdict = Err(Box::new(violation));
            return engine.report(verdict, 0, Marks::default(), Counts::default());
        };
        let mut world = Self {
            engine,
            members,
            rule,
            nodes: (0..settings.nodes).map(|_| Node::new()).collect(),
            decisions: BTreeMap::new(),
            counts: Counts::default(),
            phase: Phase::Storm,
            marks: Marks::default(),
            calls: 0,
            scale,
        };
        let verdict = world.run();
        world.engine.report(verdict, world.calls, world.marks, world.counts)
    }

    fn run(&mut self) -> Verdict {
        self.open_next();
        self.engine.later(self.scale.storm_us, Task::Look);
        while self.phase != Phase::Over {
            let Some(step) = self.engine.step() else { break };
            self.carry_out(step)?;
        }
        let numbers: Vec<u64> = self.decisions.keys().copied().collect();
        for number in numbers {
            self.close(number);
        }
        Ok(())
    }

    fn carry_out(&mut self, step: Step<Packet, Task>) -> Verdict {
        match step {
            Step::Message { from, to, message } => self.deliver(from, to, &message),
            Step::Timer(at) => self.fire(at),
            Step::Disk(at) => self.finish_writes(at),
            Step::Task(at, _) => self.report_writes(at),
            Step::Crash(at) => self.crash(at),
            Step::Restart(at) => self.start(at),
            Step::Hostile(at) => self.deliver_hostile(at),
            Step::World(Task::Open) => {
                self.open_next();
                Ok(())
            }
            Step::World(Task::Join(at, number)) => self.join(at, number),
            Step::World(Task::Watch(number)) if self.decisions.contains_key(&number) => {
                self.watch(number)
            }
            Step::World(Task::Look) => self.look(),
            Step::World(Task::Watch(_) | Task::Report) => Ok(()),
        }
    }

    /// Starts a node's process with what is on its disk.
    fn start(&mut self, at: usize) -> Verdict {
        self.engine.diarise(at, Mood::Up, || String::from("starts"));
        let numbers: Vec<u64> = self.decisions.keys().copied().collect();
        for number in numbers {
            if !self.engine.machines[at].up {
                break;
            }
            self.begin_again(at, number)?;
        }
        Ok(())
    }

    /// The node's process dies.
    pub(super) fn crash(&mut self, at: usize) -> Verdict {
        for (number, decision) in &mut self.decisions {
            let knows = self.nodes[at].hosted.get(number).is_some_and(Hosted::knows);
            decision.parts[at].knew |= knows;
        }
        self.nodes[at].stop();
        let survivors = self.engine.crash_whole(at);
        self.engine.diarise(at, Mood::Down, || String::from("crashes"));
        survivors.into_iter().try_for_each(|write| self.keep(at, write).map(|_| ()))
    }

    fn deliver(&mut self, from: usize, to: usize, packet: &Packet) -> Verdict {
        packet::fold(&mut self.engine.trace, to, packet);
        let message: Message<Value> = match postcard::from_bytes(&packet.0) {
            Ok(message) => message,
            Err(error) => fail!("what is sent can be read", to, "{error}: {:?}", packet.0),
        };
        let Instance { number, .. } = message.instance;
        if !self.decisions.contains_key(&number) {
            self.marks.hit(Mark::Forgotten);
            return Ok(());
        }
        let now_us = self.engine.local_us(to);
        if message.role() == Role::Acceptor {
            self.host_acceptor(to, number)?;
        }
        let hosted = self.nodes[to].hosted.entry(number).or_default();
        self.calls += 1;
        match hosted.hand_over(now_us, message.role(), (id(from), message)) {
            Some(Ok(())) => {}
            Some(Err(error)) => fail!("no unexpected error", to, "{error}: {message:?}"),
            None => self.marks.hit(Mark::Nobody),
        }
        self.note_promise(from, to, &message)?;
        if matches!(message.body, Body::Rejected { .. }) {
            self.mark_beaten(to, number);
        }
        self.drain(to, number)
    }

    /// A promise that has reached its proposer.
    fn note_promise(&mut self, from: usize, to: usize, message: &Message<Value>) -> Verdict {
        let Body::Promise { ballot, accepted } = message.body else { return Ok(()) };
        let number = message.instance.number;
        let Some(decision) = self.decisions.get_mut(&number) else { return Ok(()) };
        let is_there = |hosted: &Hosted<S, N>| hosted.proposer.is_some();
        if !self.nodes[to].hosted.get(&number).is_some_and(is_there) {
            return Ok(());
        }
        let life = decision.parts[to].life;
        decision.ledger.promise((from, to), life, ballot, accepted)
    }

    /// Has an acceptor there, as it was left.
    pub(super) fn host_acceptor(&mut self, at: usize, number: u64) -> Verdict {
        let Some(decision) = self.decisions.get_mut(&number) else { return Ok(()) };
        let node = &mut self.nodes[at];
        let hosted = node.hosted.entry(number).or_default();
        if hosted.acceptor.is_some() {
            return Ok(());
        }
        let record = match node.kept.get(&number) {
            Some(kept) => kept.record(at)?,
            None => None,
        };
        let instance = Instance { cluster: CLUSTER, number };
        let part = &mut decision.parts[at];
        let acceptor = if let Some(record) = record {
            let has_value = record.accepted().is_some();
            self.marks.hit(if has_value { Mark::BackAccepted } else { Mark::BackPromised });
            Acceptor::recover(instance, id(at), record)
        } else {
            self.marks.hit_if(part.had_acceptor, Mark::BootstrapAgain);
            Acceptor::bootstrap(instance, id(at))
        };
        part.had_acceptor = true;
        let is_same = acceptor.promised() == record.map(|record| record.promised())
            && acceptor.accepted().copied() == record.and_then(|record| record.accepted().copied());
        ensure!(is_same, "recovered as it was synced", at, "{acceptor:?} of {record:?}");
        hosted.before = [acceptor.promised(), accepted_under(&acceptor)];
        hosted.reported[0] = 0;
        hosted.acceptor = Some(acceptor);
        Ok(())
    }

    fn fire(&mut self, at: usize) -> Verdict {
        let now_us = self.engine.local_us(at);
        self.engine.trace.note(at as u64);
        let numbers: Vec<u64> = self.nodes[at].hosted.keys().copied().collect();
        for number in numbers {
            let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { break };
            self.calls += 1;
            if let Some(proposer) = &mut hosted.proposer {
                proposer.handle_timeout(now_us);
            }
            if let Some(learner) = &mut hosted.learner {
                learner.handle_timeout(now_us);
            }
            self.drain(at, number)?;
        }
        self.set_timer(at);
        Ok(())
    }

    /// The node's timer is to fire when the first of its machines is due.
    pub(super) fn set_timer(&mut self, at: usize) {
        let due = self.nodes[at].hosted.values().flat_map(|hosted| {
            let proposer = hosted.proposer.as_ref().and_then(|proposer| proposer.poll_timeout());
            let learner = hosted.learner.as_ref().and_then(|learner| learner.poll_timeout());
            [proposer, learner].into_iter().flatten()
        });
        let deadline_us = due.min();
        self.engine.set_timer(at, deadline_us);
    }
}

/// Under which ballot an acceptor has accepted what it has.
pub(super) fn accepted_under(acceptor: &Acceptor<Value>) -> Option<synod_consensus_core::Ballot> {
    acceptor.accepted().map(|proposal: &Proposal<Value>| proposal.ballot)
}
