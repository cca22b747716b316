//! A family for each phase.

use crate::{IntersectionError, QuorumSystem, Quorums, intersection};

/// A family for each phase, proven to meet: **each quorum of phase 1 meets each of phase 2**. Two
/// quorums of the same phase need not meet.
///
/// For consensus. The quorum of phase 2 is what every commit waits for, that of phase 1 only a
/// change of leader: with ten nodes, commits may wait for three while elections wait for
/// eight. A store whose writers are not serialized needs its writes to meet, too:
/// [`ReadWrite`](crate::ReadWrite).
///
/// Source: Howard, Malkhi and Spiegelman, "Flexible Paxos: Quorum Intersection Revisited", OPODIS
/// 2016.
///
/// ```
/// use synod_quorum::{Flexible, NodeSet, Quorums, QuorumSystem, Threshold};
///
/// let nodes: NodeSet = NodeSet::first(10)?;
/// let system = Flexible::new(Threshold::new(nodes, 8)?, Threshold::new(nodes, 3)?)?;
/// assert!(system.phase2().is_quorum(NodeSet::first(3)?));
/// assert!(Flexible::new(Threshold::new(nodes, 7)?, Threshold::new(nodes, 3)?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Flexible<A, B = A, const WORDS: usize = 1> {
    phase1: A,
    phase2: B,
}

impl<A, B, const WORDS: usize> Flexible<A, B, WORDS> {
    /// The system of these two families. Costs what [`intersection`](crate::intersection()) does.
    ///
    /// # Errors
    ///
    /// [`IntersectionError`]: a quorum of each that do not meet, or no proof.
    pub fn new(phase1: A, phase2: B) -> Result<Self, IntersectionError<WORDS>>
    where
        A: Quorums<WORDS>,
        B: Quorums<WORDS>,
    {
        intersection(&phase1, &phase2)?;
        Ok(Self { phase1, phase2 })
    }

    /// The family of phase 1.
    #[must_use]
    pub const fn phase1(&self) -> &A {
        &self.phase1
    }

    /// The family of phase 2.
    #[must_use]
    pub const fn phase2(&self) -> &B {
        &self.phase2
    }
}

impl<A: Quorums<WORDS>, B: Quorums<WORDS>, const WORDS: usize> QuorumSystem<WORDS>
    for Flexible<A, B, WORDS>
{
    type Phase1<'a>
        = &'a A
    where
        Self: 'a;
    type Phase2<'a>
        = &'a B
    where
        Self: 'a;

    fn phase1(&self) -> &A {
        &self.phase1
    }

    fn phase2(&self) -> &B {
        &self.phase2
    }
}
