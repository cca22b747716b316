//! A check on the wall clock, by a clock that cannot be set.

use core::fmt;

/// A guard that refuses a wall clock which leaps ahead of the monotonic clock beside it.
///
/// A hybrid clock follows its wall clock upwards for good: one reading from next year, and every
/// stamp until next year is a counter. This guard holds each reading against the time that has
/// really passed since the one before, and lets through only a jump of at most `max_jump_us`.
///
/// Steps back are let through, since a hybrid clock bears them. After one of more than
/// `max_jump_us`, the guard still remembers where the wall clock would be without it, so that the
/// return is no leap. Smaller differences it follows: a drift below the maximum between two
/// readings passes. The first reading has nothing to be held against; check it by other means.
///
/// Each call is O(1).
///
/// ```
/// use synod_clocks::{ForwardJump, HybridClock, JumpGuard};
///
/// let mut guard = JumpGuard::new(250_000);
/// let mut clock = HybridClock::new(500_000);
/// clock.tick(guard.check(0, 7_000_000)?)?;
///
/// // A second later, somebody sets the wall clock a minute ahead.
/// let leap = guard.check(1_000_000, 68_000_000);
/// assert_eq!(leap, Err(ForwardJump { by_us: 60_000_000 }));
///
/// guard.accept(1_000_000, 68_000_000); // the operator confirms it
/// clock.tick(guard.check(1_000_010, 68_000_010)?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct JumpGuard {
    max_jump_us: u64,
    accepted: Option<Reading>,
}

/// Both clocks at one instant, as the next reading is held against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
struct Reading {
    now_us: u64,
    wall_us: u64,
}

impl JumpGuard {
    /// A guard that has seen no reading, and lets through jumps of at most `max_jump_us`.
    #[must_use]
    pub const fn new(max_jump_us: u64) -> Self {
        Self { max_jump_us, accepted: None }
    }

    /// Gives `wall_us` back if it may be used. `now_us` is monotonic; one that runs backwards is
    /// taken as the last one accepted.
    ///
    /// # Errors
    ///
    /// [`ForwardJump`]: the wall clock is ahead of where it should be by more than the maximum. The
    /// guard is unchanged, so it keeps refusing until the clock returns or [`accept`](Self::accept)
    /// is called.
    pub fn check(&mut self, now_us: u64, wall_us: u64) -> Result<u64, ForwardJump> {
        let mut reference_us = wall_us;
        if let Some(last) = self.accepted {
            let elapsed_us = now_us.saturating_sub(last.now_us);
            let due_us = last.wall_us.saturating_add(elapsed_us);
            let by_us = wall_us.saturating_sub(due_us);
            if by_us > self.max_jump_us {
                return Err(ForwardJump { by_us });
            }
            if due_us.saturating_sub(wall_us) > self.max_jump_us {
                reference_us = due_us;
            }
        }
        self.accept(now_us, reference_us);
        Ok(wall_us)
    }

    /// Takes a reading as right, whatever it shows: the next one is held against it.
    pub fn accept(&mut self, now_us: u64, wall_us: u64) {
        let now_us = self.accepted.map_or(now_us, |last| last.now_us.max(now_us));
        self.accepted = Some(Reading { now_us, wall_us });
    }
}

/// The wall clock leapt ahead. The guard is unchanged.
///
/// Do not stamp with this reading. Until the clock returns, or somebody confirms the jump, stamp
/// with the reading less `by_us`: that is where the clock should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ForwardJump {
    /// By how much the wall clock is ahead of where it should be, in microseconds.
    pub by_us: u64,
}

impl fmt::Display for ForwardJump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the wall clock leapt {} µs ahead", self.by_us)
    }
}

impl core::error::Error for ForwardJump {}
