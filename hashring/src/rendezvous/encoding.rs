//! Nodes of a rendezvous on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use synod_capacity::{Capacity, List};

use crate::encoding::{Weighted, in_order};
use crate::key::Key;
use crate::rendezvous::{Rendezvous, WeightedRendezvous};

/// The hash, then the nodes in ascending order.
impl<N: Serialize, C: Capacity> Serialize for Rendezvous<N, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.key_hash(), self.node_slice()).serialize(serializer)
    }
}

/// Refuses nodes that are not in ascending order, and more than fit.
impl<'de, N, C: Capacity> Deserialize<'de> for Rendezvous<N, C>
where
    N: Key + Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (hash, nodes): (_, List<N, C>) = Deserialize::deserialize(deserializer)?;
        in_order(nodes.iter())?;
        Self::from_nodes(hash, &nodes).map_err(de::Error::custom)
    }
}

/// The hash, then the nodes in ascending order, each with its weight.
impl<N: Serialize, C: Capacity> Serialize for WeightedRendezvous<N, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.key_hash(), Weighted(self.nodes())).serialize(serializer)
    }
}

/// Refuses nodes that are not in ascending order, and more than fit.
impl<'de, N, C: Capacity> Deserialize<'de> for WeightedRendezvous<N, C>
where
    N: Key + Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (hash, nodes): (_, List<(N, u32), C>) = Deserialize::deserialize(deserializer)?;
        in_order(nodes.iter().map(|(node, _)| node))?;
        Self::from_nodes(hash, &nodes).map_err(de::Error::custom)
    }
}
