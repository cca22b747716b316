//! Registers: what their tests share.

#[path = "register/changes.rs"]
pub(crate) mod changes;
#[path = "register/members.rs"]
pub(crate) mod members;
#[path = "register/op.rs"]
mod op;
#[path = "register/reads.rs"]
pub(crate) mod reads;
#[path = "register/rules.rs"]
pub(crate) mod rules;

use core::num::NonZeroU64;

use heapless::Deque;
use op::Op;
use synod_consensus_core::{
    Ballot, Instance, NodeId,
    register::{
        Accepted, Body, Config, Membership, Message, Outcome, Output, ReadToken, Record, Register,
        State,
    },
};

const INSTANCE: Instance = Instance { cluster: 7, number: 1 };
const TIMEOUT_US: u64 = 1_000;

const CAPACITY: usize = 4;
type Node = Register<Op, CAPACITY>;
type Letter = (NodeId, Message<u32, CAPACITY>);

fn ballot(round: u64, proposer: u64) -> Ballot {
    Ballot { round: NonZeroU64::new(round).unwrap(), proposer: NodeId(proposer) }
}

fn config(id: u64) -> Config {
    Config { timeout_us: TIMEOUT_US, ..Config::new(INSTANCE, NodeId(id), 1) }
}

fn members(ids: &[u64]) -> Membership<CAPACITY> {
    let mut named = [NodeId(0); CAPACITY];
    for (slot, &id) in named.iter_mut().zip(ids) {
        *slot = NodeId(id);
    }
    Membership::new(&named[..ids.len()]).unwrap()
}

fn message(to: u64, body: Body<u32, CAPACITY>) -> Message<u32, CAPACITY> {
    Message { instance: INSTANCE, to: NodeId(to), body }
}

fn state(version: Ballot, value: u32, ids: &[u64]) -> State<u32, CAPACITY> {
    State { version: Some(version), value: Some(value), members: members(ids) }
}

/// What a host was told last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Told {
    outcome: Option<Outcome<'static, (), CAPACITY>>,
    /// The value of what was kept.
    kept: Option<Option<u32>>,
    read: Option<(ReadToken, Option<u32>)>,
    floor: Option<Ballot>,
}

/// Nodes 0 to `NODES` - 1, disks that take no time, and messages that wait until they are let
/// through.
struct Cluster<const NODES: usize> {
    nodes: [Node; NODES],
    /// What is on the disks; `None` before the first write.
    disks: [Option<Record<u32, CAPACITY>>; NODES],
    told: [Told; NODES],
    /// Whose messages are lost, and to whom.
    cut: [bool; NODES],
    post: Deque<Letter, 8>,
    now_us: u64,
}

impl<const NODES: usize> Cluster<NODES> {
    /// The first `initial` of them are the members; the others are to join.
    fn new(initial: usize) -> Self {
        let ids: [u64; NODES] = core::array::from_fn(|id| id as u64);
        let nodes = ids.map(|id| {
            if (id as usize) < initial {
                Node::bootstrap(config(id), members(&ids[..initial]), None, 0).unwrap()
            } else {
                Node::join(config(id), None, 0).unwrap()
            }
        });
        let mut cluster = Self {
            nodes,
            disks: [None; NODES],
            told: [Told::default(); NODES],
            cut: [false; NODES],
            post: Deque::new(),
            now_us: 0,
        };
        for node in 0..NODES {
            cluster.drain(node);
        }
        cluster
    }

    /// Does what a node says.
    fn drain(&mut self, node: usize) {
        let told = &mut self.told[node];
        while let Some(output) = self.nodes[node].poll_output() {
            match output {
                Output::Write { id, record } => {
                    self.disks[node] = Some(*record);
                    self.nodes[node].handle_persisted(id).unwrap();
                }
                Output::Send { to, message } => {
                    assert_eq!((message.instance, message.to), (INSTANCE, to));
                    if !self.cut[node] && !self.cut[to.0 as usize] {
                        self.post.push_back((NodeId(node as u64), message.cloned())).unwrap();
                    }
                }
                Output::Outcome(outcome) => {
                    told.outcome = Some(match outcome {
                        Outcome::Changed { version } => Outcome::Changed { version },
                        Outcome::Kept(state) => {
                            told.kept = Some(state.value.copied());
                            Outcome::Unknown
                        }
                        Outcome::Reconfigured => Outcome::Reconfigured,
                        Outcome::Unknown => Outcome::Unknown,
                        Outcome::Exhausted => Outcome::Exhausted,
                    });
                    if told.kept.is_some() {
                        told.outcome = None;
                    }
                }
                Output::Read { token, state } => told.read = Some((token, state.value.copied())),
                Output::Forget { floor } => told.floor = Some(floor),
            }
        }
    }

    /// Lets the message through that waits longest.
    fn deliver(&mut self) -> bool {
        let Some((from, message)) = self.post.pop_front() else { return false };
        let to = message.to.0 as usize;
        if !self.cut[to] {
            self.nodes[to].handle_message(self.now_us, from, message).unwrap();
            self.drain(to);
        }
        true
    }

    /// Lets all messages through, and all that come of them. Gives how many there were.
    fn settle(&mut self) -> usize {
        let mut count = 0;
        while self.deliver() {
            count += 1;
        }
        count
    }

    /// Lets time pass until a node's deadline, and all messages through.
    fn wait_for(&mut self, node: usize) {
        self.now_us = self.now_us.max(self.nodes[node].poll_timeout().unwrap());
        self.nodes[node].handle_timeout(self.now_us);
        self.drain(node);
        self.settle();
    }

    /// Begins a change, whose messages wait.
    fn begin(&mut self, node: usize, op: Op) {
        self.told[node] = Told::default();
        self.nodes[node].change(self.now_us, op).unwrap();
        self.drain(node);
    }

    /// Begins a read, whose messages wait.
    fn begin_read(&mut self, node: usize) -> ReadToken {
        self.told[node] = Told::default();
        let token = self.nodes[node].read(self.now_us).unwrap();
        self.drain(node);
        token
    }

    /// Makes a change, and gives the version.
    fn change(&mut self, node: usize, op: Op) -> Ballot {
        self.begin(node, op);
        self.settle();
        match self.told[node].outcome {
            Some(Outcome::Changed { version }) => version,
            ref other => panic!("{other:?}"),
        }
    }

    /// Reads, and gives the value and how many messages that took.
    fn read(&mut self, node: usize) -> (Option<u32>, usize) {
        let token = self.begin_read(node);
        let mut messages = self.settle();
        while self.told[node].read.is_none() {
            self.now_us = self.nodes[node].poll_timeout().unwrap();
            self.nodes[node].handle_timeout(self.now_us);
            self.drain(node);
            messages += self.settle();
        }
        let (answered, value) = self.told[node].read.unwrap();
        assert!(answered >= token);
        (value, messages)
    }

    /// Loses what is not on a node's disk, and starts it again.
    fn restart(&mut self, node: usize) {
        let record = self.disks[node].unwrap();
        self.nodes[node] = Node::recover(config(node as u64), record, self.now_us).unwrap();
        self.told[node] = Told::default();
        self.drain(node);
    }
}
