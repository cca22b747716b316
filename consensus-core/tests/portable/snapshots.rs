//! Snapshots that come late, twice, or in place of what is there.

use synod_consensus_core::{
    NodeId,
    raft::{Body, Fate, LogId, Message, MessageError, Outcome, Replication, Role},
};

use super::cluster::{Cluster, MemoryLog, Node, node::CLUSTER};

const fn at(term: u64, index: u64) -> LogId {
    LogId { term, index }
}

const fn append(prev: LogId, entries_term: u64, count: u32, commit: u64) -> Body {
    Body::Append { prev, entries_term, count, commit, round: 0 }
}

/// A snapshot arrives for what is applied already; while another is being written; and twice.
pub(crate) fn r28_snapshots_that_come_late() {
    let mut node = Node::new(1, 3);
    node.receive(2, 1, append(LogId::START, 1, 3, 3), &[1, 2, 3]).unwrap();
    assert_eq!(node.applied, 3);
    node.last_to(2);
    let (log, state) = (node.log.clone(), node.state);
    let known = Body::Snapshot { last: at(1, 2) };
    node.receive(2, 1, known, &[]).unwrap();
    assert_eq!((&node.log, node.state), (&log, state), "nothing to install");
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 3, round: 0 }));
}

/// Two snapshots, one after the other, the first of which is still being written.
pub(crate) fn r28_two_snapshots_at_once() {
    let mut node = Node::new(1, 3);
    node.receive(2, 1, append(LogId::START, 1, 3, 3), &[1, 2, 3]).unwrap();
    node.last_to(2);
    node.prompt = false;
    let message =
        |last| Message { cluster: CLUSTER, to: NodeId(1), term: 1, body: Body::Snapshot { last } };
    node.take(2, &message(at(1, 8)), &[], 88).unwrap();
    node.take(2, &message(at(1, 9)), &[], 99).unwrap();
    node.take(2, &message(at(1, 8)), &[], 88).unwrap();
    assert_eq!((node.state, node.applied, node.log.last()), (99, 9, at(1, 9)));
    node.receive(2, 1, append(at(1, 9), 1, 1, 9), &[10]).unwrap();
    // The heartbeat-like answer of a known snapshot tells what is durable, which is nothing yet.
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 0, round: 0 }));
    let first = node.persist().unwrap();
    assert_eq!((first.snapshot, first.first, first.last), (Some(at(1, 8)), 9, 8));
    node.persist().unwrap();
    node.persist().unwrap();
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 10, round: 0 }));
    assert_eq!(node.disk.log, node.log);
}

/// A snapshot whose end the log has, but of another past, replaces it all.
pub(crate) fn r28_a_snapshot_of_another_past() {
    let mut node = Node::recovered(1, 3, 2, MemoryLog::of_terms(&[1, 2, 2, 2]));
    node.receive(3, 4, Body::Snapshot { last: at(3, 3) }, &[]).unwrap();
    assert_eq!((node.log.last(), node.applied), (at(3, 3), 3));
}

/// One that agrees with the log commits it, and keeps what is behind.
pub(crate) fn r28_a_snapshot_of_the_log_itself() {
    let mut node = Node::recovered(1, 3, 2, MemoryLog::of_terms(&[1, 2, 2, 2]));
    node.receive(3, 4, Body::Snapshot { last: at(2, 3) }, &[]).unwrap();
    assert_eq!((node.log.last(), node.applied), (at(2, 4), 3));
}

/// The leader drops entries that a slow follower needs: the follower gets the snapshot, also if it
/// comes back while that is under way, and if it is lost.
pub(crate) fn r29_compaction_passes_a_slow_follower() {
    let mut cluster = Cluster::led_by_1(3);
    cluster.isolate(3);
    for value in 0..8 {
        cluster.node(1).propose(value);
        cluster.settle();
    }
    cluster.node(1).compact();
    assert_eq!(cluster.node(1).log.entries.len(), 0);
    cluster.heal();
    // What it would be sent next is gone. The snapshot is lost on its way.
    cluster.now_us += 30_000;
    let now_us = cluster.now_us;
    cluster.node(1).now_us = now_us;
    cluster.node(1).tick();
    let lost = cluster.node(1).last_to(3);
    assert!(matches!(lost, Some(Body::Snapshot { .. })), "{lost:?}");
    cluster.run(100_000);
    let slow = cluster.node(1).raft.peers().find(|peer| peer.id == NodeId(3)).unwrap();
    assert_eq!(slow.replication, Replication::Snapshot);
    assert!(slow.active, "it answers heartbeats meanwhile");
    cluster.node(1).propose(100);
    cluster.run(400_000);
    cluster.assert_agreed();
    assert!(cluster.node(3).log.snapshot.index >= 9);
    let slow = cluster.node(1).raft.peers().find(|peer| peer.id == NodeId(3)).unwrap();
    assert_eq!(slow.replication, Replication::Pipelining);
    cluster.node(1).propose(101);
    cluster.run(60_000);
    cluster.assert_agreed();
}

/// A snapshot covers proposals: whether they are in it, nobody can tell.
pub(crate) fn fates_in_a_snapshot() {
    let mut node = Node::new(1, 3);
    node.elect();
    let first = node.propose(1);
    let last = node.propose(2);
    node.receive(2, 5, Body::Snapshot { last: at(5, last.index + 3) }, &[]).unwrap();
    let unknown = Fate { outcome: Outcome::Unknown, term: 1, first: first.index, last: last.index };
    assert_eq!(node.fates.pop_front(), Some(unknown));
    assert_eq!(node.fates.pop_front(), None);
}

/// A leader does not replace by a snapshot what it has sent before.
pub(crate) fn r28_a_snapshot_takes_nothing_back() {
    let mut node = Node::new(1, 3);
    node.receive(2, 2, append(LogId::START, 1, 5, 0), &[1, 2, 3, 4, 5]).unwrap();
    let before = node.fingerprint();
    let refused = node.receive(2, 2, Body::Snapshot { last: at(2, 3) }, &[]);
    assert_eq!((refused, node.fingerprint()), (Err(MessageError::Malformed), before));
    // Another leader, who never had the last three, may.
    node.receive(3, 3, Body::Snapshot { last: at(2, 3) }, &[]).unwrap();
    assert_eq!((node.log.last(), node.raft.status().committed), (at(2, 3), 3));
    node.receive(3, 3, Body::Commit { commit: 5 }, &[]).unwrap();
    assert_eq!(node.raft.status().committed, 3);
}

/// A follower that awaits a snapshot, which may take long, hears the leader meanwhile, or it would
/// stand for election; and its answers count. The snapshot itself goes once each election timeout.
pub(crate) fn r29_a_follower_that_awaits_a_snapshot_hears_the_leader() {
    let mut node = Node::new(1, 3);
    node.elect();
    assert!(node.raft.peers().all(|peer| peer.replication == Replication::Probing));
    let end = node.propose(1);
    node.receive(2, 1, Body::Matched { index: end.index, round: 0 }, &[]).unwrap();
    node.compact();
    node.sent.clear();
    // It comes back, and what it would be sent is gone.
    node.receive(3, 1, Body::Matched { index: 0, round: 0 }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::Snapshot { last: end }));
    node.receive(3, 1, Body::Matched { index: 1, round: 0 }, &[]).unwrap();
    assert_eq!(node.last_to(3), None, "an answer that comes late is none to the snapshot");
    let followers = node.raft.peers().map(|peer| (peer.id.0, peer.replication, peer.next));
    let expected = [(2, Replication::Pipelining, 3), (3, Replication::Snapshot, 1)];
    assert!(followers.eq(expected), "{:?}", node.raft.peers().last());

    // A heartbeat is due each 30 ms. Whether a quorum is there is looked at after 150 ms.
    let mut heartbeats = 0;
    for _ in 0..4 {
        node.timeout();
        assert_eq!(node.last_to(3), Some(append(end, 0, 0, end.index)));
        heartbeats += 1;
        node.receive(3, 1, Body::Mismatched { prev: end.index, hint: at(0, 0), round: 0 }, &[])
            .unwrap();
        assert_eq!(node.last_to(3), None, "what is sent already is not sent again");
    }
    // So does a read ask it.
    let round = node.read().round;
    let asked = Body::Append { prev: end, entries_term: 0, count: 0, commit: end.index, round };
    assert_eq!(node.last_to(3), Some(asked));
    node.receive(3, 1, Body::Mismatched { prev: end.index, hint: at(0, 0), round }, &[]).unwrap();
    assert_eq!(node.reads.len(), 1, "with its answer, a quorum has confirmed the read");

    // The second does not answer any more, and the third is enough for the leader to stay.
    while heartbeats < 12 {
        node.timeout();
        heartbeats += 1;
        node.receive(3, 1, Body::Mismatched { prev: end.index, hint: at(0, 0), round }, &[])
            .unwrap();
    }
    assert_eq!(node.role(), Role::Leader);
    let mut snapshots = 0;
    while let Some(sent) = node.next_to(3) {
        snapshots += usize::from(sent.message.body == Body::Snapshot { last: end });
    }
    assert!((1..=3).contains(&snapshots), "{snapshots}");
}

/// Where a log begins behind a snapshot, followers that have its last entry get the entries, and
/// those that lack it get the snapshot.
pub(crate) fn r29_who_needs_the_snapshot() {
    let snapshot = at(1, 3);
    let entries = append(snapshot, 1, 2, 3);
    let needed = Body::Snapshot { last: snapshot };
    // The follower's last entry, and what it is sent.
    for (hint, expected) in [
        (snapshot, entries),
        (at(1, 4), append(at(1, 4), 1, 1, 3)),
        (at(1, 2), needed),
        (at(1, 1), needed),
        (LogId::START, needed),
    ] {
        assert_eq!(sent_to_one_that_ends_at(hint, &[1, 1, 1, 1, 1]), Some(expected), "{hint:?}");
    }
    // Its entries are of another past, from before the snapshot on.
    let needed = Body::Snapshot { last: at(2, 3) };
    assert_eq!(sent_to_one_that_ends_at(at(1, 4), &[1, 2, 2, 2, 2]), Some(needed));
}

/// What a leader with such a log, compacted up to 3, sends to a follower that names this as its
/// last entry.
fn sent_to_one_that_ends_at(hint: LogId, terms: &[u64]) -> Option<Body> {
    let mut log = MemoryLog::of_terms(terms);
    log.compact(3, 0);
    let mut node = Node::recovered(1, 3, 2, log);
    node.elect();
    node.receive(3, 3, Body::Mismatched { prev: 5, hint, round: 0 }, &[]).unwrap();
    node.last_to(3)
}
