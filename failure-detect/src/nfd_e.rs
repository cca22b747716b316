//! The detector of freshness points.

use crate::{
    Policy, PolicyError,
    ring::Ring,
    watch::{Arrival, Judge, Silence, Watch, Watcher},
};

/// What an [`NfdE`] detector is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NfdEConfig<const LEVELS: usize> {
    /// How many microseconds beyond the expected arrival of the next heartbeat a peer is suspected:
    /// α in the paper.
    pub policy: Policy<u64, LEVELS>,
    /// The peer sends heartbeat `i` at `i` times this, in microseconds from some origin of its own:
    /// η in the paper.
    pub period_us: u64,
}

/// The detector NFD-E: suspicion from when the next heartbeat is expected to arrive.
///
/// A heartbeat says by its number when it was sent, but for a constant. From the latest `SAMPLES`
/// of them the detector estimates when the next will arrive, and suspects the peer at a fixed time
/// after that. So a heartbeat that is late does not postpone the suspicion that the next one is
/// lost: the time until a failure is detected has a bound, the period and the threshold beyond the
/// mean delay. How rarely it is wrong follows from the distribution of delays, in closed form.
///
/// - Heartbeat `i` is sent at `i` periods of the peer's clock: who misses one skips its number.
///   Lost heartbeats do no harm, and a rate that is a little off is followed, half a window behind.
/// - A heartbeat that comes a period later than the last threshold does not enter the estimate,
///   unless the next one is as late: then the peer's own schedule has shifted, and the estimate
///   begins anew. It does so at once where a heartbeat is as much too early: a peer's numbers went
///   on elsewhere after a restart, or the observer's clock stood still in a sleep.
///
/// All is decided in integers, and alike on every target. Each call is O(levels). Memory: 4 bytes a
/// sample, from 2 to 1,024 of them (others do not compile); the README says how much more.
///
/// Source: Chen, Toueg, Aguilera, "On the Quality of Service of Failure Detectors", IEEE
/// Transactions on Computers 51(5), 2002: NFD-E is section 6.3's.
///
/// ```
/// use synod_failure_detect::{Detector, NfdE, NfdEConfig, Policy};
///
/// // A heartbeat each second; suspected 300 ms after the next one was expected.
/// let config = NfdEConfig { policy: Policy::new([300_000]), period_us: 1_000_000 };
/// let mut peer = NfdE::<32, 1>::new(0, config)?;
/// peer.heartbeat(1_010_000, 1)?; // 10 ms under way, as far as the origins agree
/// peer.heartbeat(2_030_000, 2)?; // 30 ms
/// assert_eq!(peer.poll_timeout(), Some(3_320_000)); // the third in 20 ms
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NfdE<const SAMPLES: usize, const LEVELS: usize> {
    watch: Watch,
    schedule: Schedule<SAMPLES, LEVELS>,
}

/// What it has learnt.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Schedule<const SAMPLES: usize, const LEVELS: usize> {
    config: NfdEConfig<LEVELS>,
    /// The heartbeat from which the schedule counts: when it came, and its number.
    origin: Option<(u64, u64)>,
    /// By how much later than scheduled the latest heartbeats came.
    lags: Lags<SAMPLES>,
    /// The lag of the last heartbeat, if it was too large to count.
    late: Option<i32>,
    /// When the next heartbeat is expected: rounded up.
    expected_us: Option<u64>,
}

impl<const SAMPLES: usize, const LEVELS: usize> NfdE<SAMPLES, LEVELS> {
    /// A detector of a peer whose first heartbeat is expected a period after `now_us`.
    ///
    /// # Errors
    ///
    /// [`PolicyError`]: the policy makes no sense.
    pub fn new(now_us: u64, config: NfdEConfig<LEVELS>) -> Result<Self, PolicyError> {
        config.policy.check()?;
        let schedule =
            Schedule { config, origin: None, lags: Lags::new(), late: None, expected_us: None };
        Ok(Self { watch: Watch::new(now_us), schedule })
    }
}

impl<const SAMPLES: usize, const LEVELS: usize> Schedule<SAMPLES, LEVELS> {
    /// By how much later than scheduled a heartbeat came; `None` if that is out of all proportion.
    fn lag(&self, arrival: Arrival) -> Option<i32> {
        let (origin_us, first) = self.origin?;
        let elapsed_us = i64::try_from(arrival.now_us.checked_sub(origin_us)?).ok()?;
        let periods = arrival.sequence.checked_sub(first)?;
        let scheduled_us = i64::try_from(periods.checked_mul(self.config.period_us)?).ok()?;
        i32::try_from(elapsed_us.checked_sub(scheduled_us)?).ok()
    }

    fn begin(&mut self, arrival: Arrival) {
        self.origin = Some((arrival.now_us, arrival.sequence));
        self.lags = Lags::new();
        self.lags.push(0);
        self.late = None;
    }

    /// How a lag stands to the mean, where it is away from that by the last threshold and a period.
    fn outlier(&self, lag: i32) -> Option<Outlier> {
        let last_us = self.config.policy.thresholds.last().copied().unwrap_or(u64::MAX);
        let most_us = last_us.saturating_add(self.config.period_us);
        let (lag, mean) = (i64::from(lag), self.lags.mean());
        let kind = if lag < mean { Outlier::Early } else { Outlier::Late };
        Some(kind).filter(|_| lag.abs_diff(mean) >= most_us)
    }

    /// Whether a heartbeat is as late as the one before it. (Those that were held up together come
    /// at once, and are less late each by a period.)
    fn has_shifted(&self, lag: i32) -> bool {
        let half_us = i64::try_from(self.config.period_us / 2).unwrap_or(i64::MAX);
        self.late.is_some_and(|last| i64::from(last).saturating_sub(lag.into()) < half_us.max(1))
    }

    fn note(&mut self, arrival: Arrival) {
        let Some(lag) = self.lag(arrival) else { return self.begin(arrival) };
        match self.outlier(lag) {
            None => {
                self.lags.push(lag);
                self.late = None;
            }
            // No delay is negative: its numbers, or the observer's clock, took a leap.
            Some(Outlier::Early) => self.begin(arrival),
            Some(Outlier::Late) if self.has_shifted(lag) => self.begin(arrival),
            Some(Outlier::Late) => self.late = Some(lag),
        }
    }

    /// When a heartbeat is expected, rounded up: the mean of all lags after its time.
    fn expected(&self, sequence: u64) -> Option<u64> {
        let (origin_us, first) = self.origin?;
        let periods = sequence.checked_sub(first)?;
        let scheduled_us = origin_us.checked_add(periods.checked_mul(self.config.period_us)?)?;
        scheduled_us.checked_add_signed(self.lags.mean())
    }
}

impl<const SAMPLES: usize, const LEVELS: usize> Judge for Schedule<SAMPLES, LEVELS> {
    const LEVELS: u8 = Policy::<u64, LEVELS>::LEVELS;

    fn learn(&mut self, arrival: Arrival) {
        self.note(arrival);
        self.expected_us = arrival.sequence.checked_add(1).and_then(|next| self.expected(next));
    }

    fn is_reached(&self, silence: Silence, level: u8) -> bool {
        self.reached_after(silence, level).is_some_and(|after_us| silence.length_us >= after_us)
    }

    fn reached_after(&self, silence: Silence, level: u8) -> Option<u64> {
        let margin_us = self.config.policy.threshold(level)?;
        // Who has just begun to listen waits for a period.
        let first_us = silence.awake_us.saturating_add(self.config.period_us);
        let next_us = silence.since_us.saturating_add(self.config.period_us);
        let expected_us = self.expected_us.unwrap_or(next_us).max(first_us);
        Some(expected_us.saturating_add(margin_us).saturating_sub(silence.since_us))
    }

    fn recover_after(&self) -> u16 {
        self.config.policy.recover_after
    }

    fn max_late_us(&self) -> u64 {
        self.config.policy.max_late_us
    }
}

impl<const SAMPLES: usize, const LEVELS: usize> Watcher for NfdE<SAMPLES, LEVELS> {
    type Judge = Schedule<SAMPLES, LEVELS>;

    fn judge(&self) -> &Self::Judge {
        &self.schedule
    }

    fn watch(&self) -> &Watch {
        &self.watch
    }

    fn parts(&mut self) -> (&mut Watch, &mut Self::Judge) {
        (&mut self.watch, &mut self.schedule)
    }
}

/// A lag that is away from all others.
enum Outlier {
    Early,
    Late,
}

/// The latest `N` lags, and their exact sum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
struct Lags<const N: usize> {
    latest: Ring<i32, N>,
    sum: i64,
}

impl<const N: usize> Lags<N> {
    const fn new() -> Self {
        Self { latest: Ring::new(0), sum: 0 }
    }

    fn push(&mut self, lag: i32) {
        let old = self.latest.push(lag).unwrap_or(0);
        // A few thousand numbers of 32 bits are far from the end of 64.
        self.sum = self.sum.saturating_add(lag.into()).saturating_sub(old.into());
    }

    /// Their mean, rounded up.
    fn mean(&self) -> i64 {
        let count = i64::from(self.latest.len());
        let up = self.sum.saturating_add(count).saturating_sub(1);
        up.checked_div_euclid(count).unwrap_or(0)
    }
}
