//! Changes of members.

use core::cell::RefCell;

use synod_consensus_core::{
    NodeId,
    register::{Part, Update},
};

use super::{Body, Op, World, members};

/// A member that has missed a change of members hears of it from one whom it knows: a majority of
/// those whom it asks is none of those that count.
#[test]
fn who_has_missed_new_members_asks_them() {
    let mut world = World::new(5, 3);
    world.change(1, Op::Do(Update::Put(5)));
    world.run(|_, _, _| true);
    world.reconfigure(1, &[1, 3, 4]);
    world.finish(1, &[1, 2, 3, 4]);
    world.change(0, Op::Add(1));
    for _ in 0..5 {
        world.run(|from, to, body| {
            assert!(from != 0 || !matches!(body, Body::Accept { .. }), "one of three");
            from < 2 && to < 2
        });
        world.time_out(0);
    }
    world.finish(0, &[0, 1, 2, 3, 4]);
    assert_eq!(world.hosts[0].outcomes, ["changed"]);
    assert_eq!(world.value(3), Some(6));
}

/// One promise that tells of other members is not enough to go and ask those.
#[test]
fn other_members_are_asked_after_a_majority_of_those_before() {
    let mut world = World::new(6, 5);
    world.reconfigure(1, &[1, 2, 3, 4, 5]);
    world.finish(1, &[1, 2, 3, 4, 5]);
    world.change(0, Op::Add(1));
    world.run(|from, to, _| from + to == 1);
    world.time_out(0); // above what rejected it
    let before = world.hosts[0].disk;
    world.run(|from, to, _| from + to == 1);
    assert_eq!(world.hosts[0].disk, before, "no other ballot");
    world.finish(0, &[0, 1, 2, 3, 4, 5]);
    assert_eq!(world.hosts[0].outcomes, ["changed"]);
}

/// Members that are asked for while others are on their way come after those.
#[test]
fn members_change_one_step_at_a_time() {
    let mut world = World::new(5, 3);
    world.reconfigure(0, &[0, 1, 3]);
    // On the way is accepted, and its proposer gives up.
    world.run(|_, _, body| !matches!(body, Body::Accepted { .. }));
    assert!(world.nodes[0].cancel().is_some());
    world.drain(0);
    let joint = world.nodes[1].latest().members;
    assert!(joint.is_changing());
    world.reconfigure(1, &[0, 1, 4]);
    let steps = RefCell::new(Vec::new());
    world.run(|_, _, body| {
        if let Body::Accept { state, .. } = body {
            steps.borrow_mut().push(state.members);
        }
        true
    });
    let mut steps = steps.into_inner();
    steps.dedup();
    assert_eq!(steps.len(), 4);
    assert_eq!((steps[0], steps[1], steps[3]), (joint, members(&[0, 1, 3]), members(&[0, 1, 4])));
    let others = |part| steps[2].as_slice().iter().find(|member| member.part == part).unwrap().id;
    assert_eq!((others(Part::Leaves), others(Part::Joins)), (NodeId(3), NodeId(4)));
    assert_eq!(world.hosts[1].outcomes, ["reconfigured"]);
}

/// Who is beaten on the way to other members goes on that way.
#[test]
fn a_change_of_members_is_proposed_anew() {
    let mut world = World::new(4, 3);
    world.reconfigure(0, &[0, 1, 2, 3]);
    world.run(|_, _, body| !matches!(body, Body::Accept { .. }));
    let ballot = world.hosts[0].disk.unwrap().accepted().ballot.unwrap();
    world.hear(1, Body::Rejected { ballot, promised: super::ballot(90, 2) });
    world.finish(0, &[0, 1, 2, 3]);
    assert_eq!(world.hosts[0].outcomes, ["reconfigured"]);
}

/// Members that were asked for, and were replaced before that was told, do not come back.
#[test]
fn members_that_were_replaced_do_not_come_back() {
    let mut world = World::new(5, 3);
    world.change(0, Op::Do(Update::Put(5)));
    world.run(|_, _, _| true);
    world.reconfigure(0, &[0, 1, 2, 3]);
    // What is settled in the end reaches others, whose answers are lost.
    world.run(|_, to, body| match body {
        Body::Accept { state, .. } => state.members.is_changing() || to != 0,
        Body::Accepted { ballot } => ballot.round.get() < 3,
        _ => true,
    });
    world.reconfigure(1, &[0, 1, 2, 4]);
    world.finish(1, &[1, 2, 3, 4]);
    assert_eq!(world.hosts[1].outcomes, ["reconfigured"]);
    world.finish(0, &[0, 1, 2, 3, 4]);
    assert_eq!(world.hosts[0].outcomes, ["changed", "unknown"]);
    assert_eq!(world.value(1), Some(5));
    assert_eq!(world.nodes[0].latest().members, members(&[0, 1, 2, 4]));
}

/// One that was a member when its change began, and is none any more, has its proposal replaced.
#[test]
fn a_proposal_of_who_has_left_is_replaced() {
    let mut world = World::new(4, 3);
    world.change(1, Op::Do(Update::Put(5)));
    world.run(|_, _, _| true);
    world.change(0, Op::Add(1));
    world.post.clear();
    world.reconfigure(1, &[1, 2, 3]);
    world.finish(1, &[0, 1, 2, 3]);
    assert!(world.nodes[0].is_busy());
    assert!(!world.nodes[0].latest().members.contains(NodeId(0)));
    // It asks those who are, whose answers to its proposal are lost.
    world.time_out(0);
    world.run(|from, to, body| {
        from != 0 && to != 0 || !matches!(body, Body::Accept { .. } | Body::Accepted { .. })
    });
    assert_eq!(world.nodes[0].latest().value, Some(6));
    let state = *world.nodes[1].latest();
    world.hear(1, Body::Accept { ballot: super::ballot(90, 1), state });
    world.post.clear();
    world.time_out(0);
    assert_eq!(world.tried(), [92; 3]);
}

/// Those who leave hear that they have left.
#[test]
fn who_leaves_hears_of_the_end() {
    let mut world = World::new(4, 3);
    world.reconfigure(0, &[0, 1, 3]);
    world.finish(0, &[0, 1, 2, 3]);
    assert_eq!(world.hosts[0].outcomes, ["reconfigured"]);
    assert_eq!(world.nodes[2].latest().members, members(&[0, 1, 3]));
    assert!(world.nodes[2].read(world.now_us).is_err());
}

/// A register whose members are changing is not forgotten before they have changed.
#[test]
fn members_settle_before_they_forget() {
    let mut world = World::new(4, 3);
    world.change(0, Op::Do(Update::Delete));
    world.run(|_, _, _| true);
    world.reconfigure(0, &[0, 1, 2, 3]);
    // On the way is chosen, and its proposer gives up.
    world.run(|_, _, body| match body {
        Body::Accept { state, .. } => state.members.is_changing(),
        Body::Accepted { .. } => false,
        _ => true,
    });
    assert!(world.nodes[1].latest().members.is_changing());
    assert!(world.nodes[0].cancel().is_some());
    world.drain(0);
    world.forget(1);
    world.finish(1, &[0, 1, 2, 3]);
    assert!(world.hosts.iter().all(|host| host.floor.is_some()));
    let after = world.nodes.iter().map(|node| node.latest().members);
    assert!(after.into_iter().all(|there| there == members(&[0, 1, 2, 3])));
}
