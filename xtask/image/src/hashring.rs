//! `synod-hashring`: what a program would use of it, and the size of its types.

mod buckets;
mod keys;
mod partitions;
mod rings;

use core::hint::black_box;

use synod_hashring::{Inline, Jump, JumpBack, KeyHash, Partitioning, Partitions, Placement, Ring};

type Boards = Ring<u16, Inline<8>, Inline<256>>;
type Table = Partitions<u16, Inline<8>, Inline<192>>;

/// Every question that a placement answers.
#[inline(always)]
fn ask<P: Placement>(placement: &P, key: &[u8], nodes: &mut [P::Node]) -> Option<P::Node> {
    let _ = black_box(placement.replicas::<3>(key).is_ok());
    black_box((placement.successors(key, nodes).len(), placement.node_count()));
    placement.owner(key)
}

configurations! {
    "hash of a key" => fn(hash: KeyHash, key: &[u8]) -> u64 {
        hash.point(key)
    }
    "jump: the owner of a point" => fn(placement: &Jump, point: u64) -> Option<u32> {
        placement.owner_of_point(point)
    }
    "jump-back: the owner of a point" => fn(placement: &JumpBack, point: u64) -> Option<u32> {
        placement.owner_of_point(point)
    }
    "jump-back: all calls" => fn(placement: &JumpBack, key: &[u8], nodes: &mut [u32]) -> Option<u32> {
        ask(placement, key, nodes)
    }
    "slot of a Redis Cluster" => fn(key: &[u8]) -> u16 {
        Partitioning::redis_cluster().partition(key)
    }
    "64 partitions with 3 copies on 8 nodes: the owner of a key" => fn(table: &Table, key: &[u8]) -> Option<u16> {
        table.owner(key)
    }
    "64 partitions with 3 copies on 8 nodes: all calls" => fn(
        table: &mut Table, key: &[u8], node: u16, weight: u32, nodes: &mut [u16]
    ) -> Option<u16> {
        let _ = black_box(table.insert(node, weight));
        let _ = black_box(table.remove(&node));
        let _ = black_box(table.assign(7, nodes));
        let _ = black_box(table.rebalance());
        black_box((table.get(&node), table.load(&node)));
        ask(table, key, nodes)
    }
    "ring of 8 nodes and 256 tokens: the owner of a key" => fn(ring: &Boards, key: &[u8]) -> Option<u16> {
        ring.owner(key)
    }
    "ring of 8 nodes and 256 tokens: all calls" => fn(
        ring: &mut Boards, key: &[u8], node: u16, tokens: u32, nodes: &mut [u16]
    ) -> Option<u16> {
        let _ = black_box(ring.insert(node, tokens));
        let _ = black_box(ring.remove(&node));
        black_box((ring.get(&node), ring.token_count()));
        ask(ring, key, nodes)
    }
}

sizes! {
    "Jump" => Jump,
    "JumpBack" => JumpBack,
    "KeyHash" => KeyHash,
    "Partitioning" => Partitioning,
    "Partitions<u16, Inline<8>, Inline<192>>" => Table,
    "Ring<u16, Inline<8>, Inline<256>>" => Boards,
}
