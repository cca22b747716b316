//! Quorums in a list.

use core::fmt;

use crate::{NodeSet, Quorums, Shape, Shortfall};

/// The sets that contain one of up to `K` listed ones.
///
/// For systems that are no count, weight or grid: "the two servers, or either with both boards". A
/// family, not a system: put it into a [`Coterie`](crate::Coterie), or two into a
/// [`Flexible`](crate::Flexible), which prove that its quorums meet, or show two that do not.
///
/// Members are the nodes that are listed anywhere. Two lists of the same sets in another order
/// decide alike, and are not equal. Every decision is exact. They are O(`K`), except `critical`,
/// O(`K` n) for n members, `committed`, O(n² + `K` n) at worst, and `resilience`, which counts
/// sets.
///
/// ```
/// use synod_quorum::{Coterie, Explicit, NodeSet, Quorums};
///
/// let servers = NodeSet::from_nodes(&[0, 1])?;
/// let first_with_boards = NodeSet::from_nodes(&[0, 2, 3])?;
/// let second_with_boards = NodeSet::from_nodes(&[1, 2, 3])?;
/// let family: Explicit<3> = Explicit::new(&[servers, first_with_boards, second_with_boards])?;
/// let system = Coterie::new(family)?;
/// assert!(system.is_quorum(NodeSet::first(3)?));
/// assert!(!system.is_quorum(first_with_boards - servers));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Explicit<const K: usize, const WORDS: usize = 1> {
    /// The listed sets, none of them empty, then empty ones.
    quorums: [NodeSet<WORDS>; K],
    count: usize,
}

impl<const K: usize, const WORDS: usize> Explicit<K, WORDS> {
    /// The family of the sets that contain one of these.
    ///
    /// # Errors
    ///
    /// [`ExplicitError`], if the list is empty, too long, or has an empty set in it.
    pub fn new(quorums: &[NodeSet<WORDS>]) -> Result<Self, ExplicitError> {
        if quorums.is_empty() {
            return Err(ExplicitError::NoQuorums);
        }
        if quorums.iter().any(|quorum| quorum.is_empty()) {
            return Err(ExplicitError::EmptyQuorum);
        }
        if quorums.len() > K {
            return Err(ExplicitError::TooMany { listed: quorums.len(), capacity: K });
        }
        let mut listed = [NodeSet::new(); K];
        for (slot, quorum) in listed.iter_mut().zip(quorums) {
            *slot = *quorum;
        }
        Ok(Self { quorums: listed, count: quorums.len() })
    }

    /// The listed sets, in the order in which they were given.
    #[must_use]
    pub fn quorums(&self) -> &[NodeSet<WORDS>] {
        self.quorums.get(..self.count).unwrap_or(&[])
    }
}

impl<const K: usize, const WORDS: usize> Quorums<WORDS> for Explicit<K, WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        self.quorums().iter().fold(NodeSet::new(), |members, quorum| members | *quorum)
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.quorums().iter().any(|quorum| quorum.is_subset(nodes))
    }

    fn shape(&self) -> Shape<'_, WORDS> {
        Shape::List(self.quorums())
    }

    fn shortfall(&self, have: NodeSet<WORDS>, silent: NodeSet<WORDS>) -> Shortfall {
        let gone = silent - have;
        let left = self.quorums().iter().filter(|quorum| quorum.is_disjoint(gone));
        match left.map(|quorum| (*quorum - have).len()).min() {
            Some(more) => Shortfall::Exactly(more),
            None => Shortfall::OutOfReach,
        }
    }
}

/// Why there is no such list of quorums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ExplicitError {
    /// No set is listed: nobody could ever agree.
    NoQuorums,
    /// An empty set is listed: nobody would have to agree.
    EmptyQuorum,
    /// More sets than fit. Choose a larger `K`.
    TooMany {
        /// How many sets were listed.
        listed: usize,
        /// How many fit.
        capacity: usize,
    },
}

impl fmt::Display for ExplicitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoQuorums => f.write_str("no set is listed"),
            Self::EmptyQuorum => f.write_str("an empty set is listed"),
            Self::TooMany { listed, capacity } => {
                write!(f, "{listed} sets are listed, and {capacity} fit")
            }
        }
    }
}

impl core::error::Error for ExplicitError {}
