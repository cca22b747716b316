//! `synod-hashring`: what a program would use of it, and the size of its types.

mod buckets;
mod ketama;
mod keys;
mod loads;
mod maglev;
mod partitions;
mod plans;
mod rendezvous;
mod rings;
mod zones;

use core::hint::black_box;

use synod_hashring::{
    Inline, Jump, JumpBack, Ketama, KeyHash, Maglev, Move, Partitioning, Partitions, Placement,
    Plan, Rendezvous, Replicas, Ring, WeightedRendezvous, Zoned,
};

use self::loads::Loads;

type Boards = Ring<u16, Inline<8>, Inline<256>>;
type Peers = Rendezvous<u16, Inline<8>>;
type WeightedPeers = WeightedRendezvous<u16, Inline<8>>;
type Fleet = Ketama<u16, Inline<4>, Inline<640>>;
type Named = Ketama<&'static str, Inline<4>, Inline<640>>;
type Table = Maglev<u16, Inline<8>, Inline<1_021>>;
type Assigned = Partitions<u16, Inline<8>, Inline<192>>;

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
    "bounded loads of 8 nodes over a ring: place and release" => fn(
        loads: &mut Loads, ring: &Boards, key: &[u8]
    ) -> Option<u16> {
        let node = loads.place(ring, key).ok()?;
        loads.release(&node).then_some(node)
    }
    "slot of a Redis Cluster" => fn(key: &[u8]) -> u16 {
        Partitioning::redis_cluster().partition(key)
    }
    "64 partitions with 3 copies on 8 nodes: the owner of a key" => fn(table: &Assigned, key: &[u8]) -> Option<u16> {
        table.owner(key)
    }
    "64 partitions with 3 copies on 8 nodes: all calls" => fn(
        table: &mut Assigned, key: &[u8], node: u16, weight: u32, nodes: &mut [u16]
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
    "ring of 8 nodes and 256 tokens: what moves of three replicas" => fn(
        before: &Boards, after: &Boards, first: u64
    ) -> Option<Move<u16, 3>> {
        Plan::below(before, after, first).ok()?.next()
    }
    "ring of 8 nodes and 256 tokens: three replicas in zones" => fn(
        ring: &Boards, key: &[u8]
    ) -> Option<Replicas<u16, 3>> {
        Zoned::new(ring, |node| node / 16).replicas(key).ok()
    }
    "ring of 8 nodes and 256 tokens: all calls" => fn(
        ring: &mut Boards, key: &[u8], node: u16, tokens: u32, nodes: &mut [u16]
    ) -> Option<u16> {
        let _ = black_box(ring.insert(node, tokens));
        let _ = black_box(ring.remove(&node));
        black_box((ring.get(&node), ring.token_count()));
        ask(ring, key, nodes)
    }
    "rendezvous of 8 nodes: the owner of a key" => fn(peers: &Peers, key: &[u8]) -> Option<u16> {
        peers.owner(key)
    }
    "rendezvous of 8 nodes: all calls" => fn(
        peers: &mut Peers, key: &[u8], node: u16, nodes: &mut [u16]
    ) -> Option<u16> {
        let _ = black_box(peers.insert(node));
        black_box((peers.remove(&node), peers.contains(&node)));
        ask(peers, key, nodes)
    }
    "weighted rendezvous of 8 nodes: the owner of a key" => fn(
        peers: &WeightedPeers, key: &[u8]
    ) -> Option<u16> {
        peers.owner(key)
    }
    "weighted rendezvous of 8 nodes: all calls" => fn(
        peers: &mut WeightedPeers, key: &[u8], node: u16, weight: u32, nodes: &mut [u16]
    ) -> Option<u16> {
        let _ = black_box(peers.insert(node, weight));
        black_box((peers.remove(&node), peers.get(&node)));
        ask(peers, key, nodes)
    }
    "maglev of 8 nodes and 1,021 entries: the owner of a key" => fn(
        table: &Table, key: &[u8]
    ) -> Option<u16> {
        table.owner(key)
    }
    "maglev of 8 nodes and 1,021 entries: all calls" => fn(
        table: &mut Table, key: &[u8], node: u16, weight: u32, nodes: &mut [u16]
    ) -> Option<u16> {
        let _ = black_box(table.insert(node, weight));
        let _ = black_box(table.remove(&node));
        black_box((table.get(&node), table.table_size()));
        ask(table, key, nodes)
    }
    "ketama of 4 nodes and 640 points: the owner of a key" => fn(
        fleet: &Fleet, key: &[u8]
    ) -> Option<u16> {
        fleet.owner(key)
    }
    "ketama of 4 nodes and 640 points: all calls" => fn(
        fleet: &mut Fleet, key: &[u8], node: u16, weight: u32, nodes: &mut [u16]
    ) -> Option<u16> {
        let _ = black_box(fleet.insert(node, weight));
        let _ = black_box(fleet.remove(&node));
        black_box((fleet.get(&node), fleet.point_count()));
        ask(fleet, key, nodes)
    }
}

sizes! {
    "BoundedLoads<u16, Inline<8>>" => Loads,
    "Jump" => Jump,
    "JumpBack" => JumpBack,
    "Ketama<u16, Inline<4>, Inline<640>>" => Fleet,
    "KeyHash" => KeyHash,
    "Rendezvous<u16, Inline<8>>" => Peers,
    "Maglev<u16, Inline<8>, Inline<1_021>>" => Table,
    "Partitioning" => Partitioning,
    "Partitions<u16, Inline<8>, Inline<192>>" => Assigned,
    "Ring<u16, Inline<8>, Inline<256>>" => Boards,
    "WeightedRendezvous<u16, Inline<8>>" => WeightedPeers,
}
