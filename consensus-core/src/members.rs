//! Who takes part, and what is enough of them.

use core::{fmt, mem};

use synod_quorum::{Majority, NodeSet, QuorumSystem, Quorums};

use crate::NodeId;

/// Those who decide together, in ascending order, with the system of their quorums: from 1 up to
/// `N` of them, which may be 64.
///
/// A member's place in this order is its number in the sets of `synod-quorum`: in `[10, 20, 30]`,
/// whatever the order in which they are named, node 1 of the system is the member 20.
///
/// ```
/// use synod_consensus_core::{Members, NodeId};
/// use synod_quorum::{Flexible, NodeSet, Threshold};
///
/// let ids = [NodeId(10), NodeId(20), NodeId(30), NodeId(40)];
/// let majority = Members::<4>::majority(&ids)?; // any three
///
/// // Commits wait for two of the four, leaders ask three.
/// let nodes = NodeSet::first(4)?;
/// let system = Flexible::new(Threshold::new(nodes, 3)?, Threshold::new(nodes, 2)?)?;
/// let flexible = Members::<4, _>::new(&ids, system)?;
/// assert_eq!(flexible.as_slice(), majority.as_slice());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Members<const N: usize, S = Majority> {
    /// Those behind `count` are zero.
    ids: [NodeId; N],
    count: usize,
    system: S,
}

impl<const N: usize> Members<N> {
    /// These members, in any order, any majority of whom decides. A capacity of 0 or beyond 64 does
    /// not compile. O(n²).
    ///
    /// # Errors
    ///
    /// [`MembersError`].
    pub fn majority(members: &[NodeId]) -> Result<Self, MembersError> {
        let (ids, count) = sort(members)?;
        let all = NodeSet::first(count).map_err(|_| MembersError::TooMany)?;
        let system = Majority::new(all).map_err(|_| MembersError::None)?;
        Ok(Self { ids, count, system })
    }
}

impl<S: QuorumSystem, const N: usize> Members<N, S> {
    /// These members, in any order, and the system of their quorums, whose node `i` is the `i`-th of
    /// them in ascending order. A capacity of 0 or beyond 64 does not compile. O(n²).
    ///
    /// # Errors
    ///
    /// [`MembersError`].
    pub fn new(members: &[NodeId], system: S) -> Result<Self, MembersError> {
        let (ids, count) = sort(members)?;
        let all = NodeSet::first(count).map_err(|_| MembersError::TooMany)?;
        if count == 0 {
            return Err(MembersError::None);
        }
        let named = system.phase1().members() | system.phase2().members();
        if !named.is_subset(all) {
            return Err(MembersError::Outside);
        }
        Ok(Self { ids, count, system })
    }

    /// Whether these are enough to hear before anything is proposed.
    pub(crate) fn is_phase1_quorum(&self, nodes: NodeSet) -> bool {
        self.system.phase1().is_quorum(nodes)
    }

    /// Whether what these have accepted is chosen.
    pub(crate) fn is_phase2_quorum(&self, nodes: NodeSet) -> bool {
        if cfg!(synod_planted = "p06") {
            return nodes.len().saturating_mul(2).saturating_add(1) >= self.count;
        }
        self.system.phase2().is_quorum(nodes)
    }
}

impl<S, const N: usize> Members<N, S> {
    /// All of them, ascending.
    #[must_use]
    pub fn as_slice(&self) -> &[NodeId] {
        self.ids.get(..self.count).unwrap_or(&[])
    }

    /// What is enough of them.
    #[must_use]
    pub const fn system(&self) -> &S {
        &self.system
    }

    /// The place of this one.
    pub(crate) fn position(&self, id: NodeId) -> Option<usize> {
        self.as_slice().iter().position(|&member| member == id)
    }

    /// Who stands at this place.
    pub(crate) fn id(&self, position: usize) -> Option<NodeId> {
        self.as_slice().get(position).copied()
    }

    /// The places of all.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))] // flash is dearer than time
    pub(crate) fn all(&self) -> NodeSet {
        // There are at most 64.
        NodeSet::first(self.count).unwrap_or_default()
    }
}

impl<S, const N: usize> fmt::Debug for Members<N, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.as_slice()).finish()
    }
}

/// The members ascending, and how many there are.
fn sort<const N: usize>(members: &[NodeId]) -> Result<([NodeId; N], usize), MembersError> {
    const { assert!(N >= 1 && N <= 64, "there are from 1 to 64 members") };
    let mut ids = [NodeId(0); N];
    let mut count = 0_usize;
    for &member in members {
        insert(&mut ids, &mut count, member, |id| *id)?;
    }
    Ok((ids, count))
}

/// Puts one among the first `count`, which are in the order of their ids.
pub(crate) fn insert<T: Copy>(
    slots: &mut [T],
    count: &mut usize,
    member: T,
    id: impl Fn(&T) -> NodeId,
) -> Result<(), MembersError> {
    let mut carried = member;
    for slot in slots.iter_mut().take(*count) {
        if id(slot) == id(&carried) {
            return Err(MembersError::Twice);
        }
        if id(slot) > id(&carried) {
            mem::swap(slot, &mut carried);
        }
    }
    *slots.get_mut(*count).ok_or(MembersError::TooMany)? = carried;
    *count = count.saturating_add(1);
    Ok(())
}

/// Why members are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum MembersError {
    /// There are none, so nobody could ever agree. Name at least one.
    None,
    /// There are more than there is room for. Choose a larger capacity.
    TooMany,
    /// One is named twice. Name each once, or nobody knows what a majority is.
    Twice,
    /// The quorums count nodes behind the last member. Build the system over as many nodes as there
    /// are members.
    Outside,
}

impl fmt::Display for MembersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "there are no members",
            Self::TooMany => "there are more members than there is room for",
            Self::Twice => "a member is named twice",
            Self::Outside => "the quorums count nodes that are no members",
        })
    }
}

impl core::error::Error for MembersError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_ascending_order() {
        let members = Members::<5>::majority(&[NodeId(30), NodeId(10), NodeId(20)]).unwrap();
        assert_eq!(members.as_slice(), [NodeId(10), NodeId(20), NodeId(30)]);
        assert_eq!(members.position(NodeId(20)), Some(1));
        assert_eq!(members.position(NodeId(0)), None, "what is not in use is nobody");
        assert_eq!((members.id(2), members.id(3)), (Some(NodeId(30)), None));
        assert_eq!(members.system().needed(), 2);
        let all = core::array::from_fn::<_, 64, _>(|id| NodeId(id as u64));
        assert_eq!(Members::<64>::majority(&all).unwrap().as_slice(), all);
    }

    #[test]
    fn a_system_counts_members_only() {
        let ids = [NodeId(1), NodeId(2)];
        let of = |count| Majority::new(NodeSet::first(count).unwrap()).unwrap();
        assert_eq!(Members::<3, _>::new(&ids, of(2)), Members::majority(&ids));
        assert_eq!(Members::<3, _>::new(&ids, of(3)), Err(MembersError::Outside));
        assert!(Members::<3, _>::new(&ids, of(1)).is_ok(), "a member may have no say");
        assert_eq!(Members::<3, _>::new(&[], of(1)), Err(MembersError::None));
        assert_eq!(Members::<1, _>::new(&ids, of(1)), Err(MembersError::TooMany));
        assert_eq!(Members::<2, _>::new(&[NodeId(1); 2], of(1)), Err(MembersError::Twice));
    }
}
