//! Replicas in different zones.

use crate::key::Key;
use crate::placement::{Placement, TooFewNodes};

/// A placement whose nodes are in zones (racks, buildings, circuits that fail as one): replicas in
/// as many different zones as there are, and an answer that says in how many. It is no
/// [`Placement`] itself: an order of all nodes by zones would need a memory of them. The owner is
/// the placement's.
///
/// **When**: what fails is more than one node at a time. Where each node's share of the replicas
/// has to be right to the last one, take
/// [`Partitions::rebalance_apart`](crate::Partitions::rebalance_apart) instead.
///
/// - *Balance*: the owner is the placement's. Of the others, the nodes of a small zone have more
///   than their share, as they stand for a zone: with three replicas in zones of 10, 10, 10 and 2
///   equal nodes, those of the smallest have 1.5 times the mean, and in zones of 10, 10 and 2,
///   where each zone has a replica of everything, 3.7 times.
/// - *Disruption*: where a node goes or comes, replicas move from or to it, one a key, and no other
///   does. (For placements of which that is true: all of this crate, where it is of any node that
///   they may lose.)
/// - *Plans*: a [`Plan`](crate::Plan) is of the placement's own replicas, not of these. Where data
///   moves by plans, take [`Partitions::rebalance_apart`](crate::Partitions::rebalance_apart).
/// - *Memory*: the placement's, and a number.
/// - *Cost*: that of the first nodes in the order until enough zones were met, a comparison for
///   each of those nodes and each replica. Where zones have fewer nodes than there are replicas for
///   each, a walk through the whole order for each round that finds none.
///
/// # Specification
///
/// The order of a key is that of the placement, by rounds: first the first node of each zone, then
/// the second of each zone that has two, and so on; within a round, as the placement has them. So
/// of `K` replicas no two are in one zone while there are `K` zones; where there are fewer, the
/// zones have as equal numbers of them as their sizes allow.
///
/// Source: the walk past racks that were met is that of Lakshman and Malik, "Cassandra: A
/// Decentralized Structured Storage System", 2009, section 5.2.
///
/// ```
/// use synod_hashring::{Inline, KeyHash, Ring, Zoned};
///
/// let nodes = [("a1", 100), ("a2", 100), ("b1", 100), ("b2", 100), ("c1", 100)];
/// let ring = Ring::<&str, Inline<5>, Inline<500>>::from_nodes(KeyHash::v1(0), &nodes)?;
/// let zoned = Zoned::new(&ring, |node: &str| node.chars().next());
///
/// let three = zoned.replicas::<3>("user:1000")?;
/// assert_eq!((three.zones, three.are_apart()), (3, true));
///
/// // Of four, two share a zone.
/// let four = zoned.replicas::<4>("user:1000")?;
/// assert_eq!((four.zones, four.are_apart()), (3, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Zoned<P, F> {
    placement: P,
    zone_of: F,
    /// How many zones there are, where one order tells.
    zones: Option<usize>,
}

/// `K` different nodes for a key, and in how many zones they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Replicas<N, const K: usize> {
    /// The nodes, the owner first.
    pub nodes: [N; K],
    /// How many different zones they are in.
    pub zones: usize,
}

impl<N, const K: usize> Replicas<N, K> {
    /// Whether no two of them are in one zone.
    pub const fn are_apart(&self) -> bool {
        self.zones == K
    }
}

impl<P: Placement, Z: Eq, F: Fn(P::Node) -> Z> Zoned<P, F> {
    /// A placement whose nodes are in the zones that `zone_of` says. A reference to a placement is
    /// one, too.
    ///
    /// Counts the zones, where every order is of all nodes: a walk through one, of a ring all its
    /// tokens, and for each that is asked as far as the first one of its zone. Make it when nodes
    /// change, not for each key: of 1,000 nodes that are each a zone, it takes some 0.4 s for a
    /// ring, and n³/16 steps for n nodes of a rendezvous. A node without a zone is best given one
    /// of its own: all of one answer share a zone.
    pub fn new(placement: P, zone_of: F) -> Self {
        if !placement.ranks_all() {
            return Self { placement, zone_of, zones: None };
        }
        let mut zones = 0_usize;
        let mut asked = 0_usize;
        placement.first_where_of_point(0, |node| {
            let zone = zone_of(node);
            // Whether it is the first that is asked about in its zone: some are asked about twice.
            let mut before = 0_usize;
            placement.first_where_of_point(0, |other| {
                let is_same = zone_of(other) == zone;
                before = before.saturating_add(usize::from(!is_same));
                is_same
            });
            zones = zones.saturating_add(usize::from(before == asked));
            asked = asked.saturating_add(1);
            false
        });
        Self { placement, zone_of, zones: Some(zones) }
    }

    /// The placement.
    pub const fn placement(&self) -> &P {
        &self.placement
    }

    /// How many zones have nodes that take keys; `None` where no order is of all nodes, as with
    /// [`Partitions`](crate::Partitions).
    pub const fn zone_count(&self) -> Option<usize> {
        self.zones
    }

    /// `K` different nodes for a key: its owner, then those that follow, in as many zones as there
    /// are.
    ///
    /// # Errors
    ///
    /// [`TooFewNodes`]: there are fewer than `K` nodes in the order of the key. Ask for fewer, or
    /// add nodes. Fewer zones than `K` are no error: see [`Replicas::are_apart`].
    pub fn replicas<const K: usize>(
        &self,
        key: impl Key,
    ) -> Result<Replicas<P::Node, K>, TooFewNodes> {
        let point = self.placement.point(key);
        let Some(owner) = self.placement.owner_of_point(point) else {
            let none = (&[][..]).try_into().map(|nodes| Replicas { nodes, zones: 0 });
            return none.map_err(|_| TooFewNodes { needed: K, nodes: 0 });
        };
        let mut nodes = [owner; K];
        let (known, zones) = self.fill(point, &mut nodes, |_| true);
        if known < K {
            return Err(TooFewNodes { needed: K, nodes: known });
        }
        Ok(Replicas { nodes, zones })
    }

    /// The first nodes that `accepts` says yes to, in the order by zones, from the front of
    /// `nodes`: as many as fit, or all there are. What is behind them in `nodes` stays. Second: how
    /// many zones they are in.
    ///
    /// As if the others were not there, so that a node that is down is stood in for by one of its
    /// zone. `accepts` gives the same answer each time it is asked about a node.
    pub fn successors_where<'a>(
        &self,
        key: impl Key,
        nodes: &'a mut [P::Node],
        accepts: impl FnMut(P::Node) -> bool,
    ) -> (&'a mut [P::Node], usize) {
        let (known, zones) = self.fill(self.placement.point(key), nodes, accepts);
        (nodes.get_mut(..known).unwrap_or(&mut []), zones)
    }

    /// Fills `nodes` from the front, by rounds: how many are known then, and in how many zones.
    fn fill(
        &self,
        point: u64,
        nodes: &mut [P::Node],
        mut accepts: impl FnMut(P::Node) -> bool,
    ) -> (usize, usize) {
        let mut known = 0_usize;
        let mut zones = 0_usize;
        let all_zones = self.zones.unwrap_or(usize::MAX);
        // In a round, those are next of whose zone so many are known.
        for round in 0..nodes.len() {
            let before = known;
            self.placement.first_where_of_point(point, |node| {
                if self.is_next(node, nodes.get(..known).unwrap_or(&[]), round) && accepts(node) {
                    if let Some(place) = nodes.get_mut(known) {
                        *place = node;
                    }
                    known = known.saturating_add(1);
                }
                // All zones were met in the first round.
                known >= nodes.len() || (round == 0 && known >= all_zones)
            });
            if round == 0 {
                zones = known;
            }
            if known == before || known >= nodes.len() {
                break;
            }
        }
        (known, zones)
    }

    /// Whether a node is not among those that are known, and so many of its zone are.
    fn is_next(&self, node: P::Node, known: &[P::Node], round: usize) -> bool {
        let zone = (self.zone_of)(node);
        let same = known.iter().filter(|&&other| (self.zone_of)(other) == zone);
        !known.contains(&node) && same.fold(0, |same: usize, _| same.saturating_add(1)) == round
    }
}
