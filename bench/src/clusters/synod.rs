//! `synod-consensus-core`, through its replicas.

use std::collections::VecDeque;

use synod_consensus_core::{
    NodeId,
    raft::{
        ByBallots, ByVotes, Config, Election, Fate, HeapLog, Log, Message, Outcome, Replica,
        RingLog, Role, replica::Output,
    },
};
use synod_quorum::Majority;

use super::{COMPACT_EACH, Cluster, Command};

type Node<L, E> = Replica<L, 3, 8, E>;

/// What is on its way: from whom, to whom, and what.
type Answers<E> = VecDeque<(NodeId, NodeId, Message<<E as Election>::Said>)>;

/// Three replicas, whose logs are of the type `L`, and whose leader is elected by the rule `E`.
pub struct Synod<L, E: Election = ByVotes> {
    /// In a box: their rings are large.
    nodes: Box<[Node<L, E>; 3]>,
    answers: Answers<E>,
    now_us: u64,
    committed: u64,
}

impl Synod<RingLog<Command, 2048>> {
    /// With logs of a fixed size.
    pub fn ring() -> Self {
        Self::new(RingLog::new)
    }
}

impl Synod<RingLog<Command, 2048>, ByBallots> {
    /// Multi-Paxos, with logs of a fixed size.
    pub fn multi_paxos() -> Self {
        Self::new(RingLog::new)
    }
}

impl Synod<HeapLog<Command>> {
    /// With logs that grow.
    pub fn heap() -> Self {
        Self::new(HeapLog::new)
    }
}

impl<L: Log<Payload = Command>, E: Election<System = Majority>> Synod<L, E> {
    fn new(log: impl Fn() -> L) -> Self {
        let voters = [1, 2, 3].map(NodeId);
        let node = |id: &NodeId| Node::bootstrap(Config::new(7, *id, id.0), &voters, 0, log());
        // One after the other: all three by value would not fit onto a test's stack.
        let nodes: Vec<Node<L, E>> = voters.iter().map(|id| node(id).unwrap()).collect();
        let Ok(nodes) = nodes.into_boxed_slice().try_into() else { unreachable!("three voters") };
        let mut cluster =
            Self { nodes, answers: VecDeque::with_capacity(16), now_us: 0, committed: 0 };
        for node in 0..3 {
            cluster.drain(node);
        }
        while cluster.nodes[0].status().leadership.role != Role::Leader {
            cluster.now_us = cluster.nodes[0].poll_timeout().unwrap();
            cluster.nodes[0].handle_timeout(cluster.now_us);
            cluster.run(0);
        }
        cluster
    }

    /// Delivers messages, from a call to `node` on, until there are none.
    fn run(&mut self, node: usize) {
        self.drain(node);
        while let Some((from, to, message)) = self.answers.front() {
            let node = usize::try_from(to.0 - 1).unwrap();
            self.nodes[node].handle_message(self.now_us, *from, message, []).unwrap();
            self.answers.pop_front();
            self.drain(node);
        }
    }

    /// Does what a node says. Messages to followers are delivered at once, with payloads that are
    /// copied from log to log.
    fn drain(&mut self, node: usize) {
        let (me, others) = match &mut *self.nodes {
            [a, b, c] if node == 0 => (a, Some([b, c])),
            nodes => (&mut nodes[node], None),
        };
        let mut others = others;
        let from = NodeId(node as u64 + 1);
        while let Some(output) = me.poll_output() {
            match output {
                Output::Send { to, frame } => {
                    let Some(others) = &mut others else {
                        self.answers.push_back((from, to, *frame.message));
                        continue;
                    };
                    let other = &mut others[usize::try_from(to.0 - 2).unwrap()];
                    let payloads = frame.entries.payloads().map(|payload| payload.copied());
                    other.handle_message(self.now_us, from, frame.message, payloads).unwrap();
                    follow(other, to, &mut self.answers);
                }
                Output::Write(write) => {
                    let id = write.id;
                    me.handle_persisted(id).unwrap();
                }
                Output::Apply(entries) => {
                    let upto = entries.last();
                    apply(me, upto);
                }
                Output::Fate(Fate { outcome: Outcome::Committed, first, last, .. }) => {
                    self.committed += last - first + 1;
                }
                _ => {}
            }
        }
    }
}

/// Drains a node that sends nothing but answers.
fn follow<L: Log<Payload = Command>, E: Election>(
    node: &mut Node<L, E>,
    me: NodeId,
    answers: &mut Answers<E>,
) {
    while let Some(output) = node.poll_output() {
        match output {
            Output::Send { to, frame } => answers.push_back((me, to, *frame.message)),
            Output::Write(write) => {
                let id = write.id;
                node.handle_persisted(id).unwrap();
            }
            Output::Apply(entries) => {
                let upto = entries.last();
                apply(node, upto);
            }
            _ => {}
        }
    }
}

fn apply<L: Log<Payload = Command>, E: Election>(node: &mut Node<L, E>, upto: u64) {
    node.handle_applied(upto).unwrap();
    if upto - node.log().snapshot().index >= COMPACT_EACH {
        node.compact(upto).unwrap();
    }
}

impl<L: Log<Payload = Command>, E: Election<System = Majority>> Cluster for Synod<L, E> {
    fn commit(&mut self, commands: &[Command]) {
        self.now_us += 1;
        match *commands {
            [command] => {
                self.nodes[0].propose(self.now_us, command).unwrap();
            }
            _ => {
                self.nodes[0].propose_batch(self.now_us, commands.iter().copied()).unwrap();
            }
        }
        self.run(0);
    }

    fn look(&self, count: usize) -> ([Vec<Command>; 3], u64) {
        let logs = [0, 1, 2].map(|node| {
            let log = self.nodes[node].log();
            let last = log.last_index();
            let entries = log.entries(last + 1 - count as u64, last);
            entries.payloads().flatten().copied().collect()
        });
        (logs, self.committed)
    }
}
