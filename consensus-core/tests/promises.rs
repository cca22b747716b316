//! What a voter of Multi-Paxos promises is durable.

use synod_consensus_core::{
    NodeId,
    multi_paxos::Replica,
    raft::{BallotBody, Body, Config, LogId, Message, RingLog, replica::Output},
};

const ME: NodeId = NodeId(2);
const VOTERS: [NodeId; 3] = [NodeId(1), ME, NodeId(3)];

type Node = Replica<RingLog<[u8; 1], 16>, 3, 4>;

/// The writes and the promises among the outputs.
fn drain(node: &mut Node) -> (Vec<u64>, Vec<LogId>) {
    let (mut writes, mut promises) = (Vec::new(), Vec::new());
    while let Some(output) = node.poll_output() {
        match output {
            Output::Write(write) => writes.push(write.id),
            Output::Send { frame, .. } => {
                if let Body::Ballot(BallotBody::Promise { last }) = frame.message.body {
                    promises.push(last);
                }
            }
            _ => {}
        }
    }
    (writes, promises)
}

fn hear(node: &mut Node, from: NodeId, term: u64, body: Body<BallotBody>) -> Vec<u64> {
    let message = Message { cluster: 7, to: ME, term, body };
    node.handle_message(0, from, &message, []).unwrap();
    let (writes, promises) = drain(node);
    assert_eq!(promises, []);
    writes
}

/// A node that promised what a late snapshot brought, and lost that, would have a candidate lead
/// without what it covers.
#[test]
fn a_promise_waits_for_a_late_snapshot() {
    let config = Config::new(7, ME, 42);
    let mut node = Node::bootstrap(config, &VOTERS, 0, RingLog::new()).unwrap();
    let (writes, _) = drain(&mut node);
    node.handle_persisted(writes[0]).unwrap();
    let vote = hear(&mut node, VOTERS[0], 64, Body::Vote { last: LogId::START });
    let last = LogId { term: 2, index: 5 };
    let snapshot = hear(&mut node, VOTERS[2], 2, Body::Snapshot { last });
    node.handle_persisted(vote[0]).unwrap();
    assert_eq!(drain(&mut node), (vec![], vec![]), "the snapshot is not durable");
    node.handle_persisted(snapshot[0]).unwrap();
    assert_eq!(drain(&mut node), (vec![], vec![last]));
}
