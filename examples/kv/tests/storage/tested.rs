//! The storage, as the kit of the consensus crate tests it.

use core::mem;
use std::{fs, path::PathBuf, process};

use bytes::Bytes;
use synod_clocks::HybridStamp;
use synod_consensus_core::{
    NodeId,
    raft::{
        HeapLog, LogId, TermLog as _,
        replica::Write,
        storage_kit::{self, FoundIn},
    },
};
use synod_kv::{
    node::{
        engine::Engine,
        proposal::{Proposal, Ticket},
        storage::{Found, Identity, Record, Storage, StorageError},
    },
    state::State,
};

use crate::disk::{Chance, Disk, Kill};

/// A folder for a test, which is removed.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("synod-kv-{}-{name}", process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn identity() -> Identity {
    Identity {
        cluster: 7,
        id: NodeId(2),
        voters: [1, 2, 3].map(NodeId).to_vec(),
        engine: Engine::Raft,
    }
}

pub(crate) fn proposal(number: u64) -> Proposal {
    let len = if number.is_multiple_of(7) { 3_000 } else { number as usize % 90 };
    Proposal {
        stamp: HybridStamp::from_bits(number),
        ticket: Ticket { life: 1, number },
        command: Bytes::from(vec![number as u8 | 1; len]),
    }
}

/// A state of one key, or of so many that it has several chunks.
pub(crate) fn state(number: u64) -> State {
    let mut state = State::new();
    let count = if number.is_multiple_of(4) { 200 } else { 1 };
    let data = vec![number as u8; 1_000];
    let keys: Vec<_> = (0..count).map(|key| format!("{number}-{key}")).collect();
    let pairs = keys.iter().map(|key| (key.as_bytes(), data.as_slice(), None::<u64>));
    let chunk = (HybridStamp::from_bits(number), pairs.collect::<Vec<_>>());
    state.absorb(&postcard::to_stdvec(&chunk).unwrap()).unwrap();
    state
}

pub(crate) fn same(one: &Found, other: &Found) -> bool {
    (&one.identity, one.hard_state, &one.log, &one.state)
        == (&other.identity, other.hard_state, &other.log, &other.state)
}

/// Does the whole compaction that is under way, if there is one.
pub(crate) fn finish(storage: &mut Storage) -> Result<Option<LogId>, StorageError> {
    while storage.is_compacting() {
        if let Some(last) = storage.compact_some()? {
            return Ok(Some(last));
        }
    }
    Ok(None)
}

pub(crate) fn compact(
    storage: &mut Storage,
    last: LogId,
    state: State,
) -> Result<(), StorageError> {
    storage.begin_compaction(last, state)?;
    assert_eq!(finish(storage)?, Some(last));
    Ok(())
}

/// What is to be done before the next sync is over.
enum Job {
    Write(Record),
    Compact(LogId, State),
}

/// A storage that does nothing before it is synced, or the power fails.
pub(crate) struct Tested {
    disk: Disk,
    storage: Option<(Storage, Kill)>,
    jobs: Vec<Job>,
    chance: Chance,
}

impl Tested {
    pub(crate) fn new(seed: u64) -> Self {
        let disk = Disk::default();
        let (view, kill) = disk.view();
        let storage = Storage::create_on("disk".as_ref(), view, &identity()).unwrap();
        disk.hold();
        Self { disk, storage: Some((storage, kill)), jobs: Vec::new(), chance: Chance(seed) }
    }

    /// Does all jobs, those that follow each other as one, and some of the compactions meanwhile.
    fn work(&mut self) -> Result<(), StorageError> {
        let (storage, _) = self.storage.as_mut().unwrap();
        let mut records = Vec::new();
        for job in mem::take(&mut self.jobs) {
            match job {
                Job::Write(record) => records.push(record),
                Job::Compact(last, state) => {
                    storage.write(&mem::take(&mut records))?;
                    finish(storage)?;
                    storage.begin_compaction(last, state)?;
                }
            }
            if self.chance.below(3) == 0 {
                storage.write(&mem::take(&mut records))?;
                storage.compact_some()?;
            }
        }
        storage.write(&records)
    }
}

impl storage_kit::Storage for Tested {
    type Log = HeapLog<Proposal>;
    type Snapshot = State;
    type Error = StorageError;

    fn payload(number: u64) -> Proposal {
        proposal(number)
    }

    fn snapshot(number: u64) -> State {
        state(number)
    }

    fn write(
        &mut self,
        write: &Write<'_, Proposal>,
        snapshot: Option<&State>,
    ) -> Result<(), StorageError> {
        let entries = write.entries.iter().map(|(id, payload)| (id, payload.cloned())).collect();
        let snapshot = write.snapshot.zip(snapshot.cloned());
        self.jobs.push(Job::Write(Record { hard_state: write.hard_state, snapshot, entries }));
        Ok(())
    }

    fn compact(&mut self, last: LogId, snapshot: &State) -> Result<(), StorageError> {
        self.jobs.push(Job::Compact(last, snapshot.clone()));
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.work()?;
        if let Some((storage, _)) = &mut self.storage {
            finish(storage)?;
        }
        self.disk.hold();
        Ok(())
    }

    fn crash(&mut self, chance: u64) -> Result<(), StorageError> {
        self.chance = Chance(chance);
        // A second one in a row hits what has no process yet.
        if let Some((mut storage, kill)) = self.storage.take() {
            self.storage = Some((storage, kill));
            self.work()?;
            (storage, _) = self.storage.take().unwrap();
            // It also hits a process that is about to end by itself.
            drop(storage);
        }
        self.disk.fail(&mut self.chance);
        Ok(())
    }

    fn recover(&mut self) -> Result<FoundIn<Self>, StorageError> {
        self.jobs.clear();
        if let Some((storage, kill)) = self.storage.take()
            && self.chance.coin()
        {
            kill.now();
            drop(storage);
        }
        let (view, kill) = self.disk.view();
        let (storage, found) = Storage::open_on("disk".as_ref(), view)?;
        self.disk.hold();
        self.storage = Some((storage, kill));
        let Found { identity: who, hard_state, log, state } = found;
        who.check(&identity())?;
        let snapshot = (log.snapshot() != LogId::START).then_some(state);
        Ok(FoundIn::<Self> { hard_state, log, snapshot })
    }
}
