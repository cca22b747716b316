//! A ballot belongs to one voter, is used once, and what was promised to it is kept.

use synod_consensus_core::{
    Members, NodeId,
    raft::{
        BallotBody, Body, ByBallots, HardState, LogId, MessageError, Raft, Recovered, Role,
        StartError,
    },
};

use super::{
    super::cluster::{
        BallotNode, MemoryLog,
        node::{CLUSTER, config, ids},
    },
    at, heartbeat,
};

/// A proposer that comes back stands above all that it used. What nobody heard of may be used again.
pub(crate) fn p01_a_ballot_is_never_used_again() {
    let mut node = BallotNode::new(2, 3);
    for ballot in [1, 65, 129] {
        node.stand();
        assert_eq!(node.last_to(3), Some(Body::Vote { last: LogId::START }));
        assert_eq!(node.term(), ballot);
        node.crash();
        assert_eq!((node.term(), node.raft.status().vote), (ballot, Some(NodeId(2))));
    }
    node.prompt = false;
    node.stand();
    assert!(matches!(node.last_to(3), Some(Body::PreVote { .. })), "it asks when it is written");
    node.crash();
    assert_eq!(node.term(), 129);
    node.stand();
    node.persist().unwrap();
    assert_eq!((node.term(), node.last_to(3)), (193, Some(Body::Vote { last: LogId::START })));
}

/// A promise speaks for the whole log, and so is not repeated while a part of that is on its way to
/// the disk.
pub(crate) fn p02_a_promise_speaks_for_what_is_durable() {
    let mut node = BallotNode::new(1, 3);
    let vote = Body::Vote { last: LogId::START };
    let promise = |last| Some(Body::Ballot(BallotBody::Promise { last }));
    node.receive(2, 65, vote, &[]).unwrap();
    assert_eq!(node.last_to(2), promise(LogId::START));
    node.prompt = false;
    let entry =
        Body::Append { prev: LogId::START, entries_term: 65, count: 1, commit: 0, round: 0 };
    node.receive(2, 65, entry, &[7]).unwrap();
    node.receive(2, 65, vote, &[]).unwrap();
    assert_eq!(node.last_to(2), None);
    node.persist().unwrap();
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 1, round: 0 }));
    node.receive(2, 65, vote, &[]).unwrap();
    assert_eq!(node.last_to(2), promise(at(65, 1)));
}

/// A node whose disk was lost hears of a ballot that it must have used.
pub(crate) fn p01_a_ballot_of_a_forgotten_life_is_told() {
    let mut node = BallotNode::recovered(2, 3, 66, MemoryLog::new());
    let before = node.fingerprint();
    let said = [
        Body::Ballot(BallotBody::Promise { last: LogId::START }),
        Body::Ballot(BallotBody::Differs { prev: 3, hint: at(1, 1) }),
        Body::Ballot(BallotBody::ReadIndex { round: 7 }),
        Body::Matched { index: 1, round: 0 },
        Body::PreVote { last: LogId::START },
        Body::Snapshot { last: at(1, 1) },
        Body::Outdated,
    ];
    for body in said {
        assert_eq!(node.receive(3, 129, body, &[]), Err(MessageError::Forgotten), "{body:?}");
    }
    assert_eq!(node.fingerprint(), before);
    // What it knows of is merely over.
    for body in said {
        node.receive(3, 65, body, &[]).unwrap();
    }
    assert_eq!(node.term(), 66);
}

/// A promise leaves when it is on the disk, and outlives a restart.
pub(crate) fn p02_a_promise_is_written_before_it_is_said() {
    let mut node = BallotNode::recovered(1, 3, 2, MemoryLog::of_terms(&[2, 2]));
    node.now_us = 1_000_000;
    node.prompt = false;
    // Its own log is longer than the candidate's, which is no reason to refuse.
    node.receive(2, 65, Body::Vote { last: LogId::START }, &[]).unwrap();
    assert_eq!((node.last_to(2), node.disk.hard_state.term), (None, 2));
    let mut early = node.persist().unwrap();
    let promised = HardState { term: 65, vote: Some(NodeId(2)) };
    assert_eq!((early.hard_state.take(), node.disk.hard_state), (Some(promised), promised));
    assert_eq!(node.last_to(2), Some(Body::Ballot(BallotBody::Promise { last: at(2, 2) })));
    node.crash();
    assert_eq!((node.term(), node.raft.status().vote), (65, Some(NodeId(2))));
    node.receive(3, 2, heartbeat(at(2, 2), 2), &[]).unwrap();
    while node.persist().is_some() {}
    assert_eq!((node.last_to(3), node.raft.status().committed), (Some(Body::Outdated), 0));
    // Asked again, it says so again.
    node.receive(2, 65, Body::Vote { last: LogId::START }, &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::Ballot(BallotBody::Promise { last: at(2, 2) })));

    // A crash before the write: nothing was promised.
    node.receive(3, 66, Body::Vote { last: LogId::START }, &[]).unwrap();
    node.crash();
    while node.persist().is_some() {}
    assert_eq!((node.last_to(3), node.term()), (None, 65));
}

/// Nothing of an older ballot is accepted after a promise to a newer one, and its sender is told.
pub(crate) fn p05_an_append_of_an_older_ballot() {
    let mut node = BallotNode::recovered(1, 3, 2, MemoryLog::of_terms(&[2, 2]));
    node.now_us = 1_000_000;
    node.receive(2, 65, Body::Vote { last: LogId::START }, &[]).unwrap();
    let (before, log) = (node.raft.status(), node.log.clone());
    let append = Body::Append { prev: at(2, 2), entries_term: 2, count: 2, commit: 4, round: 9 };
    node.receive(3, 2, append, &[7, 8]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::Outdated));
    let old = [
        Body::Commit { commit: 2 },
        Body::Vote { last: LogId::START },
        Body::Ballot(BallotBody::Fetch { prev: LogId::START }),
        Body::Ballot(BallotBody::ReadIndex { round: 1 }),
    ];
    for body in old {
        node.receive(3, 2, body, &[]).unwrap();
        assert_eq!(node.last_to(3), Some(Body::Outdated), "{body:?}");
    }
    assert_eq!((node.raft.status(), &node.log), (before, &log));
    // Once it leads, the same holds of those before it.
    node.receive(2, 65, heartbeat(at(2, 2), 2), &[]).unwrap();
    node.receive(3, 2, append, &[7, 8]).unwrap();
    assert_eq!((node.last_to(3), &node.log), (Some(Body::Outdated), &log));
}

/// What only the owner of a ballot says in it, or only others to the owner.
pub(crate) fn whose_a_ballot_is() {
    let mut node = BallotNode::recovered(1, 3, 70, MemoryLog::of_terms(&[2]));
    let before = node.fingerprint();
    let last = at(2, 1);
    let suffix = BallotBody::Suffix { prev: last, entries_term: 0, count: 0 };
    let refused = [
        // 3 in the ballot of 2, and both in one of nobody's.
        (3, 129, Body::Vote { last }),
        (3, 129, heartbeat(last, 1)),
        (3, 129, Body::Commit { commit: 1 }),
        (3, 129, Body::Snapshot { last }),
        (3, 129, Body::Ballot(BallotBody::Fetch { prev: last })),
        (2, 131, Body::Vote { last }),
        // To 1, as if the ballot were its own.
        (3, 129, Body::Ballot(BallotBody::Promise { last })),
        (3, 129, Body::Matched { index: 1, round: 0 }),
        (3, 129, Body::Mismatched { prev: 1, hint: LogId::START, round: 0 }),
        (3, 129, Body::Ballot(suffix)),
        (2, 129, Body::Ballot(BallotBody::Differs { prev: 1, hint: LogId::START })),
        // What Raft says.
        (2, 129, Body::VoteReply { granted: true }),
        // What is never said before there is a ballot.
        (2, 0, Body::Ballot(BallotBody::Promise { last: LogId::START })),
        (2, 0, Body::Ballot(BallotBody::Differs { prev: 1, hint: LogId::START })),
        (2, 0, Body::Ballot(BallotBody::ReadIndex { round: 1 })),
        // What contradicts itself.
        (2, 129, Body::Vote { last: at(129, 1) }),
        (2, 129, Body::Ballot(BallotBody::Fetch { prev: at(129, 1) })),
        (2, 64, Body::Ballot(BallotBody::Promise { last: at(65, 1) })),
        (2, 64, Body::Ballot(BallotBody::Differs { prev: 1, hint: at(2, 1) })),
        (2, 64, Body::Ballot(BallotBody::Suffix { prev: last, entries_term: 1, count: 1 })),
        (2, 64, Body::Ballot(BallotBody::Suffix { prev: last, entries_term: 2, count: 0 })),
    ];
    for (from, term, body) in refused {
        let error = node.receive(from, term, body, &[]);
        assert_eq!(error, Err(MessageError::Malformed), "{body:?}");
    }
    assert_eq!(node.fingerprint(), before);
}

/// A vote on the disk that cannot have been given.
pub(crate) fn a_vote_for_another_ballot_is_strange() {
    let recover = |term, vote| {
        let hard_state = HardState { term, vote: Some(NodeId(vote)) };
        let found = Recovered { hard_state, applied: 0 };
        let members = Members::majority(&ids(3)).unwrap();
        let started =
            Raft::<5, 4, ByBallots>::recover_with(config(1), members, 0, found, &MemoryLog::new());
        started.map(|raft| raft.status().leadership.term)
    };
    assert_eq!(recover(65, 2), Ok(65));
    assert_eq!(recover(65, 3), Err(StartError::StrangeVote));
    assert_eq!(recover(65, 4), Err(StartError::StrangeVote));
    assert_eq!(CLUSTER, config(1).cluster);
}

/// Ballots at their ends. The last one of the first place is not the last of all.
pub(crate) fn ballots_at_their_ends() {
    let mut node = BallotNode::recovered(1, 3, u64::MAX - 127, MemoryLog::new());
    node.stand();
    assert_eq!(node.term(), u64::MAX - 63);
    for _ in 0..3 {
        node.timeout();
        assert_eq!((node.role(), node.term()), (Role::Candidate, u64::MAX - 63), "no more of them");
    }
    // Those behind it have two left.
    for (voter, ballot) in [(2, u64::MAX - 62), (3, u64::MAX - 61)] {
        node.now_us += 1_000_000;
        node.receive(voter, ballot, Body::Vote { last: LogId::START }, &[]).unwrap();
        let promise = BallotBody::Promise { last: LogId::START };
        assert_eq!(node.last_to(voter), Some(Body::Ballot(promise)));
    }
    node.timeout();
    assert_eq!((node.role(), node.term()), (Role::Follower, u64::MAX - 61));
    // The last of all belongs to a place that nobody has.
    let error = node.receive(2, u64::MAX, Body::Vote { last: LogId::START }, &[]);
    assert_eq!(error, Err(MessageError::Malformed));
    // Indices end, too.
    let last = at(1, u64::MAX);
    let error = node.receive(2, u64::MAX - 62, Body::Ballot(BallotBody::Fetch { prev: last }), &[]);
    assert_eq!(error, Err(MessageError::Malformed));
}

/// The last index of all is never reached, nor fetched.
pub(crate) fn an_entry_at_the_last_index() {
    let mut node = BallotNode::new(1, 3);
    node.stand();
    let suffix = BallotBody::Suffix { prev: at(1, u64::MAX - 2), entries_term: 1, count: 2 };
    assert_eq!(node.hear(2, suffix, &[]), Err(MessageError::Malformed));
}

/// Another message of a leader is waiting for an answer, when its question of before comes late.
pub(crate) fn a_late_question_of_the_leader() {
    let mut node = BallotNode::new(1, 3);
    node.prompt = false;
    node.receive(2, 65, heartbeat(LogId::START, 0), &[]).unwrap();
    node.receive(2, 65, Body::Vote { last: LogId::START }, &[]).unwrap();
    while node.persist().is_some() {}
    let said = [node.next_to(2), node.next_to(2)].map(|sent| Some(sent?.message.body));
    assert_eq!(said, [Some(Body::Matched { index: 0, round: 0 }), None]);
    assert_eq!(node.raft.status().vote, None, "it leads without this vote");
}

/// An answer that waits for the disk is not given in a later ballot, of which it says nothing.
pub(crate) fn an_answer_to_an_earlier_ballot() {
    let mut node = BallotNode::new(1, 3);
    node.prompt = false;
    node.receive(2, 2, Body::Outdated, &[]).unwrap();
    node.receive(2, 2, Body::PreVote { last: LogId::START }, &[]).unwrap();
    node.stand();
    while node.persist().is_some() {}
    let said = [node.next_to(2), node.next_to(2)].map(|sent| Some(sent?.message.body));
    assert_eq!(said, [Some(Body::Vote { last: LogId::START }), None]);
}
