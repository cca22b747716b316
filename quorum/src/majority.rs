//! More than half.

use core::fmt;

use crate::{NodeSet, QuorumSystem, Quorums, Shape, Threshold};

/// More than half of the members: ⌊n/2⌋ + 1 of n.
///
/// The usual system: any two quorums meet, and it survives the silence of any ⌈n/2⌉ − 1 members,
/// which no other coterie of n nodes surpasses. An even n survives no more than n − 1 does.
///
/// Every decision is exact. They are O(`WORDS`), except `critical`, O(n) for n members, and
/// `committed`, O(n) as a rule and O(n²) at worst.
///
/// Source: Thomas, "A Majority Consensus Approach to Concurrency Control for Multiple Copy
/// Databases", ACM TODS 4(2), 1979.
///
/// ```
/// use synod_quorum::{Majority, NodeSet, Quorums};
///
/// let voters = NodeSet::first(4)?;
/// let system: Majority = Majority::new(voters)?;
/// assert!(!system.is_quorum(NodeSet::from_nodes(&[0, 1])?)); // half is not enough
/// assert!(system.is_quorum(NodeSet::from_nodes(&[0, 1, 3])?));
/// assert!(Majority::new(NodeSet::<1>::new()).is_err()); // nobody to agree
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Majority<const WORDS: usize = 1> {
    threshold: Threshold<WORDS>,
}

impl<const WORDS: usize> Majority<WORDS> {
    /// The majority of these members.
    ///
    /// # Errors
    ///
    /// [`NoMembers`] for the empty set. (Nobody agreeing with nobody is how an empty half of a
    /// joint configuration comes to win every vote.)
    pub const fn new(members: NodeSet<WORDS>) -> Result<Self, NoMembers> {
        // The one threshold that cannot be reached is that of nobody.
        match Threshold::new(members, (members.len() / 2).saturating_add(1)) {
            Ok(threshold) => Ok(Self { threshold }),
            Err(_) => Err(NoMembers),
        }
    }

    /// How many members are enough.
    #[must_use]
    pub const fn needed(&self) -> usize {
        self.threshold.needed()
    }
}

impl<const WORDS: usize> Quorums<WORDS> for Majority<WORDS> {
    #[inline]
    fn members(&self) -> NodeSet<WORDS> {
        self.threshold.members()
    }

    #[inline]
    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.threshold.is_quorum(nodes)
    }

    #[inline]
    fn shape(&self) -> Shape<'_, WORDS> {
        self.threshold.shape()
    }
}

impl<const WORDS: usize> QuorumSystem<WORDS> for Majority<WORDS> {
    type Phase1<'a> = Self;
    type Phase2<'a> = Self;

    fn phase1(&self) -> Self {
        *self
    }

    fn phase2(&self) -> Self {
        *self
    }
}

/// Nobody is a member, so nobody could ever agree. Name at least one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NoMembers;

impl fmt::Display for NoMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there are no members")
    }
}

impl core::error::Error for NoMembers {}
