//! Operations of numbered nodes.

use synod_hashring::{Jump, JumpBack, KeyHash, Placement, TooFewNodes};

use crate::wire::{decode, encode};

operations! {
    "Jump::new" => fn(hash: KeyHash, nodes: u32) -> Jump { Jump::new(hash, nodes) }
    "Jump::key_hash" => fn(placement: &Jump) -> KeyHash { placement.key_hash() }
    "Jump::count" => fn(placement: &Jump) -> u32 { placement.count() }
    "Jump as Serialize" => fn(placement: &Jump, buffer: &mut [u8]) -> Option<usize> {
        encode(placement, buffer)
    }
    "Jump as Deserialize" => fn(bytes: &[u8]) -> Option<Jump> { decode(bytes) }
    "Jump as Placement (point)" => fn(placement: &Jump, key: &[u8]) -> u64 { placement.point(key) }
    "Jump as Placement (node_count)" => fn(placement: &Jump) -> usize { placement.node_count() }
    "Jump as Placement (first_where_of_point)" => fn(placement: &Jump, point: u64, mask: u32) -> Option<u32> {
        placement.first_where_of_point(point, |node| node & mask == 0)
    }
    "Jump as Placement (owner_of_point)" => fn(placement: &Jump, point: u64) -> Option<u32> {
        placement.owner_of_point(point)
    }
    "Jump as Placement (owner)" => fn(placement: &Jump, key: &[u8]) -> Option<u32> {
        placement.owner(key)
    }
    "Jump as Placement (successors)" => fn(placement: &Jump, key: u64, nodes: &mut [u32]) -> usize {
        placement.successors(key, nodes).len()
    }
    "Jump as Placement (replicas)" => fn(placement: &Jump, key: u64) -> Result<[u32; 5], TooFewNodes> {
        placement.replicas(key)
    }
    "JumpBack::new" => fn(hash: KeyHash, nodes: u32) -> JumpBack { JumpBack::new(hash, nodes) }
    "JumpBack::key_hash" => fn(placement: &JumpBack) -> KeyHash { placement.key_hash() }
    "JumpBack::count" => fn(placement: &JumpBack) -> u32 { placement.count() }
    "JumpBack as Serialize" => fn(placement: &JumpBack, buffer: &mut [u8]) -> Option<usize> {
        encode(placement, buffer)
    }
    "JumpBack as Deserialize" => fn(bytes: &[u8]) -> Option<JumpBack> { decode(bytes) }
    "JumpBack as Placement (point)" => fn(placement: &JumpBack, key: &[u8]) -> u64 {
        placement.point(key)
    }
    "JumpBack as Placement (node_count)" => fn(placement: &JumpBack) -> usize {
        placement.node_count()
    }
    "JumpBack as Placement (first_where_of_point)" => fn(
        placement: &JumpBack, point: u64, mask: u32
    ) -> Option<u32> {
        placement.first_where_of_point(point, |node| node & mask == 0)
    }
    "JumpBack as Placement (owner_of_point)" => fn(placement: &JumpBack, point: u64) -> Option<u32> {
        placement.owner_of_point(point)
    }
    "JumpBack as Placement (owner)" => fn(placement: &JumpBack, key: &[u8]) -> Option<u32> {
        placement.owner(key)
    }
    "JumpBack as Placement (successors)" => fn(
        placement: &JumpBack, key: u64, nodes: &mut [u32]
    ) -> usize {
        placement.successors(key, nodes).len()
    }
    "JumpBack as Placement (replicas)" => fn(
        placement: &JumpBack, key: u64
    ) -> Result<[u32; 5], TooFewNodes> {
        placement.replicas(key)
    }
}
