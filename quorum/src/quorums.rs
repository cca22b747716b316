//! One family of quorums, and the decisions that it makes.

use crate::{NodeSet, Shape, Shortfall, TooManyNodes, committed, resilience, shortfall};

/// A family of quorums: which sets of nodes are enough.
///
/// A family says nothing about whether two of its quorums meet. That is what a
/// [`QuorumSystem`](crate::QuorumSystem) is for: it is made of families that were checked against
/// each other.
///
/// An implementation promises that
///
/// - the answer depends on the [`members`](Self::members) among the nodes alone,
/// - a set that contains a quorum is a quorum,
/// - no set of strangers, the empty set among them, is a quorum, and all members together are one.
///
/// The decisions and proofs are right for every family that keeps these promises, and defined,
/// without a panic and without an endless loop, for those that do not.
///
/// A family that wraps another should forward [`shape`](Self::shape) as well: the decisions that
/// are provided use it.
///
/// ```
/// use synod_quorum::{Majority, NodeSet, Quorums, Shortfall};
///
/// let system = Majority::new(NodeSet::<1>::first(5)?)?;
/// let acks = NodeSet::from_nodes(&[0, 3])?;
/// assert!(!system.is_quorum(acks));
/// assert_eq!(system.shortfall(acks, NodeSet::new()), Shortfall::Exactly(1));
///
/// // What each node has stored: the highest index that a quorum has.
/// let stored = [Some(7), Some(9), None, Some(8), Some(0)];
/// assert_eq!(system.committed(|node| stored[node]), Some(7));
///
/// // Nodes 1 and 2 are silent. The decision depends on each of the others.
/// let silent = NodeSet::from_nodes(&[1, 2])?;
/// assert!(!system.is_blocked_by(silent));
/// assert_eq!(system.critical(silent), NodeSet::from_nodes(&[0, 3, 4])?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Quorums<const WORDS: usize = 1> {
    /// The nodes that count. Others are strangers: whatever they say changes nothing.
    fn members(&self) -> NodeSet<WORDS>;

    /// Whether these nodes are enough. A node is counted once, a stranger never.
    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool;

    /// What is known about the family, for arithmetic to use in place of a search.
    ///
    /// Must agree with [`is_quorum`](Self::is_quorum); [`Shape::Unknown`] always does.
    fn shape(&self) -> Shape<'_, WORDS> {
        Shape::Unknown
    }

    /// The highest index that a quorum holds, if each node holds all up to what `report` gives for
    /// it. `None` if fewer nodes than a quorum have reported at all: a report of 0 is a report.
    ///
    /// `report` is asked about members only. It may be asked more than once about each, at most
    /// (n + 1)² times in all for n members, and fewer than 4n as a rule. (A joint system asks for
    /// each of its halves.)
    ///
    /// It says what is stored, not what a protocol may apply: a leader of Raft has to wait until
    /// that reaches an entry of its own term (section 5.4.2 of the paper).
    fn committed(&self, report: impl Fn(usize) -> Option<u64>) -> Option<u64>
    where
        Self: Sized,
    {
        committed::of(self, report)
    }

    /// How few more nodes suffice when those of `have` are there and those of `silent` will not
    /// come. (A node that is in both is there.)
    ///
    /// Exact for every family of this crate, except a joint system that does not count nodes in
    /// both halves: that, and this default for a family of which nothing is known, try the
    /// subsets of up to 20 missing nodes, 2²⁰ calls of [`is_quorum`](Self::is_quorum) at worst,
    /// and give a bound beyond.
    fn shortfall(&self, have: NodeSet<WORDS>, silent: NodeSet<WORDS>) -> Shortfall {
        match self.shape() {
            Shape::Count(threshold) => threshold.shortfall(have, silent),
            _ => shortfall::by_search(self, have, silent, 1),
        }
    }

    /// Whether no quorum is left when these nodes are silent.
    fn is_blocked_by(&self, silent: NodeSet<WORDS>) -> bool {
        !self.is_quorum(self.members() - silent)
    }

    /// The members of which each alone, were it silent like those of `silent`, would block. If
    /// those block already, all that are left are critical.
    ///
    /// n calls of [`is_quorum`](Self::is_quorum) for n members.
    fn critical(&self, silent: NodeSet<WORDS>) -> NodeSet<WORDS> {
        let alive = self.members() - silent;
        let mut critical = alive;
        for node in alive {
            let mut others = alive;
            others.remove(node);
            if self.is_quorum(others) {
                critical.remove(node);
            }
        }
        critical
    }

    /// The largest number of members that may be silent, **whichever they are**, with a quorum left
    /// among the others. A family that breaks its promises, so that not even all members are a
    /// quorum, survives 0.
    ///
    /// Exact for every family of this crate, by arithmetic but for lists; this default, for a
    /// family of which nothing is known, counts sets as [`LiveSets`](crate::LiveSets) does.
    ///
    /// # Errors
    ///
    /// [`TooManyNodes`] for more than 20 members, where sets are counted.
    fn resilience(&self) -> Result<usize, TooManyNodes> {
        resilience::of(self)
    }
}

/// A family by reference, or one that is only known at run time (`&dyn Quorums`).
impl<const WORDS: usize, Q: Quorums<WORDS> + ?Sized> Quorums<WORDS> for &Q {
    fn members(&self) -> NodeSet<WORDS> {
        (**self).members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        (**self).is_quorum(nodes)
    }

    fn shape(&self) -> Shape<'_, WORDS> {
        (**self).shape()
    }

    fn shortfall(&self, have: NodeSet<WORDS>, silent: NodeSet<WORDS>) -> Shortfall {
        (**self).shortfall(have, silent)
    }

    fn is_blocked_by(&self, silent: NodeSet<WORDS>) -> bool {
        (**self).is_blocked_by(silent)
    }

    fn critical(&self, silent: NodeSet<WORDS>) -> NodeSet<WORDS> {
        (**self).critical(silent)
    }

    fn resilience(&self) -> Result<usize, TooManyNodes> {
        (**self).resilience()
    }
}
