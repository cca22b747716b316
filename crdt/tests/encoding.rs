//! The encodings, byte by byte, and what the decoders refuse. On the host and on boards.
//!
//! These bytes are part of the public contract: a change here is a breaking change.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![cfg(feature = "serde")]

#[macro_use]
mod suite;

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_crdt::{
    AwSet, Body, Causal, CausalContext, CausalMap, Delta, DwFlag, EwFlag, GCounter, GSet,
    HybridStamp, Inline, Kind, Lexicographic, LwwRegister, LwwSet, Max, Merge, Message, Min,
    MvRegister, PnCounter, RwSet, WriteError,
};

/// Up to 4 ranges of events, and up to 4 rows.
type State<T> = Causal<u16, T, Inline<4>, Inline<4>>;

fn at(wall_us: u64) -> HybridStamp {
    HybridStamp::from_wall_us(wall_us).expect("a time in range")
}

/// `value` encodes to `bytes`, and `bytes` decode to `value`.
fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, bytes: &[u8]) {
    assert_eq!(encoded(value, &mut [0; 64]), bytes);
    assert_eq!(postcard::from_bytes::<T>(bytes).as_ref(), Ok(value));
    for len in 0..bytes.len() {
        assert!(postcard::from_bytes::<T>(&bytes[..len]).is_err(), "cut off after {len}");
    }
}

fn encoded<'a>(value: &impl Serialize, buffer: &'a mut [u8; 64]) -> &'a [u8] {
    postcard::to_slice(value, buffer).expect("it fits")
}

/// `delta` encodes to `bytes`, and what they decode to merges like it.
fn golden_delta<T>(delta: &Delta<'_, State<T>>, bytes: &[u8])
where
    T: Kind<u16, Row: Serialize + DeserializeOwned + Debug>,
{
    assert_eq!(encoded(delta, &mut [0; 64]), bytes);
    let mut received = State::<T>::new();
    received.merge(delta).expect("it fits");
    golden(&received, bytes);
}

/// A state of ranges as (replica, gap, span) and of rows.
fn from_parts<T: DeserializeOwned>(ranges: &[(u64, u64, u64)], rows: &[(u128, u64)]) -> T {
    postcard::from_bytes(encoded(&(ranges, rows), &mut [0; 64])).expect("legal")
}

fn refused<T: DeserializeOwned + Debug>(bytes: &[u8]) {
    assert!(postcard::from_bytes::<T>(bytes).is_err(), "{bytes:?}");
}

/// The context as (replica, gap, span), then each row after the number of events that it skips.
fn add_wins_set() {
    let mut tags = State::<AwSet<u16>>::new();
    golden(&tags, &[0, 0]);
    golden_delta(&tags.write(1).insert(300).unwrap(), &[1, 1, 0, 0, 1, 0, 0xAC, 0x02]);
    golden_delta(&tags.write(1).insert(7).unwrap(), &[1, 1, 1, 0, 1, 0, 7]);
    tags.write(1).insert(8).unwrap();
    golden_delta(&tags.write(4).remove(&7).unwrap(), &[1, 1, 1, 0, 0]);
    golden_delta(&tags.write(4).insert(8).unwrap(), &[2, 1, 2, 0, 4, 0, 0, 1, 1, 8]);
    golden(&tags, &[2, 1, 0, 2, 4, 0, 0, 2, 0, 0xAC, 0x02, 2, 8]);
    golden_delta(&tags.write(4).remove(&9).unwrap(), &[0, 0]);
}

/// Of two ranges of one replica the second begins where it must at the earliest, behind one missing
/// event: so neighbours, which are one range, cannot be written down as two.
fn gaps() {
    let mut source = Causal::<u16, AwSet<u16>, Inline<1>, Inline<6>>::new();
    let mut gapped = State::<AwSet<u16>>::new();
    for element in 1..=6 {
        let delta = source.write(1).insert(element).unwrap();
        if [1, 3, 6].contains(&element) {
            gapped.merge(&delta).unwrap();
        }
    }
    golden(&gapped, &[3, 1, 0, 0, 1, 0, 0, 1, 1, 0, 3, 0, 1, 0, 3, 0, 6]);
    // Nothing is left behind the last event there can be, nor behind the last but one.
    for last in [u64::MAX, u64::MAX - 1] {
        let ranges: &[(u64, u64, u64)] = &[(1, last - 1, 0), (1, 0, 0)];
        let no_rows: &[(u128, u64)] = &[];
        refused::<State<AwSet<u16>>>(encoded(&(ranges, no_rows), &mut [0; 64]));
    }
}

fn other_sets() {
    let mut visited = State::<GSet<u16>>::new();
    visited.write(1).insert(3).unwrap();
    golden(&visited, &[1, 1, 0, 0, 1, 0, 3]);

    let mut allowed = State::<RwSet<u16>>::new();
    allowed.write(1).insert(3).unwrap();
    golden_delta(&allowed.write(1).remove(4).unwrap(), &[1, 1, 1, 0, 1, 0, 4, 0]);
    golden(&allowed, &[1, 1, 0, 1, 2, 0, 3, 1, 0, 4, 0]);

    let mut online = State::<LwwSet<u16>>::new();
    online.write(1).insert(at(1), 3).unwrap();
    golden_delta(&online.write(1).remove(at(2), 4).unwrap(), &[1, 1, 1, 0, 1, 0, 4, 0x80, 0x40, 0]);
    golden(&online, &[1, 1, 0, 1, 2, 0, 3, 0x80, 0x20, 1, 0, 4, 0x80, 0x40, 0]);
}

fn registers_and_flags() {
    let mut name = State::<MvRegister<u16>>::new();
    name.write(1).set(3).unwrap();
    golden_delta(&name.write(2).set(4).unwrap(), &[2, 1, 0, 0, 2, 0, 0, 1, 1, 4]);

    let mut setting = State::<LwwRegister<u16>>::new();
    golden_delta(&setting.write(1).set(at(1), 3).unwrap(), &[1, 1, 0, 0, 1, 0, 0x80, 0x20, 3]);

    let mut alarm = State::<EwFlag>::new();
    golden_delta(&alarm.write(1).enable().unwrap(), &[1, 1, 0, 0, 1, 0]);
    golden_delta(&alarm.write(1).disable().unwrap(), &[1, 1, 0, 0, 0]);

    let mut motor = State::<DwFlag>::new();
    golden_delta(&motor.write(1).disable().unwrap(), &[1, 1, 0, 0, 1, 0]);
}

/// A total (0) has where its series begins, and its amount; a floor (1) whose it is and up to
/// where, too.
fn counters() {
    let mut visitors = State::<GCounter>::new();
    golden_delta(&visitors.write(1).add(5).unwrap(), &[1, 1, 0, 4, 0]);
    golden_delta(&visitors.write(1).add(2).unwrap(), &[1, 1, 5, 1, 0]);
    golden(&visitors, &[1, 1, 0, 6, 0]);

    let mut stock = State::<PnCounter>::new();
    golden_delta(&stock.write(1).add(5).unwrap(), &[1, 1, 0, 0, 1, 0, 0, 0, 10]);
    golden_delta(&stock.write(2).reset().unwrap(), &[2, 1, 0, 0, 2, 0, 0, 1, 1, 1, 1, 1, 0, 10]);
    stock.write(1).add(-1).unwrap();
    golden(&stock, &[2, 1, 0, 1, 2, 0, 0, 1, 1, 0, 1, 1]);
}

/// A key stands before its row, at each level.
fn nested_map() {
    let mut rooms = State::<CausalMap<u8, CausalMap<u8, AwSet<u16>>>>::new();
    let delta = rooms.write(1).at(&7).at(&2).insert(300).unwrap();
    golden_delta(&delta, &[1, 1, 0, 0, 1, 0, 7, 2, 0xAC, 0x02]);
    golden_delta(&rooms.write(1).remove(&7).unwrap(), &[1, 1, 0, 0, 0]);
    golden(&rooms, &[1, 1, 0, 0, 0]);
}

fn plain_lattices() {
    golden(&Max(300_u16), &[0xAC, 0x02]);
    golden(&Min(-1_i8), &[0xFF]);
    golden(&Lexicographic { version: 3_u8, value: Max(5_u8) }, &[3, 5]);
}

/// Cluster, receiver, start of the sender, of the receiver, changes, whether that is all; then which kind, and it.
fn messages() {
    type Tags = State<AwSet<u16>>;
    let mut tags = Tags::new();
    tags.write(1).insert(300).unwrap();
    let known: CausalContext<u16, Inline<4>> = tags.context().clone();
    let say = |is_level, body| Message {
        cluster: 6,
        to: 300,
        boot: 2,
        to_boot: 200,
        changes: 5,
        is_level,
        body,
    };
    let golden_message = |is_level, body, bytes: &[u8]| {
        golden::<Message<u16, CausalContext<u16, Inline<4>>, Tags>>(&say(is_level, body), bytes);
    };
    let greeting = Body::Greeting { number: 7, is_last: true, known };
    golden_message(false, greeting, &[6, 0xAC, 2, 2, 0xC8, 1, 5, 0, 0, 7, 1, 1, 1, 0, 0]);
    let delta = Body::Delta { number: 8, delta: tags };
    golden_message(true, delta, &[6, 0xAC, 2, 2, 0xC8, 1, 5, 1, 1, 8, 1, 1, 0, 0, 1, 0, 0xAC, 2]);
    golden_message(
        true,
        Body::Ack { number: 9, yours: 128 },
        &[6, 0xAC, 2, 2, 0xC8, 1, 5, 1, 2, 9, 0x80, 1],
    );
    golden_message(false, Body::Refusal { number: 10 }, &[6, 0xAC, 2, 2, 0xC8, 1, 5, 0, 3, 10]);
}

/// A row of the last event of all does not shift what comes behind it.
fn rows_behind_the_last_event() {
    let mut tags = State::<AwSet<u16>>::new();
    tags.resume(1, u64::MAX - 2).unwrap();
    tags.write(1).insert(5).unwrap();
    tags.write(2).insert(6).unwrap();
    let decoded: State<AwSet<u16>> =
        postcard::from_bytes(encoded(&tags, &mut [0; 64])).expect("legal");
    assert_eq!(decoded, tags);
}

/// With 4 replicas and elements of 64 bits, whatever the element and after 2^62 events.
fn delta_of_one_element_is_small() {
    type Elements = Causal<u64, AwSet<u64>, Inline<4>, Inline<4>>;
    let contexts = [0, 1, 2, 3].map(|replica| (replica, 0, (1 << 62) - 1));
    let mut elements: Elements = from_parts(&contexts, &[]);
    for element in [0, 1 << 32, u64::MAX] {
        let delta = elements.write(3).insert(element).expect("it fits");
        assert!(encoded(&delta, &mut [0; 64]).len() <= 24);
    }
    let removal = elements.write(2).remove(&u64::MAX).expect("it fits");
    assert!(encoded(&removal, &mut [0; 64]).len() <= 24);
}

/// Equal states, reached by different orders of events and with different capacities, have equal
/// bytes. (Seen in yjs 491.)
fn d14_equal_states_have_equal_bytes() {
    type Wide = Causal<u16, AwSet<u16>, Inline<9>, Inline<9>>;
    let (mut left, mut right) = (State::<AwSet<u16>>::new(), Wide::new());
    let (mut first, mut second) = (Wide::new(), Wide::new());
    first.merge(&left.write(1).insert(80).unwrap()).unwrap();
    second.merge(&left.write(1).insert(70).unwrap()).unwrap();
    right.write(2).insert(90).unwrap();
    right.merge(&second).unwrap();
    right.merge(&first).unwrap();
    right.write(2).remove(&70).unwrap();
    left.merge(&right).unwrap();
    right.merge(&left).unwrap();
    assert_eq!(encoded(&left, &mut [0; 64]), encoded(&right, &mut [0; 64]));
    let decoded: Wide = postcard::from_bytes(encoded(&left, &mut [0; 64])).expect("legal");
    assert_eq!(decoded, right);
}

/// Zero and duplicate dots cannot be written down. What is out of order, does not fit, or could
/// not have been written by any change, is refused.
fn d15_hostile_bytes() {
    type Tags = State<AwSet<u16>>;
    golden::<Tags>(&Tags::new(), &[0, 0]);
    refused::<Tags>(&[2, 2, 0, 0, 1, 0, 0, 0]); // replicas out of order
    refused::<Tags>(&[1, 1, 0, 0, 2, 0, 7, 0, 8]); // a second row under the one event
    refused::<Tags>(&[1, 1, 0, 0, 1, 1, 7]); // a row behind the last event
    refused::<Tags>(&[0, 1, 0, 7]); // a row and no event
    refused::<Tags>(&[2, 1, 0, 0, 1, 0, 0, 1, 2, 7]); // a row behind the last event of two ranges
    refused::<Tags>(&[2, 1, 0, 0, 2, 0, 0, 2, 0, 7, 1, 8]); // a second row behind it
    refused::<Tags>(&[5, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0, 5, 0, 0, 0]); // too many ranges
    refused::<Tags>(&[1, 1, 0, 4, 5, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5]); // too many rows
    refused::<Tags>(&[1, 1, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 7]); // fewer rows than claimed
    refused::<Causal<u16, GCounter, Inline<4>, Inline<4>>>(&[1, 1, 0, 0, 1, 0]); // counts are no rows
    refused::<State<RwSet<u16>>>(&[1, 1, 0, 0, 1, 0, 7, 2]); // neither added nor removed

    type Stock = State<PnCounter>;
    refused::<Stock>(&[1, 1, 0, 0, 1, 0, 0, 1, 10]); // a series that begins at its own total
    refused::<Stock>(&[1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 10]); // up to event 0
    refused::<Stock>(&[1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 10]); // a series that begins at its floor
    refused::<Stock>(&[1, 1, 0, 0, 1, 0, 2, 0, 10]); // neither total nor floor
    refused::<State<CausalMap<u8, PnCounter>>>(&[1, 1, 0, 0, 1, 0, 9, 0, 1, 10]); // in a map, too
}

/// A context may claim all events there can be: then nobody has one left, and nothing overflows.
fn d15_context_that_claims_the_future() {
    type Tags = State<AwSet<u16>>;
    // Of replica 1 all from the first on; of replica 2 the last alone, and a row under it.
    let contexts = [(1, 0, u64::MAX - 1), (2, u64::MAX - 1, 0)];
    let mut tags: Tags = from_parts(&contexts, &[(u128::from(u64::MAX), 7)]);
    assert!(tags.read().contains(&7));
    assert_eq!(tags.context().latest(1), u64::MAX);
    let refused = tags.write(1).insert(7).unwrap_err();
    assert_eq!((refused.reason, refused.value), (WriteError::Exhausted, 7));
    assert_eq!(tags.write(2).insert(8).unwrap_err().reason, WriteError::Exhausted);
    tags.write(3).insert(7).expect("another replica has events left");

    // What is left out may be the events of several replicas, which are more than 2^64, or none.
    let contexts = [(1, 0, u64::MAX - 1), (2, 0, u64::MAX - 1), (3, 0, 1)];
    let most = u128::from(u64::MAX);
    let rows: [&[_]; 3] =
        [&[(2 * most, 7)], &[(most - 1, 7), (0, 8), (most, 9)], &[(2 * most, 7), (0, 8)]];
    for rows in rows {
        let tags: Tags = from_parts(&contexts, rows);
        let mut bytes = [0; 64];
        let bytes = encoded(&(&contexts[..], rows), &mut bytes);
        assert_eq!(encoded(&tags, &mut [0; 64]), bytes);
    }
}

suite! {
    add_wins_set
    gaps
    other_sets
    registers_and_flags
    counters
    nested_map
    plain_lattices
    messages
    rows_behind_the_last_event
    delta_of_one_element_is_small
    d14_equal_states_have_equal_bytes
    d15_hostile_bytes
    d15_context_that_claims_the_future
}
