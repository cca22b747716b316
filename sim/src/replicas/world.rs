//! A group in its world, and the loop that runs it.

use alloc::{vec, vec::Vec};

use synod_clocks::Ceiling;
use synod_crdt::{
    Body, Capacity, Causal, CausalContext, Heap, HybridStamp, Inline, Merge, MergeError, Message,
    ReceiveError,
};

use super::{
    ledger::Ledger,
    mark::{Mark, Marks},
    model::History,
    node::{CLUSTER, Copy, Node, Record, id},
    phase::Phase,
    settings::{Policy, Scale},
    shadow::Shadow,
    subject::{
        AddWins, Counts, DisableWins, LastValue, LastWins, RemoveWins, Row, Subject, Values,
    },
};
use crate::{
    engine::{Engine, Step},
    fault::Fault,
    packet::{self, Packet},
    plan::Plan,
    settings::Settings,
    violation::{Verdict, ensure, fail},
};

/// A message as it comes in.
pub(super) type Received<S> =
    Message<u16, CausalContext<u16, Heap>, Causal<u16, <S as Subject>::Kind, Heap, Heap>>;

/// What is to be done at some time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Task {
    /// A replica makes a change.
    Change(usize),
    /// A replica collects tombstones.
    Collect(usize),
    /// A replica's state is saved.
    Save(usize),
    /// Whether the phase has reached what it must is looked at.
    Look,
}

/// A group in its world.
pub(super) struct World<S: Subject, R: Capacity, N: Capacity, const J: usize> {
    pub(super) scale: Scale,
    pub(super) engine: Engine<Packet, Record<S, R, N>, Task>,
    pub(super) nodes: Vec<Node<S, R, N, J>>,
    pub(super) history: History,
    pub(super) ledger: Ledger<Row<S>>,
    /// The latest event that each node has issued.
    pub(super) issued: Vec<u64>,
    /// The latest bound that each node's process has begun to write.
    pub(super) asked: Vec<u64>,
    pub(super) phase: Phase,
    pub(super) marks: Marks,
    pub(super) calls: u64,
}

/// What a run has shown.
pub type Report = crate::report::Report<Marks, ()>;

/// Runs a group with these settings: of a kind, with capacities, and with a way to persist that
/// depend on the seed.
#[must_use]
pub fn run(settings: &Settings) -> Report {
    match settings.seed % 8 {
        0 => World::<AddWins, Heap, Heap, 16>::new(settings).report(),
        1 => World::<RemoveWins, Heap, Heap, 16>::new(settings).report(),
        2 => World::<Counts, Heap, Heap, 16>::new(settings).report(),
        3 => World::<Values, Heap, Heap, 0>::new(settings).report(),
        4 => World::<LastWins, Heap, Heap, 3>::new(settings).report(),
        5 => World::<DisableWins, Heap, Heap, 3>::new(settings).report(),
        6 => World::<LastValue, Heap, Heap, 1>::new(settings).report(),
        _ if settings.nodes <= 5 => tight::<6>(settings),
        _ => tight::<10>(settings),
    }
}

/// A range for each replica, and one more: what a board may have.
fn tight<const R: usize>(settings: &Settings) -> Report {
    let mut world = World::<RemoveWins, Inline<R>, Inline<120>, 2>::new(settings);
    // With a bound alone each start takes a range, until its gap is closed.
    world.scale.policy = Policy::State;
    world.report()
}

impl<S: Subject, R: Capacity, N: Capacity, const J: usize> World<S, R, N, J> {
    fn new(settings: &Settings) -> Self {
        let scale = Scale::draw(settings);
        let plan = Plan::draw(settings.seed, settings.faults, scale.unit_us);
        Self {
            engine: Engine::new(settings.seed, settings.nodes, plan, scale.unit_us),
            nodes: (0..settings.nodes).map(|_| Node::new(&scale)).collect(),
            history: History::default(),
            ledger: Ledger::new(),
            issued: vec![0; settings.nodes],
            asked: vec![0; settings.nodes],
            phase: Phase::Storm,
            marks: Marks::default(),
            calls: 0,
            scale,
        }
    }

    fn report(mut self) -> Report {
        let verdict = self.run();
        self.engine.report(verdict, self.calls, self.marks, ())
    }

    fn run(&mut self) -> Verdict {
        for at in 0..self.nodes.len() {
            self.start(at)?;
            self.later(Task::Change(at));
            self.later(Task::Collect(at));
            self.later(Task::Save(at));
        }
        self.engine.later(self.scale.storm_us, Task::Look);
        while self.phase != Phase::Over {
            let Some(step) = self.engine.step() else { break };
            self.carry_out(step)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, step: Step<Packet, Task>) -> Verdict {
        match step {
            Step::Message { from, to, message } => self.deliver(from, to, &message),
            Step::Timer(at) => self.fire(at),
            Step::Disk(at) => self.finish_writes(at),
            Step::Crash(at) => {
                self.crash(at);
                Ok(())
            }
            Step::Restart(at) => self.start(at),
            Step::Hostile(at) => self.deliver_hostile(at),
            Step::World(Task::Look) => self.look(),
            // With the storm all but what it has left behind is over.
            Step::World(_) if self.phase != Phase::Storm => Ok(()),
            Step::World(task) => {
                self.later(task);
                match task {
                    Task::Change(at) if self.history.len() < self.scale.changes => self.change(at),
                    Task::Collect(at) => self.collect(at),
                    Task::Save(at) => {
                        self.save(at);
                        Ok(())
                    }
                    Task::Change(_) | Task::Look => Ok(()),
                }
            }
            Step::Task(..) => Ok(()),
        }
    }

    /// Has a task done again later.
    fn later(&mut self, task: Task) {
        let most_us = match task {
            Task::Change(_) => self.scale.think_us,
            Task::Collect(_) => self.scale.collect_us,
            Task::Save(_) | Task::Look => self.scale.save_us,
        };
        let wait_us = 1 + self.engine.random.below(2 * most_us);
        self.engine.later(wait_us, task);
    }

    /// Starts a replica's process with what is on its disk.
    fn start(&mut self, at: usize) -> Verdict {
        let nodes = self.nodes.len();
        let random = &mut self.engine.random;
        let node = &mut self.nodes[at];
        node.now = match self.scale.policy {
            Policy::Bound if random.one_in(4) => Copy::new(),
            Policy::Backup
                if self.phase == Phase::Storm && random.one_in(3) && node.backup.is_some() =>
            {
                self.marks.hit(Mark::Restored);
                let backup = node.backup.clone().unwrap_or(Copy::new());
                node.durable = Copy { is_old: true, ..backup };
                node.durable.clone()
            }
            _ => node.durable.clone(),
        };
        if self.scale.policy == Policy::Bound {
            node.ceiling = Ceiling::recover(self.scale.block, node.bound);
            self.asked[at] = node.bound;
            let floor = node.ceiling.floor();
            self.marks
                .hit_if(self.issued[at] > node.now.state.context().latest(id(at)), Mark::Forgot);
            if node.now.state.resume(id(at), floor).is_err() {
                fail!("no unexpected error", at, "it cannot resume");
            }
            // The mark behind the floor names nothing, so it may be issued again.
            let covered = floor + 1 >= self.issued[at];
            ensure!(covered, "a bound covers all", at, "{floor}, {}", self.issued[at]);
            let shadow = Shadow::of(&node.now.state);
            self.issued[at] = self.issued[at].max(node.now.state.context().latest(id(at)));
            node.now.shadow = shadow;
            node.has_gaps = floor > 0;
        } else {
            node.has_gaps = self.scale.policy == Policy::Backup;
        }
        if node.boot(at, nodes, &self.scale).is_none() {
            fail!("no unexpected error", at, "no machine");
        }
        node.since_us = self.engine.now_us;
        node.note_births(self.engine.now_us);
        self.drain(at)
    }

    /// A replica's process dies.
    pub(super) fn crash(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        node.stop();
        self.engine.crash(at, |record, torn| match record {
            // A record is written whole or not at all.
            Record::State(copy) if !torn => node.durable = copy,
            Record::Bound(bound) if !torn => node.bound = bound,
            _ => {}
        });
        if self.scale.policy == Policy::State {
            let lost = self.history.lose(at, node.durable.changes);
            self.marks.hit_if(lost > 0, Mark::Lost);
        }
    }

    fn fire(&mut self, at: usize) -> Verdict {
        let now_us = self.engine.local_us(at);
        let Some(machine) = &mut self.nodes[at].machine else { return Ok(()) };
        self.calls += 1;
        self.engine.trace.note(at as u64);
        machine.handle_timeout(now_us);
        self.drain(at)
    }

    fn deliver(&mut self, from: usize, to: usize, packet: &Packet) -> Verdict {
        packet::fold(&mut self.engine.trace, to, packet);
        let message: Received<S> = match postcard::from_bytes(&packet.0) {
            Ok(message) => message,
            Err(error) => fail!("what is sent can be read", to, "{error}: {:?}", packet.0),
        };
        let told = match &message.body {
            Body::Delta { delta, .. } => Some(Shadow::of(delta)),
            _ => None,
        };
        if let Some(told) = &told {
            self.ledger.note(from, told)?;
        }
        let latest = match &message.body {
            Body::Greeting { known, .. } => known.latest(id(to)),
            Body::Delta { delta, .. } => delta.context().latest(id(to)),
            Body::Ack { .. } | Body::Refusal { .. } => 0,
        };
        let now_us = self.engine.local_us(to);
        let node = &mut self.nodes[to];
        let Some(machine) = &mut node.machine else { return Ok(()) };
        self.calls += 1;
        let unknown = latest > node.now.state.context().latest(id(to));
        let boot = node.boot;
        let copy = node.now.state.clone();
        let result = machine.handle_message(now_us, id(from), &message, &mut node.now.state);
        match result {
            Ok(changed) => {
                let news = told.is_some_and(|told| node.now.shadow.merge(&told));
                ensure!(changed == news, "news are told", to, "{changed}: {message:?}");
                let same = Shadow::of(&node.now.state) == node.now.shadow;
                ensure!(same, "a merge is a union", to, "{:?}: {message:?}", node.now.state);
                self.marks.hit(if news { Mark::News } else { Mark::Known });
                if news {
                    node.note_births(self.engine.now_us);
                    self.persist(to);
                }
            }
            Err(error) => {
                ensure!(node.now.state == copy, "a refusal changes nothing", to, "{error}");
                self.check_refusal(to, error)?;
            }
        }
        self.drain(to)?;
        let node = &self.nodes[to];
        let is_told = node.machine.is_none() || node.boot != boot || node.told >= latest;
        ensure!(!unknown || result.is_err() || is_told, "outdated is told", to, "{message:?}");
        self.close_gaps(to)
    }

    /// Only what is stale, or has no room, is refused.
    fn check_refusal(&mut self, at: usize, error: ReceiveError<u16>) -> Verdict {
        match error {
            ReceiveError::Stale => self.marks.hit(Mark::StaleMessage),
            ReceiveError::Merge(MergeError::Ranges(_) | MergeError::Rows(_)) => {
                self.marks.hit(Mark::Full);
            }
            error => fail!("no unexpected error", at, "{error}"),
        }
        Ok(())
    }

    /// A message that nobody sent is refused, and leaves no trace in the state.
    fn deliver_hostile(&mut self, at: usize) -> Verdict {
        let nodes = self.nodes.len();
        let now_us = self.engine.local_us(at);
        let random = &mut self.engine.random;
        let stranger = 1 + u16::try_from(random.below(9)).unwrap_or(0);
        let node = &mut self.nodes[at];
        let Some(machine) = &mut node.machine else { return Ok(()) };
        let (peer, boot) = (id((at + 1) % nodes), node.boot);
        let (cluster, to, from, boot, to_boot) = match random.below(6) {
            0 => (CLUSTER, id(at), stranger, u32::MAX, boot),
            1 => (CLUSTER, id(at), id(at), u32::MAX, boot),
            2 if nodes > 1 => (CLUSTER, id(at), peer, 0, boot),
            // As if overheard.
            3 => (CLUSTER, peer, peer, u32::MAX, boot),
            4 => (CLUSTER + 1, id(at), peer, u32::MAX, boot),
            _ => (CLUSTER, id(at), stranger, 0, 0),
        };
        let mut nonsense: Causal<u16, S::Kind, Heap, Heap> = Causal::new();
        let floor = random.word() | 1;
        let change = super::model::Change {
            verb: super::model::Verb::Put,
            key: 0,
            element: 0,
            stamp: HybridStamp::from_bits(0),
        };
        // Events of the node itself, that it has never issued.
        if nonsense.resume(id(at), floor).is_err()
            || S::change(nonsense.write(id(at)), change).is_err()
        {
            return Ok(());
        }
        let number = random.below(3);
        let number = u32::try_from(number).unwrap_or(0);
        let body = match random.below(4) {
            0 => Body::Greeting { number, is_last: true, known: nonsense.context().clone() },
            1 => Body::Delta { number, delta: nonsense },
            2 => Body::Ack { number, yours: 0 },
            _ => Body::Refusal { number },
        };
        let (changes, is_level) = (floor, number == 1);
        let message: Received<S> = Message { cluster, to, boot, to_boot, changes, is_level, body };
        self.engine.tally.count(Fault::Hostile);
        self.calls += 1;
        let copy = node.now.state.clone();
        let result = machine.handle_message(now_us, from, &message, &mut node.now.state);
        ensure!(result.is_err(), "hostile is refused", at, "{message:?}");
        ensure!(node.now.state == copy, "a refusal changes nothing", at, "{message:?}");
        ensure!(node.now.state.validate(&copy).is_ok(), "a state fits itself", at, "{copy:?}");
        self.marks.hit(Mark::HostileRefused);
        self.drain(at)
    }
}
