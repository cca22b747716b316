//! What every detector does.

use core::fmt;

/// A failure detector: from the heartbeats of one peer it tells how far that peer is suspected.
///
/// It has levels, of which each has a threshold of its own: the higher, the later and the surer. A
/// peer that is silent rises from level to level; a heartbeat makes it trusted again, or, with
/// hysteresis, several in a row. See [`Policy`](crate::Policy).
///
/// A host calls [`heartbeat`](Self::heartbeat) when one arrives, and
/// [`handle_timeout`](Self::handle_timeout) at [`poll_timeout`](Self::poll_timeout); after each of
/// them it drains [`poll_output`](Self::poll_output). Time, `now_us`, is monotonic, in microseconds
/// from any origin; one that runs backwards is taken as the latest seen.
///
/// Only the detectors of this crate are detectors.
///
/// No detector can be right always: where delays have no bound, a peer that is slow and one that is
/// dead look alike (Chandra and Toueg, 1996). A level says what is likely, and no more.
///
/// ```
/// use synod_failure_detect::{Detector, FixedTimeout, Level, Policy};
///
/// // Doubtful after a second of silence, given up after five.
/// let mut peer = FixedTimeout::new(0, Policy::new([1_000_000, 5_000_000]))?;
/// peer.heartbeat(300_000, 1)?;
/// assert_eq!(peer.poll_timeout(), Some(1_300_000));
///
/// peer.handle_timeout(1_300_000);
/// assert_eq!(peer.poll_output(), Some(Level(1)));
/// peer.heartbeat(1_400_000, 2)?;
/// assert_eq!(peer.poll_output(), Some(Level::TRUSTED));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Detector {
    /// A heartbeat of the peer has arrived. O(levels).
    ///
    /// `sequence` grows with each that the peer sends. What is not larger than the largest seen is
    /// old, and tells nothing. A peer that may restart puts the number of its start into the high
    /// bits.
    ///
    /// # Errors
    ///
    /// [`StaleHeartbeat`]: it is a duplicate, or was overtaken. It counts as a call of
    /// [`handle_timeout`](Self::handle_timeout), and no more.
    fn heartbeat(&mut self, now_us: u64, sequence: u64) -> Result<(), StaleHeartbeat>;

    /// The time of [`poll_timeout`](Self::poll_timeout) has come. Early calls do no harm. One that
    /// is later than the policy allows shows that the observer itself stood still: then nobody is
    /// suspected for that time. O(levels).
    fn handle_timeout(&mut self, now_us: u64);

    /// The observer has been asleep until now, and could hear nobody: silence counts anew from now
    /// on, and the level stays. For hosts that know that they slept, above all where their clock
    /// stops in a sleep, so that no call looks late. To be called first after waking. O(1).
    fn handle_pause(&mut self, now_us: u64);

    /// When the next level is reached if nothing is heard until then: exactly then, not a
    /// microsecond before. `None` at the highest level.
    #[must_use]
    fn poll_timeout(&self) -> Option<u64>;

    /// The level, if it is not the one that was told last.
    fn poll_output(&mut self) -> Option<Level>;

    /// The level as of the latest call.
    #[must_use]
    fn level(&self) -> Level;

    /// The level that silence until `now_us` would lead to, if the observer is awake all the time.
    /// Changes nothing. O(levels).
    #[must_use]
    fn level_at(&self, now_us: u64) -> Level;
}

/// How far a peer is suspected: the number of thresholds that were reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Level(pub u8);

impl Level {
    /// No threshold was reached.
    pub const TRUSTED: Self = Self(0);

    /// Whether no threshold was reached.
    #[must_use]
    pub const fn is_trusted(self) -> bool {
        self.0 == 0
    }
}

/// The heartbeat is not newer than another one before it, and tells nothing: ignore it. If they go
/// on, the peer has restarted with small numbers: give it a new detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct StaleHeartbeat {
    /// The largest sequence number seen.
    pub latest: u64,
}

impl fmt::Display for StaleHeartbeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not newer than heartbeat {}", self.latest)
    }
}

impl core::error::Error for StaleHeartbeat {}
