//! Rendezvous hashing with weights.

use core::{fmt, mem};

use synod_capacity::{Capacity, Full, List};

use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::placement::{Placement, TooFewNodes};
use crate::rendezvous::preference::{Few, Preference};
use crate::rendezvous::quotient::{Limit, Quotient};
use crate::rendezvous::roster::Roster;
use crate::split_mix::mix;

/// Rendezvous hashing with weights: each key is on each node with a chance that is the node's share
/// of all weights.
///
/// **When**: up to some tens of nodes of any name that come, go and weigh more or less. Where all
/// weigh the same, [`Rendezvous`](crate::Rendezvous) is the same and quicker; where there are
/// hundreds and time counts, [`Ring`](crate::Ring), whose shares are less even.
///
/// - *Balance*: that of chance, with chances that are those of the weights. A share s of one of n
///   nodes is off by at most 2⁻⁵⁶ · (n + 1/s) of itself, as logarithms are rounded: less than a ten
///   millionth, even where it is 2⁻³² of the whole.
/// - *Disruption*: the least that can be. A node that comes takes its share from all others, and
///   nothing else moves; one that goes leaves it to all others. Where a weight grows, keys move to
///   that node only, and where it shrinks, from it only. In the order of preference of a key, one
///   node moves, and the others stay in the order that they had. In which order nodes came and went
///   does not matter.
/// - *Memory*: 12 bytes a node, and the nodes. *Weights*: any `u32`; with 0, a node takes no keys.
/// - *Cost*: O(n) of n nodes, with four multiplications a node, for an owner and for `replicas` of
///   a few; and a logarithm, of twelve, for about ln n of them (for all, where each weighs many
///   times as much as the one before). Where `first_where` refuses the owner, a pass over the nodes
///   for every 8 that it asks about next. To insert or to remove a node: O(n).
///
/// # Specification
///
/// The order of preference of a point is that of the quotients L/w, the lowest first, of the nodes
/// whose weight w is not 0; where two are equal, the higher score first; where these are, too, the
/// lower node first. Scores are those of [`Rendezvous`](crate::Rendezvous), and with equal weights,
/// so is the order. L is −log₂(x/2⁶⁴) in units of 2⁻⁵⁷, where x is the score with its lowest bit
/// set, as this computes it, all in unsigned integers, with divisions that round down, and shifts
/// to the right that do:
///
/// ```text
/// n = leading zeros of x, of 64 bits          m = x << n          i = m >> 57, from 64 to 127
/// r = 2^19 / (i + 1)                          z = 2^70 - ((m * r) >> 6), below 2^64
/// t = log2(r / 2^12) * 2^63, to the nearest   y = (z * z) >> 64
/// s = sum(9, 7, 5, 3, 1) + ((sum(8, 6, 4, 2) * z) >> 64)
/// L = (n << 57) + ((t + ((s * z) >> 70)) >> 6)
/// ```
///
/// sum(k, …) begins with 0, and for each k in that order becomes ((sum · y) >> 64) + c, where c is
/// 2^(69 − 6k)/(k ln 2), rounded down. Quotients are compared by products, exactly. L is off by
/// less than 2, and never larger for a higher score.
///
/// Source: Schindelhauer and Schomaker, "Weighted Distributed Hash Tables", SPAA 2005 (the
/// logarithmic method); for rendezvous hashing: Resch, "New Hashing Algorithms for Data Storage",
/// Storage Developer Conference 2015. The logarithm in integers is from here.
///
/// ```
/// use synod_hashring::{Inline, KeyHash, Placement, WeightedRendezvous};
///
/// let mut nodes: WeightedRendezvous<&str, Inline<4>> = WeightedRendezvous::new(KeyHash::v1(0));
/// nodes.insert("oslo", 100)?;
/// nodes.insert("bergen", 100)?;
/// nodes.insert("tromsø", 50)?; // half the keys
///
/// let owner = nodes.owner("user:1000").unwrap();
/// let [first, second] = nodes.replicas("user:1000")?;
/// assert_eq!(first, owner);
/// assert_ne!(first, second);
///
/// // Drained: whoever came next takes over.
/// nodes.insert(owner, 0)?;
/// assert_eq!(nodes.owner("user:1000"), Some(second));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct WeightedRendezvous<N, C: Capacity> {
    roster: Roster<N, C>,
    /// One for each node of the roster.
    weights: List<u32, C>,
    /// How many of them are not 0.
    taking: usize,
}

impl<N, C: Capacity> WeightedRendezvous<N, C> {
    /// No nodes. Allocates nothing.
    pub const fn new(hash: KeyHash) -> Self {
        Self { roster: Roster::new(hash), weights: List::new(), taking: 0 }
    }

    /// The hash of keys and of nodes.
    pub const fn key_hash(&self) -> KeyHash {
        self.roster.hash()
    }

    /// The nodes in ascending order, each with its weight.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (&N, u32)> + Clone {
        self.roster.nodes().iter().zip(self.weights.iter().copied())
    }
}

impl<N: Key + Copy + Ord, C: Capacity> WeightedRendezvous<N, C> {
    /// Places keys on these nodes, each with its weight. Of a node that is there twice, the last
    /// entry counts.
    ///
    /// The same as to insert one after the other: O(n log n) for nodes in ascending order, and a
    /// step more for each that has to make place for one before it.
    ///
    /// # Errors
    ///
    /// [`Full`]: they do not fit.
    pub fn from_nodes(hash: KeyHash, nodes: &[(N, u32)]) -> Result<Self, Full> {
        let mut all = Self::new(hash);
        for &(node, weight) in nodes {
            all.insert(node, weight)?;
        }
        Ok(all)
    }

    /// The weight of a node; `None` where it is not there. O(log n) of n nodes.
    pub fn get(&self, node: &N) -> Option<u32> {
        let at = self.roster.find(node).ok()?;
        self.weights.get(at).copied()
    }

    /// Adds a node with a weight, or gives it another weight: that which it had before, if it was
    /// there. O(n).
    ///
    /// With a weight of 0 it is there and takes no keys.
    ///
    /// # Errors
    ///
    /// [`Full`]: there is no room for one more. Nothing was changed.
    pub fn insert(&mut self, node: N, weight: u32) -> Result<Option<u32>, Full> {
        match self.roster.find(&node) {
            Ok(at) => Ok(self.set_weight(at, weight)),
            Err(at) => {
                self.weights.reserve(1)?;
                self.roster.insert(at, node)?;
                self.weights.insert(at, 0).map_err(|(full, _)| full)?;
                self.set_weight(at, weight);
                Ok(None)
            }
        }
    }

    /// Takes a node away: its weight, if it was there. O(n).
    pub fn remove(&mut self, node: &N) -> Option<u32> {
        let at = self.roster.find(node).ok()?;
        let had = self.set_weight(at, 0);
        self.roster.remove(at);
        self.weights.remove(at);
        had
    }

    /// The weight that it had.
    fn set_weight(&mut self, at: usize, weight: u32) -> Option<u32> {
        let had = mem::replace(self.weights.as_mut_slice().get_mut(at)?, weight);
        let others = self.taking.saturating_sub(usize::from(had > 0));
        self.taking = others.saturating_add(usize::from(weight > 0));
        Some(had)
    }

    fn quotients(&self, point: u64) -> Quotients<'_> {
        Quotients { point, seeds: self.roster.seeds(), weights: &self.weights }
    }
}

impl<N: Key + Copy + Ord, C: Capacity> Placement for WeightedRendezvous<N, C> {
    type Node = N;

    fn point(&self, key: impl Key) -> u64 {
        self.key_hash().point(key)
    }

    fn node_count(&self) -> usize {
        self.taking
    }

    fn first_where_of_point(&self, point: u64, mut accepts: impl FnMut(N) -> bool) -> Option<N> {
        self.quotients(point)
            .find(|rank| self.roster.at(rank.place()).filter(|&node| accepts(node)))
    }

    fn owner_of_point(&self, point: u64) -> Option<N> {
        self.quotients(point).first().and_then(|rank| self.roster.at(rank.place()))
    }

    // In one pass.
    fn replicas<const K: usize>(&self, key: impl Key) -> Result<[N; K], TooFewNodes> {
        self.quotients(self.point(key)).replicas(|rank| self.roster.at(rank.place()))
    }
}

impl<N: PartialEq, C: Capacity, D: Capacity> PartialEq<WeightedRendezvous<N, D>>
    for WeightedRendezvous<N, C>
{
    fn eq(&self, other: &WeightedRendezvous<N, D>) -> bool {
        self.roster == other.roster && self.weights.as_slice() == other.weights.as_slice()
    }
}

impl<N: Eq, C: Capacity> Eq for WeightedRendezvous<N, C> {}

impl<N: fmt::Debug, C: Capacity> fmt::Debug for WeightedRendezvous<N, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (nodes, weights) = (self.roster.nodes(), self.weights.as_slice());
        let mut all = f.debug_struct("WeightedRendezvous");
        all.field("hash", &self.key_hash()).field("nodes", &nodes).field("weights", &weights);
        all.finish()
    }
}

#[cfg(feature = "defmt")]
impl<N: defmt::Format, C: Capacity> defmt::Format for WeightedRendezvous<N, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} ", self.key_hash());
        for (node, weight) in self.nodes() {
            defmt::write!(f, "{}: {} ", node, weight);
        }
    }
}

/// The seeds of nodes and their weights, and a point.
struct Quotients<'a> {
    point: u64,
    seeds: &'a [u64],
    weights: &'a [u32],
}

impl Preference for Quotients<'_> {
    type Rank = Quotient;

    fn first(&self) -> Option<Quotient> {
        self.few::<1>(None).as_slice().first().copied()
    }

    fn few<const K: usize>(&self, after: Option<Quotient>) -> Few<Quotient, K> {
        let mut few = Few::new();
        let mut limit = Limit::NONE;
        let nodes = (0..u32::MAX).zip(self.seeds.iter().zip(self.weights));
        for (place, (seed, &weight)) in nodes {
            let score = mix(self.point ^ seed);
            if limit.excludes(score, weight) || weight == 0 {
                continue;
            }
            let rank = Quotient::new(score, weight, place);
            if rank < few.limit() && after.is_none_or(|after| after < rank) {
                few.offer(rank);
                limit = Limit::of(few.limit());
            }
        }
        few
    }
}
