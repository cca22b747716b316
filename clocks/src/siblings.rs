//! The concurrent versions of one key.

use core::{
    fmt,
    hash::{Hash, Hasher},
    mem,
    num::NonZeroU64,
};

use synod_capacity::{Capacity, Full, List};

use crate::{Dot, VersionVector};

/// All versions of one key that no later write has replaced, with one version vector for the lot:
/// its context.
///
/// The protocol of a key-value store, in three steps:
///
/// 1. A client reads: it gets the [`values`](Self::values) and the [`context`](Self::context).
/// 2. It writes: any server calls [`put`](Self::put) with that context, its own replica id and the
///    new value. The write replaces exactly what the client had read; what came meanwhile stays, as
///    a sibling.
/// 3. Servers exchange the whole set and [`merge`](Self::merge), in any order, as often as they
///    like, and end up with equal sets.
///
/// There is one value for each concurrent write and no more: clients that interleave their reads
/// and writes do not multiply siblings, as they do with one version vector for each value.
///
/// `C` holds the replicas, `S` the siblings. With `n` replicas and `s` siblings, `put`, `delete`
/// and `merge` are O(s log n + n), and either succeed whole or change nothing. A merge needs room
/// for the siblings twice while it runs. Each server puts through a replica id
/// of its own. Two servers with one id, or one that came back with an older state under its old id,
/// issue one dot for two values, and then differ for ever without a sign: persist the state before
/// a write is acknowledged, or come back as described at [`Ceiling`](crate::Ceiling).
///
/// A deleted key keeps its context, without which the deletion could be undone by a merge. It may
/// be dropped once every replica has it and no client holds a context of it.
///
/// A context must come from a read of this key. One that claims writes not yet made would silence
/// them later; check `siblings.context().dominates(&context)` where clients cannot be trusted and
/// reads go to the same server.
///
/// Source: Almeida, Baquero, Gonçalves, Preguiça, Fonte, "Scalable and Accurate Causality Tracking
/// for Eventually Consistent Stores", DAIS 2014.
///
/// ```
/// use synod_clocks::{Inline, Siblings, VersionVector};
///
/// let mut cart = Siblings::<char, &str, Inline<3>, Inline<4>>::new();
/// let unread = VersionVector::<char, Inline<3>>::new();
/// cart.put(&unread, 'a', "milk").unwrap();
/// cart.put(&unread, 'a', "eggs").unwrap(); // has not read "milk"
/// assert!(cart.values().eq(&["milk", "eggs"]));
///
/// let read = cart.context().clone();
/// cart.put(&read, 'b', "milk and eggs").unwrap();
/// assert!(cart.values().eq(&["milk and eggs"]));
/// ```
pub struct Siblings<Id, V, C: Capacity, S: Capacity> {
    context: VersionVector<Id, C>,
    // Sorted by dot; the context knows each dot.
    versions: List<(Dot<Id>, V), S>,
}

impl<Id: Copy + Ord, V, C: Capacity, S: Capacity> Siblings<Id, V, C, S> {
    /// A key that was never written.
    #[must_use]
    pub const fn new() -> Self {
        Self { context: VersionVector::new(), versions: List::new() }
    }

    /// All writes known, replaced ones too: what a reader passes on with its next write.
    #[must_use]
    pub const fn context(&self) -> &VersionVector<Id, C> {
        &self.context
    }

    /// The current versions with their dots, in order of dot.
    #[must_use]
    pub fn versions(&self) -> &[(Dot<Id>, V)] {
        &self.versions
    }

    /// The current values, in order of dot.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &V> {
        self.versions.iter().map(|(_, value)| value)
    }

    /// The number of current values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether there is no current value: never written, or deleted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// Writes `value` through `replica` for a client that had read `context`: replaces the
    /// versions that the client had read, and gives the dot of the new one.
    ///
    /// # Errors
    ///
    /// [`PutError`], with the value handed back; nothing was changed.
    pub fn put<D: Capacity>(
        &mut self,
        context: &VersionVector<Id, D>,
        replica: Id,
        value: V,
    ) -> Result<Dot<Id>, (PutError, V)> {
        match self.prepare_put(context, replica) {
            Ok(dot) => self.commit_put(context, dot, value),
            Err(error) => Err((error, value)),
        }
    }

    /// Deletes for a client that had read `context`: removes the versions that the client had
    /// read. Gives whether that changed anything.
    ///
    /// # Errors
    ///
    /// [`Full`]: the replicas of the context do not fit. Nothing was changed.
    pub fn delete<D: Capacity>(&mut self, context: &VersionVector<Id, D>) -> Result<bool, Full> {
        let news = self.context.merge(context)?;
        let before = self.versions.len();
        self.versions.retain(|(dot, _)| !context.contains(*dot));
        Ok(news || self.versions.len() < before)
    }

    /// Takes in what another server holds. Gives whether that changed anything.
    ///
    /// A version survives if both hold it, or if the side that lacks it has never known it.
    ///
    /// # Errors
    ///
    /// [`SiblingsError`]: the union does not fit. Nothing was changed.
    pub fn merge<D: Capacity, T: Capacity>(
        &mut self,
        other: &Siblings<Id, V, D, T>,
    ) -> Result<bool, SiblingsError>
    where
        V: Clone,
    {
        let kept = count(&self.versions, |dot| other.keeps(dot));
        let added = count(&other.versions, |dot| !self.context.contains(dot));
        let mut merged = List::new();
        merged.reserve(kept.saturating_add(added)).map_err(SiblingsError::Versions)?;
        let missing = self.context.missing(&other.context);
        self.context.reserve(missing).map_err(SiblingsError::Replicas)?;

        // What is added is news to the context, too.
        let mut news = kept < self.versions.len();
        let mut theirs = other.versions.as_slice();
        for version in mem::take(&mut self.versions) {
            let (Ok(split) | Err(split)) = theirs.binary_search_by(|(dot, _)| dot.cmp(&version.0));
            let (before, after) = theirs.split_at_checked(split).unwrap_or_default();
            push_new(&mut merged, before, &self.context).map_err(SiblingsError::Versions)?;
            theirs = after;
            if other.keeps(version.0) {
                merged.push(version).map_err(|(full, _)| SiblingsError::Versions(full))?;
            }
        }
        push_new(&mut merged, theirs, &self.context).map_err(SiblingsError::Versions)?;
        self.versions = merged;
        news |= self.context.merge(&other.context).map_err(SiblingsError::Replicas)?;
        debug_assert!(self.is_consistent());
        Ok(news)
    }

    /// Whether a version that another side holds survives what this side knows.
    fn keeps(&self, dot: Dot<Id>) -> bool {
        !self.context.contains(dot) || self.position(dot).is_ok()
    }

    /// Makes room for a write, and gives its dot. Changes nothing that can be seen.
    fn prepare_put<D: Capacity>(
        &mut self,
        context: &VersionVector<Id, D>,
        replica: Id,
    ) -> Result<Dot<Id>, PutError> {
        let latest = self.context.get(replica).max(context.get(replica));
        let counter = latest.checked_add(1).and_then(NonZeroU64::new).ok_or(PutError::Exhausted)?;
        let missing = self.context.missing(context);
        let missing = missing.saturating_add(usize::from(latest == 0));
        self.context.reserve(missing).map_err(PutError::Replicas)?;
        if !self.versions.iter().any(|(dot, _)| context.contains(*dot)) {
            self.versions.reserve(1).map_err(PutError::Versions)?;
        }
        Ok(Dot { replica, counter })
    }

    /// The part of `put` for which there is room.
    fn commit_put<D: Capacity>(
        &mut self,
        context: &VersionVector<Id, D>,
        dot: Dot<Id>,
        value: V,
    ) -> Result<Dot<Id>, (PutError, V)> {
        if let Err(full) = self.context.merge(context).and_then(|_| self.context.observe(dot)) {
            return Err((PutError::Replicas(full), value));
        }
        self.versions.retain(|(dot, _)| !context.contains(*dot));
        match self.insert(dot, value) {
            Ok(()) => {
                debug_assert!(self.is_consistent());
                Ok(dot)
            }
            Err((full, value)) => Err((PutError::Versions(full), value)),
        }
    }

    /// The promise of the type: versions are sorted, and the context knows them.
    fn is_consistent(&self) -> bool {
        self.versions.is_sorted_by(|a, b| a.0 < b.0)
            && self.versions.iter().all(|(dot, _)| self.context.contains(*dot))
    }

    /// Where the version `dot` is, or else belongs.
    fn position(&self, dot: Dot<Id>) -> Result<usize, usize> {
        self.versions.binary_search_by(|(known, _)| known.cmp(&dot))
    }

    fn insert(&mut self, dot: Dot<Id>, value: V) -> Result<(), (Full, V)> {
        let (Ok(gap) | Err(gap)) = self.position(dot);
        self.versions.insert(gap, (dot, value)).map_err(|(full, (_, value))| (full, value))
    }
}

/// Appends clones of those of `versions` that `known` does not know.
fn push_new<Id: Copy + Ord, V: Clone, C: Capacity, S: Capacity>(
    merged: &mut List<(Dot<Id>, V), S>,
    versions: &[(Dot<Id>, V)],
    known: &VersionVector<Id, C>,
) -> Result<(), Full> {
    for version in versions {
        if !known.contains(version.0) {
            merged.push(version.clone()).map_err(|(full, _)| full)?;
        }
    }
    Ok(())
}

/// How many of `versions` have a dot for which `wanted` holds.
fn count<Id: Copy, V>(versions: &[(Dot<Id>, V)], wanted: impl Fn(Dot<Id>) -> bool) -> usize {
    versions.iter().fold(0_usize, |count, (dot, _)| count.saturating_add(usize::from(wanted(*dot))))
}

impl<Id, V, C: Capacity, S: Capacity> Default for Siblings<Id, V, C, S> {
    fn default() -> Self {
        Self { context: VersionVector::default(), versions: List::new() }
    }
}

impl<Id: Clone, V: Clone, C: Capacity, S: Capacity> Clone for Siblings<Id, V, C, S> {
    fn clone(&self) -> Self {
        Self { context: self.context.clone(), versions: self.versions.clone() }
    }
}

impl<Id: fmt::Debug, V: fmt::Debug, C: Capacity, S: Capacity> fmt::Debug for Siblings<Id, V, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Siblings")
            .field("context", &self.context)
            .field("versions", &self.versions)
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl<Id, V, C, S> defmt::Format for Siblings<Id, V, C, S>
where
    Id: defmt::Format,
    V: defmt::Format,
    C: Capacity,
    S: Capacity,
{
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Siblings {} {}", self.context, self.versions);
    }
}

impl<Id, V, C, S, D, T> PartialEq<Siblings<Id, V, D, T>> for Siblings<Id, V, C, S>
where
    Id: PartialEq,
    V: PartialEq,
    C: Capacity,
    S: Capacity,
    D: Capacity,
    T: Capacity,
{
    fn eq(&self, other: &Siblings<Id, V, D, T>) -> bool {
        self.context == other.context && self.versions == other.versions
    }
}

impl<Id: Eq, V: Eq, C: Capacity, S: Capacity> Eq for Siblings<Id, V, C, S> {}

impl<Id: Hash, V: Hash, C: Capacity, S: Capacity> Hash for Siblings<Id, V, C, S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.context.hash(state);
        self.versions.hash(state);
    }
}

/// Why a write was refused. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PutError {
    /// A new replica does not fit. Use a larger capacity.
    Replicas(Full),
    /// There are too many siblings. Read them, resolve them, and write with that context.
    Versions(Full),
    /// The replica's counter is at `u64::MAX`. Give the replica a new id.
    Exhausted,
}

impl fmt::Display for PutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replicas(full) => SiblingsError::Replicas(*full).fmt(f),
            Self::Versions(full) => SiblingsError::Versions(*full).fmt(f),
            Self::Exhausted => f.write_str("the replica's counter is at its maximum"),
        }
    }
}

impl core::error::Error for PutError {}

/// Why a merge was refused. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SiblingsError {
    /// A new replica does not fit. Use a larger capacity.
    Replicas(Full),
    /// There are too many siblings. Resolve some on either side, or use a larger capacity.
    Versions(Full),
}

impl fmt::Display for SiblingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replicas(full) => write!(f, "replicas: {full}"),
            Self::Versions(full) => write!(f, "siblings: {full}"),
        }
    }
}

impl core::error::Error for SiblingsError {}

#[cfg(feature = "serde")]
mod encoding {
    //! The context, then the sorted versions. Decoding refuses a version outside the context.

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{Capacity, Siblings};

    impl<Id: Serialize, V: Serialize, C: Capacity, S: Capacity> Serialize for Siblings<Id, V, C, S> {
        fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
            (&self.context, &self.versions).serialize(serializer)
        }
    }

    impl<'de, Id, V, C, S> Deserialize<'de> for Siblings<Id, V, C, S>
    where
        Id: Copy + Ord + Deserialize<'de>,
        V: Deserialize<'de>,
        C: Capacity,
        S: Capacity,
    {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let (context, versions) = Deserialize::deserialize(deserializer)?;
            let siblings = Self { context, versions };
            if siblings.is_consistent() {
                Ok(siblings)
            } else {
                Err(D::Error::custom("versions are unsorted, or outside the context"))
            }
        }
    }
}
