//! Reads on a follower that wait: for enough answers, or until what they must see is applied.

use synod_consensus_core::{
    Members,
    raft::{BallotBody, Body, ByBallots, LogId},
};
use synod_quorum::{Flexible, NodeSet, Threshold};

use super::{
    super::cluster::{
        BallotNode,
        node::{Node, config, ids},
    },
    at, heartbeat,
    reads::{answer, follower},
};

/// A read asks as many as elect a leader, also where fewer commit: one of them has what those have.
pub(crate) fn a_read_takes_as_many_as_an_election() {
    let all = NodeSet::first(4).unwrap();
    let of = |needed| Threshold::new(all, needed).unwrap();
    let members = Members::new(&ids(4), Flexible::new(of(3), of(2)).unwrap()).unwrap();
    let mut node = Node::<ByBallots<Flexible<_, _>>>::with_members(config(2), members);
    node.receive(1, 64, heartbeat(LogId::START, 0), &[]).unwrap();
    let read = node.read();
    node.receive(3, 64, Body::Ballot(answer(read.round, 0)), &[]).unwrap();
    assert_eq!(node.reads.pop_front(), None, "1 and 4 may have committed more");
    node.receive(4, 64, Body::Ballot(answer(read.round, 0)), &[]).unwrap();
    assert_eq!(node.reads.pop_front(), Some(read));
}

/// A follower with two reads, of which each waits for an entry.
fn two_wait() -> BallotNode {
    let mut node = follower();
    for index in [1, 2] {
        let read = node.read();
        for voter in [3, 4] {
            node.hear(voter, answer(read.round, index), &[]).unwrap();
        }
    }
    assert!(node.reads.is_empty());
    node
}

/// What is found out about an index that is gone serves all that wait, and then nobody is asked.
pub(crate) fn all_that_wait_are_answered_at_once() {
    let mut node = two_wait();
    node.now_us += 30_000;
    node.receive(1, 64, heartbeat(LogId::START, 0), &[]).unwrap();
    let Some(Body::Ballot(BallotBody::ReadIndex { round })) = node.last_to(5) else {
        panic!("they are not asked again");
    };
    for voter in [1, 3] {
        node.hear(voter, answer(round, 0), &[]).unwrap();
    }
    assert_eq!(node.reads.iter().map(|read| read.round + 1).max(), Some(round));
    assert_eq!(node.reads.len(), 2);
    node.sent.clear();
    node.now_us += 30_000;
    node.receive(1, 64, heartbeat(LogId::START, 0), &[]).unwrap();
    assert_eq!(node.last_to(5), None, "though it has not answered");
}

/// With a change of the leader all that wait end, and none of them comes with a later read.
pub(crate) fn all_that_wait_end_with_their_leader() {
    let mut node = two_wait();
    let append =
        Body::Append { prev: LogId::START, entries_term: 66, count: 2, commit: 0, round: 0 };
    node.receive(3, 66, append, &[0, 2]).unwrap();
    let read = node.read();
    for voter in [4, 5] {
        node.hear(voter, answer(read.round, 0), &[]).unwrap();
    }
    node.receive(3, 66, heartbeat(at(66, 2), 2), &[]).unwrap();
    assert_eq!((node.applied, node.reads.pop_front()), (2, Some(read)));
    assert_eq!(node.reads.pop_front(), None);
}
