//! What a quorum is, as the definition of each family says it.

use super::selection::{bit, first, nodes, size, subsets};

/// More nodes than this have too many subsets to try them all.
pub(crate) const FEW: usize = 10;

/// A family of quorums.
#[derive(Clone, Debug)]
pub(crate) enum Definition {
    /// So many of the members.
    Count { members: u128, needed: usize },
    /// Nodes whose weights, by position, add up to so much.
    Weight { weights: Vec<u32>, needed: u64 },
    /// What contains one of these sets.
    List { members: u128, sets: Vec<u128> },
    /// One of every column, or all of one column, or both.
    Grid { columns: Vec<u128>, every: bool, whole: bool },
    /// What is a quorum of the one and of the other.
    Both(Box<[Definition; 2]>),
}

impl Definition {
    /// What is a quorum of two families.
    pub(crate) fn both(one: &Self, other: &Self) -> Self {
        Self::Both(Box::new([one.clone(), other.clone()]))
    }

    /// A rule of the grid in which node `row * columns + column` stands at each place.
    pub(crate) fn grid(rows: usize, columns: usize, every: bool, whole: bool) -> Self {
        let column = |at| (0..rows).fold(0, |mask, row| mask | bit(row * columns + at));
        Self::Grid { columns: (0..columns).map(column).collect(), every, whole }
    }

    pub(crate) fn members(&self) -> u128 {
        match self {
            Self::Count { members, .. } | Self::List { members, .. } => *members,
            Self::Weight { weights, .. } => {
                let members = (0..weights.len()).filter(|node| weights[*node] > 0);
                members.fold(0, |mask, node| mask | bit(node))
            }
            Self::Grid { columns, .. } => columns.iter().fold(0, |mask, column| mask | column),
            Self::Both(halves) => halves[0].members() | halves[1].members(),
        }
    }

    pub(crate) fn is_quorum(&self, set: u128) -> bool {
        match self {
            Self::Count { members, needed } => size(set & members) >= *needed,
            Self::Weight { weights, needed } => {
                let sum: u128 =
                    nodes(set & first(weights.len())).map(|node| u128::from(weights[node])).sum();
                sum >= u128::from(*needed)
            }
            Self::List { sets, .. } => sets.iter().any(|quorum| quorum & !set == 0),
            Self::Grid { columns, every, whole } => {
                let covered = columns.iter().all(|column| column & set != 0);
                let filled = columns.iter().any(|column| column & !set == 0);
                (covered || !every) && (filled || !whole)
            }
            Self::Both(halves) => halves.iter().all(|half| half.is_quorum(set)),
        }
    }

    /// Whether this is a quorum of members that can spare none.
    pub(crate) fn is_minimal(&self, set: u128) -> bool {
        let spared = |node| self.is_quorum(set & !bit(node));
        set & !self.members() == 0 && self.is_quorum(set) && !nodes(set).any(spared)
    }

    /// Whether all subsets of the members can be tried.
    pub(crate) fn is_small(&self) -> bool {
        size(self.members()) <= FEW
    }

    /// All quorums that can spare no node, of a family of few members.
    pub(crate) fn minimal(&self) -> Vec<u128> {
        subsets(self.members()).filter(|subset| self.is_minimal(*subset)).collect()
    }

    /// The fewest of the nodes `left`, a few, that make a quorum of `have`.
    pub(crate) fn fewest(&self, have: u128, left: u128) -> Option<usize> {
        let enough = subsets(left).filter(|more| self.is_quorum(have | more));
        enough.map(size).min()
    }
}
