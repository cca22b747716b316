//! What people read: errors and values as text.
#![cfg(feature = "alloc")]
#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc)] // A test may panic, and use `std`.

use std::{format, string::ToString};

use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, AwSet, Body, Causal, CausalMap, ConfigError, Dot, EwFlag, Full,
    Heap, MergeError, Message, Output, ReceiveError, Refused, WriteError,
};

const FULL: Full = Full { needed: 5, capacity: 4 };

#[test]
fn errors_say_what_happened() {
    let cases = [
        (WriteError::Ranges(FULL).to_string(), "ranges of events: room for 5 needed, capacity 4"),
        (WriteError::Rows(FULL).to_string(), "rows: room for 5 needed, capacity 4"),
        (WriteError::Exhausted.to_string(), "the replica's counter is at its maximum"),
        (
            WriteError::NotResumed.to_string(),
            "the state has not resumed above the floor of the ceiling",
        ),
        (WriteError::Unreserved { last: 9 }.to_string(), "event 9 is above the durable bound"),
        (WriteError::Stale.to_string(), "a later write is known"),
        (WriteError::Overflow.to_string(), "the count does not fit"),
        (WriteError::Gap.to_string(), "earlier events of the replica are missing"),
        (Refused { reason: WriteError::Stale, value: 7 }.to_string(), "a later write is known"),
        (
            MergeError::<char>::Ranges(FULL).to_string(),
            "ranges of events: room for 5 needed, capacity 4",
        ),
        (MergeError::<char>::Rows(FULL).to_string(), "rows: room for 5 needed, capacity 4"),
        (
            MergeError::Conflict(Dot::new('a', 3).unwrap()).to_string(),
            "event 3 of replica 'a' was issued twice",
        ),
        (ConfigError::TooSmall { needed: 64 }.to_string(), "messages need 64 bytes"),
        (ConfigError::ZeroBoot.to_string(), "starts count from 1"),
        (ConfigError::Duplicate.to_string(), "a peer is listed twice"),
        (ConfigError::Peers(FULL).to_string(), "peers: room for 5 needed, capacity 4"),
        (ReceiveError::<char>::UnknownPeer.to_string(), "the sender is no peer"),
        (ReceiveError::<char>::Stale.to_string(), "the message is of an earlier start"),
        (ReceiveError::<char>::OtherCluster.to_string(), "the message is of another cluster"),
        (ReceiveError::<char>::NotForMe.to_string(), "the message is for another replica"),
        (
            ReceiveError::Merge(MergeError::<char>::Rows(FULL)).to_string(),
            "rows: room for 5 needed, capacity 4",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(text, expected);
    }
}

#[test]
fn values_print_what_they_hold() {
    let mut tags = Causal::<char, AwSet<u8>, Heap, Heap>::new();
    let delta = tags.write('a').insert(7).unwrap();
    assert_eq!(format!("{delta:?}"), "Delta { context: {'a': 1..=1}, .. }");
    tags.write('a').insert(8).unwrap();
    tags.write('a').remove(&7).unwrap();
    let state = "Causal { context: {'a': 1..=2}, rows: {Dot { replica: 'a', counter: 2 }: 8} }";
    assert_eq!(format!("{tags:?}"), state);
    assert_eq!(format!("{:?}", tags.read()), format!("Reader {{ state: {state}, path: Top }}"));
    let writer = format!("{:?}", tags.write('a'));
    assert_eq!(writer, format!("Writer {{ state: {state}, path: Top }}"));

    let rooms = Causal::<char, CausalMap<u8, EwFlag>, Heap, Heap>::new();
    assert_eq!(
        format!("{:?}", rooms.read().at(&3)),
        "Reader { state: Causal { context: {}, rows: {} }, path: At { map: Top, key: 3 } }",
    );
}

/// A machine shows who it is, and not what it remembers of peers: that is for no log.
#[test]
fn machines_and_messages_print() {
    type Set = Causal<char, AwSet<u8>, Heap, Heap>;
    let config = AntiEntropyConfig {
        cluster: 5,
        me: 'a',
        boot: 3,
        max_message: 64,
        max_id: 1,
        max_row: 1,
        resend_us: 500,
    };
    assert_eq!(
        format!("{config:?}"),
        "AntiEntropyConfig { cluster: 5, me: 'a', boot: 3, max_message: 64, max_id: 1, max_row: 1, \
         resend_us: 500 }",
    );
    let mut machine = AntiEntropy::<char, Heap, Heap, 4>::new(config, &['b']).unwrap();
    assert_eq!(format!("{machine:?}"), "AntiEntropy { me: 'a', boot: 3, .. }");
    let set = Set::new();
    let greeting = "Message { cluster: 5, to: 'b', boot: 3, to_boot: 0, changes: 0, is_level: false, \
                    body: Greeting { number: 1, is_last: true, known: {} } }";
    let output = machine.poll_output(&set);
    assert_eq!(format!("{output:?}"), format!("Some(Send {{ to: 'b', message: {greeting} }})"));
    let outdated: Output<'_, Set> = Output::Outdated { told_by: 'b', latest: 7 };
    assert_eq!(format!("{outdated:?}"), "Outdated { told_by: 'b', latest: 7 }");
    let superseded: Output<'_, Set> = Output::Superseded { told_by: 'b', boot: 7 };
    assert_eq!(format!("{superseded:?}"), "Superseded { told_by: 'b', boot: 7 }");
    let ack: Message<char, (), ()> = Message {
        cluster: 5,
        to: 'a',
        boot: 1,
        to_boot: 3,
        changes: 2,
        is_level: true,
        body: Body::Ack { number: 1, yours: 4 },
    };
    assert_eq!(
        format!("{ack:?}"),
        "Message { cluster: 5, to: 'a', boot: 1, to_boot: 3, changes: 2, is_level: true, \
         body: Ack { number: 1, yours: 4 } }",
    );
}

#[cfg(feature = "serde")]
#[test]
fn decoders_say_what_is_wrong() {
    use serde::{
        Deserialize,
        de::{IntoDeserializer, value},
    };
    use synod_crdt::{GCounter, Inline};

    type Visitors = Causal<u8, GCounter, Inline<1>, Inline<0>>;
    let wrong: value::U8Deserializer<value::Error> = 1_u8.into_deserializer();
    let refused = Visitors::deserialize(wrong).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "invalid type: integer `1`, expected a causal context and its rows",
    );
    // A context without ranges, and no rows at all.
    let no_ranges = || value::SeqDeserializer::<_, value::Error>::new([0_u8; 0].into_iter());
    let context = value::SeqDeserializer::<_, value::Error>::new([no_ranges()].into_iter());
    assert_eq!(Visitors::deserialize(context).unwrap_err().to_string(), "no rows");
    let nothing = value::SeqDeserializer::<_, value::Error>::new([0_u8; 0].into_iter());
    assert_eq!(Visitors::deserialize(nothing).unwrap_err().to_string(), "no context");
}
