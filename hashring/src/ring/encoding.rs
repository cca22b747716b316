//! Rings on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use synod_capacity::{Capacity, List};

use crate::encoding::{Weighted, in_order};
use crate::key::Key;
use crate::ring::Ring;

/// The most tokens of a ring that is encoded or decoded: 2²², which take 32 MiB, and twice that
/// while they are sorted. A few bytes can claim more than there is memory for.
pub const MAX_ENCODED_TOKENS: u32 = 1 << 22;

/// The hash, then the nodes in ascending order, each with how many tokens it has. Refuses a ring of
/// more than [`MAX_ENCODED_TOKENS`].
impl<N: Serialize, NODES: Capacity, TOKENS: Capacity> Serialize for Ring<N, NODES, TOKENS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !are_few(self.nodes().map(|(_, tokens)| tokens)) {
            return Err(ser::Error::custom("a ring of too many tokens"));
        }
        (self.key_hash(), Weighted(self.nodes())).serialize(serializer)
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
        in_order(nodes.iter().map(|(node, _)| node))?;
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
