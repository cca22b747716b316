//! Consistent hashing with bounded loads.

use core::fmt;

use synod_capacity::{Capacity, Full, List};

use crate::key::Key;
use crate::placement::Placement;

/// How many keys each node has, and that none gets more than its share and a bit: a key goes to the
/// first node in its order of preference that has room.
///
/// **When**: keys that are few or unequal (connections, sessions, streams), so that chance alone
/// would put too many on one node, and that are placed as they come. It goes over any placement,
/// such as a [`Ring`](crate::Ring).
///
/// - *Balance*: no node is above its bound, ever, by what is placed. *Weights*: shares; 0 takes no
///   keys.
/// - *Disruption*: a node that goes gives up its keys, which are placed again; no other key moves.
///   One that comes gets new keys, and others as they are placed again.
/// - *Memory*: 8 bytes a node, and its name. *Cost*: O(log n) for each node that is asked. Of 100
///   equal nodes with a key each, ε = 0.25 puts a third of the keys on a node that is not their
///   first, and asks 1.8 nodes for a key; with 10 keys each, a sixth, and 1.3; with 100, 2 %, and
///   1.03.
///
/// # Specification
///
/// Of m keys, the new one included, a node of weight w, of weights that are W together, may have
/// ⌈(1 + ε) · m · w / W⌉: more than its share by a factor of 1 + ε, rounded up. A key goes to the
/// first node in the order of preference of the placement that has fewer. With all nodes up there
/// always is one, if all have an order (a table of [`Partitions`](crate::Partitions) ranks only its
/// copies). Where keys leave, the bound sinks, and a node may have more than that until some of its
/// own leave: it gets no new ones meanwhile.
///
/// Who goes where depends on what was there before. That is the price: two machines that do not see
/// the same keys come and go in the same order may answer differently, so whoever places a key
/// keeps where it is. To bring all keys as far to the front of their orders as there is room,
/// [`release`](Self::release) and [`place`](Self::place) each again, at whatever pace: those that
/// come out elsewhere move.
///
/// Source: Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018,
/// sections 1.1 and 2.
///
/// ```
/// use synod_hashring::{BoundedLoads, Inline, KeyHash, PlaceError, Ring};
///
/// let nodes = [("a", 100), ("b", 100), ("c", 100)];
/// let ring = Ring::<&str, Inline<3>, Inline<300>>::from_nodes(KeyHash::v1(0), &nodes)?;
/// // At most 25 % above the mean.
/// let mut loads = BoundedLoads::<&str, Inline<3>>::from_nodes(250, &nodes)?;
///
/// for session in 0..90_u64 {
///     loads.place(&ring, session)?;
/// }
/// assert!(nodes.iter().all(|(node, _)| loads.load(node).unwrap() <= 38)); // 1.25 · 90 / 3
///
/// // With two of them down, the third takes what it may and no more.
/// while loads.place_where(&ring, 90_u64, |node| node == "b").is_ok() {}
/// assert_eq!(loads.place_where(&ring, 90_u64, |node| node == "b"), Err(PlaceError::AllFull));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoundedLoads<N, C: Capacity> {
    over_per_mille: u16,
    /// In ascending order.
    nodes: List<Loaded<N>, C>,
    /// Of all nodes.
    weight: u64,
    load: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Loaded<N> {
    node: N,
    weight: u32,
    load: u32,
}

/// Why a key was not placed. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PlaceError {
    /// No node of the placement is one that is known here, has a weight, and was accepted. Insert
    /// the nodes of the placement, or accept some.
    NoNode,
    /// Each of those has as much as it may. Give nodes that are down a weight of 0, so that their
    /// share is the others'; or wait until keys leave.
    AllFull,
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoNode => "no node takes keys",
            Self::AllFull => "each node has as many keys as it may",
        })
    }
}

impl core::error::Error for PlaceError {}

impl<N: PartialEq, C: Capacity, D: Capacity> PartialEq<BoundedLoads<N, D>> for BoundedLoads<N, C> {
    fn eq(&self, other: &BoundedLoads<N, D>) -> bool {
        self.over_per_mille == other.over_per_mille
            && self.nodes.as_slice() == other.nodes.as_slice()
    }
}

impl<N: Eq, C: Capacity> Eq for BoundedLoads<N, C> {}

impl<N, C: Capacity> BoundedLoads<N, C> {
    /// No nodes yet, each of which may have so many thousandths more than its share: 250 is 25 %
    /// above it (not 1,250).
    ///
    /// The less, the more even, and the more keys are not on their first node.
    pub const fn new(over_per_mille: u16) -> Self {
        Self { over_per_mille, nodes: List::new(), weight: 0, load: 0 }
    }

    /// How many thousandths more than its share a node may have.
    pub const fn over_per_mille(&self) -> u16 {
        self.over_per_mille
    }

    /// How many keys all nodes have.
    pub const fn total_load(&self) -> u64 {
        self.load
    }

    /// The nodes in ascending order, and the weight of each.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (&N, u32)> + Clone {
        self.nodes.iter().map(|loaded| (&loaded.node, loaded.weight))
    }

    /// The nodes in ascending order, and how many keys each has.
    pub fn loads(&self) -> impl ExactSizeIterator<Item = (&N, u32)> + Clone {
        self.nodes.iter().map(|loaded| (&loaded.node, loaded.load))
    }
}

impl<N: Copy + Ord, C: Capacity> BoundedLoads<N, C> {
    /// Nodes without keys, each with its weight. Of a node that is there twice, the last entry
    /// counts.
    ///
    /// # Errors
    ///
    /// [`Full`]: they do not fit.
    pub fn from_nodes(over_per_mille: u16, nodes: &[(N, u32)]) -> Result<Self, Full> {
        let mut loads = Self::new(over_per_mille);
        for &(node, weight) in nodes {
            loads.insert(node, weight)?;
        }
        Ok(loads)
    }

    /// Adds a node without keys, or gives it another weight: which one it had before, if it was
    /// there. O(n).
    ///
    /// # Errors
    ///
    /// [`Full`]: there are as many nodes as fit. Nothing has changed.
    pub fn insert(&mut self, node: N, weight: u32) -> Result<Option<u32>, Full> {
        let before = match self.find(&node) {
            Ok(at) => self.nodes.as_mut_slice().get_mut(at).map(|loaded| {
                let before = loaded.weight;
                loaded.weight = weight;
                before
            }),
            Err(at) => {
                let new = Loaded { node, weight, load: 0 };
                self.nodes.insert(at, new).map_err(|(full, _)| full)?;
                None
            }
        };
        let others = self.weight.saturating_sub(before.unwrap_or(0).into());
        self.weight = others.saturating_add(weight.into());
        Ok(before)
    }

    /// Takes a node away: its weight, if it was there. Its keys are to be placed again: before,
    /// [`load`](Self::load) says how many they are. O(n).
    pub fn remove(&mut self, node: &N) -> Option<u32> {
        let at = self.find(node).ok()?;
        let gone = self.nodes.remove(at)?;
        self.weight = self.weight.saturating_sub(gone.weight.into());
        self.load = self.load.saturating_sub(gone.load.into());
        Some(gone.weight)
    }

    /// The weight of a node; `None` where it is not known. O(log n).
    pub fn get(&self, node: &N) -> Option<u32> {
        self.loaded(node).map(|loaded| loaded.weight)
    }

    /// How many keys a node has; `None` where it is not known. O(log n).
    pub fn load(&self, node: &N) -> Option<u32> {
        self.loaded(node).map(|loaded| loaded.load)
    }

    /// How many keys a node may have once there is one more; `None` where it is not known. O(log
    /// n).
    pub fn bound(&self, node: &N) -> Option<u32> {
        let weight = self.loaded(node)?.weight;
        // The least that is no longer below, bit by bit.
        let bits = (0..u32::BITS).rev();
        let below = bits.fold(0_u32, |below, bit| {
            let more = below | 1_u32.wrapping_shl(bit);
            if self.has_room(weight, more.saturating_sub(1)) { more } else { below }
        });
        Some(below)
    }

    /// Puts a key on the first node, in its order of preference, that has room.
    ///
    /// # Errors
    ///
    /// See [`PlaceError`].
    pub fn place(
        &mut self,
        placement: &impl Placement<Node = N>,
        key: impl Key,
    ) -> Result<N, PlaceError> {
        self.place_where(placement, key, |_| true)
    }

    /// Puts a key on the first node, in its order of preference, that has room and that `accepts`
    /// says yes to.
    ///
    /// `accepts` is for one key. A node that is down for longer is given a weight of 0 by
    /// [`insert`](Self::insert): otherwise its share stays reserved, and the others may be full
    /// without it. The same holds for a node that the placement does not rank.
    ///
    /// # Errors
    ///
    /// See [`PlaceError`].
    pub fn place_where(
        &mut self,
        placement: &impl Placement<Node = N>,
        key: impl Key,
        mut accepts: impl FnMut(N) -> bool,
    ) -> Result<N, PlaceError> {
        let mut error = PlaceError::NoNode;
        let mut found = None;
        placement.first_where_of_point(placement.point(key), |node| {
            let at = self.find(&node).ok();
            let loaded = at.and_then(|at| self.nodes.get(at)).filter(|loaded| loaded.weight > 0);
            let Some(loaded) = loaded.filter(|_| accepts(node)) else { return false };
            error = PlaceError::AllFull;
            found = at.filter(|_| self.has_room(loaded.weight, loaded.load));
            found.is_some()
        });
        let chosen = found.and_then(|at| self.nodes.as_mut_slice().get_mut(at)).ok_or(error)?;
        chosen.load = chosen.load.saturating_add(1);
        self.load = self.load.saturating_add(1);
        Ok(chosen.node)
    }

    /// Takes a key off the node that it was placed on; `false` where that has none. O(log n).
    pub fn release(&mut self, node: &N) -> bool {
        let Ok(at) = self.find(node) else { return false };
        let Some(loaded) = self.nodes.as_mut_slice().get_mut(at) else { return false };
        let Some(load) = loaded.load.checked_sub(1) else { return false };
        loaded.load = load;
        self.load = self.load.saturating_sub(1);
        true
    }

    fn find(&self, node: &N) -> Result<usize, usize> {
        self.nodes.binary_search_by(|loaded| loaded.node.cmp(node))
    }

    fn loaded(&self, node: &N) -> Option<&Loaded<N>> {
        self.find(node).ok().and_then(|at| self.nodes.get(at))
    }

    /// Whether a node of such a weight may have one more than it has, without a division: 106 bits
    /// at most on one side, 113 on the other.
    fn has_room(&self, weight: u32, load: u32) -> bool {
        let factor = u128::from(self.over_per_mille).wrapping_add(1_000);
        let keys = u128::from(self.load).wrapping_add(1);
        let bound = factor.wrapping_mul(keys).wrapping_mul(weight.into());
        let has = u128::from(load).wrapping_mul(1_000).wrapping_mul(self.weight.into());
        load < u32::MAX && has < bound
    }
}

#[cfg(feature = "defmt")]
impl<N: defmt::Format, C: Capacity> defmt::Format for BoundedLoads<N, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} ", self.over_per_mille);
        for loaded in &self.nodes {
            defmt::write!(f, "{}: {} of weight {} ", loaded.node, loaded.load, loaded.weight);
        }
    }
}
