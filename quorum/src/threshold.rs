//! Any k of n.

use core::fmt;

use crate::{NodeSet, Quorums, Shape, Shortfall};

/// Any `needed` of the members.
///
/// A family, not a system: two quorums of a threshold meet only if it is more than half of the
/// members. It is what the systems of two phases are made of, such as the R and the W of a
/// replicated store ([`ReadWrite`](crate::ReadWrite), [`Flexible`](crate::Flexible)). For one
/// family, take [`Majority`](crate::Majority), or [`Coterie`](crate::Coterie) for another threshold
/// above half.
///
/// Every decision is exact. They are O(`WORDS`), except `critical`, O(n) for n members, and
/// `committed`, O(n) as a rule and O(n²) at worst.
///
/// ```
/// use synod_quorum::{NodeSet, Quorums, Threshold};
///
/// let two_of_three = Threshold::new(NodeSet::<1>::first(3)?, 2)?;
/// assert!(two_of_three.is_quorum(NodeSet::from_nodes(&[0, 2])?));
/// assert!(!two_of_three.is_quorum(NodeSet::from_nodes(&[0, 7])?)); // 7 is a stranger
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Threshold<const WORDS: usize = 1> {
    members: NodeSet<WORDS>,
    needed: usize,
}

impl<const WORDS: usize> Threshold<WORDS> {
    /// Any `needed` of the members.
    ///
    /// # Errors
    ///
    /// [`ThresholdError`], if nothing or too much is needed.
    pub const fn new(members: NodeSet<WORDS>, needed: usize) -> Result<Self, ThresholdError> {
        let count = members.len();
        if needed == 0 {
            return Err(ThresholdError::Zero);
        }
        if needed > count {
            return Err(ThresholdError::Unreachable { needed, members: count });
        }
        Ok(Self { members, needed })
    }

    /// The same members, of which fewer are enough.
    pub(crate) const fn lowered_to(self, needed: usize) -> Self {
        debug_assert!(0 < needed && needed <= self.needed);
        Self { members: self.members, needed }
    }

    /// How many members are enough: from 1 to all of them.
    #[must_use]
    pub const fn needed(&self) -> usize {
        self.needed
    }
}

impl<const WORDS: usize> Quorums<WORDS> for Threshold<WORDS> {
    #[inline]
    fn members(&self) -> NodeSet<WORDS> {
        self.members
    }

    #[inline]
    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        (nodes & self.members).len() >= self.needed
    }

    #[inline]
    fn shape(&self) -> Shape<'_, WORDS> {
        Shape::Count(*self)
    }

    fn shortfall(&self, have: NodeSet<WORDS>, silent: NodeSet<WORDS>) -> Shortfall {
        let more = self.needed.saturating_sub((have & self.members).len());
        if more <= (self.members - have - silent).len() {
            Shortfall::Exactly(more)
        } else {
            Shortfall::OutOfReach
        }
    }
}

/// Why there is no such threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ThresholdError {
    /// A threshold of 0: the empty set would be a quorum. Ask for 1 or more.
    Zero,
    /// More than there are members: no set would be a quorum. Ask for fewer, or add members.
    Unreachable {
        /// The threshold.
        needed: usize,
        /// The number of members.
        members: usize,
    },
}

impl fmt::Display for ThresholdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero => f.write_str("with a threshold of 0, the empty set would be a quorum"),
            Self::Unreachable { needed, members } => {
                write!(f, "{needed} nodes are needed, and there are {members}")
            }
        }
    }
}

impl core::error::Error for ThresholdError {}
