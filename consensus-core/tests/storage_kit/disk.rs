//! A disk in memory, and what can be wrong with it.

use core::fmt;

use synod_consensus_core::raft::{
    Entry, HardState, Log, LogId, RingLog, TermLog,
    replica::Write,
    storage_kit::{FoundIn, Storage},
};

type Payload = Vec<u8>;
type Result<T, E = Broken> = core::result::Result<T, E>;

/// A disk that says so itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no more flash")
    }
}

/// What somebody did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    None,

    // Liberties, which the contract leaves to a storage.
    HardStateAtOnce,
    CompactionAtOnce,
    SyncedByItself,

    // Mistakes.
    TheVoteIsNotWritten,
    TermAndVoteApart,
    EntriesBeforeHardState,
    SyncFails,
    SyncDoesNothing,
    SyncIsOneRecordShort,
    RecoveryDoesNotSync,
    TornRecordsAreTaken,
    WritingBehindATornRecord,
    RecordsAreReordered,
    OldTailsStay,
    AlwaysAtTheEnd,
    BlanksAreEmptyPayloads,
    InstalledBehindTheOldLog,
    InstalledInMemory,
    CompactionDropsOneMore,
    CompactionDropsTheLog,
    CompactionForgetsTheVote,
    CompactionKeepsTheOldName,
    CompactionKeepsTheOldState,
    TermsHave24Bits,
    TornRecordsTakeOneMore,
    InstalledStateIsLost,
}

#[derive(Clone, Debug)]
enum Record {
    Term(u64),
    HardState(HardState),
    Install(LogId, u64),
    Compact(LogId, u64),
    Entry(LogId, Option<Payload>),
    /// What is left of a record.
    Torn(Box<Record>),
}

use Record::Torn;

/// A disk with records, the first of which are synced, for a log of `N` entries.
pub(crate) struct Disk<const N: usize> {
    mistake: Mistake,
    records: Vec<Record>,
    synced: usize,
    pub(crate) calls: Calls,
    /// The last entry that was written.
    last: u64,
}

/// How often it was asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Calls {
    pub(crate) writes: u32,
    pub(crate) syncs: u32,
    pub(crate) compactions: u32,
    pub(crate) installs: u32,
    pub(crate) overwrites: u32,
    pub(crate) votes: u32,
    pub(crate) crashes: u32,
    pub(crate) recoveries: u32,
}

impl Calls {
    pub(crate) fn add(&mut self, other: Self) {
        self.writes += other.writes;
        self.syncs += other.syncs;
        self.compactions += other.compactions;
        self.installs += other.installs;
        self.overwrites += other.overwrites;
        self.votes += other.votes;
        self.crashes += other.crashes;
        self.recoveries += other.recoveries;
    }
}

impl<const N: usize> Disk<N> {
    pub(crate) fn new(mistake: Mistake) -> Self {
        Self { mistake, records: Vec::new(), synced: 0, calls: Calls::default(), last: 0 }
    }

    /// Puts a record behind those that are synced, or at the end.
    fn push(&mut self, record: Record, at_once: bool) {
        if at_once {
            self.records.insert(self.synced, record);
            self.synced += 1;
        } else {
            self.records.push(record);
        }
    }

    fn write_hard_state(&mut self, hard_state: HardState) {
        self.calls.votes += u32::from(hard_state.vote.is_some());
        let HardState { term, .. } = hard_state;
        match self.mistake {
            Mistake::TheVoteIsNotWritten => self.push(Record::Term(term), false),
            Mistake::TermAndVoteApart => {
                self.push(Record::Term(term), false);
                self.push(Record::HardState(hard_state), false);
            }
            mistake => {
                self.push(Record::HardState(hard_state), mistake == Mistake::HardStateAtOnce);
            }
        }
    }

    fn replay(&self) -> FoundIn<Self> {
        let mut log = RingLog::<Payload, N>::new();
        let (mut hard_state, mut snapshot) = (HardState::default(), None);
        for record in &self.records {
            let record = match (self.mistake, record) {
                (Mistake::TornRecordsAreTaken, Torn(record)) => record,
                (Mistake::TornRecordsTakeOneMore, Torn(record)) => {
                    if let Record::Entry(LogId { index, .. }, _) = **record {
                        log.truncate(index.saturating_sub(2));
                    }
                    break;
                }
                (_, Torn(_)) => break,
                (_, record) => record,
            };
            match record.clone() {
                Record::Term(term) => hard_state = HardState { term, vote: None },
                Record::HardState(written) => hard_state = written,
                Record::Install(last, state) => {
                    if self.mistake == Mistake::InstalledBehindTheOldLog
                        && log.term(last.index).is_some()
                    {
                        log.compact(last.index);
                        let kept: Vec<_> = entries(&log);
                        log.install(last);
                        kept.into_iter().for_each(|entry| log.append(entry).unwrap());
                    } else {
                        log.install(last);
                    }
                    snapshot = Some(state);
                    if self.mistake == Mistake::InstalledStateIsLost {
                        snapshot = None;
                    }
                }
                Record::Compact(last, state) => {
                    self.replay_compaction(&mut log, last);
                    let old =
                        snapshot.filter(|_| self.mistake == Mistake::CompactionKeepsTheOldState);
                    snapshot = old.or(Some(state));
                    if self.mistake == Mistake::CompactionForgetsTheVote {
                        hard_state.vote = None;
                    }
                }
                Record::Entry(LogId { term, index }, payload) => {
                    self.replay_entry(&mut log, index, Entry { term, payload });
                }
                Torn(_) => {}
            }
        }
        FoundIn::<Self> { hard_state, log, snapshot }
    }

    fn replay_compaction(&self, log: &mut RingLog<Payload, N>, last: LogId) {
        match self.mistake {
            Mistake::CompactionDropsOneMore => {
                log.compact(last.index + 1);
                let kept = entries(log);
                log.install(last);
                kept.into_iter().for_each(|entry| log.append(entry).unwrap());
            }
            Mistake::CompactionDropsTheLog => log.install(last),
            Mistake::CompactionKeepsTheOldName if log.snapshot() != LogId::START => {
                let name = log.snapshot();
                log.compact(last.index);
                let kept = entries(log);
                log.install(name);
                kept.into_iter().for_each(|entry| log.append(entry).unwrap());
            }
            _ => log.compact(last.index),
        }
    }

    fn replay_entry(&self, log: &mut RingLog<Payload, N>, index: u64, entry: Entry<Payload>) {
        if self.mistake == Mistake::OldTailsStay {
            let mut kept = entries(log).split_off((index - 1 - log.snapshot().index) as usize);
            log.truncate(index - 1);
            if !kept.is_empty() {
                kept.remove(0);
            }
            log.append(entry).unwrap();
            kept.into_iter().for_each(|entry| log.append(entry).unwrap());
            return;
        }
        if self.mistake != Mistake::AlwaysAtTheEnd {
            log.truncate(index - 1);
        }
        let _ = log.append(entry);
    }
}

fn entries<const N: usize>(log: &RingLog<Payload, N>) -> Vec<Entry<Payload>> {
    let entries = log.entries(0, u64::MAX);
    entries.iter().map(|(id, payload)| Entry { term: id.term, payload: payload.cloned() }).collect()
}

/// What is left of a record that was not written to its end.
fn torn(record: Record) -> Record {
    Torn(Box::new(match record {
        Record::HardState(HardState { term, .. }) => {
            Record::HardState(HardState { term, vote: None })
        }
        Record::Entry(id, Some(mut payload)) => {
            payload.truncate(payload.len() / 2);
            Record::Entry(id, Some(payload))
        }
        record => record,
    }))
}

impl<const N: usize> Storage for Disk<N> {
    type Log = RingLog<Payload, N>;
    type Snapshot = u64;
    type Error = Broken;

    fn payload(number: u64) -> Payload {
        let mut payload = number.to_be_bytes().to_vec();
        payload.resize(8 + number as usize % 20, 0xA5);
        payload
    }

    fn snapshot(number: u64) -> u64 {
        number
    }

    fn write(&mut self, write: &Write<'_, Payload>, snapshot: Option<&u64>) -> Result<()> {
        assert_eq!(write.snapshot.is_some(), snapshot.is_some());
        self.calls.writes += 1;
        self.calls.installs += u32::from(snapshot.is_some());
        let entries = write.entries;
        self.calls.overwrites += u32::from(!entries.is_empty() && entries.first() <= self.last);
        self.last = if entries.is_empty() { self.last } else { entries.last() };
        let early = self.mistake != Mistake::EntriesBeforeHardState;
        if let Some(hard_state) = write.hard_state.filter(|_| early) {
            self.write_hard_state(hard_state);
        }
        if let Some((last, &state)) = write.snapshot.zip(snapshot) {
            if self.mistake != Mistake::InstalledInMemory {
                self.push(Record::Install(last, state), false);
            }
        }
        for (id, payload) in write.entries.iter() {
            let payload = match self.mistake {
                Mistake::BlanksAreEmptyPayloads => Some(payload.cloned().unwrap_or_default()),
                _ => payload.cloned(),
            };
            let narrow = self.mistake == Mistake::TermsHave24Bits;
            let term = if narrow { id.term & 0xff_ffff } else { id.term };
            self.push(Record::Entry(LogId { term, ..id }, payload), false);
        }
        if let Some(hard_state) = write.hard_state.filter(|_| !early) {
            self.write_hard_state(hard_state);
        }
        if self.mistake == Mistake::SyncedByItself && write.id & 1 == 0 {
            self.synced = self.records.len();
        }
        Ok(())
    }

    fn compact(&mut self, last: LogId, snapshot: &u64) -> Result<()> {
        self.calls.compactions += 1;
        let at_once = self.mistake == Mistake::CompactionAtOnce;
        self.push(Record::Compact(last, *snapshot), at_once);
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        self.calls.syncs += 1;
        if self.mistake == Mistake::SyncFails {
            return Err(Broken);
        }
        let short = usize::from(self.mistake == Mistake::SyncIsOneRecordShort);
        if self.mistake != Mistake::SyncDoesNothing {
            self.synced = self.synced.max(self.records.len().saturating_sub(short));
        }
        Ok(())
    }

    fn crash(&mut self, chance: u64) -> Result<()> {
        self.calls.crashes += 1;
        let lost = self.records.len() - self.synced;
        let keep = self.synced + chance as usize % (lost + 1);
        let tears = chance >> 20 & 1 == 0;
        if self.mistake == Mistake::RecordsAreReordered && lost > 1 {
            self.records.remove(self.synced + chance as usize % lost);
            return Ok(());
        }
        let next = self.records.get(keep).filter(|_| tears).cloned();
        self.records.truncate(keep);
        self.records.extend(next.map(torn));
        Ok(())
    }

    fn recover(&mut self) -> Result<FoundIn<Self>> {
        self.calls.recoveries += 1;
        let found = self.replay();
        self.last = found.log.last_index();
        if self.mistake != Mistake::WritingBehindATornRecord {
            self.records.retain(|record| !matches!(record, Torn(_)));
        }
        if self.mistake != Mistake::RecoveryDoesNotSync {
            self.synced = self.records.len();
        }
        Ok(found)
    }
}
