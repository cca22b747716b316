//! How long those wait who have promised, or complete their logs, before they stand again.

use synod_consensus_core::raft::{BallotBody, Body, LogId, Role};

use super::{
    super::cluster::BallotNode,
    at,
    recovery::{recovering, snapshot, suffix},
};

const TIMEOUT_US: u64 = 150_000;
const HEARTBEAT_US: u64 = 30_000;

/// Does this just before the node would stand; then it waits anew, or not.
fn waits(anew: bool, node: &mut BallotNode, step: impl FnOnce(&mut BallotNode)) {
    let deadline_us = node.raft.poll_timeout().unwrap();
    node.now_us = deadline_us - 1;
    step(node);
    let later_us = node.raft.poll_timeout().unwrap();
    if anew {
        assert!(later_us >= node.now_us + TIMEOUT_US, "{}", later_us - node.now_us);
    } else {
        assert_eq!(later_us, deadline_us);
    }
}

/// The candidate to whom a node has promised has time to complete its log.
pub(crate) fn who_has_promised_waits() {
    let mut node = BallotNode::new(1, 3);
    let vote = Body::Vote { last: LogId::START };
    let fetch = Body::Ballot(BallotBody::Fetch { prev: LogId::START });
    waits(true, &mut node, |node| node.receive(2, 65, vote, &[]).unwrap());
    waits(true, &mut node, |node| node.receive(2, 65, fetch, &[]).unwrap());
    // Who is asked for entries helps no other one meanwhile.
    node.receive(3, 65, Body::PreVote { last: at(9, 9) }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::PreVoteReply { granted: false, asked: 65 }));
    // It asks again while it completes a long one. Nobody is waited for without a promise.
    waits(true, &mut node, |node| node.receive(2, 65, vote, &[]).unwrap());
    // Nor is another one helped meanwhile.
    node.receive(3, 65, Body::PreVote { last: at(9, 9) }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::PreVoteReply { granted: false, asked: 65 }));
    waits(false, &mut node, |node| node.receive(3, 66, fetch, &[]).unwrap());
    waits(false, &mut node, |node| node.receive(3, 2, vote, &[]).unwrap());
    // Who would stand meanwhile waits, too.
    node.timeout();
    assert_eq!(node.role(), Role::PreCandidate);
    waits(true, &mut node, |node| node.receive(2, 65, vote, &[]).unwrap());
    // Who leads, without this node's promise, does not ask for one any more.
    node.receive(3, 66, Body::Commit { commit: 0 }, &[]).unwrap();
    waits(false, &mut node, |node| node.receive(3, 66, vote, &[]).unwrap());
}

/// Who completes a long log asks the others to wait for it.
pub(crate) fn who_completes_its_log_asks_again() {
    let mut node = recovering(at(2, 9));
    while node.last_to(3).is_some() {}
    for index in 1..4 {
        node.hear(2, suffix(at(1, index), 1, 1), &[5]).unwrap();
        assert_eq!(node.last_to(3), Some(Body::Vote { last: at(1, index + 1) }));
    }
}

/// Whatever it is given is a reason for a candidate to go on; what it has already is none.
pub(crate) fn who_completes_its_log_waits_for_each_answer() {
    let mut node = recovering(at(2, 9));
    let entries = suffix(at(1, 1), 1, 2);
    let differs = BallotBody::Differs { prev: 3, hint: at(1, 2) };
    waits(true, &mut node, |node| node.hear(2, entries, &[5, 6]).unwrap());
    waits(true, &mut node, |node| node.hear(2, differs, &[]).unwrap());
    let of_its_own = snapshot(64, at(1, 4));
    waits(true, &mut node, |node| node.take(2, &of_its_own, &[], 98).unwrap());
    let late = snapshot(2, at(2, 6));
    waits(true, &mut node, |node| node.take(3, &late, &[], 99).unwrap());
    assert_eq!((node.role(), node.log.last()), (Role::Candidate, at(2, 6)));

    let mut node = recovering(at(2, 9));
    node.hear(2, entries, &[5, 6]).unwrap();
    waits(false, &mut node, |node| node.hear(2, entries, &[5, 6]).unwrap());
    node.hear(2, differs, &[]).unwrap();
    waits(false, &mut node, |node| node.hear(2, differs, &[]).unwrap());
}

/// A leader's first heartbeat is due so long after the promise that made it one.
pub(crate) fn who_is_promised_to_lead_counts_from_then() {
    let mut node = BallotNode::new(1, 3);
    node.stand();
    node.now_us += 50_000;
    node.promise(2, LogId::START);
    assert_eq!(node.role(), Role::Leader);
    assert_eq!(node.raft.poll_timeout(), Some(node.now_us + HEARTBEAT_US));
}
