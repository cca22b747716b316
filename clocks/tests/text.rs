//! What people read: errors and values as text.
#![cfg(feature = "alloc")]
#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc)] // A test may panic, and use `std`.

use std::{format, string::ToString};

use synod_clocks::{
    CausalContext, Dot, DotInPast, DotRange, DottedVersionVector, Exhausted, ForwardJump, Full,
    Heap, HybridStamp, IncrementError, IssueError, PutError, ReceiveError, Siblings, SiblingsError,
    TickError, UnknownBound, VectorClockError, VersionVector,
};

const FULL: Full = Full { needed: 5, capacity: 4 };

#[test]
fn errors_say_what_happened() {
    let cases = [
        (Exhausted.to_string(), "the counter is at its maximum"),
        (VectorClockError::NoSuchMember.to_string(), "no member has this position"),
        (VectorClockError::Exhausted.to_string(), "the member's counter is at its maximum"),
        (
            IncrementError::Full(FULL).to_string(),
            "no entry for a new replica: room for 5 needed, capacity 4",
        ),
        (IncrementError::Exhausted.to_string(), "the replica's counter is at its maximum"),
        (DotInPast.to_string(), "the past holds the version's own dot"),
        (PutError::Replicas(FULL).to_string(), "replicas: room for 5 needed, capacity 4"),
        (PutError::Versions(FULL).to_string(), "siblings: room for 5 needed, capacity 4"),
        (PutError::Exhausted.to_string(), "the replica's counter is at its maximum"),
        (SiblingsError::Versions(FULL).to_string(), "siblings: room for 5 needed, capacity 4"),
        (TickError::WallOutOfRange.to_string(), "the wall clock is past the range of stamps"),
        (TickError::Exhausted.to_string(), "the largest stamp was issued"),
        (ReceiveError::WallOutOfRange.to_string(), "the wall clock is past the range of stamps"),
        (
            ReceiveError::TooFarAhead { ahead_us: 7 }.to_string(),
            "the stamp is 7 µs ahead of the wall clock",
        ),
        (ReceiveError::Exhausted.to_string(), "no larger stamp can be issued"),
        (ForwardJump { by_us: 7 }.to_string(), "the wall clock leapt 7 µs ahead"),
        (IssueError::Unreserved.to_string(), "the next number is above the durable bound"),
        (IssueError::Exhausted.to_string(), "the largest number was issued"),
        (UnknownBound.to_string(), "this bound is not being written"),
    ];
    for (text, expected) in cases {
        assert_eq!(text, expected);
    }
}

#[test]
fn values_print_what_they_hold() {
    let dot = |replica, counter| Dot::new(replica, counter).unwrap();
    let version = VersionVector::<char, Heap>::from_dots([dot('b', 2), dot('a', 1)]).unwrap();
    assert_eq!(format!("{version:?}"), "{'a': 1, 'b': 2}");

    let mut context = CausalContext::<char, Heap>::new();
    context.insert(dot('a', 1)).unwrap();
    context.insert(dot('a', 3)).unwrap();
    assert_eq!(format!("{context:?}"), "{'a': 1..=1, 'a': 3..=3}");
    assert_eq!(
        format!("{:?}", DotRange::from(dot('a', 3))),
        "DotRange { replica: 'a', first: 3, last: 3 }",
    );

    let dotted = DottedVersionVector::new(dot('a', 2), version).unwrap();
    assert_eq!(
        format!("{dotted:?}"),
        "DottedVersionVector { dot: Dot { replica: 'a', counter: 2 }, past: {'a': 1, 'b': 2} }",
    );

    let mut key = Siblings::<char, u8, Heap, Heap>::new();
    key.put(dotted.past(), 'b', 7).unwrap();
    assert_eq!(
        format!("{key:?}"),
        "Siblings { context: {'a': 1, 'b': 3}, \
         versions: [(Dot { replica: 'b', counter: 3 }, 7)] }",
    );

    let stamp = HybridStamp::from_bits(5 << 12 | 3);
    assert_eq!(
        (format!("{stamp}"), format!("{stamp:?}")),
        ("5.3".into(), "HybridStamp(5.3)".into())
    );
}

#[cfg(feature = "serde")]
#[test]
fn decoders_say_what_is_wrong() {
    use serde::{
        Deserialize,
        de::{IntoDeserializer, value},
    };
    use synod_clocks::{Inline, VectorClock};

    let wrong: value::U8Deserializer<value::Error> = 1_u8.into_deserializer();
    let refused = VectorClock::<2>::deserialize(wrong).unwrap_err();
    assert_eq!(refused.to_string(), "invalid type: integer `1`, expected one counter a member");
    let short = value::SeqDeserializer::<_, value::Error>::new([1_u64].into_iter());
    let refused = VectorClock::<2>::deserialize(short).unwrap_err();
    assert_eq!(refused.to_string(), "invalid length 1, expected one counter a member");

    type Context = CausalContext<u8, Inline<1>>;
    let wrong: value::U8Deserializer<value::Error> = 1_u8.into_deserializer();
    let refused = Context::deserialize(wrong).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "invalid type: integer `1`, expected ranges as (replica, gap, span) that fit their capacity",
    );
    let refuse = |triples: &[[u64; 3]]| {
        let triples = triples
            .iter()
            .map(|triple| value::SeqDeserializer::<_, value::Error>::new(triple.iter().copied()));
        let sequence = value::SeqDeserializer::<_, value::Error>::new(triples);
        Context::deserialize(sequence).unwrap_err().to_string()
    };
    let order = "replicas are not in rising order, or a counter is too large";
    assert_eq!(refuse(&[[2, 0, 0], [1, 0, 0]]), order);
    assert_eq!(refuse(&[[2, u64::MAX, 0]]), order);
    assert_eq!(refuse(&[[1, 0, 0], [2, 0, 0]]), "room for 2 needed, capacity 1");
}
