//! What an acceptor must never forget.

use core::fmt;

use crate::{Ballot, Proposal};

/// The ballot that is promised, and what is accepted: one record, written as one.
///
/// Whoever loses its promise, or writes half of this, breaks the agreement of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Parts<V>", bound(deserialize = "V: serde::Deserialize<'de>"))
)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Record<V> {
    pub(super) promised: Ballot,
    pub(super) accepted: Option<Proposal<V>>,
}

impl<V> Record<V> {
    /// The most bytes that a record takes in postcard, without its value.
    pub const MAX_OVERHEAD: usize = 41; // two ballots and a mark

    /// A record of these parts, as a host without `serde` reads them from its disk.
    ///
    /// # Errors
    ///
    /// [`BrokenRecord`] if no acceptor could have written it.
    pub fn new(promised: Ballot, accepted: Option<Proposal<V>>) -> Result<Self, BrokenRecord> {
        if accepted.as_ref().is_some_and(|proposal| proposal.ballot > promised) {
            return Err(BrokenRecord);
        }
        Ok(Self { promised, accepted })
    }

    /// The ballot below which nothing is accepted any more.
    #[must_use]
    pub const fn promised(&self) -> Ballot {
        self.promised
    }

    /// What was accepted under the highest ballot so far.
    #[must_use]
    pub const fn accepted(&self) -> Option<&Proposal<V>> {
        self.accepted.as_ref()
    }
}

/// A record as it is encoded.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Parts<V> {
    promised: Ballot,
    accepted: Option<Proposal<V>>,
}

#[cfg(feature = "serde")]
impl<V> TryFrom<Parts<V>> for Record<V> {
    type Error = BrokenRecord;

    fn try_from(parts: Parts<V>) -> Result<Self, BrokenRecord> {
        Self::new(parts.promised, parts.accepted)
    }
}

/// More was accepted than is promised, which no acceptor does: the record is damaged. Take the disk
/// for lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BrokenRecord;

impl fmt::Display for BrokenRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more is accepted than is promised")
    }
}

impl core::error::Error for BrokenRecord {}
