//! What is on a node's disk.

use alloc::{boxed::Box, vec::Vec};

use synod_consensus_core::raft::{HardState, LogId, TermLog, Write};

use super::{
    entry::{Entry, State},
    era,
    log::Log,
};

/// A record, and the node that it is of.
#[derive(Debug)]
pub(super) struct Tagged {
    /// One of those on the machine.
    pub(super) at: usize,
    /// What is written.
    pub(super) record: Record,
}

/// A record on its way to the disk.
#[derive(Debug)]
pub(super) enum Record {
    /// What the core wants written.
    Write {
        /// The order.
        write: Write,
        /// The entries that it names, as they were when it was polled.
        entries: Vec<Entry>,
        /// The snapshot that it names.
        snapshot: Option<Box<State>>,
    },
    /// A snapshot of the node's own, behind which the log begins.
    Compact(Box<State>),
    /// The applied state, by itself.
    Flush(Box<State>),
    /// What a configuration begins with: the state at the stop sign of the one before.
    Begin(Box<State>),
}

/// What would survive a power cut.
#[derive(Debug)]
pub(super) struct Durable {
    /// Nothing before the first write.
    pub(super) hard_state: Option<HardState>,
    /// The latest snapshot.
    pub(super) snapshot: State,
    /// The entries behind it.
    pub(super) log: Log,
    /// The state, if it was written by itself.
    pub(super) state: State,
}

impl Durable {
    /// A disk with a snapshot and nothing behind it.
    #[must_use]
    pub(super) fn new(hard_state: Option<HardState>, snapshot: State) -> Self {
        let log = Log::new(snapshot.last, u64::MAX);
        Self { hard_state, snapshot, log, state: snapshot }
    }

    /// A record has reached the disk; of a torn one, its first `fields`.
    pub(super) fn apply(&mut self, record: &Record, fields: u64) {
        match record {
            Record::Write { write, entries, snapshot } => {
                if fields >= 1 && write.hard_state.is_some() {
                    self.hard_state = write.hard_state;
                }
                if fields >= 2
                    && let Some(state) = snapshot
                {
                    self.install(state);
                }
                if fields >= 3 && write.last >= write.first {
                    self.log.truncate(write.first.saturating_sub(1));
                    let torn = if fields == 3 { entries.len() / 2 } else { entries.len() };
                    for &entry in entries.iter().take(torn) {
                        self.log.push(entry);
                    }
                }
            }
            Record::Compact(state)
                if fields >= 4 && state.last.index > self.snapshot.last.index =>
            {
                self.snapshot = **state;
                self.log.compact(state.last);
            }
            Record::Flush(state) if fields >= 4 => self.state = **state,
            Record::Begin(state) if fields >= 4 => {
                *self = Self::new(Some(era::hard_state(state)), **state);
            }
            _ => {}
        }
    }

    fn install(&mut self, state: &State) {
        self.snapshot = *state;
        self.log.reset(state.last);
    }

    /// The latest state that can be had from it.
    #[must_use]
    pub(super) fn latest_state(&self) -> State {
        if self.state.last.index > self.snapshot.last.index { self.state } else { self.snapshot }
    }

    /// Whether this entry, or a snapshot that covers it, would survive.
    #[must_use]
    pub(super) fn has(&self, name: LogId) -> bool {
        name.index <= self.snapshot.last.index || self.log.term(name.index) == Some(name.term)
    }
}
