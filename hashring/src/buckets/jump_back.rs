//! JumpBackHash.

use crate::buckets::descent::{Independent, published};
use crate::buckets::ranking::Ranking;
use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::placement::Placement;
use crate::split_mix::derived;

/// JumpBackHash: nodes 0 to n − 1, no memory, the balance of chance, in constant time and in
/// integers.
///
/// **When**: storage of which the shards are numbered, and only the last one ever goes.
///
/// - *Balance*: each key is on each node with equal chance.
/// - *Disruption*: with one node more, 1/(n + 1) of the keys move, all of them to it: the least
///   that can be. Of the k replicas of a key, up to 16, at most one makes place, for the new node;
///   the others may change their order. Only the last node can be taken away.
/// - *Memory*: 16 bytes. *Weights*: none.
/// - *Cost*: O(1) for an owner, with 5/3 random numbers on average at the worst count; at most k(k
///   + 1)/2 times about that for k replicas.
///
/// The point of a key is its hash. Every point will do; with [`Placement::owner_of_point`] this is
/// the published algorithm over SplitMix64, as the author's `hash4j` has it for up to 2^31 − 1
/// nodes.
///
/// Source: Ertl, "JumpBackHash: Say Goodbye to the Modulo Operation to Distribute Keys Uniformly to
/// Buckets", 2024, algorithm 4. (It says nothing about replicas.)
///
/// ```
/// use synod_hashring::{JumpBack, KeyHash, Placement};
///
/// let shards = JumpBack::new(KeyHash::v1(0), 57);
/// assert_eq!(shards.owner("user:1000"), Some(15));
/// assert_eq!(shards.replicas("user:1000"), Ok([15, 55, 13]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct JumpBack {
    hash: KeyHash,
    count: u32,
}

impl JumpBack {
    /// Places keys on so many nodes.
    pub const fn new(hash: KeyHash, count: u32) -> Self {
        Self { hash, count }
    }

    /// The hash of keys.
    pub const fn key_hash(&self) -> KeyHash {
        self.hash
    }

    /// How many nodes there are.
    pub const fn count(&self) -> u32 {
        self.count
    }
}

impl Placement for JumpBack {
    type Node = u32;

    fn point(&self, key: impl Key) -> u64 {
        self.hash.point(key)
    }

    fn node_count(&self) -> usize {
        usize::try_from(self.count).unwrap_or(usize::MAX)
    }

    fn first_where_of_point(
        &self,
        point: u64,
        mut accepts: impl FnMut(u32) -> bool,
    ) -> Option<u32> {
        let owner = self.owner_of_point(point)?;
        if accepts(owner) {
            return Some(owner);
        }
        let mut others = Ranking::<Independent>::new(derived(point, RANKING), self.count);
        others.find(|&node| node != owner && accepts(node))
    }

    fn owner_of_point(&self, point: u64) -> Option<u32> {
        published(point, self.count)
    }
}

/// Where the ranking of a point begins: it has nothing to do with the owner.
const RANKING: u32 = u32::MAX;
