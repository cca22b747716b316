//! One family, any two quorums of which meet.

use crate::{
    IntersectionError, NodeSet, QuorumSystem, Quorums, Shape, Shortfall, TooManyNodes, intersection,
};

/// A family that was proven to be a system of its own: **any two of its quorums meet**.
///
/// [`Majority`](crate::Majority) is one by definition. This makes one of a threshold, of
/// weights, of a list or of a family of your own, or shows two quorums that do not meet.
///
/// The proof is of the family as it was: one whose answers change, through a cell or a clock, has
/// none. Decisions cost what they cost in the family.
///
/// Source: Garcia-Molina and Barbara, "How to Assign Votes in a Distributed System", Journal of the
/// ACM 32(4), 1985.
///
/// ```
/// use synod_quorum::{Coterie, IntersectionError, NodeSet, Threshold};
///
/// let nodes: NodeSet = NodeSet::first(4)?;
/// assert!(Coterie::new(Threshold::new(nodes, 3)?).is_ok());
/// assert_eq!(
///     Coterie::new(Threshold::new(nodes, 2)?),
///     Err(IntersectionError::Disjoint {
///         first: NodeSet::from_nodes(&[0, 1])?,
///         second: NodeSet::from_nodes(&[2, 3])?,
///     }),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Coterie<F, const WORDS: usize = 1> {
    family: F,
}

impl<F, const WORDS: usize> Coterie<F, WORDS> {
    /// The family as a system. Costs what [`intersection`](crate::intersection()) does.
    ///
    /// # Errors
    ///
    /// [`IntersectionError`]: two quorums that do not meet, or no proof.
    pub fn new(family: F) -> Result<Self, IntersectionError<WORDS>>
    where
        F: Quorums<WORDS>,
    {
        intersection(&family, &family)?;
        Ok(Self { family })
    }

    /// A family whose quorums meet by the way it was made.
    pub(crate) const fn proven(family: F) -> Self {
        Self { family }
    }

    /// The family.
    #[must_use]
    pub const fn family(&self) -> &F {
        &self.family
    }
}

impl<F: Quorums<WORDS>, const WORDS: usize> Quorums<WORDS> for Coterie<F, WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        self.family.members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.family.is_quorum(nodes)
    }

    #[inline]
    fn shape(&self) -> Shape<'_, WORDS> {
        self.family.shape()
    }

    fn shortfall(&self, have: NodeSet<WORDS>, silent: NodeSet<WORDS>) -> Shortfall {
        self.family.shortfall(have, silent)
    }

    fn is_blocked_by(&self, silent: NodeSet<WORDS>) -> bool {
        self.family.is_blocked_by(silent)
    }

    fn critical(&self, silent: NodeSet<WORDS>) -> NodeSet<WORDS> {
        self.family.critical(silent)
    }

    fn resilience(&self) -> Result<usize, TooManyNodes> {
        self.family.resilience()
    }
}

impl<F: Quorums<WORDS>, const WORDS: usize> QuorumSystem<WORDS> for Coterie<F, WORDS> {
    type Phase1<'a>
        = &'a F
    where
        F: 'a;
    type Phase2<'a>
        = &'a F
    where
        F: 'a;

    fn phase1(&self) -> &F {
        &self.family
    }

    fn phase2(&self) -> &F {
        &self.family
    }
}
