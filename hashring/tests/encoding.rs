//! The encodings, byte by byte, and what the decoders refuse. On the host and on boards.
//!
//! These bytes are part of the public contract: a change here is a breaking change.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![cfg(feature = "serde")]

#[macro_use]
mod suite;

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_hashring::{Inline, Jump, JumpBack, KeyHash, Partitioning, Partitions, Placement, Ring};

type Small = Ring<u16, Inline<3>, Inline<20>>;

suite! {
    hashes
    numbered_nodes
    rings
    rings_that_are_refused
    partitionings
    tables_of_partitions
    tables_of_partitions_that_are_refused
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

fn hashes() {
    golden(&KeyHash::v1(0), &[1, 0]);
    golden(&KeyHash::v1(300), &[1, 0xac, 2]);
    let largest = [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    golden(&KeyHash::v1(u64::MAX), &largest);
    refused::<KeyHash>(&[0, 0]);
    refused::<KeyHash>(&[2, 0]);
}

fn numbered_nodes() {
    golden(&Jump::new(KeyHash::v1(7), 300), &[1, 7, 0xac, 2]);
    golden(&JumpBack::new(KeyHash::v1(7), 300), &[1, 7, 0xac, 2]);
    golden(&JumpBack::new(KeyHash::v1(0), 0), &[1, 0, 0]);
    // 2^32.
    refused::<Jump>(&[1, 0, 0x80, 0x80, 0x80, 0x80, 0x10]);
    refused::<JumpBack>(&[9, 0, 1]);
}

fn rings() {
    golden(&Small::new(KeyHash::v1(5)), &[1, 5, 0]);
    let mut ring = Small::new(KeyHash::v1(5));
    for (node, tokens) in [(300, 4), (2, 0), (7, 16)] {
        ring.insert(node, tokens).unwrap();
    }
    let bytes = [1, 5, 3, 2, 0, 7, 16, 0xac, 2, 4];
    golden(&ring, &bytes);
    // In which order they came does not matter, and the tokens are there again.
    let decoded: Small = postcard::from_bytes(&bytes).unwrap();
    assert_eq!((decoded.token_count(), decoded.node_count()), (20, 2));
    for key in 0..50_u64 {
        assert_eq!(decoded.owner(key), ring.owner(key));
    }
}

fn rings_that_are_refused() {
    // Not ascending, and twice.
    refused::<Small>(&[1, 5, 2, 7, 1, 2, 1]);
    refused::<Small>(&[1, 5, 2, 7, 1, 7, 1]);
    // Four nodes, and 21 tokens.
    refused::<Small>(&[1, 5, 4, 1, 1, 2, 1, 3, 1, 4, 1]);
    refused::<Small>(&[1, 5, 2, 1, 20, 2, 1]);
    // 2^32 - 1 tokens each, which together are more than 32 bits hold.
    let most = [0xff, 0xff, 0xff, 0xff, 0x0f];
    let mut bytes = [1, 5, 2, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0];
    bytes[4..9].copy_from_slice(&most);
    bytes[10..15].copy_from_slice(&most);
    refused::<Small>(&bytes);
    refused::<Small>(&[2, 5, 0]);
    // A node of 2^16.
    refused::<Small>(&[1, 5, 1, 0x80, 0x80, 4, 1]);
}

type Table = Partitions<u16, Inline<3>, Inline<10>>;

fn partitionings() {
    golden(&Partitioning::v1(KeyHash::v1(7), 300), &[0, 1, 7, 0xac, 2]);
    golden(&Partitioning::v1(KeyHash::v1(7), 0), &[0, 1, 7, 0]);
    golden(&Partitioning::redis_cluster(), &[1]);
    refused::<Partitioning>(&[2]);
    refused::<Partitioning>(&[0, 2, 7, 1]);
    // 2^16.
    refused::<Partitioning>(&[0, 1, 7, 0x80, 0x80, 4]);
}

fn tables_of_partitions() {
    let by_hash = Partitioning::v1(KeyHash::v1(7), 5);
    let mut table = Table::new(by_hash, 2).unwrap();
    golden(&table, &[0, 1, 7, 5, 2, 0, 3, 5, 0, 0]);
    for (node, weight) in [(300, 4), (2, 0), (7, 1)] {
        table.insert(node, weight).unwrap();
    }
    table.assign(0, &[300, 7]).unwrap();
    for partition in 1..4 {
        table.assign(partition, &[2]).unwrap();
    }
    // Three nodes; one partition on the third and second, three on the first, one on none.
    let nodes = [3, 2, 0, 7, 1, 0xac, 2, 4];
    let runs = [9, 1, 3, 2, 3, 1, 0, 1, 0, 0];
    let mut bytes = [0, 1, 7, 5, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes[5..13].copy_from_slice(&nodes);
    bytes[13..].copy_from_slice(&runs);
    golden(&table, &bytes);
    let decoded: Table = postcard::from_bytes(&bytes).unwrap();
    assert_eq!((decoded.load(&2), decoded.load(&300), decoded.node_count()), (Some(3), Some(1), 3));
    assert_eq!(decoded.owner_of_point(0), Some(300));
    // No partitions, or no copies.
    golden(&Table::new(Partitioning::v1(KeyHash::v1(0), 0), 9).unwrap(), &[0, 1, 0, 0, 9, 0, 0]);
    golden(&Table::new(by_hash, 0).unwrap(), &[0, 1, 7, 5, 0, 0, 1, 5]);
}

fn tables_of_partitions_that_are_refused() {
    // Two partitions of two copies, and the nodes 4 and 5.
    fn decode(runs: &[u8]) -> postcard::Result<Table> {
        let start = [0, 1, 7, 2, 2, 2, 4, 1, 5, 1];
        let mut bytes = [0; 20];
        for (byte, value) in bytes.iter_mut().zip(start.iter().chain(runs)) {
            *byte = *value;
        }
        postcard::from_bytes(&bytes[..start.len().saturating_add(runs.len())])
    }
    for runs in [
        // As they are to be.
        &[3, 2, 1, 2][..],
        &[6, 1, 1, 0, 1, 2, 1],
    ] {
        assert!(decode(runs).is_ok(), "{runs:?}");
    }
    for runs in [
        // One partition, three, none, and one that has one copy.
        &[3, 1, 1, 2][..],
        &[3, 3, 1, 2],
        &[6, 2, 1, 2, 1, 1, 2],
        &[0],
        &[6, 0, 1, 2, 2, 1, 2],
        &[5, 1, 1, 2, 1, 2],
        // Two runs that are one, a node twice, a third node, one after nobody.
        &[6, 1, 1, 2, 1, 1, 2],
        &[3, 2, 1, 1],
        &[3, 2, 1, 3],
        &[3, 2, 0, 1],
    ] {
        assert!(decode(runs).is_err(), "{runs:?}");
    }
    // Nodes in another order, twice, and four of them.
    refused::<Table>(&[0, 1, 7, 2, 2, 2, 5, 1, 4, 1, 3, 2, 1, 2]);
    refused::<Table>(&[0, 1, 7, 2, 2, 2, 4, 1, 4, 1, 3, 2, 1, 2]);
    refused::<Table>(&[0, 1, 7, 2, 2, 4, 4, 1, 5, 1, 6, 1, 7, 1, 3, 2, 1, 2]);
    // More copies than there is room for.
    refused::<Table>(&[0, 1, 7, 6, 2, 0, 3, 6, 0, 0]);
    refused::<Table>(&[1, 2, 0, 3, 0x80, 0x80, 1, 0, 0]);
}
