//! Operations of partitions.

use core::fmt::Write;

use synod_hashring::{
    AssignError, Full, KeyHash, Partitioning, Placement, Points, Rebalanced, TooFewNodes,
};

use super::{Assigned, Boards};
use crate::{
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "Partitioning::points" => fn(by: &Partitioning) -> Points { by.points() }
    "Partitioning::first_point" => fn(by: &Partitioning, partition: u16) -> Option<u64> {
        by.first_point(partition)
    }
    "Partitioning::v1" => fn(hash: KeyHash, count: u16) -> Partitioning {
        Partitioning::v1(hash, count)
    }
    "Partitioning::redis_cluster" => fn() -> Partitioning { Partitioning::redis_cluster() }
    "Partitioning::key_hash" => fn(by: &Partitioning) -> Option<KeyHash> { by.key_hash() }
    "Partitioning::count" => fn(by: &Partitioning) -> u16 { by.count() }
    "Partitioning::point" => fn(by: &Partitioning, key: &[u8]) -> u64 { by.point(key) }
    "Partitioning::partition_of_point" => fn(by: &Partitioning, point: u64) -> u16 {
        by.partition_of_point(point)
    }
    "Partitioning::partition" => fn(by: &Partitioning, key: &[u8]) -> u16 { by.partition(key) }
    "Partitioning as Serialize" => fn(by: &Partitioning, buffer: &mut [u8]) -> Option<usize> {
        encode(by, buffer)
    }
    "Partitioning as Deserialize" => fn(bytes: &[u8]) -> Option<Partitioning> { decode(bytes) }
    "Partitions::new" => fn(by: Partitioning, copies: u8) -> Result<Assigned, Full> {
        Assigned::new(by, copies)
    }
    "Partitions::new (cloned)" => fn(table: &Assigned) -> Assigned { table.clone() }
    "Partitions as PartialEq<Partitions>" => fn(table: &Assigned, other: &Assigned) -> bool {
        table == other
    }
    "Partitions::partitioning" => fn(table: &Assigned) -> Partitioning { table.partitioning() }
    "Partitions::count" => fn(table: &Assigned) -> u16 { table.count() }
    "Partitions::copies" => fn(table: &Assigned) -> u8 { table.copies() }
    "Partitions::nodes" => fn(table: &Assigned) -> Option<(u16, u32)> {
        table.nodes().map(|(node, weight)| (*node, weight)).last()
    }
    "Partitions::get" => fn(table: &Assigned, node: u16) -> Option<u32> { table.get(&node) }
    "Partitions::load" => fn(table: &Assigned, node: u16) -> Option<u32> { table.load(&node) }
    "Partitions::nodes_of" => fn(table: &Assigned, partition: u16) -> Option<u16> {
        table.nodes_of(partition).last()
    }
    "Partitions::iter" => fn(table: &Assigned) -> Option<(u16, Option<u16>)> {
        table.iter().map(|(partition, nodes)| (partition, nodes.last())).last()
    }
    "Partitions::insert" => fn(
        table: &mut Assigned, node: u16, weight: u32
    ) -> Result<Option<u32>, Full> {
        table.insert(node, weight)
    }
    "Partitions::remove" => fn(table: &mut Assigned, node: u16) -> Option<u32> { table.remove(&node) }
    "Partitions::assign" => fn(
        table: &mut Assigned, partition: u16, nodes: &[u16]
    ) -> Result<(), AssignError> {
        table.assign(partition, nodes)
    }
    "Partitions::rebalance" => fn(table: &mut Assigned) -> Result<Rebalanced, Full> {
        table.rebalance()
    }
    "Partitions::rebalance_apart" => fn(table: &mut Assigned, mask: u16) -> Result<Rebalanced, Full> {
        table.rebalance_apart(|node| node & mask)
    }
    "Partitions::assign_by" => fn(table: &mut Assigned, ring: &Boards) -> Rebalanced {
        table.assign_by(ring)
    }
    "Partitions as Placement (point)" => fn(table: &Assigned, key: &[u8]) -> u64 { table.point(key) }
    "Partitions as Placement (node_count)" => fn(table: &Assigned) -> usize { table.node_count() }
    "Partitions as Placement (first_where_of_point)" => fn(
        table: &Assigned, point: u64, mask: u16
    ) -> Option<u16> {
        table.first_where_of_point(point, |node| node & mask == 0)
    }
    "Partitions as Placement (owner)" => fn(table: &Assigned, key: &[u8]) -> Option<u16> {
        table.owner(key)
    }
    "Partitions as Placement (successors)" => fn(
        table: &Assigned, key: u64, nodes: &mut [u16]
    ) -> usize {
        table.successors(key, nodes).len()
    }
    "Partitions as Placement (replicas)" => fn(
        table: &Assigned, key: u64
    ) -> Result<[u16; 3], TooFewNodes> {
        table.replicas(key)
    }
    "Partitions as Serialize" => fn(table: &Assigned, buffer: &mut [u8]) -> Option<usize> {
        encode(table, buffer)
    }
    "Partitions as Deserialize" => fn(bytes: &[u8]) -> Option<Assigned> { decode(bytes) }
    "AssignError as Display" => fn(error: &AssignError, text: &mut Buffer) -> bool {
        write!(text, "{error}").is_ok()
    }
}
