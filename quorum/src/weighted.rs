//! Nodes with weights.

use core::fmt;

use crate::{Coterie, NodeSet, OutOfRange, Quorums, Shape, Shortfall};

/// Members whose weights add up to `needed`.
///
/// A node is a member if its weight is not zero. Weights are up to `u32::MAX` each and their sum
/// cannot overflow. A family, not a system: [`majority`](Self::majority) gives the system of more
/// than half of the weight; two weighted families with thresholds of their own make a
/// [`ReadWrite`](crate::ReadWrite) or a [`Flexible`](crate::Flexible) system.
///
/// In one word, `is_quorum` is O(n) for n members; `shortfall`, `critical` and `resilience` are
/// O(n²), and so is `committed` at worst, O(n log n) as a rule.
///
/// The width of the sets cannot be guessed from weights alone: name it once, as in
/// `let system: Coterie<Weighted<3>> = Weighted::majority([3, 1, 1])?`.
///
/// Source: Gifford, "Weighted Voting for Replicated Data", SOSP 1979.
///
/// ```
/// use synod_quorum::{NodeSet, Quorums, Shortfall, Weighted};
///
/// // A server counts three times as much as each of two boards.
/// let system = Weighted::majority([3, 1, 1])?;
/// let server: NodeSet = NodeSet::from_nodes(&[0])?;
/// assert!(system.is_quorum(server));
/// assert!(system.is_blocked_by(server));
/// assert_eq!(system.shortfall(NodeSet::from_nodes(&[1])?, NodeSet::new()), Shortfall::Exactly(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Weighted<const N: usize, const WORDS: usize = 1> {
    weights: [u32; N],
    members: NodeSet<WORDS>,
    needed: u64,
}

impl<const N: usize, const WORDS: usize> Weighted<N, WORDS> {
    /// The sets of nodes whose weights add up to `needed` or more; `weights` are by position.
    ///
    /// # Errors
    ///
    /// [`WeightedError`], if nothing or too much is needed, or a node with a weight does not fit
    /// the set.
    pub fn new(weights: [u32; N], needed: u64) -> Result<Self, WeightedError> {
        let mut members = NodeSet::new();
        for (node, weight) in weights.iter().enumerate() {
            if *weight > 0 {
                members.insert(node)?;
            }
        }
        let total = total(&weights);
        if needed == 0 {
            return Err(WeightedError::Zero);
        }
        if needed > total {
            return Err(WeightedError::Unreachable { needed, total });
        }
        Ok(Self { weights, members, needed })
    }

    /// More than half of the weight, so that any two quorums meet.
    ///
    /// # Errors
    ///
    /// [`WeightedError`], if no node has a weight, or one that has does not fit the set.
    pub fn majority(weights: [u32; N]) -> Result<Coterie<Self, WORDS>, WeightedError> {
        let needed = (total(&weights) / 2).saturating_add(1);
        Self::new(weights, needed).map(Coterie::proven)
    }

    /// The weight of each node, by position.
    #[must_use]
    pub const fn weights(&self) -> &[u32; N] {
        &self.weights
    }

    /// The weight of a node; 0 for a stranger.
    #[must_use]
    pub fn weight(&self, node: usize) -> u32 {
        self.weights.get(node).copied().unwrap_or(0)
    }

    /// The least weight that is enough.
    #[must_use]
    pub const fn needed(&self) -> u64 {
        self.needed
    }

    /// The weight of all members together.
    #[must_use]
    pub fn total(&self) -> u64 {
        total(&self.weights)
    }

    /// The weight of these nodes together.
    #[must_use]
    pub fn weight_of(&self, nodes: NodeSet<WORDS>) -> u64 {
        (nodes & self.members)
            .iter()
            .fold(0, |sum: u64, node| sum.saturating_add(self.weight(node).into()))
    }
}

/// The sum of weights: with at most 2³² of them it fits, on every target.
pub(crate) fn total(weights: &[u32]) -> u64 {
    weights.iter().fold(0, |sum: u64, weight| sum.saturating_add((*weight).into()))
}

impl<const N: usize, const WORDS: usize> Quorums<WORDS> for Weighted<N, WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        self.members
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.weight_of(nodes) >= self.needed
    }

    fn shape(&self) -> Shape<'_, WORDS> {
        Shape::Weight { weights: &self.weights, needed: self.needed }
    }

    fn shortfall(&self, have: NodeSet<WORDS>, silent: NodeSet<WORDS>) -> Shortfall {
        let mut weight = self.weight_of(have);
        let mut left = self.members - have - silent;
        let mut more = 0_usize;
        while weight < self.needed {
            // The heaviest first: no other order needs fewer.
            let Some(heaviest) = left.iter().max_by_key(|node| self.weight(*node)) else {
                return Shortfall::OutOfReach;
            };
            left.remove(heaviest);
            weight = weight.saturating_add(self.weight(heaviest).into());
            more = more.saturating_add(1);
        }
        Shortfall::Exactly(more)
    }
}

/// Why there is no such weighted family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum WeightedError {
    /// A weight of 0 is needed: the empty set would be a quorum. Ask for 1 or more.
    Zero,
    /// More is needed than all weights together: no set would be a quorum.
    Unreachable {
        /// The weight that was to be needed.
        needed: u64,
        /// The weight of all nodes together.
        total: u64,
    },
    /// A node with a weight does not fit the set. Choose more `WORDS`.
    OutOfRange(OutOfRange),
}

impl From<OutOfRange> for WeightedError {
    fn from(error: OutOfRange) -> Self {
        Self::OutOfRange(error)
    }
}

impl fmt::Display for WeightedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero => f.write_str("with a weight of 0, the empty set would be a quorum"),
            Self::Unreachable { needed, total } => {
                write!(f, "a weight of {needed} is needed, and there is {total}")
            }
            Self::OutOfRange(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for WeightedError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::OutOfRange(error) => Some(error),
            _ => None,
        }
    }
}
