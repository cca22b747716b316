//! Families of quorums by definition: a table of all sets, and loops through all subsets.
//!
//! Nothing here calls the library: what it decides by arithmetic is found by trying everything.

use std::iter;

/// Some of up to nine nodes: node `n` is bit `n`.
pub(crate) type Set = usize;

/// How many nodes a set has.
pub(crate) fn count(nodes: Set) -> usize {
    (0..9).filter(|node| nodes >> node & 1 == 1).count()
}

/// All subsets, from the set itself down to the empty one.
pub(crate) fn subsets(of: Set) -> impl Iterator<Item = Set> {
    let mut next = Some(of);
    iter::from_fn(move || {
        let current = next?;
        next = (current > 0).then(|| (current - 1) & of);
        Some(current)
    })
}

/// The first `width` nodes.
pub(crate) fn all(width: usize) -> Set {
    (1 << width) - 1
}

/// How a ballot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Won,
    Lost,
    Pending,
}

/// A family, told by its definition about each set of the first `width` nodes.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) width: usize,
    pub(crate) members: Set,
    is_quorum: Vec<bool>,
}

impl Model {
    pub(crate) fn new(width: usize, members: Set, is_quorum: impl Fn(Set) -> bool) -> Self {
        Self { width, members, is_quorum: (0..1 << width).map(is_quorum).collect() }
    }

    /// `needed` of the members.
    pub(crate) fn of_count(width: usize, members: Set, needed: usize) -> Self {
        Self::new(width, members, |nodes| count(nodes & members) >= needed)
    }

    /// More than half of the members.
    pub(crate) fn of_majority(width: usize, members: Set) -> Self {
        Self::new(width, members, |nodes| 2 * count(nodes & members) > count(members))
    }

    /// More than half of each, of which neither is empty.
    pub(crate) fn of_joint_majority(width: usize, outgoing: Set, incoming: Set) -> Self {
        Self::new(width, outgoing | incoming, |nodes| {
            2 * count(nodes & outgoing) > count(outgoing)
                && 2 * count(nodes & incoming) > count(incoming)
        })
    }

    /// Weights that add up to `needed`.
    pub(crate) fn of_weights(width: usize, weights: &[u32], needed: u64) -> Self {
        let members = (0..width.min(weights.len()))
            .filter(|node| weights[*node] > 0)
            .fold(0, |members, node| members | 1 << node);
        Self::new(width, members, |nodes| {
            let mut sum = 0;
            for (node, weight) in weights.iter().enumerate() {
                if nodes >> node & 1 == 1 {
                    sum += u64::from(*weight);
                }
            }
            sum >= needed
        })
    }

    /// A set of the list, or more.
    pub(crate) fn of_list(width: usize, list: &[Set]) -> Self {
        let members = list.iter().fold(0, |members, set| members | set);
        Self::new(width, members, |nodes| list.iter().any(|set| set & !nodes == 0))
    }

    /// One node of every column, all nodes of some column, or both.
    pub(crate) fn of_grid(
        width: usize,
        rows: usize,
        columns: usize,
        every: bool,
        whole: bool,
    ) -> Self {
        let there =
            |nodes: Set, row: usize, column: usize| nodes >> (row * columns + column) & 1 == 1;
        Self::new(width, all(rows * columns), |nodes| {
            let covers = (0..columns).all(|column| (0..rows).any(|row| there(nodes, row, column)));
            let fills = (0..columns).any(|column| (0..rows).all(|row| there(nodes, row, column)));
            (covers || !every) && (fills || !whole)
        })
    }

    pub(crate) fn is_quorum(&self, nodes: Set) -> bool {
        self.is_quorum[nodes]
    }

    /// No set without the silent is a quorum.
    pub(crate) fn is_blocked_by(&self, silent: Set) -> bool {
        !subsets(self.members & !silent).any(|nodes| self.is_quorum(nodes))
    }

    /// The most that may be silent, whichever they are, without blocking.
    pub(crate) fn resilience(&self) -> usize {
        let blocking = subsets(self.members).filter(|silent| self.is_blocked_by(*silent));
        blocking.map(count).min().expect("all members block") - 1
    }

    /// How many sets of members contain a quorum, by their size.
    pub(crate) fn live_sets(&self) -> Vec<u32> {
        let mut counts = vec![0; count(self.members) + 1];
        for live in subsets(self.members) {
            if subsets(live).any(|nodes| self.is_quorum(nodes)) {
                counts[count(live)] += 1;
            }
        }
        counts
    }

    /// Those of whom each, silent besides, blocks.
    pub(crate) fn critical(&self, silent: Set) -> Set {
        (0..self.width)
            .map(|node| 1 << node)
            .filter(|node| self.members & !silent & node != 0)
            .filter(|node| self.is_blocked_by(silent | node))
            .fold(0, |critical, node| critical | node)
    }

    /// The fewest that make `have` a quorum, of those who can still come.
    pub(crate) fn shortfall(&self, have: Set, silent: Set) -> Option<usize> {
        subsets(self.members & !have & !silent)
            .filter(|more| self.is_quorum(have | more))
            .map(count)
            .min()
    }

    /// The highest index that all nodes of some quorum have reached.
    pub(crate) fn committed(&self, reports: &[Option<u64>]) -> Option<u64> {
        subsets(self.members)
            .filter(|nodes| self.is_quorum(*nodes))
            .filter_map(|nodes| {
                let mut least = u64::MAX;
                for (node, report) in reports.iter().enumerate() {
                    if nodes >> node & 1 == 1 {
                        least = least.min((*report)?);
                    }
                }
                Some(least)
            })
            .max()
    }

    /// Won if a quorum is among those who granted; lost if none is among those who may yet have.
    pub(crate) fn outcome(&self, granted: Set, refused: Set) -> Standing {
        if subsets(granted).any(|nodes| self.is_quorum(nodes)) {
            Standing::Won
        } else if !subsets(self.members & !refused).any(|nodes| self.is_quorum(nodes)) {
            Standing::Lost
        } else {
            Standing::Pending
        }
    }

    /// Whether each quorum of this family has a node in each of the other.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let everybody = all(self.width);
        let mut quorums = subsets(everybody).filter(|nodes| self.is_quorum(*nodes));
        quorums.all(|nodes| !subsets(everybody & !nodes).any(|rest| other.is_quorum(rest)))
    }

    /// Whether these nodes are a quorum and no fewer of them are.
    pub(crate) fn is_least(&self, nodes: Set) -> bool {
        subsets(nodes).all(|within| self.is_quorum(within) == (within == nodes))
    }
}
