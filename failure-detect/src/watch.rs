//! The watch over one peer: its silence, its level, and whether the observer itself was awake.

use crate::{Detector, Level, StaleHeartbeat};

/// A detector that watches, and judges by what it has learnt: each of this crate is one.
pub trait Watcher {
    type Judge: Judge;

    fn judge(&self) -> &Self::Judge;

    fn watch(&self) -> &Watch;

    fn parts(&mut self) -> (&mut Watch, &mut Self::Judge);
}

impl<W: Watcher> Detector for W {
    fn heartbeat(&mut self, now_us: u64, sequence: u64) -> Result<(), StaleHeartbeat> {
        let (watch, judge) = self.parts();
        let arrival = watch.hear(now_us, sequence, judge)?;
        judge.learn(arrival);
        watch.settle(judge);
        Ok(())
    }

    fn handle_timeout(&mut self, now_us: u64) {
        let (watch, judge) = self.parts();
        watch.advance(now_us, judge);
    }

    fn handle_pause(&mut self, now_us: u64) {
        self.parts().0.wake(now_us);
    }

    fn poll_timeout(&self) -> Option<u64> {
        self.watch().timeout(self.judge())
    }

    fn poll_output(&mut self) -> Option<Level> {
        self.parts().0.poll_output()
    }

    fn level(&self) -> Level {
        Level(self.watch().level)
    }

    fn level_at(&self, now_us: u64) -> Level {
        self.watch().level_at(now_us, self.judge())
    }
}

/// What a detector has learnt, and makes of silence.
pub trait Judge {
    /// The number of levels above that of trust.
    const LEVELS: u8;

    /// A heartbeat has come.
    fn learn(&mut self, arrival: Arrival);

    /// Whether this silence reaches the threshold of a level, counted from 0.
    fn is_reached(&self, silence: Silence, level: u8) -> bool;

    /// The least length of such a silence.
    fn reached_after(&self, silence: Silence, level: u8) -> Option<u64>;

    /// See [`Policy`](crate::Policy).
    fn recover_after(&self) -> u16;

    /// See [`Policy`](crate::Policy).
    fn max_late_us(&self) -> u64;
}

/// How long nothing was heard.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    pub(crate) since_us: u64,
    pub(crate) length_us: u64,
    /// Since when the observer is awake without a break.
    pub(crate) awake_us: u64,
}

/// A heartbeat that is news.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    pub(crate) now_us: u64,
    pub(crate) sequence: u64,
    /// Since the last heartbeat, or the beginning.
    pub(crate) interval_us: u64,
    /// Whether it is one between two heartbeats, through which the observer was awake.
    pub(crate) is_whole: bool,
    /// Whether it reached the last threshold.
    pub(crate) is_outage: bool,
}

/// What all detectors keep of a peer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Watch {
    now_us: u64,
    /// Since when the peer is silent: its last heartbeat, or later if the observer slept.
    silent_since_us: u64,
    /// The last heartbeat, or the beginning.
    heard_us: u64,
    /// Since when the observer is awake without a break.
    awake_us: u64,
    sequence: Option<u64>,
    /// How many heartbeats in a row came before the first threshold.
    on_time: u16,
    level: u8,
    told: u8,
}

impl Watch {
    pub(crate) const fn new(now_us: u64) -> Self {
        Self {
            now_us,
            silent_since_us: now_us,
            heard_us: now_us,
            awake_us: now_us,
            sequence: None,
            on_time: 0,
            level: 0,
            told: 0,
        }
    }

    /// Raises the level as far as the silence until now leads to; gives how many thresholds that
    /// reaches.
    fn advance<J: Judge>(&mut self, now_us: u64, judge: &J) -> u8 {
        self.now_us = self.now_us.max(now_us);
        let silence = self.silence(self.now_us);
        if !judge.is_reached(silence, 0) {
            return 0;
        }
        // A call that is late comes more than that after the next level was due.
        let late_us = judge.max_late_us().checked_add(1);
        let in_time = late_us.and_then(|late_us| silence.length_us.checked_sub(late_us));
        let in_time = in_time.map(|length_us| Silence { length_us, ..silence });
        if in_time.is_some_and(|before| judge.is_reached(before, self.level)) {
            self.wake(self.now_us);
            return 0;
        }
        let reached = reached(silence, 0, judge);
        self.level = self.level.max(reached);
        self.on_time = 0;
        reached
    }

    /// The observer slept until now.
    fn wake(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        self.awake_us = self.now_us;
        self.silent_since_us = self.now_us;
    }

    /// Takes in a heartbeat. What it teaches must be noted before the watch settles.
    fn hear<J: Judge>(
        &mut self,
        now_us: u64,
        sequence: u64,
        judge: &J,
    ) -> Result<Arrival, StaleHeartbeat> {
        let reached = self.advance(now_us, judge);
        if let Some(latest) = self.sequence.filter(|latest| *latest >= sequence) {
            return Err(StaleHeartbeat { latest });
        }
        let was_heard = self.sequence.is_some();
        let was_awake = self.awake_us <= self.heard_us;
        let arrival = Arrival {
            now_us: self.now_us,
            sequence,
            interval_us: self.now_us.saturating_sub(self.heard_us),
            is_whole: was_heard && was_awake,
            is_outage: reached >= J::LEVELS,
        };
        self.sequence = Some(sequence);
        self.heard_us = self.now_us;
        self.silent_since_us = self.now_us;
        Ok(arrival)
    }

    /// Lets go of a suspicion, if enough heartbeats came on time.
    fn settle<J: Judge>(&mut self, judge: &J) {
        self.on_time = self.on_time.saturating_add(1);
        if self.on_time >= judge.recover_after() {
            self.level = 0;
        }
        // A heartbeat may come after the next one should have.
        self.level = self.level.max(reached(self.silence(self.now_us), 0, judge));
    }

    fn timeout<J: Judge>(&self, judge: &J) -> Option<u64> {
        if self.level >= J::LEVELS {
            return None;
        }
        let after_us = judge.reached_after(self.silence(self.now_us), self.level)?;
        self.silent_since_us.checked_add(after_us)
    }

    fn poll_output(&mut self) -> Option<Level> {
        if self.told == self.level {
            return None;
        }
        self.told = self.level;
        Some(Level(self.level))
    }

    fn level_at<J: Judge>(&self, now_us: u64, judge: &J) -> Level {
        Level(reached(self.silence(now_us), self.level, judge))
    }

    /// Since the last heartbeat, or the beginning, or the end of a sleep.
    pub(crate) fn silence(&self, now_us: u64) -> Silence {
        let since_us = self.silent_since_us;
        let length_us = self.now_us.max(now_us).saturating_sub(since_us);
        Silence { since_us, length_us, awake_us: self.awake_us }
    }
}

/// How many thresholds a silence reaches, at least `level`.
fn reached<J: Judge>(silence: Silence, mut level: u8, judge: &J) -> u8 {
    while level < J::LEVELS && judge.is_reached(silence, level) {
        level = level.saturating_add(1);
    }
    level
}
