//! Nodes that are all asked about each point.

use synod_capacity::{Capacity, Full, List};

use crate::key::Key;
use crate::key_hash::KeyHash;
use crate::split_mix::derived;

/// Nodes in ascending order, each with its seed.
#[derive(Clone)]
pub(crate) struct Roster<N, C: Capacity> {
    hash: KeyHash,
    nodes: List<N, C>,
    /// One for each of them: apart, as a pass for a point reads nothing else.
    seeds: List<u64, C>,
}

impl<N, C: Capacity> Roster<N, C> {
    pub(crate) const fn new(hash: KeyHash) -> Self {
        Self { hash, nodes: List::new(), seeds: List::new() }
    }

    pub(crate) const fn hash(&self) -> KeyHash {
        self.hash
    }

    pub(crate) fn nodes(&self) -> &[N] {
        &self.nodes
    }

    pub(crate) fn seeds(&self) -> &[u64] {
        &self.seeds
    }
}

/// Seeds follow from the rest.
impl<N: PartialEq, C: Capacity, D: Capacity> PartialEq<Roster<N, D>> for Roster<N, C> {
    fn eq(&self, other: &Roster<N, D>) -> bool {
        self.hash == other.hash && self.nodes() == other.nodes()
    }
}

impl<N: Key + Copy + Ord, C: Capacity> Roster<N, C> {
    /// The place of a node, or where it would be.
    pub(crate) fn find(&self, node: &N) -> Result<usize, usize> {
        self.nodes.binary_search(node)
    }

    /// The node at a place.
    pub(crate) fn at(&self, place: u32) -> Option<N> {
        self.nodes.get(usize::try_from(place).ok()?).copied()
    }

    pub(crate) fn insert(&mut self, at: usize, node: N) -> Result<(), Full> {
        self.seeds.reserve(1)?;
        self.nodes.insert(at, node).map_err(|(full, _)| full)?;
        self.seeds.insert(at, self.seed(node)).map_err(|(full, _)| full)
    }

    pub(crate) fn remove(&mut self, at: usize) {
        self.nodes.remove(at);
        self.seeds.remove(at);
    }

    /// Not the point of the node's name: a key of the same name would have a score of 0 there, and
    /// two nodes that are also keys would think alike of each other.
    fn seed(&self, node: N) -> u64 {
        derived(self.hash.point(node), 1)
    }
}
