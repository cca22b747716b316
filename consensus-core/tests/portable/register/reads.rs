//! How registers are read.

use synod_consensus_core::{
    NodeId,
    register::{Message, MessageError, Outcome, Output, ReadError, Update},
};

use super::{Accepted, Body, Cluster, Op, State, ballot, members, message, state};

pub(crate) fn a_read_of_what_a_majority_holds_writes_nothing() {
    let mut cluster = Cluster::<3>::new(3);
    for node in 0..3 {
        assert_eq!(cluster.read(node), (None, 8), "the first thing in a life is a proposal");
        assert_eq!(cluster.read(node), (None, 4), "of nothing, too");
    }
    cluster.change(0, Op::Add(1));
    let disks = cluster.disks;
    for node in 0..3 {
        assert_eq!(cluster.read(node), (Some(1), 4));
    }
    assert_eq!(cluster.disks, disks);
    // And it takes no promises: the next change is as quick.
    cluster.begin(0, Op::Add(2));
    assert_eq!(cluster.settle(), 4);
}

pub(crate) fn reads_share_a_round() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.read(0);
    let first = cluster.begin_read(0);
    let second = cluster.nodes[0].read(0).unwrap();
    let third = cluster.nodes[0].read(0).unwrap();
    assert!(first < second && second == third, "the second waits for the next round");
    cluster.drain(0);
    assert_eq!(cluster.post.len(), 2);
    cluster.settle();
    assert_eq!(cluster.told[0].read, Some((second, None)));
}

/// One of three accepted a change whose proposer is gone.
fn unfinished() -> Cluster<3> {
    let mut cluster = Cluster::<3>::new(3);
    cluster.change(0, Op::Add(1));
    cluster.begin(0, Op::Add(2));
    assert!(cluster.deliver());
    cluster.post.clear();
    cluster.cut[0] = true;
    cluster
}

pub(crate) fn p09_a_read_during_an_unfinished_change() {
    // By the member that has accepted it, and by the one that has not.
    for (node, other) in [(1, 2), (2, 1)] {
        let mut cluster = unfinished();
        let (value, messages) = cluster.read(node);
        assert_eq!(value, Some(3), "it is brought to an end");
        assert!(messages > 2);
        assert_eq!(cluster.read(other).0, Some(3), "and not taken back");
    }
}

/// Who has not accepted it and does not hear who has: the change is not made, and is not seen later
/// on, either.
pub(crate) fn p09_a_read_that_does_not_see_a_change_undoes_it() {
    let mut cluster = unfinished();
    cluster.cut = [false, true, false];
    // Node 0 holds it, too, but has lost touch before it knew.
    cluster.cut[0] = true;
    cluster.begin_read(2);
    cluster.settle();
    assert_eq!(cluster.told[2].read, None, "one of three is not enough");
    cluster.cut = [true, false, false];
    cluster.wait_for(2);
    assert_eq!(cluster.told[2].read.unwrap().1, Some(3));
}

pub(crate) fn who_is_behind_does_not_hold_up_a_read() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.cut[2] = true;
    cluster.change(0, Op::Add(1));
    cluster.cut[2] = false;
    assert_eq!(cluster.read(0), (Some(1), 4), "its answer is one too few");
    // But it cannot read what it does not hold without more ado.
    let (value, messages) = cluster.read(2);
    assert_eq!(value, Some(1));
    assert!(messages > 4);
}

pub(crate) fn a_read_waits_for_what_comes_after_it() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.change(0, Op::Add(1));
    // Another changes the value behind its back; it holds the older one.
    cluster.cut[0] = true;
    cluster.change(1, Op::Add(2));
    cluster.cut[0] = false;
    assert_eq!(cluster.read(0).0, Some(3));
    // Asked before a change is proposed, a read is answered by it; asked after, it is not.
    let before = cluster.nodes[0].read(cluster.now_us).unwrap();
    cluster.begin(0, Op::Add(4));
    let after = cluster.nodes[0].read(cluster.now_us).unwrap();
    cluster.told[0].read = None;
    while cluster.told[0].outcome.is_none() {
        assert!(cluster.deliver());
    }
    let (answered, value) = cluster.told[0].read.unwrap();
    assert!(before <= answered && answered < after);
    assert_eq!(value, Some(7));
    cluster.settle();
    assert_eq!(cluster.told[0].read, Some((after, Some(7))));
}

/// A state that changed while it was asked about is asked about again.
pub(crate) fn what_is_accepted_during_a_query_voids_it() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.read(0);
    cluster.change(1, Op::Add(1));
    cluster.begin_read(0);
    let asked = [cluster.post.pop_front().unwrap(), cluster.post.pop_front().unwrap()];
    cluster.change(1, Op::Add(2));
    for letter in asked {
        cluster.post.push_back(letter).unwrap();
    }
    cluster.settle();
    assert_eq!(cluster.told[0].read.unwrap().1, Some(3));
}

/// One says that it holds what this node held when it asked, another one what it holds now.
pub(crate) fn answers_about_two_states_do_not_add_up() {
    let mut cluster = Cluster::<4>::new(4);
    let first = cluster.change(0, Op::Add(1));
    cluster.begin_read(0);
    let (_, question) = cluster.post.pop_front().unwrap();
    let Body::Query { life, round } = question.body else { panic!("{question:?}") };
    cluster.post.clear();
    let later = ballot(9, 3);
    let accept = Body::Accept { ballot: later, state: state(later, 7, &[0, 1, 2, 3]) };
    let report = |ballot| Body::Report { life, round, ballot: Some(ballot) };
    for (from, body) in [(1, report(first)), (3, accept), (2, report(later))] {
        cluster.nodes[0].handle_message(0, NodeId(from), message(0, body)).unwrap();
        cluster.drain(0);
        assert_eq!(cluster.told[0].read, None, "two of four hold the one, and two the other");
    }
}

/// What a node proposed was replaced by what nobody has chosen, before it was told that its own is.
pub(crate) fn what_replaces_a_proposal_is_not_read() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.begin_read(0);
    cluster.nodes[0].forget(0).unwrap();
    let (_, question) = cluster.post.pop_front().unwrap();
    let Body::Prepare { ballot: own } = question.body else { panic!("{question:?}") };
    let nothing = State { version: None, value: None, members: members(&[0, 1, 2]) };
    let later = ballot(9, 2);
    let promise =
        Body::Promise { ballot: own, accepted: Accepted { ballot: None, state: nothing } };
    let accept = Body::Accept { ballot: later, state: state(later, 5, &[0, 1, 2]) };
    for (from, body) in [(1, promise), (2, accept), (1, Body::Accepted { ballot: own })] {
        cluster.post.clear();
        cluster.nodes[0].handle_message(0, NodeId(from), message(0, body)).unwrap();
        cluster.drain(0);
        assert_eq!(cluster.told[0].read, None);
    }
    cluster.post.clear();
    cluster.wait_for(0);
    assert_eq!(cluster.told[0].read.unwrap().1, Some(5), "it is brought to an end");
}

pub(crate) fn a_query_is_asked_again() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.change(0, Op::Add(1));
    cluster.begin_read(0);
    cluster.post.clear();
    let deadline_us = cluster.nodes[0].poll_timeout().unwrap();
    cluster.nodes[0].handle_timeout(deadline_us - 1);
    cluster.drain(0);
    assert!(cluster.post.is_empty(), "it is early");
    cluster.wait_for(0);
    assert_eq!(cluster.told[0].read.unwrap().1, Some(1));
    assert_eq!(cluster.nodes[0].poll_timeout(), None);
}

/// One is behind, and one is silent: the state that one member alone holds has to be proposed.
pub(crate) fn a_query_that_cannot_succeed_becomes_a_proposal() {
    let mut cluster = unfinished();
    cluster.cut = [false, false, true];
    cluster.restart(0);
    cluster.begin_read(0);
    cluster.settle();
    assert_eq!(cluster.told[0].read.unwrap().1, Some(3));
}

pub(crate) fn answers_to_other_questions_do_not_count() {
    let mut cluster = Cluster::<3>::new(3);
    let version = cluster.change(0, Op::Add(1));
    cluster.begin_read(0);
    cluster.post.clear();
    let report = |round| message(0, Body::Report { life: version, round, ballot: Some(version) });
    let hear = |cluster: &mut Cluster<3>, from: u64, message: Message<u32, 4>| {
        let from = NodeId(from);
        cluster.nodes[0].handle_message(0, from, message).unwrap();
        cluster.drain(0);
    };
    let round = 2; // after that of the change
    for other in [0, 1, 3] {
        hear(&mut cluster, 1, report(other));
    }
    hear(&mut cluster, 9, report(round));
    assert_eq!(cluster.told[0].read, None);
    hear(&mut cluster, 1, report(round));
    assert_eq!(cluster.told[0].read.unwrap().1, Some(1));
}

/// What lends the state is told before another state takes its place.
pub(crate) fn a_host_that_does_not_drain_is_told() {
    let mut cluster = Cluster::<3>::new(3);
    cluster.change(0, Op::Add(1));
    cluster.begin(1, Op::Do(Update::PutIf { version: None, value: 9 }));
    let mut kept = None;
    while kept.is_none() {
        let (from, message) = cluster.post.pop_front().unwrap();
        let to = message.to.0 as usize;
        cluster.nodes[to].handle_message(0, from, message).unwrap();
        if to == 1 && cluster.nodes[1].poll_timeout().is_none() {
            kept = Some(cluster.nodes[1].clone());
        } else {
            cluster.drain(to);
        }
    }
    cluster.post.clear();
    let mut undrained = kept.unwrap();
    // Node 0 goes on in the meantime.
    cluster.cut[1] = true;
    cluster.change(0, Op::Add(2));
    let (_, newer) = cluster.read(2);
    assert!(newer > 0);
    let accepted = cluster.disks[0].unwrap();
    let ballot = accepted.accepted().ballot.unwrap();
    let newer = Body::Accept { ballot, state: accepted.accepted().state };
    let before = undrained.clone();
    let refused = undrained.handle_message(0, ballot.proposer, message(1, newer));
    assert_eq!(refused, Err(MessageError::Undrained));
    assert_eq!(undrained, before);
    let Some(Output::Outcome(Outcome::Kept(state))) = undrained.poll_output() else {
        panic!("the outcome is told")
    };
    assert_eq!(state.value, Some(&1));
    undrained.handle_message(0, ballot.proposer, message(1, newer)).unwrap();
}

pub(crate) fn strangers_do_not_read() {
    let mut cluster = Cluster::<4>::new(3);
    assert_eq!(cluster.nodes[3].read(0), Err(ReadError::NotMember));
    assert_eq!(cluster.nodes[3].poll_output(), None);
}
