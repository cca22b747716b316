//! Logs that came apart elsewhere.

use synod_consensus_core::{
    NodeId,
    raft::{
        Body, Fate, LogId, Message, MessageError, Outcome, ProposeError, Replication, Role, TermLog,
    },
};

use super::cluster::{
    Cluster, MemoryLog, Node,
    node::{CLUSTER, Machine},
};

const fn at(term: u64, index: u64) -> LogId {
    LogId { term, index }
}

const fn append(prev: LogId, entries_term: u64, count: u32, commit: u64) -> Body {
    Body::Append { prev, entries_term, count, commit, round: 0 }
}

/// Figure 8 of the Raft paper: an entry of an old term is on a majority, and yet a later leader may
/// overwrite it, until an entry of the present term is on a majority, too.
pub(crate) fn r01_figure_8() {
    // (c): S1 leads term 4, and its entry of term 2 is on S2 and S3.
    let mut leader = Node::recovered(1, 5, 3, MemoryLog::of_terms(&[1, 2]));
    leader.elect();
    assert_eq!(leader.log.last(), at(4, 3));
    for voter in [2, 3] {
        leader.receive(voter, 4, Body::Matched { index: 2, round: 0 }, &[]).unwrap();
    }
    assert_eq!(leader.raft.status().committed, 0, "the entry of term 2 may yet be overwritten (d)");
    // (e): once an entry of term 4 is on a majority, so is all before it.
    leader.receive(2, 4, Body::Matched { index: 3, round: 0 }, &[]).unwrap();
    assert_eq!(leader.raft.status().committed, 0);
    leader.receive(3, 4, Body::Matched { index: 3, round: 0 }, &[]).unwrap();
    assert_eq!(leader.raft.status().committed, 3);
}

/// A shortcut over what was acknowledged commits what fewer than a quorum has.
pub(crate) fn r07_a_commit_takes_a_quorum() {
    let mut leader = Node::new(1, 5);
    leader.elect();
    let start = leader.applied;
    let last = (0..4).map(|value| leader.propose(value).index).max().unwrap();
    let term = leader.term();
    let mut report = |voter, index| {
        leader.receive(voter, term, Body::Matched { index, round: 0 }, &[]).unwrap();
        leader.raft.status().committed
    };
    assert_eq!(report(2, last), start, "two of five");
    assert_eq!(report(2, last), start, "and it says it again");
    assert_eq!(report(3, start + 1), start + 1);
    assert_eq!(report(4, start + 3), start + 3);
    assert_eq!(report(4, start), start + 3, "never back");
    assert_eq!(report(5, last), last);
}

/// The paper's figure 7: whatever a follower's log looks like, it becomes that of the leader, and
/// nothing of a later leader's is lost by an old message.
pub(crate) fn the_followers_of_figure_7() {
    let leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    let followers: [&[u64]; 6] = [
        &[1, 1, 1, 4, 4, 5, 5, 6, 6],
        &[1, 1, 1, 4],
        &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
        &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
        &[1, 1, 1, 4, 4, 4, 4],
        &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ];
    for follower in followers {
        // Three voters: the leader, one that votes for it, and the one in question.
        let mut cluster = Cluster::of(
            [
                Node::recovered(1, 3, 7, MemoryLog::of_terms(&leader)),
                Node::recovered(2, 3, 7, MemoryLog::of_terms(&leader)),
                Node::recovered(3, 3, 7, MemoryLog::of_terms(follower)),
            ]
            .into_iter(),
        );
        cluster.isolate(3);
        cluster.elect(1);
        cluster.heal();
        cluster.run(60_000);
        let log = cluster.node(1).log.clone();
        assert_eq!(cluster.node(3).log, log, "{follower:?}");
        assert_eq!(cluster.node(3).disk.log, log);
        cluster.node(1).propose(1);
        cluster.run(60_000);
        cluster.assert_agreed();
    }
}

/// The search for where two logs meet takes a message a term at most, however long they are.
pub(crate) fn logs_meet_fast() {
    let mut log = [1; 20];
    log[19] = 8;
    let mut leader = Node::recovered(1, 3, 8, MemoryLog::of_terms(&log));
    leader.elect();
    // The follower has one entry of term 1, and 22 of terms that the leader has never seen.
    let hint = at(7, 19);
    leader.receive(3, 9, Body::Mismatched { prev: 20, hint, round: 0 }, &[]).unwrap();
    let Some(Body::Append { prev, .. }) = leader.last_to(3) else { panic!("nothing is sent") };
    assert_eq!(prev, at(1, 19));
    leader.receive(3, 9, Body::Mismatched { prev: 19, hint: at(1, 1), round: 0 }, &[]).unwrap();
    let Some(Body::Append { prev, entries_term, .. }) = leader.last_to(3) else { panic!() };
    assert_eq!((prev, entries_term), (at(1, 1), 1));
    // What is said twice, or of another place, changes nothing.
    let before = leader.fingerprint();
    leader.receive(3, 9, Body::Mismatched { prev: 19, hint: at(0, 0), round: 0 }, &[]).unwrap();
    assert_eq!(leader.fingerprint(), before);
}

/// Every kind of message, again and again and out of order, in every role.
pub(crate) fn r27_messages_repeat_and_return() {
    let mut cluster = Cluster::led_by_1(3);
    cluster.node(1).propose(1);
    let mut archive: heapless::Vec<_, 24> = heapless::Vec::new();
    for round in 0..4 {
        if round == 2 {
            cluster.isolate(1);
            cluster.now_us += 400_000;
        }
        for _ in 0..100 {
            cluster.now_us += 10_000;
            let now_us = cluster.now_us;
            for node in &mut cluster.nodes {
                node.now_us = now_us;
                node.tick();
            }
            for from in 1..=3 {
                while let Some(sent) = cluster.node(from).sent.pop_front() {
                    cluster.deliver(&sent);
                    // Old ones first, of whatever term they are.
                    if !archive.is_full() && round % 2 == 0 {
                        archive.push(sent.clone()).unwrap();
                    }
                }
            }
            for sent in archive.iter().rev() {
                cluster.deliver(sent);
            }
        }
        cluster.heal();
        if let Some(leader) = cluster.leader() {
            let _ = cluster.node(leader).try_propose(round + 10);
        }
    }
    cluster.run(1_000_000);
    cluster.assert_agreed();
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

/// The leader drops entries that a slow follower needs: the follower gets the snapshot, also if it comes
/// back while that is under way, and if it is lost.
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

const START: LogId = LogId::START;
const MAX: u64 = u64::MAX;

/// What no node says, with the term in which it would.
static MALFORMED: [(u64, Body); 22] = [
    (0, append(START, 0, 0, 0)),
    (1, append(at(0, 1), 0, 0, 0)),
    (1, append(at(1, 0), 0, 0, 0)),
    (1, append(at(2, 1), 0, 0, 0)),
    (3, append(at(2, 1), 1, 1, 0)),
    (3, append(at(2, 1), 4, 1, 0)),
    (3, append(at(2, 1), 3, 0, 0)),
    (3, append(START, 0, 1, 0)),
    (3, append(at(2, MAX), 3, 1, 0)),
    (3, append(at(2, MAX - 1), 3, 1, 0)),
    (3, append(at(2, MAX), 0, 0, 0)),
    (3, Body::Snapshot { last: START }),
    (3, Body::Snapshot { last: at(3, MAX) }),
    (3, Body::Snapshot { last: at(4, 1) }),
    (3, Body::Vote { last: at(3, 1) }),
    (0, Body::Vote { last: START }),
    (3, Body::PreVote { last: at(4, 1) }),
    (3, Body::PreVote { last: at(0, 4) }),
    (3, Body::PreVoteReply { granted: true, asked: 2 }),
    (3, Body::Mismatched { prev: 1, hint: at(1, 1), round: 0 }),
    (0, Body::Matched { index: 0, round: 0 }),
    (0, Body::Outdated),
];

/// Terms and indices at their maxima, and messages that contradict themselves.
pub(crate) fn r30_numbers_at_their_ends() {
    let mut node = Node::new(1, 3);
    let start = LogId::START;
    let max = u64::MAX;
    let before = node.fingerprint();
    for &(term, body) in &MALFORMED {
        assert_eq!(node.receive(2, term, body, &[]), Err(MessageError::Malformed), "{body:?}");
    }
    let message = Message { cluster: CLUSTER, to: NodeId(1), term: 1, body: Body::Outdated };
    let take = |node: &mut Node, from, message| node.take(from, &message, &[], 0);
    let wrong = Message { cluster: CLUSTER + 1, ..message };
    assert_eq!(take(&mut node, 2, wrong), Err(MessageError::WrongCluster));
    let wrong = Message { to: NodeId(2), ..message };
    assert_eq!(take(&mut node, 3, wrong), Err(MessageError::WrongReceiver));
    for stranger in [0, 1, 4, max] {
        assert_eq!(take(&mut node, stranger, message), Err(MessageError::Stranger));
    }
    assert_eq!(node.fingerprint(), before, "nothing has changed");

    // A commit index beyond the log is that of a leader with more to send.
    node.receive(2, 3, append(start, 3, 2, max), &[1, 2]).unwrap();
    assert_eq!(node.applied, 2);
    // What contradicts it is somebody's lost disk.
    let before = node.fingerprint();
    let conflicts =
        [append(at(2, 2), 0, 0, 0), append(start, 2, 3, 0), Body::Snapshot { last: at(2, 2) }];
    for body in conflicts {
        let refused = node.receive(2, 3, body, &[7, 8, 9]);
        assert_eq!(refused, Err(MessageError::CommittedConflict), "{body:?}");
    }
    assert_eq!(node.receive(3, 3, append(start, 0, 0, 0), &[]), Err(MessageError::TwoLeaders));
    assert_eq!(node.fingerprint(), before);
    // Nor does a leader take back what it sent.
    node.receive(2, 4, append(at(3, 2), 3, 2, 2), &[3, 4]).unwrap();
    let before = node.fingerprint();
    let back = append(at(3, 2), 4, 1, 2);
    assert_eq!(node.receive(2, 4, back, &[5]), Err(MessageError::Malformed));
    assert_eq!(node.fingerprint(), before);

    // The last term: there is no later one to stand in.
    node.receive(3, max, append(at(3, 4), 0, 0, 2), &[]).unwrap();
    for _ in 0..3 {
        node.timeout();
    }
    assert_eq!((node.role(), node.term()), (Role::Follower, max));
}

/// The last index but one: there is no room for a leader's entry, nor for a proposal.
pub(crate) fn r30_the_last_index() {
    let mut log = MemoryLog::new();
    log.install(at(5, u64::MAX - 3), 0);
    let mut node = Node::recovered(1, 1, 5, log.clone());
    node.timeout();
    assert_eq!((node.role(), node.applied), (Role::Leader, u64::MAX - 2));
    node.propose(1);
    assert_eq!(node.applied, u64::MAX - 1);
    assert_eq!(node.try_propose(2), Err(ProposeError::Exhausted));
    node.crash();
    node.timeout();
    assert_eq!((node.role(), node.log_was_full), (Role::Follower, true));
}

/// The log has no room: on the leader, proposals are refused; on a follower, entries are left out,
/// and come again. Nothing is lost, and after compaction all goes on.
pub(crate) fn r32_the_log_is_full() {
    let mut cluster = Cluster::led_by_1(3);
    cluster.node(3).log.room = 4;
    let reserve = Machine::RESERVED_ENTRIES as usize;
    let room = cluster.node(1).log.room - 1 - reserve;
    for value in 0..room as u32 {
        cluster.node(1).propose(value);
        cluster.settle();
    }
    let leader = cluster.node(1);
    assert_eq!(leader.log.room(), Machine::RESERVED_ENTRIES);
    let before = leader.fingerprint();
    assert_eq!(leader.try_propose(99), Err(ProposeError::LogFull));
    assert_eq!(leader.fingerprint(), before);
    assert_eq!(leader.applied as usize, room + 1, "two have everything");
    let follower = cluster.node(3);
    assert_eq!((follower.log_was_full, follower.log.room()), (true, 0));
    assert_eq!(follower.applied, 4, "what it has room for is applied");

    for id in 1..=3 {
        cluster.node(id).compact();
    }
    for value in 100..104 {
        cluster.node(1).propose(value);
        cluster.run(40_000);
        cluster.node(3).compact();
    }
    // The third follows by a snapshot, which needs no room.
    cluster.run(400_000);
    cluster.assert_agreed();
}

/// What became of proposals: each is told once, and truly.
pub(crate) fn fates() {
    let mut cluster = Cluster::led_by_1(3);
    let term = cluster.node(1).term();
    let one = cluster.node(1).propose(1);
    let two = cluster.node(1).propose(2);
    assert_eq!(cluster.node(1).fates.pop_front(), None);
    cluster.settle();
    let told = cluster.node(1).fates.pop_front();
    let committed = Fate { outcome: Outcome::Committed, term, first: one.index, last: one.index };
    let both = Fate { outcome: Outcome::Committed, term, first: one.index, last: two.index };
    assert!(told == Some(both) || told == Some(committed), "{told:?}");
    if told == Some(committed) {
        let rest = Fate { outcome: Outcome::Committed, term, first: two.index, last: two.index };
        assert_eq!(cluster.node(1).fates.pop_front(), Some(rest));
    }

    // A leader that is cut off proposes in vain: another's entries take the places.
    cluster.isolate(1);
    let three = cluster.node(1).propose(3);
    let four = cluster.node(1).propose(4);
    cluster.run(1_000_000);
    assert_eq!(cluster.node(1).fates.pop_front(), None, "they may be committed yet");
    let leader = cluster.leader().unwrap();
    assert_ne!(leader, 1);
    cluster.heal();
    cluster.run(100_000);
    let superseded =
        Fate { outcome: Outcome::Superseded, term, first: three.index, last: four.index };
    assert_eq!(cluster.node(1).fates.pop_front(), Some(superseded));
    assert_eq!(cluster.node(1).fates.pop_front(), None);
    cluster.assert_agreed();
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

/// A node that leads again, and proposes, follows its new proposals, not its old ones.
pub(crate) fn fates_of_an_earlier_term() {
    let mut node = Node::new(1, 3);
    node.elect();
    let first = node.propose(1);
    let last = node.propose(2);
    node.receive(2, 1, Body::Outdated, &[]).unwrap();
    node.receive(2, 3, Body::Outdated, &[]).unwrap();
    node.elect();
    assert_eq!(node.fates.pop_front(), None, "they may be committed yet");
    node.propose(3);
    let unknown = Fate { outcome: Outcome::Unknown, term: 1, first: first.index, last: last.index };
    assert_eq!(node.fates.pop_front(), Some(unknown));
    assert_eq!(node.fates.pop_front(), None);
}
