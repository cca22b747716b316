//! Servers of memcached on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use synod_capacity::{Capacity, List};

use crate::encoding::{Weighted, in_order};
use crate::ketama::Ketama;
use crate::key::Key;
use crate::ring::MAX_ENCODED_TOKENS;

/// The rule, then the nodes in ascending order, each with its weight. Refuses more than 26,214 with
/// a weight, whose points would be more than [`MAX_ENCODED_TOKENS`].
impl<N: Serialize, NODES: Capacity, POINTS: Capacity> Serialize for Ketama<N, NODES, POINTS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !are_few(self.nodes().map(|(_, weight)| weight)) {
            return Err(ser::Error::custom("too many points"));
        }
        (self.rule(), Weighted(self.nodes())).serialize(serializer)
    }
}

/// Refuses nodes that are not in ascending order, more nodes or points than fit, and more than
/// 26,214 with a weight.
impl<'de, N, NODES: Capacity, POINTS: Capacity> Deserialize<'de> for Ketama<N, NODES, POINTS>
where
    N: Key + Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (rule, nodes): (_, List<(N, u32), NODES>) = Deserialize::deserialize(deserializer)?;
        in_order(nodes.iter().map(|(node, _)| node))?;
        if !are_few(nodes.iter().map(|(_, weight)| *weight)) {
            return Err(de::Error::custom("too many points"));
        }
        Self::from_nodes(rule, &nodes).map_err(de::Error::custom)
    }
}

/// Whether these make no more points than a ring may have tokens.
fn are_few(weights: impl Iterator<Item = u32>) -> bool {
    let weighted = weights.fold(0_u32, |sum, weight| sum.saturating_add((weight > 0).into()));
    weighted <= MAX_ENCODED_TOKENS / 160
}
