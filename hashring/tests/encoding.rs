//! The encodings, byte by byte, and what the decoders refuse. On the host and on boards.
//!
//! These bytes are part of the public contract: a change here is a breaking change.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![cfg(feature = "serde")]

#[macro_use]
mod suite;

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_hashring::{
    Inline, Jump, JumpBack, KeyHash, Maglev, Partitioning, Partitions, Placement, Rendezvous, Ring,
    WeightedRendezvous,
};

type Plain = Rendezvous<u16, Inline<3>>;
type Weighted = WeightedRendezvous<u16, Inline<3>>;
type Small = Ring<u16, Inline<3>, Inline<20>>;
type Table = Maglev<u16, Inline<3>, Inline<211>>;

suite! {
    hashes
    numbered_nodes
    rings
    rings_that_are_refused
    nodes_of_a_rendezvous
    nodes_of_a_weighted_rendezvous
    maglev_tables
    maglev_tables_that_are_refused
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

fn nodes_of_a_rendezvous() {
    golden(&Plain::new(KeyHash::v1(5)), &[1, 5, 0]);
    let nodes = Plain::from_nodes(KeyHash::v1(5), &[300, 2, 7]).unwrap();
    let bytes = [1, 5, 3, 2, 7, 0xac, 2];
    golden(&nodes, &bytes);
    // The seeds are there again.
    let decoded: Plain = postcard::from_bytes(&bytes).unwrap();
    assert!((0..50_u64).all(|key| decoded.owner(key) == nodes.owner(key)));
    // Not ascending, twice, four nodes, another hash, a node of 2^16.
    refused::<Plain>(&[1, 5, 2, 7, 2]);
    refused::<Plain>(&[1, 5, 2, 7, 7]);
    refused::<Plain>(&[1, 5, 4, 1, 2, 3, 4]);
    refused::<Plain>(&[2, 5, 0]);
    refused::<Plain>(&[1, 5, 1, 0x80, 0x80, 4]);
}

fn nodes_of_a_weighted_rendezvous() {
    golden(&Weighted::new(KeyHash::v1(5)), &[1, 5, 0]);
    let list = [(300, 4), (2, 0), (7, u32::MAX)];
    let nodes = Weighted::from_nodes(KeyHash::v1(5), &list).unwrap();
    let bytes = [1, 5, 3, 2, 0, 7, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xac, 2, 4];
    golden(&nodes, &bytes);
    let decoded: Weighted = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(decoded.node_count(), 2);
    assert!((0..50_u64).all(|key| decoded.owner(key) == nodes.owner(key)));
    // Not ascending, twice, four nodes, another hash, a node of 2^16, a weight of 2^32.
    refused::<Weighted>(&[1, 5, 2, 7, 1, 2, 1]);
    refused::<Weighted>(&[1, 5, 2, 7, 1, 7, 1]);
    refused::<Weighted>(&[1, 5, 4, 1, 1, 2, 1, 3, 1, 4, 1]);
    refused::<Weighted>(&[2, 5, 0]);
    refused::<Weighted>(&[1, 5, 1, 0x80, 0x80, 4, 1]);
    refused::<Weighted>(&[1, 5, 1, 1, 0x80, 0x80, 0x80, 0x80, 0x10]);
}

fn maglev_tables() {
    golden(&Table::new(KeyHash::v1(5), 211).unwrap(), &[1, 5, 0xd3, 1, 0]);
    let mut table = Table::new(KeyHash::v1(5), 101).unwrap();
    for (node, weight) in [(300, 4), (2, 0), (7, u32::MAX)] {
        table.insert(node, weight).unwrap();
    }
    let bytes = [1, 5, 101, 3, 2, 0, 7, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xac, 2, 4];
    golden(&table, &bytes);
    let decoded: Table = postcard::from_bytes(&bytes).unwrap();
    assert_eq!((decoded.table_size(), decoded.node_count()), (101, 1));
    for key in 0..50_u64 {
        assert_eq!(decoded.owner(key), table.owner(key));
    }
}

fn maglev_tables_that_are_refused() {
    // Not ascending, and twice.
    refused::<Table>(&[1, 5, 101, 2, 7, 1, 2, 1]);
    refused::<Table>(&[1, 5, 101, 2, 7, 1, 7, 1]);
    // Four nodes, and three for two entries.
    refused::<Table>(&[1, 5, 101, 4, 1, 1, 2, 1, 3, 1, 4, 1]);
    refused::<Table>(&[1, 5, 2, 3, 1, 1, 2, 1, 3, 1]);
    // 1, 100, 223 and 2^32 - 5 entries, and 2^20 + 7, which is prime, too.
    refused::<Table>(&[1, 5, 1, 0]);
    refused::<Table>(&[1, 5, 100, 0]);
    refused::<Table>(&[1, 5, 0xdf, 1, 0]);
    refused::<Table>(&[1, 5, 0xfb, 0xff, 0xff, 0xff, 0x0f, 0]);
    refused::<Table>(&[1, 5, 0x87, 0x80, 0x40, 0]);
    refused::<Table>(&[2, 5, 101, 0]);
    // A node of 2^16.
    refused::<Table>(&[1, 5, 101, 1, 0x80, 0x80, 4, 1]);
}

type Assigned = Partitions<u16, Inline<3>, Inline<10>>;

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
    let mut table = Assigned::new(by_hash, 2).unwrap();
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
    let decoded: Assigned = postcard::from_bytes(&bytes).unwrap();
    assert_eq!((decoded.load(&2), decoded.load(&300), decoded.node_count()), (Some(3), Some(1), 3));
    assert_eq!(decoded.owner_of_point(0), Some(300));
    // No partitions, or no copies.
    golden(&Assigned::new(Partitioning::v1(KeyHash::v1(0), 0), 9).unwrap(), &[0, 1, 0, 0, 9, 0, 0]);
    golden(&Assigned::new(by_hash, 0).unwrap(), &[0, 1, 7, 5, 0, 0, 1, 5]);
}

fn tables_of_partitions_that_are_refused() {
    // Two partitions of two copies, and the nodes 4 and 5.
    fn decode(runs: &[u8]) -> postcard::Result<Assigned> {
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
    refused::<Assigned>(&[0, 1, 7, 2, 2, 2, 5, 1, 4, 1, 3, 2, 1, 2]);
    refused::<Assigned>(&[0, 1, 7, 2, 2, 2, 4, 1, 4, 1, 3, 2, 1, 2]);
    refused::<Assigned>(&[0, 1, 7, 2, 2, 4, 4, 1, 5, 1, 6, 1, 7, 1, 3, 2, 1, 2]);
    // More copies than there is room for.
    refused::<Assigned>(&[0, 1, 7, 6, 2, 0, 3, 6, 0, 0]);
    refused::<Assigned>(&[1, 2, 0, 3, 0x80, 0x80, 1, 0, 0]);
}
