//! The encodings, byte by byte, and what the decoders refuse. On the host and on boards.
//!
//! These bytes are part of the public contract: a change here is a breaking change.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![cfg(feature = "serde")]

#[path = "encoding/paxos.rs"]
mod paxos;
#[path = "encoding/register.rs"]
mod register;

use core::fmt::Debug;

use serde::{Serialize, Serializer, de::DeserializeOwned, ser::SerializeSeq};
use synod_consensus_core::{
    Inline, NodeId,
    raft::{
        BallotBody, Body, Entries, Entry, HardState, LogId, Message, Recovered,
        replica::{Frame, OwnedFrame},
    },
};

type Received = OwnedFrame<[u8; 2], Inline<3>>;

/// `value` encodes to `bytes`, and `bytes` decode to `value`.
fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, bytes: &[u8]) {
    let mut buffer = [0; 128];
    let encoded = postcard::to_slice(value, &mut buffer).expect("it fits");
    assert_eq!(encoded, bytes);
    assert_eq!(postcard::from_bytes::<T>(bytes).as_ref(), Ok(value));
    for len in 0..bytes.len() {
        assert!(postcard::from_bytes::<T>(&bytes[..len]).is_err(), "cut off after {len}");
    }
}

fn id(term: u64, index: u64) -> LogId {
    LogId { term, index }
}

fn message(body: Body) -> Message {
    Message { cluster: 7, to: NodeId(300), term: 5, body }
}

/// A message of cluster 7 to node 300 in term 5 begins so.
fn body(body: Body, bytes: &[u8]) {
    let mut expected = [0; 64];
    let start = [7, 0xAC, 0x02, 5];
    expected[..4].copy_from_slice(&start);
    expected[4..4 + bytes.len()].copy_from_slice(bytes);
    golden(&message(body), &expected[..4 + bytes.len()]);
}

/// The same, of one that only nodes of Multi-Paxos say.
fn ballot(said: BallotBody, bytes: &[u8]) {
    let mut expected = [0; 64];
    expected[..5].copy_from_slice(&[7, 0xAC, 0x02, 5, 10]);
    expected[5..5 + bytes.len()].copy_from_slice(bytes);
    let message = Message { cluster: 7, to: NodeId(300), term: 5, body: Body::Ballot(said) };
    golden(&message, &expected[..5 + bytes.len()]);
}

fn append(count: u32) -> Body {
    let entries_term = if count == 0 { 0 } else { 5 };
    Body::Append { prev: id(4, 128), entries_term, count, commit: 127, round: 1 }
}

fn what_is_on_the_disk() {
    golden(&id(2, 128), &[2, 0x80, 1]);
    golden(&HardState { term: 1, vote: None }, &[1, 0]);
    golden(&HardState { term: 300, vote: Some(NodeId(9)) }, &[0xAC, 0x02, 1, 9]);
    let hard_state = HardState { term: 1, vote: Some(NodeId(2)) };
    golden(&Recovered { hard_state, applied: 128 }, &[1, 1, 2, 0x80, 1]);
    golden(&Entry { term: 3, payload: None::<[u8; 2]> }, &[3, 0]);
    golden(&Entry { term: 3, payload: Some(*b"hi") }, &[3, 1, b'h', b'i']);
}

fn every_message() {
    body(Body::PreVote { last: id(4, 128) }, &[0, 4, 0x80, 1]);
    body(Body::PreVoteReply { granted: true, asked: 6 }, &[1, 1, 6]);
    body(Body::Vote { last: id(4, 9) }, &[2, 4, 9]);
    body(Body::VoteReply { granted: false }, &[3, 0]);
    body(append(2), &[4, 4, 0x80, 1, 5, 2, 127, 1]);
    body(Body::Commit { commit: 128 }, &[5, 0x80, 1]);
    body(Body::Matched { index: 9, round: 1 }, &[6, 9, 1]);
    body(Body::Mismatched { prev: 9, hint: id(3, 8), round: 1 }, &[7, 9, 3, 8, 1]);
    body(Body::Snapshot { last: id(4, 128) }, &[8, 4, 0x80, 1]);
    body(Body::Outdated, &[9]);
    assert!(postcard::from_bytes::<Message>(&[7, 1, 5, 10]).is_err(), "no such message");
}

fn what_only_ballots_say() {
    ballot(BallotBody::Promise { last: id(4, 128) }, &[0, 4, 0x80, 1]);
    ballot(BallotBody::Fetch { prev: id(4, 9) }, &[1, 4, 9]);
    ballot(BallotBody::Suffix { prev: id(3, 9), entries_term: 4, count: 2 }, &[2, 3, 9, 4, 2]);
    ballot(BallotBody::Differs { prev: 9, hint: id(3, 8) }, &[3, 9, 3, 8]);
    ballot(BallotBody::ReadIndex { round: 128 }, &[4, 0x80, 1]);
    ballot(BallotBody::ReadIndexReply { round: 1, last: 128 }, &[5, 1, 0x80, 1]);
    assert!(postcard::from_bytes::<Message<BallotBody>>(&[7, 1, 5, 10, 6]).is_err());
    // A node of Raft never says such a thing.
    let promise = [7, 0xAC, 0x02, 5, 10, 0, 4, 9];
    assert!(postcard::from_bytes::<Message>(&promise).is_err());
    // What a candidate is sent has payloads.
    let bytes = [7, 0xAC, 0x02, 5, 10, 2, 3, 9, 4, 2, 2, 0, 1, b'h', b'i'];
    let received: OwnedFrame<[u8; 2], Inline<3>, BallotBody> =
        postcard::from_bytes(&bytes).unwrap();
    assert_eq!(received.payloads(), [None, Some(*b"hi")]);
    let bytes = [7, 0xAC, 0x02, 5, 10, 2, 3, 9, 4, 2, 1, 0];
    assert!(postcard::from_bytes::<OwnedFrame<[u8; 2], Inline<3>, BallotBody>>(&bytes).is_err());
}

/// A frame with these payloads encodes to these bytes, wherever the ring's seam is, and is received
/// so.
fn frame(body: Body, payloads: &[Option<[u8; 2]>], bytes: &[u8]) {
    let mut entries = [Entry { term: 5, payload: None }; 3];
    for (entry, &payload) in entries.iter_mut().zip(payloads) {
        entry.payload = payload;
    }
    let entries = &entries[..payloads.len()];
    for seam in 0..=entries.len() {
        let (front, back) = entries.split_at(seam);
        let sent = Frame { message: &message(body), entries: Entries::new(129, front, back) };
        let mut buffer = [0; 64];
        assert_eq!(postcard::to_slice(&sent, &mut buffer).unwrap(), bytes);
    }
    let received: Received = postcard::from_bytes(bytes).unwrap();
    assert_eq!(received.message(), &message(body));
    assert_eq!(received.payloads(), payloads);
    let (parts, iterator) = received.into_parts();
    assert_eq!(parts, message(body));
    assert!(iterator.eq(payloads.iter().copied()));
    for len in 0..bytes.len() {
        assert!(postcard::from_bytes::<Received>(&bytes[..len]).is_err(), "cut off after {len}");
    }
}

fn frames() {
    frame(Body::Outdated, &[], &[7, 0xAC, 0x02, 5, 9, 0]);
    frame(append(0), &[], &[7, 0xAC, 0x02, 5, 4, 4, 0x80, 1, 0, 0, 127, 1, 0]);
    frame(
        append(3),
        &[None, Some(*b"hi"), Some(*b"ho")],
        &[7, 0xAC, 0x02, 5, 4, 4, 0x80, 1, 5, 3, 127, 1, 3, 0, 1, b'h', b'i', 1, b'h', b'o'],
    );
}

fn frames_whose_counts_lie_are_refused() {
    let refused = |bytes: &[u8]| {
        assert!(postcard::from_bytes::<Received>(bytes).is_err(), "{bytes:?}");
    };
    // The message says 2, and 1 or 3 come; or it says 0; or it is one without entries.
    refused(&[7, 1, 5, 4, 4, 9, 5, 2, 8, 1, 1, 0]);
    refused(&[7, 1, 5, 4, 4, 9, 5, 2, 8, 1, 3, 0, 0, 0]);
    refused(&[7, 1, 5, 4, 4, 9, 0, 0, 8, 1, 1, 0]);
    refused(&[7, 1, 5, 9, 1, 0]);
    // More than the capacity, honestly.
    refused(&[7, 1, 5, 4, 4, 9, 5, 4, 8, 1, 4, 0, 0, 0, 0]);
    // Four billion, in both places.
    refused(&[7, 1, 5, 4, 4, 9, 5, 0xFF, 0xFF, 0xFF, 0xFF, 15, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 15]);
}

/// Payloads may be read where they were received.
fn payloads_are_lent() {
    let bytes = [7, 1, 5, 4, 4, 9, 5, 1, 8, 1, 1, 1, 3, b'a', b'b', b'c'];
    let received: OwnedFrame<&[u8], Inline<1>> = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(received.payloads(), [Some(&b"abc"[..])]);
}

/// The largest of each kind, with the number of entries that a frame has behind it.
fn no_message_is_larger_than_it_says() {
    const MAX: u64 = u64::MAX;
    let last = id(MAX, MAX);
    let bodies = [
        Body::PreVote { last },
        Body::PreVoteReply { granted: true, asked: MAX },
        Body::Vote { last },
        Body::VoteReply { granted: true },
        Body::Append { prev: last, entries_term: MAX, count: u32::MAX, commit: MAX, round: MAX },
        Body::Commit { commit: MAX },
        Body::Matched { index: MAX, round: MAX },
        Body::Mismatched { prev: MAX, hint: last, round: MAX },
        Body::Snapshot { last },
        Body::Outdated,
        Body::Ballot(BallotBody::Promise { last }),
        Body::Ballot(BallotBody::Fetch { prev: last }),
        Body::Ballot(BallotBody::Suffix { prev: last, entries_term: MAX, count: u32::MAX }),
        Body::Ballot(BallotBody::Differs { prev: MAX, hint: last }),
        Body::Ballot(BallotBody::ReadIndex { round: MAX }),
        Body::Ballot(BallotBody::ReadIndexReply { round: MAX, last: MAX }),
    ];
    let largest = bodies.map(|body| {
        let message = Message { cluster: MAX, to: NodeId(MAX), term: MAX, body };
        let mut buffer = [0; 128];
        postcard::to_slice(&(message, message.entry_count()), &mut buffer).unwrap().len()
    });
    assert_eq!(largest.into_iter().max(), Some(Message::MAX_BYTES));
}

/// A payload that has only a length, the largest that there is.
struct Endless;

impl Serialize for Endless {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_seq(Some(usize::MAX))?.end()
    }
}

fn no_entry_has_more_overhead_than_it_says() {
    let mut buffer = [0; 16];
    let bytes = postcard::to_slice(&Some(Endless), &mut buffer).unwrap().len();
    // A length has 64 bits at most, in 10 bytes.
    let largest = if usize::BITS == 64 { bytes } else { bytes + 5 };
    assert_eq!(largest, Message::MAX_ENTRY_OVERHEAD);
}

use paxos::{
    no_paxos_message_is_larger_than_it_says, paxos_messages, paxos_records,
    records_that_no_acceptor_writes_are_refused,
};

use register::{
    members_of_registers, messages_of_registers, no_message_of_a_register_is_larger_than_it_says,
    records_of_registers, what_a_register_lends_is_encoded_alike,
};

macro_rules! suite {
    ($($test:ident)*) => {
        /// The tests by name.
        #[cfg(not(test))]
        pub const SUITE: &[(&str, fn())] = &[$((stringify!($test), $test)),*];

        #[cfg(test)]
        mod on_the_host {
            $(#[test] fn $test() { super::$test() })*
        }
    };
}

suite! {
    what_is_on_the_disk
    every_message
    what_only_ballots_say
    frames
    frames_whose_counts_lie_are_refused
    payloads_are_lent
    no_message_is_larger_than_it_says
    no_entry_has_more_overhead_than_it_says
    paxos_records
    records_that_no_acceptor_writes_are_refused
    paxos_messages
    no_paxos_message_is_larger_than_it_says
    members_of_registers
    records_of_registers
    messages_of_registers
    no_message_of_a_register_is_larger_than_it_says
    what_a_register_lends_is_encoded_alike
}
