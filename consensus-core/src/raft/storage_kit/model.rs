//! What may be on a disk after a crash.

use super::Violation;
use crate::raft::{Entry, HardState, Log, LogId, Payload, RingLog, TermLog, replica::Write};

/// How many entries a log has at most.
const CAPACITY: usize = 32;

/// The state that was synced, and those after the writes since, of which a node has up to 4.
const STATES: usize = 5;

/// Stands for a payload, which follows from the name of its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark;

impl Payload for Mark {
    fn size(&self) -> usize {
        0
    }
}

/// What a disk has.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) hard_state: HardState,
    pub(super) log: RingLog<Mark, CAPACITY>,
    /// Where the entries begin of the write that made it.
    first: u64,
    /// Whether that write replaced the whole log by a snapshot.
    installed: bool,
}

impl State {
    const EMPTY: Self = Self {
        hard_state: HardState { term: 0, vote: None },
        log: RingLog::new(),
        first: 0,
        installed: false,
    };

    /// A disk with an empty log behind a snapshot.
    pub(super) fn new(hard_state: HardState, snapshot: LogId) -> Self {
        let mut state = Self { hard_state, ..Self::EMPTY };
        state.log.install(snapshot);
        state
    }

    /// An entry's name, and whether it is a blank.
    fn entry(&self, index: u64) -> Option<(LogId, bool)> {
        let entries = self.log.entries(index, index);
        entries.iter().next().map(|(id, payload)| (id, payload.is_none()))
    }
}

/// What a disk was asked to have.
#[derive(Debug)]
pub(super) struct Model {
    /// What was synced, and then what it is after each write since.
    states: [State; STATES],
    newest: usize,
    /// A compaction that was not synced, of entries that were.
    compacting: Option<LogId>,
}

impl Model {
    /// An empty disk.
    pub(super) const fn new() -> Self {
        Self { states: [State::EMPTY; STATES], newest: 0, compacting: None }
    }

    pub(super) fn write<P>(&mut self, write: &Write<'_, P>) {
        let Some(mut state) = self.states.get(self.newest).cloned() else { return };
        state.hard_state = write.hard_state.unwrap_or(state.hard_state);
        state.installed = write.snapshot.is_some();
        if let Some(last) = write.snapshot {
            state.log.install(last);
        }
        state.first = write.entries.first();
        if !write.entries.is_empty() {
            state.log.truncate(state.first.saturating_sub(1));
        }
        for (id, payload) in write.entries.iter() {
            let payload = payload.map(|_| Mark);
            let _ = state.log.append(Entry { term: id.term, payload });
        }
        let newest = self.newest.saturating_add(1);
        if let Some(slot) = self.states.get_mut(newest) {
            *slot = state;
            self.newest = newest;
        }
    }

    pub(super) const fn compact(&mut self, last: LogId) {
        self.compacting = Some(last);
    }

    pub(super) fn sync(&mut self) {
        let Some(mut state) = self.states.get(self.newest).cloned() else { return };
        if let Some(last) = self.compacting.take() {
            state.log.compact(last.index);
        }
        self.begin(state);
    }

    /// The disk has this now, and is synced.
    pub(super) fn begin(&mut self, state: State) {
        let [synced, ..] = &mut self.states;
        *synced = state;
        self.newest = 0;
        self.compacting = None;
    }

    fn written(&self) -> &[State] {
        self.states.get(..=self.newest).unwrap_or(&[])
    }

    /// Whether this may have been found.
    pub(super) fn judge(&self, found: &State) -> Result<(), Violation> {
        let mut hard_state = None;
        let mut log = None;
        let mut before = None;
        for (place, state) in (0_usize..).zip(self.written()) {
            if state.hard_state == found.hard_state {
                hard_state = Some(place);
            }
            if log.is_none() && self.may_be_log_of(before, state, found) {
                log = Some((place, state.hard_state));
            }
            before = Some(state);
        }
        match (hard_state, log) {
            (None, _) => Err(self.explain_hard_state(found.hard_state)),
            (_, None) => Err(self.explain_log(found)),
            (Some(latest), Some((earliest, expected))) if latest < earliest => {
                Err(Violation::HardStateBehind { expected, found: found.hard_state })
            }
            _ => Ok(()),
        }
    }

    /// Whether the log is this state's, or is on its way to it from the state before.
    fn may_be_log_of(&self, before: Option<&State>, state: &State, found: &State) -> bool {
        let last = found.log.last_index();
        if last == state.log.last_index() && self.begins(state, found) {
            return true;
        }
        let Some(before) = before else { return false };
        if state.installed {
            return self.begins(state, found);
        }
        // The old tail goes, and then the new one comes.
        last >= state.first.saturating_sub(1)
            && (self.begins(state, found) || self.begins(before, found))
    }

    /// Whether a log begins like this state's, as far as it goes.
    fn begins(&self, state: &State, found: &State) -> bool {
        let snapshot = found.log.snapshot();
        let last = found.log.last_index();
        let first = snapshot.index.saturating_add(1);
        self.has_snapshot(state, snapshot)
            && last <= state.log.last_index()
            && state.log.entries(first, last).iter().eq(found.log.entries(first, last).iter())
    }

    /// Whether a log with this snapshot may be the state's.
    fn has_snapshot(&self, state: &State, snapshot: LogId) -> bool {
        let compacted = self.compacting == Some(snapshot)
            && state.entry(snapshot.index).is_some_and(|(id, _)| id == snapshot);
        compacted || state.log.snapshot() == snapshot
    }

    fn explain_hard_state(&self, found: HardState) -> Violation {
        let mut expected = None;
        for state in self.written() {
            let of_its_term = state.hard_state.term == found.term;
            if expected.is_none() || of_its_term {
                expected = Some(state.hard_state);
            }
        }
        Violation::HardState { expected: expected.unwrap_or_default(), found }
    }

    /// Compares a log with the one to which it comes nearest.
    fn explain_log(&self, found: &State) -> Violation {
        let snapshot = found.log.snapshot();
        let mut nearest: Option<(u64, &State)> = None;
        let mut synced = LogId::START;
        for (place, state) in (0_usize..).zip(self.written()) {
            if place == 0 {
                synced = state.log.snapshot();
            }
            if self.has_snapshot(state, snapshot) {
                let differs = differs(state, found);
                if nearest.is_none_or(|(best, _)| differs >= best) {
                    nearest = Some((differs, state));
                }
            }
        }
        let Some((index, state)) = nearest else {
            return Violation::Snapshot { expected: synced, found: snapshot };
        };
        match (state.entry(index), found.entry(index)) {
            (Some((expected, _)), Some((found, _))) if expected == found => {
                Violation::Payload { entry: found }
            }
            (Some((expected, _)), Some((found, _))) => Violation::EntryReplaced { expected, found },
            (None, Some((found, _))) => Violation::EntryStale { found },
            (Some((expected, _)), None) => {
                Violation::EntryLost { expected, last: found.log.last_index() }
            }
            // They are the same, and yet not all that was synced.
            (None, None) => Violation::Snapshot { expected: synced, found: snapshot },
        }
    }
}

/// The first index at which two logs differ, or that behind both.
fn differs(state: &State, found: &State) -> u64 {
    let mut index = found.log.snapshot().index.saturating_add(1);
    let last = state.log.last_index().max(found.log.last_index());
    while index <= last && state.entry(index) == found.entry(index) {
        index = index.saturating_add(1);
    }
    index
}
