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
    Inline, Jump, JumpBack, KeyHash, Maglev, Placement, Rendezvous, Ring, WeightedRendezvous,
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
