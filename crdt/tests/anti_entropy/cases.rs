//! What the machine is given, what it sends and when, case by case.

use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, AwSet, Body, Causal, CausalMap, ConfigError, Heap, Inline,
    LwwRegister, Merge, MergeError, Message, Output, PnCounter, ReceiveError,
};

use crate::node::{Machine, Node, State, config, encode, settle, settle_in_time};

#[test]
fn a_size_too_small_is_refused_with_what_is_needed() {
    for (max_id, max_row) in [(3, 3), (10, 40), (0, 0)] {
        let small = AntiEntropyConfig { max_message: 1, max_id, max_row, ..config(1, 1) };
        let Err(ConfigError::TooSmall { needed }) = Machine::<4>::new(small, &[2]) else {
            panic!("one byte is enough")
        };
        assert_eq!(small.least_message(), needed);
        let less = AntiEntropyConfig { max_message: needed - 1, ..small };
        assert_eq!(Machine::<4>::new(less, &[2]).err(), Some(ConfigError::TooSmall { needed }));
        assert!(
            Machine::<4>::new(AntiEntropyConfig { max_message: needed, ..small }, &[2]).is_ok()
        );
    }
    let huge = AntiEntropyConfig { max_id: usize::MAX, max_row: usize::MAX, ..config(1, 1) };
    let needed = usize::MAX;
    assert_eq!(Machine::<4>::new(huge, &[2]).err(), Some(ConfigError::TooSmall { needed }));
}

/// With ids of 16 bits: what the README promises.
#[test]
fn sizes_that_are_needed() {
    // A set of 16-bit elements, the largest row for 64 bytes, and a counter.
    for (max_row, needed) in [(3, 56), (16, 64), (17, 65), (31 + 3, 82)] {
        let small = AntiEntropyConfig { max_message: 0, max_row, ..config(1, 1) };
        assert_eq!(Machine::<4>::new(small, &[2]).err(), Some(ConfigError::TooSmall { needed }));
        // A cluster takes what it takes.
        for (cluster, more) in [(127, 0), (128, 1), (u64::MAX, 9)] {
            let (named, needed) = (AntiEntropyConfig { cluster, ..small }, needed + more);
            assert_eq!(
                Machine::<4>::new(named, &[2]).err(),
                Some(ConfigError::TooSmall { needed })
            );
        }
    }
    // Maps of 16 bits to such, and the last writer wins.
    assert_eq!(CausalMap::<u16, LwwRegister<u16>>::max_row(3, LwwRegister::<u16>::max_row(3)), 16);
    // And a counter that counts up to some hundred million.
    assert_eq!(PnCounter::max_row_within(3, (1 << 28) - 1, (1 << 27) - 1), 16);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |config, peers: &[u16]| Machine::<4>::new(config, peers).err();
    assert_eq!(refused(config(1, 0), &[2]), Some(ConfigError::ZeroBoot));
    assert_eq!(refused(config(1, 1), &[2, 1]), Some(ConfigError::Duplicate));
    assert_eq!(refused(config(1, 1), &[2, 3, 2]), Some(ConfigError::Duplicate));
    let nine: Vec<u16> = (2..11).collect();
    assert!(matches!(refused(config(1, 1), &nine), Some(ConfigError::Peers(_))));
}

/// Eight replicas with the largest ids, events near the end of their counters, and gaps, or as many
/// dead events in their place: the least size is enough.
#[test]
fn the_size_needed_is_enough_for_the_largest_numbers() {
    let ids: Vec<u16> = (0..8).map(|id| u16::MAX - id).collect();
    let mut gaps = State::<AwSet<u16>>::new();
    for id in &ids {
        for (round, floor) in [1 << 40, u64::MAX - 9].into_iter().enumerate() {
            gaps.resume(*id, floor).unwrap();
            gaps.write(*id).insert(id - round as u16).unwrap();
            gaps.write(*id).insert(u16::MAX).unwrap();
        }
    }
    assert_eq!(gaps.context().ranges().len(), 16);
    let mut closed = gaps.clone();
    for id in &ids {
        closed.close_gaps(*id).unwrap();
    }
    assert_eq!(closed.context().ranges().len(), 8);
    // Where the range is larger than the row, and where it is not.
    for max_row in [3, 12] {
        bring_up_to_date(&ids, max_row, gaps.clone());
        bring_up_to_date(&ids, max_row, closed.clone());
    }
}

/// Brings one replica up to date with `state`, in the smallest messages that are allowed.
fn bring_up_to_date(ids: &[u16], max_row: usize, state: State<AwSet<u16>>) {
    let needed = AntiEntropyConfig { max_row, ..config(1, 1) }.least_message();
    assert!(needed <= 64, "{needed}");
    let configured =
        |me: u16| AntiEntropyConfig { max_message: needed, max_row, ..config(me, u32::MAX) };
    let (one, other) = (ids[0], ids[1]);
    let peers = |me: u16| ids.iter().copied().filter(|id| *id != me).collect::<Vec<_>>();
    let mut sender: Node = Node::configured(configured(one), &peers(one), state);
    let mut receiver: Node = Node::configured(configured(other), &peers(other), State::new());
    // What is sent to all others is lost.
    let mut largest = 0;
    let mut rounds_left = 1_000;
    while rounds_left > 0 {
        rounds_left -= 1;
        if sender.state == receiver.state {
            rounds_left = rounds_left.min(10);
        }
        let to_receiver = sender.poll().into_iter().filter(|(peer, _)| *peer == other);
        let to_sender = receiver.poll().into_iter().filter(|(peer, _)| *peer == one);
        let (to_receiver, to_sender): (Vec<_>, Vec<_>) =
            (to_receiver.collect(), to_sender.collect());
        for (_, message) in &to_receiver {
            let _stale = receiver.hear(one, message);
        }
        for (_, message) in &to_sender {
            let _stale = sender.hear(other, message);
        }
        let all = to_receiver.iter().chain(&to_sender);
        largest = all.fold(largest, |most, (_, message)| most.max(encode(message).len()));
    }
    assert!(largest <= needed, "{largest}");
    assert_eq!(sender.state, receiver.state);
}

#[test]
fn a_journal_that_overflows_is_made_up_for_by_the_state() {
    fn check<const J: usize>() {
        let (mut one, mut other) = (Node::<J>::new(1, &[2]), Node::<J>::new(2, &[1]));
        settle(&mut one, &mut other);
        for element in 0..50 {
            one.insert(element % 20);
            if element % 3 == 0 {
                one.remove(element / 2);
            }
        }
        settle(&mut one, &mut other);
        assert_eq!(one.state, other.state);
        assert!(one.machine.is_idle() && other.machine.is_idle());
        assert_eq!(one.machine.stable(&one.state), *one.state.context());
    }
    check::<2>();
    if !cfg!(miri) {
        check::<0>();
        check::<1>();
        check::<64>();
    }
}

/// Each repetition comes after twice the time, up to 64 times the first; and whoever has everything
/// hears nothing.
#[test]
fn a_peer_that_is_gone_is_asked_less_and_less_often() {
    let mut alone = Node::<4>::new(1, &[2]);
    let mut times = Vec::new();
    let mut now_us = 0;
    for _ in 0..10 {
        alone.machine.handle_timeout(now_us);
        assert_eq!(alone.poll().len(), 1);
        assert_eq!(alone.poll().len(), 0, "one at a time");
        let next = alone.machine.poll_timeout().unwrap();
        alone.machine.handle_timeout(next - 1);
        assert_eq!(alone.poll().len(), 0, "early");
        times.push(next - now_us);
        now_us = next;
    }
    assert_eq!(times, [100, 200, 400, 800, 1_600, 3_200, 6_400, 6_400, 6_400, 6_400]);

    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    one.insert(5);
    settle(&mut one, &mut other);
    for node in [&mut one, &mut other] {
        assert_eq!(node.machine.poll_timeout(), None);
        node.machine.handle_timeout(u64::MAX);
        assert!(node.poll().is_empty());
        assert!(node.machine.is_idle());
    }
}

/// What has no room is refused whole, is sent again, and arrives once there is room.
#[test]
fn a_peer_without_room_is_brought_up_to_date_once_it_has_some() {
    let mut one = Node::<4, 96>::new(1, &[2]);
    let mut other = Node::<4, 8>::new(2, &[1]);
    for element in 0..6 {
        one.insert(element);
        other.insert(100 + element);
    }
    settle(&mut one, &mut other);
    assert_ne!(other.state.context(), one.state.context());
    assert!(!one.machine.is_idle());
    assert!(other.state.row_count() <= 8);

    for element in 0..6 {
        other.remove(100 + element);
    }
    settle_in_time(&mut one, &mut other);
    assert_eq!(one.state, other.state);
    assert!(one.machine.is_idle() && other.machine.is_idle());
}

#[test]
fn messages_are_refused_by_name() {
    let mut one = Node::<4>::new(1, &[2]);
    let ack = |boot, to_boot| Message {
        cluster: 5,
        to: 1,
        boot,
        to_boot,
        changes: 0,
        is_level: false,
        body: Body::Ack { number: 1, yours: 0 },
    };
    let foreign = Message { cluster: 6, ..ack(1, 1) };
    assert_eq!(one.hear(2, &foreign), Err(ReceiveError::OtherCluster));
    assert_eq!(one.hear(2, &Message { to: 2, ..ack(1, 1) }), Err(ReceiveError::NotForMe));
    assert_eq!(one.hear(3, &ack(1, 1)), Err(ReceiveError::UnknownPeer));
    assert_eq!(one.hear(1, &ack(1, 1)), Err(ReceiveError::UnknownPeer));
    assert_eq!(one.hear(2, &ack(0, 1)), Err(ReceiveError::Stale));
    assert_eq!(one.hear(2, &ack(5, 0)), Err(ReceiveError::Stale));
    assert_eq!(one.hear(2, &ack(5, 2)), Err(ReceiveError::Stale));
    assert_eq!(one.hear(2, &ack(5, 1)), Ok(false));
    assert_eq!(one.hear(2, &ack(4, 1)), Err(ReceiveError::Stale));
    one.insert(1);
    let mut conflict = Causal::<u16, AwSet<u16>, Heap, Heap>::new();
    conflict.write(1).insert(2).unwrap();
    let body = Body::Delta { number: 1, delta: conflict };
    let conflict =
        Message { cluster: 5, to: 1, boot: 5, to_boot: 1, changes: 0, is_level: false, body };
    let refused = one.hear(2, &conflict);
    assert!(matches!(refused, Err(ReceiveError::Merge(MergeError::Conflict(_)))), "{refused:?}");
}

/// All of a full table was written anew while the peer was away: news and what they replace do not
/// fit together, so removals come first.
#[test]
fn a_full_table_that_was_written_anew_arrives() {
    let mut one = Node::<4, 16>::new(1, &[2]);
    let mut other = Node::<4, 16>::new(2, &[1]);
    for element in 0..16 {
        one.insert(element);
    }
    settle(&mut one, &mut other);
    assert_eq!(other.state, one.state);
    for element in 0..16 {
        one.insert(element);
    }
    // A part that is refused, and four of removals and news, all answered.
    assert_eq!(settle_in_time(&mut one, &mut other), 2 * (1 + 4));
    assert_eq!(other.state, one.state);
    assert!(one.machine.is_idle() && other.machine.is_idle());
}

/// What replaces something comes before that goes, so that it is never absent.
#[test]
fn what_is_written_anew_is_never_absent() {
    let (mut one, mut other) = (Node::<64>::new(1, &[2]), Node::<64>::new(2, &[1]));
    for element in 0..16 {
        one.insert(element);
    }
    settle(&mut one, &mut other);
    for element in 0..16 {
        one.insert(element);
    }
    while !one.machine.is_idle() {
        for (_, message) in one.poll() {
            other.hear(1, &message).unwrap();
            assert_eq!(other.state.read().len(), 16);
        }
        for (_, message) in other.poll() {
            one.hear(2, &message).unwrap();
        }
    }
    assert_eq!(other.state, one.state);
}

/// The longest wait is for who is gone, not for who is plainly there.
#[test]
fn a_peer_that_is_heard_again_is_not_kept_waiting() {
    let (mut one, mut other) = (Node::<4>::new(1, &[2]), Node::<4>::new(2, &[1]));
    settle(&mut one, &mut other);
    one.insert(7);
    let mut now_us = 0;
    for _ in 0..10 {
        one.machine.handle_timeout(now_us);
        let _lost = one.poll();
        now_us = one.machine.poll_timeout().unwrap();
    }
    one.machine.handle_timeout(now_us);
    let _lost = one.poll();
    assert_eq!(one.machine.poll_timeout(), Some(now_us + 6_400));
    other.insert(8);
    for (_, message) in other.poll() {
        one.machine.handle_message(now_us, 2, &message, &mut one.state).unwrap();
    }
    assert_eq!(one.machine.poll_timeout(), Some(now_us + 100));
    one.machine.handle_timeout(now_us + 100);
    settle(&mut one, &mut other);
    assert!(other.state.read().contains(&7));
}

/// A peer can know of more gaps than there is room for, of events that are all here.
#[test]
fn a_peer_with_many_gaps_is_brought_up_to_date() {
    let mut whole = Causal::<u16, AwSet<u16>, Inline<4>, Inline<96>>::new();
    let mut gaps = State::<AwSet<u16>>::new();
    for element in 0..20 {
        let delta = whole.write(1).insert(element).unwrap();
        if element % 2 == 0 {
            gaps.merge(&delta).unwrap();
        }
    }
    let mut small = AntiEntropy::<u16, Inline<4>, Inline<2>, 4>::new(config(1, 1), &[2]).unwrap();
    let mut other = Node::<4>::configured(config(2, 1), &[1], gaps);
    for _ in 0..40 {
        while let Some(Output::Send { message, .. }) = small.poll_output(&whole) {
            let message = postcard::from_bytes(&encode(&message)).unwrap();
            let _stale = other.hear(1, &message);
        }
        for (_, message) in other.poll() {
            let _stale = small.handle_message(0, 2, &message, &mut whole);
        }
    }
    assert_eq!(other.state.context(), whole.context());
    assert!(small.is_idle() && small.has_recovered(&whole));
    assert_eq!(small.stable(&whole), *whole.context());
}

/// At the end of time, nothing is due for ever.
#[test]
fn time_may_be_at_its_end() {
    let mut one = Node::<4>::new(1, &[2]);
    for now_us in [u64::MAX - 1, u64::MAX, 0] {
        one.machine.handle_timeout(now_us);
        assert!(one.poll().len() <= 1);
    }
}

/// Replica 2 has written three events, of which the middle one was lost here; so there are two
/// ranges, and no room for a third. What closes the gap comes after an event of replica 1.
#[test]
fn what_has_no_room_does_not_keep_back_what_makes_it() {
    type Tags = Causal<u16, AwSet<[u8; 16]>, Inline<2>, Inline<8>>;
    type Keeper = AntiEntropy<u16, Inline<2>, Inline<2>, 4>;
    let row = |tag| [tag; 16];
    let (mut third, mut here) = (Tags::new(), Tags::new());
    here.merge(&third.write(2).insert(row(1)).unwrap()).unwrap();
    third.write(2).insert(row(2)).unwrap();
    here.merge(&third.write(2).insert(row(3)).unwrap()).unwrap();
    let mut there = third.clone();
    there.write(1).insert(row(4)).unwrap();
    let keeper = |me, peer| {
        Keeper::new(AntiEntropyConfig { max_row: 16, ..config(me, 1) }, &[peer]).unwrap()
    };
    let mut nodes = [(here, keeper(3, 1), 3), (there, keeper(1, 3), 1)];
    for now_us in (0..40).map(|round| 10_000 * (round / 8)) {
        for _ in 0..2 {
            nodes.swap(0, 1);
            let [from, to] = &mut nodes;
            from.1.handle_timeout(now_us);
            while let Some(output) = from.1.poll_output(&from.0) {
                let Output::Send { message, .. } = output else { panic!("{output:?}") };
                let _refused = to.1.handle_message(now_us, from.2, &message, &mut to.0);
            }
        }
    }
    assert_eq!(nodes[0].0, nodes[1].0);
}
