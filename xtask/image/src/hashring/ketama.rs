//! Operations of ketama.

use synod_hashring::{Full, KetamaRule, Placement, TooFewNodes};

use super::Fleet;
use crate::wire::{decode, encode};

operations! {
    "Ketama::new" => fn(rule: KetamaRule) -> Fleet { Fleet::new(rule) }
    "Ketama::from_nodes" => fn(rule: KetamaRule, nodes: &[(u16, u32)]) -> Result<Fleet, Full> {
        Fleet::from_nodes(rule, nodes)
    }
    "Ketama::rule" => fn(fleet: &Fleet) -> KetamaRule { fleet.rule() }
    "Ketama::nodes" => fn(fleet: &Fleet) -> Option<(u16, u32)> {
        fleet.nodes().map(|(node, weight)| (*node, weight)).last()
    }
    "Ketama::point_count" => fn(fleet: &Fleet) -> usize { fleet.point_count() }
    "Ketama::get" => fn(fleet: &Fleet, node: u16) -> Option<u32> { fleet.get(&node) }
    "Ketama::insert" => fn(fleet: &mut Fleet, node: u16, weight: u32) -> Result<Option<u32>, Full> {
        fleet.insert(node, weight)
    }
    "Ketama::insert (text)" => fn(
        fleet: &mut super::Named, node: &'static str, weight: u32
    ) -> Result<Option<u32>, Full> {
        fleet.insert(node, weight)
    }
    "Ketama::remove" => fn(fleet: &mut Fleet, node: u16) -> Option<u32> { fleet.remove(&node) }
    "Ketama::new (cloned)" => fn(fleet: &Fleet) -> Fleet { fleet.clone() }
    "Ketama as PartialEq<Ketama>" => fn(fleet: &Fleet, other: &Fleet) -> bool { fleet == other }
    "Ketama as Placement (point)" => fn(fleet: &Fleet, key: &[u8]) -> u64 { fleet.point(key) }
    "Ketama as Placement (node_count)" => fn(fleet: &Fleet) -> usize { fleet.node_count() }
    "Ketama as Placement (first_where_of_point)" => fn(fleet: &Fleet, point: u64, mask: u16) -> Option<u16> {
        fleet.first_where_of_point(point, |node| node & mask == 0)
    }
    "Ketama as Placement (owner_of_point)" => fn(fleet: &Fleet, point: u64) -> Option<u16> {
        fleet.owner_of_point(point)
    }
    "Ketama as Placement (owner)" => fn(fleet: &Fleet, key: &[u8]) -> Option<u16> { fleet.owner(key) }
    "Ketama as Placement (successors)" => fn(fleet: &Fleet, key: u64, nodes: &mut [u16]) -> usize {
        fleet.successors(key, nodes).len()
    }
    "Ketama as Placement (replicas)" => fn(fleet: &Fleet, key: u64) -> Result<[u16; 3], TooFewNodes> {
        fleet.replicas(key)
    }
    "Ketama as Serialize" => fn(fleet: &Fleet, buffer: &mut [u8]) -> Option<usize> {
        encode(fleet, buffer)
    }
    "Ketama as Deserialize" => fn(bytes: &[u8]) -> Option<Fleet> { decode(bytes) }
    "KetamaRule as Serialize" => fn(rule: &KetamaRule, buffer: &mut [u8]) -> Option<usize> {
        encode(rule, buffer)
    }
    "KetamaRule as Deserialize" => fn(bytes: &[u8]) -> Option<KetamaRule> { decode(bytes) }
}
