//! The accrual detector.

use core::marker::PhantomData;

use crate::{
    Model, Phi, Policy, PolicyError,
    watch::{Arrival, Judge, Silence, Watch, Watcher},
    wide::product,
    window::{Moments, Window},
};

/// What a [`PhiAccrual`] detector starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PhiConfig<const LEVELS: usize> {
    /// From which φ on a peer is suspected.
    pub policy: Policy<Phi, LEVELS>,
    /// An estimate of the interval between heartbeats, in microseconds: what is known of it before
    /// the first. It counts as two intervals, a quarter shorter and a quarter longer. Take it rather
    /// too long: one so short that real intervals reach the last threshold is never corrected, since
    /// those count as outages. One too long is forgotten after `SAMPLES` intervals.
    pub first_interval_us: u32,
    /// The least standard deviation that is believed, in microseconds: for peers whose heartbeats
    /// come so regularly that a small delay would look like a failure. In the
    /// [`Exponential`](crate::Exponential) model, whose deviation is its mean, the least mean. 0 is
    /// taken as 1.
    pub min_deviation_us: u32,
    /// A pause to be put up with, in microseconds: φ begins to grow so much later.
    pub acceptable_pause_us: u32,
}

/// The φ accrual detector: suspicion from how the intervals between heartbeats are distributed.
///
/// It keeps the latest `SAMPLES` intervals, from 2 to 1,024 (others do not compile), and suspects a
/// peer where its silence is too long for them, by the distribution `M`.
///
/// - An interval longer than the last threshold is an outage, and does not enter the history: it
///   would excuse the next one. So a peer that changes its pace for good, to one that reaches the
///   last threshold, is to be watched by a new detector.
/// - What was held up by an outage, or by a sleep of the observer, and comes at once after it, does
///   not enter it either: it would shrink the mean.
/// - An interval longer than 2³² µs, 71 minutes, is taken as that.
///
/// All is decided in integers, and alike on every target. Each call is O(levels). Memory: 4 bytes a
/// sample; the README says how much more.
///
/// Source: Hayashibara, Défago, Yared, Katayama, "The φ Accrual Failure Detector", SRDS 2004. The
/// first estimate, the least deviation and the acceptable pause are Akka's.
///
/// ```
/// use synod_failure_detect::{Detector, Level, Normal, Phi, PhiAccrual, PhiConfig, Policy};
///
/// // The last 100 intervals; doubtful from φ = 1 on, given up at φ = 8.
/// type Peer = PhiAccrual<Normal, 100, 2>;
/// const DOUBT: Phi = Phi::from_tenths(10).unwrap();
/// const GIVE_UP: Phi = Phi::from_tenths(80).unwrap();
///
/// let mut peer = Peer::new(0, PhiConfig {
///     policy: Policy::new([DOUBT, GIVE_UP]),
///     first_interval_us: 1_000_000,
///     min_deviation_us: 50_000,
///     acceptable_pause_us: 0,
/// })?;
/// for sequence in 1..=200 {
///     peer.heartbeat(sequence * 1_000_000, sequence)?;
/// }
/// // Regular as a clock, so the least deviation counts: 1.28 of them after the mean, and 5.61.
/// assert_eq!(peer.poll_timeout(), Some(201_064_078));
/// assert_eq!(peer.level_at(201_280_000), Level(1));
/// assert_eq!(peer.level_at(201_281_000), Level(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PhiAccrual<M, const SAMPLES: usize, const LEVELS: usize> {
    watch: Watch,
    history: History<M, SAMPLES, LEVELS>,
}

/// What it has learnt.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct History<M, const SAMPLES: usize, const LEVELS: usize> {
    config: PhiConfig<LEVELS>,
    intervals: Window<SAMPLES>,
    moments: Moments,
    /// The last interval that did not count, and how many heartbeats of it came since.
    outage_us: u64,
    held_up: u64,
    model: PhantomData<M>,
}

impl<M: Model, const SAMPLES: usize, const LEVELS: usize> PhiAccrual<M, SAMPLES, LEVELS> {
    /// A detector of a peer that is watched from `now_us` on: as if a heartbeat had come then.
    ///
    /// # Errors
    ///
    /// [`PolicyError`]: the policy makes no sense.
    pub fn new(now_us: u64, config: PhiConfig<LEVELS>) -> Result<Self, PolicyError> {
        config.policy.check()?;
        let intervals = Window::new();
        let moments = intervals.moments(0);
        let model = PhantomData;
        let mut history = History { config, intervals, moments, outage_us: 0, held_up: 0, model };
        let (estimate_us, quarter_us) = (config.first_interval_us, config.first_interval_us / 4);
        history.push(estimate_us.saturating_sub(quarter_us).into());
        history.push(estimate_us.saturating_add(quarter_us).into());
        Ok(Self { watch: Watch::new(now_us), history })
    }

    /// φ at `now_us`, if nothing is heard until then: with a relative error below 10⁻⁹, from 10⁻⁷ to beyond
    /// 1,000; it does not saturate. 0 during an acceptable pause. O(1).
    ///
    /// For people and graphs: no decision rests on it.
    #[cfg(feature = "libm")]
    #[cfg_attr(docsrs, doc(cfg(feature = "libm")))]
    #[must_use]
    pub fn phi(&self, now_us: u64) -> f64 {
        let silence = self.watch.silence(now_us);
        let beyond = self.history.beyond_pause(silence);
        beyond.map_or(0.0, |silent_us| M::phi(&self.history.moments, silent_us))
    }

    /// φ at `now_us` in millionths, if nothing is heard until then, by a table, up to 16 and within
    /// 0.0003. 0 during an acceptable pause. O(1).
    ///
    /// For people and graphs: no decision rests on it.
    #[must_use]
    pub fn phi_millionths(&self, now_us: u64) -> u32 {
        let silence = self.watch.silence(now_us);
        let beyond = self.history.beyond_pause(silence);
        beyond.map_or(0, |silent_us| M::phi_millionths(&self.history.moments, silent_us))
    }
}

impl<M, const SAMPLES: usize, const LEVELS: usize> History<M, SAMPLES, LEVELS> {
    /// Takes an interval into the history.
    fn push(&mut self, interval_us: u64) {
        self.intervals.push(u32::try_from(interval_us).unwrap_or(u32::MAX));
        self.moments = self.intervals.moments(self.config.min_deviation_us);
    }

    /// How long a silence is beyond the acceptable pause.
    fn beyond_pause(&self, silence: Silence) -> Option<u64> {
        silence.length_us.checked_sub(self.config.acceptable_pause_us.into())
    }

    /// Whether a heartbeat was held up with others by the last outage: if it comes within half of
    /// the mean, and no more came before than were sent in that time.
    fn is_held_up(&self, interval_us: u64) -> bool {
        let moments = &self.moments;
        let is_early = interval_us.saturating_mul(2).saturating_mul(moments.count) < moments.sum;
        is_early && product(self.held_up, moments.sum) < product(self.outage_us, moments.count)
    }
}

impl<M: Model, const SAMPLES: usize, const LEVELS: usize> Judge for History<M, SAMPLES, LEVELS> {
    const LEVELS: u8 = Policy::<Phi, LEVELS>::LEVELS;

    fn learn(&mut self, arrival: Arrival) {
        if !arrival.is_regular {
            (self.outage_us, self.held_up) = (arrival.interval_us, 0);
        } else if self.outage_us > 0 && self.is_held_up(arrival.interval_us) {
            self.held_up = self.held_up.saturating_add(1);
        } else {
            self.outage_us = 0;
            self.push(arrival.interval_us);
        }
    }

    fn is_reached(&self, silence: Silence, level: u8) -> bool {
        let Some(phi) = self.config.policy.threshold(level) else { return false };
        let beyond = self.beyond_pause(silence);
        beyond.is_some_and(|silent_us| M::is_reached(&self.moments, silent_us, phi))
    }

    fn reached_after(&self, _: Silence, level: u8) -> Option<u64> {
        let silent_us = M::reached_after(&self.moments, self.config.policy.threshold(level)?);
        Some(silent_us.saturating_add(self.config.acceptable_pause_us.into()))
    }

    fn recover_after(&self) -> u16 {
        self.config.policy.recover_after
    }

    fn max_late_us(&self) -> u64 {
        self.config.policy.max_late_us
    }
}

impl<M: Model, const SAMPLES: usize, const LEVELS: usize> Watcher
    for PhiAccrual<M, SAMPLES, LEVELS>
{
    type Judge = History<M, SAMPLES, LEVELS>;

    fn judge(&self) -> &Self::Judge {
        &self.history
    }

    fn watch(&self) -> &Watch {
        &self.watch
    }

    fn parts(&mut self) -> (&mut Watch, &mut Self::Judge) {
        (&mut self.watch, &mut self.history)
    }
}
