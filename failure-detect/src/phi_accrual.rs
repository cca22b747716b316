//! The accrual detector.

use core::marker::PhantomData;

use crate::{
    Model, Phi, Policy, PolicyError,
    watch::{Arrival, Judge, Silence, Watch, Watcher},
    window::{Moments, Window},
};

/// What a [`PhiAccrual`] detector starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PhiConfig<const LEVELS: usize> {
    /// From which φ on a peer is suspected.
    pub policy: Policy<Phi, LEVELS>,
    /// An estimate of the interval between heartbeats, in microseconds: what is known of it before
    /// the first. It counts as two intervals, a quarter shorter and a quarter longer. Take it
    /// rather too long: with one so short that real intervals reach the last threshold, the peer is
    /// suspected wrongly until there were three of them. With one that is too long, it is learnt
    /// only after ten times that.
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
/// - An interval that reaches the last threshold is an outage, and does not enter the history: it
///   would excuse the next one. But after three in a row that are alike, of which none is more
///   than twice as long or as short as the one before it, this is how often the peer sends, and the history begins anew.
/// - What was held up by an outage, or by a sleep of the observer, and comes at once after it
///   (within ten times the mean, and in less than half of it) does not enter it either: it would
///   shrink the mean.
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
///
/// A window of one says nothing of a distribution:
///
/// ```compile_fail,E0080
/// # use synod_failure_detect::{Normal, Phi, PhiAccrual, PhiConfig, Policy};
/// # let config = PhiConfig {
/// #     policy: Policy::new([Phi::MAX]),
/// #     first_interval_us: 1,
/// #     min_deviation_us: 1,
/// #     acceptable_pause_us: 0,
/// # };
/// let peer = PhiAccrual::<Normal, 1, 1>::new(0, config);
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
    /// What the thresholds stand for.
    multipliers: [i32; LEVELS],
    intervals: Window<SAMPLES>,
    /// Until then, heartbeats may come that were held up together.
    burst_until_us: u64,
    /// The last outage, and how many like it came in a row.
    outage_us: u64,
    outages: u8,
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
        let mut history = History {
            config,
            multipliers: config.policy.thresholds.map(M::multiplier),
            intervals: Window::new(),
            burst_until_us: 0,
            outage_us: 0,
            outages: 0,
            model: PhantomData,
        };
        history.begin(config.first_interval_us.into());
        Ok(Self { watch: Watch::new(now_us), history })
    }

    /// φ at `now_us`, if nothing is heard until then: with a relative error below 10⁻⁹, from 10⁻⁷
    /// to beyond 1,000; it does not saturate. 0 during an acceptable pause. O(1).
    ///
    /// For people and graphs: no decision rests on it.
    #[cfg(feature = "libm")]
    #[cfg_attr(docsrs, doc(cfg(feature = "libm")))]
    #[must_use]
    pub fn phi(&self, now_us: u64) -> f64 {
        let silence = self.watch.silence(now_us);
        let beyond = self.history.beyond_pause(silence);
        beyond.map_or(0.0, |silent_us| M::phi(&self.history.moments(), silent_us))
    }

    /// φ at `now_us` in millionths, if nothing is heard until then, by a table, up to 16 and within
    /// 0.0003. 0 during an acceptable pause. O(1).
    ///
    /// For people and graphs: no decision rests on it.
    #[must_use]
    pub fn phi_millionths(&self, now_us: u64) -> u32 {
        let silence = self.watch.silence(now_us);
        let beyond = self.history.beyond_pause(silence);
        beyond.map_or(0, |silent_us| M::phi_millionths(&self.history.moments(), silent_us))
    }
}

impl<M, const SAMPLES: usize, const LEVELS: usize> History<M, SAMPLES, LEVELS> {
    /// Takes an interval into the history.
    fn push(&mut self, interval_us: u64) {
        self.intervals.push(u32::try_from(interval_us).unwrap_or(u32::MAX));
    }

    fn moments(&self) -> Moments {
        self.intervals.moments(self.config.min_deviation_us)
    }

    fn multiplier(&self, level: u8) -> Option<i32> {
        self.multipliers.get(usize::from(level)).copied()
    }

    /// How long a silence is beyond the acceptable pause.
    fn beyond_pause(&self, silence: Silence) -> Option<u64> {
        silence.length_us.checked_sub(self.config.acceptable_pause_us.into())
    }

    /// The history before the first interval, if that may be so long.
    fn begin(&mut self, estimate_us: u64) {
        self.intervals = Window::new();
        let quarter_us = estimate_us / 4;
        self.push(estimate_us.saturating_sub(quarter_us));
        self.push(estimate_us.saturating_add(quarter_us));
        self.outages = 0;
    }

    /// Notes an outage; whether it is the last of some in a row that are alike. Then it is none, but
    /// the pace at which the peer sends.
    fn note_outage(&mut self, outage_us: u64) -> bool {
        let (shorter, longer) = (self.outage_us.min(outage_us), self.outage_us.max(outage_us));
        let is_alike = longer / 2 <= shorter;
        self.outages = if is_alike { self.outages.saturating_add(1) } else { 1 };
        self.outage_us = outage_us;
        self.outages >= PACE
    }

    /// What was held up comes at once: in less than half of the mean.
    fn is_early(&self, interval_us: u64) -> bool {
        let twice_us = interval_us.saturating_mul(2);
        let moments = self.moments();
        twice_us.saturating_mul(moments.count) < moments.sum
    }
}

/// So many outages in a row, and of like length, are no outages.
const PACE: u8 = 3;

/// For so many times the mean after an outage, what was held up may come.
const BURST: u64 = 10;

impl<M: Model, const SAMPLES: usize, const LEVELS: usize> Judge for History<M, SAMPLES, LEVELS> {
    const LEVELS: u8 = Policy::<Phi, LEVELS>::LEVELS;

    fn learn(&mut self, arrival: Arrival) {
        let interval_us = arrival.interval_us;
        if arrival.is_whole && !arrival.is_outage {
            self.outages = 0;
            if arrival.now_us >= self.burst_until_us || !self.is_early(interval_us) {
                self.push(interval_us);
            }
            return;
        }
        if arrival.is_whole && self.note_outage(interval_us) {
            self.begin(interval_us);
        }
        let moments = self.moments();
        let burst_us = moments.sum.saturating_mul(BURST).checked_div(moments.count);
        self.burst_until_us = arrival.now_us.saturating_add(burst_us.unwrap_or(0));
    }

    fn is_reached(&self, silence: Silence, level: u8) -> bool {
        let Some(multiplier) = self.multiplier(level) else { return false };
        let beyond = self.beyond_pause(silence);
        beyond.is_some_and(|silent_us| M::is_reached(&self.moments(), silent_us, multiplier))
    }

    fn reached_after(&self, _: Silence, level: u8) -> Option<u64> {
        let silent_us = M::reached_after(&self.moments(), self.multiplier(level)?);
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
