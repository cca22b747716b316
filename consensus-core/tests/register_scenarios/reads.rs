//! Reads, and what is forgotten.

use synod_consensus_core::register::{MessageError, State, Update};

use super::{Body, Op, World, ballot};

/// Who is behind does not end a query that others may still answer.
#[test]
fn a_query_waits_for_who_can_answer_it() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|from, to, _| from != 2 && to != 2);
    let before = world.hosts[0].disk;
    world.read(0);
    world.run(|_, to, _| to != 1);
    assert!(world.hosts[0].reads.is_empty());
    assert_eq!(world.hosts[0].disk, before, "nothing is promised");
    world.time_out(0);
    world.finish(0, &[0, 1, 2]);
    assert_eq!(world.hosts[0].reads.last().unwrap().value, Some(1));
}

/// A change does not wait for a read that was there before, and answers it.
#[test]
fn reads_are_answered_by_a_change_that_comes_after() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    world.read(0);
    assert!(!world.post.is_empty());
    world.post.clear();
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    assert_eq!(world.hosts[0].outcomes, ["changed", "changed"]);
    assert_eq!(world.hosts[0].reads.last().unwrap().value, Some(2));
}

/// What was read is told before another state takes its place.
#[test]
fn what_was_read_is_told_as_it_was() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    world.read(0);
    let Body::Query { life, round } = world.post.remove(0).2.body else { panic!("it asks") };
    world.tell(1, Body::Report { life, round, ballot: Some(life) }).unwrap();
    let ballot = super::ballot(90, 2);
    let state = State { version: Some(ballot), value: Some(9), ..*world.nodes[0].latest() };
    let accept = Body::Accept { ballot, state };
    assert_eq!(world.tell(2, accept), Err(MessageError::Undrained));
    world.drain(0);
    assert_eq!(world.hosts[0].reads[0].value, Some(1));
    world.hear(2, accept);
}

/// A proposal is chosen when another one has replaced it already at its proposer: of what is there
/// now, nothing is known.
#[test]
fn p09_what_has_replaced_a_proposal_is_not_read() {
    for keeps in [false, true] {
        let mut world = World::new(5, 5);
        world.change(0, Op::Add(1));
        world.run(|_, _, _| true);
        // Its answers are on their way, those of 1 and 2.
        if keeps {
            world.change(0, Op::Do(Update::PutIf { version: None, value: 9 }));
        } else {
            world.change(0, Op::Add(0));
            world.read(0);
        }
        world.run_until_accepted(&[1, 2]);
        // Another proposal reaches nobody but node 0.
        let answers = core::mem::take(&mut world.post);
        world.change(4, Op::Add(40));
        world.run(|_, to, body| match body {
            Body::Prepare { .. } => to == 1 || to == 2 || to == 3,
            Body::Accept { .. } => to == 0,
            Body::Promise { .. } => true,
            _ => false,
        });
        assert_eq!(world.nodes[0].latest().value, Some(41));
        world.post = answers;
        world.run(|_, to, body| to == 0 && matches!(body, Body::Accepted { .. }));
        assert!(world.hosts[0].kept.is_empty());
        assert!(world.hosts[0].reads.iter().all(|read| read.value != Some(41)));
    }
}

/// Forgetting waits for the last member; what is read meanwhile does not.
#[test]
fn reads_do_not_wait_for_who_is_to_forget() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Do(Update::Delete));
    world.run(|_, _, _| true);
    world.forget(0);
    world.read(0);
    for reads in 1..4 {
        for _ in 0..10 {
            world.run(|from, to, _| from != 2 && to != 2);
            if world.hosts[0].reads.len() < reads {
                world.time_out(0);
            }
        }
        assert_eq!(world.hosts[0].reads.len(), reads);
        world.read(0);
    }
    assert!(world.nodes[0].is_busy() && world.hosts[0].floor.is_none());
    world.finish(0, &[0, 1, 2]);
    assert!(world.hosts[0].floor.is_some());
}

/// What is to be forgotten is what a node has accepted last, and has on its disk.
#[test]
fn p02_what_is_not_on_the_disk_is_not_forgotten() {
    let mut world = World::new(3, 3);
    world.change(1, Op::Do(Update::Delete));
    world.run(|_, _, _| true);
    let state = *world.nodes[0].latest();
    world.hosts[0].slow = true;
    let (first, second) = (ballot(10, 1), ballot(20, 2));
    let forgets = |world: &mut World| {
        world.hear(1, Body::Forget { ballot: first });
        let by_first = world.hosts[0].floor.is_some();
        world.hear(2, Body::Forget { ballot: second });
        (by_first, world.hosts[0].floor.is_some())
    };
    for ballot in [first, second] {
        world.hear(ballot.proposer.0, Body::Accept { ballot, state });
        assert_eq!(forgets(&mut world), (false, false));
        world.persist(0);
    }
    assert_eq!(forgets(&mut world), (false, true));
}
