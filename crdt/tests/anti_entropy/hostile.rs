//! Whoever lies may be believed, but nothing breaks.

use proptest::prelude::*;
use synod_crdt::{AwSet, Body, Causal, Heap, Merge, Message};

use crate::node::{Node, Received, State, encode};

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
    let changes = prop_oneof![0..4_u64, any::<u64>()];
    let message = (boot(), boot(), changes, any::<bool>(), body).prop_map(
        |(boot, to_boot, changes, is_level, body)| Message {
            cluster: 5,
            to: 1,
            boot,
            to_boot,
            changes,
            is_level,
            body,
        },
    );
    (0..4_u16, message)
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
            prop_assert_eq!(&postcard::from_bytes::<State<AwSet<u16>>>(&bytes).unwrap(), &node.state);
            let copy = node.state.clone();
            prop_assert_eq!(node.state.merge(&copy), Ok(false));
            prop_assert_eq!(&node.state, &copy);
        }
    }
}
