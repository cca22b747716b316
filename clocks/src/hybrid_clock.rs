//! A clock that follows both the wall clock and cause and effect.

use core::fmt;

use crate::HybridStamp;

/// A hybrid logical clock: stamps that respect cause and effect, and stay close to wall-clock time.
///
/// Promises:
///
/// - stamps issued by one clock strictly grow, whatever its wall clock does: step back, stand still
///   or repeat itself;
/// - the stamp of a receipt is larger than the stamp received;
/// - the wall-clock part of a stamp is never more than the maximum offset ahead of the largest wall
///   clock that the node was shown, or of the stamp it was recovered from, apart from carries: a
///   microsecond for each 4,096 stamps, or part of that, issued while that clock stood still.
///
/// Does not promise to tell concurrent events apart, or to correct a wrong wall clock. A wall clock
/// that leaps *ahead* takes the stamps with it for good: put a [`JumpGuard`](crate::JumpGuard)
/// before it.
///
/// **When the counter is exhausted** within a microsecond, the stamp carries into the next
/// microsecond; it never goes back or waits. At the largest stamp of all, in the year 2112, there
/// is none to carry into, and an error.
///
/// **Restart.** A stamp must not be issued twice, even if the wall clock comes back behind. Persist
/// a [`Ceiling`](crate::Ceiling) over the stamps, and [`recover`](Self::recover) from it; its page
/// has the pattern, and says when to wait.
///
/// Wall-clock time is passed in, in microseconds from an origin shared by the system (the Unix
/// epoch), at most [`HybridStamp::MAX`]`.wall_us()`. Each call is O(1): a shift, an addition and a
/// comparison.
///
/// Source: Kulkarni, Demirbas, Madappa, Avva, Leone, "Logical Physical Clocks", OPODIS 2014,
/// section 3, the algorithm of HLC. The pair (l, c) of the paper is one integer here, and its case
/// distinction is `max(wall, last + 1)`.
///
/// ```
/// use synod_clocks::{HybridClock, ReceiveError};
///
/// let mut clock = HybridClock::new(500_000); // peers at most half a second ahead
/// let first = clock.tick(1_000_000)?;
/// let second = clock.tick(400_000)?; // the wall clock stepped back
/// assert!(first < second);
/// assert_eq!((second.wall_us(), second.counter()), (1_000_000, 1));
///
/// let ahead = HybridClock::new(0).tick(9_000_000)?;
/// assert_eq!(
///     clock.receive(1_000_000, ahead),
///     Err(ReceiveError::TooFarAhead { ahead_us: 8_000_000 }),
/// );
/// # Ok::<(), synod_clocks::TickError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HybridClock {
    last: HybridStamp,
    max_offset_us: u64,
}

impl HybridClock {
    /// A clock that has issued nothing, and accepts stamps at most `max_offset_us` ahead of its
    /// wall clock.
    ///
    /// The offset should be what the clock synchronisation of the system guarantees, with a margin.
    /// Each microsecond of it is one by which a single bad clock can push all others ahead.
    #[must_use]
    pub const fn new(max_offset_us: u64) -> Self {
        Self::recover(max_offset_us, HybridStamp::MIN)
    }

    /// A clock that may have issued every stamp up to `last`, and will issue only larger ones.
    #[must_use]
    pub const fn recover(max_offset_us: u64, last: HybridStamp) -> Self {
        Self { last, max_offset_us }
    }

    /// The largest stamp issued so far; [`HybridStamp::MIN`] before the first.
    #[must_use]
    pub const fn last(&self) -> HybridStamp {
        self.last
    }

    /// How far a stamp may be ahead of the wall clock to be accepted, in microseconds.
    #[must_use]
    pub const fn max_offset_us(&self) -> u64 {
        self.max_offset_us
    }

    /// Stamps an event of this node, the sending of a message among them.
    ///
    /// # Errors
    ///
    /// [`TickError`]; the clock is unchanged.
    #[inline]
    pub fn tick(&mut self, wall_us: u64) -> Result<HybridStamp, TickError> {
        let wall = HybridStamp::from_wall_us(wall_us).ok_or(TickError::WallOutOfRange)?;
        let next = self.last.successor().ok_or(TickError::Exhausted)?;
        self.last = wall.max(next);
        Ok(self.last)
    }

    /// Stamps the receipt of a message that was stamped `remote`.
    ///
    /// The offset is signed: a stamp from the past, however old, is no error.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`]; the clock is unchanged. Drop the message, or treat it as unstamped.
    #[inline]
    pub fn receive(
        &mut self,
        wall_us: u64,
        remote: HybridStamp,
    ) -> Result<HybridStamp, ReceiveError> {
        let wall = HybridStamp::from_wall_us(wall_us).ok_or(ReceiveError::WallOutOfRange)?;
        let ahead_us = remote.wall_us().saturating_sub(wall_us);
        if ahead_us > self.max_offset_us {
            return Err(ReceiveError::TooFarAhead { ahead_us });
        }
        let next = self.last.max(remote).successor().ok_or(ReceiveError::Exhausted)?;
        self.last = wall.max(next);
        Ok(self.last)
    }
}

/// Why no stamp was issued. The clock is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TickError {
    /// The wall clock shows 2^52 µs or more. Mend its unit or origin.
    WallOutOfRange,
    /// The largest stamp was issued. Only a wrong wall clock gets here before the year 2112: start
    /// again with another node id and a right one.
    Exhausted,
}

impl fmt::Display for TickError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WallOutOfRange => "the wall clock is past the range of stamps",
            Self::Exhausted => "the largest stamp was issued",
        })
    }
}

impl core::error::Error for TickError {}

/// Why a stamp was not accepted. The clock is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReceiveError {
    /// The wall clock shows 2^52 µs or more. Mend its unit or origin.
    WallOutOfRange,
    /// The stamp is further ahead of the wall clock than the maximum offset: the sender's clock or
    /// this one is wrong. Drop the message, and report it to whoever minds the clocks.
    TooFarAhead {
        /// By how much the stamp is ahead of the wall clock, in microseconds.
        ahead_us: u64,
    },
    /// No stamp is larger than the one received, or than the last one issued. Drop the message.
    Exhausted,
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WallOutOfRange => TickError::WallOutOfRange.fmt(f),
            Self::TooFarAhead { ahead_us } => {
                write!(f, "the stamp is {ahead_us} µs ahead of the wall clock")
            }
            Self::Exhausted => f.write_str("no larger stamp can be issued"),
        }
    }
}

impl core::error::Error for ReceiveError {}
