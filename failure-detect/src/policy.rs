//! When suspicion begins and ends.

use core::fmt;

/// When suspicion begins and ends: what all detectors have in common.
///
/// The thresholds of a [`FixedTimeout`](crate::FixedTimeout) are microseconds of silence, of a
/// [`PhiAccrual`](crate::PhiAccrual) values of φ, of an [`NfdE`](crate::NfdE) microseconds beyond
/// the expected arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Policy<T, const LEVELS: usize> {
    /// One for each level above that of trust, each larger than the one before: 1 to 255 of them.
    pub thresholds: [T; LEVELS],
    /// How many heartbeats in a row end a suspicion: the first that is heard, and then such as come
    /// before the first threshold. With more than one, a peer that comes and goes at the threshold
    /// stays suspected. 0 is taken as 1.
    pub recover_after: u16,
    /// By how much a call may be later than [`poll_timeout`](crate::Detector::poll_timeout) asked
    /// for. One that is later shows that the observer itself stood still. `u64::MAX`: never.
    ///
    /// It must be longer than a host that is well ever waits between two calls: one that calls
    /// every 5 s, with 1 s here, excuses every silence, and never suspects anybody.
    pub max_late_us: u64,
}

impl<T, const LEVELS: usize> Policy<T, LEVELS> {
    /// One heartbeat ends a suspicion, and a host that is more than a second late stood still.
    #[must_use]
    pub const fn new(thresholds: [T; LEVELS]) -> Self {
        Self { thresholds, recover_after: 1, max_late_us: 1_000_000 }
    }
}

impl<T: Copy + Ord, const LEVELS: usize> Policy<T, LEVELS> {
    #[expect(clippy::cast_possible_truncation, reason = "checked before use")]
    pub(crate) const LEVELS: u8 = LEVELS as u8;

    /// The threshold of a level, counted from 0.
    pub(crate) fn threshold(&self, level: u8) -> Option<T> {
        self.thresholds.get(usize::from(level)).copied()
    }

    /// Checks what the types do not show.
    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        if LEVELS == 0 || LEVELS > usize::from(u8::MAX) {
            return Err(PolicyError::Levels);
        }
        let rest = self.thresholds.iter().skip(1);
        if self.thresholds.iter().zip(rest).all(|(lower, higher)| lower < higher) {
            Ok(())
        } else {
            Err(PolicyError::Unsorted)
        }
    }
}

/// Why a detector cannot be made so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PolicyError {
    /// A threshold is not larger than the one before.
    Unsorted,
    /// There is no threshold, or there are more than 255.
    Levels,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsorted => "thresholds are not in ascending order",
            Self::Levels => "thresholds must be 1 to 255",
        })
    }
}

impl core::error::Error for PolicyError {}
