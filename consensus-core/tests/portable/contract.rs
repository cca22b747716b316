//! Hosts that break their contract.

use synod_consensus_core::{
    NodeId,
    raft::{Body, LogId, Message, MessageError, ProposeError},
};

use super::cluster::{Node, node::CLUSTER};

const fn append(prev: LogId, entries_term: u64, count: u32, commit: u64) -> Body {
    Body::Append { prev, entries_term, count, commit, round: 0 }
}

/// The entries of a proposal are the leader's to append at once; a host that does not is told.
pub(crate) fn a_host_that_breaks_its_contract_is_told() {
    let mut node = Node::new(1, 3);
    node.elect();
    node.raft.propose(0, 4, &node.log).unwrap();
    let before = node.fingerprint();
    assert_eq!(node.raft.propose(0, 4, &node.log), Err(ProposeError::LogMismatch));
    let message = Message { cluster: CLUSTER, to: NodeId(1), term: 1, body: Body::Outdated };
    let refused = node.raft.handle_message(0, NodeId(2), &message, &node.log);
    assert_eq!(refused, Err(MessageError::LogMismatch));
    node.raft.handle_timeout(u64::MAX, &node.log);
    assert_eq!(node.raft.poll_output(&node.log), None);
    assert_eq!(node.fingerprint(), before);
}

/// So is one that hands in a message before it has drained what the last one led to.
pub(crate) fn a_host_that_does_not_drain_is_told() {
    let mut node = Node::new(1, 3);
    let message = Message { cluster: CLUSTER, to: NodeId(1), term: 1, body: Body::Outdated };
    let message = Message { body: append(LogId::START, 1, 1, 0), ..message };
    node.raft.handle_message(0, NodeId(2), &message, &node.log).unwrap();
    let before = node.fingerprint();
    let again = node.raft.handle_message(0, NodeId(2), &message, &node.log);
    assert_eq!(again, Err(MessageError::Undrained));
    node.raft.handle_timeout(u64::MAX, &node.log);
    assert_eq!(node.fingerprint(), before);
}
