//! The clock of one version of a value.

use core::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use synod_capacity::{Capacity, Full};

use crate::{Causality, Dot, VersionVector};

/// One write in a replicated key-value store: its own dot, and the past that its writer had read.
///
/// A plain version vector gives two clients that write through the same server the same entry, and
/// so makes one of two concurrent writes look newer. Here the write itself is a dot apart from the
/// past, so that concurrent writes stay concurrent however they reached the server, and to compare
/// two versions is to look up each one's dot in the other's past: O(log n) in its entries.
///
/// To keep the concurrent versions of a key together, use [`Siblings`](crate::Siblings).
///
/// Source: Preguiça, Baquero, Almeida, Fonte, Gonçalves, "Dotted Version Vectors: Logical Clocks
/// for Optimistic Replication", 2010 (arXiv 1011.5808).
///
/// ```
/// use synod_clocks::{Causality, Dot, DottedVersionVector, Inline, VersionVector};
///
/// let nothing = VersionVector::<char, Inline<4>>::new();
/// // Two clients that read nothing write through server `a`.
/// let one = DottedVersionVector::new(Dot::new('a', 1).unwrap(), nothing.clone())?;
/// let two = DottedVersionVector::new(Dot::new('a', 2).unwrap(), nothing)?;
/// assert_eq!(one.causality(&two), Causality::Concurrent);
///
/// // A third read the first, and overwrites just that.
/// let three = DottedVersionVector::new(Dot::new('a', 3).unwrap(), one.to_context()?)?;
/// assert!(one < three);
/// assert_eq!(two.causality(&three), Causality::Concurrent);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DottedVersionVector<Id, C: Capacity> {
    dot: Dot<Id>,
    past: VersionVector<Id, C>,
}

impl<Id: Copy + Ord, C: Capacity> DottedVersionVector<Id, C> {
    /// The write `dot`, whose writer had read `past`.
    ///
    /// # Errors
    ///
    /// [`DotInPast`]: the past claims to know the write.
    pub fn new(dot: Dot<Id>, past: VersionVector<Id, C>) -> Result<Self, DotInPast> {
        if past.contains(dot) { Err(DotInPast) } else { Ok(Self { dot, past }) }
    }

    /// The write's own name.
    #[must_use]
    pub const fn dot(&self) -> Dot<Id> {
        self.dot
    }

    /// What the writer had read.
    #[must_use]
    pub const fn past(&self) -> &VersionVector<Id, C> {
        &self.past
    }

    /// What a reader of this version has read: its past, and its dot with all before it. The
    /// context to pass on with the reader's next write.
    ///
    /// # Errors
    ///
    /// [`Full`]: the dot's replica does not fit beside those of the past.
    pub fn to_context(&self) -> Result<VersionVector<Id, C>, Full> {
        let mut context = self.past.clone();
        context.observe(self.dot)?;
        Ok(context)
    }

    /// How this version stands to `other`.
    ///
    /// Two versions that both claim to know the other, or have one dot and different pasts, come
    /// from no run of the protocol; they are concurrent.
    #[must_use]
    pub fn causality<D: Capacity>(&self, other: &DottedVersionVector<Id, D>) -> Causality {
        if self == other {
            return Causality::Equal;
        }
        match (other.past.contains(self.dot), self.past.contains(other.dot)) {
            (true, false) => Causality::Before,
            (false, true) => Causality::After,
            _ => Causality::Concurrent,
        }
    }
}

impl<Id: fmt::Debug, C: Capacity> fmt::Debug for DottedVersionVector<Id, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DottedVersionVector")
            .field("dot", &self.dot)
            .field("past", &self.past)
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl<Id: defmt::Format, C: Capacity> defmt::Format for DottedVersionVector<Id, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "DottedVersionVector {} {}", self.dot, self.past);
    }
}

impl<Id: PartialEq, C: Capacity, D: Capacity> PartialEq<DottedVersionVector<Id, D>>
    for DottedVersionVector<Id, C>
{
    fn eq(&self, other: &DottedVersionVector<Id, D>) -> bool {
        self.dot == other.dot && self.past == other.past
    }
}

impl<Id: Eq, C: Capacity> Eq for DottedVersionVector<Id, C> {}

impl<Id: Hash, C: Capacity> Hash for DottedVersionVector<Id, C> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.dot.hash(state);
        self.past.hash(state);
    }
}

/// By cause and effect: `None` for concurrent versions.
impl<Id: Copy + Ord, C: Capacity, D: Capacity> PartialOrd<DottedVersionVector<Id, D>>
    for DottedVersionVector<Id, C>
{
    fn partial_cmp(&self, other: &DottedVersionVector<Id, D>) -> Option<Ordering> {
        self.causality(other).into()
    }
}

/// A version's past holds its own dot, which no write can. Refuse the write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DotInPast;

impl fmt::Display for DotInPast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the past holds the version's own dot")
    }
}

impl core::error::Error for DotInPast {}

#[cfg(feature = "serde")]
mod encoding {
    //! The dot, then the past. Decoding refuses a past that holds the dot.

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{Capacity, Dot, DottedVersionVector, VersionVector};

    impl<Id: Serialize, C: Capacity> Serialize for DottedVersionVector<Id, C> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            (&self.dot, &self.past).serialize(serializer)
        }
    }

    impl<'de, Id: Copy + Ord + Deserialize<'de>, C: Capacity> Deserialize<'de>
        for DottedVersionVector<Id, C>
    {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let (dot, past) = <(Dot<Id>, VersionVector<Id, C>)>::deserialize(deserializer)?;
            Self::new(dot, past).map_err(D::Error::custom)
        }
    }
}
