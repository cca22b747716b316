//! Rendezvous hashing.

#[cfg(feature = "serde")]
mod encoding;
mod negative_log;
mod preference;
mod quotient;
mod roster;
mod weighted;

use core::{cmp::Reverse, fmt};

use synod_capacity::{Capacity, Full};

use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::placement::{Placement, TooFewNodes};
use crate::rendezvous::preference::{Few, Preference};
use crate::rendezvous::roster::Roster;
use crate::split_mix::mix;

pub use self::weighted::WeightedRendezvous;

/// Rendezvous hashing, or highest random weight: each node has a score for a key, and the highest
/// one is the owner.
///
/// **When**: up to some tens of nodes of any name that come and go in any order, all with the same
/// share. Where they weigh more or less, [`WeightedRendezvous`](crate::WeightedRendezvous); where
/// there are hundreds and time counts, [`Ring`](crate::Ring), whose shares are less even.
///
/// - *Balance*: each key is on each node with equal chance, and any k nodes are its replicas with
///   equal chance.
/// - *Disruption*: the least that can be. With one node more, 1/(n + 1) of the keys move, all of
///   them to it; the keys of one that goes are spread over all others. In the order of preference
///   of a key, nothing changes but that one node comes or goes. In which order nodes came and went
///   does not matter.
/// - *Memory*: 8 bytes a node, and the nodes. *Weights*: none.
/// - *Cost*: O(n) of n nodes, with two multiplications a node, for an owner and for `replicas` of a
///   few. Where `first_where` refuses the owner, a pass over the nodes for every 8 that it asks
///   about next: all of them take n²/8 steps. To insert or to remove a node: O(n).
///
/// # Specification
///
/// The order of preference of a point is that of the scores, the highest first, and where two are
/// equal, the lower node first. The score of a node is mix(point ^ seed), and its seed is mix(h ^
/// `0x9e37_79b9_7f4a_7c15`), where h is the [`KeyHash::point`] of the node. What mix does to a
/// number z of 64 bits, with products modulo 2⁶⁴, is the end of SplitMix64:
///
/// ```text
/// z = (z ^ z >> 30) * 0xbf58_476d_1ce4_e5b9
/// z = (z ^ z >> 27) * 0x94d0_49bb_1331_11eb
/// z =  z ^ z >> 31
/// ```
///
/// As no two numbers are mixed to the same one, scores are equal where seeds are: of two nodes
/// whose names have the same point, the lower one owns, and the other one follows. A key of the
/// same bytes as a node is a key like any other.
///
/// Source: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", IEEE/ACM
/// Transactions on Networking 6(1), 1998; scores from one hash of the key and one of each node are
/// from here.
///
/// ```
/// use synod_hashring::{Inline, KeyHash, Placement, Rendezvous};
///
/// let mut nodes: Rendezvous<&str, Inline<4>> = Rendezvous::new(KeyHash::v1(0));
/// nodes.insert("oslo")?;
/// nodes.insert("bergen")?;
/// nodes.insert("tromsø")?;
///
/// let owner = nodes.owner("user:1000").unwrap();
/// let [first, second] = nodes.replicas("user:1000")?;
/// assert_eq!(first, owner);
/// assert_ne!(first, second);
///
/// nodes.remove(&owner);
/// assert_eq!(nodes.owner("user:1000"), Some(second));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Rendezvous<N, C: Capacity> {
    roster: Roster<N, C>,
}

impl<N, C: Capacity> Rendezvous<N, C> {
    /// No nodes. Allocates nothing.
    pub const fn new(hash: KeyHash) -> Self {
        Self { roster: Roster::new(hash) }
    }

    /// The hash of keys and of nodes.
    pub const fn key_hash(&self) -> KeyHash {
        self.roster.hash()
    }

    /// The nodes in ascending order.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &N> + Clone {
        self.node_slice().iter()
    }

    pub(crate) fn node_slice(&self) -> &[N] {
        self.roster.nodes()
    }
}

impl<N: Key + Copy + Ord, C: Capacity> Rendezvous<N, C> {
    /// Places keys on these nodes. One that is there twice is there once.
    ///
    /// The same as to insert one after the other: O(n log n) for nodes in ascending order, and a
    /// step more for each that has to make place for one before it.
    ///
    /// # Errors
    ///
    /// [`Full`]: they do not fit.
    pub fn from_nodes(hash: KeyHash, nodes: &[N]) -> Result<Self, Full> {
        let mut all = Self::new(hash);
        for &node in nodes {
            all.insert(node)?;
        }
        Ok(all)
    }

    /// Whether a node is there. O(log n) of n nodes.
    pub fn contains(&self, node: &N) -> bool {
        self.roster.find(node).is_ok()
    }

    /// Adds a node: whether it was not there. O(n).
    ///
    /// # Errors
    ///
    /// [`Full`]: there is no room for one more. Nothing was changed.
    pub fn insert(&mut self, node: N) -> Result<bool, Full> {
        match self.roster.find(&node) {
            Ok(_) => Ok(false),
            Err(at) => self.roster.insert(at, node).map(|()| true),
        }
    }

    /// Takes a node away: whether it was there. O(n).
    pub fn remove(&mut self, node: &N) -> bool {
        match self.roster.find(node) {
            Ok(at) => {
                self.roster.remove(at);
                true
            }
            Err(_) => false,
        }
    }

    fn scores(&self, point: u64) -> Scores<'_> {
        Scores { point, seeds: self.roster.seeds() }
    }
}

impl<N: Key + Copy + Ord, C: Capacity> Placement for Rendezvous<N, C> {
    type Node = N;

    fn point(&self, key: impl Key) -> u64 {
        self.key_hash().point(key)
    }

    fn node_count(&self) -> usize {
        self.roster.nodes().len()
    }

    fn first_where_of_point(&self, point: u64, mut accepts: impl FnMut(N) -> bool) -> Option<N> {
        self.scores(point).find(|rank| self.roster.at(rank.place).filter(|&node| accepts(node)))
    }

    fn owner_of_point(&self, point: u64) -> Option<N> {
        self.scores(point).first().and_then(|rank| self.roster.at(rank.place))
    }

    // In one pass.
    fn replicas<const K: usize>(&self, key: impl Key) -> Result<[N; K], TooFewNodes> {
        self.scores(self.point(key)).replicas(|rank| self.roster.at(rank.place))
    }
}

impl<N: PartialEq, C: Capacity, D: Capacity> PartialEq<Rendezvous<N, D>> for Rendezvous<N, C> {
    fn eq(&self, other: &Rendezvous<N, D>) -> bool {
        self.roster == other.roster
    }
}

impl<N: Eq, C: Capacity> Eq for Rendezvous<N, C> {}

impl<N: fmt::Debug, C: Capacity> fmt::Debug for Rendezvous<N, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hash, nodes) = (self.key_hash(), self.node_slice());
        f.debug_struct("Rendezvous").field("hash", &hash).field("nodes", &nodes).finish()
    }
}

#[cfg(feature = "defmt")]
impl<N: defmt::Format, C: Capacity> defmt::Format for Rendezvous<N, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} ", self.key_hash());
        for node in self.nodes() {
            defmt::write!(f, "{} ", node);
        }
    }
}

/// The seeds of nodes, and a point.
struct Scores<'a> {
    point: u64,
    seeds: &'a [u64],
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    score: Reverse<u64>,
    place: u32,
}

impl preference::Rank for Rank {
    const LAST: Self = Self { score: Reverse(0), place: u32::MAX };
}

impl Scores<'_> {
    fn ranks(&self) -> impl Iterator<Item = Rank> {
        let seeds = (0..u32::MAX).zip(self.seeds);
        seeds.map(|(place, seed)| Rank { score: Reverse(mix(self.point ^ seed)), place })
    }
}

impl Preference for Scores<'_> {
    type Rank = Rank;

    fn first(&self) -> Option<Rank> {
        self.ranks().min_by_key(|rank| rank.score)
    }

    fn few<const K: usize>(&self, after: Option<Rank>) -> Few<Rank, K> {
        let mut few = Few::new();
        for rank in self.ranks() {
            if rank < few.limit() && after.is_none_or(|after| after < rank) {
                few.offer(rank);
            }
        }
        few
    }
}
