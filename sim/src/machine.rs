//! A machine that a node runs on.

use crate::{clock::Clock, disk::Disk};

/// A clock, a disk, and a process that may be down, asleep or slow.
#[derive(Debug)]
pub(crate) struct Machine<R> {
    /// Its disk.
    pub(crate) disk: Disk<R>,
    /// Whether its process runs.
    pub(crate) up: bool,
    /// How many processes it has had: what was meant for an earlier one is not for this one.
    pub(crate) incarnation: u32,
    pub(crate) clock: Clock,
    /// The latest time that the clock has shown.
    pub(crate) latest_us: u64,
    pub(crate) paused_until_us: u64,
    /// How long each call takes.
    pub(crate) slow_us: u64,
    pub(crate) busy_until_us: u64,
    /// When its timer is to fire, on its own clock.
    pub(crate) deadline_us: Option<u64>,
    /// The true time of the event in the queue that will look at the timer.
    pub(crate) timer_at_us: u64,
}

impl<R> Machine<R> {
    /// A machine at the start, with its process running.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            disk: Disk::default(),
            up: true,
            incarnation: 0,
            clock,
            latest_us: 0,
            paused_until_us: 0,
            slow_us: 0,
            busy_until_us: 0,
            deadline_us: None,
            timer_at_us: u64::MAX,
        }
    }

    /// Until when its process does nothing, if it does nothing now.
    pub(crate) fn asleep_until_us(&self, now_us: u64) -> Option<u64> {
        let until_us = self.paused_until_us.max(self.busy_until_us);
        (until_us > now_us).then_some(until_us)
    }

    /// All is well from now on.
    pub(crate) fn mend(&mut self, now_us: u64) {
        self.paused_until_us = 0;
        self.slow_us = 0;
        self.disk.mend(now_us);
        // A clock that was set back would stand still for its node.
        let behind = self.latest_us.saturating_sub(self.clock.at(now_us));
        self.clock.step(now_us, i64::try_from(behind).unwrap_or(i64::MAX));
    }
}
