//! Numbers that are never issued twice, at one durable write for many.

use core::{fmt, num::NonZeroU64};

/// A persisted bound, under which stamps, dots and tokens are issued.
///
/// After a restart, a node may have forgotten the last number that it issued. If it persists only
/// a bound *before* issuing anything beneath it, it can go on above the bound, and repeat nothing.
/// Bounds are reserved in blocks, so that flash is written once for many numbers; a restart skips
/// at most what was reserved.
///
/// The host's part:
///
/// 1. Start with [`new`](Self::new), or after a restart with [`recover`](Self::recover) and the
///    last bound that was durably written.
/// 2. After every call, drain [`poll_output`](Self::poll_output). Write each bound it gives, sync,
///    and then call [`handle_persisted`](Self::handle_persisted) with it.
/// 3. Issue with [`issue`](Self::issue), or use a number of another clock only if
///    [`covers`](Self::covers) says so.
///
/// The first number waits for the first write. After that a new bound is asked for when less than
/// half a block is left, so a host that writes promptly never waits. Each call is O(1).
///
/// Two ceilings over one stored bound issue the same numbers twice, so it is not `Copy`, and a
/// clone is for inspection.
///
/// ```
/// use synod_clocks::{Ceiling, IssueError};
/// # use core::num::NonZeroU64;
///
/// let block = NonZeroU64::new(100).unwrap();
/// let mut ceiling = Ceiling::new(block);
/// assert_eq!(ceiling.issue(), Err(IssueError::Unreserved)); // nothing is durable yet
///
/// let bound = ceiling.poll_output().unwrap();
/// // … write the bound to flash, and sync …
/// ceiling.handle_persisted(bound)?;
/// assert_eq!(ceiling.issue(), Ok(1));
///
/// // The power fails. The bound was 100, so the next number is above it.
/// let mut ceiling = Ceiling::recover(block, bound);
/// let bound = ceiling.poll_output().unwrap();
/// ceiling.handle_persisted(bound)?;
/// assert_eq!(ceiling.issue(), Ok(101));
/// # Ok::<(), synod_clocks::UnknownBound>(())
/// ```
///
/// # With a clock of its own
///
/// A number that comes from another clock, such as a hybrid stamp, stays under the ceiling by
/// asking ahead for where that clock is going. A bound is written about every half block of time.
///
/// After a restart that clock goes on above the bound, which may be a block and a half ahead of the
/// wall clock: peers would refuse its stamps until the wall clock has caught up, and a node that
/// restarts again and again would run away. So wait until the wall clock has passed the floor
/// before the first stamp, and choose the block no longer than that wait may be.
///
/// ```
/// use synod_clocks::{Ceiling, HybridClock, HybridStamp};
/// # use core::num::NonZeroU64;
/// # let (persisted, wall_us) = (0, 5_000_000);
///
/// let ten_seconds = HybridStamp::from_wall_us(10_000_000).unwrap().to_bits();
/// let mut ceiling = Ceiling::recover(NonZeroU64::new(ten_seconds).unwrap(), persisted);
/// let mut clock = HybridClock::recover(500_000, HybridStamp::from_bits(ceiling.floor()));
/// if clock.last().wall_us() < wall_us {
///     let stamp = clock.tick(wall_us)?;
///     ceiling.reserve(stamp.to_bits());
///     if let Some(bound) = ceiling.poll_output() {
///         // … write the bound to flash, and sync …
///         ceiling.handle_persisted(bound)?;
///     }
///     assert!(ceiling.covers(stamp.to_bits())); // now the stamp may leave the node
/// } else {
///     // … too early: come back when the wall clock has passed the floor …
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # For dots
///
/// A version vector may skip numbers: [`observe`](crate::VersionVector::observe) the dot at the
/// floor, and go on. A causal context may too, at the cost of one range for the gap: the first dot
/// after the restart is the one above the floor, and is [inserted](crate::CausalContext::insert)
/// like any other. It must not claim the dots that are skipped, the one at the floor included, as
/// known: that deletes whatever one of them names elsewhere. Siblings may not skip any, for their
/// context is a version vector, which claims all. Persist them before what they issued leaves the
/// node; or issue a boot number with a block of 1, and use `(node, boot)` as the replica's id, so
/// that no dot of an earlier life can come again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Ceiling {
    /// Up to here, numbers may have been issued before the start.
    floor: u64,
    /// The largest number issued or asked for.
    demand: u64,
    /// The largest number issued.
    issued: u64,
    /// The durable bound.
    durable: u64,
    /// The bound that the host was last told to write.
    requested: u64,
    block: NonZeroU64,
}

impl Ceiling {
    /// For a node that never issued a number. Bounds grow by `block` numbers.
    #[must_use]
    pub const fn new(block: NonZeroU64) -> Self {
        Self::recover(block, 0)
    }

    /// For a node whose last durably written bound is `persisted`. It covers nothing until a new
    /// bound is durable.
    #[must_use]
    pub const fn recover(block: NonZeroU64, persisted: u64) -> Self {
        Self {
            floor: persisted,
            demand: persisted,
            issued: persisted,
            durable: persisted,
            requested: persisted,
            block,
        }
    }

    /// The number up to which others may have been issued before the start. A clock used with this
    /// ceiling starts above it.
    #[must_use]
    pub const fn floor(&self) -> u64 {
        self.floor
    }

    /// The bound that is known to be durable.
    #[must_use]
    pub const fn bound(&self) -> u64 {
        self.durable
    }

    /// Issues the next number.
    ///
    /// # Errors
    ///
    /// [`IssueError`]; nothing was issued.
    pub fn issue(&mut self) -> Result<u64, IssueError> {
        let next = self.issued.checked_add(1).ok_or(IssueError::Exhausted)?;
        if next > self.durable {
            return Err(IssueError::Unreserved);
        }
        self.issued = next;
        self.demand = self.demand.max(next);
        Ok(next)
    }

    /// Asks that numbers up to `number` be covered, and at least half a block beyond. The bound to
    /// write comes from [`poll_output`](Self::poll_output).
    ///
    /// A number that is reserved is used up for whatever comes after a restart, so do not pass one
    /// that a peer chose without a check, such as the maximum offset of a hybrid clock.
    pub fn reserve(&mut self, number: u64) {
        self.demand = self.demand.max(number);
    }

    /// Whether `number`, which another clock made, may be used: it is above the floor, and the
    /// durable bound covers it.
    #[must_use]
    pub const fn covers(&self, number: u64) -> bool {
        self.floor < number && number <= self.durable
    }

    /// The bound to write next, if one is needed and none is being written.
    pub fn poll_output(&mut self) -> Option<u64> {
        let margin = self.block.get().div_ceil(2);
        if self.pending().is_some() || self.demand.saturating_add(margin) <= self.durable {
            return None;
        }
        self.requested = self.demand.max(self.durable).saturating_add(self.block.get());
        self.pending()
    }

    /// The bound that the host was told to write and has not reported: what to write again if the
    /// write failed.
    #[must_use]
    pub fn pending(&self) -> Option<u64> {
        (self.requested > self.durable).then_some(self.requested)
    }

    /// The host has durably written `bound`.
    ///
    /// # Errors
    ///
    /// [`UnknownBound`]: it is not the bound being written. Nothing was changed.
    pub fn handle_persisted(&mut self, bound: u64) -> Result<(), UnknownBound> {
        if self.pending() != Some(bound) {
            return Err(UnknownBound);
        }
        self.durable = bound;
        Ok(())
    }
}

/// Why no number was issued. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum IssueError {
    /// The next number is not under the durable bound yet. Write the bound that
    /// [`Ceiling::poll_output`] gives, report it, and call again.
    Unreserved,
    /// `u64::MAX` was issued. Go on under a new id, with a new ceiling.
    Exhausted,
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreserved => "the next number is above the durable bound",
            Self::Exhausted => "the largest number was issued",
        })
    }
}

impl core::error::Error for IssueError {}

/// The report of a bound that is not being written: never asked for, stale, or reported twice.
/// Nothing was changed. A host that reports only what it was told to write never sees this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UnknownBound;

impl fmt::Display for UnknownBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this bound is not being written")
    }
}

impl core::error::Error for UnknownBound {}
