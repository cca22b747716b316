//! What travels or is stored: what decodes is what could have been built here.
//!
//! Of rings and tables that is the hash and the nodes; tokens and entries follow from these.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use synod_capacity::{Capacity, List};

#[cfg(feature = "ketama")]
use crate::ketama::Ketama;
use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::maglev::Maglev;
use crate::ring::Ring;

/// The most tokens of a ring that is encoded or decoded: 2²², which take 32 MiB, and twice that while they
/// are sorted. A few bytes can claim more than there is memory for.
pub const MAX_ENCODED_TOKENS: usize = 1 << 22;

/// The most entries of a Maglev table that is encoded or decoded: 2²⁰, which take 2 MiB, and 16
/// million steps to fill.
pub const MAX_ENCODED_TABLE: u32 = 1 << 20;

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
        if self.token_count() > MAX_ENCODED_TOKENS {
            return Err(ser::Error::custom("a ring of too many tokens"));
        }
        (self.key_hash(), Nodes(self.nodes())).serialize(serializer)
    }
}

/// Nodes with their weights.
struct Nodes<I>(I);

impl<'a, N: Serialize + 'a, I: Iterator<Item = (&'a N, u32)> + Clone> Serialize for Nodes<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
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
        check_order(&nodes)?;
        let total =
            nodes.iter().fold(0_u64, |total, (_, tokens)| total.saturating_add((*tokens).into()));
        if usize::try_from(total).is_ok_and(|total| total <= MAX_ENCODED_TOKENS) {
            Self::from_nodes(hash, &nodes).map_err(de::Error::custom)
        } else {
            Err(de::Error::custom("a ring of too many tokens"))
        }
    }
}

/// The hash, the number of entries, then the nodes in ascending order, each with its weight.
/// Refuses a table of more than [`MAX_ENCODED_TABLE`] entries.
impl<N: Serialize, NODES: Capacity, TABLE: Capacity> Serialize for Maglev<N, NODES, TABLE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.table_size() > MAX_ENCODED_TABLE {
            return Err(ser::Error::custom("a table of too many entries"));
        }
        (self.key_hash(), self.table_size(), Nodes(self.nodes())).serialize(serializer)
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
        check_order(&nodes)?;
        if table_size > MAX_ENCODED_TABLE {
            return Err(de::Error::custom("a table of too many entries"));
        }
        Self::from_nodes(hash, table_size, &nodes).map_err(de::Error::custom)
    }
}

fn check_order<N: Ord, E: de::Error>(nodes: &[(N, u32)]) -> Result<(), E> {
    if nodes.is_sorted_by(|(node, _), (next, _)| node < next) {
        Ok(())
    } else {
        Err(E::custom("nodes that are not in ascending order"))
    }
}

/// The rule, then the nodes in ascending order, each with its weight.
#[cfg(feature = "ketama")]
impl<N: Serialize, NODES: Capacity, POINTS: Capacity> Serialize for Ketama<N, NODES, POINTS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.rule(), Nodes(self.nodes())).serialize(serializer)
    }
}

/// Refuses nodes that are not in ascending order, and more nodes or points than fit.
#[cfg(feature = "ketama")]
impl<'de, N, NODES: Capacity, POINTS: Capacity> Deserialize<'de> for Ketama<N, NODES, POINTS>
where
    N: Key + Copy + Ord + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (rule, nodes): (_, List<(N, u32), NODES>) = Deserialize::deserialize(deserializer)?;
        check_order(&nodes)?;
        Self::from_nodes(rule, &nodes).map_err(de::Error::custom)
    }
}
