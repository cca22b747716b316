//! What people read: errors and values as text.
#![cfg(feature = "alloc")]
#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc)] // A test may panic, and use `std`.

use std::{format, string::ToString};

use synod_crdt::{
    AwSet, Causal, CausalMap, Dot, EwFlag, Full, Heap, MergeError, Refused, WriteError,
};

const FULL: Full = Full { needed: 5, capacity: 4 };

#[test]
fn errors_say_what_happened() {
    let cases = [
        (WriteError::Ranges(FULL).to_string(), "ranges of events: room for 5 needed, capacity 4"),
        (WriteError::Rows(FULL).to_string(), "rows: room for 5 needed, capacity 4"),
        (WriteError::Exhausted.to_string(), "the replica's counter is at its maximum"),
        (WriteError::Unreserved.to_string(), "the next event is above the durable bound"),
        (WriteError::Stale.to_string(), "a later write is known"),
        (WriteError::Overflow.to_string(), "the count does not fit"),
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
