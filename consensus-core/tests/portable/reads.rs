//! Reads that saw too little.

use synod_consensus_core::raft::{
    AppliedError, Body, LogId, MessageError, ReadError, ReadToken, Role,
};

use super::cluster::{Cluster, Node};

/// A new leader does not know what is committed before it has committed something itself.
pub(crate) fn r11_no_read_before_a_commit_of_its_own_term() {
    let mut cluster = Cluster::led_by_1(3);
    cluster.node(1).propose(1);
    cluster.settle();
    // 2 is elected, and knows of the entry; but not that it is committed.
    cluster.isolate(1);
    cluster.now_us += 400_000;
    let now_us = cluster.now_us;
    for node in &mut cluster.nodes {
        node.now_us = now_us;
    }
    cluster.node(3).prompt = false;
    cluster.node(2).timeout();
    while let Some(sent) = cluster.node(2).next_to(3) {
        cluster.deliver(&sent);
    }
    while let Some(sent) = cluster.node(3).next_to(2) {
        cluster.deliver(&sent);
    }
    while let Some(sent) = cluster.node(2).next_to(3) {
        cluster.deliver(&sent);
    }
    cluster.node(3).persist().unwrap();
    while let Some(sent) = cluster.node(3).next_to(2) {
        cluster.deliver(&sent);
    }
    let node = cluster.node(2);
    assert_eq!(node.raft.leader().map(|id| id.0), Some(2));
    assert_eq!(node.raft.read(now_us), Err(ReadError::NotReady));
    cluster.node(3).prompt = true;
    cluster.run(100_000);
    let token = cluster.node(2).read();
    cluster.settle();
    assert_eq!(cluster.node(2).reads.pop_front(), Some(token));
}

/// Two reads share a context, and a late answer to the first confirms the second. Each round has a
/// number of its own here, and only those that began before a round left are confirmed by it.
pub(crate) fn r12_a_late_answer_confirms_nothing_else() {
    let mut cluster = Cluster::led_by_1(3);
    let first = cluster.node(1).read();
    let (to_2, to_3) = (cluster.node(1).next_to(2).unwrap(), cluster.node(1).next_to(3).unwrap());
    cluster.deliver(&to_2);
    cluster.deliver(&to_3);
    let late = cluster.node(2).next_to(1).unwrap();
    let later = cluster.node(3).next_to(1).unwrap();

    let second = cluster.node(1).read();
    assert_eq!(second, ReadToken { term: first.term, round: first.round + 1 });
    // The answers to the first round arrive.
    cluster.deliver(&late);
    assert_eq!(cluster.node(1).reads.pop_front(), Some(first));
    cluster.deliver(&later);
    cluster.deliver(&late);
    assert_eq!(cluster.node(1).reads.pop_front(), None, "the second has to wait");
    cluster.settle();
    assert_eq!(cluster.node(1).reads.pop_front(), Some(second));
}

/// Reads that begin before the round leaves share it.
pub(crate) fn reads_share_a_round() {
    let mut cluster = Cluster::led_by_1(3);
    let node = cluster.node(1);
    // Not drained in between.
    let one = node.raft.read(node.now_us).unwrap();
    let other = node.raft.read(node.now_us).unwrap();
    assert_eq!(one, other);
    node.drain(None);
    let third = node.read();
    assert!(third > other);
    cluster.settle();
    let node = cluster.node(1);
    assert_eq!(node.reads.pop_back(), Some(third));
}

/// A read waits for all that was committed when it was confirmed to be applied; a cluster of one
/// needs nobody's answer.
pub(crate) fn a_read_waits_for_what_is_committed() {
    let mut node = Node::new(1, 1);
    node.timeout();
    let token = node.read();
    assert_eq!(node.reads.pop_front(), Some(token));
    node.prompt = false;
    node.propose(1);
    let token = node.read();
    assert_eq!(node.reads.pop_front(), Some(token), "the proposal is not committed");
}

/// A leader that is cut off confirms no read, and forgets its reads when it steps down.
pub(crate) fn a_leader_that_is_cut_off_confirms_nothing() {
    let mut cluster = Cluster::led_by_1(3);
    cluster.isolate(1);
    let token = cluster.node(1).read();
    cluster.run(1_000_000);
    assert!(cluster.node(1).reads.is_empty());
    assert!(cluster.node(1).term() <= token.term);
    let refused = cluster.node(1).raft.read(0);
    assert_eq!(refused, Err(ReadError::NotLeader { leader: None }));
    cluster.heal();
    cluster.run(1_000_000);
    assert!(cluster.node(1).reads.is_empty());
    // Answers of rounds that there never were are nothing that works says.
    let leader = cluster.leader().unwrap();
    let (term, other) = (cluster.node(leader).term(), if leader == 1 { 2 } else { 1 });
    let forged = Body::Matched { index: 0, round: 1 << 40 };
    assert!(cluster.node(leader).receive(other, term, forged, &[]).is_err());
}

/// Reads are answered in their order, each as soon as what was committed when it was confirmed is
/// applied, though more is committed meanwhile.
pub(crate) fn reads_wait_for_the_state() {
    let mut node = Node::new(1, 1);
    node.timeout();
    node.reports_applied = false;
    let one = node.propose(1).index;
    let first = node.read();
    let two = node.propose(2).index;
    let second = node.read();
    let three = node.propose(3).index;
    let third = node.read();
    assert_eq!(node.reads.pop_front(), None);
    let mut report = |upto| {
        node.raft.handle_applied(upto).unwrap();
        node.drain(None);
        node.reads.pop_back()
    };
    assert_eq!(report(one), Some(first));
    // The second waits with the third: only the latest is remembered behind the first.
    assert_eq!(report(two), None);
    assert_eq!(report(three), Some(third));
    assert!(second < third);
    // Only what was given out can be reported, and once.
    for upto in [0, two, three, three + 1, u64::MAX] {
        assert_eq!(node.raft.handle_applied(upto), Err(AppliedError), "{upto}");
    }
}

/// Reads that wait when a leader is deposed are never answered: neither those that no quorum has
/// confirmed, nor those that are confirmed and wait for the state; neither at once, nor when the
/// state gets there, nor when the node leads again.
pub(crate) fn the_reads_of_a_deposed_leader_are_void() {
    for confirmed in [false, true] {
        let mut node = Node::new(1, 3);
        node.elect();
        node.reports_applied = false;
        let LogId { term, index } = node.propose(1);
        node.receive(2, term, Body::Matched { index, round: 0 }, &[]).unwrap();
        let round = node.read().round;
        if confirmed {
            node.receive(2, term, Body::Matched { index, round }, &[]).unwrap();
        }
        assert_eq!(node.reads.pop_front(), None, "the state is behind");

        node.receive(2, term + 1, Body::Outdated, &[]).unwrap();
        let told = node.leadership.expect("it was told that it does not lead");
        assert_eq!((told.role, told.term), (Role::Follower, term + 1));
        node.raft.handle_applied(index).unwrap();
        node.drain(None);
        assert_eq!(node.reads.pop_front(), None);

        node.reports_applied = true;
        node.elect();
        let (term, last) = (node.term(), node.log.last());
        // There was no such round in this term.
        let late = Body::Matched { index: last.index, round };
        assert_eq!(node.receive(2, term, late, &[]), Err(MessageError::Malformed));
        node.receive(2, term, Body::Matched { index: last.index, round: 0 }, &[]).unwrap();
        assert_eq!((node.applied, node.reads.pop_front()), (last.index, None));
        let token = node.read();
        assert_eq!(token, ReadToken { term, round: 1 });
        node.receive(2, term, Body::Matched { index: last.index, round: 1 }, &[]).unwrap();
        assert_eq!(node.reads.pop_front(), Some(token));
    }
}

/// A host that applies much at once and reports the end of it has passed what a read waits for.
pub(crate) fn a_state_that_has_passed_a_read_answers_it() {
    let mut node = Node::new(1, 1);
    node.timeout();
    node.reports_applied = false;
    node.propose(1);
    let token = node.read();
    let end = node.propose(2).index;
    assert_eq!(node.reads.pop_front(), None);
    node.raft.handle_applied(end).unwrap();
    node.drain(None);
    assert_eq!(node.reads.pop_front(), Some(token));
}

/// A follower answers a new round at once, though it came with entries that are yet to be written:
/// reads do not wait for a disk. Nor does it keep a leader waiting that sends what it has.
pub(crate) fn a_new_round_does_not_wait_for_the_disk() {
    let mut node = Node::new(1, 3);
    let append = |index, round| {
        let prev = LogId { term: 1.min(index), index };
        Body::Append { prev, entries_term: 1, count: 1, commit: 0, round }
    };
    node.receive(2, 1, append(0, 1), &[10]).unwrap();
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 1, round: 1 }));
    node.prompt = false;
    for (sent, told) in [
        (append(1, 3), Some(3)),
        (append(2, 3), None),
        (append(2, 3), Some(3)),
        (append(3, 2), None),
        (append(4, 4), Some(4)),
    ] {
        node.receive(2, 1, sent, &[10]).unwrap();
        let told = told.map(|round| Body::Matched { index: 1, round });
        assert_eq!(node.last_to(2), told, "{sent:?}");
    }
    while node.persist().is_some() {}
    assert_eq!(node.last_to(2), Some(Body::Matched { index: 5, round: 4 }));
}
