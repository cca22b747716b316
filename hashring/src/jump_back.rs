//! JumpBackHash.

use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::placement::Placement;
use crate::ranking::{Buckets, Ranking};
use crate::split_mix::{SplitMix, derived};

/// JumpBackHash: nodes 0 to n − 1, no memory, the balance of chance, in constant time and in integers.
///
/// **When**: storage of which the shards are numbered, and only the last one ever goes.
///
/// - *Balance*: each key is on each node with equal chance.
/// - *Disruption*: with one node more, 1/(n + 1) of the keys move, all of them to it: the least that can be.
///   Of the k replicas of a key, up to 16, at most one makes place, for the new node; the others may change
///   their order. Only the last node can be taken away.
/// - *Memory*: 16 bytes. *Weights*: none.
/// - *Cost*: O(1) for an owner, with 5/3 random numbers on average at the worst count; at most k(k + 1)/2
///   times about that for k replicas.
///
/// The point of a key is its hash. Every point will do; with [`Placement::owner_of_point`] this is the
/// published algorithm over SplitMix64, as the author's `hash4j` has it for up to 2^31 − 1 nodes.
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
pub struct JumpBack {
    hash: KeyHash,
    nodes: u32,
}

impl JumpBack {
    /// Places keys on so many nodes.
    pub const fn new(hash: KeyHash, nodes: u32) -> Self {
        Self { hash, nodes }
    }

    /// The hash of keys.
    pub const fn hash(&self) -> KeyHash {
        self.hash
    }

    /// How many nodes there are.
    pub const fn nodes(&self) -> u32 {
        self.nodes
    }
}

impl Placement for JumpBack {
    type Node = u32;

    fn point(&self, key: impl Key) -> u64 {
        self.hash.point(key)
    }

    fn node_count(&self) -> usize {
        usize::try_from(self.nodes).unwrap_or(usize::MAX)
    }

    fn first_where(&self, point: u64, mut accepts: impl FnMut(u32) -> bool) -> Option<u32> {
        let owner = self.owner_of_point(point)?;
        if accepts(owner) {
            return Some(owner);
        }
        let mut others = Ranking::<Independent>::new(derived(point, RANKING), self.nodes);
        others.find(|&node| node != owner && accepts(node))
    }

    fn owner_of_point(&self, point: u64) -> Option<u32> {
        (self.nodes > 0).then(|| published(point, self.nodes))
    }
}

/// The half of a number that `upper` says.
#[expect(clippy::cast_possible_truncation, reason = "the half that is wanted")]
const fn half(number: u64, upper: bool) -> u32 {
    // A shift, as a branch would often be mispredicted.
    (number >> ((upper as u32) << 5)) as u32
}

/// All bits below the highest of the last bucket: none where there is but one bucket.
const fn mask(count: u32) -> u32 {
    match u32::MAX.checked_shr(count.saturating_sub(1).leading_zeros()) {
        Some(mask) => mask,
        None => 0,
    }
}

/// The buckets of one range [2^i, 2^(i + 1)).
struct Range {
    least: u32,
}

impl Range {
    /// The highest of a set of ranges, each of which is a bit.
    const fn highest(ranges: u32) -> Option<Self> {
        match ranges.checked_ilog2() {
            Some(exponent) => Some(Self { least: 1_u32.wrapping_shl(exponent) }),
            None => None,
        }
    }

    /// The last bucket of the range at which the point moves, whatever the count.
    const fn last(&self, random: u32) -> u32 {
        self.least | random & self.least.wrapping_sub(1)
    }

    /// Goes back from there to the last one below `count`.
    fn descend(&self, last: u32, count: u32, random: &mut SplitMix) -> Option<u32> {
        let last = self.last(last);
        if last < count {
            return Some(last);
        }
        let mask = self.least | self.least.wrapping_sub(1);
        loop {
            let number = random.next();
            let lower = half(number, false) & mask;
            if lower < count {
                return (lower >= self.least).then_some(lower);
            }
            let upper = half(number, true) & mask;
            if upper < count {
                return (upper >= self.least).then_some(upper);
            }
        }
    }
}

/// The published algorithm.
fn published(point: u64, count: u32) -> u32 {
    let first = SplitMix::new(point).next();
    // One bit for each range in which the point moves.
    let ranges = (half(first, true) ^ half(first, false)) & mask(count);
    let Some(range) = Range::highest(ranges) else { return 0 };
    let last = range.last(half(first, is_odd(ranges)));
    if last < count { last } else { published_further(point, count, ranges) }
}

/// Where the last bucket of the highest range is not below the count. Apart, as it takes registers that
/// most points do not need.
#[inline(never)]
fn published_further(point: u64, count: u32, mut ranges: u32) -> u32 {
    let mut random = SplitMix::new(point);
    let first = random.next();
    while let Some(range) = Range::highest(ranges) {
        let last = half(first, is_odd(ranges));
        if let Some(bucket) = range.descend(last, count, &mut random) {
            return bucket;
        }
        ranges ^= range.least;
    }
    0
}

const fn is_odd(ranges: u32) -> bool {
    ranges.count_ones() & 1 == 1
}

/// The same, with random numbers of its own for each range: what is published takes all ranges from one
/// number, by which buckets at different counts depend on each other. A [`Ranking`] relies on that they
/// do not.
struct Independent;

impl Buckets for Independent {
    fn bucket(point: u64, count: u32) -> u32 {
        let mut ranges = half(SplitMix::new(point).next(), true) & mask(count);
        while let Some(range) = Range::highest(ranges) {
            // Nobody else derives from such an index.
            let mut random = SplitMix::new(derived(point, !range.least));
            let last = half(random.next(), true);
            if let Some(bucket) = range.descend(last, count, &mut random) {
                return bucket;
            }
            ranges ^= range.least;
        }
        0
    }
}

/// Where the ranking of a point begins: it has nothing to do with the owner.
const RANKING: u32 = u32::MAX;
