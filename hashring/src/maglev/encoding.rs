//! Tables of Maglev on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use synod_capacity::{Capacity, List};

use crate::encoding::{Weighted, in_order};
use crate::key::Key;
use crate::maglev::Maglev;

/// The most entries of a Maglev table that is encoded or decoded: 2²⁰, which take 2 MiB, and 16
/// million steps to fill.
pub const MAX_ENCODED_TABLE: u32 = 1 << 20;

/// The hash, the number of entries, then the nodes in ascending order, each with its weight.
/// Refuses a table of more than [`MAX_ENCODED_TABLE`] entries.
impl<N: Serialize, NODES: Capacity, TABLE: Capacity> Serialize for Maglev<N, NODES, TABLE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.table_size() > MAX_ENCODED_TABLE {
            return Err(ser::Error::custom("a table of too many entries"));
        }
        (self.key_hash(), self.table_size(), Weighted(self.nodes())).serialize(serializer)
    }
}

/// Refuses nodes that are not in ascending order, more of them than entries or than fit, and a
/// number of entries that is not prime, does not fit, or is above [`MAX_ENCODED_TABLE`].
impl<'de, N, NODES: Capacity, TABLE: Capacity> Deserialize<'de> for Maglev<N, NODES, TABLE>
where
    N: Key + Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (hash, table_size, nodes): (_, _, List<(N, u32), NODES>) =
            Deserialize::deserialize(deserializer)?;
        in_order(nodes.iter().map(|(node, _)| node))?;
        if table_size > MAX_ENCODED_TABLE {
            return Err(de::Error::custom("a table of too many entries"));
        }
        Self::from_nodes(hash, table_size, &nodes).map_err(de::Error::custom)
    }
}
