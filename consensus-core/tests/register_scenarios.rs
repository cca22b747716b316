//! Registers of five nodes, message by message: what needs more of them, or more of a script, than
//! boards have room for.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation, clippy::panic)] // A test may panic.

#[path = "portable/register/op.rs"]
mod op;

#[path = "register_scenarios/changes.rs"]
mod changes;
#[path = "register_scenarios/members.rs"]
mod members;
#[path = "register_scenarios/reads.rs"]
mod reads;

use core::num::NonZeroU64;

use op::Op;
use synod_consensus_core::{
    Ballot, Instance, NodeId,
    register::{
        self, Config, Membership, Message, MessageError, Outcome, Output, Record, Register, State,
    },
};

const CAPACITY: usize = 6;
const INSTANCE: Instance = Instance { cluster: 7, number: 1 };
const TIMEOUT_US: u64 = 1_000;

type Node = Register<Op, CAPACITY>;
type Body = register::Body<u32, CAPACITY>;
type Kept = Record<u32, CAPACITY>;

fn config(id: usize) -> Config {
    Config { timeout_us: TIMEOUT_US, ..Config::new(INSTANCE, NodeId(id as u64), 1) }
}

fn members(ids: &[u64]) -> Membership<CAPACITY> {
    let ids: Vec<NodeId> = ids.iter().map(|&id| NodeId(id)).collect();
    Membership::new(&ids).unwrap()
}

fn ballot(round: u64, proposer: u64) -> Ballot {
    Ballot { round: NonZeroU64::new(round).unwrap(), proposer: NodeId(proposer) }
}

/// What the host of a node was told, and has.
#[derive(Default)]
struct Host {
    disk: Option<Kept>,
    /// Writes wait until they are let through.
    slow: bool,
    writes: Vec<(u64, Kept)>,
    outcomes: Vec<&'static str>,
    kept: Vec<State<u32, CAPACITY>>,
    reads: Vec<State<u32, CAPACITY>>,
    floor: Option<Ballot>,
}

/// A message on its way: from, to, and what.
type Letter = (usize, usize, Message<u32, CAPACITY>);

struct World {
    nodes: Vec<Node>,
    hosts: Vec<Host>,
    post: Vec<Letter>,
    now_us: u64,
}

impl World {
    /// Nodes 0 to `nodes` - 1, the first `initial` of which are members.
    fn new(nodes: usize, initial: u64) -> Self {
        let first: Vec<u64> = (0..initial).collect();
        let begin = |id: usize| {
            if id < first.len() {
                Node::bootstrap(config(id), members(&first), None, 0).unwrap()
            } else {
                Node::join(config(id), None, 0).unwrap()
            }
        };
        let mut world = Self {
            nodes: (0..nodes).map(begin).collect(),
            hosts: (0..nodes).map(|_| Host::default()).collect(),
            post: Vec::new(),
            now_us: 0,
        };
        (0..nodes).for_each(|node| world.drain(node));
        world
    }

    fn drain(&mut self, node: usize) {
        let host = &mut self.hosts[node];
        while let Some(output) = self.nodes[node].poll_output() {
            match output {
                Output::Write { id, record } if host.slow => host.writes.push((id, *record)),
                Output::Write { id, record } => {
                    host.disk = Some(*record);
                    self.nodes[node].handle_persisted(id).unwrap();
                }
                Output::Send { to, message } => {
                    self.post.push((node, to.0 as usize, message.cloned()));
                }
                Output::Outcome(outcome) => host.outcomes.push(match outcome {
                    Outcome::Changed { .. } => "changed",
                    Outcome::Kept(state) => {
                        host.kept.push(state.cloned());
                        "kept"
                    }
                    Outcome::Reconfigured => "reconfigured",
                    Outcome::Unknown => "unknown",
                    Outcome::Exhausted => "exhausted",
                }),
                Output::Read { state, .. } => host.reads.push(state.cloned()),
                Output::Forget { floor } => {
                    host.floor = Some(floor);
                    assert!(!self.nodes[node].latest().members.is_changing());
                }
            }
        }
    }

    /// The oldest write of a node is durable.
    fn persist(&mut self, node: usize) {
        let (id, record) = self.hosts[node].writes.remove(0);
        self.hosts[node].disk = Some(record);
        self.nodes[node].handle_persisted(id).unwrap();
        self.drain(node);
    }

    /// Lets those messages through that pass, and all that come of them; the others are lost.
    fn run(&mut self, passes: impl Fn(usize, usize, &Body) -> bool) {
        let mut steps = 0;
        while !self.post.is_empty() {
            steps += 1;
            assert!(steps < 10_000, "no end");
            let (from, to, message) = self.post.remove(0);
            if passes(from, to, &message.body) {
                self.nodes[to].handle_message(self.now_us, NodeId(from as u64), message).unwrap();
                self.drain(to);
            }
        }
    }

    /// Node 0 hears this from another.
    fn tell(&mut self, from: u64, body: Body) -> Result<(), MessageError> {
        let message = Message { instance: INSTANCE, to: NodeId(0), body };
        self.nodes[0].handle_message(self.now_us, NodeId(from), message)
    }

    /// Node 0 hears this from another, and its host does what it says to that.
    fn hear(&mut self, from: u64, body: Body) {
        self.tell(from, body).unwrap();
        self.drain(0);
    }

    /// Lets time pass until a node's deadline.
    fn time_out(&mut self, node: usize) {
        self.now_us = self.now_us.max(self.nodes[node].poll_timeout().unwrap());
        self.nodes[node].handle_timeout(self.now_us);
        self.drain(node);
    }

    /// Lets messages through among these until a node has nothing more under way.
    fn finish(&mut self, node: usize, among: &[usize]) {
        for _ in 0..50 {
            self.run(|from, to, _| among.contains(&from) && among.contains(&to));
            if self.nodes[node].poll_timeout().is_none() {
                return;
            }
            self.time_out(node);
        }
        panic!("no end");
    }

    fn change(&mut self, node: usize, op: Op) {
        self.nodes[node].change(self.now_us, op).unwrap();
        self.drain(node);
    }

    fn read(&mut self, node: usize) {
        self.nodes[node].read(self.now_us).unwrap();
        self.drain(node);
    }

    fn reconfigure(&mut self, node: usize, ids: &[u64]) {
        let ids: Vec<NodeId> = ids.iter().map(|&id| NodeId(id)).collect();
        self.nodes[node].reconfigure(self.now_us, &ids).unwrap();
        self.drain(node);
    }

    fn forget(&mut self, node: usize) {
        self.nodes[node].forget(self.now_us).unwrap();
        self.drain(node);
    }

    /// A node that has forgotten the register begins it anew.
    fn begin_anew(&mut self, node: usize, ids: &[u64]) {
        let floor = self.hosts[node].floor.take();
        assert!(floor.is_some());
        self.nodes[node] = Node::bootstrap(config(node), members(ids), floor, self.now_us).unwrap();
        self.drain(node);
    }

    /// The value that a node reads, with all at hand.
    fn value(&mut self, node: usize) -> Option<u32> {
        let all: Vec<usize> = (0..self.nodes.len()).collect();
        self.read(node);
        self.finish(node, &all);
        self.hosts[node].reads.last().unwrap().value
    }

    /// Lets what is to be accepted through to these, whose answers wait.
    fn run_until_accepted(&mut self, those: &[usize]) {
        for (from, to, message) in core::mem::take(&mut self.post) {
            if those.contains(&to) && matches!(message.body, Body::Accept { .. }) {
                self.nodes[to].handle_message(self.now_us, NodeId(from as u64), message).unwrap();
                self.drain(to);
            }
        }
    }

    /// The rounds under which node 0 asks for promises now.
    fn tried(&mut self) -> Vec<u64> {
        let asked = core::mem::take(&mut self.post).into_iter();
        let rounds = asked.filter_map(|(_, _, message)| match message.body {
            Body::Prepare { ballot } => Some(ballot.round.get()),
            _ => None,
        });
        rounds.collect()
    }
}
