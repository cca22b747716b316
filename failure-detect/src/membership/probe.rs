//! Probing one member each period.

use super::{Group, Membership, Standing};

/// The most members that are asked to probe another one.
pub(super) const MOST_RELAYS: usize = 7;

/// The probe of a period.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe<Id> {
    pub(super) target: Id,
    pub(super) number: u16,
    /// When others are asked.
    ack_by_us: u64,
    pub(super) is_sent: bool,
    is_answered: bool,
    /// How many others are still to be asked.
    pub(super) to_ask: u8,
    /// Who was asked, and has not said that it is there.
    asked: [Option<Id>; MOST_RELAYS],
    /// How many were asked.
    asks: u8,
    /// Whether the time to ask others has come.
    is_late: bool,
}

impl<Id: Copy + Eq> Probe<Id> {
    /// When it wants to go on, if it does.
    pub(super) fn due_us(&self) -> u64 {
        if self.is_answered || self.is_late { u64::MAX } else { self.ack_by_us }
    }

    pub(super) fn excuse(&mut self, by_us: u64) {
        self.ack_by_us = self.ack_by_us.saturating_add(by_us);
    }

    /// Notes who is asked.
    pub(super) fn ask(&mut self, relay: Id) {
        if let Some(place) = self.asked.iter_mut().find(|place| place.is_none()) {
            *place = Some(relay);
        }
        self.asks = self.asks.saturating_add(1);
    }

    /// Whether an answer is to this probe.
    pub(super) fn is_of(&self, target: Id, number: u16) -> bool {
        self.target == target && self.number == number
    }

    pub(super) fn has_asked(&self, id: Id) -> bool {
        self.asked.contains(&Some(id))
    }

    /// One that was asked is there, but gets no answer either.
    pub(super) fn handle_nack(&mut self, from: Id) {
        for place in &mut self.asked {
            if *place == Some(from) {
                *place = None;
            }
        }
    }

    /// How many of those asked have not been heard of; 1 if nobody was asked.
    fn silent(&self) -> u8 {
        if self.asks == 0 {
            return 1;
        }
        self.asked.iter().flatten().fold(0, |count, _| count.saturating_add(1))
    }
}

impl<G: Group> Membership<G> {
    /// The part of a timeout that is about probes.
    pub(super) fn pass_probe(&mut self) {
        if self.next_probe_us <= self.now_us {
            self.end_probe();
            self.begin_probe();
        } else if let Some(probe) = &mut self.probe {
            if probe.due_us() <= self.now_us {
                probe.is_late = true;
                probe.to_ask = self.config.relays;
            }
        }
    }

    /// A target that did not answer in its period is suspected. Each relay that did not even send a
    /// nack makes this member take itself to be slower.
    fn end_probe(&mut self) {
        let Some(probe) = self.probe.take() else {
            return;
        };
        if !probe.is_answered && probe.is_sent {
            self.slow_down(probe.silent());
            self.accuse(probe.target);
        }
    }

    fn begin_probe(&mut self) {
        let period_us = self.slowed(self.config.period_us);
        let ack_timeout_us = self.slowed(self.config.ack_timeout_us);
        // The pace is kept, if that leaves time for others to be asked.
        let late_us = self.now_us.saturating_sub(self.next_probe_us);
        let is_kept = late_us < period_us.saturating_sub(ack_timeout_us) / 2;
        let since_us = if is_kept { self.next_probe_us } else { self.now_us };
        self.next_probe_us = since_us.saturating_add(period_us);
        let Some(target) = self.table.next_to_probe(&mut self.random) else {
            return;
        };
        self.probe_number = self.probe_number.wrapping_add(1);
        self.probe = Some(Probe {
            target,
            number: self.probe_number,
            ack_by_us: self.now_us.saturating_add(ack_timeout_us),
            is_sent: false,
            is_answered: false,
            to_ask: 0,
            asked: [None; MOST_RELAYS],
            asks: 0,
            is_late: false,
        });
    }

    /// The target of a probe lives.
    pub(super) fn handle_ack(&mut self, target: G::Id, number: u16) {
        let is_awaited =
            |probe: &&mut Probe<G::Id>| probe.is_of(target, number) && !probe.is_answered;
        if let Some(probe) = self.probe.as_mut().filter(is_awaited) {
            probe.is_answered = true;
            probe.to_ask = 0;
            self.slowness = self.slowness.saturating_sub(1);
            let proof_us = self.proof_us(target, target, 0);
            self.table.hear(target, proof_us);
        }
    }

    /// This member has no answer of another one.
    fn accuse(&mut self, target: G::Id) {
        let Some(version) = self.table.get(target).map(|member| member.version) else {
            return;
        };
        if version.standing().is_member() {
            self.suspect(target, version.with(Standing::Suspect), self.config.me);
        }
    }

    /// Who finds itself slow waits longer.
    ///
    /// Source: the local health multiplier of Lifeguard (2018), section IV.A.
    pub(super) fn slow_down(&mut self, by: u8) {
        self.slowness = self.slowness.saturating_add(by).min(self.config.max_slowness);
    }

    /// A time, for as slow a member as this one is.
    pub(super) fn slowed(&self, time_us: u32) -> u64 {
        u64::from(time_us).wrapping_mul(u64::from(self.slowness).saturating_add(1))
    }
}
