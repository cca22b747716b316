//! Logs that came apart elsewhere.

use synod_consensus_core::{
    NodeId,
    raft::{Body, LogId, Message, MessageError, ProposeError, Role, TermLog},
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

const START: LogId = LogId::START;
const MAX: u64 = u64::MAX;

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
    // The follower has one entry of term 1, and behind it others, of terms that the leader has
    // never seen.
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

/// A follower says where the logs may meet: its last entry before the mismatch of no later term.
pub(crate) fn a_mismatch_passes_over_later_terms() {
    let mut node = Node::recovered(1, 3, 8, MemoryLog::of_terms(&[1, 1, 2, 2, 5, 5, 6]));
    for (prev, hint) in [(at(4, 9), at(2, 4)), (at(6, 9), at(6, 7)), (at(2, 6), at(2, 4))] {
        node.receive(2, 9, append(prev, 0, 0, 0), &[]).unwrap();
        let mismatched = Body::Mismatched { prev: prev.index, hint, round: 0 };
        assert_eq!(node.last_to(2), Some(mismatched));
    }
    node.receive(2, 9, append(at(3, 3), 0, 0, 0), &[]).unwrap();
    let mismatched = Body::Mismatched { prev: 3, hint: at(1, 2), round: 0 };
    assert_eq!(node.last_to(2), Some(mismatched));
}

/// Of a message that overlaps with the log, only what the log lacks is written.
pub(crate) fn what_a_follower_has_is_not_written_again() {
    let mut node = Node::recovered(1, 3, 2, MemoryLog::of_terms(&[1, 1, 1, 2, 2, 2]));
    node.persist();
    node.prompt = false;
    node.receive(2, 2, append(START, 1, 5, 0), &[1, 2, 3, 40, 50]).unwrap();
    let write = node.persist().unwrap();
    assert_eq!((write.first, write.last, node.log.last()), (4, 5, at(1, 5)));
    let values = node.log.entries.iter().map(|entry| entry.value);
    assert!(values.eq([1, 2, 3, 40, 50]));
    assert_eq!(node.disk.log, node.log);
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

/// What no node says, with the term in which it would.
static MALFORMED: [(u64, Body); 23] = [
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
    (0, Body::Mismatched { prev: 1, hint: START, round: 0 }),
    (0, Body::Matched { index: 0, round: 0 }),
    (0, Body::Outdated),
];

/// Terms and indices at their maxima, and messages that contradict themselves.
pub(crate) fn r30_numbers_at_their_ends() {
    let mut node = Node::new(1, 3);
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
    for stranger in [0, 1, 4, MAX] {
        assert_eq!(take(&mut node, stranger, message), Err(MessageError::Stranger));
    }
    assert_eq!(node.fingerprint(), before, "nothing has changed");

    // A commit index beyond the log is that of a leader with more to send.
    node.receive(2, 3, append(START, 3, 2, MAX), &[1, 2]).unwrap();
    assert_eq!(node.applied, 2);
    // What contradicts it is somebody's lost disk.
    let before = node.fingerprint();
    let conflicts =
        [append(at(2, 2), 0, 0, 0), append(START, 2, 3, 0), Body::Snapshot { last: at(2, 2) }];
    for body in conflicts {
        let refused = node.receive(2, 3, body, &[7, 8, 9]);
        assert_eq!(refused, Err(MessageError::CommittedConflict), "{body:?}");
    }
    assert_eq!(node.receive(3, 3, append(START, 0, 0, 0), &[]), Err(MessageError::TwoLeaders));
    assert_eq!(node.fingerprint(), before);
    // Nor does a leader take back what it sent.
    node.receive(2, 4, append(at(3, 2), 3, 2, 2), &[3, 4]).unwrap();
    let before = node.fingerprint();
    let back = append(at(3, 2), 4, 1, 2);
    assert_eq!(node.receive(2, 4, back, &[5]), Err(MessageError::Malformed));
    assert_eq!(node.fingerprint(), before);

    // The last term: there is no later one to stand in.
    node.receive(3, MAX, append(at(3, 4), 0, 0, 2), &[]).unwrap();
    for _ in 0..3 {
        node.timeout();
    }
    assert_eq!((node.role(), node.term()), (Role::Follower, MAX));
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

/// A log that is full of what a later leader replaces has room for that.
pub(crate) fn r32_a_full_log_is_overwritten() {
    let mut node = Node::recovered(1, 3, 1, MemoryLog::of_terms(&[1, 1, 1, 1]));
    node.log.room = 4;
    node.receive(2, 2, append(at(1, 1), 2, 4, 0), &[1, 2, 3, 4]).unwrap();
    assert_eq!((node.log.last(), node.log_was_full), (at(2, 4), true));
}

/// A log that is full of what its leader has takes nothing more, says so, and stays as it is.
pub(crate) fn r32_a_full_log_stays_as_it_is() {
    let mut node = Node::recovered(1, 3, 1, MemoryLog::of_terms(&[1, 1, 1, 1]));
    node.log.room = 4;
    let log = node.log.clone();
    node.receive(2, 2, append(at(1, 4), 2, 1, 0), &[50]).unwrap();
    assert_eq!((node.raft.status().last, node.log_was_full), (at(1, 4), true));
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 4, round: 0 }));
    assert_eq!(node.log, log);
    // With room for it, it is taken, and nobody is told of a full log.
    (node.log.room, node.log_was_full) = (5, false);
    node.receive(2, 2, append(at(1, 4), 2, 1, 0), &[50]).unwrap();
    assert_eq!((node.log.last(), node.log_was_full), (at(2, 5), false));
}

/// A follower that is probed gets its entries once a heartbeat, however often reads ask it for a
/// sign of life, and none while it is silent.
pub(crate) fn reads_do_not_repeat_entries() {
    let mut node = Node::new(1, 3);
    node.elect();
    node.receive(2, 1, Body::Matched { index: 1, round: 0 }, &[]).unwrap();
    node.propose(1);
    node.receive(2, 1, Body::Matched { index: 2, round: 0 }, &[]).unwrap();
    node.sent.clear();
    let mut entries = 0;
    for _ in 0..20 {
        node.read();
        while let Some(sent) = node.next_to(3) {
            entries += sent.values.len();
        }
    }
    assert_eq!(entries, 0, "they are on their way since the election");
    for _ in 0..30 {
        node.receive(2, 1, Body::Matched { index: 2, round: 0 }, &[]).unwrap();
        node.timeout();
        while let Some(sent) = node.next_to(3) {
            entries += sent.values.len();
        }
    }
    assert_eq!((entries, node.role()), (0, Role::Leader), "nobody is there");
    // It is there again: it says what it has, and gets the rest.
    node.receive(3, 1, Body::Matched { index: 0, round: 0 }, &[]).unwrap();
    while let Some(sent) = node.next_to(3) {
        entries += sent.values.len();
    }
    assert_eq!(entries, 2);
}
