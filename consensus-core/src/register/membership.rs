//! Who remembers a register: a part of its state.

use synod_quorum::NodeSet;

use crate::{MembersError, NodeId, members::insert};

/// Who remembers a register: up to `N` nodes, which may be 64, in ascending order; while they
/// change, those before and those after, which need `N` for both together.
///
/// To decide takes a majority of them; while they change, a majority of those before and one of those
/// after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Membership<const N: usize> {
    /// Those behind `count` are [`Member::NOBODY`].
    members: [Member; N],
    count: usize,
}

/// One who remembers a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Member {
    /// Its id.
    pub id: NodeId,
    /// Whether it is one before a change, after it, or both.
    pub part: Part,
}

/// What part a member has in a change of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Part {
    /// It is a member before and after; all are where nothing changes.
    Stays,
    /// It is a member before.
    Leaves,
    /// It is a member after.
    Joins,
}

impl Member {
    const NOBODY: Self = Self { id: NodeId(0), part: Part::Stays };
    /// An id and a part, as they are encoded.
    pub(super) const MAX_BYTES: usize = 11;
}

impl<const N: usize> Membership<N> {
    /// Nobody: of a node that is to join, and does not know whom.
    pub(super) const NOBODY: Self = {
        assert!(N >= 1 && N <= 64, "there are from 1 to 64 members");
        Self { members: [Member::NOBODY; N], count: 0 }
    };

    /// These, in any order. A capacity of 0 or beyond 64 does not compile. O(n²).
    ///
    /// # Errors
    ///
    /// [`MembersError`].
    pub fn new(members: &[NodeId]) -> Result<Self, MembersError> {
        let mut membership = Self::NOBODY;
        for &id in members {
            membership.insert(Member { id, part: Part::Stays })?;
        }
        if members.is_empty() { Err(MembersError::None) } else { Ok(membership) }
    }

    /// All of them, ascending.
    #[must_use]
    pub fn as_slice(&self) -> &[Member] {
        self.members.get(..self.count).unwrap_or(&[])
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn contains(&self, id: NodeId) -> bool {
        self.place(id).is_some()
    }

    /// Whether they are about to change.
    #[must_use]
    pub fn is_changing(&self) -> bool {
        self.as_slice().iter().any(|member| member.part != Part::Stays)
    }

    /// On the way from these, which are not about to change, to those.
    pub(super) fn toward(&self, after: &Self) -> Result<Self, MembersError> {
        let mut joint = *self;
        for member in joint.members.iter_mut().take(self.count) {
            member.part = if after.contains(member.id) { Part::Stays } else { Part::Leaves };
        }
        for &Member { id, .. } in after.as_slice() {
            if !self.contains(id) {
                joint.insert(Member { id, part: Part::Joins })?;
            }
        }
        Ok(joint)
    }

    /// At the end of that way.
    pub(super) fn settled(&self) -> Self {
        self.without(Part::Leaves)
    }

    /// At its beginning.
    pub(super) fn before(&self) -> Self {
        self.without(Part::Joins)
    }

    fn without(&self, part: Part) -> Self {
        let mut others = Self::NOBODY;
        for member in self.as_slice() {
            if member.part != part {
                // No more than there were.
                let _ = others.insert(Member { id: member.id, part: Part::Stays });
            }
        }
        others
    }

    /// Whether these places are enough of those before, and of those after.
    pub(super) fn is_quorum(&self, places: NodeSet) -> bool {
        // Each is more than half where the half that is there outweighs the rest.
        let (mut before, mut after) = (0_i32, 0_i32);
        for (place, member) in (0_usize..64).zip(self.as_slice()) {
            let weight = if places.contains(place) { 1 } else { -1 };
            if member.part != Part::Joins {
                before = before.saturating_add(weight);
            }
            if member.part != Part::Leaves {
                after = after.saturating_add(weight);
            }
        }
        if cfg!(synod_planted = "p06") {
            return before.saturating_add(1) >= 0;
        }
        before > 0 && after > 0
    }

    /// Whether all but these places are.
    pub(super) fn is_quorum_without(&self, places: NodeSet) -> bool {
        // What is behind the last place counts for nothing.
        self.is_quorum(NodeSet::from_words(places.to_words().map(|word| !word)))
    }

    /// The places of all.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))] // flash is dearer than time
    pub(super) fn all(&self) -> NodeSet {
        // There are at most 64.
        NodeSet::first(self.count).unwrap_or_default()
    }

    /// The place of this one.
    pub(super) fn place(&self, id: NodeId) -> Option<usize> {
        self.as_slice().iter().position(|member| member.id == id)
    }

    /// The first who stands at one of these places.
    pub(super) fn first(&self, places: NodeSet) -> Option<(usize, NodeId)> {
        let mut members = (0_usize..64).zip(self.as_slice());
        let (place, member) = members.find(|(place, _)| places.contains(*place))?;
        Some((place, member.id))
    }

    /// Where those stand here who stand at these places there.
    pub(super) fn places_of(&self, there: &Self, places: NodeSet) -> NodeSet {
        let mut here = NodeSet::new();
        for (place, member) in (0_usize..64).zip(self.as_slice()) {
            if there.place(member.id).is_some_and(|there| places.contains(there)) {
                // Every place is below 64.
                let _ = here.insert(place);
            }
        }
        here
    }

    /// Puts one where it belongs.
    fn insert(&mut self, member: Member) -> Result<(), MembersError> {
        insert(&mut self.members, &mut self.count, member, |member| member.id)
    }
}

#[cfg(feature = "serde")]
mod encoding {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
    use synod_capacity::{Inline, List};

    use super::{Member, Membership};

    /// A sequence of members.
    impl<const N: usize> Serialize for Membership<N> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.as_slice().serialize(serializer)
        }
    }

    impl<'de, const N: usize> Deserialize<'de> for Membership<N> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let members = List::<Member, Inline<N>>::deserialize(deserializer)?;
            let mut membership = Self::NOBODY;
            let mut last = None;
            for &member in members.as_slice() {
                if last >= Some(member.id) {
                    return Err(D::Error::custom("members are not ascending"));
                }
                last = Some(member.id);
                membership.insert(member).map_err(D::Error::custom)?;
            }
            // All leave, or nobody was there before.
            if membership.count > 0 && !membership.is_quorum(membership.all()) {
                return Err(D::Error::custom("there is nobody before a change, or after it"));
            }
            Ok(membership)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ids: &[u64]) -> Membership<5> {
        let mut membership = Membership::NOBODY;
        for &id in ids {
            membership.insert(Member { id: NodeId(id), part: Part::Stays }).unwrap();
        }
        membership
    }

    fn is_quorum(membership: &Membership<5>, ids: &[u64]) -> bool {
        let mut places = NodeSet::new();
        for &id in ids {
            places.insert(membership.place(NodeId(id)).unwrap()).unwrap();
        }
        membership.is_quorum(places)
    }

    #[test]
    fn a_majority_of_those_who_are_there() {
        let three = Membership::<5>::new(&[NodeId(3), NodeId(1), NodeId(2)]).unwrap();
        assert_eq!((three, three.is_changing()), (of(&[1, 2, 3]), false));
        assert!(is_quorum(&three, &[1, 3]) && !is_quorum(&three, &[2]));
        assert!(is_quorum(&of(&[1, 2, 3, 4]), &[1, 2, 4]));
        assert!(!is_quorum(&of(&[1, 2, 3, 4]), &[1, 2]), "half is not enough");
        assert!(!is_quorum(&of(&[]), &[]), "nobody cannot agree");
        assert_eq!(three.first(NodeSet::from_words([0b1110])), Some((1, NodeId(2))));
        assert_eq!(three.first(NodeSet::from_words([0b1000])), None);
        assert_eq!(three.all().len(), 3);
    }

    #[test]
    fn from_some_to_others() {
        let joint = of(&[1, 2, 3]).toward(&of(&[3, 4, 5])).unwrap();
        assert!(joint.is_changing());
        assert!(is_quorum(&joint, &[2, 3, 4]), "3 is one of both");
        assert!(!is_quorum(&joint, &[1, 2, 3]), "only those before");
        assert!(!is_quorum(&joint, &[3, 4, 5]), "only those after");
        let more = of(&[1, 2]).toward(&of(&[1, 2, 3])).unwrap();
        assert!(is_quorum(&more, &[1, 2]) && !is_quorum(&more, &[1, 3]), "half of those before");
        let fewer = of(&[1, 2, 3]).toward(&of(&[1, 2])).unwrap();
        assert!(is_quorum(&fewer, &[1, 2]) && !is_quorum(&fewer, &[1, 3]), "half of those after");
        assert_eq!((joint.before(), joint.settled()), (of(&[1, 2, 3]), of(&[3, 4, 5])));
        let same = of(&[1, 2]).toward(&of(&[1, 2])).unwrap();
        assert_eq!((same, same.is_changing()), (of(&[1, 2]), false));
        assert_eq!(of(&[1, 2, 3]).toward(&of(&[4, 5, 6])), Err(MembersError::TooMany));
    }

    #[test]
    fn who_cannot_be_members() {
        assert_eq!(Membership::<3>::new(&[]), Err(MembersError::None));
        assert_eq!(Membership::<3>::new(&[NodeId(1); 2]), Err(MembersError::Twice));
        assert_eq!(Membership::<3>::new(&[1, 2, 3, 4].map(NodeId)), Err(MembersError::TooMany));
    }
}
