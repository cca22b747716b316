//! Families of quorums that are safe together.

use crate::Quorums;

/// Two families of quorums such that **every quorum of phase 1 meets every quorum of phase 2**.
///
/// That is what consensus and replicated stores rest on: whoever asks a quorum of phase 1 (a new
/// leader, a reader) hears of whatever a quorum of phase 2 has accepted (a commit, a write),
/// because some node belongs to both. Where one family serves both phases, as a
/// [`Majority`](crate::Majority) does, any two quorums meet.
///
/// Every implementation in this crate has been proven when it was built, by arithmetic or by
/// search; a decoder builds them the same way. What cannot be proven stays a family
/// ([`Quorums`]) and is no system. An implementation of your own makes the promise on its own
/// account; [`intersection`](crate::intersection()) can check it.
///
/// Ask phase 1 of elections and reads, and phase 2 of commits and writes: a system has no decisions
/// of its own, unless it is one family for both.
///
/// Source: Howard, Malkhi and Spiegelman, "Flexible Paxos: Quorum Intersection Revisited", OPODIS
/// 2016, for two families; Naor and Wool, "The Load, Capacity, and Availability of Quorum Systems",
/// SIAM Journal on Computing 27(2), 1998, for one.
///
/// ```
/// use synod_quorum::{Flexible, NodeSet, Quorums, QuorumSystem, Threshold};
///
/// /// Any system will do.
/// fn may_lead<S: QuorumSystem>(system: &S, promises: NodeSet) -> bool {
///     system.phase1().is_quorum(promises)
/// }
///
/// let nodes = NodeSet::first(5)?;
/// let system = Flexible::new(Threshold::new(nodes, 4)?, Threshold::new(nodes, 2)?)?;
/// assert!(!may_lead(&system, NodeSet::first(3)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no quorum system: nothing says that its quorums meet",
    note = "prove it: `Coterie::new(family)` for one family, `Flexible::new(phase1, phase2)` for two"
)]
pub trait QuorumSystem<const WORDS: usize = 1> {
    /// The family of phase 1.
    type Phase1<'a>: Quorums<WORDS>
    where
        Self: 'a;
    /// The family of phase 2.
    type Phase2<'a>: Quorums<WORDS>
    where
        Self: 'a;

    /// Who must answer before a leader may propose, or a reader may trust what it read.
    fn phase1(&self) -> Self::Phase1<'_>;

    /// Who must accept before a value is chosen, or a write is done.
    fn phase2(&self) -> Self::Phase2<'_>;
}

/// A system by reference.
impl<const WORDS: usize, S: QuorumSystem<WORDS>> QuorumSystem<WORDS> for &S {
    type Phase1<'a>
        = S::Phase1<'a>
    where
        Self: 'a;
    type Phase2<'a>
        = S::Phase2<'a>
    where
        Self: 'a;

    fn phase1(&self) -> Self::Phase1<'_> {
        (**self).phase1()
    }

    fn phase2(&self) -> Self::Phase2<'_> {
        (**self).phase2()
    }
}
