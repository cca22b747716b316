//! What befalls disks, and those who wait for them.

use alloc::vec::Vec;

use super::{Engine, Event};
use crate::{fault::Fault, network::Payload};

impl<M: Payload, R, T: Copy> Engine<M, R, T> {
    /// Whether a node is told only later, within this time, that its writes are done: by this task.
    pub(crate) fn reports_late(&mut self, node: usize, most_us: u64, task: T) -> bool {
        let is_late = self.plan.has(Fault::LateReport) && self.random.one_in(2);
        if is_late {
            let wait_us = 1 + self.random.below(most_us);
            self.tally.count(Fault::LateReport);
            self.task(node, wait_us, task);
        }
        is_late
    }

    /// A process dies whose records are written whole or not at all. Gives those that its disk
    /// keeps of the ones on their way.
    pub(crate) fn crash_whole(&mut self, node: usize) -> Vec<R> {
        let mut survivors = Vec::new();
        self.crash(node, |record, torn| {
            if !torn {
                survivors.push(record);
            }
        });
        survivors
    }

    /// A process dies. What its disk keeps is given to `survives`, as in
    /// [`Disk::crash`](crate::disk::Disk::crash).
    pub(crate) fn crash(&mut self, node: usize, survives: impl FnMut(R, bool)) {
        let down_us = 1 + self.random.below(self.plan.down_us);
        let keep = self.plan.has(Fault::KeepPrefix);
        let torn = self.plan.has(Fault::TornWrite) && self.random.one_in(2);
        let machine = &mut self.machines[node];
        machine.up = false;
        machine.incarnation += 1;
        machine.paused_until_us = 0;
        machine.busy_until_us = 0;
        machine.deadline_us = None;
        machine.timer_at_us = u64::MAX;
        let mut kept = 0_u64;
        let mut was_torn = false;
        let mut survives = survives;
        machine.disk.crash(keep, torn, &mut self.random, |record, torn| {
            kept += u64::from(!torn);
            was_torn |= torn;
            survives(record, torn);
        });
        if kept > 0 {
            self.tally.count(Fault::KeepPrefix);
        }
        if was_torn {
            self.tally.count(Fault::TornWrite);
        }
        self.trace.note(kept);
        self.queue.push(self.now_us + down_us, Event::Restart { node });
    }
}
