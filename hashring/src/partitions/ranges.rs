//! The ranges of partitions.

use synod_capacity::{Capacity, Inline, List};

use crate::partitions::Partitions;
use crate::ranged::{Points, Ranged, Ranges};

/// The ranges of [`Partitions`], from the last partition down.
#[derive(Clone, Debug)]
pub struct PartitionRanges<'a, N, NODES: Capacity, TABLE: Capacity, const K: usize> {
    partitions: &'a Partitions<N, NODES, TABLE>,
    partition: u16,
    nodes: List<N, Inline<K>>,
}

impl<N: Copy + Ord, NODES: Capacity, TABLE: Capacity> Ranged for Partitions<N, NODES, TABLE> {
    type Ranges<'a, const K: usize>
        = PartitionRanges<'a, N, NODES, TABLE, K>
    where
        Self: 'a;

    fn points(&self) -> Points {
        self.partitioning().points()
    }

    fn ranges_down<const K: usize>(&self, last: u64) -> Self::Ranges<'_, K> {
        PartitionRanges::at(self, self.partitioning().partition_of_point(last))
    }
}

impl<'a, N: Copy + Ord, NODES: Capacity, TABLE: Capacity, const K: usize>
    PartitionRanges<'a, N, NODES, TABLE, K>
{
    fn at(partitions: &'a Partitions<N, NODES, TABLE>, partition: u16) -> Self {
        let mut nodes = List::new();
        for node in partitions.nodes_of(partition).take(K) {
            // There are no more than fit.
            let _ = nodes.push(node);
        }
        Self { partitions, partition, nodes }
    }
}

impl<N: Copy + Ord, NODES: Capacity, TABLE: Capacity, const K: usize> Ranges
    for PartitionRanges<'_, N, NODES, TABLE, K>
{
    type Node = N;

    fn first(&self) -> u64 {
        // Where there are no partitions, all points are one range.
        self.partitions.partitioning().first_point(self.partition).unwrap_or(0)
    }

    fn nodes(&self) -> &[N] {
        &self.nodes
    }

    fn descend(&mut self) {
        if let Some(below) = self.partition.checked_sub(1) {
            *self = Self::at(self.partitions, below);
        }
    }
}
