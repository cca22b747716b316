//! Three nodes of Multi-Paxos in one thread: a leader, a replicated counter, a read at a follower;
//! then a stop sign ends their log, and the next configuration, in which another node takes the
//! place of one of them, goes on from it.
//!
//! `cargo run -p synod-consensus-core --example stop_sign`
#![allow(clippy::arithmetic_side_effects, clippy::std_instead_of_alloc)]
#![allow(clippy::expect_used, clippy::indexing_slicing)] // An example may panic.

use std::collections::BTreeMap;

use synod_consensus_core::{
    Members, NodeId,
    multi_paxos::{Message, Replica, replica::Output},
    raft::{
        Config, HardState, Log, LogId, Payload, ProposeError, ReadToken, Recovered, RingLog, Role,
    },
};

/// What is replicated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Add(u8),
    /// Ends the log, and names those who go on.
    Stop([NodeId; 3]),
}

impl Payload for Op {
    fn size(&self) -> usize {
        // In postcard: which of them it is, and a number or three of up to 10 bytes.
        if self.is_stop_sign() { 31 } else { 2 }
    }

    fn is_stop_sign(&self) -> bool {
        matches!(self, Self::Stop(_))
    }
}

type Node = Replica<RingLog<Op, 64>, 3, 8>;

/// A node, and what its host has.
struct Member {
    node: Node,
    counter: u64,
    /// The last read that may be answered.
    read: Option<ReadToken>,
    /// The stop sign, once it is applied, and who goes on.
    ended: Option<(LogId, [NodeId; 3])>,
}

impl Member {
    const fn new(node: Node, counter: u64) -> Self {
        Self { node, counter, read: None, ended: None }
    }

    fn apply(&mut self, at: LogId, op: Op) {
        match op {
            Op::Add(more) => self.counter += u64::from(more),
            Op::Stop(next) => self.ended = Some((at, next)),
        }
    }

    /// Does what the node says. Its disk is quick.
    fn drain(&mut self, post: &mut Vec<Letter>) {
        let from = self.node.status().id;
        while let Some(output) = self.node.poll_output() {
            match output {
                Output::Send { frame, .. } => {
                    let payloads = frame.entries.payloads().map(|payload| payload.copied());
                    post.push((from, *frame.message, payloads.collect()));
                }
                Output::Write(write) => {
                    let id = write.id; // a real host writes hard state and entries, and syncs them
                    self.node.handle_persisted(id).expect("it was polled");
                }
                Output::Apply(entries) => {
                    let ops: Vec<_> = entries.iter().map(|(at, op)| (at, op.copied())).collect();
                    for (at, op) in ops {
                        if let Some(op) = op {
                            self.apply(at, op);
                        }
                        self.node.handle_applied(at.index).expect("it was polled");
                    }
                }
                Output::Read(token) => self.read = Some(token),
                Output::Leadership(now) if now.role == Role::Leader => {
                    println!("node {from} leads, with ballot {}", now.term);
                }
                // Fates of proposals and snapshots; and other leadership, which ends the reads that
                // wait: a host begins them anew.
                _ => {}
            }
        }
    }
}

/// A message on its way: from whom, and what.
type Letter = (NodeId, Message, Vec<Option<Op>>);

/// The members of one configuration.
struct Cluster {
    members: BTreeMap<NodeId, Member>,
    now_us: u64,
}

impl Cluster {
    /// Lets 2 seconds pass.
    fn run(&mut self) {
        let mut post = Vec::new();
        for _ in 0..2_000 {
            self.now_us += 1_000;
            for member in self.members.values_mut() {
                if member.node.poll_timeout().is_some_and(|deadline_us| deadline_us <= self.now_us)
                {
                    member.node.handle_timeout(self.now_us);
                }
                member.drain(&mut post);
            }
            for (from, message, payloads) in core::mem::take(&mut post) {
                let Some(member) = self.members.get_mut(&message.to) else { continue };
                let _ = member.node.handle_message(self.now_us, from, &message, payloads);
                member.drain(&mut post);
            }
        }
    }

    fn leader(&mut self) -> &mut Node {
        let leads = |member: &&mut Member| member.node.status().leadership.role == Role::Leader;
        let leader = self.members.values_mut().find(leads);
        &mut leader.expect("somebody leads").node
    }

    fn propose(&mut self, op: Op) {
        let now_us = self.now_us;
        self.leader().propose(now_us, op).expect("it leads");
        self.run();
    }

    /// Reads at a node, whoever leads.
    fn read(&mut self, at: NodeId) -> u64 {
        let member = self.members.get_mut(&at).expect("it is a member");
        let token = member.node.read(self.now_us).expect("it knows a leader");
        self.run();
        let member = &self.members[&at];
        let answers = |read: ReadToken| read.term == token.term && read.round >= token.round;
        assert!(member.read.is_some_and(answers), "a quorum has answered");
        member.counter
    }

    fn counters(&self) -> Vec<(u64, u64)> {
        self.members.iter().map(|(id, member)| (id.0, member.counter)).collect()
    }
}

/// A node of the configuration that goes on from a stop sign, with the state as it was there.
fn next(id: NodeId, stop: LogId, voters: [NodeId; 3], counter: u64) -> (NodeId, Member) {
    let mut log = RingLog::new();
    log.install(stop);
    let hard_state = HardState { term: stop.term, vote: None };
    let found = Recovered { hard_state, applied: stop.index };
    // A real host has written and synced these and the counter by now, once. If the node restarts
    // after this, it recovers with what it has written itself.
    let voters = Members::majority(&voters).expect("three different ids");
    let config = Config::new(8, id, 42 + id.0); // another cluster
    let node = Node::recover_with(config, voters, 0, found, log).expect("it is one of them");
    (id, Member::new(node, counter))
}

fn main() {
    let voters = [1, 2, 3].map(NodeId);
    let first = voters.map(|id| {
        let config = Config::new(7, id, 42 + id.0); // a real host's seeds differ in each life
        let node = Node::bootstrap(config, &voters, 0, RingLog::new());
        (id, Member::new(node.expect("a legal configuration"), 0))
    });
    let mut cluster = Cluster { members: first.into(), now_us: 0 };
    cluster.run();
    cluster.propose(Op::Add(30));
    println!("the counters: {:?}", cluster.counters());

    let leader = cluster.leader().status().id;
    let follower = voters.into_iter().find(|&id| id != leader).expect("there are three");
    println!("node {follower} follows, and reads {}", cluster.read(follower));

    // Node 3 is to go, and 4 to come.
    cluster.propose(Op::Stop([1, 2, 4].map(NodeId)));
    let now_us = cluster.now_us;
    let refused = cluster.leader().propose(now_us, Op::Add(1));
    assert_eq!(refused, Err((ProposeError::Stopped, Op::Add(1))));

    // Whoever has applied the stop sign goes on, and gives the state to who is new.
    let (stop, voters) = cluster.members[&leader].ended.expect("it is applied");
    println!("stopped at {}; {:?} go on", stop.index, voters.map(|id| id.0));
    let state = cluster.members[&leader].counter;
    let members = voters.map(|id| {
        let own = cluster.members.get(&id).filter(|member| member.ended.is_some());
        next(id, stop, voters, own.map_or(state, |member| member.counter))
    });
    let mut cluster = Cluster { members: members.into(), now_us: 0 };
    cluster.run();
    cluster.propose(Op::Add(12));
    println!("the counters: {:?}", cluster.counters());
    println!("node 4 reads {}", cluster.read(NodeId(4)));
    assert!(cluster.members.values().all(|member| member.counter == 42));
}
