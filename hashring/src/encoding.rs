//! What travels or is stored: what decodes is what could have been built here.
//!
//! Of nodes with names that is the hash and the nodes; tokens and seeds follow from these.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use synod_capacity::{Capacity, List};

use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::rendezvous::Rendezvous;
use crate::ring::Ring;
use crate::weighted_rendezvous::WeightedRendezvous;

/// The most tokens of a ring that is encoded or decoded: 2²², which take 32 MiB, and twice that while they
/// are sorted. A few bytes can claim more than there is memory for.
pub const MAX_ENCODED_TOKENS: u32 = 1 << 22;

/// The version, then the seed.
impl Serialize for KeyHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.version(), self.seed()).serialize(serializer)
    }
}

/// Refuses a version that is not known here.
impl<'de> Deserialize<'de> for KeyHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Deserialize::deserialize(deserializer)? {
            (1_u8, seed) => Ok(Self::v1(seed)),
            _ => Err(de::Error::custom("a hash of a later version")),
        }
    }
}

/// The hash, then the nodes in ascending order, each with how many tokens it has. Refuses a ring of more
/// than [`MAX_ENCODED_TOKENS`].
impl<N: Serialize, NODES: Capacity, TOKENS: Capacity> Serialize for Ring<N, NODES, TOKENS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !are_few(self.nodes().map(|(_, tokens)| tokens)) {
            return Err(ser::Error::custom("a ring of too many tokens"));
        }
        (self.key_hash(), Nodes(self)).serialize(serializer)
    }
}

struct Nodes<'a, N, NODES: Capacity, TOKENS: Capacity>(&'a Ring<N, NODES, TOKENS>);

impl<N: Serialize, NODES: Capacity, TOKENS: Capacity> Serialize for Nodes<'_, N, NODES, TOKENS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.nodes())
    }
}

/// Refuses nodes that are not in ascending order, and more nodes or tokens than fit, or more than
/// [`MAX_ENCODED_TOKENS`].
impl<'de, N, NODES: Capacity, TOKENS: Capacity> Deserialize<'de> for Ring<N, NODES, TOKENS>
where
    N: Key + Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (hash, nodes): (_, List<(N, u32), NODES>) = Deserialize::deserialize(deserializer)?;
        if !nodes.is_sorted_by(|(node, _), (next, _)| node < next) {
            return Err(de::Error::custom("nodes that are not in ascending order"));
        }
        if are_few(nodes.iter().map(|(_, tokens)| *tokens)) {
            Self::from_nodes(hash, &nodes).map_err(de::Error::custom)
        } else {
            Err(de::Error::custom("a ring of too many tokens"))
        }
    }
}

/// Whether these are no more tokens than are encoded.
fn are_few(counts: impl Iterator<Item = u32>) -> bool {
    counts.fold(0, u32::saturating_add) <= MAX_ENCODED_TOKENS
}

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
        if nodes.is_sorted_by(|node, next| node < next) {
            Self::from_nodes(hash, &nodes).map_err(de::Error::custom)
        } else {
            Err(de::Error::custom("nodes that are not in ascending order"))
        }
    }
}

/// The hash, then the nodes in ascending order, each with its weight.
impl<N: Serialize, C: Capacity> Serialize for WeightedRendezvous<N, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.key_hash(), Weighted(self)).serialize(serializer)
    }
}

struct Weighted<'a, N, C: Capacity>(&'a WeightedRendezvous<N, C>);

impl<N: Serialize, C: Capacity> Serialize for Weighted<'_, N, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.nodes())
    }
}

/// Refuses nodes that are not in ascending order, and more than fit.
impl<'de, N, C: Capacity> Deserialize<'de> for WeightedRendezvous<N, C>
where
    N: Key + Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (hash, nodes): (_, List<(N, u32), C>) = Deserialize::deserialize(deserializer)?;
        if nodes.is_sorted_by(|(node, _), (next, _)| node < next) {
            Self::from_nodes(hash, &nodes).map_err(de::Error::custom)
        } else {
            Err(de::Error::custom("nodes that are not in ascending order"))
        }
    }
}
