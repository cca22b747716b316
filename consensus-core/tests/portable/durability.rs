//! What a power cut takes, and what was said before it.

use synod_consensus_core::{
    NodeId,
    raft::{Body, HardState, LogId, PersistedError, Role},
};

use super::cluster::Node;

const fn append(prev: LogId, entries_term: u64, count: u32) -> Body {
    Body::Append { prev, entries_term, count, commit: 0, round: 0 }
}

/// The term is written, the power fails, and the vote is not: the node votes twice in the term.
/// Term and vote are one record.
pub(crate) fn r08_term_and_vote_are_one_record() {
    let mut node = Node::new(1, 3);
    node.now_us = 1_000_000;
    node.prompt = false;
    node.receive(2, 4, Body::Vote { last: LogId::START }, &[]).unwrap();
    assert_eq!(node.last_to(2), None, "nothing is said before it is written");
    assert_eq!(node.pending_writes(), 1);
    let write = node.write_without_report().unwrap();
    assert_eq!(write.hard_state, Some(HardState { term: 4, vote: Some(NodeId(2)) }));
    node.crash();
    node.now_us += 1_000_000;
    node.prompt = true;
    node.receive(3, 4, Body::Vote { last: LogId::START }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::VoteReply { granted: false }));
    // Who has the vote may ask again.
    node.receive(2, 4, Body::Vote { last: LogId::START }, &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::VoteReply { granted: true }));
}

/// The term was written before, so that only the vote is new: it is written all the same.
pub(crate) fn r08_a_vote_in_a_known_term_is_written() {
    let mut node = Node::new(1, 3);
    node.now_us = 1_000_000;
    node.receive(3, 4, Body::Outdated, &[]).unwrap();
    assert_eq!(node.disk.hard_state, HardState { term: 4, vote: None });
    node.prompt = false;
    node.receive(2, 4, Body::Vote { last: LogId::START }, &[]).unwrap();
    assert_eq!((node.last_to(2), node.pending_writes()), (None, 1));
    node.persist().unwrap();
    assert_eq!(node.last_to(2), Some(Body::VoteReply { granted: true }));
    assert_eq!(node.disk.hard_state, HardState { term: 4, vote: Some(NodeId(2)) });
}

/// An acknowledgement, a vote or a request leaves before the write that it rests on.
pub(crate) fn r10_nothing_is_promised_before_it_is_durable() {
    let mut node = Node::new(1, 3);
    node.prompt = false;
    // An entry of a new term: first the term must be durable, then the entry.
    node.receive(2, 1, append(LogId::START, 1, 2), &[10, 11]).unwrap();
    assert_eq!(node.last_to(2), None);
    node.persist().unwrap();
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 2, round: 0 }));

    // Entries that come while others are written are acknowledged in their turn.
    node.receive(2, 1, append(LogId { term: 1, index: 2 }, 1, 1), &[12]).unwrap();
    node.receive(2, 1, append(LogId { term: 1, index: 3 }, 1, 1), &[13]).unwrap();
    assert_eq!((node.last_to(2), node.pending_writes()), (None, 2));
    node.persist().unwrap();
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 3, round: 0 }));
    // A heartbeat is answered at once, with what is durable.
    node.receive(2, 1, append(LogId { term: 1, index: 4 }, 0, 0), &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 3, round: 0 }));
    node.persist().unwrap();
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 4, round: 0 }));
}

/// A candidate asks for votes when its own is durable, and not before.
pub(crate) fn r10_a_candidate_votes_before_it_asks() {
    let mut node = Node::new(1, 3);
    node.prompt = false;
    node.timeout();
    assert_eq!(node.last_to(2), Some(Body::PreVote { last: LogId::START }));
    node.receive(2, 0, Body::PreVoteReply { granted: true, asked: 0 }, &[]).unwrap();
    assert_eq!((node.role(), node.term(), node.last_to(2)), (Role::Candidate, 1, None));
    node.persist().unwrap();
    assert_eq!(node.last_to(2), Some(Body::Vote { last: LogId::START }));
}

/// A cluster of one, or a leader whose followers are quick, commits before its own write is
/// durable.
pub(crate) fn r24_a_cluster_of_one_waits_for_its_disk() {
    let mut node = Node::new(1, 1);
    node.prompt = false;
    node.timeout();
    assert_eq!(node.role(), Role::Candidate, "its own vote is not durable");
    node.persist().unwrap();
    assert_eq!(node.role(), Role::Leader);
    let id = node.propose(5);
    assert_eq!(node.raft.status().committed, 0);
    node.persist().unwrap();
    assert_eq!(node.raft.status().committed, id.index - 1, "the blank");
    node.persist().unwrap();
    assert_eq!((node.raft.status().committed, node.applied), (id.index, id.index));
}

/// A follower's disk is slow. An entry is overwritten by a later leader's while the write of it is
/// on its way, and the late report is taken for the new entry, which has the same index.
pub(crate) fn r25_a_late_report_of_an_overwritten_entry() {
    let mut node = Node::new(1, 3);
    node.prompt = false;
    node.receive(2, 1, append(LogId::START, 1, 2), &[10, 11]).unwrap();
    // Before that is durable, the leader of term 2 replaces the second entry.
    node.receive(3, 2, append(LogId { term: 1, index: 1 }, 2, 1), &[21]).unwrap();
    let first = node.persist().unwrap();
    assert_eq!((first.first, first.last), (1, 2));
    assert_eq!(node.raft.status().durable, 1, "of the old entries, the first is still there");
    assert_eq!(node.last_to(3), None, "and term 2 is not durable");
    let second = node.persist().unwrap();
    assert_eq!((second.first, second.last), (2, 2));
    assert_eq!(node.last_to(3), Some(Body::Matched { index: 2, round: 0 }));
    assert_eq!(node.disk.log, node.log);

    // And back again: the entry of before, at its old place, under yet another leader.
    node.receive(2, 3, append(LogId { term: 1, index: 1 }, 3, 1), &[31]).unwrap();
    node.receive(3, 4, append(LogId { term: 1, index: 1 }, 4, 1), &[41]).unwrap();
    node.persist().unwrap();
    assert_eq!((node.raft.status().durable, node.last_to(3)), (1, None));
    node.persist().unwrap();
    assert_eq!(node.last_to(3), Some(Body::Matched { index: 2, round: 0 }));
}

/// Reports of writes that were never polled, or were reported before, are refused.
pub(crate) fn r25_reports_are_taken_once() {
    let mut node = Node::new(1, 3);
    node.prompt = false;
    node.receive(2, 1, append(LogId::START, 1, 1), &[10]).unwrap();
    node.receive(2, 1, append(LogId { term: 1, index: 1 }, 1, 1), &[11]).unwrap();
    let before = node.fingerprint();
    for unknown in [0, 1, 4, u64::MAX] {
        let refused = node.raft.handle_persisted(unknown, &node.log);
        assert_eq!(refused, Err(PersistedError::UnknownWrite), "{unknown}");
    }
    assert_eq!(node.fingerprint(), before);
    // The later one covers the earlier one.
    node.write_without_report().unwrap();
    node.write_without_report().unwrap();
    node.raft.handle_persisted(3, &node.log).unwrap();
    node.drain(None);
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 2, round: 0 }));
    assert_eq!(node.raft.handle_persisted(2, &node.log), Err(PersistedError::UnknownWrite));
    assert_eq!(node.raft.handle_persisted(3, &node.log), Err(PersistedError::UnknownWrite));
}

/// While the disk is slow, at most four writes are outstanding, and the next one has all the rest.
pub(crate) fn writes_are_gathered() {
    let mut node = Node::new(1, 3);
    node.prompt = false;
    for index in 0..10_u32 {
        let term = u64::from(index.min(1));
        let prev = LogId { term, index: index.into() };
        node.receive(2, 1, append(prev, 1, 1), &[index]).unwrap();
    }
    assert_eq!(node.pending_writes(), 4);
    for _ in 0..4 {
        node.persist().unwrap();
    }
    let write = node.persist().unwrap();
    assert_eq!((write.first, write.last), (5, 10));
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 10, round: 0 }));
    assert_eq!(node.pending_writes(), 0);
}

/// A candidate's vote for itself counts when the write that has it is durable, not when one before
/// it is.
pub(crate) fn r10_a_vote_counts_with_its_own_write() {
    let mut node = Node::new(2, 3);
    node.prompt = false;
    node.receive(3, 1, append(LogId::START, 1, 1), &[10]).unwrap();
    node.persist().unwrap();
    node.receive(3, 1, append(LogId { term: 1, index: 1 }, 1, 1), &[11]).unwrap();
    node.timeout();
    node.receive(3, 1, Body::PreVoteReply { granted: true, asked: 1 }, &[]).unwrap();
    assert_eq!((node.role(), node.pending_writes()), (Role::Candidate, 2));
    node.persist().unwrap();
    node.receive(1, 2, Body::VoteReply { granted: true }, &[]).unwrap();
    assert_eq!(node.role(), Role::Candidate, "one vote and an own that may be lost");
    node.persist().unwrap();
    assert_eq!(node.role(), Role::Leader);
}

/// A leader whose disk stalls gives way to those whose disks do not.
pub(crate) fn a_leader_whose_disk_stalls_steps_down() {
    let mut node = Node::new(1, 3);
    node.elect();
    node.prompt = false;
    let id = node.propose(1);
    assert_eq!(node.pending_writes(), 1);
    let answer = |node: &mut Node, voter| {
        let matched = Body::Matched { index: id.index, round: 0 };
        node.receive(voter, 1, matched, &[]).unwrap();
    };
    for _ in 0..40 {
        if node.role() != Role::Leader {
            break;
        }
        answer(&mut node, 2);
        answer(&mut node, 3);
        node.timeout();
    }
    assert_eq!(node.role(), Role::Follower);
    assert!(node.now_us <= 1_000_000, "{}", node.now_us);
}

/// Where the others are no quorum without it, it goes on; and so does one whose disk is slow, not
/// stuck.
pub(crate) fn a_leader_whose_disk_is_slow_goes_on() {
    for stuck in [true, false] {
        let mut node = Node::new(1, 3);
        node.elect();
        node.prompt = false;
        for value in 0..10 {
            node.propose(value);
            for _ in 0..3 {
                node.receive(2, 1, Body::Matched { index: 1, round: 0 }, &[]).unwrap();
                if !stuck {
                    node.receive(3, 1, Body::Matched { index: 1, round: 0 }, &[]).unwrap();
                }
                node.timeout();
            }
            assert_eq!(node.role(), Role::Leader);
            if !stuck {
                while node.persist().is_some() {}
            }
        }
    }
}
