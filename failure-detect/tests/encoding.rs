//! The encodings, byte by byte, and what the decoders refuse. On the host and on boards.
//!
//! These bytes are part of the public contract: a change here is a breaking change.
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.

#[macro_use]
mod suite;

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_capacity::List;
use synod_failure_detect::Inline;
use synod_failure_detect::membership::{Body, Broadcast, Claim, Message, News};

type Frame = Message<u16, [u8; 2], u32, Inline<2>>;

/// `value` encodes to `bytes`, and `bytes` decode to `value`.
fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, bytes: &[u8]) {
    let mut buffer = [0; 64];
    assert_eq!(postcard::to_slice(value, &mut buffer).unwrap(), bytes);
    assert_eq!(postcard::from_bytes::<T>(bytes).as_ref(), Ok(value));
    for len in 0..bytes.len() {
        assert!(postcard::from_bytes::<T>(&bytes[..len]).is_err(), "cut off after {len}");
    }
}

fn bodies() {
    let bodies: [(Body<u16>, &[u8]); 10] = [
        (Body::Gossip, &[0]),
        (Body::Ping { probe: 300 }, &[1, 0xAC, 2]),
        (Body::Ack { probe: 300 }, &[2, 0xAC, 2]),
        (Body::PingRequest { probe: 7, target: 9 }, &[3, 7, 9]),
        (Body::RelayedPing { probe: 7, asker: 9 }, &[4, 7, 9]),
        (Body::RelayedAck { probe: 7, asker: 9 }, &[5, 7, 9]),
        (Body::IndirectAck { probe: 7, target: 9 }, &[6, 7, 9]),
        (Body::Nack { probe: 7, target: 9 }, &[7, 7, 9]),
        (Body::Exchange { digest: 300, after: None, upto: Some(9) }, &[8, 0xAC, 2, 0, 1, 9]),
        (Body::ExchangeReply { after: Some(300), upto: None }, &[9, 1, 0xAC, 2, 0]),
    ];
    for (body, bytes) in bodies {
        golden(&body, bytes);
    }
}

fn claims() {
    type Claimed = Claim<u16, [u8; 2]>;
    let claims: [(Claimed, &[u8]); 4] = [
        (Claim::Alive { age: 300, metadata: [5, 6] }, &[0, 0xAC, 2, 5, 6]),
        (Claim::Suspect { accuser: 300 }, &[1, 0xAC, 2]),
        (Claim::Dead, &[2]),
        (Claim::Left, &[3]),
    ];
    for (claim, bytes) in claims {
        golden(&claim, bytes);
    }
}

fn messages() {
    let news = [
        News { id: 1, generation: 2, incarnation: 3, claim: Claim::Dead },
        News { id: 4, generation: 300, incarnation: 0, claim: Claim::Suspect { accuser: 1 } },
    ];
    let mut frame = Frame {
        cluster: 5,
        to: 6,
        body: Body::Ping { probe: 7 },
        news: List::new(),
        broadcast: None,
    };
    golden(&frame, &[5, 6, 1, 7, 0, 0]);
    frame.news = List::from_slice(&news).unwrap();
    golden(&frame, &[5, 6, 1, 7, 2, 1, 2, 3, 2, 4, 0xAC, 2, 0, 1, 1, 0]);
    frame.broadcast = Some(Broadcast { origin: 8, generation: 9, number: 10, payload: 300 });
    let bytes = [5, 6, 1, 7, 2, 1, 2, 3, 2, 4, 0xAC, 2, 0, 1, 1, 1, 8, 9, 10, 0xAC, 2];
    golden(&frame, &bytes);
}

fn refused<T: DeserializeOwned + Debug>(bytes: &[u8]) {
    assert!(postcard::from_bytes::<T>(bytes).is_err(), "{bytes:?}");
}

fn what_is_refused() {
    refused::<Body<u16>>(&[10]);
    refused::<Claim<u16, [u8; 2]>>(&[4]);
    // An id, an incarnation and an age of more than 16 bits.
    refused::<Body<u16>>(&[3, 7, 0xFF, 0xFF, 4]);
    refused::<News<u16, [u8; 2]>>(&[1, 2, 0xFF, 0xFF, 4, 2]);
    refused::<Claim<u16, [u8; 2]>>(&[0, 0xFF, 0xFF, 4, 5, 6]);
    // More news than there is room for.
    refused::<Frame>(&[5, 6, 1, 7, 3, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2, 0]);
}

suite! {
    bodies
    claims
    messages
    what_is_refused
}
