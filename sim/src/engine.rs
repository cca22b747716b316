//! The world around the nodes: time, chance, links, disks, clocks, and what goes wrong with them.

mod disk;
mod note;
mod weather;

use alloc::{string::String, vec::Vec};

use crate::{
    cut::{Cuts, Partial},
    diary::Diary,
    fault::{Fault, Tally},
    machine::Machine,
    network::{Network, Payload},
    plan::Plan,
    queue::Queue,
    random::Random,
    trace::Trace,
};

/// What is in the queue.
#[derive(Debug)]
enum Event<M, T> {
    Message {
        from: usize,
        to: usize,
        message: M,
    },
    Timer {
        node: usize,
    },
    Disk {
        node: usize,
        incarnation: u32,
    },
    Task {
        node: usize,
        incarnation: u32,
        task: T,
    },
    World(T),
    Restart {
        node: usize,
    },
    Weather(Fault),
    /// A partition ends, unless another one has come since.
    Join {
        cut: u64,
    },
    Mend {
        node: usize,
    },
}

/// What happens next, for the nodes' host to carry out.
#[derive(Debug)]
pub(crate) enum Step<M, T> {
    /// A message arrives.
    Message {
        /// From this node,
        from: usize,
        /// at this one.
        to: usize,
        /// What arrives.
        message: M,
    },
    /// The node's timer fires, perhaps early.
    Timer(usize),
    /// Some writes of the node may be done.
    Disk(usize),
    /// A task of the node is due.
    Task(usize, T),
    /// A task of no node is due.
    World(T),
    /// The node is to die. Call [`Engine::crash`].
    Crash(usize),
    /// The node's process starts again.
    Restart(usize),
    /// A message that nobody sent arrives at the node; the host makes it up.
    Hostile(usize),
}

/// The world around some machines, which exchange `M`, write `R`, and have tasks `T` of their own.
///
/// It decides what happens next, and when; what a node does then is for its driver, which takes
/// [`Step`]s until there are enough. All that is random comes from one seed.
#[derive(Debug)]
pub(crate) struct Engine<M, R, T> {
    /// The true time.
    pub(crate) now_us: u64,
    /// Chance, for the world and for its driver.
    pub(crate) random: Random,
    /// A hash of all that happened.
    pub(crate) trace: Trace,
    /// What went wrong, by kind.
    pub(crate) tally: Tally,
    /// How it is to go wrong.
    pub(crate) plan: Plan,
    /// What the nodes run on.
    pub(crate) machines: Vec<Machine<R>>,
    /// The node whose failure is the most interesting: a leader, or the like.
    favourite: usize,
    pub(crate) network: Network<M>,
    queue: Queue<Event<M, T>>,
    unit_us: u64,
    /// Whether faults happen.
    stormy: bool,
    /// How many effects there are until a process dies at one.
    fuse: u64,
    /// The number of the latest partition.
    cut: u64,
    /// What happened last, if somebody wants to know.
    pub(crate) diary: Option<Diary>,
    /// The links that are down, as they were noted.
    noted: Cuts,
}

impl<M: Payload, R, T: Copy> Engine<M, R, T> {
    /// A world of so many machines. `unit_us` is their patience, by which times are scaled.
    #[must_use]
    pub(crate) fn new(seed: u64, nodes: usize, plan: Plan, unit_us: u64) -> Self {
        let mut engine = Self {
            now_us: 0,
            random: Random::stream(seed, 3),
            trace: Trace::default(),
            tally: Tally::default(),
            plan,
            machines: Vec::new(),
            favourite: 0,
            network: Network::new(nodes),
            queue: Queue::default(),
            unit_us,
            stormy: true,
            fuse: 1,
            cut: 0,
            diary: None,
            noted: Cuts::none(nodes),
        };
        for _ in 0..nodes {
            let clock = engine.clock();
            engine.machines.push(Machine::new(clock));
        }
        engine.light_fuse();
        // Some die in their first moments, when the first write is on its way.
        if engine.random.one_in(4) {
            engine.fuse = 1 + engine.random.below(24);
        }
        engine.forecast_all();
        engine
    }

    /// What happens next. `None` only if nothing ever will.
    pub(crate) fn step(&mut self) -> Option<Step<M, T>> {
        loop {
            let (at_us, event) = self.queue.pop()?;
            self.now_us = at_us;
            if let Some(step) = self.resolve(event) {
                self.trace.note(at_us);
                self.note_links();
                return Some(step);
            }
        }
    }

    fn resolve(&mut self, event: Event<M, T>) -> Option<Step<M, T>> {
        if let Some((node, until_us)) = self.asleep(&event) {
            if matches!(event, Event::Timer { .. }) {
                self.machines[node].timer_at_us = until_us;
            }
            self.queue.push(until_us, event);
            return None;
        }
        match event {
            Event::Message { from, to, message } => {
                self.network.arrived(from, to);
                self.awake(to).then_some(Step::Message { from, to, message })
            }
            Event::Timer { node } => self.look_at_timer(node),
            Event::Disk { node, incarnation } => self.look_at_disk(node, incarnation),
            Event::Task { node, incarnation, task } => {
                (self.machines[node].incarnation == incarnation && self.awake(node))
                    .then_some(Step::Task(node, task))
            }
            Event::World(task) => Some(Step::World(task)),
            Event::Restart { node } => {
                let clock = self.clock();
                let machine = &mut self.machines[node];
                machine.up = true;
                machine.clock = clock;
                machine.latest_us = 0;
                self.trace.note(node as u64);
                Some(Step::Restart(node))
            }
            Event::Weather(fault) => {
                if !self.stormy {
                    return None;
                }
                self.forecast(fault);
                self.weather(fault)
            }
            Event::Join { cut } => {
                if cut == self.cut && self.stormy {
                    self.network.cuts.clear();
                }
                None
            }
            Event::Mend { node } => {
                let now_us = self.now_us;
                if self.stormy {
                    self.machines[node].slow_us = 0;
                    self.machines[node].disk.slowness = 1;
                } else {
                    self.machines[node].mend(now_us);
                }
                None
            }
        }
    }

    /// Whether the event is for a process that does nothing now.
    fn asleep(&self, event: &Event<M, T>) -> Option<(usize, u64)> {
        let node = match *event {
            Event::Message { to: node, .. }
            | Event::Timer { node }
            | Event::Disk { node, .. }
            | Event::Task { node, .. } => node,
            _ => return None,
        };
        let machine = &self.machines[node];
        machine.asleep_until_us(self.now_us).filter(|_| machine.up).map(|until| (node, until))
    }

    /// Whether the node's process runs; if so, it is busy for a while if it is slow.
    fn awake(&mut self, node: usize) -> bool {
        let machine = &mut self.machines[node];
        machine.busy_until_us = self.now_us + machine.slow_us;
        machine.up
    }

    fn look_at_timer(&mut self, node: usize) -> Option<Step<M, T>> {
        let machine = &mut self.machines[node];
        if machine.timer_at_us != self.now_us || !machine.up {
            return None;
        }
        machine.timer_at_us = u64::MAX;
        let early = machine.deadline_us.is_none_or(|due| machine.clock.at(self.now_us) < due);
        // An early call must be harmless.
        if early && !self.random.one_in(8) {
            self.arm(node);
            return None;
        }
        self.awake(node).then_some(Step::Timer(node))
    }

    fn look_at_disk(&mut self, node: usize, incarnation: u32) -> Option<Step<M, T>> {
        let machine = &self.machines[node];
        if machine.incarnation != incarnation {
            return None;
        }
        let next_us = machine.disk.next_us()?;
        if next_us > self.now_us {
            self.queue.push(next_us, Event::Disk { node, incarnation });
            return None;
        }
        self.awake(node).then_some(Step::Disk(node))
    }

    /// The time on a node's clock.
    pub(crate) fn local_us(&mut self, node: usize) -> u64 {
        let machine = &mut self.machines[node];
        let shown_us = machine.clock.at(self.now_us);
        machine.latest_us = machine.latest_us.max(shown_us);
        shown_us
    }

    /// A node's timer is to fire at this time of its clock.
    #[inline]
    pub(crate) fn set_timer(&mut self, node: usize, deadline_us: Option<u64>) {
        self.machines[node].deadline_us = deadline_us;
        self.arm(node);
    }

    fn arm(&mut self, node: usize) {
        let machine = &mut self.machines[node];
        let Some(deadline_us) = machine.deadline_us else { return };
        // Where an event is due before the deadline, it will look again.
        let at_us = machine.clock.when(deadline_us, self.now_us);
        if at_us < machine.timer_at_us {
            machine.timer_at_us = at_us;
            self.queue.push(at_us, Event::Timer { node });
        }
    }

    /// A node sends a message. Gives when its copies arrive.
    pub(crate) fn send(&mut self, from: usize, to: usize, message: M) -> [Option<u64>; 2] {
        let chance = (&mut self.random, &mut self.tally);
        let arrivals = self.network.route(self.now_us, (from, to), &message, &self.plan, chance);
        self.trace.note(arrivals[0].unwrap_or(0));
        match arrivals {
            [Some(first), Some(second)] => {
                self.queue.push(second, Event::Message { from, to, message: message.clone() });
                self.queue.push(first, Event::Message { from, to, message });
            }
            [Some(first), None] => self.queue.push(first, Event::Message { from, to, message }),
            _ => {}
        }
        arrivals
    }

    /// A node begins a write.
    pub(crate) fn write(&mut self, node: usize, record: R) {
        let takes_us = self.plan.write_us + self.random.below(self.plan.write_us + 1);
        let machine = &mut self.machines[node];
        let at_us = machine.disk.begin(self.now_us, takes_us, record);
        let incarnation = machine.incarnation;
        self.queue.push(at_us, Event::Disk { node, incarnation });
    }

    /// A node is to do something later; nothing, if it is another process by then.
    pub(crate) fn task(&mut self, node: usize, wait_us: u64, task: T) {
        let incarnation = self.machines[node].incarnation;
        self.queue.push(self.now_us + wait_us, Event::Task { node, incarnation, task });
    }

    /// Something is to be done later that is no node's.
    pub(crate) fn later(&mut self, wait_us: u64, task: T) {
        self.queue.push(self.now_us + wait_us, Event::World(task));
    }

    /// Whether the process that is at work dies here, right before or after an effect.
    #[inline]
    pub(crate) fn dies_here(&mut self) -> bool {
        if !self.stormy || !self.plan.has(Fault::CrashPoint) {
            return false;
        }
        self.fuse -= 1;
        if self.fuse > 0 {
            return false;
        }
        self.light_fuse();
        self.tally.count(Fault::CrashPoint);
        true
    }

    /// Something delicate begins, which is a good time to die.
    pub(crate) fn tempt(&mut self, node: usize) {
        self.favourite = node;
        if self.random.one_in(4) {
            self.fuse = self.fuse.min(1 + self.random.below(80));
        }
    }

    /// From now on nothing goes wrong, and all is left to chance.
    pub(crate) fn calm(&mut self) {
        self.note_world(|| String::from("the storm is over"));
        self.stormy = false;
        self.random.let_go();
        self.network.faulty = false;
        self.network.unclog();
        self.heal();
        for node in 0..self.machines.len() {
            self.machines[node].mend(self.now_us);
            let incarnation = self.machines[node].incarnation;
            self.queue.push(self.now_us, Event::Disk { node, incarnation });
            self.arm(node);
        }
    }

    /// All links are up.
    pub(crate) fn heal(&mut self) {
        self.network.cuts.clear();
    }

    /// A partial partition, until it is healed.
    pub(crate) fn part(&mut self, pattern: Partial, node: usize, other: usize) {
        self.network.cuts.partial(pattern, node, other);
    }
}
