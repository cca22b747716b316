//! Operations of bounded loads.

use core::fmt::Write;

use synod_hashring::{BoundedLoads, Full, Inline, PlaceError};

use super::Boards;
use crate::text::Buffer;

pub(super) type Loads = BoundedLoads<u16, Inline<8>>;

operations! {
    "BoundedLoads::new" => fn(over_per_mille: u16) -> Loads { Loads::new(over_per_mille) }
    "BoundedLoads::over_per_mille" => fn(loads: &Loads) -> u16 { loads.over_per_mille() }
    "BoundedLoads::from_nodes" => fn(over: u16, nodes: &[(u16, u32)]) -> Result<Loads, Full> {
        Loads::from_nodes(over, nodes)
    }
    "BoundedLoads::get" => fn(loads: &Loads, node: u16) -> Option<u32> { loads.get(&node) }
    "BoundedLoads::nodes" => fn(loads: &Loads) -> Option<(u16, u32)> {
        loads.nodes().map(|(node, weight)| (*node, weight)).last()
    }
    "BoundedLoads::total_load" => fn(loads: &Loads) -> u64 { loads.total_load() }
    "BoundedLoads::loads" => fn(loads: &Loads) -> Option<(u16, u32)> {
        loads.loads().map(|(node, load)| (*node, load)).last()
    }
    "BoundedLoads::insert" => fn(loads: &mut Loads, node: u16, weight: u32) -> Result<Option<u32>, Full> {
        loads.insert(node, weight)
    }
    "BoundedLoads::remove" => fn(loads: &mut Loads, node: u16) -> Option<u32> { loads.remove(&node) }
    "BoundedLoads::load" => fn(loads: &Loads, node: u16) -> Option<u32> { loads.load(&node) }
    "BoundedLoads::bound" => fn(loads: &Loads, node: u16) -> Option<u32> { loads.bound(&node) }
    "BoundedLoads::place" => fn(loads: &mut Loads, ring: &Boards, key: u64) -> Result<u16, PlaceError> {
        loads.place(ring, key)
    }
    "BoundedLoads::place_where" => fn(
        loads: &mut Loads, ring: &Boards, key: u64, mask: u16
    ) -> Result<u16, PlaceError> {
        loads.place_where(ring, key, |node| node & mask == 0)
    }
    "BoundedLoads::release" => fn(loads: &mut Loads, node: u16) -> bool { loads.release(&node) }
    "BoundedLoads::new (cloned)" => fn(loads: &Loads) -> Loads { loads.clone() }
    "BoundedLoads as PartialEq<BoundedLoads>" => fn(loads: &Loads, other: &Loads) -> bool {
        loads == other
    }
    "PlaceError as Display" => fn(error: &PlaceError, text: &mut Buffer) -> bool {
        write!(text, "{error}").is_ok()
    }
}
