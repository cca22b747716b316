//! That nothing is said in vain, too early or too often.

use synod_crdt::{AwSet, Body, Causal, CausalContext, Dot, Heap, Merge, Message};

use crate::node::{Node, Received, said, settle};

/// Nothing is said in vain: one more message is a fault, too.
#[test]
fn an_exchange_takes_so_many_messages() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    assert_eq!(settle(&mut one, &mut other), 10, "meeting");
    assert_eq!(settle(&mut one, &mut other), 0, "silence");
    one.insert(7);
    assert_eq!(settle(&mut one, &mut other), 2, "change");
    one.insert(8);
    other.insert(9);
    assert_eq!(settle(&mut one, &mut other), 8, "crossing");
    let state = one.state.clone();
    one.restart(2, &[2], state);
    assert_eq!(settle(&mut one, &mut other), 9, "restart");
}

/// A long tale is not answered part by part with more than that it was heard.
#[test]
fn a_catch_up_takes_two_messages_a_part() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    for element in 0..60 {
        one.insert(element);
    }
    // Five rows of at most 4 bytes go into 64 bytes.
    assert_eq!(settle(&mut one, &mut other), 10 + 2 * 12, "meeting");
    for element in 0..30 {
        one.insert(element);
    }
    // And the last one names what they replace.
    assert_eq!(settle(&mut one, &mut other), 2 * (6 + 1), "changes");
    assert_eq!(other.state, one.state);
}

/// A peer that tells more hears with that that all was taken in. Should it fall silent, it is told
/// after a while: the machine asks to be called then.
#[test]
fn a_peer_that_falls_silent_is_told() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    settle(&mut one, &mut other);
    for element in 0..30 {
        one.insert(element);
    }
    other.insert(99);
    let ((_, part), (_, change)) = (one.poll().remove(0), other.poll().remove(0));
    other.hear(1, &part).unwrap();
    let (_, heard) = other.poll().remove(0); // is lost, and with it the rest of the tale
    assert!(matches!(heard, Message { is_level: false, body: Body::Ack { .. }, .. }));
    one.hear(2, &change).unwrap();
    let (_, heard) = one.poll().remove(0);
    assert!(matches!(heard.body, Body::Ack { .. }));
    other.hear(1, &heard).unwrap();

    assert!(other.poll().is_empty());
    assert_eq!(other.machine.poll_timeout(), Some(100));
    other.machine.handle_timeout(99);
    assert!(other.poll().is_empty());
    other.machine.handle_timeout(100);
    let (_, told) = other.poll().remove(0);
    assert!(matches!(told, Message { is_level: true, body: Body::Delta { .. }, .. }));
}

/// To answer a refusal would be one message too many.
#[test]
fn a_refusal_is_not_answered() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    settle(&mut one, &mut other);
    one.insert(7);
    let (_, said) = one.poll().remove(0);
    let Body::Delta { number, .. } = said.body else { panic!("{said:?}") };
    let refusal = Message { to: 1, body: Body::Refusal { number }, is_level: false, ..said };
    assert_eq!(one.hear(2, &refusal), Ok(false));
    assert!(one.poll().is_empty());
}

/// What is refused is made anew when it is due, each time later; what is merely not answered is
/// repeated.
#[test]
fn a_refused_message_gives_way_to_another() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    settle(&mut one, &mut other);
    one.insert(7);
    let (_, said) = one.poll().remove(0);
    let refusal =
        |number| Message { to: 1, body: Body::Refusal { number }, is_level: false, ..said.clone() };
    // It is for another message.
    assert_eq!(one.hear(2, &refusal(number(&said) + 1)), Ok(false));
    let mut now_us = one.machine.poll_timeout().unwrap();
    one.machine.handle_timeout(now_us);
    let (_, again) = one.poll().remove(0);
    assert_eq!(number(&again), number(&said));

    let mut last = number(&said);
    for doublings in [2, 3, 4, 5, 6, 6] {
        assert_eq!(one.hear(2, &refusal(last)), Ok(false));
        now_us = one.machine.poll_timeout().unwrap();
        one.machine.handle_timeout(now_us);
        let (_, next) = one.poll().remove(0);
        assert_eq!(number(&next), last + 1);
        assert_eq!(one.machine.poll_timeout(), Some(now_us + (100 << doublings)));
        last = number(&next);
    }
    // Once the peer has changed, it may have the room; what else it says, says nothing of that.
    assert_eq!(one.hear(2, &refusal(last)), Ok(false));
    let due_us = one.machine.poll_timeout();
    assert!(due_us > Some(now_us + 100));
    let ack = Message { body: Body::Ack { number: 0, yours: 0 }, ..refusal(last) };
    assert_eq!(one.hear(2, &ack), Ok(false));
    assert_eq!(one.machine.poll_timeout(), due_us);
    other.insert(8);
    for (_, message) in other.poll() {
        one.machine.handle_message(now_us, 2, &message, &mut one.state).unwrap();
    }
    assert_eq!(one.machine.poll_timeout(), Some(now_us + 100));
}

/// Before a peer has said what it knows, nothing is sent that it may have.
#[test]
fn nothing_is_told_before_the_peer_has_greeted() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    one.insert(7);
    settle(&mut one, &mut other);
    let (state, boot) = (one.state.clone(), 2);
    one.restart(boot, &[2], state);
    for now_us in (0..10).map(|round| 1_000 * round) {
        one.machine.handle_timeout(now_us);
        other.machine.handle_timeout(now_us);
        for (_, message) in one.poll() {
            assert!(!matches!(message.body, Body::Delta { .. }), "{message:?}");
            let _stale = other.hear(1, &message);
        }
        for (_, message) in other.poll() {
            let is_lost = matches!(message.body, Body::Greeting { .. });
            let _stale_or_lost = is_lost || one.hear(2, &message).is_err();
        }
    }
}

/// A peer has gaps that, with what it is told, do not fit into what is remembered of it: it is told
/// once all the same.
#[test]
fn what_there_is_no_room_to_remember_is_told_once() {
    let mut one = Node::<4>::new(1, &[2]);
    let mut others = Causal::<u16, AwSet<u16>, Heap, Heap>::new();
    for replica in 30..42 {
        others.write(replica).insert(replica).unwrap();
    }
    one.state.merge(&others).unwrap();
    let mut known = CausalContext::new();
    for replica in 10..22 {
        known.insert(Dot::new(replica, 1).unwrap()).unwrap();
    }
    let greeting = Body::Greeting { number: 1, is_last: true, known };
    assert_eq!(one.hear(2, &said(false, greeting)), Ok(false));
    let mut told = CausalContext::<u16, Heap>::new();
    for _ in 0..20 {
        for (_, message) in one.poll() {
            if let Body::Delta { delta, .. } = &message.body {
                assert!(told.merge(delta.context()).unwrap() || delta.context().is_empty());
            }
            let ack = Body::Ack { number: number(&message), yours: 0 };
            assert_eq!(one.hear(2, &said(false, ack)), Ok(false));
        }
    }
    assert_eq!(told, *others.context());
    assert!(one.machine.is_idle());
}

/// Changes that follow each other take one place of the journal, so a peer that misses many of them
/// is not told anew of all that was ever removed.
#[test]
fn many_changes_in_a_row_are_one() {
    let (mut one, mut other) = (Node::<1>::new(1, &[2]), Node::<1>::new(2, &[1]));
    for element in 0..20 {
        one.insert(element);
        settle(&mut one, &mut other);
    }
    for element in (0..20).step_by(2) {
        one.remove(element);
        settle(&mut one, &mut other);
    }
    for element in 20..50 {
        one.insert(element);
    }
    assert_eq!(settle(&mut one, &mut other), 2 * 6, "five rows in a message");
    assert_eq!(other.state, one.state);
}

fn number(message: &Received) -> u32 {
    match message.body {
        Body::Greeting { number, .. } | Body::Delta { number, .. } => number,
        Body::Ack { number, .. } | Body::Refusal { number } => number,
    }
}
