//! Nodes in their world, and the loop that runs them.

use alloc::vec::Vec;

use synod_consensus_core::register::{Body, Membership, Message};

use super::{
    mark::{Mark, Marks},
    node::{Node, Write},
    op::Value,
    phase::Phase,
    rule,
    settings::{self, Scale},
    story::{Story, nth},
};
use crate::{
    diary::Diary,
    engine::{Engine, Step},
    nodes::id,
    packet::{self, Packet},
    plan::Plan,
    settings::Settings,
    violation::{Verdict, fail},
};

/// Which cluster the nodes are of.
pub(super) const CLUSTER: u64 = u64::MAX - 9;

/// What is to be done at some time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Task {
    /// A client asks for something.
    Call,
    /// A node reports its writes.
    Report,
    /// Whether the phase has reached what it must is looked at.
    Look,
}

/// Nodes in their world.
#[derive(Debug)]
pub(super) struct World<const N: usize> {
    pub(super) scale: Scale,
    pub(super) engine: Engine<Packet, Write<N>, Task>,
    pub(super) nodes: Vec<Node<N>>,
    /// The registers.
    pub(super) stories: Vec<Story<N>>,
    pub(super) counts: Counts,
    pub(super) phase: Phase,
    pub(super) marks: Marks,
    pub(super) calls: u64,
}

/// What is counted in a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// How many calls clients have made in the storm.
    pub calls: u64,
    /// How many changes were told to be made.
    pub changes: u64,
    /// How many reads were answered.
    pub reads: u64,
    /// How many changes of members were told to be done.
    pub reconfigured: u64,
    /// How often a register was forgotten.
    pub forgotten: u64,
    /// How many histories were too hard to say anything of them.
    pub undecided: u64,
}

/// What a run has shown.
pub type Report = crate::report::Report<Marks, Counts>;

/// Runs nodes with these settings; with a diary for a failure that is to be understood.
#[must_use]
pub fn run(settings: &Settings, diary: Option<Diary>) -> Report {
    if settings.nodes <= 5 {
        World::<5>::report(settings, diary)
    } else {
        World::<9>::report(settings, diary)
    }
}

impl<const N: usize> World<N> {
    fn report(settings: &Settings, diary: Option<Diary>) -> Report {
        let scale = settings::draw(settings);
        let plan = Plan::draw(settings.seed, settings.faults, scale.unit_us);
        let mut engine = Engine::new(settings.seed, settings.nodes, plan, scale.unit_us);
        engine.diary = diary;
        let mut world = Self {
            engine,
            nodes: (0..settings.nodes).map(|_| Node::new()).collect(),
            stories: Vec::new(),
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
        self.begin_all()?;
        self.engine.later(1, Task::Call);
        self.engine.later(self.scale.storm_us, Task::Look);
        while self.phase != Phase::Over {
            let Some(step) = self.engine.step() else { break };
            self.carry_out(step)?;
        }
        for story in &self.stories {
            let is_decided = story.check(&mut self.marks)?;
            self.counts.undecided += u64::from(!is_decided);
        }
        Ok(())
    }

    /// An operator starts all registers on all nodes.
    fn begin_all(&mut self) -> Verdict {
        for _ in 0..self.scale.registers {
            let first = settings::some(self.nodes.len(), &mut self.engine.random);
            let Ok(members) = Membership::new(&rule::ids(first)) else {
                fail!("members are taken", 0, "{first:?}");
            };
            self.stories.push(Story::new(first, members, self.nodes.len()));
        }
        (0..self.nodes.len()).try_for_each(|at| self.start(at))
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
            Step::World(Task::Call) => self.call_some(),
            Step::World(Task::Look) => self.look(),
            Step::World(Task::Report) => Ok(()),
        }
    }

    fn deliver(&mut self, from: usize, to: usize, packet: &Packet) -> Verdict {
        packet::fold(&mut self.engine.trace, to, packet);
        let message: Message<Value, N> = match postcard::from_bytes(&packet.0) {
            Ok(message) => message,
            Err(error) => fail!("what is sent can be read", to, "{error}: {:?}", packet.0),
        };
        let number = message.instance.number;
        if !self.host(to, number)? {
            self.marks.hit(Mark::Nobody);
            return Ok(());
        }
        let now_us = self.engine.local_us(to);
        let Some(hosted) = self.nodes[to].hosted.get_mut(&number) else { return Ok(()) };
        self.calls += 1;
        if let Err(error) = hosted.register.handle_message(now_us, id(from), message) {
            fail!("no unexpected error", to, "{error}: {message:?}, {hosted:?}");
        }
        hosted.doubt = None;
        let ledger = &mut self.stories[nth(number)].ledger;
        match message.body {
            Body::Promise { ballot, accepted } => {
                let told = (ballot, accepted.ballot);
                let counts = ledger.promise(from, hosted.life, told);
                hosted.known.extend(accepted.ballot.filter(|_| counts));
            }
            Body::Accepted { ballot } => ledger.hear(from, hosted.life, ballot),
            Body::Accept { ballot, .. } => {
                let is_new = hosted.offered.insert(ballot);
                hosted.doubt = Some(ballot).filter(|_| is_new);
            }
            _ => {}
        }
        self.drain(to, number)
    }

    fn fire(&mut self, at: usize) -> Verdict {
        let now_us = self.engine.local_us(at);
        self.engine.trace.note(at as u64);
        let numbers: Vec<u64> = self.nodes[at].hosted.keys().copied().collect();
        for number in numbers {
            let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { continue };
            self.calls += 1;
            hosted.register.handle_timeout(now_us);
            self.drain(at, number)?;
        }
        self.set_timer(at);
        Ok(())
    }

    /// The node's timer is to fire when the first of its registers is due.
    pub(super) fn set_timer(&mut self, at: usize) {
        let hosted = self.nodes[at].hosted.values();
        let deadline_us = hosted.filter_map(|hosted| hosted.register.poll_timeout()).min();
        self.engine.set_timer(at, deadline_us);
    }
}
