//! Two systems at once.

use crate::{NodeSet, QuorumSystem, Quorums, Shape, Shortfall, TooManyNodes, shortfall};

/// Two systems at once: a quorum is a quorum **in each half**.
///
/// For a change of membership. While it lasts, nothing is decided without a quorum of the outgoing
/// members and one of the incoming, so a decision under the joint system meets every decision of
/// either half, before and after. A node that is a member of both halves is one node: it answers
/// once, and counts in both.
///
/// Neither half can be empty, as no system is: an empty half would agree to everything.
///
/// A joint system is a [`QuorumSystem`] if its halves are, and a family ([`Quorums`]) if they are.
/// Decisions cost what they cost in both halves. [`Shortfall`] is exact where both halves count
/// nodes; otherwise the halves are asked, and then the subsets of up to 20 missing nodes.
///
/// Source: Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", USENIX ATC
/// 2014, section 6.
///
/// ```
/// use synod_quorum::{Joint, Majority, NodeSet, Quorums};
///
/// let outgoing = Majority::new(NodeSet::from_nodes(&[0, 1, 2])?)?;
/// let incoming = Majority::new(NodeSet::from_nodes(&[2, 3, 4])?)?;
/// let joint: Joint<Majority> = Joint::new(outgoing, incoming);
/// assert!(!joint.is_quorum(NodeSet::from_nodes(&[0, 1, 2])?));
/// assert!(joint.is_quorum(NodeSet::from_nodes(&[0, 2, 4])?)); // 2 counts in both
///
/// let stored = [Some(9), Some(9), Some(7), Some(5), None];
/// assert_eq!(joint.committed(|node| stored[node]), Some(5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Joint<A, B = A, const WORDS: usize = 1> {
    outgoing: A,
    incoming: B,
}

impl<A, B, const WORDS: usize> Joint<A, B, WORDS> {
    /// The joint system of two.
    #[must_use]
    pub const fn new(outgoing: A, incoming: B) -> Self
    where
        A: QuorumSystem<WORDS>,
        B: QuorumSystem<WORDS>,
    {
        Self { outgoing, incoming }
    }

    /// The half that is being left.
    #[must_use]
    pub const fn outgoing(&self) -> &A {
        &self.outgoing
    }

    /// The half that is being entered.
    #[must_use]
    pub const fn incoming(&self) -> &B {
        &self.incoming
    }
}

impl<A: Quorums<WORDS>, B: Quorums<WORDS>, const WORDS: usize> Quorums<WORDS>
    for Joint<A, B, WORDS>
{
    /// The members of either half.
    #[inline]
    fn members(&self) -> NodeSet<WORDS> {
        self.outgoing.members() | self.incoming.members()
    }

    #[inline]
    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        // Both, whatever the first says: no branch to predict.
        self.outgoing.is_quorum(nodes) & self.incoming.is_quorum(nodes)
    }

    /// What both halves have committed.
    #[inline]
    fn committed(&self, report: impl Fn(usize) -> Option<u64>) -> Option<u64> {
        let outgoing = self.outgoing.committed(&report)?;
        let incoming = self.incoming.committed(&report)?;
        Some(outgoing.min(incoming))
    }

    fn shortfall(&self, have: NodeSet<WORDS>, silent: NodeSet<WORDS>) -> Shortfall {
        let halves = (self.outgoing.shortfall(have, silent), self.incoming.shortfall(have, silent));
        let (
            Shortfall::Exactly(one) | Shortfall::AtLeast(one),
            Shortfall::Exactly(other) | Shortfall::AtLeast(other),
        ) = halves
        else {
            return Shortfall::OutOfReach;
        };
        let shared = (self.outgoing.members() & self.incoming.members()) - have - silent;
        let most_saved = one.min(other).min(shared.len());
        let shapes = (self.outgoing.shape(), self.incoming.shape());
        let are_counted = matches!(shapes, (Shape::Count(_), Shape::Count(_)));
        match halves {
            // Where nodes are counted, each that is missing in both halves serves both; it is the
            // same for any families if there is none to serve both.
            (Shortfall::Exactly(one), Shortfall::Exactly(other))
                if are_counted || most_saved == 0 =>
            {
                Shortfall::Exactly(one.saturating_add(other).saturating_sub(most_saved))
            }
            _ => shortfall::by_search(self, have, silent, one.max(other)),
        }
    }

    /// What blocks a half blocks both.
    fn resilience(&self) -> Result<usize, TooManyNodes> {
        Ok(self.outgoing.resilience()?.min(self.incoming.resilience()?))
    }
}

impl<A: QuorumSystem<WORDS>, B: QuorumSystem<WORDS>, const WORDS: usize> QuorumSystem<WORDS>
    for Joint<A, B, WORDS>
{
    type Phase1<'a>
        = Joint<A::Phase1<'a>, B::Phase1<'a>, WORDS>
    where
        Self: 'a;
    type Phase2<'a>
        = Joint<A::Phase2<'a>, B::Phase2<'a>, WORDS>
    where
        Self: 'a;

    fn phase1(&self) -> Self::Phase1<'_> {
        Joint { outgoing: self.outgoing.phase1(), incoming: self.incoming.phase1() }
    }

    fn phase2(&self) -> Self::Phase2<'_> {
        Joint { outgoing: self.outgoing.phase2(), incoming: self.incoming.phase2() }
    }
}
