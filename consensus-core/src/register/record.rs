//! What a member must never forget.

use core::fmt;

use super::{Accepted, Member};
use crate::{Ballot, ballot::order};

/// The ballot that is promised, and what is accepted: one record, written as one.
///
/// Whoever loses its promise, or writes half of this, breaks the agreement of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Parts<V, N>", bound(deserialize = "V: serde::Deserialize<'de>"))
)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Record<V, const N: usize> {
    pub(super) promised: Option<Ballot>,
    pub(super) accepted: Accepted<V, N>,
}

impl<V, const N: usize> Record<V, N> {
    /// The most bytes that a record takes in postcard, without its value.
    pub const MAX_OVERHEAD: usize = FIXED.saturating_add(N.saturating_mul(Member::MAX_BYTES));

    /// A record of these parts, as a host without `serde` reads them from its disk.
    ///
    /// # Errors
    ///
    /// [`BrokenRecord`] if no member could have written it.
    pub fn new(promised: Option<Ballot>, accepted: Accepted<V, N>) -> Result<Self, BrokenRecord> {
        let record = Self { promised, accepted };
        let is_legal =
            record.accepted.is_legal() && order(&record.accepted.ballot, &promised).is_le();
        if is_legal { Ok(record) } else { Err(BrokenRecord) }
    }

    /// The ballot below which nothing is accepted any more.
    #[must_use]
    pub const fn promised(&self) -> Option<Ballot> {
        self.promised
    }

    /// What was accepted under the highest ballot so far.
    #[must_use]
    pub const fn accepted(&self) -> &Accepted<V, N> {
        &self.accepted
    }
}

/// Three ballots, each with a mark, a mark for the value, and a count.
const FIXED: usize = 65;

/// A record as it is encoded.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Parts<V, const N: usize> {
    promised: Option<Ballot>,
    accepted: Accepted<V, N>,
}

#[cfg(feature = "serde")]
impl<V, const N: usize> TryFrom<Parts<V, N>> for Record<V, N> {
    type Error = BrokenRecord;

    fn try_from(parts: Parts<V, N>) -> Result<Self, BrokenRecord> {
        Self::new(parts.promised, parts.accepted)
    }
}

/// More was accepted than is promised, or a value is younger than its ballot, which no member
/// writes: the record is damaged. Take the disk for lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BrokenRecord;

impl fmt::Display for BrokenRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the record contradicts itself")
    }
}

impl core::error::Error for BrokenRecord {}
