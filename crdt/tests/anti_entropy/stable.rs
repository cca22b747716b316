//! When tombstones may be collected, over real messages.

use synod_crdt::{Merge, RwSet};

use crate::node::{Node, Received, settle};

type Replica = Node<4, 96, RwSet<u16>>;

fn pair() -> (Replica, Replica) {
    let (mut one, mut other) = (Replica::new(1, &[2]), Replica::new(2, &[1]));
    settle(&mut one, &mut other);
    (one, other)
}

/// An addition that has seen a tombstone, and replaced it, can come in an earlier message than the
/// end of the tombstone. In between it looks as if the tombstone had beaten it.
#[test]
fn an_addition_that_replaced_a_tombstone_is_not_collected_with_it() {
    for others in 0..12 {
        let (mut one, mut other) = pair();
        other.change(|me, state| state.write(me).remove(7));
        settle(&mut one, &mut other);
        for element in 0..others {
            other.change(|me, state| state.write(me).insert(1_000 + element));
        }
        other.change(|me, state| state.write(me).insert(7));
        // One message at a time; after each, whoever may collect does, on a copy.
        let mut is_in_between = false;
        for _ in 0..40 {
            for (_, message) in other.poll() {
                one.hear(2, &message).unwrap();
                let stable = one.machine.stable(&one.state);
                let mut collected = one.state.clone();
                collected.collect(&stable);
                collected.merge(&other.state).unwrap();
                assert_eq!(collected, other.state, "{others}");
                is_in_between |= one.state.context() == other.state.context();
            }
            for (_, message) in one.poll() {
                other.hear(1, &message).unwrap();
            }
        }
        assert!(is_in_between && one.state.read().contains(&7));
        assert_eq!(one.machine.stable(&one.state), *one.state.context());
    }
}

/// A tombstone goes once every peer has it, whoever collects, and then from every peer.
#[test]
fn a_tombstone_goes_once_every_peer_has_it() {
    let (mut one, mut other) = pair();
    one.change(|me, state| state.write(me).insert(7));
    settle(&mut one, &mut other);
    other.change(|me, state| state.write(me).remove(7));
    assert!(other.machine.stable(&other.state).is_empty());
    settle(&mut one, &mut other);
    assert_eq!(one.state.row_count(), 1);
    let stable = one.machine.stable(&one.state);
    one.change(|_, state| Ok::<_, ()>(state.collect(&stable)));
    assert!(one.machine.stable(&one.state).is_empty(), "it was told to nobody yet");
    settle(&mut one, &mut other);
    assert_eq!((one.state.row_count(), other.state.row_count()), (0, 0));
    assert_eq!(other.machine.stable(&other.state), *one.state.context());
}

/// What both say at once crosses, so neither can say with it that the other has everything. Both
/// hear it in the end, also where any one message is lost.
#[test]
fn who_has_everything_hears_it() {
    for lost in 0..12 {
        let (mut one, mut other) = pair();
        one.change(|me, state| state.write(me).insert(1));
        other.change(|me, state| state.write(me).insert(2));
        let mut count = 0;
        let mut now_us = 0;
        for _ in 0..20 {
            now_us += 10_000;
            for node in [&mut one, &mut other] {
                node.machine.handle_timeout(now_us);
            }
            let sent: [Vec<(u16, Received<RwSet<u16>>)>; 2] = [one.poll(), other.poll()];
            for (to, message) in sent.into_iter().flatten() {
                count += 1;
                if count - 1 != lost {
                    let (node, from) = if to == 1 { (&mut one, 2) } else { (&mut other, 1) };
                    node.hear(from, &message).unwrap();
                }
            }
        }
        for node in [&one, &other] {
            assert!(node.machine.is_idle());
            assert_eq!(node.machine.stable(&node.state), *node.state.context(), "{lost}");
        }
        assert!(count < 20, "silence follows: {count}");
    }
}

/// A peer that starts anew may have forgotten what it said: nothing is stable until it says more.
#[test]
fn nothing_is_stable_while_a_peer_starts_anew() {
    let (mut one, mut other) = pair();
    other.change(|me, state| state.write(me).remove(7));
    settle(&mut one, &mut other);
    assert!(!one.machine.stable(&one.state).is_empty());
    let state = other.state.clone();
    other.restart(2, &[1], state);
    for (_, message) in other.poll() {
        let _stale = one.hear(2, &message);
    }
    assert!(one.machine.stable(&one.state).is_empty());
    settle(&mut one, &mut other);
    assert_eq!(one.machine.stable(&one.state), *one.state.context());
}

/// Also for who has no peer, and for who has no events of its own.
#[test]
fn all_is_stable_for_who_is_alone_or_only_listens() {
    let mut alone = Replica::new(1, &[]);
    alone.change(|me, state| state.write(me).remove(7));
    assert_eq!(alone.machine.stable(&alone.state), *alone.state.context());

    let (mut one, mut other) = pair();
    one.change(|me, state| state.write(me).remove(7));
    settle(&mut one, &mut other);
    assert_eq!(other.machine.stable(&other.state), *one.state.context());
}
