//! Servers of memcached on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use synod_capacity::{Capacity, List};

use crate::encoding::{Weighted, in_order};
use crate::ketama::Ketama;
use crate::key::Key;

/// The rule, then the nodes in ascending order, each with its weight.
impl<N: Serialize, NODES: Capacity, POINTS: Capacity> Serialize for Ketama<N, NODES, POINTS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.rule(), Weighted(self.nodes())).serialize(serializer)
    }
}

/// Refuses nodes that are not in ascending order, and more nodes or points than fit.
impl<'de, N, NODES: Capacity, POINTS: Capacity> Deserialize<'de> for Ketama<N, NODES, POINTS>
where
    N: Key + Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (rule, nodes): (_, List<(N, u32), NODES>) = Deserialize::deserialize(deserializer)?;
        in_order(nodes.iter().map(|(node, _)| node))?;
        Self::from_nodes(rule, &nodes).map_err(de::Error::custom)
    }
}
