//! Operations of Maglev tables.

use core::fmt::Write;

use synod_hashring::{Full, KeyHash, MaglevError, Placement, TooFewNodes};

use super::Table;
use crate::{
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "Maglev::new" => fn(hash: KeyHash, table_size: u32) -> Result<Table, MaglevError> {
        Table::new(hash, table_size)
    }
    "Maglev::from_nodes" => fn(
        hash: KeyHash, table_size: u32, nodes: &[(u16, u32)]
    ) -> Result<Table, MaglevError> {
        Table::from_nodes(hash, table_size, nodes)
    }
    "Maglev::table_size_for" => fn(nodes: u32) -> u32 { Table::table_size_for(nodes) }
    "Maglev::key_hash" => fn(table: &Table) -> KeyHash { table.key_hash() }
    "Maglev::table_size" => fn(table: &Table) -> u32 { table.table_size() }
    "Maglev::nodes" => fn(table: &Table) -> Option<(u16, u32)> {
        table.nodes().map(|(node, weight)| (*node, weight)).last()
    }
    "Maglev::get" => fn(table: &Table, node: u16) -> Option<u32> { table.get(&node) }
    "Maglev::insert" => fn(
        table: &mut Table, node: u16, weight: u32
    ) -> Result<Option<u32>, MaglevError> {
        table.insert(node, weight)
    }
    "Maglev::remove" => fn(table: &mut Table, node: u16) -> Option<u32> { table.remove(&node) }
    "Maglev::new (cloned)" => fn(table: &Table) -> Table { table.clone() }
    "Maglev as PartialEq<Maglev>" => fn(table: &Table, other: &Table) -> bool { table == other }
    "Maglev as Placement (point)" => fn(table: &Table, key: &[u8]) -> u64 { table.point(key) }
    "Maglev as Placement (node_count)" => fn(table: &Table) -> usize { table.node_count() }
    "Maglev as Placement (first_where_of_point)" => fn(table: &Table, point: u64, mask: u16) -> Option<u16> {
        table.first_where_of_point(point, |node| node & mask == 0)
    }
    "Maglev as Placement (owner_of_point)" => fn(table: &Table, point: u64) -> Option<u16> {
        table.owner_of_point(point)
    }
    "Maglev as Placement (owner)" => fn(table: &Table, key: &[u8]) -> Option<u16> { table.owner(key) }
    "Maglev as Placement (successors)" => fn(table: &Table, key: u64, nodes: &mut [u16]) -> usize {
        table.successors(key, nodes).len()
    }
    "Maglev as Placement (replicas)" => fn(table: &Table, key: u64) -> Result<[u16; 3], TooFewNodes> {
        table.replicas(key)
    }
    "Maglev as Serialize" => fn(table: &Table, buffer: &mut [u8]) -> Option<usize> {
        encode(table, buffer)
    }
    "Maglev as Deserialize" => fn(bytes: &[u8]) -> Option<Table> { decode(bytes) }
    "MaglevError as Display" => fn(error: &MaglevError, text: &mut Buffer) -> bool {
        write!(text, "{error}").is_ok()
    }
    "MaglevError as From<Full>" => fn(full: Full) -> MaglevError { full.into() }
}
