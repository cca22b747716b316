//! Three nodes in one thread: a leader, a replicated counter, a lost leader, and a new one.
//!
//! `cargo run -p synod-consensus-core --example three_nodes`
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::expect_used, clippy::indexing_slicing)] // An example may panic.

use synod_consensus_core::{
    NodeId,
    raft::{Config, Message, Replica, RingLog, replica::Output},
};

type Node = Replica<RingLog<[u8; 1], 64>, 3, 8>;

/// A message on its way: from, to, and what.
type Letter = (usize, usize, Message, Vec<Option<[u8; 1]>>);

/// Does what a node says. Its disk and its state machine are quick: a counter.
fn drain(me: usize, node: &mut Node, counter: &mut u64, post: &mut Vec<Letter>) {
    while let Some(output) = node.poll_output() {
        match output {
            Output::Send { to, frame } => {
                let payloads = frame.entries.payloads().map(|payload| payload.copied()).collect();
                post.push((me, to.0 as usize, *frame.message, payloads));
            }
            Output::Write(write) => {
                let id = write.id; // a real host writes hard state and entries, and syncs them
                node.handle_persisted(id).expect("it was polled");
            }
            Output::Apply(entries) => {
                let upto = entries.last();
                *counter += entries.payloads().flatten().map(|[add]| u64::from(*add)).sum::<u64>();
                node.handle_applied(upto).expect("it was polled");
            }
            Output::Leadership(now) => println!("node {me}: {:?} in term {}", now.role, now.term),
            _ => {} // fates of proposals, reads, snapshots
        }
    }
}

/// Lets 2 seconds pass on the nodes that are `up`.
fn run(nodes: &mut [Node], counters: &mut [u64], up: &[usize], from_us: u64) {
    let mut post = Vec::new();
    for now_us in (from_us..from_us + 2_000_000).step_by(1_000) {
        for &me in up {
            if nodes[me].poll_timeout().is_some_and(|deadline_us| deadline_us <= now_us) {
                nodes[me].handle_timeout(now_us);
            }
            drain(me, &mut nodes[me], &mut counters[me], &mut post);
        }
        for (from, to, message, payloads) in core::mem::take(&mut post) {
            if up.contains(&to) {
                let _ = nodes[to].handle_message(now_us, NodeId(from as u64), &message, payloads);
                drain(to, &mut nodes[to], &mut counters[to], &mut post);
            }
        }
    }
}

fn main() {
    let voters = [0, 1, 2].map(NodeId);
    let mut nodes = voters.map(|id| {
        let config = Config::new(7, id, 42 + id.0);
        Node::bootstrap(config, &voters, 0, RingLog::new()).expect("a legal configuration")
    });
    let mut counters = [0; 3];
    run(&mut nodes, &mut counters, &[0, 1, 2], 0);

    let first = nodes[0].leader().expect("somebody leads").0 as usize;
    nodes[first].propose(2_000_000, [30]).expect("it leads");
    run(&mut nodes, &mut counters, &[0, 1, 2], 2_000_000);
    println!("the counters: {counters:?}");

    let up: Vec<usize> = (0..3).filter(|&node| node != first).collect(); // the leader is lost
    run(&mut nodes, &mut counters, &up, 4_000_000);
    let second = nodes[up[0]].leader().expect("somebody leads").0 as usize;
    nodes[second].propose(6_000_000, [12]).expect("it leads");
    run(&mut nodes, &mut counters, &up, 6_000_000);
    println!("without node {first}: {counters:?}");
    assert!(up.iter().all(|&node| counters[node] == 42));
}
