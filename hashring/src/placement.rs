//! Who owns a key: what all algorithms answer.

use core::fmt;

use crate::key::Key;

/// A rule that says which node owns a key, and who comes next.
///
/// A key has a *point*, by the rule's hash; a point has an *order of preference* of all nodes that take
/// keys. Its first node is the owner, the first `K` are the replicas, the next one is who takes over
/// where a node is down. Two values that are equal give equal answers on every machine.
///
/// Nothing here allocates. The costs are those of the implementation: each page gives them.
pub trait Placement {
    /// How a node is called.
    type Node: Copy + Eq;

    /// Where a key stands.
    fn point(&self, key: impl Key) -> u64;

    /// How many nodes take keys.
    fn node_count(&self) -> usize;

    /// The first node, in the order of preference of a point, that `accepts` says yes to; `None` where
    /// it says no to all of them.
    ///
    /// It is asked about the nodes in that order, about each one once or more, until it says yes.
    fn first_where(
        &self,
        point: u64,
        accepts: impl FnMut(Self::Node) -> bool,
    ) -> Option<Self::Node>;

    /// The owner of a point; `None` where no node takes keys.
    fn owner_of_point(&self, point: u64) -> Option<Self::Node> {
        self.first_where(point, |_| true)
    }

    /// The owner of a key; `None` where no node takes keys.
    fn owner(&self, key: impl Key) -> Option<Self::Node> {
        self.owner_of_point(self.point(key))
    }

    /// The first nodes in the order of preference of a key, each once, from the front of `nodes`: as
    /// many as fit, or all there are. What is behind them in `nodes` stays.
    fn successors<'a>(&self, key: impl Key, nodes: &'a mut [Self::Node]) -> &'a mut [Self::Node] {
        let most = nodes.len().min(self.node_count());
        let mut known = 0_usize;
        if most > 0 {
            self.first_where(self.point(key), |node| {
                known = note(nodes, known, node);
                known >= most
            });
        }
        nodes.get_mut(..known).unwrap_or(&mut [])
    }

    /// `K` different nodes for a key: its owner, then those that follow.
    ///
    /// # Errors
    ///
    /// [`TooFewNodes`]: fewer than `K` nodes take keys. Ask for fewer, or add nodes.
    fn replicas<const K: usize>(&self, key: impl Key) -> Result<[Self::Node; K], TooFewNodes> {
        let too_few = TooFewNodes { needed: K, nodes: self.node_count() };
        if K == 0 || K > too_few.nodes {
            return (&[][..]).try_into().map_err(|_| too_few);
        }
        let mut nodes = None;
        let mut known = 0_usize;
        self.first_where(self.point(key), |node| {
            known = note(nodes.get_or_insert([node; K]), known, node);
            known >= K
        });
        nodes.filter(|_| known >= K).ok_or(too_few)
    }
}

/// Adds a node to the `known` first of `nodes`, if it is not among them: how many are known then.
fn note<N: Copy + Eq>(nodes: &mut [N], known: usize, node: N) -> usize {
    match nodes.split_at_mut_checked(known) {
        Some((chosen, [free, ..])) if !chosen.contains(&node) => {
            *free = node;
            known.saturating_add(1)
        }
        _ => known,
    }
}

/// Fewer nodes take keys than replicas were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TooFewNodes {
    /// How many different nodes were asked for.
    pub needed: usize,
    /// How many take keys.
    pub nodes: usize,
}

impl fmt::Display for TooFewNodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} replicas want as many nodes, and {} take keys", self.needed, self.nodes)
    }
}

impl core::error::Error for TooFewNodes {}
