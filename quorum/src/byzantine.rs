//! Thresholds for nodes that may lie.

use core::fmt;

use crate::{NodeSet, QuorumSystem, Quorums, Shape, Threshold};

/// For values that prove themselves, such as signed ones, when up to `b` members may lie: any two
/// quorums share at least one member that does not.
///
/// A quorum is ⌈(n + b + 1) / 2⌉ of n members, and n is at least 3b + 1, so that the honest members
/// alone are one. A liar can withhold a value here, or show an old one; it cannot make one up.
/// Where it could, take [`Masking`].
///
/// Source: Malkhi and Reiter, "Byzantine Quorum Systems", Distributed Computing 11(4), 1998.
///
/// ```
/// use synod_quorum::{Dissemination, NodeSet, Quorums};
///
/// let system: Dissemination = Dissemination::new(NodeSet::first(4)?, 1)?;
/// assert_eq!(system.needed(), 3);
/// assert!(Dissemination::<1>::new(NodeSet::first(3)?, 1).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Dissemination<const WORDS: usize = 1> {
    quorum: Threshold<WORDS>,
    b: usize,
}

impl<const WORDS: usize> Dissemination<WORDS> {
    /// The system of these members, of which up to `b` may lie. (With `b` 0 it is the majority.)
    ///
    /// # Errors
    ///
    /// [`TooFewNodes`] for fewer than 3`b` + 1 members.
    pub const fn new(members: NodeSet<WORDS>, b: usize) -> Result<Self, TooFewNodes> {
        match quorum(members, b, 3, 1) {
            Ok(quorum) => Ok(Self { quorum, b }),
            Err(error) => Err(error),
        }
    }

    /// How many members are enough.
    #[must_use]
    pub const fn needed(&self) -> usize {
        self.quorum.needed()
    }

    /// How many members may lie.
    #[must_use]
    pub const fn b(&self) -> usize {
        self.b
    }
}

impl<const WORDS: usize> Quorums<WORDS> for Dissemination<WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        self.quorum.members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.quorum.is_quorum(nodes)
    }

    #[inline]
    fn shape(&self) -> Shape<'_, WORDS> {
        self.quorum.shape()
    }
}

impl<const WORDS: usize> QuorumSystem<WORDS> for Dissemination<WORDS> {
    type Phase1<'a> = Self;
    type Phase2<'a> = Self;

    fn phase1(&self) -> Self {
        *self
    }

    fn phase2(&self) -> Self {
        *self
    }
}

/// For values that anybody could make up, when up to `b` members may lie: any two quorums share at
/// least b + 1 members that do not.
///
/// A quorum is ⌈(n + 2b + 1) / 2⌉ of n members, and n is at least 4b + 1. A reader believes a value
/// that b + 1 members give it alike ([`vouching`](Self::vouching)), for one of them is honest.
/// Every quorum that answers holds that many honest members which took the last complete write: of
/// the values so vouched for, it takes the newest.
///
/// Source: Malkhi and Reiter, "Byzantine Quorum Systems", Distributed Computing 11(4), 1998.
///
/// ```
/// use synod_quorum::{Masking, NodeSet, Quorums};
///
/// let system: Masking = Masking::new(NodeSet::first(5)?, 1)?;
/// assert_eq!(system.needed(), 4);
/// let same_answer = NodeSet::from_nodes(&[1, 4])?;
/// assert!(system.vouching().is_quorum(same_answer));
/// assert!(Masking::<1>::new(NodeSet::first(4)?, 1).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Masking<const WORDS: usize = 1> {
    quorum: Threshold<WORDS>,
    b: usize,
}

impl<const WORDS: usize> Masking<WORDS> {
    /// The system of these members, of which up to `b` may lie. (With `b` 0 it is the majority.)
    ///
    /// # Errors
    ///
    /// [`TooFewNodes`] for fewer than 4`b` + 1 members.
    pub const fn new(members: NodeSet<WORDS>, b: usize) -> Result<Self, TooFewNodes> {
        match quorum(members, b, 4, 2) {
            Ok(quorum) => Ok(Self { quorum, b }),
            Err(error) => Err(error),
        }
    }

    /// How many members are enough.
    #[must_use]
    pub const fn needed(&self) -> usize {
        self.quorum.needed()
    }

    /// How many members may lie.
    #[must_use]
    pub const fn b(&self) -> usize {
        self.b
    }

    /// Any b + 1 members, of which at least one is honest.
    #[must_use]
    pub const fn vouching(&self) -> Threshold<WORDS> {
        self.quorum.lowered_to(self.b.saturating_add(1))
    }
}

impl<const WORDS: usize> Quorums<WORDS> for Masking<WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        self.quorum.members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.quorum.is_quorum(nodes)
    }

    #[inline]
    fn shape(&self) -> Shape<'_, WORDS> {
        self.quorum.shape()
    }
}

impl<const WORDS: usize> QuorumSystem<WORDS> for Masking<WORDS> {
    type Phase1<'a> = Self;
    type Phase2<'a> = Self;

    fn phase1(&self) -> Self {
        *self
    }

    fn phase2(&self) -> Self {
        *self
    }
}

/// The threshold of quorums any two of which share `overlap * b + 1` members, where there are at
/// least `times * b + 1`.
const fn quorum<const WORDS: usize>(
    members: NodeSet<WORDS>,
    b: usize,
    times: usize,
    overlap: usize,
) -> Result<Threshold<WORDS>, TooFewNodes> {
    let count = members.len();
    let least = b.saturating_mul(times).saturating_add(1);
    let shared = b.saturating_mul(overlap).saturating_add(1);
    // Nothing is saturated where there are enough members.
    match Threshold::new(members, count.saturating_add(shared).div_ceil(2)) {
        Ok(quorum) if count >= least => Ok(quorum),
        _ => Err(TooFewNodes { needed: least, members: count }),
    }
}

/// Too few members for so many liars. Add members, or tolerate fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TooFewNodes {
    /// How many members it takes.
    pub needed: usize,
    /// How many there are.
    pub members: usize,
}

impl fmt::Display for TooFewNodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it takes {} nodes, and there are {}", self.needed, self.members)
    }
}

impl core::error::Error for TooFewNodes {}
