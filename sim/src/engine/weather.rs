//! Faults that come from time to time.

use super::{Engine, Event, Step};
use crate::{clock::Clock, cut::Partial, fault::Fault, network::Payload};

const WEATHER: [Fault; 14] = [
    Fault::Clog,
    Fault::Partition,
    Fault::OneWay,
    Fault::Isolate,
    Fault::Mesh,
    Fault::Flap,
    Fault::Replay,
    Fault::ClockStep,
    Fault::Pause,
    Fault::SlowNode,
    Fault::Crash,
    Fault::FullDisk,
    Fault::SlowDisk,
    Fault::Hostile,
];

impl<M: Payload, R, T: Copy> Engine<M, R, T> {
    /// All faults of the plan will come.
    pub(super) fn forecast_all(&mut self) {
        for fault in WEATHER {
            if self.plan.has(fault) {
                self.forecast(fault);
            }
        }
    }

    pub(super) fn light_fuse(&mut self) {
        self.fuse = 1 + self.random.below(2 * self.plan.crash_point_mean);
    }

    pub(super) fn forecast(&mut self, fault: Fault) {
        let wait_us = self.plan.wait_us(fault, &mut self.random);
        self.queue.push(self.now_us + wait_us, Event::Weather(fault));
    }

    /// A clock that shows anything, and drifts.
    pub(super) fn clock(&mut self) -> Clock {
        let shown_us = self.random.below(1 << 40);
        let most = i64::from(self.plan.drift_ppm);
        let drift = self.random.below(2 * u64::from(self.plan.drift_ppm) + 1);
        let drift = i64::try_from(drift).unwrap_or(0) - most;
        if drift != 0 {
            self.tally.count(Fault::Drift);
        }
        Clock::new(self.now_us, shown_us, i32::try_from(drift).unwrap_or(0))
    }

    /// It is time for a fault, which may find nothing to befall.
    pub(super) fn weather(&mut self, fault: Fault) -> Option<Step<M, T>> {
        let node = self.victim();
        let until_us = self.now_us + self.plan.spell_us(fault, &mut self.random);
        self.trace.note(fault as u64);
        match fault {
            Fault::Clog => {
                if self.network.clog(until_us, &mut self.random) {
                    self.tally.count(fault);
                }
            }
            Fault::Partition | Fault::OneWay | Fault::Isolate | Fault::Mesh | Fault::Flap => {
                self.partition(fault, node, until_us);
            }
            Fault::Replay => {
                let (from, to, message) = self.network.old(&mut self.random)?;
                if self.awake(to) {
                    self.tally.count(fault);
                    return Some(Step::Message { from, to, message });
                }
            }
            _ => return self.befall(fault, node, until_us),
        }
        None
    }

    /// A fault of a node.
    fn befall(&mut self, fault: Fault, node: usize, until_us: u64) -> Option<Step<M, T>> {
        let random = &mut self.random;
        let machine = &mut self.machines[node];
        // A full or slow disk is one even while nobody writes.
        if !machine.up && !matches!(fault, Fault::FullDisk | Fault::SlowDisk) {
            return None;
        }
        match fault {
            // Whoever makes up the message counts it.
            Fault::Hostile => return Some(Step::Hostile(node)),
            Fault::ClockStep => {
                let by_us = random.magnitude(1, self.unit_us * 4);
                let by_us = i64::try_from(by_us).unwrap_or(0);
                machine.clock.step(self.now_us, if random.one_in(2) { -by_us } else { by_us });
                self.arm(node);
            }
            Fault::Pause => machine.paused_until_us = until_us,
            Fault::SlowNode => {
                machine.slow_us = random.magnitude(1, self.unit_us / 20);
                self.queue.push(until_us, Event::Mend { node });
            }
            Fault::FullDisk => machine.disk.full_until_us = until_us,
            Fault::SlowDisk => {
                machine.disk.slowness = random.magnitude(2, 100);
                self.queue.push(until_us, Event::Mend { node });
            }
            _ => {}
        }
        self.tally.count(fault);
        (fault == Fault::Crash).then_some(Step::Crash(node))
    }

    /// Whom a fault befalls.
    fn victim(&mut self) -> usize {
        if self.random.one_in(3) { self.favourite } else { self.random.index(self.machines.len()) }
    }

    /// Cuts the network; a partition before it is over.
    fn partition(&mut self, fault: Fault, node: usize, until_us: u64) {
        let cuts = &mut self.network.cuts;
        cuts.clear();
        let mut until_us = until_us;
        match fault {
            Fault::OneWay => cuts.split(true, &mut self.random),
            Fault::Isolate => cuts.partial(Partial::Single, node, node),
            Fault::Mesh => cuts.mesh(&mut self.random),
            Fault::Flap => {
                let one_way = self.random.one_in(2);
                cuts.split(one_way, &mut self.random);
                until_us = self.now_us + 1 + self.random.below(self.unit_us);
            }
            _ => cuts.split(false, &mut self.random),
        }
        if cuts.is_any() {
            self.tally.count(fault);
        }
        self.cut += 1;
        self.queue.push(until_us, Event::Join { cut: self.cut });
    }
}
