//! A set of events with gaps.

use core::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    num::NonZeroU64,
};

use synod_capacity::{Capacity, Full, List};

use crate::{
    Causality, Dot, VersionVector,
    dot_sets::{Union, count_beyond_runs, run_end, unite_from_back},
};

/// Exactly which events are known: for each replica a contiguous run from 1, and a cloud of dots
/// beyond it.
///
/// A [`VersionVector`] can only say "all up to here". A context can also hold events that arrived
/// before their predecessors, which is what replicas that exchange deltas need.
///
/// Promises: it is always compact (a dot that continues its replica's run joins the run, at once),
/// so that equal sets of events are equal values with equal bytes, whatever the order in which they
/// came; [`merge`](Self::merge) is set union, and all or nothing.
///
/// `C` holds the replicas that have a run, `D` the dots of the cloud. With `n` runs and `m` dots in
/// the cloud, a lookup is O(log n + log m), an insertion O(log n + log m) and a move of what stands
/// behind it; a merge is O(n + m log n) in the sums of both sides. Memory is that of the two lists.
///
/// Source: Almeida, Shoker, Baquero, "Delta State Replicated Data Types", JPDC 2018: the causal
/// context of causal CRDTs, and its compression.
///
/// ```
/// use synod_clocks::{CausalContext, Dot, Inline};
///
/// let dot = |counter| Dot::new('a', counter).unwrap();
/// let mut seen = CausalContext::<char, Inline<4>, Inline<4>>::new();
/// seen.insert(dot(1))?;
/// seen.insert(dot(3))?; // out of order: waits in the cloud
/// assert!(!seen.contains(dot(2)));
/// assert_eq!(seen.cloud(), [dot(3)]);
///
/// seen.insert(dot(2))?; // the gap closes
/// assert_eq!(seen.contiguous().get('a'), 3);
/// assert!(seen.cloud().is_empty());
/// # Ok::<(), synod_clocks::ContextError>(())
/// ```
pub struct CausalContext<Id, C: Capacity, D: Capacity> {
    contiguous: VersionVector<Id, C>,
    // Sorted. No dot is in its replica's run, nor the next after it.
    cloud: List<Dot<Id>, D>,
}

impl<Id: Copy + Ord, C: Capacity, D: Capacity> CausalContext<Id, C, D> {
    /// The context before any event.
    #[must_use]
    pub const fn new() -> Self {
        Self { contiguous: VersionVector::new(), cloud: List::new() }
    }

    /// The runs: for each replica, all events up to the entry are known.
    #[must_use]
    pub const fn contiguous(&self) -> &VersionVector<Id, C> {
        &self.contiguous
    }

    /// The events known beyond the runs, sorted.
    #[must_use]
    pub fn cloud(&self) -> &[Dot<Id>] {
        &self.cloud
    }

    /// Whether no event is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contiguous.is_empty() && self.cloud.is_empty()
    }

    /// Whether the event `dot` is known.
    #[must_use]
    pub fn contains(&self, dot: Dot<Id>) -> bool {
        self.contiguous.contains(dot) || self.cloud.binary_search(&dot).is_ok()
    }

    /// The largest counter of `replica` that is known, before which there may be gaps; 0 for a
    /// replica never seen.
    #[must_use]
    pub fn latest(&self, replica: Id) -> u64 {
        let beyond = self.cloud.partition_point(|dot| dot.replica <= replica);
        let last = beyond.checked_sub(1).and_then(|last| self.cloud.get(last));
        match last {
            Some(dot) if dot.replica == replica => dot.counter.get(),
            _ => self.contiguous.get(replica),
        }
    }

    /// Issues the dot after the latest one known of `replica`, and adds it.
    ///
    /// Only the replica itself may do this, and only if the context holds all that it ever issued.
    ///
    /// # Errors
    ///
    /// [`NextDotError`]; the context is unchanged.
    pub fn next_dot(&mut self, replica: Id) -> Result<Dot<Id>, NextDotError> {
        let counter = self.latest(replica).checked_add(1).and_then(NonZeroU64::new);
        let dot = Dot { replica, counter: counter.ok_or(NextDotError::Exhausted)? };
        self.insert(dot).map_err(NextDotError::Context)?;
        Ok(dot)
    }

    /// Adds one event. Gives whether it was news.
    ///
    /// # Errors
    ///
    /// [`ContextError`]; the context is unchanged.
    pub fn insert(&mut self, dot: Dot<Id>) -> Result<bool, ContextError> {
        if self.contiguous.contains(dot) {
            return Ok(false);
        }
        if self.contiguous.get(dot.replica).checked_add(1) == Some(dot.counter.get()) {
            self.contiguous.observe(dot).map_err(ContextError::Replicas)?;
            // The entry is there by now, so this cannot fail.
            self.absorb(dot.replica).map_err(ContextError::Replicas)?;
            debug_assert!(self.is_compact());
            return Ok(true);
        }
        match self.cloud.binary_search(&dot) {
            Ok(_) => Ok(false),
            Err(gap) => match self.cloud.insert(gap, dot) {
                Ok(()) => Ok(true),
                Err((full, _)) => Err(ContextError::Cloud(full)),
            },
        }
    }

    /// Adds all events of `other`. Gives whether any was news.
    ///
    /// # Errors
    ///
    /// [`ContextError`]: the union does not fit. The context is unchanged.
    pub fn merge<E: Capacity, F: Capacity>(
        &mut self,
        other: &CausalContext<Id, E, F>,
    ) -> Result<bool, ContextError> {
        let left = self.cloud_after(other);
        self.contiguous
            .reserve(self.contiguous.missing(&other.contiguous))
            .map_err(ContextError::Replicas)?;
        self.cloud.reserve(left.saturating_sub(self.cloud.len())).map_err(ContextError::Cloud)?;

        let mut news = self.contiguous.merge(&other.contiguous).map_err(ContextError::Replicas)?;
        for dot in Union::of(&self.cloud, &other.cloud) {
            let run = self.contiguous.get(dot.replica);
            if run.checked_add(1) == Some(dot.counter.get()) {
                // The entry is there, for a run of zero has no successor in a cloud.
                news |= self.contiguous.observe(dot).map_err(ContextError::Replicas)?;
            }
        }
        let runs = &self.contiguous;
        self.cloud.retain(|dot| !runs.contains(*dot));
        let own = self.cloud.len();
        if let Some(filler) = other.cloud.first() {
            if left > own {
                news = true;
                self.cloud.resize(left, filler).map_err(ContextError::Cloud)?;
                unite_from_back(&mut self.cloud, own, &other.cloud, |dot| !runs.contains(dot));
            }
        }
        debug_assert!(self.is_compact());
        Ok(news)
    }

    /// Whether this context knows all that `other` knows.
    #[must_use]
    pub fn dominates<E: Capacity, F: Capacity>(&self, other: &CausalContext<Id, E, F>) -> bool {
        // Being compact, a context lacks the dot after each of its runs.
        self.contiguous.dominates(&other.contiguous)
            && other.cloud.iter().all(|dot| self.contains(*dot))
    }

    /// How this context stands to `other`.
    #[must_use]
    pub fn causality<E: Capacity, F: Capacity>(
        &self,
        other: &CausalContext<Id, E, F>,
    ) -> Causality {
        Causality::from_surplus(!other.dominates(self), !self.dominates(other))
    }

    /// The size of the cloud after a merge with `other`.
    fn cloud_after<E: Capacity, F: Capacity>(&self, other: &CausalContext<Id, E, F>) -> usize {
        let known = |replica| self.contiguous.get(replica).max(other.contiguous.get(replica));
        count_beyond_runs(Union::of(&self.cloud, &other.cloud), known)
    }

    /// Moves what continues the run of `replica` from the cloud into it.
    fn absorb(&mut self, replica: Id) -> Result<(), Full> {
        let Some(end) = run_end(&self.cloud, replica, self.contiguous.get(replica)) else {
            return Ok(());
        };
        self.contiguous.observe(end)?;
        self.cloud.retain(|dot| dot.replica != replica || *dot > end);
        Ok(())
    }

    /// The promise of the type: the cloud is sorted, and no dot of it belongs to a run.
    fn is_compact(&self) -> bool {
        let beyond_run = |dot: &Dot<Id>| {
            let beyond = dot.counter.get().checked_sub(self.contiguous.get(dot.replica));
            beyond.is_some_and(|beyond| beyond > 1)
        };
        self.cloud.is_sorted_by(|a, b| a < b) && self.cloud.iter().all(beyond_run)
    }
}

impl<Id, C: Capacity, D: Capacity> Default for CausalContext<Id, C, D> {
    fn default() -> Self {
        Self { contiguous: VersionVector::default(), cloud: List::new() }
    }
}

/// All events up to each entry.
impl<Id, C: Capacity, D: Capacity> From<VersionVector<Id, C>> for CausalContext<Id, C, D> {
    fn from(contiguous: VersionVector<Id, C>) -> Self {
        Self { contiguous, cloud: List::new() }
    }
}

impl<Id: Clone, C: Capacity, D: Capacity> Clone for CausalContext<Id, C, D> {
    fn clone(&self) -> Self {
        Self { contiguous: self.contiguous.clone(), cloud: self.cloud.clone() }
    }
}

impl<Id: fmt::Debug, C: Capacity, D: Capacity> fmt::Debug for CausalContext<Id, C, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CausalContext")
            .field("contiguous", &self.contiguous)
            .field("cloud", &self.cloud)
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl<Id: defmt::Format, C: Capacity, D: Capacity> defmt::Format for CausalContext<Id, C, D> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "CausalContext {} {}", self.contiguous, self.cloud);
    }
}

impl<Id, C, D, E, F> PartialEq<CausalContext<Id, E, F>> for CausalContext<Id, C, D>
where
    Id: PartialEq,
    C: Capacity,
    D: Capacity,
    E: Capacity,
    F: Capacity,
{
    fn eq(&self, other: &CausalContext<Id, E, F>) -> bool {
        self.contiguous == other.contiguous && self.cloud == other.cloud
    }
}

impl<Id: Eq, C: Capacity, D: Capacity> Eq for CausalContext<Id, C, D> {}

impl<Id: Hash, C: Capacity, D: Capacity> Hash for CausalContext<Id, C, D> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.contiguous.hash(state);
        self.cloud.hash(state);
    }
}

/// By inclusion: `None` for contexts of which neither holds the other.
impl<Id, C, D, E, F> PartialOrd<CausalContext<Id, E, F>> for CausalContext<Id, C, D>
where
    Id: Copy + Ord,
    C: Capacity,
    D: Capacity,
    E: Capacity,
    F: Capacity,
{
    fn partial_cmp(&self, other: &CausalContext<Id, E, F>) -> Option<Ordering> {
        self.causality(other).into()
    }
}

/// Why events could not be added. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ContextError {
    /// A new replica does not fit. Use a larger capacity, or retire a replica.
    Replicas(Full),
    /// There are too many events ahead of a gap. Deliver the missing ones first, or use a larger
    /// capacity.
    Cloud(Full),
}

impl fmt::Display for ContextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replicas(full) => write!(f, "replicas: {full}"),
            Self::Cloud(full) => write!(f, "events ahead of a gap: {full}"),
        }
    }
}

impl core::error::Error for ContextError {}

/// Why a dot could not be issued. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum NextDotError {
    /// It could not be added; the error says what to do.
    Context(ContextError),
    /// The replica's counter is at `u64::MAX`. Give the replica a new id.
    Exhausted,
}

impl fmt::Display for NextDotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Context(error) => error.fmt(f),
            Self::Exhausted => f.write_str("the replica's counter is at its maximum"),
        }
    }
}

impl core::error::Error for NextDotError {}

#[cfg(feature = "serde")]
mod encoding {
    //! The runs, then the sorted cloud. Decoding refuses what is not sorted or not compact.

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{Capacity, CausalContext};

    impl<Id: Serialize, C: Capacity, D: Capacity> Serialize for CausalContext<Id, C, D> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            (&self.contiguous, &self.cloud).serialize(serializer)
        }
    }

    impl<'de, Id, C, D> Deserialize<'de> for CausalContext<Id, C, D>
    where
        Id: Copy + Ord + Deserialize<'de>,
        C: Capacity,
        D: Capacity,
    {
        fn deserialize<S: Deserializer<'de>>(deserializer: S) -> Result<Self, S::Error> {
            let (contiguous, cloud) = Deserialize::deserialize(deserializer)?;
            let context = Self { contiguous, cloud };
            if context.is_compact() {
                Ok(context)
            } else {
                Err(S::Error::custom("the cloud is unsorted, or holds what belongs to a run"))
            }
        }
    }
}
