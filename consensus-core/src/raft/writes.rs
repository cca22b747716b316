//! What is on its way to the disk.

use super::{HardState, LogId, Write, retain::retain};

/// How many writes may be outstanding. What comes meanwhile is gathered into the next one.
const OUTSTANDING: usize = 4;

/// A write that was polled and not yet reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Pending {
    id: u64,
    /// Up to where the log is durable once it is done: less than it was polled for, if entries
    /// were replaced since.
    upto: u64,
}

/// What is durable, what is being written, and what is yet to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Writes {
    pending: [Pending; OUTSTANDING],
    count: usize,
    /// The latest id that was given out.
    issued: u64,
    /// The latest id that was reported.
    reported: u64,
    /// The write with the latest hard state; `None` if it is yet to be polled.
    hard_state: Option<u64>,
    /// A snapshot that is yet to be polled.
    snapshot: Option<LogId>,
    /// Up to where the log was polled.
    polled: u64,
    /// Up to where it is durable.
    durable: u64,
}

impl Writes {
    /// A log of which all is durable.
    pub(super) const fn new(last: u64) -> Self {
        Self {
            pending: [Pending { id: 0, upto: 0 }; OUTSTANDING],
            count: 0,
            issued: 0,
            reported: 0,
            hard_state: Some(0),
            snapshot: None,
            polled: last,
            durable: last,
        }
    }

    /// Up to where the log is durable.
    pub(super) const fn durable(&self) -> u64 {
        self.durable
    }

    /// The latest id that was given out.
    pub(super) const fn issued(&self) -> u64 {
        self.issued
    }

    /// Whether all writes up to this one were reported.
    pub(super) const fn has_reported(&self, id: u64) -> bool {
        self.reported >= id
    }

    /// Whether the hard state is durable as it is.
    pub(super) fn hard_state_is_durable(&self) -> bool {
        self.hard_state.is_some_and(|id| id <= self.reported)
    }

    /// The hard state has changed.
    pub(super) const fn touch_hard_state(&mut self) {
        self.hard_state = None;
    }

    /// The log behind `keep` is being replaced.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn truncate(&mut self, keep: u64) {
        // As a rule, what is replaced was never polled.
        if keep >= self.polled {
            return;
        }
        self.polled = self.polled.min(keep);
        self.durable = self.durable.min(keep);
        for pending in &mut self.pending {
            if cfg!(synod_planted = "r25") {
                break;
            }
            pending.upto = pending.upto.min(keep);
        }
    }

    /// The whole log is being replaced by a snapshot.
    pub(super) fn install(&mut self, snapshot: LogId) {
        self.truncate(0);
        self.snapshot = Some(snapshot);
        self.polled = snapshot.index;
    }

    /// Whether a log that ends here, and the hard state, were polled as they are.
    #[inline]
    pub(super) const fn is_idle(&self, last: u64) -> bool {
        self.hard_state.is_some() && self.snapshot.is_none() && self.polled >= last
    }

    /// What is to be written, if there is anything, and room to keep track of it.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))] // flash is dearer than time
    pub(super) fn poll(&mut self, hard_state: HardState, last: u64) -> Option<Write> {
        if self.is_idle(last) {
            return None;
        }
        let slot = self.pending.get_mut(self.count)?;
        let id = self.issued.checked_add(1)?;
        *slot = Pending { id, upto: last };
        self.count = self.count.saturating_add(1);
        self.issued = id;
        let write = Write {
            id,
            hard_state: self.hard_state.is_none().then_some(hard_state),
            snapshot: self.snapshot.take(),
            first: self.polled.saturating_add(1),
            last,
        };
        self.hard_state = self.hard_state.or(Some(id));
        self.polled = last;
        Some(write)
    }

    /// All writes up to this one are durable. Gives whether that was to be expected.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn report(&mut self, id: u64) -> bool {
        if id <= self.reported || id > self.issued {
            return false;
        }
        self.reported = id;
        let durable = &mut self.durable;
        self.count = retain(&mut self.pending, self.count, |pending| {
            let outstanding = pending.id > id;
            if !outstanding {
                *durable = (*durable).max(pending.upto);
            }
            outstanding
        });
        true
    }

    /// How many of the writes up to this one are yet to be reported.
    pub(super) const fn unreported(&self, id: u64) -> u64 {
        id.saturating_sub(self.reported)
    }

    /// The same, with names that count from the latest that was reported.
    pub(super) fn canonical(mut self) -> Self {
        let before = self;
        for pending in &mut self.pending {
            pending.id = before.unreported(pending.id);
        }
        self.issued = before.unreported(self.issued);
        self.hard_state = self.hard_state.map(|id| before.unreported(id));
        self.reported = 0;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of which all up to `last` is written, in so many writes.
    fn written(count: u64, last: u64) -> Writes {
        let mut writes = Writes::new(0);
        for id in 1..=count {
            let upto = if id == count { last } else { id };
            assert_eq!(writes.poll(HardState::default(), upto).map(|write| write.id), Some(id));
            assert!(writes.report(id));
        }
        writes
    }

    #[test]
    fn canonical_names_count_from_the_latest_report() {
        let (mut few, mut many) = (written(1, 8), written(3, 8));
        assert!(few != many && few.canonical() == many.canonical());
        for writes in [&mut few, &mut many] {
            writes.touch_hard_state();
            assert!(writes.poll(HardState::default(), 9).is_some());
        }
        assert!(few != many && few.canonical() == many.canonical());
        assert!(few.report(2) && few.canonical() != many.canonical());
        assert!(many.report(4) && few.canonical() == many.canonical());
    }
}
