//! What travels or is stored: what decodes is what could have been built here.
//!
//! Of nodes with names that is the hash and the nodes; tokens, seeds and entries follow from these.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::key_hash::KeyHash;

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
            _ => Err(de::Error::custom("a hash of an unknown version")),
        }
    }
}

/// Nodes, each with its weight.
pub(crate) struct Weighted<I>(pub(crate) I);

impl<'a, N: Serialize + 'a, I: Iterator<Item = (&'a N, u32)> + Clone> Serialize for Weighted<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// Refuses nodes that are not in ascending order.
pub(crate) fn in_order<'a, N: Ord + 'a, E: de::Error>(
    nodes: impl Iterator<Item = &'a N>,
) -> Result<(), E> {
    if nodes.is_sorted_by(|node, next| node < next) {
        Ok(())
    } else {
        Err(E::custom("nodes that are not in ascending order"))
    }
}
