//! Who votes.

use core::fmt;

use synod_quorum::{Majority, NodeSet};

use crate::NodeId;

/// The voters of a cluster, in ascending order: from 1 up to `VOTERS` of them, which may be 64.
///
/// A voter's place in this order is its number in the sets of `synod-quorum`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Voters<const VOTERS: usize> {
    /// Those behind `count` are zero.
    ids: [NodeId; VOTERS],
    count: usize,
    majority: Majority,
}

impl<const VOTERS: usize> Voters<VOTERS> {
    const AT_MOST_64: () = assert!(VOTERS >= 1 && VOTERS <= 64, "there are from 1 to 64 voters");

    /// These voters, in any order. A capacity beyond 64 does not compile.
    pub(super) fn new(voters: &[NodeId]) -> Result<Self, VotersError> {
        const { Self::AT_MOST_64 };
        let mut ids = [NodeId(0); VOTERS];
        let mut count = 0_usize;
        for &voter in voters {
            let mut carried = voter;
            for slot in ids.iter_mut().take(count) {
                if *slot == carried {
                    return Err(VotersError::Twice);
                }
                if *slot > carried {
                    core::mem::swap(slot, &mut carried);
                }
            }
            *ids.get_mut(count).ok_or(VotersError::TooMany)? = carried;
            count = count.saturating_add(1);
        }
        let members = NodeSet::first(count).map_err(|_| VotersError::TooMany)?;
        let majority = Majority::new(members).map_err(|_| VotersError::None)?;
        Ok(Self { ids, count, majority })
    }

    /// All of them, ascending.
    pub(super) fn as_slice(&self) -> &[NodeId] {
        self.ids.get(..self.count).unwrap_or(&[])
    }

    /// What is enough of them.
    pub(super) const fn majority(&self) -> Majority {
        self.majority
    }

    /// The place of this one.
    pub(super) fn position(&self, id: NodeId) -> Option<usize> {
        self.as_slice().iter().position(|&voter| voter == id)
    }

    /// Who stands at this place.
    pub(super) fn id(&self, position: usize) -> Option<NodeId> {
        self.as_slice().get(position).copied()
    }
}

impl<const VOTERS: usize> fmt::Debug for Voters<VOTERS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.as_slice()).finish()
    }
}

/// Why voters are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum VotersError {
    /// There are none, so nobody could ever agree. Name at least one.
    None,
    /// There are more than there is room for. Choose a larger `VOTERS`.
    TooMany,
    /// One is named twice. Name each once, or nobody knows what a majority is.
    Twice,
}

impl fmt::Display for VotersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "there are no voters",
            Self::TooMany => "there are more voters than there is room for",
            Self::Twice => "a voter is named twice",
        })
    }
}

impl core::error::Error for VotersError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_ascending_order() {
        let voters = Voters::<5>::new(&[NodeId(30), NodeId(10), NodeId(20)]).unwrap();
        assert_eq!(voters.as_slice(), [NodeId(10), NodeId(20), NodeId(30)]);
        assert_eq!(voters.position(NodeId(20)), Some(1));
        assert_eq!(voters.position(NodeId(0)), None, "what is not in use is nobody");
        assert_eq!((voters.id(2), voters.id(3)), (Some(NodeId(30)), None));
        assert_eq!(voters.majority().needed(), 2);
        let all = core::array::from_fn::<_, 64, _>(|id| NodeId(id as u64));
        assert_eq!(Voters::<64>::new(&all).unwrap().as_slice(), all);
    }
}
