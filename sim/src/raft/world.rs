//! A cluster in its world, and the loop that runs it.

use alloc::{boxed::Box, string::String, vec::Vec};

use synod_consensus_core::{
    NodeId,
    raft::{Body, ByVotes, HardState, LogId, TermLog},
};

use super::{
    client::{Client, Requests},
    durable::Tagged,
    entry::{REGISTERS, State},
    era::{self, Era},
    ledger::Ledger,
    mark::{Mark, Marks},
    node::{self, Node},
    packet::{self, Packet},
    phase::Phase,
    rule::{self, Ballots, Rule},
    settings::{CLUSTER, Scale},
    tape,
};
use crate::{
    diary::{Diary, Mood},
    engine::{Engine, Step},
    fault::Fault,
    plan::Plan,
    random::{Choices, Random},
    recording::Event,
    settings::Settings,
    violation::{Verdict, ensure, fail},
};

/// What is to be done at some time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Task {
    /// The node of a configuration applies what is committed.
    Apply(usize),
    /// The nodes of a machine report their writes.
    Report,
    /// A client begins an operation.
    Begin(usize),
    /// A client's request arrives at a node.
    Ask(usize, u32),
    /// A client waits no longer.
    GiveUp(usize, u32),
    /// Whether the phase has reached what it must is looked at.
    Look,
    /// A stop sign is proposed to this configuration, if it has not ended.
    Stop(usize),
    /// A node of the next configuration is to begin.
    Start(usize),
}

/// A cluster in its world.
#[derive(Debug)]
pub(super) struct World<const V: usize, const W: usize, E: Rule> {
    pub(super) scale: Scale,
    pub(super) engine: Engine<Packet<E::Said>, Tagged, Task>,
    /// How many machines there are.
    pub(super) places: usize,
    /// One a machine for each configuration; for the first, they have the numbers of the machines.
    pub(super) nodes: Vec<Node<V, W, E>>,
    pub(super) eras: Vec<Era<V, E::System>>,
    /// How many stop signs are to come.
    pub(super) stops: usize,
    pub(super) clients: Vec<Client>,
    pub(super) requests: Requests,
    pub(super) budget: usize,
    pub(super) phase: Phase,
    pub(super) marks: Marks,
    pub(super) calls: u64,
    /// Whether it is over when all agree after the storm.
    pub(super) brief: bool,
    pub(super) undecided: u64,
}

/// What is counted in a run.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// How many operations clients have tried.
    pub operations: u64,
    /// How many leaders there have been.
    pub leaders: u64,
    /// How many histories were too hard to decide.
    pub undecided: u64,
    /// How many configurations have ended with a stop sign.
    pub stops: u64,
}

/// What a run has shown.
pub type Report = crate::report::Report<Marks, Counts>;

/// Runs a cluster with these settings; with a diary for a failure that is to be understood.
#[must_use]
pub fn run(settings: &Settings, diary: Option<Diary>) -> Report {
    // A window of one message is an edge of its own.
    let narrow = settings.seed.is_multiple_of(4);
    match (settings.nodes, narrow) {
        (..=3, true) => run_sized::<3, 1>(settings, diary),
        (..=3, false) => run_sized::<3, WINDOW>(settings, diary),
        (4..=5, true) => run_sized::<5, 1>(settings, diary),
        (4..=5, false) => run_sized::<5, WINDOW>(settings, diary),
        _ => run_sized::<9, 3>(settings, diary),
    }
}

/// The same, of Multi-Paxos with quorums of any sizes that meet.
#[must_use]
pub fn run_ballots(settings: &Settings, diary: Option<Diary>) -> Report {
    match (settings.nodes, settings.seed.is_multiple_of(4)) {
        (..=5, true) => World::<5, 1, Ballots>::new(settings, diary).report(),
        (..=5, false) => World::<5, WINDOW, Ballots>::new(settings, diary).report(),
        _ => World::<9, 3, Ballots>::new(settings, diary).report(),
    }
}

/// Runs a cluster whose storm is steered by these choices, and which must agree after it. (There is
/// no partial partition then: choices are for the storm.)
#[must_use]
pub fn run_steered(settings: &Settings, choices: Choices) -> Report {
    let mut world = World::<5, WINDOW, ByVotes>::new(settings, None);
    world.engine.random.steer(choices);
    world.brief = true;
    world.report()
}

/// [`run`] for nodes of one size, for a program in which there is no room for all of them.
#[must_use]
pub fn run_sized<const V: usize, const W: usize>(
    settings: &Settings,
    diary: Option<Diary>,
) -> Report {
    World::<V, W, ByVotes>::new(settings, diary).report()
}

/// Runs a cluster, and gives a recording of all that happened to one of its nodes, for
/// [`replay`](crate::replay::replay).
#[must_use]
pub fn record<const V: usize, const W: usize>(settings: &Settings, node: usize) -> Vec<u8> {
    let mut world = World::<V, W, ByVotes>::new(settings, None);
    if let Some(node) = world.nodes.get_mut(node) {
        node.tape = Some(Box::default());
    }
    // What goes wrong is for others to find; until then there is something to be replayed.
    let _ = world.run();
    let tape = world.nodes.get_mut(node).and_then(|node| node.tape.take());
    tape.map_or_else(Vec::new, |tape| tape.finish())
}

/// How many messages may be on their way to each follower, in three of four seeds.
pub const WINDOW: usize = 4;

impl<const V: usize, const W: usize, E: Rule> World<V, W, E> {
    fn new(settings: &Settings, diary: Option<Diary>) -> Self {
        let scale = Scale::draw(settings);
        let plan = Plan::draw(settings.seed, settings.faults, scale.unit_us);
        let base = State::new(scale.base);
        let places = settings.nodes;
        let ids: Vec<NodeId> = (0..places).map(|place| node::id(place, 0)).collect();
        let voters = rule::members::<E, V>(&ids, &mut Random::stream(settings.seed, 5));
        let hard_state: Option<HardState> =
            (scale.base != LogId::START).then(|| era::hard_state(&base));
        let mut world = Self {
            engine: Engine::new(settings.seed, settings.nodes, plan, scale.unit_us),
            places,
            nodes: ids.iter().map(|&id| Node::new(id, &scale, hard_state, base)).collect(),
            eras: alloc::vec![Era { voters, ledger: Ledger::new(places, base) }],
            stops: E::stops(settings),
            clients: alloc::vec![Client::default(); scale.clients],
            requests: Requests::default(),
            budget: scale.operations,
            phase: Phase::Storm,
            marks: Marks::default(),
            calls: 0,
            brief: false,
            undecided: 0,
            scale,
        };
        world.engine.diary = diary;
        if world.scale.is_near_maxima() {
            world.engine.tally.count(Fault::Maxima);
        }
        world
    }

    fn report(mut self) -> Report {
        let verdict = self.run();
        let counts = Counts {
            operations: self.requests.len() as u64,
            leaders: self.eras.iter().map(|era| era.ledger.leaders() as u64).sum(),
            undecided: self.undecided,
            stops: self.latest() as u64,
        };
        self.engine.report(verdict, self.calls, self.marks, counts)
    }

    fn run(&mut self) -> Verdict {
        for place in 0..self.places {
            self.start(place)?;
        }
        for client in 0..self.clients.len() {
            let wait_us = self.engine.random.below(self.scale.unit_us * 4);
            self.engine.later(wait_us, Task::Begin(client));
        }
        self.engine.later(self.scale.storm_us, Task::Look);
        if self.stops > 0 {
            let wait_us = self.engine.random.below(self.scale.storm_us);
            self.engine.later(wait_us, Task::Stop(0));
        }
        while self.phase != Phase::Over {
            let Some(step) = self.engine.step() else { break };
            self.carry_out(step)?;
        }
        self.check_histories()
    }

    fn carry_out(&mut self, step: Step<Packet<E::Said>, Task>) -> Verdict {
        match step {
            Step::Message { from, to, message } => self.deliver(from, to, &message),
            Step::Timer(node) => self.fire(node),
            Step::Disk(node) => self.finish_writes(node),
            Step::Task(place, Task::Apply(era)) => {
                let at = self.node(era, place);
                self.nodes[at].applying = false;
                self.apply(at)
            }
            Step::Task(place, Task::Report) => self.report_all(place),
            Step::Task(node, Task::Ask(client, operation)) => self.ask(node, client, operation),
            Step::World(Task::Begin(client)) => {
                self.begin(client);
                Ok(())
            }
            Step::World(Task::GiveUp(client, operation)) => {
                self.give_up(client, operation);
                Ok(())
            }
            Step::World(Task::Look) => self.look(),
            // Boards run Raft only, and have no room for the rest.
            Step::World(Task::Stop(era)) if E::BALLOTS => self.propose_stop(era),
            Step::World(Task::Start(at)) if E::BALLOTS => {
                self.begin_node(at);
                Ok(())
            }
            Step::Crash(place) => {
                self.crash(place);
                Ok(())
            }
            Step::Restart(node) => self.start(node),
            Step::Hostile(node) => self.deliver_hostile(node),
            Step::Task(..) | Step::World(_) => Ok(()),
        }
    }

    /// Starts a machine's process, with a node of each configuration that has begun there.
    fn start(&mut self, place: usize) -> Verdict {
        for era in 0..self.eras.len() {
            let at = self.node(era, place);
            let has_begun = era == 0 || self.nodes[at].durable.hard_state.is_some();
            if has_begun && self.engine.machines[place].up {
                self.start_node(at)?;
            }
        }
        Ok(())
    }

    /// Starts a node with what is on its disk.
    pub(super) fn start_node(&mut self, at: usize) -> Verdict {
        let (era, place) = (self.era(at), self.place(at));
        let now_us = self.engine.local_us(place);
        let mut config = self.scale.config;
        config.cluster = era::cluster(era);
        config.id = self.nodes[at].id;
        config.seed = self.engine.random.word();
        let node = &mut self.nodes[at];
        let Era { voters, ledger } = &self.eras[era];
        let first = node.durable.hard_state.is_none();
        let again = first && self.engine.machines[place].incarnation > 0;
        self.marks.hit_if(again, Mark::BootstrapAgain);
        if let Err(error) = node.start(config, voters.clone(), now_us) {
            fail!("recovery", place, "{error}: {:?}", node.durable);
        }
        let tail = node.log.last_index() > ledger.committed();
        self.marks.hit_if(tail, Mark::RecoveredTail);
        let later = node.state.last.index > node.log.snapshot().index;
        self.marks.hit_if(later, Mark::RecoveredState);
        let hash = ledger.hash_at(node.state.last.index);
        ensure!(
            hash == Some(node.state.hash),
            "state machine safety",
            place,
            "recovered another state at {:?}",
            node.state.last
        );
        self.engine.diarise(place, Mood::Up, || String::from("starts"));
        self.drain(at, None)?;
        Ok(())
    }

    /// A machine's process dies, with all its nodes.
    pub(super) fn crash(&mut self, place: usize) {
        let fields = if self.scale.torn_fields { self.engine.random.below(4) } else { 0 };
        for era in 0..self.eras.len() {
            let at = self.node(era, place);
            self.nodes[at].stop();
        }
        let (marks, nodes) = (&mut self.marks, &mut self.nodes);
        self.engine.crash(place, |Tagged { at, record }, torn| {
            marks.hit_if(torn && fields > 0, Mark::TornHalf);
            nodes[at].durable.apply(&record, if torn { fields } else { 4 });
        });
        self.engine.diarise(place, Mood::Down, || String::from("crashes"));
    }

    fn deliver(&mut self, from: usize, to: usize, packet: &Packet<E::Said>) -> Verdict {
        let now_us = self.engine.local_us(to);
        // The host has a door for each configuration.
        let era = usize::try_from(packet.message.cluster - CLUSTER).unwrap_or(usize::MAX);
        let at = self.node(era, to);
        let from = self.nodes[self.node(era, from)].id;
        let node = &mut self.nodes[at];
        let Some(raft) = &mut node.raft else { return Ok(()) };
        if let (Body::Snapshot { last }, Some(before)) = (packet.message.body, node.before) {
            self.marks.hit_if(last.index <= before.committed, Mark::SnapshotKnown);
        }
        self.calls += 1;
        packet::fold(&mut self.engine.trace, to, &packet.message);
        let message = packet.message;
        let result = raft.handle_message(now_us, from, &message, &node.log);
        if let Some(message) = E::recorded(&message) {
            let event = Event::Message { now_us, from, message, sizes: &[] };
            tape::happen(&mut node.tape, event, result);
        }
        if let Err(error) = result {
            fail!("no unexpected error", to, "{error}: {:?}", packet.message);
        }
        self.drain(at, Some(packet))?;
        Ok(())
    }

    /// A machine has one timer for all its nodes.
    fn fire(&mut self, place: usize) -> Verdict {
        let now_us = self.engine.local_us(place);
        for era in 0..self.eras.len() {
            let at = self.node(era, place);
            let node = &mut self.nodes[at];
            let Some(raft) = &mut node.raft else { continue };
            self.calls += 1;
            self.engine.trace.note(at as u64);
            raft.handle_timeout(now_us, &node.log);
            tape::happen(&mut node.tape, Event::Timeout { now_us }, ());
            self.drain(at, None)?;
        }
        Ok(())
    }

    /// Whether all registers' histories are linearizable, by two checkers that must agree.
    fn check_histories(&mut self) -> Verdict {
        for register in 0..REGISTERS {
            #[allow(clippy::cast_possible_truncation)] // there are few
            let history = self.requests.history(register as u8);
            let finding = crate::history::check(&history, 200_000);
            self.undecided += u64::from(finding == crate::history::Finding::Undecided);
            let good = finding != crate::history::Finding::NotLinearizable;
            ensure!(good, "linearizability", 0, "register {register}: {history:?}");
            #[cfg(feature = "std")]
            if history.len() <= SECOND_OPINION {
                let good = crate::second::check(&history);
                ensure!(good, "linearizability (second checker)", 0, "{register}: {history:?}");
            }
        }
        Ok(())
    }
}

/// The second checker takes time with the square of the length.
#[cfg(feature = "std")]
const SECOND_OPINION: usize = 150;
