//! Elections that went wrong elsewhere.

use synod_consensus_core::{
    NodeId,
    raft::{Body, Config, LogId, Role},
};

use super::cluster::{Cluster, MemoryLog, Node, node::config};

const fn at(term: u64, index: u64) -> LogId {
    LogId { term, index }
}

/// Stepping down in the same term forgets the vote, which is then given twice.
pub(crate) fn r09_the_vote_outlives_a_step_down() {
    let mut node = Node::new(1, 3);
    node.now_us = 1_000_000;
    node.receive(2, 5, Body::Vote { last: LogId::START }, &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::VoteReply { granted: true }));
    // The leader of the same term is another one: the node follows, and has voted all the same.
    let heartbeat =
        Body::Append { prev: LogId::START, entries_term: 0, count: 0, commit: 0, round: 0 };
    node.receive(3, 5, heartbeat, &[]).unwrap();
    assert_eq!(node.raft.status().vote, Some(NodeId(2)));
    node.receive(3, 5, Body::Vote { last: at(4, 9) }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::VoteReply { granted: false }));

    // So does the vote of a candidate that gives way, and of a leader that nobody hears.
    let mut cluster = Cluster::led_by_1(3);
    let term = cluster.node(1).term();
    cluster.isolate(1);
    cluster.run(800_000);
    assert_eq!(cluster.node(1).role(), Role::PreCandidate);
    assert_eq!(cluster.node(1).term(), term);
    assert_eq!(cluster.node(1).raft.status().vote, Some(NodeId(1)));
}

/// With pre-votes, a node that comes back with a higher term cannot get in: nobody hears it, and it
/// obeys nobody. The leader must learn of its term.
pub(crate) fn r13_a_higher_term_comes_back() {
    let mut cluster = Cluster::led_by_1(3);
    cluster.node(1).propose(1);
    cluster.settle();
    let log = cluster.node(3).log.clone();
    *cluster.node(3) = Node::recovered(3, 3, 50, log);
    let now_us = cluster.now_us;
    cluster.node(3).now_us = now_us;
    cluster.run(1_000_000);
    let leader = cluster.leader().expect("a leader");
    assert!(cluster.node(leader).term() > 50);
    cluster.node(leader).propose(2);
    cluster.run(100_000);
    cluster.assert_agreed();
}

/// A pre-candidate with a longer log in an old term, and a candidate in a later term whose log is
/// shorter, keep each other from winning.
pub(crate) fn r14_a_long_log_and_a_late_term() {
    let long = Node::recovered(1, 2, 4, MemoryLog::of_terms(&[1, 4, 4]));
    let late = Node::recovered(2, 2, 6, MemoryLog::of_terms(&[1]));
    let mut cluster = Cluster::of([long, late].into_iter());
    cluster.run(1_500_000);
    assert_eq!(cluster.leader(), Some(1));
    assert!(cluster.node(1).term() > 6);
    cluster.assert_agreed();
}

/// A former leader asks for pre-votes, and its followers refuse it for the leader that it was.
pub(crate) fn r15_a_former_leader_asks() {
    let mut cluster = Cluster::led_by_1(3);
    let last = cluster.node(1).log.last();
    let node = cluster.node(2);
    assert_eq!(node.raft.leader(), Some(NodeId(1)));
    let term = node.term();
    node.receive(1, term, Body::PreVote { last }, &[]).unwrap();
    assert_eq!(node.last_to(1), Some(Body::PreVoteReply { granted: true, asked: term }));
    // For anybody else, the leader is alive.
    node.receive(3, term, Body::PreVote { last }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::PreVoteReply { granted: false, asked: term }));
    // Nor does it vote for somebody else.
    node.receive(3, term + 1, Body::Vote { last }, &[]).unwrap();
    assert_eq!((node.last_to(3), node.term()), (None, term));
}

/// A pre-vote promises nothing: it writes no vote, and raises no term.
pub(crate) fn r16_a_pre_vote_leaves_no_trace() {
    let mut node = Node::new(1, 3);
    node.now_us = 1_000_000;
    node.prompt = false;
    let before = node.raft.status();
    node.receive(2, 8, Body::PreVote { last: LogId::START }, &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::PreVoteReply { granted: true, asked: 8 }));
    node.receive(3, 9, Body::PreVote { last: LogId::START }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::PreVoteReply { granted: true, asked: 9 }), "to many");
    assert_eq!((node.raft.status(), node.pending_writes()), (before, 0));
    // Nor does asking for them.
    node.timeout();
    assert_eq!(node.role(), Role::PreCandidate);
    assert_eq!((node.term(), node.raft.status().vote, node.pending_writes()), (0, None, 0));
}

/// The election timeout is drawn once, so two nodes that drew the same tie for ever.
pub(crate) fn r17_a_timeout_is_drawn_each_time() {
    let mut node = Node::new(1, 3);
    let mut waits = [0; 8];
    for wait in &mut waits {
        let before = node.raft.poll_timeout().unwrap();
        node.timeout();
        *wait = node.raft.poll_timeout().unwrap() - before;
    }
    assert!(waits.iter().all(|wait| (150_000..300_000).contains(wait)), "{waits:?}");
    let mut sorted = waits;
    sorted.sort_unstable();
    assert!(sorted.windows(2).all(|pair| pair[0] < pair[1]), "all differ: {waits:?}");
}

/// Two nodes with one seed that begin alike part ways.
pub(crate) fn r17_one_seed_for_two() {
    let twins = (1..=2).map(|id| Node::with_config(Config { seed: 0, ..config(id) }, 2));
    let mut cluster = Cluster::of(twins);
    cluster.run(3_000_000);
    assert!(cluster.leader().is_some());
}

/// One node cannot hear the leader, but reaches the others: it asks again and again, and nobody
/// minds.
pub(crate) fn r18_one_node_does_not_hear_the_leader() {
    let mut cluster = Cluster::led_by_1(5);
    let term = cluster.node(1).term();
    cluster.cut(1, 5);
    cluster.run(3_000_000);
    assert_eq!(cluster.leader(), Some(1));
    assert_eq!(cluster.node(1).term(), term);
    assert_eq!(cluster.node(5).role(), Role::PreCandidate);
    // Cut both ways, too.
    cluster.part(1, 5);
    cluster.run(3_000_000);
    assert_eq!((cluster.leader(), cluster.node(1).term()), (Some(1), term));
}

/// Links fail until one node alone reaches a quorum, and the leader is not that node. (Quorum loss,
/// in the paper on `OmniPaxos`.)
pub(crate) fn r18_only_one_node_reaches_a_quorum() {
    let mut cluster = Cluster::led_by_1(5);
    for one in 1..=5 {
        for other in one + 1..=5 {
            if one != 3 && other != 3 {
                cluster.part(one, other);
            }
        }
    }
    cluster.run(3_000_000);
    assert_eq!(cluster.leader(), Some(3));
    cluster.node(3).propose(1);
    cluster.run(100_000);
    cluster.assert_agreed();
}

/// In a chain of three, the ends do not hear each other, and the leader is an end: there is one
/// leader.
pub(crate) fn r18_a_chain() {
    let mut cluster = Cluster::led_by_1(3);
    let term = cluster.node(1).term();
    cluster.part(1, 3);
    cluster.run(3_000_000);
    assert_eq!((cluster.leader(), cluster.node(1).term()), (Some(1), term));
    cluster.node(1).propose(1);
    cluster.run(100_000);
    let applied = cluster.node(1).applied;
    assert_eq!(cluster.node(2).applied, applied);
}

/// The one node that reaches a quorum lacks an entry that others have: they never vote for it, and
/// can win no election themselves. Raft, as published, waits until the links are back; then it goes
/// on. (Constrained election.)
pub(crate) fn r18_a_constrained_election_waits() {
    let mut cluster = Cluster::led_by_1(5);
    cluster.isolate(3);
    cluster.node(1).propose(1);
    cluster.settle();
    cluster.heal();
    for one in 1..=5 {
        for other in one + 1..=5 {
            if one != 3 && other != 3 {
                cluster.part(one, other);
            }
        }
    }
    // Nor may 3 be told what it lacks.
    cluster.part(1, 3);
    cluster.part(2, 3);
    cluster.run(3_000_000);
    assert_eq!(cluster.leader(), None);
    cluster.heal();
    cluster.run(1_000_000);
    cluster.assert_agreed();
    assert!(cluster.node(3).applied >= 2);
}

/// The old leader still reaches one node, which for its sake will not vote, and is needed by
/// nobody: the others go on without.
pub(crate) fn r19_a_bridge_does_not_block_the_healthy() {
    let mut cluster = Cluster::led_by_1(5);
    for other in 3..=5 {
        cluster.part(1, other);
    }
    cluster.run(2_000_000);
    let leader = cluster.leader().expect("a leader");
    assert_ne!(leader, 1);
    assert_ne!(cluster.node(1).role(), Role::Leader, "it hears no quorum");
    cluster.node(leader).propose(1);
    cluster.run(100_000);
    let end = cluster.node(leader).applied;
    assert!((2..=5).all(|id| cluster.node(id).applied == end));
}

/// A voter restarts, forgets that it heard a leader a moment ago, and helps to depose it.
pub(crate) fn r34_a_restarted_voter_waits() {
    let mut cluster = Cluster::led_by_1(3);
    let (term, last) = (cluster.node(1).term(), cluster.node(1).log.last());
    let node = cluster.node(2);
    node.crash();
    node.receive(3, term, Body::PreVote { last }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::PreVoteReply { granted: false, asked: term }));
    node.receive(3, term + 1, Body::Vote { last }, &[]).unwrap();
    assert_eq!((node.last_to(3), node.term()), (None, term));
    node.now_us += 150_000;
    node.receive(3, term + 1, Body::Vote { last }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::VoteReply { granted: true }));
}

/// A candidate that wins when its log has no room for its first entry does not lead.
pub(crate) fn r32_a_leader_needs_room() {
    let mut node = Node::recovered(1, 3, 1, MemoryLog::of_terms(&[1, 1]));
    node.timeout();
    node.receive(2, 1, Body::PreVoteReply { granted: true, asked: 1 }, &[]).unwrap();
    node.log.room = 2;
    node.receive(2, 2, Body::VoteReply { granted: true }, &[]).unwrap();
    assert_eq!((node.role(), node.log_was_full), (Role::Follower, true));
    // Nor does it stand again.
    node.log_was_full = false;
    node.timeout();
    assert_eq!((node.role(), node.log_was_full), (Role::Follower, true));
    node.log.room = 3;
    node.timeout();
    assert_eq!(node.role(), Role::PreCandidate);
}

/// An answer counts once, and only to the question that was asked last.
pub(crate) fn r27_answers_to_other_questions() {
    let mut node = Node::new(1, 5);
    node.timeout();
    let answer = |granted, asked| Body::PreVoteReply { granted, asked };
    node.receive(2, 0, answer(false, 0), &[]).unwrap();
    node.receive(2, 0, answer(true, 0), &[]).unwrap();
    node.receive(3, 0, answer(true, 0), &[]).unwrap();
    node.receive(3, 0, answer(true, 0), &[]).unwrap();
    node.receive(4, 1, answer(true, 1), &[]).unwrap();
    assert_eq!(node.role(), Role::PreCandidate, "two of five");
    node.receive(5, 0, answer(true, 0), &[]).unwrap();
    assert_eq!((node.role(), node.term()), (Role::Candidate, 1));
    node.receive(2, 1, Body::VoteReply { granted: true }, &[]).unwrap();
    node.receive(2, 1, Body::VoteReply { granted: true }, &[]).unwrap();
    node.receive(3, 1, Body::VoteReply { granted: false }, &[]).unwrap();
    node.receive(3, 1, Body::VoteReply { granted: true }, &[]).unwrap();
    assert_eq!(node.role(), Role::Candidate, "a vote is a vote");
    // An answer of a later term ends the campaign, whatever it says.
    for later in [Body::VoteReply { granted: true }, Body::Matched { index: 0, round: 0 }] {
        let term = node.term() + 1;
        node.receive(4, term, later, &[]).unwrap();
        assert_eq!((node.role(), node.term()), (Role::Follower, term));
    }
}

/// What a model checker compares leaves out time and chance, and nothing else.
pub(crate) fn a_canonical_state_is_without_time() {
    let early = Node::new(1, 3);
    let mut late = Node::with_config(Config { seed: 99, ..config(1) }, 3);
    late.now_us = 100_000;
    late.tick();
    assert!(early.raft != late.raft);
    assert!(early.raft.canonical() == late.raft.canonical());
    late.receive(2, 0, Body::PreVote { last: LogId::START }, &[]).unwrap();
    assert!(early.raft.canonical() == late.raft.canonical());
    late.receive(2, 1, Body::Outdated, &[]).unwrap();
    assert!(early.raft.canonical() != late.raft.canonical());

    // Nor is it told when a leader's heartbeats are due.
    let mut early = Node::new(1, 3);
    let mut late = Node::with_config(Config { seed: 99, ..config(1) }, 3);
    early.elect();
    late.now_us = 1_000_000;
    late.elect();
    assert!(early.raft != late.raft);
    assert!(early.raft.canonical() == late.raft.canonical());
}

/// A leader that a quorum hears votes for nobody, and raises its term for nobody.
pub(crate) fn r18_a_leader_does_not_help_to_depose_itself() {
    let mut node = Node::new(1, 3);
    node.elect();
    node.now_us += 1_000_000;
    let (term, last) = (node.term(), node.log.last());
    node.receive(2, term, Body::PreVote { last }, &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::PreVoteReply { granted: false, asked: term }));
    node.receive(2, term + 1, Body::Vote { last }, &[]).unwrap();
    assert_eq!((node.last_to(2), node.role(), node.term()), (None, Role::Leader, term));
}

/// A candidate, and one that would be, give way to the leader of their term, and keep their vote.
pub(crate) fn a_candidate_gives_way_to_the_leader_of_its_term() {
    let heartbeat =
        Body::Append { prev: LogId::START, entries_term: 0, count: 0, commit: 0, round: 0 };
    let mut node = Node::new(1, 5);
    node.timeout();
    for voter in [2, 3] {
        let granted = Body::PreVoteReply { granted: true, asked: 0 };
        node.receive(voter, 0, granted, &[]).unwrap();
    }
    assert_eq!((node.role(), node.term()), (Role::Candidate, 1));
    node.receive(4, 1, heartbeat, &[]).unwrap();
    assert_eq!((node.role(), node.raft.leader()), (Role::Follower, Some(NodeId(4))));
    assert_eq!(node.raft.status().vote, Some(NodeId(1)));
    // A vote that comes late elects nobody.
    node.receive(2, 1, Body::VoteReply { granted: true }, &[]).unwrap();
    node.receive(3, 1, Body::VoteReply { granted: true }, &[]).unwrap();
    assert_eq!(node.role(), Role::Follower);

    node.timeout();
    assert_eq!((node.role(), node.raft.leader()), (Role::PreCandidate, None));
    node.receive(4, 1, heartbeat, &[]).unwrap();
    assert_eq!((node.role(), node.raft.leader()), (Role::Follower, Some(NodeId(4))));
}

/// A request for a vote in the present term is answered, also by who has just heard a leader.
pub(crate) fn a_late_candidate_is_told() {
    let mut node = Node::new(1, 3);
    let heartbeat =
        Body::Append { prev: LogId::START, entries_term: 0, count: 0, commit: 0, round: 0 };
    node.receive(2, 4, heartbeat, &[]).unwrap();
    node.receive(3, 4, Body::Vote { last: at(3, 9) }, &[]).unwrap();
    assert_eq!(node.last_to(3), Some(Body::VoteReply { granted: false }));
}

/// To hear of a later term is no reason to wait longer for an election.
pub(crate) fn a_later_term_does_not_move_the_deadline() {
    let mut node = Node::new(1, 3);
    let deadline_us = node.raft.poll_timeout();
    node.now_us = 100_000;
    node.receive(2, 7, Body::Outdated, &[]).unwrap();
    assert_eq!(node.raft.poll_timeout(), deadline_us);
    // A leader that is deposed waits for one, from then on.
    node.elect();
    node.now_us += 100_000;
    let now_us = node.now_us;
    node.receive(2, 20, Body::Outdated, &[]).unwrap();
    let wait_us = node.raft.poll_timeout().unwrap() - now_us;
    assert!((150_000..300_000).contains(&wait_us), "{wait_us}");
}

/// Each message of the leader begins the wait for the next one anew, as it was drawn for it; the next
/// leader has another.
pub(crate) fn a_wait_is_drawn_once_for_a_leader() {
    let heartbeat =
        Body::Append { prev: LogId::START, entries_term: 0, count: 0, commit: 0, round: 0 };
    let mut node = Node::new(1, 3);
    let mut wait = |leader, term, now_us| {
        node.now_us = now_us;
        node.receive(leader, term, heartbeat, &[]).unwrap();
        node.raft.poll_timeout().unwrap() - now_us
    };
    let waits = [wait(2, 5, 1_000), wait(2, 5, 90_000), wait(2, 5, 400_000)];
    assert!((150_000..300_000).contains(&waits[0]), "{waits:?}");
    assert_eq!(waits, [waits[0]; 3]);
    let other = wait(3, 6, 400_001);
    assert!((150_000..300_000).contains(&other) && other != waits[0], "{other}");
}

/// A follower whose log is full waits in vain for a leader that is gone. When that one is back, the
/// next wait is no longer than any.
pub(crate) fn a_wait_in_vain_is_not_repeated() {
    let heartbeat =
        Body::Append { prev: LogId::START, entries_term: 0, count: 0, commit: 0, round: 0 };
    let mut node = Node::new(1, 3);
    node.receive(2, 5, heartbeat, &[]).unwrap();
    node.log.room = 0;
    for _ in 0..10 {
        node.timeout();
        assert_eq!(node.role(), Role::Follower);
    }
    assert!(node.now_us > 1_500_000);
    for _ in 0..2 {
        node.receive(2, 5, heartbeat, &[]).unwrap();
        let wait_us = node.raft.poll_timeout().unwrap() - node.now_us;
        assert!((150_000..=300_000).contains(&wait_us), "{wait_us}");
    }
}

/// Who asks for the same vote again is told so again, but not waited for any longer.
pub(crate) fn a_vote_is_waited_for_once() {
    let vote = Body::Vote { last: LogId::START };
    let mut node = Node::new(1, 3);
    node.now_us = 1_000_000;
    node.receive(2, 5, vote, &[]).unwrap();
    let deadline_us = node.raft.poll_timeout();
    node.now_us += 100_000;
    node.receive(2, 5, vote, &[]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::VoteReply { granted: true }));
    assert_eq!(node.raft.poll_timeout(), deadline_us);
}

/// Answers of a term that is over are not given any more.
pub(crate) fn r27_answers_of_an_earlier_term_are_dropped() {
    let mut node = Node::new(1, 3);
    node.now_us = 1_000_000;
    node.prompt = false;
    node.receive(2, 3, Body::Vote { last: LogId::START }, &[]).unwrap();
    node.receive(3, 4, Body::Outdated, &[]).unwrap();
    while node.persist().is_some() {}
    assert_eq!((node.last_to(2), node.term()), (None, 4));
}
