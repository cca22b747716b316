//! What is known about a family of quorums.

use crate::{GridQuorums, NodeSet, Quorums, Threshold};

/// What a family of quorums is made of, as far as arithmetic can use it.
///
/// [`intersection`](crate::intersection()) proves by it, whatever the number of nodes, what would
/// otherwise take a search through all sets of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Shape<'a, const WORDS: usize = 1> {
    /// Nodes are counted.
    Count(Threshold<WORDS>),
    /// Weights are added: those that reach `needed` are a quorum.
    Weight {
        /// The weight of each node, by position; nodes beyond the end have none.
        weights: &'a [u32],
        /// The least sum that is a quorum.
        needed: u64,
    },
    /// Quorums are listed: what contains one of these sets is a quorum. Empty sets are no quorums.
    List(&'a [NodeSet<WORDS>]),
    /// Nodes stand in a grid.
    Grid(GridQuorums<WORDS>),
    /// Nothing is known but what [`is_quorum`](crate::Quorums::is_quorum) says.
    Unknown,
}

impl<const WORDS: usize> Shape<'_, WORDS> {
    /// What a node adds, where nodes are counted or weighed.
    pub(crate) fn weight(&self, node: usize) -> u32 {
        match self {
            Self::Count(threshold) => threshold.members().contains(node).into(),
            Self::Weight { weights, .. } => weights.get(node).copied().unwrap_or(0),
            Self::List(_) | Self::Grid(_) | Self::Unknown => 0,
        }
    }
}
