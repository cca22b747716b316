//! What time brings: deadlines, and standing still.

use super::{Group, Membership, probe::Probe};

impl<G: Group> Membership<G> {
    /// The time of [`poll_timeout`](Self::poll_timeout) has come. Early calls do no harm. One that
    /// is later than `max_late_us` shows that this member itself stood still: all deadlines are
    /// moved by as much. O(n).
    pub fn handle_timeout(&mut self, now_us: u64) {
        // What has arrived since an earlier call is handed over: from then on it is new.
        self.is_waking = false;
        self.pass_time(now_us);
        if self.has_left() {
            return;
        }
        self.pass_probe();
        self.pass_exchange();
        self.pass_members();
        self.pass_gossip();
    }

    /// This member has been asleep until now, and could hear nobody. For hosts that know that they
    /// slept, above all where their clock stops in a sleep, so that no call looks late. To be
    /// called first after waking. O(n).
    pub fn handle_pause(&mut self, now_us: u64) {
        let slept_us = now_us.saturating_sub(self.now_us);
        self.now_us = self.now_us.max(now_us);
        self.excuse(slept_us);
        // The clock may have stood still.
        self.table.forget_ages();
        // Its answer may have come while nobody heard.
        self.probe = None;
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called. `None` after having left.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        if self.has_left() {
            return None;
        }
        // News may have come when gossip was due long since.
        let gossip_us =
            if self.has_news() { self.next_gossip_us.max(self.now_us) } else { u64::MAX };
        Some(self.due_us().min(gossip_us))
    }

    /// The first deadline, but for gossip, which can wait.
    fn due_us(&self) -> u64 {
        let probe_us = self.probe.as_ref().map_or(u64::MAX, Probe::due_us);
        let exchange_us = self.exchange.map_or(u64::MAX, |exchange| exchange.until_us);
        let due_us = self.table.due_us().min(self.relays.due_us()).min(probe_us).min(exchange_us);
        due_us.min(self.next_probe_us).min(self.next_exchange_us)
    }

    /// Moves the time on. If this member stood still, or hears nobody as it has left, it has no
    /// right to any deadline.
    pub(super) fn pass_time(&mut self, now_us: u64) {
        let passed_us = now_us.saturating_sub(self.now_us);
        self.now_us = self.now_us.max(now_us);
        if self.has_left() {
            self.excuse(passed_us);
            return;
        }
        // What is not moved on, and was not done since, is not late once more.
        let due_us = self.due_us().max(self.awake_us);
        let late_us = self.now_us.saturating_sub(due_us);
        if late_us > self.config.max_late_us {
            self.excuse(late_us);
        }
    }

    /// Moves on by a time whatever would be held against others, or against this member.
    fn excuse(&mut self, by_us: u64) {
        self.is_waking = true;
        self.awake_us = self.now_us;
        self.table.excuse(by_us);
        self.relays.excuse(by_us);
        if let Some(probe) = &mut self.probe {
            probe.excuse(by_us);
        }
        if let Some(exchange) = &mut self.exchange {
            exchange.until_us = exchange.until_us.saturating_add(by_us);
        }
        self.next_probe_us = self.next_probe_us.saturating_add(by_us);
        self.next_exchange_us = self.next_exchange_us.saturating_add(by_us);
    }

    /// The part of a timeout that is about spreading news faster than probes do.
    fn pass_gossip(&mut self) {
        if self.has_news() && self.next_gossip_us <= self.now_us {
            // To each but once.
            let others = u8::try_from(self.table.live()).unwrap_or(u8::MAX);
            self.gossips = self.config.fanout.min(others);
            self.gossip_place = self.random.place(self.table.as_slice().len());
            self.next_gossip_us = self.now_us.saturating_add(self.config.gossip_us.into());
        }
    }

    /// Whether there is news that gossip would spread.
    fn has_news(&self) -> bool {
        let has_news = self.own_to_send > 0 || self.table.has_news() || self.broadcasts.has_news();
        has_news && self.config.gossip_us > 0 && self.table.live() > 0
    }
}
