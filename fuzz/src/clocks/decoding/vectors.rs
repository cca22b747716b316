//! Vectors, and what is made of them: dotted versions and siblings.

use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fmt::Debug};
use synod_clocks::{Capacity, DottedVersionVector, Siblings, VectorClock, VersionVector};

use super::{
    super::{
        relation::{order, relation},
        replica::pair,
        siblings, vector_clock, version_vector,
    },
    Decoded,
};
use crate::refusal::refusal;

/// A version vector without its promises.
type RawVector = Vec<(u8, u64)>;

/// Whether this is sorted, names each replica once, has no zero and fits.
pub(super) fn is_vector<C: Capacity>(raw: &RawVector) -> bool {
    let distinct: BTreeMap<u8, u64> = raw.iter().copied().collect();
    distinct.into_iter().eq(raw.iter().copied())
        && raw.iter().all(|(_, counter)| *counter > 0)
        && raw.len() <= C::LIMIT
}

fn contains(raw: &RawVector, event: (u8, u64)) -> bool {
    raw.iter().any(|(replica, counter)| *replica == event.0 && *counter >= event.1)
}

impl<const N: usize> Decoded for VectorClock<N>
where
    [u64; N]: Serialize + DeserializeOwned + PartialEq + Debug,
{
    type Raw = [u64; N];

    fn is_legal(_: &Self::Raw) -> bool {
        true
    }

    fn read(&self) -> Self::Raw {
        *self.as_array()
    }

    fn operate(&self, other: &Self) {
        let mut own = vector_clock::Modelled::of(*self);
        let theirs = vector_clock::Modelled::of(*other);
        own.compare(&theirs);
        own.increment(0);
        own.merge(&theirs);
        own.increment(1);
        own.meet(&theirs);
        own.compare(&theirs);
    }
}

impl<C: Capacity> Decoded for VersionVector<u8, C> {
    type Raw = RawVector;

    fn is_legal(raw: &Self::Raw) -> bool {
        is_vector::<C>(raw)
    }

    fn read(&self) -> Self::Raw {
        self.iter().map(pair).collect()
    }

    fn operate(&self, other: &Self) {
        let theirs = version_vector::Modelled::of(other.clone());
        let own = version_vector::Modelled::of(self.clone());
        own.compare(&theirs);
        let mut merged = own.clone();
        merged.merge(&theirs);
        merged.compare(&own);
        let mut common = own.clone();
        common.meet(&theirs);
        common.compare(&own);
        for dot in self.iter().chain(other.iter()).take(8) {
            let mut changed = own.clone();
            changed.increment(dot.replica);
            changed.increment(dot.replica.wrapping_add(1));
            changed.remove(dot.replica);
            changed.compare(&theirs);
        }
    }
}

impl<C: Capacity> Decoded for DottedVersionVector<u8, C> {
    type Raw = ((u8, u64), RawVector);

    fn is_legal((dot, past): &Self::Raw) -> bool {
        dot.1 > 0 && is_vector::<C>(past) && !contains(past, *dot)
    }

    fn read(&self) -> Self::Raw {
        (pair(self.dot()), self.past().read())
    }

    fn operate(&self, other: &Self) {
        let ((dot, past), (other_dot, other_past)) = (self.read(), other.read());
        let due = match (
            self.read() == other.read(),
            contains(&past, other_dot),
            contains(&other_past, dot),
        ) {
            (true, _, _) => relation(false, false),
            // Each claiming to know the other is as good as neither.
            (false, knows, known) => relation(knows || !known, known || !knows),
        };
        assert_eq!(self.causality(other), due);
        assert_eq!(self.partial_cmp(other), order(due));

        let mut read: BTreeMap<u8, u64> = past.into_iter().collect();
        read.insert(dot.0, dot.1);
        match self.to_context() {
            Ok(context) => assert!(context.iter().map(pair).eq(read)),
            Err(full) => assert_eq!(Some(full), refusal::<C>(read.len())),
        }
    }
}

impl<C: Capacity, S: Capacity> Decoded for Siblings<u8, u8, C, S> {
    type Raw = (RawVector, Vec<((u8, u64), u8)>);

    fn is_legal((context, versions): &Self::Raw) -> bool {
        let distinct: BTreeMap<(u8, u64), u8> = versions.iter().copied().collect();
        is_vector::<C>(context)
            && distinct.into_iter().eq(versions.iter().copied())
            && versions.iter().all(|(dot, _)| dot.1 > 0 && contains(context, *dot))
            && versions.len() <= S::LIMIT
    }

    fn read(&self) -> Self::Raw {
        let versions = self.versions().iter();
        let versions = versions.map(|(dot, value)| (pair(*dot), *value)).collect();
        (self.context().read(), versions)
    }

    fn operate(&self, other: &Self) {
        let theirs = siblings::Modelled::of(other.clone());
        let own = siblings::Modelled::of(self.clone());
        own.compare(&theirs);
        let mut merged = own.clone();
        merged.merge(&theirs);
        merged.compare(&own);
        for read in [own.known(), theirs.known(), &BTreeMap::new()] {
            let mut deleted = own.clone();
            deleted.delete(read);
            for replica in own.known().keys().copied().take(3).chain([0, 255]) {
                let mut written = own.clone();
                written.put(read, replica, 1);
                written.merge(&theirs);
            }
        }
    }
}
