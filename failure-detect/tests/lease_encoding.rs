//! The encodings of leases, byte by byte, and what the decoders refuse. On the host and on boards.
//!
//! These bytes are part of the public contract: a change here is a breaking change.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // A test may panic.
#![cfg(feature = "serde")]

#[macro_use]
mod suite;

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_failure_detect::{FencingToken, LeaseBody, LeaseMessage};

/// `value` encodes to `bytes`, and `bytes` decode to `value`.
fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, bytes: &[u8]) {
    let mut buffer = [0; 64];
    assert_eq!(postcard::to_slice(value, &mut buffer).unwrap(), bytes);
    assert_eq!(postcard::from_bytes::<T>(bytes).as_ref(), Ok(value));
    for len in 0..bytes.len() {
        assert!(postcard::from_bytes::<T>(&bytes[..len]).is_err(), "cut off after {len}");
    }
}

fn token(number: u64) -> FencingToken {
    FencingToken::new(number).unwrap()
}

fn message(body: LeaseBody) -> LeaseMessage {
    LeaseMessage { resource: 300, start: 2, round: 9, body }
}

fn tokens() {
    golden(&token(1), &[1]);
    golden(&token(300), &[0xAC, 0x02]);
    assert!(postcard::from_bytes::<FencingToken>(&[0]).is_err(), "0 is never issued");
}

fn every_message() {
    let request = LeaseBody::Request { token: token(7), duration_us: 10_000 };
    golden(&message(request), &[0xAC, 0x02, 2, 9, 0, 7, 0x90, 0x4E]);
    golden(&message(LeaseBody::Release { token: token(7) }), &[0xAC, 0x02, 2, 9, 1, 7]);
    golden(&message(LeaseBody::Granted { token: token(128) }), &[0xAC, 0x02, 2, 9, 2, 0x80, 1]);
    let refused = LeaseBody::Refused { highest: Some(token(8)), wait_us: 500 };
    golden(&message(refused), &[0xAC, 0x02, 2, 9, 3, 1, 8, 0xF4, 0x03]);
    let refused = LeaseBody::Refused { highest: None, wait_us: 0 };
    golden(&message(refused), &[0xAC, 0x02, 2, 9, 3, 0, 0]);
}

fn what_is_no_message_is_refused() {
    let refused: [&[u8]; 5] = [
        &[1, 1, 1, 4, 1],
        &[1, 1, 1, 0, 0, 5],
        &[1, 1, 1, 1, 0],
        &[1, 1, 1, 2, 0],
        &[1, 1, 1, 3, 1, 0, 0],
    ];
    for bytes in refused {
        assert!(postcard::from_bytes::<LeaseMessage>(bytes).is_err(), "{bytes:?}");
    }
}

/// The largest of each kind.
fn no_message_is_larger_than_it_says() {
    const MAX: u64 = u64::MAX;
    let token = token(MAX);
    let bodies = [
        LeaseBody::Request { token, duration_us: MAX },
        LeaseBody::Release { token },
        LeaseBody::Granted { token },
        LeaseBody::Refused { highest: Some(token), wait_us: MAX },
    ];
    let lengths = bodies.map(|body| {
        let largest = LeaseMessage { resource: MAX, start: MAX, round: MAX, body };
        postcard::to_slice(&largest, &mut [0; 64]).unwrap().len()
    });
    assert_eq!(lengths.into_iter().max(), Some(LeaseMessage::MAX_BYTES));
}

suite! {
    tokens
    every_message
    what_is_no_message_is_refused
    no_message_is_larger_than_it_says
}
