//! Hosts that break their contract, and voters whose hosts did.

use synod_consensus_core::{
    NodeId,
    raft::{Body, LogId, Message, MessageError, Output, PersistedError, ProposeError, TermLog},
};

use super::cluster::{Cluster, MemoryLog, Node, node::CLUSTER};

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
    let refused = node.raft.handle_persisted(1, &node.log);
    assert_eq!(refused, Err(PersistedError::LogMismatch));
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
    assert_eq!(node.raft.propose(0, 4, &node.log), Err(ProposeError::Undrained));
    assert_eq!(node.raft.handle_persisted(1, &node.log), Err(PersistedError::Undrained));
    node.raft.handle_timeout(u64::MAX, &node.log);
    assert_eq!(node.fingerprint(), before);
}

/// A leader that hears another one in its term says so, and changes nothing: a voter has lost its
/// vote.
pub(crate) fn r36_two_leaders_in_one_term_are_told() {
    let mut node = Node::new(1, 3);
    node.elect();
    let before = node.fingerprint();
    let end = node.log.last();
    let bodies = [
        Body::Append { prev: end, entries_term: 0, count: 0, commit: 1, round: 0 },
        Body::Commit { commit: 1 },
        Body::Snapshot { last: LogId { index: 9, ..end } },
    ];
    for body in bodies {
        assert_eq!(node.receive(2, 1, body, &[]), Err(MessageError::TwoLeaders), "{body:?}");
    }
    assert_eq!(node.fingerprint(), before);
}

/// A node that loses its disk and comes back under its old id votes again: two leaders in one
/// term, and what was committed is lost. Rule 4 of the contract is there for this.
pub(crate) fn r36_a_lost_disk_under_an_old_id() {
    let mut cluster = Cluster::led_by_1(3);
    cluster.isolate(3);
    cluster.node(1).propose(7);
    cluster.settle();
    let lost = cluster.node(1).last_applied;
    assert_eq!(lost.unwrap().value, 7, "1 and 2 have it");
    let term = cluster.node(1).term();

    let now_us = cluster.now_us;
    *cluster.node(2) = Node::new(2, 3);
    cluster.node(2).now_us = now_us;
    cluster.heal();
    cluster.isolate(1);
    cluster.run(1_000_000);
    let usurper = cluster.leader().filter(|&id| id != 1).expect("2 and 3 elect one of them");
    cluster.node(usurper).propose(8);
    cluster.settle();
    let index = cluster.node(1).applied;
    assert_ne!(cluster.node(usurper).log.get(index), lost, "what was committed is lost");
    assert!(cluster.node(usurper).term() >= term);

    // Where the node comes back with its disk, nothing is lost.
    let mut cluster = Cluster::led_by_1(3);
    cluster.isolate(3);
    cluster.node(1).propose(7);
    cluster.settle();
    cluster.node(2).crash();
    cluster.heal();
    cluster.isolate(1);
    cluster.run(1_000_000);
    assert_eq!(cluster.leader(), Some(2));
    assert_eq!(cluster.node(3).log.get(index), lost);
    assert!(cluster.node(3).applied > index);
}

/// A log that has forgotten an entry.
struct Forgetful<'a>(&'a MemoryLog, u64);

impl TermLog for Forgetful<'_> {
    fn snapshot(&self) -> LogId {
        self.0.snapshot
    }

    fn last_index(&self) -> u64 {
        self.0.last_index()
    }

    fn term(&self, index: u64) -> Option<u64> {
        self.0.term(index).filter(|_| index != self.1)
    }

    fn size(&self, index: u64) -> usize {
        self.0.size(index)
    }

    fn room(&self) -> u64 {
        self.0.room()
    }
}

/// A follower needs what is neither in the log nor in the snapshot: it is sent nothing, and the
/// others go on.
pub(crate) fn a_log_with_a_hole_sends_nothing_from_it() {
    let mut node = Node::new(1, 3);
    node.elect();
    node.propose(1);
    let end = node.propose(2);
    let message = |from: u64, body| {
        let message = Message { cluster: CLUSTER, to: NodeId(1), term: 1, body };
        (NodeId(from), message)
    };
    let answers = [
        message(3, Body::Matched { index: 2, round: 0 }),
        message(2, Body::Matched { index: end.index, round: 0 }),
    ];
    for (from, message) in answers {
        let log = Forgetful(&node.log, 2);
        node.raft.handle_message(0, from, &message, &log).unwrap();
        while let Some(output) = node.raft.poll_output(&log) {
            let to_3 = matches!(output, Output::Send { to, .. } if to == NodeId(3));
            assert!(!to_3, "{output:?}");
        }
    }
    assert_eq!(node.raft.status().committed, end.index);
}
