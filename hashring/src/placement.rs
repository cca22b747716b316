//! Who owns a key: what all algorithms answer.

use core::fmt;

use synod_capacity::{Inline, List};

use crate::key::Key;

/// A rule that says which node owns a key, and who comes next.
///
/// A key has a *point*, by the rule's hash; a point has an *order of preference* of nodes: of all
/// that take keys, where the rule does not say otherwise. Its first node is the owner, the first
/// `K` are the replicas, the next one is who takes over where a node is down. Two values that are
/// equal give equal answers on every machine.
///
/// Nothing here allocates. The costs are those of the implementation: each page gives them. Methods
/// are generic over keys, so that there is no `dyn Placement`: an enum of the rules in use does as
/// well.
///
/// ```
/// use synod_hashring::{Jump, JumpBack, Key, Placement};
///
/// enum Rule {
///     Old(Jump),
///     New(JumpBack),
/// }
///
/// impl Placement for Rule {
///     type Node = u32;
///
///     fn point(&self, key: impl Key) -> u64 {
///         match self {
///             Self::Old(rule) => rule.point(key),
///             Self::New(rule) => rule.point(key),
///         }
///     }
///
///     fn node_count(&self) -> usize {
///         match self {
///             Self::Old(rule) => rule.node_count(),
///             Self::New(rule) => rule.node_count(),
///         }
///     }
///
///     fn first_where_of_point(&self, point: u64, accepts: impl FnMut(u32) -> bool) -> Option<u32> {
///         match self {
///             Self::Old(rule) => rule.first_where_of_point(point, accepts),
///             Self::New(rule) => rule.first_where_of_point(point, accepts),
///         }
///     }
/// }
/// ```
pub trait Placement {
    /// How a node is called: a number, an array of bytes, a `&str`. It is copied into answers, so
    /// that owned text, such as a `String` of a table, is called by a reference. (By its place in
    /// the table only where no node is hashed, as in [`Partitions`](crate::Partitions), or where
    /// all have the same table: to [`Ring`](crate::Ring) and its like, the place is the name.)
    type Node: Copy + Eq;

    /// Where a key stands.
    fn point(&self, key: impl Key) -> u64;

    /// How many nodes take keys.
    fn node_count(&self) -> usize;

    /// Whether each order of preference is of all nodes that take keys: so it is where nothing else
    /// is said.
    fn ranks_all(&self) -> bool {
        true
    }

    /// The first node, in the order of preference of a point, that `accepts` says yes to; `None`
    /// where it says no to all of them.
    ///
    /// It is asked about the nodes in that order, about each one once or more, until it says yes.
    /// Where it says no to all, that takes as long as the whole order does.
    fn first_where_of_point(
        &self,
        point: u64,
        accepts: impl FnMut(Self::Node) -> bool,
    ) -> Option<Self::Node>;

    /// The first node, in the order of preference of a key, that `accepts` says yes to: one that is
    /// up, or has room. `None` where it says no to all of them. As
    /// [`first_where_of_point`](Self::first_where_of_point).
    fn first_where(
        &self,
        key: impl Key,
        accepts: impl FnMut(Self::Node) -> bool,
    ) -> Option<Self::Node> {
        self.first_where_of_point(self.point(key), accepts)
    }

    /// The owner of a point; `None` where no node takes keys.
    fn owner_of_point(&self, point: u64) -> Option<Self::Node> {
        self.first_where_of_point(point, |_| true)
    }

    /// The owner of a key; `None` where no node takes keys.
    fn owner(&self, key: impl Key) -> Option<Self::Node> {
        self.owner_of_point(self.point(key))
    }

    /// The first nodes in the order of preference of a key, each once, from the front of `nodes`:
    /// as many as fit, or all there are. What is behind them in `nodes` stays.
    fn successors<'a>(&self, key: impl Key, nodes: &'a mut [Self::Node]) -> &'a mut [Self::Node] {
        let most = nodes.len().min(self.node_count());
        let mut known = 0_usize;
        if most > 0 {
            self.first_where_of_point(self.point(key), |node| {
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
    /// [`TooFewNodes`]: there are fewer than `K` nodes in the order of the key. Ask for fewer, add
    /// nodes, or, of [`Partitions`](crate::Partitions), rebalance them.
    fn replicas<const K: usize>(&self, key: impl Key) -> Result<[Self::Node; K], TooFewNodes> {
        let nodes = self.node_count();
        if K == 0 || K > nodes {
            return (&[][..]).try_into().map_err(|_| TooFewNodes { needed: K, nodes });
        }
        let mut nodes = None;
        let mut known = 0_usize;
        self.first_where_of_point(self.point(key), |node| {
            known = note(nodes.get_or_insert([node; K]), known, node);
            known >= K
        });
        nodes.filter(|_| known >= K).ok_or(TooFewNodes { needed: K, nodes: known })
    }
}

impl<P: Placement> Placement for &P {
    type Node = P::Node;

    fn point(&self, key: impl Key) -> u64 {
        (**self).point(key)
    }

    fn node_count(&self) -> usize {
        (**self).node_count()
    }

    fn first_where_of_point(
        &self,
        point: u64,
        accepts: impl FnMut(P::Node) -> bool,
    ) -> Option<P::Node> {
        (**self).first_where_of_point(point, accepts)
    }

    fn ranks_all(&self) -> bool {
        (**self).ranks_all()
    }

    fn first_where(&self, key: impl Key, accepts: impl FnMut(P::Node) -> bool) -> Option<P::Node> {
        (**self).first_where(key, accepts)
    }

    fn owner_of_point(&self, point: u64) -> Option<P::Node> {
        (**self).owner_of_point(point)
    }

    fn owner(&self, key: impl Key) -> Option<P::Node> {
        (**self).owner(key)
    }

    fn successors<'a>(&self, key: impl Key, nodes: &'a mut [P::Node]) -> &'a mut [P::Node] {
        (**self).successors(key, nodes)
    }

    fn replicas<const K: usize>(&self, key: impl Key) -> Result<[P::Node; K], TooFewNodes> {
        (**self).replicas(key)
    }
}

/// The first nodes in the order of preference of a point: `K`, or as many as there are.
pub(crate) fn first_nodes<P: Placement, const K: usize>(
    placement: &P,
    point: u64,
) -> List<P::Node, Inline<K>> {
    let mut nodes = List::new();
    if K > 0 {
        placement.first_where_of_point(point, |node| {
            // There is room until there are K.
            let is_new = !nodes.contains(&node);
            is_new && nodes.push(node).is_ok() && nodes.len() >= K
        });
    }
    nodes
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

/// Fewer nodes are there for a key than replicas were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TooFewNodes {
    /// How many different nodes were asked for.
    pub needed: usize,
    /// How many there are.
    pub nodes: usize,
}

impl fmt::Display for TooFewNodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} replicas want as many nodes, and there are {}", self.needed, self.nodes)
    }
}

impl core::error::Error for TooFewNodes {}
