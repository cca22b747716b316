//! Jump consistent hash.

use crate::buckets::ranking::{Buckets, Ranking};
use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::placement::Placement;

/// Jump consistent hash: nodes 0 to n − 1, no memory, and the balance of chance.
///
/// **When**: storage of which the shards are numbered, and only the last one ever goes.
/// [`JumpBack`] does the same in constant time; take this one where others already compute it, as
/// many languages have it.
///
/// - *Balance*: each key is on each node with equal chance.
/// - *Disruption*: with one node more, 1/(n + 1) of the keys move, all of them to it: the least
///   that can be. Of the k replicas of a key, up to 16, at most one makes place, for the new node;
///   the others may change their order. Only the last node can be taken away.
/// - *Memory*: 16 bytes. *Weights*: none.
/// - *Cost*: O(log n) divisions for an owner; k(k + 1)/2 times that for k replicas, at most.
///
/// The point of a key is its hash. Every point will do, and [`Placement::owner_of_point`] is the
/// published function, so that one who has a hash of its own can pass that.
///
/// Source: Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014, figure 1.
/// (It says nothing about replicas.)
///
/// [`JumpBack`]: crate::JumpBack
///
/// ```
/// use synod_hashring::{Jump, KeyHash, Placement};
///
/// let shards = Jump::new(KeyHash::v1(0), 57);
/// assert_eq!(shards.owner_of_point(42), Some(43));
/// assert_eq!(shards.owner("user:1000"), Some(11));
/// assert_eq!(shards.replicas("user:1000"), Ok([11, 13, 36]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Jump {
    hash: KeyHash,
    count: u32,
}

impl Jump {
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

impl Placement for Jump {
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
        Ranking::<Self>::new(point, self.count).find(|&node| accepts(node))
    }

    fn owner_of_point(&self, point: u64) -> Option<u32> {
        (self.count > 0).then(|| Self::bucket(point, self.count))
    }
}

impl Buckets for Jump {
    fn bucket(point: u64, count: u32) -> u32 {
        let (mut state, mut bucket, mut next) = (point, 0, 0);
        while next < count {
            bucket = next;
            state = state.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
            next = jumped(bucket, state);
        }
        bucket
    }
}

/// The next count at which a point moves; no less than `u32::MAX` where that is beyond all counts.
#[expect(clippy::cast_possible_truncation, reason = "casts from floats saturate")]
fn jumped(bucket: u32, state: u64) -> u32 {
    const RANGE: f64 = (1_u32 << 31) as f64;
    // Not above 2^31.
    let drawn = (state >> 33) as u32;
    let drawn = f64::from(drawn) + 1.0;
    ((f64::from(bucket) + 1.0) * (RANGE / drawn)) as u32
}
