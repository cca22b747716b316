//! Operations of rendezvous hashing, with weights and without.

use synod_hashring::{Full, KeyHash, Placement, TooFewNodes};

use super::{Peers, WeightedPeers};
use crate::wire::{decode, encode};

operations! {
    "Rendezvous::new" => fn(hash: KeyHash) -> Peers { Peers::new(hash) }
    "Rendezvous::from_nodes" => fn(hash: KeyHash, nodes: &[u16]) -> Result<Peers, Full> {
        Peers::from_nodes(hash, nodes)
    }
    "Rendezvous::key_hash" => fn(peers: &Peers) -> KeyHash { peers.key_hash() }
    "Rendezvous::nodes" => fn(peers: &Peers) -> Option<u16> { peers.nodes().copied().last() }
    "Rendezvous::contains" => fn(peers: &Peers, node: u16) -> bool { peers.contains(&node) }
    "Rendezvous::insert" => fn(peers: &mut Peers, node: u16) -> Result<bool, Full> {
        peers.insert(node)
    }
    "Rendezvous::remove" => fn(peers: &mut Peers, node: u16) -> bool { peers.remove(&node) }
    "Rendezvous::new (cloned)" => fn(peers: &Peers) -> Peers { peers.clone() }
    "Rendezvous as PartialEq<Rendezvous>" => fn(peers: &Peers, other: &Peers) -> bool { peers == other }
    "Rendezvous as Placement (point)" => fn(peers: &Peers, key: &[u8]) -> u64 { peers.point(key) }
    "Rendezvous as Placement (node_count)" => fn(peers: &Peers) -> usize { peers.node_count() }
    "Rendezvous as Placement (first_where_of_point)" => fn(
        peers: &Peers, point: u64, mask: u16
    ) -> Option<u16> {
        peers.first_where_of_point(point, |node| node & mask == 0)
    }
    "Rendezvous as Placement (owner_of_point)" => fn(peers: &Peers, point: u64) -> Option<u16> {
        peers.owner_of_point(point)
    }
    "Rendezvous as Placement (owner)" => fn(peers: &Peers, key: &[u8]) -> Option<u16> {
        peers.owner(key)
    }
    "Rendezvous as Placement (successors)" => fn(
        peers: &Peers, key: u64, nodes: &mut [u16]
    ) -> usize {
        peers.successors(key, nodes).len()
    }
    "Rendezvous as Placement (replicas)" => fn(
        peers: &Peers, key: u64
    ) -> Result<[u16; 3], TooFewNodes> {
        peers.replicas(key)
    }
    "Rendezvous as Placement (no replicas)" => fn(
        peers: &Peers, key: u64
    ) -> Result<[u16; 0], TooFewNodes> {
        peers.replicas(key)
    }
    "Rendezvous as Serialize" => fn(peers: &Peers, buffer: &mut [u8]) -> Option<usize> {
        encode(peers, buffer)
    }
    "Rendezvous as Deserialize" => fn(bytes: &[u8]) -> Option<Peers> { decode(bytes) }
    "WeightedRendezvous::new" => fn(hash: KeyHash) -> WeightedPeers { WeightedPeers::new(hash) }
    "WeightedRendezvous::from_nodes" => fn(
        hash: KeyHash, nodes: &[(u16, u32)]
    ) -> Result<WeightedPeers, Full> {
        WeightedPeers::from_nodes(hash, nodes)
    }
    "WeightedRendezvous::key_hash" => fn(peers: &WeightedPeers) -> KeyHash { peers.key_hash() }
    "WeightedRendezvous::nodes" => fn(peers: &WeightedPeers) -> Option<(u16, u32)> {
        peers.nodes().map(|(node, weight)| (*node, weight)).last()
    }
    "WeightedRendezvous::get" => fn(peers: &WeightedPeers, node: u16) -> Option<u32> {
        peers.get(&node)
    }
    "WeightedRendezvous::insert" => fn(
        peers: &mut WeightedPeers, node: u16, weight: u32
    ) -> Result<Option<u32>, Full> {
        peers.insert(node, weight)
    }
    "WeightedRendezvous::remove" => fn(peers: &mut WeightedPeers, node: u16) -> Option<u32> {
        peers.remove(&node)
    }
    "WeightedRendezvous::new (cloned)" => fn(peers: &WeightedPeers) -> WeightedPeers { peers.clone() }
    "WeightedRendezvous as PartialEq<WeightedRendezvous>" => fn(
        peers: &WeightedPeers, other: &WeightedPeers
    ) -> bool {
        peers == other
    }
    "WeightedRendezvous as Placement (point)" => fn(peers: &WeightedPeers, key: &[u8]) -> u64 {
        peers.point(key)
    }
    "WeightedRendezvous as Placement (node_count)" => fn(peers: &WeightedPeers) -> usize {
        peers.node_count()
    }
    "WeightedRendezvous as Placement (first_where_of_point)" => fn(
        peers: &WeightedPeers, point: u64, mask: u16
    ) -> Option<u16> {
        peers.first_where_of_point(point, |node| node & mask == 0)
    }
    "WeightedRendezvous as Placement (owner_of_point)" => fn(
        peers: &WeightedPeers, point: u64
    ) -> Option<u16> {
        peers.owner_of_point(point)
    }
    "WeightedRendezvous as Placement (owner)" => fn(
        peers: &WeightedPeers, key: &[u8]
    ) -> Option<u16> {
        peers.owner(key)
    }
    "WeightedRendezvous as Placement (successors)" => fn(
        peers: &WeightedPeers, key: u64, nodes: &mut [u16]
    ) -> usize {
        peers.successors(key, nodes).len()
    }
    "WeightedRendezvous as Placement (replicas)" => fn(
        peers: &WeightedPeers, key: u64
    ) -> Result<[u16; 3], TooFewNodes> {
        peers.replicas(key)
    }
    "WeightedRendezvous as Placement (no replicas)" => fn(
        peers: &WeightedPeers, key: u64
    ) -> Result<[u16; 0], TooFewNodes> {
        peers.replicas(key)
    }
    "WeightedRendezvous as Serialize" => fn(
        peers: &WeightedPeers, buffer: &mut [u8]
    ) -> Option<usize> {
        encode(peers, buffer)
    }
    "WeightedRendezvous as Deserialize" => fn(bytes: &[u8]) -> Option<WeightedPeers> {
        decode(bytes)
    }
}
