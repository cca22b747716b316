//! Replicas that start anew: with their state, with an older one, with none.

use synod_crdt::{Body, CausalContext, Dot, ReceiveError};

use crate::node::{Node, State, said, settle};

/// A greeting that was said to an earlier start may be less than the peer knows by now.
#[test]
fn a_greeting_for_an_earlier_start_does_not_count() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    let mut old = Vec::new();
    for _ in 0..3 {
        for (_, message) in one.poll() {
            let _stale = other.hear(1, &message);
        }
        for (_, message) in other.poll() {
            let _stale = one.hear(2, &message);
            old.push(message);
        }
    }
    settle(&mut one, &mut other);
    one.insert(7);
    settle(&mut one, &mut other);
    assert!(other.state.read().contains(&7));

    // It comes back without its event, under a bound.
    let mut fresh = State::new();
    fresh.resume(1, 20).unwrap();
    one.restart(2, &[2], fresh);
    for message in &old {
        assert_eq!(one.hear(2, message), Err(ReceiveError::Stale));
        assert!(!one.machine.has_recovered(&one.state));
        assert!(one.machine.stable(&one.state).is_empty());
    }
    settle(&mut one, &mut other);
    assert!(one.machine.has_recovered(&one.state));
    assert!(one.state.read().contains(&7));
    let delta = one.state.close_gaps(1).unwrap();
    one.machine.record(&delta);
    settle(&mut one, &mut other);
    assert!(other.state.read().contains(&7));
    assert_eq!(one.state, other.state);
}

/// Its events that a peer knows stay known to be missing, also when that peer has everything else.
#[test]
fn recovered_is_who_has_all_that_peers_know() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    one.insert(7);
    settle(&mut one, &mut other);
    let mut fresh = State::new();
    fresh.resume(1, 20).unwrap();
    one.restart(2, &[2], fresh);
    // What the peer sends of its state is lost, what it says of itself is not.
    for _ in 0..10 {
        for (_, message) in one.poll() {
            let _stale = other.hear(1, &message);
        }
        for (_, message) in other.poll() {
            if !matches!(message.body, Body::Delta { .. }) {
                let _stale = one.hear(2, &message);
            }
        }
        assert!(!one.machine.has_recovered(&one.state));
    }
    assert!(one.machine.is_idle(), "the peer has everything");
}

#[test]
fn stale_messages_of_earlier_starts_are_harmless() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    let (mut to_one, mut to_other) = (Vec::new(), Vec::new());
    for boot in 2..6 {
        one.insert(boot as u16);
        other.insert(100 + boot as u16);
        for _ in 0..8 {
            for (_, message) in one.poll() {
                let _stale = other.hear(1, &message);
                to_other.push(message);
            }
            for (_, message) in other.poll() {
                let _stale = one.hear(2, &message);
                to_one.push(message);
            }
        }
        if boot % 2 == 0 {
            let state = one.state.clone();
            one.restart(boot, &[2], state);
        } else {
            let state = other.state.clone();
            other.restart(boot, &[1], state);
        }
        // Nothing of what was said before is news to a new start, but for what it lacks.
        for message in &to_one {
            let _stale = one.hear(2, message);
        }
        for message in &to_other {
            let _stale = other.hear(1, message);
        }
    }
    settle(&mut one, &mut other);
    assert_eq!(one.state, other.state);
    assert!(one.machine.is_idle() && other.machine.is_idle());
    for node in [&one, &other] {
        assert_eq!(node.machine.stable(&node.state), *node.state.context());
        assert_eq!(node.told, (None, None));
    }
}

#[test]
fn a_restored_backup_is_told_at_first_contact() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    one.insert(1);
    let backup = one.state.clone();
    settle(&mut one, &mut other);
    one.insert(2);
    one.insert(3);
    settle(&mut one, &mut other);
    one.restart(2, &[2], backup);
    let first = one.poll().remove(0).1;
    let _stale = other.hear(1, &first);
    for (_, message) in other.poll() {
        let _heard = one.hear(2, &message);
    }
    let _sent = one.poll();
    assert_eq!(one.told, (Some(3), None));
}

/// A backup that has the count of starts, too: nobody listens, and it learns which number to exceed.
#[test]
fn a_restored_count_of_starts_is_told_with_the_number_to_exceed() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    one.restart(7, &[2], State::new());
    one.insert(1);
    settle(&mut one, &mut other);
    let state = one.state.clone();
    one.restart(3, &[2], state.clone());
    one.insert(2);
    settle(&mut one, &mut other);
    assert_eq!(one.told, (None, Some(7)));
    assert!(!other.state.read().contains(&2));
    // Told once, not with each message that says it.
    one.told = (None, None);
    one.machine.handle_timeout(10_000);
    settle(&mut one, &mut other);
    assert_eq!(one.told, (None, None));

    one.restart(8, &[2], state);
    one.insert(2);
    settle(&mut one, &mut other);
    assert!(other.state.read().contains(&2));
    assert_eq!(one.told, (None, None));
}

/// A peer tells of more than there is room to remember. Once it says that all of that is here, this
/// stands, even if its greeting comes again.
#[test]
fn an_old_greeting_takes_back_nothing() {
    let mut one = Node::<4>::new(1, &[2]);
    let mut known = CausalContext::new();
    for replica in 10..30 {
        known.insert(Dot::new(replica, 1).unwrap()).unwrap();
    }
    let greeting = said(false, Body::Greeting { number: 1, is_last: true, known });
    assert_eq!(one.hear(2, &greeting), Ok(false));
    assert!(!one.machine.has_recovered(&one.state));
    assert_eq!(one.hear(2, &said(true, Body::Ack { number: 0, yours: 0 })), Ok(false));
    assert!(one.machine.has_recovered(&one.state));
    assert_eq!(one.hear(2, &greeting), Ok(false));
    assert!(one.machine.has_recovered(&one.state));
}
