//! The encodings, byte by byte, and what the decoders refuse. On the host and on boards.
//!
//! These bytes are part of the public contract: a change here is a breaking change.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![cfg(feature = "serde")]

#[macro_use]
mod suite;

use core::{fmt::Debug, num::NonZeroU64};

use serde::{Serialize, de::DeserializeOwned};
use synod_clocks::{
    CausalContext, Dot, DotRange, DottedVersionVector, HybridStamp, Inline, LamportClock,
    LamportStamp, Siblings, VectorClock, VersionVector, WideHybridStamp,
};

type Version = VersionVector<u16, Inline<3>>;
type Context = CausalContext<u16, Inline<3>>;
type Dotted = DottedVersionVector<u16, Inline<3>>;
type Key = Siblings<u16, u8, Inline<2>, Inline<2>>;

fn dot(replica: u16, counter: u64) -> Dot<u16> {
    Dot::new(replica, counter).expect("a counter from 1")
}

/// `value` encodes to `bytes`, and `bytes` decode to `value`.
fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, bytes: &[u8]) {
    let mut buffer = [0; 64];
    let encoded = postcard::to_slice(value, &mut buffer).expect("it fits");
    assert_eq!(encoded, bytes);
    assert_eq!(postcard::from_bytes::<T>(bytes).as_ref(), Ok(value));
    for len in 0..bytes.len() {
        assert!(postcard::from_bytes::<T>(&bytes[..len]).is_err(), "cut off after {len}");
    }
}

fn refused<T: DeserializeOwned + Debug>(bytes: &[u8]) {
    assert!(postcard::from_bytes::<T>(bytes).is_err(), "{bytes:?}");
}

fn lamport() {
    golden(&LamportStamp { time: 300, node: 7_u16 }, &[0xAC, 0x02, 7]);
    golden(&LamportClock::recover(7_u16, 300), &[7, 0xAC, 0x02]);
}

fn hybrid() {
    let stamp = HybridStamp::from_wall_us(1).expect("in range");
    golden(&stamp, &[0x80, 0x20]);
    golden(&stamp.at(3_u16), &[0x80, 0x20, 3]);
    let largest: &[u8] = &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1];
    golden(&HybridStamp::MAX, largest);
    refused::<WideHybridStamp<u16>>(&[0x80, 0x20, 0xFF, 0xFF, 0xFF]);
}

fn dots_are_not_zero() {
    golden(&dot(2, 128), &[2, 0x80, 1]);
    refused::<Dot<u16>>(&[2, 0]);
}

fn vector_clock_has_no_length() {
    golden(&VectorClock::from([1, 0, 300]), &[1, 0, 0xAC, 0x02]);
    golden(&VectorClock::<0>::new(), &[]);
}

fn version_vector_is_sorted() {
    golden(&Version::new(), &[0]);
    let version = Version::from_dots([dot(9, 300), dot(2, 1)]).expect("they fit");
    golden(&version, &[2, 2, 1, 9, 0xAC, 0x02]);
    refused::<Version>(&[2, 9, 1, 2, 1]); // not sorted
    refused::<Version>(&[2, 9, 1, 9, 2]); // one replica twice
    refused::<Version>(&[1, 9, 0]); // a zero
    refused::<Version>(&[4, 1, 1, 2, 1, 3, 1, 4, 1]); // more than fit
    refused::<Version>(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]); // a length that is not there
}

fn causal_context_is_sorted_and_apart() {
    let mut context = Context::new();
    golden(&context, &[0]);
    for event in [dot(9, 1), dot(9, 4), dot(2, 3), dot(9, 2)] {
        context.insert(event).expect("it fits");
    }
    // (2, 3..=3), (9, 1..=2), (9, 4..=4), where the least gap is written as 0.
    golden(&context, &[3, 2, 2, 0, 9, 0, 1, 9, 0, 0]);
    refused::<Context>(&[2, 9, 0, 1, 2, 2, 0]); // replicas out of order
    refused::<Context>(&[4, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0]); // more than fit
    refused::<Context>(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]); // a length that is not there
}

fn causal_context_ends_with_the_counters() {
    let mut all = Context::new();
    let range = DotRange::new(7, NonZeroU64::MIN, NonZeroU64::MAX).expect("in order");
    all.insert_range(range).expect("it fits");
    let bytes = [1, 7, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1];
    golden(&all, &bytes);
    let mut past = bytes;
    past[3] = 0xFF; // the span
    refused::<Context>(&past);
    past[3] = 0xFE;
    past[2] = 1; // the gap
    refused::<Context>(&past);
    let behind = [2, 7, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 7, 0, 0];
    refused::<Context>(&behind);

    let mut last = Context::new();
    last.insert(dot(7, u64::MAX)).expect("it fits");
    let bytes = [1, 7, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0];
    golden(&last, &bytes);
    let mut past = bytes;
    past[2] = 0xFF; // the gap
    refused::<Context>(&past);
    past[2] = 0xFE;
    past[12] = 1; // the span
    refused::<Context>(&past);
}

fn dotted_version_vector_is_not_in_its_past() {
    let past = Version::from_dots([dot(1, 1)]).expect("it fits");
    let version = Dotted::new(dot(1, 3), past).expect("not in its past");
    let bytes = [1, 3, 1, 1, 1];
    golden(&version, &bytes);
    let decoded: Dotted = postcard::from_bytes(&bytes).expect("it decodes");
    assert_eq!(decoded.past(), version.past());
    refused::<Dotted>(&[1, 1, 1, 1, 1]);
}

fn siblings_are_within_their_context() {
    let mut key = Key::new();
    let unread = Version::new();
    key.put(&unread, 4, 70).expect("it fits");
    key.put(&unread, 2, 80).expect("it fits");
    golden(&key, &[2, 2, 1, 4, 1, 2, 2, 1, 80, 4, 1, 70]);
    refused::<Key>(&[1, 4, 1, 1, 4, 2, 70]); // a version that the context does not know
    refused::<Key>(&[1, 4, 2, 2, 4, 2, 70, 4, 1, 80]); // versions out of order
    refused::<Key>(&[1, 4, 2, 2, 4, 1, 70, 4, 1, 80]); // one dot twice
}

suite! {
    lamport
    hybrid
    dots_are_not_zero
    vector_clock_has_no_length
    version_vector_is_sorted
    causal_context_is_sorted_and_apart
    causal_context_ends_with_the_counters
    dotted_version_vector_is_not_in_its_past
    siblings_are_within_their_context
}
