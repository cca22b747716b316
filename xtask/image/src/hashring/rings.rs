//! Operations of rings.

use synod_hashring::{Full, KeyHash, Placement, TooFewNodes};

use super::Boards;
use crate::wire::{decode, encode};

operations! {
    "Ring::new" => fn(hash: KeyHash) -> Boards { Boards::new(hash) }
    "Ring::from_nodes" => fn(hash: KeyHash, nodes: &[(u16, u32)]) -> Result<Boards, Full> {
        Boards::from_nodes(hash, nodes)
    }
    "Ring::key_hash" => fn(ring: &Boards) -> KeyHash { ring.key_hash() }
    "Ring::nodes" => fn(ring: &Boards) -> Option<(u16, u32)> {
        ring.nodes().map(|(node, tokens)| (*node, tokens)).last()
    }
    "Ring::token_count" => fn(ring: &Boards) -> usize { ring.token_count() }
    "Ring::get" => fn(ring: &Boards, node: u16) -> Option<u32> { ring.get(&node) }
    "Ring::insert" => fn(ring: &mut Boards, node: u16, tokens: u32) -> Result<Option<u32>, Full> {
        ring.insert(node, tokens)
    }
    "Ring::remove" => fn(ring: &mut Boards, node: u16) -> Option<u32> { ring.remove(&node) }
    "Ring::new (cloned)" => fn(ring: &Boards) -> Boards { ring.clone() }
    "Ring as PartialEq<Ring>" => fn(ring: &Boards, other: &Boards) -> bool { ring == other }
    "Ring as Placement (point)" => fn(ring: &Boards, key: &[u8]) -> u64 { ring.point(key) }
    "Ring as Placement (node_count)" => fn(ring: &Boards) -> usize { ring.node_count() }
    "Ring as Placement (first_where_of_point)" => fn(ring: &Boards, point: u64, mask: u16) -> Option<u16> {
        ring.first_where_of_point(point, |node| node & mask == 0)
    }
    "Placement::owner_of_point" => fn(ring: &Boards, point: u64) -> Option<u16> {
        ring.owner_of_point(point)
    }
    "Placement::first_where" => fn(ring: &Boards, key: u64, mask: u16) -> Option<u16> {
        ring.first_where(key, |node| node & mask == 0)
    }
    "Placement::ranks_all" => fn(ring: &Boards) -> bool { ring.ranks_all() }
    "Placement::owner" => fn(ring: &Boards, key: &[u8]) -> Option<u16> { ring.owner(key) }
    "Placement::successors" => fn(ring: &Boards, key: u64, nodes: &mut [u16]) -> usize {
        ring.successors(key, nodes).len()
    }
    "Placement::replicas" => fn(ring: &Boards, key: u64) -> Result<[u16; 3], TooFewNodes> {
        ring.replicas(key)
    }
    "Ring as Serialize" => fn(ring: &Boards, buffer: &mut [u8]) -> Option<usize> { encode(ring, buffer) }
    "Ring as Deserialize" => fn(bytes: &[u8]) -> Option<Boards> { decode(bytes) }
}
