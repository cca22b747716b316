//! A version vector for a changing membership.

use core::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    iter::Copied,
    num::NonZeroU64,
    slice,
};

use synod_capacity::{Capacity, Full, List};

use crate::{
    Causality, Dot,
    sorted_dots::{
        Difference, compare, keep_common, merge_from_back, position, raise, raise_all,
        same_replicas,
    },
};

/// How many events of each replica are known: for each replica seen, its latest [`Dot`], and with
/// it all before.
///
/// For a membership that changes: replicas are ids in a sorted list of capacity `C`, and a replica
/// never seen counts as zero. Ids are compared, never hashed. Where the membership is fixed when
/// the program is built, a [`VectorClock`](crate::VectorClock) has no ids to store and compare;
/// where events may arrive out of order, a [`CausalContext`](crate::CausalContext) keeps the gaps.
///
/// Promises: [`causality`](Self::causality) is exact if each replica increments its own entry for
/// each of its events and merges what it receives; [`merge`](Self::merge) and
/// [`meet`](Self::meet) are the bounds of a lattice; what is refused has changed nothing; vectors
/// of different capacities compare, hash, merge and encode alike.
///
/// With `n` entries here and `m` in the other vector, `get`, `contains`, `observe` and `increment`
/// are O(log n), and O(n) where a replica comes or goes; what takes two vectors is O(n + m).
/// Nothing allocates, unless `C` is `Heap` and a replica is new.
///
/// Source: Parker et al., "Detection of Mutual Inconsistency in Distributed Systems", IEEE TSE
/// 1983.
///
/// ```
/// use synod_clocks::{Causality, Inline, VersionVector};
///
/// type Version = VersionVector<u16, Inline<4>>;
///
/// let mut kitchen = Version::new();
/// kitchen.increment(1)?;
/// let mut hall = kitchen.clone();
/// kitchen.increment(1)?;
/// hall.increment(2)?; // neither edit knows of the other
/// assert_eq!(kitchen.causality(&hall), Causality::Concurrent);
///
/// kitchen.merge(&hall)?;
/// assert!(kitchen > hall);
/// assert_eq!((kitchen.get(1), kitchen.get(2), kitchen.get(3)), (2, 1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct VersionVector<Id, C: Capacity> {
    // Sorted by replica, one dot each.
    dots: List<Dot<Id>, C>,
}

impl<Id: Copy + Ord, C: Capacity> VersionVector<Id, C> {
    /// The vector before any event.
    #[must_use]
    pub const fn new() -> Self {
        Self { dots: List::new() }
    }

    /// The vector that knows of each of `dots`, in any order. O(n log n) if they come in order of
    /// replica, O(n²) at worst.
    ///
    /// # Errors
    ///
    /// [`Full`], at the first dot whose replica does not fit.
    pub fn from_dots(dots: impl IntoIterator<Item = Dot<Id>>) -> Result<Self, Full> {
        let mut vector = Self::new();
        for dot in dots {
            vector.observe(dot)?;
        }
        Ok(vector)
    }

    /// The number of events of `replica` that are known; 0 for one never seen.
    #[must_use]
    pub fn get(&self, replica: Id) -> u64 {
        self.entry(replica).map_or(0, |dot| dot.counter.get())
    }

    /// Whether the event `dot` is known.
    #[must_use]
    pub fn contains(&self, dot: Dot<Id>) -> bool {
        self.entry(dot.replica).is_some_and(|known| known.counter >= dot.counter)
    }

    /// The latest dot of each replica seen, sorted by replica.
    #[must_use]
    pub fn as_slice(&self) -> &[Dot<Id>] {
        &self.dots
    }

    /// The latest dot of each replica seen, in order of replica.
    pub fn iter(&self) -> Copied<slice::Iter<'_, Dot<Id>>> {
        self.as_slice().iter().copied()
    }

    /// The number of replicas seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.dots.len()
    }

    /// Whether no event is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.dots.is_empty()
    }

    /// Counts an event of `replica` and gives its dot.
    ///
    /// # Errors
    ///
    /// [`IncrementError`]; the vector is unchanged.
    pub fn increment(&mut self, replica: Id) -> Result<Dot<Id>, IncrementError> {
        let counter = self.get(replica).checked_add(1).and_then(NonZeroU64::new);
        let dot = Dot { replica, counter: counter.ok_or(IncrementError::Exhausted)? };
        self.observe(dot).map_err(IncrementError::Full)?;
        Ok(dot)
    }

    /// Learns of the event `dot` and of all before it. Gives whether that was news.
    ///
    /// # Errors
    ///
    /// [`Full`]: the replica is new and does not fit. The vector is unchanged.
    pub fn observe(&mut self, dot: Dot<Id>) -> Result<bool, Full> {
        match position(&self.dots, dot.replica) {
            Ok(found) => Ok(self.dots.get_mut(found).is_some_and(|known| raise(known, dot))),
            Err(gap) => match self.dots.insert(gap, dot) {
                Ok(()) => Ok(true),
                Err((full, _)) => Err(full),
            },
        }
    }

    /// Forgets `replica`, and gives the number of its events that were known.
    ///
    /// Right only once no other vector will ever be compared that still has the entry, for to
    /// those this one now knows nothing of the replica.
    pub fn remove(&mut self, replica: Id) -> Option<NonZeroU64> {
        let found = position(&self.dots, replica).ok()?;
        self.dots.remove(found).map(|dot| dot.counter)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.dots.clear();
    }

    /// Learns all that `other` knows. Gives whether anything was news.
    ///
    /// # Errors
    ///
    /// [`Full`]: the replicas of both do not fit. The vector is unchanged.
    pub fn merge<D: Capacity>(&mut self, other: &VersionVector<Id, D>) -> Result<bool, Full> {
        if let [dot] = other.as_slice() {
            return self.observe(*dot);
        }
        if same_replicas(&self.dots, &other.dots) {
            return Ok(raise_all(&mut self.dots, &other.dots));
        }
        let found = compare(&self.dots, &other.dots, |found| found.missing > 0);
        let own = self.dots.len();
        let room = if found.missing > 0 { self.make_room(other)? } else { 0 };
        if let (true, Some(filler)) = (found.other_surplus, other.dots.first()) {
            self.dots.resize(own.saturating_add(room), filler)?;
            let union = merge_from_back(&mut self.dots, own, &other.dots);
            self.dots.truncate(union);
        }
        debug_assert!(self.is_sorted());
        Ok(found.other_surplus)
    }

    /// Keeps what both know: the smaller of each pair of counters. Gives whether anything was
    /// given up.
    pub fn meet<D: Capacity>(&mut self, other: &VersionVector<Id, D>) -> bool {
        let (kept, mut lowered) = keep_common(&mut self.dots, &other.dots);
        lowered |= kept < self.dots.len();
        self.dots.truncate(kept);
        lowered
    }

    /// Whether this vector knows all that `other` knows.
    #[must_use]
    pub fn dominates<D: Capacity>(&self, other: &VersionVector<Id, D>) -> bool {
        !compare(&self.dots, &other.dots, |found| found.other_surplus).other_surplus
    }

    /// How this vector stands to `other`.
    #[must_use]
    pub fn causality<D: Capacity>(&self, other: &VersionVector<Id, D>) -> Causality {
        let concurrent = |found: &Difference| found.own_surplus & found.other_surplus;
        let found = compare(&self.dots, &other.dots, concurrent);
        Causality::from_surplus(found.own_surplus, found.other_surplus)
    }

    /// Makes sure that `additional` more replicas fit, or changes nothing.
    pub(crate) fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        self.dots.reserve(additional)
    }

    /// How many replicas of `other` have no entry here.
    pub(crate) fn missing<D: Capacity>(&self, other: &VersionVector<Id, D>) -> usize {
        compare(&self.dots, &other.dots, |_| false).missing
    }

    /// Makes room for a merge with `other`, and gives for how many replicas: all of them, which
    /// saves the counting, or else just those that are missing here.
    fn make_room<D: Capacity>(&mut self, other: &VersionVector<Id, D>) -> Result<usize, Full> {
        let room = match self.dots.reserve(other.len()) {
            Ok(()) => return Ok(other.len()),
            Err(_) => self.missing(other),
        };
        self.dots.reserve(room)?;
        Ok(room)
    }

    /// The promise of the type: replicas strictly rise.
    fn is_sorted(&self) -> bool {
        self.dots.is_sorted_by(|a, b| a.replica < b.replica)
    }

    fn entry(&self, replica: Id) -> Option<&Dot<Id>> {
        position(&self.dots, replica).ok().and_then(|found| self.dots.get(found))
    }
}

impl<Id, C: Capacity> Default for VersionVector<Id, C> {
    fn default() -> Self {
        Self { dots: List::new() }
    }
}

impl<Id: Clone, C: Capacity> Clone for VersionVector<Id, C> {
    fn clone(&self) -> Self {
        Self { dots: self.dots.clone() }
    }
}

impl<Id: fmt::Debug, C: Capacity> fmt::Debug for VersionVector<Id, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.dots.iter().map(|dot| (&dot.replica, dot.counter))).finish()
    }
}

#[cfg(feature = "defmt")]
impl<Id: defmt::Format, C: Capacity> defmt::Format for VersionVector<Id, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "VersionVector {}", self.dots);
    }
}

impl<Id: PartialEq, C: Capacity, D: Capacity> PartialEq<VersionVector<Id, D>>
    for VersionVector<Id, C>
{
    fn eq(&self, other: &VersionVector<Id, D>) -> bool {
        self.dots == other.dots
    }
}

impl<Id: Eq, C: Capacity> Eq for VersionVector<Id, C> {}

impl<Id: Hash, C: Capacity> Hash for VersionVector<Id, C> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.dots.hash(state);
    }
}

/// By cause and effect: `None` for concurrent vectors.
impl<Id: Copy + Ord, C: Capacity, D: Capacity> PartialOrd<VersionVector<Id, D>>
    for VersionVector<Id, C>
{
    fn partial_cmp(&self, other: &VersionVector<Id, D>) -> Option<Ordering> {
        self.causality(other).into()
    }
}

impl<'a, Id: Copy + Ord, C: Capacity> IntoIterator for &'a VersionVector<Id, C> {
    type Item = Dot<Id>;
    type IntoIter = Copied<slice::Iter<'a, Dot<Id>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Why a dot could not be issued. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum IncrementError {
    /// The replica is new and does not fit. Use a larger capacity, or retire a replica.
    Full(Full),
    /// The replica's counter is at `u64::MAX`. Give the replica a new id.
    Exhausted,
}

impl fmt::Display for IncrementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(full) => write!(f, "no entry for a new replica: {full}"),
            Self::Exhausted => f.write_str("the replica's counter is at its maximum"),
        }
    }
}

impl core::error::Error for IncrementError {}

#[cfg(feature = "serde")]
mod encoding {
    //! The sorted dots. Decoding refuses any other order.

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{Capacity, List, VersionVector};

    impl<Id: Serialize, C: Capacity> Serialize for VersionVector<Id, C> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.dots.serialize(serializer)
        }
    }

    impl<'de, Id: Copy + Ord + Deserialize<'de>, C: Capacity> Deserialize<'de>
        for VersionVector<Id, C>
    {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let vector = Self { dots: List::deserialize(deserializer)? };
            if vector.is_sorted() {
                Ok(vector)
            } else {
                Err(D::Error::custom("replicas are not in strictly rising order"))
            }
        }
    }
}
