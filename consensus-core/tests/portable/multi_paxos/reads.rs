//! Reads on a follower.

use synod_consensus_core::{
    NodeId,
    raft::{BallotBody, Body, LogId, ReadError, ReadToken, Role},
};

use super::{
    super::cluster::{BallotCluster, BallotNode, MemoryLog},
    at, heartbeat,
};

/// A follower sees what was committed before, though nobody has told it.
pub(crate) fn a_follower_reads_what_is_committed() {
    let mut cluster = BallotCluster::led_by_1(3);
    cluster.run(100_000);
    let token = cluster.node(2).read();
    cluster.settle();
    assert_eq!(cluster.node(2).reads.pop_front(), Some(token));

    // An entry that 1 and 3 have.
    cluster.cut(1, 2);
    let index = cluster.node(1).propose(1).index;
    cluster.settle();
    assert_eq!((cluster.node(1).applied, cluster.node(2).applied), (index, index - 1));
    let token = cluster.node(2).read();
    cluster.settle();
    assert!(cluster.node(2).reads.is_empty(), "it waits for the entry");
    cluster.heal();
    cluster.run(100_000);
    assert_eq!(cluster.node(2).applied, index);
    assert_eq!(cluster.node(2).reads.pop_front(), Some(token));
    // The leader reads as in Raft.
    let token = cluster.node(1).read();
    cluster.settle();
    assert_eq!(cluster.node(1).reads.pop_front(), Some(token));
}

/// The leader need not be among those who answer.
pub(crate) fn a_read_without_the_leader() {
    let mut cluster = BallotCluster::led_by_1(3);
    cluster.run(100_000);
    cluster.cut(2, 1);
    let token = cluster.node(2).read();
    cluster.settle();
    assert_eq!(cluster.node(2).reads.pop_front(), Some(token));
    // Alone nobody reads.
    cluster.cut(2, 3);
    cluster.node(2).read();
    cluster.run(100_000);
    assert!(cluster.node(2).reads.is_empty());
    // A question or an answer is lost, and is asked again with a heartbeat.
    cluster.heal();
    cluster.run(40_000);
    assert!(cluster.node(2).reads.pop_front() > Some(token));
}

pub(super) fn answer(round: u64, last: u64) -> BallotBody {
    BallotBody::ReadIndexReply { round, last }
}

/// A follower of 1 among five.
pub(super) fn follower() -> BallotNode {
    let mut node = BallotNode::new(2, 5);
    node.receive(1, 64, heartbeat(LogId::START, 0), &[]).unwrap();
    node.sent.clear();
    node
}

/// Answers count once each, and for the round that was asked.
pub(crate) fn answers_of_other_rounds() {
    let mut node = follower();
    let ReadToken { term, round } = node.read();
    assert_eq!(term, 64);
    for voter in [1, 3, 4, 5] {
        assert_eq!(node.last_to(voter), Some(Body::Ballot(BallotBody::ReadIndex { round })));
    }
    for voter in [1, 3, 4, 5] {
        node.hear(voter, answer(round - 1, 0), &[]).unwrap();
        node.hear(voter, answer(round + 1, 0), &[]).unwrap();
        node.hear(1, answer(round, 0), &[]).unwrap();
    }
    assert!(node.reads.is_empty(), "two of five");
    node.hear(4, answer(round, 0), &[]).unwrap();
    assert_eq!(node.reads.pop_front(), Some(ReadToken { term, round }));
    node.hear(5, answer(round, 0), &[]).unwrap();
    assert!(node.reads.is_empty(), "told once");

    // A read that begins after the questions left does not share their answers.
    let first = node.read();
    let second = node.read();
    assert!(second > first);
    for voter in [3, 4, 5] {
        node.hear(voter, answer(first.round, 0), &[]).unwrap();
    }
    assert!(node.reads.is_empty());
    node.hear(3, answer(second.round, 0), &[]).unwrap();
    // One that was overtaken does not take back what came before it.
    node.hear(3, answer(first.round, 0), &[]).unwrap();
    node.hear(4, answer(second.round, 0), &[]).unwrap();
    assert_eq!(node.reads.pop_front(), Some(second));
}

/// Answers to questions of an earlier life.
pub(crate) fn answers_to_an_earlier_life() {
    let mut node = follower();
    let early = node.read();
    node.crash();
    node.receive(1, 64, heartbeat(LogId::START, 0), &[]).unwrap();
    let late = node.read();
    assert_ne!(early, late);
    for voter in [3, 4, 5] {
        node.hear(voter, answer(early.round, 0), &[]).unwrap();
    }
    assert!(node.reads.is_empty());
    for voter in [3, 4] {
        node.hear(voter, answer(late.round, 0), &[]).unwrap();
    }
    assert_eq!(node.reads.pop_front(), Some(late));
}

/// A read waits for the longest of the logs, its own among them.
pub(crate) fn a_read_waits_for_the_longest_log() {
    let mut node = follower();
    let append =
        |prev, count, commit| Body::Append { prev, entries_term: 64, count, commit, round: 0 };
    node.receive(1, 64, append(LogId::START, 2, 1), &[1, 2]).unwrap();
    let read = node.read();
    node.hear(3, answer(read.round, 0), &[]).unwrap();
    node.hear(4, answer(read.round, 1), &[]).unwrap();
    assert_eq!((node.applied, node.reads.pop_front()), (1, None), "2 of its own may be committed");
    node.receive(1, 64, Body::Commit { commit: 2 }, &[]).unwrap();
    assert_eq!((node.applied, node.reads.pop_front()), (2, Some(read)));

    let read = node.read();
    node.hear(3, answer(read.round, 4), &[]).unwrap();
    node.hear(4, answer(read.round, 2), &[]).unwrap();
    node.receive(1, 64, append(at(64, 2), 2, 3), &[3, 4]).unwrap();
    assert_eq!((node.applied, node.reads.pop_front()), (3, None));
    // The state is slow.
    node.reports_applied = false;
    node.receive(1, 64, Body::Commit { commit: 4 }, &[]).unwrap();
    assert_eq!((node.applied, node.reads.pop_front()), (4, None));
    node.sent.clear();
    node.now_us += 30_000;
    node.receive(1, 64, heartbeat(at(64, 4), 4), &[]).unwrap();
    assert_eq!(node.last_to(5), None, "nobody is asked again about what is committed");
    node.raft.handle_applied(4).unwrap();
    node.drain(None);
    assert_eq!(node.reads.pop_front(), Some(read));
}

/// What is committed may be in the reader's own log, and in none of those that answer it.
pub(crate) fn a_reader_counts_its_own_log() {
    let mut cluster = BallotCluster::led_by_1(3);
    cluster.run(100_000);
    cluster.isolate(3);
    let index = cluster.node(1).propose(1).index;
    while let Some(sent) = cluster.node(1).next_to(2) {
        cluster.deliver(&sent);
    }
    // 1 hears that 2 has it, and is not heard any more.
    cluster.cut(1, 2);
    cluster.settle();
    assert_eq!((cluster.node(1).applied, cluster.node(2).applied), (index, index - 1));
    cluster.heal();
    cluster.cut(1, 2);
    cluster.cut(1, 3);
    let token = cluster.node(2).read();
    cluster.settle();
    assert_eq!(cluster.node(2).reads.pop_front(), None, "only 3 has answered, without the entry");
    cluster.heal();
    cluster.run(100_000);
    assert_eq!(cluster.node(2).reads.pop_front(), Some(token));
    assert_eq!(cluster.node(2).applied, index);
}

/// A log that was told of is cut short: a later question finds out.
pub(crate) fn an_index_that_is_gone_does_not_block() {
    let mut node = follower();
    let read = node.read();
    node.hear(3, answer(read.round, 9), &[]).unwrap();
    node.hear(4, answer(read.round, 0), &[]).unwrap();
    node.sent.clear();
    node.now_us += 30_000;
    node.receive(1, 64, heartbeat(LogId::START, 0), &[]).unwrap();
    assert!(node.reads.is_empty());
    let round = read.round + 1;
    assert_eq!(node.last_to(5), Some(Body::Ballot(BallotBody::ReadIndex { round })));
    node.hear(5, answer(round, 0), &[]).unwrap();
    node.hear(3, answer(read.round, 0), &[]).unwrap();
    assert!(node.reads.is_empty(), "an answer to the first question");
    node.hear(1, answer(round, 0), &[]).unwrap();
    assert_eq!(node.reads.pop_front(), Some(read));
    assert!(node.reads.is_empty(), "nobody has asked for the second");
    let next = node.read();
    assert!(next.round > round);
    for voter in [3, 4] {
        node.hear(voter, answer(next.round, 0), &[]).unwrap();
    }
    assert_eq!(node.reads.pop_front(), Some(next));
}

/// Only those are asked again who have not answered, and not before a heartbeat's time; also where
/// the leader never sends a message without entries.
pub(crate) fn lost_answers_are_asked_again() {
    let mut node = follower();
    node.now_us += 20_000;
    let read = node.read();
    node.hear(3, answer(read.round, 0), &[]).unwrap();
    node.sent.clear();
    node.now_us += 29_999;
    let append = |index: u64| {
        let prev = LogId { term: if index == 1 { 0 } else { 64 }, index: index - 1 };
        Body::Append { prev, entries_term: 64, count: 1, commit: 0, round: 0 }
    };
    node.receive(1, 64, append(1), &[0]).unwrap();
    assert_eq!((node.last_to(4), node.last_to(5)), (None, None), "too early");
    node.now_us += 1;
    node.receive(1, 64, append(2), &[2]).unwrap();
    let again = Some(Body::Ballot(BallotBody::ReadIndex { round: read.round }));
    assert_eq!((node.last_to(3), node.last_to(4), node.last_to(5)), (None, again, again));
    node.receive(1, 64, append(3), &[3]).unwrap();
    assert_eq!((node.last_to(4), node.last_to(5)), (None, None), "too early once more");
    node.hear(4, answer(read.round, 0), &[]).unwrap();
    node.receive(1, 64, Body::Commit { commit: 3 }, &[]).unwrap();
    assert_eq!(node.reads.pop_front(), Some(read));
    node.sent.clear();
    node.now_us += 30_000;
    node.receive(1, 64, append(4), &[4]).unwrap();
    assert_eq!((node.last_to(4), node.last_to(5)), (None, None), "it is answered");
}

/// Another leader, or none: reads that have begun end, which is told.
pub(crate) fn a_change_of_leader_ends_reads() {
    let no_leader = Err(ReadError::NotLeader { leader: None });
    let mut node = follower();
    let read = node.read();
    let waits = |node: &mut BallotNode| {
        for voter in [3, 4, 5] {
            node.hear(voter, answer(read.round, 0), &[]).unwrap();
        }
        assert!(node.reads.is_empty());
    };
    node.leadership = None;
    node.timeout();
    assert_eq!((node.role(), node.leadership.is_some()), (Role::PreCandidate, true));
    assert_eq!(node.raft.read(0), no_leader);
    waits(&mut node);
    // The same leader comes back.
    node.receive(1, 64, heartbeat(LogId::START, 0), &[]).unwrap();
    waits(&mut node);
}

/// A read that waits for its index ends when its node stands, though it may lead with that index.
pub(crate) fn a_read_of_a_follower_is_not_answered_by_a_leader() {
    let mut node = BallotNode::new(1, 3);
    node.receive(2, 65, heartbeat(LogId::START, 0), &[]).unwrap();
    let read = node.read();
    node.hear(3, answer(read.round, 1), &[]).unwrap();
    node.elect();
    assert_eq!(node.raft.status().committed, 0, "the length of a log acknowledges nothing");
    node.receive(2, 128, Body::Matched { index: 1, round: 0 }, &[]).unwrap();
    assert_eq!((node.applied, node.reads.pop_front()), (1, None));
}

/// The rounds of reads that have ended are not used again, not in the same term either: an answer
/// that comes late would confirm a read that began after it was given.
pub(crate) fn rounds_of_reads_are_never_used_again() {
    let mut node = follower();
    let early = node.read();
    node.timeout();
    node.receive(1, 64, heartbeat(LogId::START, 0), &[]).unwrap();
    let late = node.read();
    assert!(late > early);
    for voter in [3, 4, 5] {
        node.hear(voter, answer(early.round, 0), &[]).unwrap();
    }
    assert!(node.reads.is_empty());
    for voter in [3, 4] {
        node.hear(voter, answer(late.round, 0), &[]).unwrap();
    }
    assert_eq!(node.reads.pop_front(), Some(late));
}

/// A read that waits for its index ends with a later ballot.
pub(crate) fn a_later_ballot_ends_reads() {
    let no_leader = Err(ReadError::NotLeader { leader: None });
    let mut node = follower();
    let read = node.read();
    node.hear(3, answer(read.round, 1), &[]).unwrap();
    node.hear(4, answer(read.round, 1), &[]).unwrap();
    node.leadership = None;
    let append =
        Body::Append { prev: LogId::START, entries_term: 66, count: 1, commit: 1, round: 0 };
    node.receive(3, 66, append, &[0]).unwrap();
    assert_eq!((node.applied, node.leadership.map(|told| told.leader)), (1, Some(Some(NodeId(3)))));
    assert!(node.reads.is_empty());
    // Who answers a read may be who tells of it.
    for leader in [3, 4] {
        node.receive(leader, 63 + leader, heartbeat(LogId::START, 0), &[]).unwrap();
        let read = node.read();
        let ballot = node.term() + 1;
        let told = if leader == 3 { Body::Outdated } else { Body::Ballot(answer(read.round, 0)) };
        node.receive(5, ballot, told, &[]).unwrap();
        assert_eq!((node.term(), node.raft.read(0)), (ballot, no_leader));
        for voter in [1, 3, 4] {
            node.hear(voter, answer(read.round, 0), &[]).unwrap();
        }
        assert!(node.reads.is_empty());
    }
}

/// So do those of a leader that is deposed.
pub(crate) fn a_deposed_leader_forgets_its_reads() {
    let mut node = BallotNode::new(1, 3);
    node.elect();
    node.receive(2, 64, Body::Matched { index: 1, round: 0 }, &[]).unwrap();
    let read = node.read();
    node.receive(2, 65, heartbeat(LogId::START, 0), &[]).unwrap();
    node.receive(2, 65, Body::Ballot(answer(read.round, 1)), &[]).unwrap();
    assert!(node.reads.is_empty());
}

/// How long a log is, as told to a follower that leads by now, is nothing to commit by.
pub(crate) fn a_late_answer_to_a_leader_acknowledges_nothing() {
    let mut node = BallotNode::new(1, 3);
    node.receive(2, 65, heartbeat(LogId::START, 0), &[]).unwrap();
    let read = node.read();
    node.elect();
    node.hear(2, answer(read.round, 1), &[]).unwrap();
    assert_eq!((node.log.last(), node.raft.status().committed), (at(128, 1), 0));
    assert!(node.reads.is_empty());
    node.receive(2, 128, Body::Matched { index: 1, round: 0 }, &[]).unwrap();
    assert_eq!(node.raft.status().committed, 1);
}

/// When those are asked again who have not answered is no part of a canonical state.
pub(crate) fn a_canonical_state_of_a_reader_is_without_time() {
    let read_at = |now_us| {
        let mut node = BallotNode::new(2, 5);
        node.now_us = now_us;
        node.receive(1, 64, heartbeat(LogId::START, 0), &[]).unwrap();
        node.read();
        node.raft
    };
    let (early, late) = (read_at(1_000), read_at(2_000));
    assert!(early != late);
    assert!(early.canonical() == late.canonical());
}

/// Whoever is asked says how long its log is, be it leader, follower or candidate, and hears of
/// later ballots.
pub(crate) fn everybody_answers_a_reader() {
    let asked = |round| Body::Ballot(BallotBody::ReadIndex { round });
    let told = |round, last| Some(Body::Ballot(answer(round, last)));
    let mut node = BallotNode::recovered(1, 3, 2, MemoryLog::of_terms(&[1, 1]));
    node.receive(2, 2, asked(7), &[]).unwrap();
    assert_eq!(node.last_to(2), told(7, 2));
    node.stand();
    node.receive(2, 64, asked(8), &[]).unwrap();
    assert_eq!((node.last_to(2), node.role()), (told(8, 2), Role::Candidate));
    node.promise(2, LogId::START);
    node.receive(2, 64, asked(9), &[]).unwrap();
    assert_eq!((node.next_to(3).is_some(), node.role()), (true, Role::Leader));
    assert!((0..4).any(|_| node.next_to(2).map(|sent| sent.message.body) == told(9, 3)));
    node.receive(3, 66, asked(10), &[]).unwrap();
    assert_eq!((node.last_to(3), node.role()), (told(10, 3), Role::Follower));
    node.receive(2, 65, asked(11), &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::Outdated));
}
