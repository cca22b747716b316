//! What a holder asks for, and what is promised of the clocks.

use core::fmt;

use super::drift;

/// What a [`Lease`](crate::Lease) asks for, and what is promised of the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LeaseConfig {
    /// What is leased. All who may hold it, and its grantors, have the same number.
    pub resource: u64,
    /// Which start of this holder it is: a number that no other start under its id has. A count of
    /// starts will do, as will 64 random bits. Answers to an earlier start are told by it.
    pub start: u64,
    /// Where chance begins: not the same as that of other holders.
    pub seed: u64,
    /// For how long a grantor counts a lease. Not longer than it grants.
    pub duration_us: u64,
    /// By how many millionths each clock, this holder's and any grantor's, may be faster or slower
    /// than true time. A crystal that is rated at 50 may be off by a few hundred when it is cold
    /// or old; an RC oscillator by 20,000 and more. **Safety rests on this number.**
    pub max_drift_ppm: u32,
    /// The longest step in which any of these clocks counts: 1 for one that counts microseconds (0
    /// is taken as 1), 10,000 for one that ticks a hundred times a second.
    pub clock_step_us: u32,
    /// How long to wait for answers, and the longest pause between two attempts but for chance,
    /// which adds up to as much. Rather longer than a round trip takes, and at most a third of
    /// [`belief_us`](Self::belief_us).
    pub retry_us: u64,
}

impl LeaseConfig {
    /// For how long the holder counts a grant, from the moment at which it asked: so much less
    /// than `duration_us` that it stops before the grantor does, with the slowest and the fastest
    /// clock that are allowed.
    ///
    /// That is `(duration − step) · (1 − ε) / (1 + ε) − (step − 1)`, rounded down.
    #[must_use]
    pub const fn belief_us(&self) -> u64 {
        drift::belief_us(self.duration_us, self.max_drift_ppm, self.clock_step_us)
    }
}

/// Why a lease cannot be made so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LeaseConfigError {
    /// `retry_us` is 0. It must be longer than a round trip.
    NoRetry,
    /// What is left of the duration is shorter than three times `retry_us`. Ask for longer.
    TooShort,
    /// There are no grantors, or one is numbered `N` or higher. Number them from 0, or choose a
    /// larger `N`.
    Grantors,
}

impl fmt::Display for LeaseConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRetry => "there is no time to wait for answers",
            Self::TooShort => "the lease is too short to be renewed three times",
            Self::Grantors => "the grantors do not fit, or there are none",
        })
    }
}

impl core::error::Error for LeaseConfigError {}
