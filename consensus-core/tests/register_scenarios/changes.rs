//! Changes: of several attempts, beaten, overtaken.

use synod_consensus_core::{
    Ballot, NodeId,
    register::{State, Update},
};

use super::{Body, Op, TIMEOUT_US, World, ballot};

/// The first of two attempts is brought to an end by another, after the second one was made.
#[test]
fn p09_a_change_of_which_an_earlier_attempt_is_chosen_is_made_once() {
    let mut world = World::new(5, 5);
    world.change(4, Op::Add(5));
    world.run(|_, _, _| true);
    world.change(0, Op::Add(1));
    world.run(|_, to, body| match body {
        Body::Accept { .. } => to == 2,
        Body::Accepted { .. } => false,
        _ => true,
    });
    let first = world.nodes[0].latest().version;
    // One that does not see it replaces it where it was proposed.
    world.read(1);
    world.run(|_, to, body| match body {
        Body::Prepare { .. } => to == 3 || to == 4,
        Body::Accept { .. } => to == 0,
        Body::Accepted { .. } => false,
        _ => true,
    });
    // It is made anew, which nobody hears of.
    world.time_out(0);
    world.run(|_, to, body| match body {
        Body::Prepare { .. } => to == 3 || to == 4,
        Body::Promise { .. } => true,
        _ => false,
    });
    assert!(world.nodes[0].latest().version > first, "a second attempt");
    world.read(3);
    world.finish(3, &[2, 3, 4]);
    assert_eq!(world.hosts[3].reads.last().unwrap().version, first);
    world.finish(0, &[0, 1, 2, 3, 4]);
    assert_eq!(world.hosts[0].outcomes, ["changed"]);
    assert_eq!(world.value(4), Some(6), "once");
}

/// A member goes on with a change that was made, deleted and forgotten without it.
#[test]
fn p09_a_change_that_was_forgotten_is_not_made_again() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, body| !matches!(body, Body::Accepted { .. }));
    world.change(1, Op::Do(Update::Delete));
    let finish = |world: &mut World| {
        for _ in 0..10 {
            world.run(|_, _, _| true);
            // The clock of node 0 stands still.
            if let Some(deadline_us) = world.nodes[1].poll_timeout() {
                world.nodes[1].handle_timeout(deadline_us);
                world.drain(1);
            }
        }
    };
    finish(&mut world);
    world.forget(1);
    finish(&mut world);
    assert_eq!(world.hosts[0].floor, None, "it has something to do");
    for node in 1..3 {
        world.begin_anew(node, &[0, 1, 2]);
    }
    world.read(1);
    world.run(|_, to, body| !matches!(body, Body::Prepare { .. }) || to == 2);
    world.finish(0, &[0, 1, 2]);
    assert_eq!(world.hosts[0].outcomes, ["unknown"]);
    assert_eq!(world.value(1), None);
}

/// A change that another one has replaced where it was proposed is not proposed anew when both are
/// gone.
#[test]
fn what_was_replaced_by_a_change_is_not_made_anew() {
    let mut world = World::new(5, 5);
    world.change(4, Op::Add(5));
    world.run(|_, _, _| true);
    let state = *world.nodes[4].latest();
    world.change(0, Op::Add(1));
    world.run(|_, _, body| !matches!(body, Body::Accept { .. }));
    assert_eq!(world.nodes[0].latest().value, Some(6));
    let other = ballot(80, 1);
    let changed = State { version: Some(other), ..state };
    world.hear(1, Body::Accept { ballot: other, state: changed });
    world.hear(2, Body::Accept { ballot: ballot(90, 2), state });
    world.post.clear();
    world.finish(0, &[0, 1, 2, 3, 4]);
    assert_eq!(world.hosts[0].outcomes, ["unknown"]);
    assert_eq!(world.value(1), Some(5));
}

/// What a node has accepted and not yet on its disk is not counted, in neither phase of a change,
/// nor for a read.
#[test]
fn p02_its_own_part_counts_when_it_is_durable() {
    // A change in one round trip: its own acceptance and one more are enough, once both are durable.
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    world.hosts[0].slow = true;
    world.change(0, Op::Add(2));
    world.run(|_, to, _| to == 1 || to == 0);
    assert_eq!(world.hosts[0].outcomes, ["changed"], "not on its disk");
    while !world.hosts[0].writes.is_empty() {
        world.persist(0);
        world.run(|_, to, _| to == 1 || to == 0);
    }
    assert_eq!(world.hosts[0].outcomes, ["changed", "changed"]);

    // The next one is asked for when the one before is durable, and its own part counts later.
    world.change(0, Op::Add(0));
    world.run(|_, _, _| true);
    world.change(0, Op::Add(0));
    world.persist(0);
    world.run(|_, to, _| to == 1 || to == 0);
    let told = world.hosts[0].outcomes.len();
    assert_eq!(told, 3);
    world.persist(0);
    assert_eq!(world.hosts[0].outcomes.len(), 4);

    // A read: it holds what another proposed, which is not on its disk, and one other holds it.
    world.change(1, Op::Add(4));
    world.run(|_, to, _| to != 2);
    world.persist(0); // the promise
    world.run(|_, to, _| to != 2);
    assert_eq!(world.nodes[0].latest().value, Some(7));
    world.read(0);
    world.run(|_, to, _| to != 2);
    assert!(world.hosts[0].reads.is_empty());
    world.hosts[0].slow = false;
    while !world.hosts[0].writes.is_empty() {
        world.persist(0);
    }
    world.finish(0, &[0, 1]);
    assert_eq!(world.hosts[0].reads.last().unwrap().value, Some(7));
}

/// One rejection does not stop it, but silence after that is asked anew, above it.
#[test]
fn silence_after_a_rejection_is_asked_anew() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    assert_eq!(world.tried(), [1, 1]);
    let ballot = world.hosts[0].disk.unwrap().promised().unwrap();
    world.hear(1, Body::Rejected { ballot, promised: super::ballot(90, 2) });
    assert!(world.post.is_empty());
    world.time_out(0);
    assert_eq!(world.tried(), [91, 91]);
}

/// Rejections of an earlier ballot are late, and do not stop the one of now.
#[test]
fn rejections_count_for_their_ballot() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    let ballot = world.hosts[0].disk.unwrap().promised().unwrap();
    let late = Body::Rejected { ballot, promised: Ballot { proposer: NodeId(2), ..ballot } };
    world.post.clear();
    world.hear(1, late);
    world.time_out(0);
    world.hear(1, late);
    world.hear(2, late);
    world.run(|_, _, _| true);
    assert_eq!(world.hosts[0].outcomes, ["changed"]);
}

/// Of a promise that is late, it does not matter what it says to be accepted.
#[test]
fn late_promises_are_not_looked_into() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, body| !matches!(body, Body::Accepted { .. }));
    let record = world.hosts[1].disk.unwrap();
    let ballot = record.accepted().ballot.unwrap();
    let before = world.nodes[0].clone();
    world.hear(1, Body::Promise { ballot, accepted: *record.accepted() });
    assert_eq!(world.nodes[0], before);
}

/// Who has accepted does not take that back by what it says late.
#[test]
fn who_has_granted_does_not_take_it_back() {
    let mut world = World::new(5, 5);
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    world.change(0, Op::Add(1));
    let ballot = world.hosts[0].disk.unwrap().accepted().ballot.unwrap();
    world.post.clear();
    let promised = Ballot { proposer: NodeId(4), ..ballot };
    world.hear(1, Body::Accepted { ballot });
    for from in 1..4 {
        world.hear(from, Body::Rejected { ballot, promised });
    }
    world.hear(4, Body::Accepted { ballot });
    assert_eq!(world.hosts[0].outcomes, ["changed", "changed"]);
}

/// What its proposer has itself given up counts among those that it has lost.
#[test]
fn who_cannot_win_any_more_waits_at_once() {
    let mut world = World::new(3, 3);
    world.hosts[0].slow = true;
    world.change(0, Op::Add(1));
    while !world.hosts[0].writes.is_empty() {
        world.persist(0);
    }
    world.run(|_, to, body| to == 0 || matches!(body, Body::Prepare { .. }));
    let ballot = world.hosts[0].writes[0].1.accepted().ballot.unwrap();
    let promised = super::ballot(90, 1);
    world.hear(1, Body::Prepare { ballot: promised });
    assert_eq!(world.nodes[0].poll_timeout(), Some(TIMEOUT_US), "it may win yet");
    world.hear(2, Body::Rejected { ballot, promised });
    assert!(world.nodes[0].poll_timeout() < Some(TIMEOUT_US));
}
