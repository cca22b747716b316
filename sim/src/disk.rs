//! Disks, and what a crash leaves of what was being written.

use alloc::collections::VecDeque;

use crate::random::Random;

/// What is on its way to one disk, in order. What is durable is the host's to keep.
#[derive(Debug)]
pub(crate) struct Disk<R> {
    pending: VecDeque<(u64, R)>,
    last_us: u64,
    /// Writes take so many times as long.
    pub(crate) slowness: u64,
    /// Until then nothing is finished, because the disk is full.
    pub(crate) full_until_us: u64,
}

impl<R> Default for Disk<R> {
    fn default() -> Self {
        Self { pending: VecDeque::new(), last_us: 0, slowness: 1, full_until_us: 0 }
    }
}

impl<R> Disk<R> {
    /// Begins a write, and gives the time at which it is done.
    pub(crate) fn begin(&mut self, now_us: u64, takes_us: u64, record: R) -> u64 {
        let takes_us = takes_us.saturating_mul(self.slowness);
        self.last_us = self.last_us.max(now_us).max(self.full_until_us) + takes_us;
        self.pending.push_back((self.last_us, record));
        self.last_us
    }

    /// The next write that is done by now.
    pub(crate) fn finish(&mut self, now_us: u64) -> Option<R> {
        if self.full_until_us > now_us || self.pending.front()?.0 > now_us {
            return None;
        }
        self.pending.pop_front().map(|(_, record)| record)
    }

    /// When the next write is done, if there is one.
    #[must_use]
    pub(crate) fn next_us(&self) -> Option<u64> {
        self.pending.front().map(|&(at_us, _)| at_us.max(self.full_until_us))
    }

    /// It has room, and is as fast as ever: what was waiting is done now.
    pub(crate) fn mend(&mut self, now_us: u64) {
        self.slowness = 1;
        self.full_until_us = 0;
        self.last_us = self.last_us.min(now_us);
        for (at_us, _) in &mut self.pending {
            *at_us = (*at_us).min(now_us);
        }
    }

    /// The power fails. What is given back has reached the disk nevertheless, in order; the flag
    /// says that the record was torn. All else is lost.
    pub(crate) fn crash(
        &mut self,
        keep_prefix: bool,
        torn: bool,
        random: &mut Random,
        mut survives: impl FnMut(R, bool),
    ) {
        let kept = if keep_prefix { random.index(self.pending.len() + 1) } else { 0 };
        for (_, record) in self.pending.drain(..kept) {
            survives(record, false);
        }
        if torn && let Some((_, record)) = self.pending.pop_front() {
            survives(record, true);
        }
        self.pending.clear();
        self.last_us = 0;
    }
}
