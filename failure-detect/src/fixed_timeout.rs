//! The plainest detector.

use crate::{
    Policy, PolicyError,
    watch::{Arrival, Judge, Silence, Watch, Watcher},
};

/// A detector with fixed timeouts: a level is reached after so many microseconds of silence.
///
/// For networks whose delays are known, and as the measure of the others. A peer that was never
/// heard of is silent since the beginning.
///
/// ```
/// use synod_failure_detect::{Detector, FixedTimeout, Level, Policy};
///
/// let mut peer = FixedTimeout::new(0, Policy::new([500_000]))?;
/// peer.handle_timeout(499_999);
/// assert_eq!(peer.level(), Level::TRUSTED);
/// peer.handle_timeout(500_000);
/// assert_eq!(peer.poll_output(), Some(Level(1)));
/// # Ok::<(), synod_failure_detect::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FixedTimeout<const LEVELS: usize> {
    policy: Policy<u64, LEVELS>,
    watch: Watch,
}

impl<const LEVELS: usize> FixedTimeout<LEVELS> {
    /// A detector of a peer that is trusted from `now_us` on, until the first threshold.
    ///
    /// # Errors
    ///
    /// [`PolicyError`]: the policy makes no sense.
    pub fn new(now_us: u64, policy: Policy<u64, LEVELS>) -> Result<Self, PolicyError> {
        policy.check()?;
        Ok(Self { policy, watch: Watch::new(now_us) })
    }
}

impl<const LEVELS: usize> Judge for Policy<u64, LEVELS> {
    const LEVELS: u8 = Self::LEVELS;

    fn learn(&mut self, _: Arrival) {}

    fn is_reached(&self, silence: Silence, level: u8) -> bool {
        self.reached_after(silence, level).is_some_and(|after_us| silence.length_us >= after_us)
    }

    fn reached_after(&self, _: Silence, level: u8) -> Option<u64> {
        self.threshold(level)
    }

    fn recover_after(&self) -> u16 {
        self.recover_after
    }

    fn max_late_us(&self) -> u64 {
        self.max_late_us
    }
}

impl<const LEVELS: usize> Watcher for FixedTimeout<LEVELS> {
    type Judge = Policy<u64, LEVELS>;

    fn judge(&self) -> &Self::Judge {
        &self.policy
    }

    fn watch(&self) -> &Watch {
        &self.watch
    }

    fn parts(&mut self) -> (&mut Watch, &mut Self::Judge) {
        (&mut self.watch, &mut self.policy)
    }
}
