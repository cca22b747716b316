//! A candidate that was promised to lead completes its log before it does.

use synod_consensus_core::{
    Members, NodeId,
    raft::{BallotBody, Body, Config, HardState, LogId, Message, Role, TermLog},
};

use super::{
    super::cluster::{
        BallotCluster, BallotNode, MemoryLog,
        log::ROOM,
        node::{CLUSTER, Disk, apply, config, ids},
    },
    at, heartbeat,
};

pub(super) const fn suffix(prev: LogId, entries_term: u64, count: u32) -> BallotBody {
    BallotBody::Suffix { prev, entries_term, count }
}

const fn fetch(prev: LogId) -> Option<Body<BallotBody>> {
    Some(Body::Ballot(BallotBody::Fetch { prev }))
}

/// Node 1 of three stands with one log, and 2 has another; 3 is not there. The messages go to and
/// fro; how often was something fetched?
fn stand(one: MemoryLog, other: MemoryLog) -> (BallotCluster, u32) {
    let nodes = [one, other, MemoryLog::new()].into_iter().zip(1..);
    let mut cluster =
        BallotCluster::of(nodes.map(|(log, id)| BallotNode::recovered(id, 3, 65, log)));
    cluster.isolate(3);
    cluster.now_us = 1_000_000;
    for node in &mut cluster.nodes {
        node.now_us = 1_000_000;
    }
    cluster.node(1).tick();
    let mut fetches = 0;
    for _ in 0..100 {
        for from in 1..=2 {
            while let Some(sent) = cluster.node(from).sent.pop_front() {
                let fetch = matches!(sent.message.body, Body::Ballot(BallotBody::Fetch { .. }));
                fetches += u32::from(fetch);
                cluster.deliver(&sent);
            }
        }
    }
    (cluster, fetches)
}

/// The same, when it leads in the end; so often was something fetched.
fn completes(one: &[u64], other: MemoryLog) -> u32 {
    let end = other.last();
    let (mut cluster, fetches) = stand(MemoryLog::of_terms(one), other);
    assert_eq!(cluster.node(1).role(), Role::Leader);
    let last = cluster.node(1).log.last();
    let before = cluster.node(1).log.term(last.index - 1).unwrap();
    assert_eq!(last.term, 128);
    assert!(at(before, last.index - 1) >= end);
    let (log, state) = (cluster.node(1).log.clone(), cluster.node(1).state);
    let other = cluster.node(2);
    assert_eq!((other.applied, other.state, other.log.last()), (last.index, state, last));
    for index in log.snapshot.index + 1..=last.index {
        let there = other.log.get(index);
        assert!(there.is_none() || there == log.get(index), "{index}");
    }
    // And on the disk.
    assert_eq!(cluster.node(1).disk.log, log);
    cluster.heal();
    cluster.run(1_000_000);
    cluster.assert_agreed();
    fetches
}

/// The entries come a message at a time, each of one term.
pub(crate) fn entries_are_fetched_in_batches() {
    let mut terms = [1; 18];
    terms[9..].fill(65);
    // Seven to a message, and one that says that there are no more.
    assert_eq!(completes(&[], MemoryLog::of_terms(&terms)), 5);
    assert_eq!(completes(&[1; 9], MemoryLog::of_terms(&terms)), 3);
    assert_eq!(completes(&[1; 16], MemoryLog::of_terms(&terms)), 4, "they meet where 65 begins");
    // Whoever has the best log asks nobody.
    assert_eq!(completes(&terms, MemoryLog::of_terms(&terms)), 0);
    assert_eq!(completes(&[65], MemoryLog::of_terms(&[1; 9])), 0);
    assert_eq!(completes(&[], MemoryLog::of_terms(&[])), 0);
}

/// Where logs differ they meet fast, and what the best log lacks is dropped.
pub(crate) fn logs_that_differ_meet() {
    assert_eq!(completes(&[1, 1, 3, 3, 3, 3], MemoryLog::of_terms(&[1, 1, 2, 65, 65])), 4);
    assert_eq!(completes(&[3, 3], MemoryLog::of_terms(&[65])), 3, "from the beginning");
    assert_eq!(completes(&[1, 3, 5, 7, 9], MemoryLog::of_terms(&[1, 2, 4, 6, 10])), 7);
}

fn compacted(terms: &[u64], upto: u64) -> MemoryLog {
    let mut log = MemoryLog::of_terms(terms);
    let values = log.entries.iter().take(upto as usize).zip(1..);
    let state = values.fold(0, |state, (entry, index)| apply(state, index, entry.value));
    log.compact(upto, state);
    log
}

/// What is fetched is compacted: the snapshot comes in its place, also where it contradicts what
/// the candidate has at its very index.
pub(crate) fn a_snapshot_is_fetched() {
    let holder = || compacted(&[1, 1, 2, 65, 65], 4);
    assert_eq!(completes(&[1], holder()), 3);
    assert_eq!(completes(&[1, 1, 3, 3], holder()), 3, "another entry at its index");
    assert_eq!(completes(&[1, 1, 3, 3, 3, 3], holder()), 4, "and behind it");
    assert_eq!(completes(&[1, 1, 2, 65], holder()), 2, "it has all that was compacted");
    assert_eq!(completes(&[], compacted(&[1, 65], 2)), 2, "nothing is behind it");
}

/// A candidate without room takes what fits, says so, and does not lead; later it goes on.
pub(crate) fn a_full_log_at_the_candidate() {
    let mut one = MemoryLog::of_terms(&[1]);
    one.room = 4;
    let (mut cluster, fetches) = stand(one, MemoryLog::of_terms(&[1; 9]));
    assert_eq!(fetches, 2, "once more than there is room, and no more");
    let node = cluster.node(1);
    assert_eq!((node.role(), node.log.last_index(), node.log_was_full), (Role::Candidate, 4, true));
    node.log_was_full = false;
    node.timeout();
    assert!(node.log_was_full, "it does not stand again");
    // There is room for all entries, but not for its own.
    (node.log.room, node.disk.log.room) = (9, ROOM);
    node.timeout();
    // Who was asked for entries has waited, too.
    let now_us = node.now_us;
    cluster.node(2).now_us = now_us;
    cluster.settle();
    let node = cluster.node(1);
    assert_eq!((node.role(), node.log.last_index(), node.log_was_full), (Role::Follower, 9, true));
    node.log.room = ROOM;
    cluster.heal();
    cluster.run(2_000_000);
    cluster.assert_agreed();
}

/// A candidate of three with one entry, to whom 2 has promised, whose log ends here.
pub(super) fn recovering(best: LogId) -> BallotNode {
    let mut node = BallotNode::recovered(1, 3, 2, MemoryLog::of_terms(&[1]));
    node.stand();
    node.sent.clear();
    node.promise(2, best);
    assert_eq!((node.role(), node.raft.leader()), (Role::Candidate, None));
    // The other is asked to wait.
    let wait = Some(Body::Vote { last: at(1, 1) });
    assert_eq!((node.last_to(2), node.last_to(3)), (fetch(at(1, 1)), wait));
    node
}

/// Answers that are late, were there before, or are another's, are nothing.
pub(crate) fn answers_count_once() {
    let mut node = recovering(at(2, 4));
    let first = suffix(at(1, 1), 1, 1);
    node.hear(3, first, &[9]).unwrap();
    assert_eq!((node.log.last(), node.last_to(3)), (at(1, 1), None), "it was not asked");
    node.promise(3, at(2, 9));
    assert_eq!((node.last_to(3), node.last_to(2)), (None, None), "a late promise");
    node.hear(2, first, &[5]).unwrap();
    assert_eq!((node.log.last(), node.last_to(2)), (at(1, 2), fetch(at(1, 2))));
    node.hear(2, first, &[5]).unwrap();
    node.hear(2, BallotBody::Differs { prev: 1, hint: LogId::START }, &[]).unwrap();
    assert_eq!((node.log.last(), node.last_to(2)), (at(1, 2), None));
    node.hear(2, suffix(at(1, 2), 2, 2), &[6, 7]).unwrap();
    assert_eq!((node.log.last(), node.last_to(2)), (at(2, 4), fetch(at(2, 4))));
    let end = suffix(at(2, 4), 0, 0);
    node.hear(2, end, &[]).unwrap();
    assert_eq!((node.role(), node.log.last()), (Role::Leader, at(64, 5)));
    for late in
        [end, first, suffix(at(2, 4), 2, 1), BallotBody::Differs { prev: 4, hint: at(1, 1) }]
    {
        node.hear(2, late, &[8]).unwrap();
        assert_eq!((node.role(), node.log.last()), (Role::Leader, at(64, 5)));
    }
}

/// A question or an answer is lost: it stands again.
pub(crate) fn a_lost_fetch() {
    let mut node = recovering(at(2, 4));
    node.hear(2, suffix(at(1, 1), 2, 1), &[5]).unwrap();
    let lost = node.last_to(2);
    assert_eq!(lost, fetch(at(2, 2)));
    node.stand();
    assert_eq!(node.term(), 128);
    // An answer to the earlier ballot.
    node.receive(2, 64, Body::Ballot(suffix(at(2, 2), 0, 0)), &[]).unwrap();
    assert_eq!(node.role(), Role::Candidate);
    node.sent.clear();
    node.promise(3, at(2, 3));
    let wait = Some(Body::Vote { last: at(2, 2) });
    assert_eq!((node.last_to(3), node.last_to(2)), (fetch(at(2, 2)), wait), "of the best there is");
    node.hear(3, suffix(at(2, 2), 2, 1), &[6]).unwrap();
    node.hear(3, suffix(at(2, 3), 0, 0), &[]).unwrap();
    assert_eq!((node.role(), node.log.last()), (Role::Leader, at(128, 4)));
}

/// An answer has no more entries than the sender's window, whatever it has.
pub(crate) fn a_fetch_brings_a_window_at_most() {
    let hard_state = HardState { term: 65, vote: Some(NodeId(2)) };
    let disk = Disk { hard_state, log: MemoryLog::of_terms(&[2; 5]) };
    let config = Config { window_entries: 2, ..config(1) };
    let mut node = BallotNode::restarted(config, Members::majority(&ids(3)).unwrap(), disk, 0);
    for (index, count) in [(0, 2), (2, 2), (4, 1)] {
        let prev = if index == 0 { LogId::START } else { at(2, index) };
        node.hear(2, BallotBody::Fetch { prev }, &[]).unwrap();
        assert_eq!(node.last_to(2), Some(Body::Ballot(suffix(prev, 2, count))));
    }
}

/// Logs that differ meet where this one is committed, at the least, wherever the holder would look.
pub(crate) fn what_is_committed_is_not_asked_for() {
    let mut node = BallotNode::recovered(1, 3, 2, compacted(&[1, 1, 1], 2));
    node.stand();
    node.sent.clear();
    node.promise(2, at(2, 4));
    assert_eq!(node.last_to(2), fetch(at(1, 3)));
    node.hear(2, BallotBody::Differs { prev: 3, hint: LogId::START }, &[]).unwrap();
    assert_eq!(node.last_to(2), fetch(at(1, 2)));
}

/// The most up to date of a quorum is asked, whoever promises last.
pub(crate) fn the_best_log_is_asked() {
    for order in [[2, 3], [3, 2]] {
        let mut node = BallotNode::recovered(1, 5, 2, MemoryLog::of_terms(&[1, 1, 1]));
        node.stand();
        node.sent.clear();
        for voter in order {
            // A later term beats a longer log.
            node.promise(voter, if voter == 2 { at(2, 2) } else { at(1, 9) });
        }
        let wait = Some(Body::Vote { last: at(1, 3) });
        assert_eq!((node.last_to(2), node.last_to(3)), (fetch(at(1, 3)), wait));
        node.hear(2, BallotBody::Differs { prev: 3, hint: at(2, 2) }, &[]).unwrap();
        assert_eq!(node.last_to(2), fetch(at(1, 2)));
    }
}

/// Only who has promised this ballot answers, and only to whom it has promised.
pub(crate) fn who_has_not_promised_does_not_answer() {
    let mut node = BallotNode::recovered(1, 3, 2, MemoryLog::of_terms(&[2, 2]));
    node.now_us = 1_000_000;
    let fetches = Body::Ballot(BallotBody::Fetch { prev: LogId::START });
    node.receive(2, 65, fetches, &[]).unwrap();
    assert_eq!((node.last_to(2), node.term()), (None, 2));
    // It has heard of the ballot, and promised nothing.
    node.receive(2, 65, Body::Outdated, &[]).unwrap();
    node.receive(2, 65, fetches, &[]).unwrap();
    assert_eq!((node.last_to(2), node.term()), (None, 65));
    node.receive(2, 65, Body::Vote { last: LogId::START }, &[]).unwrap();
    node.sent.clear();
    node.receive(2, 65, fetches, &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::Ballot(suffix(LogId::START, 2, 2))));
    node.receive(2, 65, Body::Ballot(BallotBody::Fetch { prev: at(2, 2) }), &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::Ballot(suffix(at(2, 2), 0, 0))));
    node.receive(2, 65, Body::Ballot(BallotBody::Fetch { prev: at(1, 2) }), &[]).unwrap();
    let differs = BallotBody::Differs { prev: 2, hint: LogId::START };
    assert_eq!(node.last_to(2), Some(Body::Ballot(differs)));
    // Now it leads, and asks no more.
    node.receive(2, 65, heartbeat(at(2, 2), 0), &[]).unwrap();
    node.sent.clear();
    node.receive(2, 65, fetches, &[]).unwrap();
    assert_eq!(node.last_to(2), None);
}

/// A snapshot for 1.
pub(super) fn snapshot(term: u64, last: LogId) -> Message<BallotBody> {
    Message { cluster: CLUSTER, to: NodeId(1), term, body: Body::Snapshot { last } }
}

/// A snapshot comes after its ballot is over: what it covers is committed all the same.
pub(crate) fn a_late_snapshot_is_taken() {
    let mut node = BallotNode::recovered(1, 3, 2, MemoryLog::of_terms(&[1, 1, 1, 1, 1, 1]));
    node.now_us = 1_000_000;
    node.receive(2, 65, Body::Vote { last: LogId::START }, &[]).unwrap();
    node.take(3, &snapshot(2, at(2, 4)), &[], 99).unwrap();
    assert_eq!((node.log.last(), node.state, node.applied), (at(2, 4), 99, 4));
    assert_eq!((node.term(), node.raft.status().committed), (65, 4));
    // One that it has taken, and one that comes later still.
    for last in [at(2, 4), at(1, 1)] {
        node.take(3, &snapshot(2, last), &[], 98).unwrap();
        assert_eq!((node.log.last(), node.state), (at(2, 4), 99));
    }
    node.crash();
    assert_eq!((node.log.last(), node.state, node.term()), (at(2, 4), 99, 65));
    // Who has a leader takes it from nobody else.
    node.receive(2, 65, heartbeat(at(2, 4), 4), &[]).unwrap();
    node.sent.clear();
    node.take(3, &snapshot(2, at(2, 9)), &[], 97).unwrap();
    assert_eq!((node.log.last(), node.last_to(3)), (at(2, 4), Some(Body::Outdated)));
}

/// One that covers what is in the log commits it; one that comes to a node that asks whether it may
/// stand is taken, too.
pub(crate) fn a_late_snapshot_commits() {
    let mut node = BallotNode::recovered(1, 3, 66, MemoryLog::of_terms(&[1; 4]));
    node.take(3, &snapshot(2, at(1, 3)), &[], 99).unwrap();
    assert_eq!((node.raft.status().committed, node.applied), (3, 3));
    assert_eq!((node.log.last(), node.raft.leader()), (at(1, 4), None));
    assert_ne!(node.state, 99);
    node.timeout();
    node.take(3, &snapshot(2, at(2, 5)), &[], 99).unwrap();
    assert_eq!((node.role(), node.log.last(), node.state), (Role::PreCandidate, at(2, 5), 99));
}

/// One of the present ballot is its leader's, who is followed, by whoever waited to stand, too.
pub(crate) fn a_snapshot_of_the_present_ballot_is_the_leaders() {
    for stands in [false, true] {
        let mut node = BallotNode::recovered(1, 3, 66, MemoryLog::of_terms(&[1]));
        if stands {
            node.timeout();
            assert_eq!(node.role(), Role::PreCandidate);
        }
        node.take(3, &snapshot(66, at(2, 4)), &[], 99).unwrap();
        assert_eq!((node.role(), node.raft.leader()), (Role::Follower, Some(NodeId(3))));
        assert_eq!((node.log.last(), node.state), (at(2, 4), 99));
        assert_eq!(node.last_to(3), Some(Body::Matched { index: 4, round: 0 }));
    }
}

/// A candidate that completes its log goes on behind a late snapshot.
pub(crate) fn a_late_snapshot_at_a_candidate() {
    let mut node = recovering(at(2, 6));
    node.take(3, &snapshot(2, at(2, 4)), &[], 99).unwrap();
    assert_eq!((node.log.last(), node.last_to(2)), (at(2, 4), fetch(at(2, 4))));
    node.hear(2, suffix(at(1, 1), 0, 0), &[]).unwrap();
    assert_eq!(node.role(), Role::Candidate, "an answer to what it asked before");
    node.hear(2, BallotBody::Differs { prev: 4, hint: at(1, 1) }, &[]).unwrap();
    assert_eq!(node.last_to(2), None, "what is committed does not differ");
    node.hear(2, suffix(at(2, 4), 2, 2), &[5, 6]).unwrap();
    node.hear(2, suffix(at(2, 6), 0, 0), &[]).unwrap();
    assert_eq!((node.role(), node.log.last()), (Role::Leader, at(64, 7)));
}

/// One of its own ballot that it has not asked for is nothing to a candidate, nor to a leader.
pub(crate) fn a_snapshot_that_was_not_asked_for() {
    let mut node = recovering(at(2, 2));
    let stray = snapshot(64, at(2, 9));
    node.take(3, &stray, &[], 99).unwrap();
    assert_eq!((node.log.last(), node.last_to(2)), (at(1, 1), None));
    node.hear(2, suffix(at(1, 1), 2, 1), &[5]).unwrap();
    node.hear(2, suffix(at(2, 2), 0, 0), &[]).unwrap();
    node.take(2, &stray, &[], 99).unwrap();
    assert_eq!((node.role(), node.log.last(), node.applied), (Role::Leader, at(64, 3), 0));
}

/// One that asks for promises takes none: they are compared with its log as it is.
pub(crate) fn a_late_snapshot_during_the_vote() {
    let mut node = BallotNode::recovered(1, 3, 2, MemoryLog::of_terms(&[1]));
    node.stand();
    node.take(3, &snapshot(2, at(2, 4)), &[], 99).unwrap();
    assert_eq!(node.log.last(), at(1, 1));
}

/// What a voter promises speaks for its log, so it waits for a late snapshot: who told of one and
/// lost it would have a candidate lead without what it covers.
pub(crate) fn a_promise_waits_for_a_late_snapshot() {
    let mut holder = BallotNode::recovered(1, 3, 2, MemoryLog::of_terms(&[2, 2, 2]));
    holder.now_us = 1_000_000;
    holder.prompt = false;
    let vote = Body::Vote { last: LogId::START };
    holder.receive(2, 65, vote, &[]).unwrap();
    while holder.persist().is_some() {}
    let promise = |last| Some(Body::Ballot(BallotBody::Promise { last }));
    assert_eq!(holder.last_to(2), promise(at(2, 3)));
    holder.take(3, &snapshot(2, at(2, 5)), &[], 99).unwrap();
    holder.receive(2, 65, vote, &[]).unwrap();
    assert_eq!((holder.last_to(2), holder.pending_writes()), (None, 1));
    while holder.persist().is_some() {}
    assert_eq!(holder.last_to(2), promise(at(2, 5)));
    // Once more it is nothing to wait for.
    holder.take(3, &snapshot(2, at(2, 5)), &[], 98).unwrap();
    holder.receive(2, 65, vote, &[]).unwrap();
    assert_eq!((holder.last_to(2), holder.pending_writes()), (promise(at(2, 5)), 0));
}

/// Whoever holds the best log ends before what it promised, which no disk that works does: nobody
/// leads with less.
pub(crate) fn a_log_that_ends_before_the_best() {
    let mut node = recovering(at(2, 5));
    node.hear(2, suffix(at(1, 1), 2, 2), &[5, 6]).unwrap();
    node.hear(2, suffix(at(2, 3), 0, 0), &[]).unwrap();
    assert_eq!((node.role(), node.log.last()), (Role::Candidate, at(2, 3)), "4 may be committed");
}

/// The holder has less than the candidate by now.
pub(crate) fn a_holder_that_has_less_than_the_candidate() {
    let mut node = recovering(at(2, 5));
    node.hear(2, BallotBody::Differs { prev: 1, hint: LogId::START }, &[]).unwrap();
    assert_eq!(node.last_to(2), fetch(LogId::START));
    node.hear(2, suffix(LogId::START, 0, 0), &[]).unwrap();
    assert_eq!((node.role(), node.log.last()), (Role::Candidate, at(1, 1)));
    node.stand();
    node.promise(3, at(1, 1));
    assert_eq!((node.role(), node.log.last()), (Role::Leader, at(128, 2)));
}

/// What was fetched is committed when it is on this disk, too.
pub(crate) fn what_is_fetched_is_written() {
    let mut node = recovering(at(2, 2));
    node.prompt = false;
    node.hear(2, suffix(at(1, 1), 2, 1), &[5]).unwrap();
    node.hear(2, suffix(at(2, 2), 0, 0), &[]).unwrap();
    assert_eq!((node.role(), node.log.last()), (Role::Leader, at(64, 3)));
    node.receive(2, 64, Body::Matched { index: 3, round: 0 }, &[]).unwrap();
    assert_eq!((node.raft.status().committed, node.applied), (0, 0));
    while node.persist().is_some() {}
    assert_eq!((node.raft.status().committed, node.applied), (3, 3));
    assert_eq!(node.disk.log, node.log);
}
