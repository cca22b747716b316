//! Tables of Maglev on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use synod_capacity::{Capacity, List};

use crate::encoding::{Weighted, in_order};
use crate::key::Key;
use crate::maglev::Maglev;

/// The most entries of a Maglev table that is encoded or decoded: 2²⁰, which take 2 MiB. With its
/// nodes they may be 2²⁸ pairs (256 nodes and so many entries, or 4,096 and 65,536), as many as
/// there are steps to fill it at worst, where the names were chosen to be in each other's way.
pub const MAX_ENCODED_TABLE: u32 = 1 << 20;

/// The hash, the number of entries, then the nodes in ascending order, each with its weight.
/// Refuses a table of
/// more than [`MAX_ENCODED_TABLE`] says.
impl<N: Serialize, NODES: Capacity, TABLE: Capacity> Serialize for Maglev<N, NODES, TABLE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !is_small(self.table_size(), self.nodes().len()) {
            return Err(ser::Error::custom("a table of too many entries"));
        }
        (self.key_hash(), self.table_size(), Weighted(self.nodes())).serialize(serializer)
    }
}

/// Refuses nodes that are not in ascending order, more of them than entries or than fit, and a
/// number of entries that is not prime, does not fit, or is more than [`MAX_ENCODED_TABLE`] says.
impl<'de, N, NODES: Capacity, TABLE: Capacity> Deserialize<'de> for Maglev<N, NODES, TABLE>
where
    N: Key + Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (hash, table_size, nodes): (_, _, List<(N, u32), NODES>) =
            Deserialize::deserialize(deserializer)?;
        in_order(nodes.iter().map(|(node, _)| node))?;
        if !is_small(table_size, nodes.len()) {
            return Err(de::Error::custom("a table of too many entries"));
        }
        Self::from_nodes(hash, table_size, &nodes).map_err(de::Error::custom)
    }
}

/// Whether it is filled in a second or so, whatever the nodes are.
fn is_small(table_size: u32, nodes: usize) -> bool {
    let pairs = u64::from(table_size).saturating_mul(u64::try_from(nodes).unwrap_or(u64::MAX));
    table_size <= MAX_ENCODED_TABLE && pairs <= 1 << 28
}
