//! The machine that keeps replicas equal, case by case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![cfg(all(feature = "serde", feature = "alloc"))]

use proptest::prelude::*;
use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, AwSet, Body, Causal, CausalContext, ConfigError, Heap, Inline,
    Merge, MergeError, Message, Output, ReceiveError,
};

type Set<const N: usize = 96> = Causal<u16, AwSet<u16>, Inline<16>, Inline<N>>;
type Machine<const J: usize = 4> = AntiEntropy<u16, Inline<16>, Inline<8>, J>;
type Received = Message<CausalContext<u16, Heap>, Causal<u16, AwSet<u16>, Heap, Heap>>;

fn config(me: u16, boot: u32) -> AntiEntropyConfig<u16> {
    AntiEntropyConfig { me, boot, max_message: 64, max_id: 3, max_row: 3, resend_us: 100 }
}

fn machine<const J: usize>(me: u16, boot: u32, peers: &[u16]) -> Machine<J> {
    Machine::new(config(me, boot), peers).unwrap()
}

fn encode<T: serde::Serialize>(value: &T) -> Vec<u8> {
    let mut buffer = [0; 4_096];
    postcard::to_slice(value, &mut buffer).unwrap().to_vec()
}

/// What a machine sends now, decoded, and the latest event that it was told of as outdated.
fn drain<const J: usize, const N: usize>(
    machine: &mut Machine<J>,
    state: &Set<N>,
) -> (Vec<(u16, Received)>, Option<u64>) {
    let (mut sent, mut told) = (Vec::new(), None);
    while let Some(output) = machine.poll_output(state) {
        match output {
            Output::Send { to, message } => {
                let bytes = encode(&message);
                assert!(bytes.len() <= 64, "{}", bytes.len());
                sent.push((to, postcard::from_bytes(&bytes).unwrap()));
            }
            Output::Outdated { latest, .. } => told = Some(latest),
        }
    }
    (sent, told)
}

/// A replica with its machine.
struct Node<const J: usize = 4, const N: usize = 96> {
    id: u16,
    machine: Machine<J>,
    state: Set<N>,
    told: Option<u64>,
}

impl<const J: usize, const N: usize> Node<J, N> {
    fn new(id: u16, peers: &[u16]) -> Self {
        Self { id, machine: machine(id, 1, peers), state: Set::new(), told: None }
    }

    fn insert(&mut self, element: u16) {
        let delta = self.state.write(self.id).insert(element).unwrap();
        self.machine.record(&delta);
    }

    fn restart(&mut self, boot: u32, peers: &[u16], state: Set<N>) {
        self.state = state;
        self.machine = machine(self.id, boot, peers);
    }

    fn poll(&mut self) -> Vec<(u16, Received)> {
        let (sent, told) = drain(&mut self.machine, &self.state);
        self.told = told.or(self.told);
        sent
    }

    fn hear(&mut self, from: u16, message: &Received) -> Result<bool, ReceiveError<u16>> {
        let before = self.state.clone();
        let result = self.machine.handle_message(0, from, message, &mut self.state);
        if result != Ok(true) {
            assert_eq!(self.state, before);
        }
        result
    }
}

/// Delivers what each of two sends until both are silent; what is refused is left to time.
fn settle<const J: usize, const N: usize, const M: usize>(
    one: &mut Node<J, N>,
    other: &mut Node<J, M>,
) {
    for _ in 0..1_000 {
        let (left, right) = (one.poll(), other.poll());
        if left.is_empty() && right.is_empty() {
            return;
        }
        for (_, message) in left {
            let _refused = other.hear(one.id, &message);
        }
        for (_, message) in right {
            let _refused = one.hear(other.id, &message);
        }
    }
    panic!("no end");
}

#[test]
fn a_size_too_small_is_refused_with_what_is_needed() {
    for (max_id, max_row) in [(3, 3), (10, 40), (0, 0)] {
        let small = AntiEntropyConfig { max_message: 1, max_id, max_row, ..config(1, 1) };
        let Err(ConfigError::TooSmall { needed }) = Machine::<4>::new(small, &[2]) else {
            panic!("one byte is enough")
        };
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

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |config, peers: &[u16]| Machine::<4>::new(config, peers).err();
    assert_eq!(refused(config(1, 0), &[2]), Some(ConfigError::ZeroBoot));
    assert_eq!(refused(config(1, 1), &[2, 1]), Some(ConfigError::Duplicate));
    assert_eq!(refused(config(1, 1), &[2, 3, 2]), Some(ConfigError::Duplicate));
    let nine: Vec<u16> = (2..11).collect();
    assert!(matches!(refused(config(1, 1), &nine), Some(ConfigError::Peers(_))));
}

/// Eight replicas with the largest ids, events near the end of their counters, and gaps: the least
/// size is enough.
#[test]
fn the_size_needed_is_enough_for_the_largest_numbers() {
    let small = AntiEntropyConfig { max_message: 1, ..config(1, 1) };
    let Err(ConfigError::TooSmall { needed }) = Machine::<4>::new(small, &[2]) else {
        panic!("one byte is enough")
    };
    assert!(needed <= 64, "{needed}");
    let ids: Vec<u16> = (0..8).map(|id| u16::MAX - id).collect();
    let mut full = Set::<96>::new();
    for id in &ids {
        for (round, floor) in [5, 1 << 40, u64::MAX - 9].into_iter().enumerate().skip(1) {
            full.resume(*id, floor).unwrap();
            full.write(*id).insert(id - round as u16).unwrap();
            full.write(*id).insert(u16::MAX).unwrap();
        }
    }
    assert_eq!(full.context().ranges().len(), 16);
    let configured = |me: u16, boot| AntiEntropyConfig { max_message: needed, ..config(me, boot) };
    let (one, other) = (ids[0], ids[1]);
    let peers = |me: u16| ids.iter().copied().filter(|id| *id != me).collect::<Vec<_>>();
    let sender = Machine::<4>::new(configured(one, u32::MAX), &peers(one)).unwrap();
    let receiver = Machine::<4>::new(configured(other, u32::MAX), &peers(other)).unwrap();
    let mut sender: Node = Node { id: one, machine: sender, state: full, told: None };
    let mut receiver: Node = Node { id: other, machine: receiver, state: Set::new(), told: None };
    // What is sent to all others is lost.
    let mut largest = 0;
    for _ in 0..1_000 {
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
                let delta = one.state.write(1).remove(&(element / 2)).unwrap();
                one.machine.record(&delta);
            }
        }
        settle(&mut one, &mut other);
        assert_eq!(one.state, other.state);
        assert!(one.machine.is_idle() && other.machine.is_idle());
        assert_eq!(one.machine.stable(&one.state), *one.state.context());
    }
    check::<0>();
    check::<1>();
    check::<2>();
    check::<64>();
}

/// Each repetition comes after twice the time, up to 64 times the first; and whoever has everything
/// hears nothing.
#[test]
fn a_peer_that_is_gone_is_asked_less_and_less_often() {
    let mut machine = machine::<4>(1, 1, &[2]);
    let state = Set::<96>::new();
    let mut times = Vec::new();
    let mut now_us = 0;
    for _ in 0..10 {
        machine.handle_timeout(now_us);
        assert_eq!(drain(&mut machine, &state).0.len(), 1);
        assert_eq!(drain(&mut machine, &state).0.len(), 0, "one at a time");
        let next = machine.poll_timeout().unwrap();
        machine.handle_timeout(next - 1);
        assert_eq!(drain(&mut machine, &state).0.len(), 0, "early");
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
    let mut fresh = Set::new();
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
    let mut fresh = Set::new();
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
        assert_eq!(node.told, None);
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
        let delta = other.state.write(2).remove(&(100 + element)).unwrap();
        other.machine.record(&delta);
    }
    let mut now_us = 0;
    for _ in 0..30 {
        now_us += 10_000;
        one.machine.handle_timeout(now_us);
        other.machine.handle_timeout(now_us);
        settle(&mut one, &mut other);
    }
    assert_eq!(one.state, other.state);
    assert!(one.machine.is_idle() && other.machine.is_idle());
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
    assert_eq!(one.told, Some(3));
}

#[test]
fn messages_are_refused_by_name() {
    let mut one = Node::<4>::new(1, &[2]);
    let ack = |boot, to_boot| Message {
        boot,
        to_boot,
        latest: 0,
        body: Body::Ack { number: 1, yours: 0 },
    };
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
    let conflict = Message { boot: 5, to_boot: 1, latest: 0, body };
    let refused = one.hear(2, &conflict);
    assert!(matches!(refused, Err(ReceiveError::Merge(MergeError::Conflict(_)))), "{refused:?}");
}

/// A message of anybody, about events that nobody has issued.
fn hostile() -> impl Strategy<Value = (u16, Received)> {
    let counter = prop_oneof![1..6_u64, Just(u64::MAX - 3), any::<u64>()];
    let writes = prop::collection::vec((0..4_u16, counter, 0..4_u16, any::<bool>()), 0..6);
    let state = writes.prop_map(|writes| {
        let mut state = Causal::<u16, AwSet<u16>, Heap, Heap>::new();
        for (id, floor, element, lives) in writes {
            let _refused = state.resume(id, floor);
            let _refused = state.write(id).insert(element).map(drop);
            if !lives {
                let _gone = state.write(id).remove(&element).map(drop);
            }
        }
        state
    });
    let number = prop_oneof![0..4_u32, any::<u32>()];
    let body = (0..4_u8, number, any::<bool>(), state).prop_map(
        |(kind, number, is_last, state)| match kind {
            0 => Body::Greeting { number, is_last, known: state.context().clone() },
            1 => Body::Delta { number, delta: state },
            2 => Body::Ack { number, yours: 0 },
            _ => Body::Refusal { number },
        },
    );
    let boot = || prop_oneof![0..4_u32, Just(u32::MAX)];
    let latest = prop_oneof![0..4_u64, any::<u64>()];
    let message = (boot(), boot(), latest, body)
        .prop_map(|(boot, to_boot, latest, body)| Message { boot, to_boot, latest, body });
    (0..4_u16, message)
}

/// What comes behind a row of the last event of all is found again.
#[test]
fn a_row_of_the_last_event_does_not_shift_others() {
    let mut state = Set::<96>::new();
    state.resume(1, u64::MAX - 2).unwrap();
    state.write(1).insert(5).unwrap();
    state.write(2).insert(6).unwrap();
    assert_eq!(postcard::from_bytes::<Set>(&encode(&state)).unwrap(), state);
}

proptest! {
    /// Whoever lies may be believed, but nothing breaks: no panic, messages fit, and the state is
    /// one that encodes, decodes, and merges with itself.
    #[test]
    fn hostile_messages_break_nothing(messages in prop::collection::vec(hostile(), 0..30)) {
        let mut node = Node::<4>::new(1, &[2, 3]);
        let mut now_us = 0;
        for (from, message) in messages {
            let before = node.state.clone();
            let result = node.machine.handle_message(now_us, from, &message, &mut node.state);
            prop_assert!(result == Ok(true) || node.state == before);
            now_us += 150;
            node.machine.handle_timeout(now_us);
            let _sent = node.poll();
            let _written = node.state.write(1).insert(9).map(|delta| node.machine.record(&delta));
            let _sent = node.poll();
            prop_assert!(node.machine.stable(&node.state).ranges().len() <= 16);
            let bytes = encode(&node.state);
            prop_assert_eq!(&postcard::from_bytes::<Set<96>>(&bytes).unwrap(), &node.state);
            let copy = node.state.clone();
            prop_assert_eq!(node.state.merge(&copy), Ok(false));
            prop_assert_eq!(&node.state, &copy);
        }
    }
}
