//! What a node never forgets: its hard state, its log and its last snapshot, in a file.
//!
//! # Why redb
//!
//! redb 4.4, fjall 3.1 and raft-engine 0.4 were measured, and what they were asked first was: is
//! anything that was synced ever lost without a word, whatever byte is flipped, page zeroed or tail
//! cut? fjall and raft-engine lose the last of it at some of these. redb does not, if its commits
//! have two phases, and all checksums are checked when it is opened. That takes two syncs for a
//! write, which all records that wait share. A log file of our own was tried, too, and is twice as
//! fast; but a database that others use, test and mend is worth more.
//!
//! # Torn or rotten
//!
//! A write is whole or not there, whatever a power cut made of it: redb changes no page in place but
//! the one that says where the others are. What no power cut can explain is
//! [`StorageError::Damaged`], and the node does not start. That is looked for at the start only, and
//! there is something that it cannot see: one bit says which of the last two writes is the later. If
//! just that rots after the process was killed, the last write looks like one that was cut off. So
//! does a file that is as it was at some earlier time.
//!
//! # How to use it
//!
//! A thread of its own has the [`Storage`] and [writes](Storage::write) all [`Record`]s that wait as
//! one. [Compaction](Storage::begin_compaction) takes its turns between the writes, a megabyte each.
//! After any error the process is to end.

mod error;
mod rows;

use std::{
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};

use redb::{Database, Durability, ReadableDatabase, StorageBackend, WriteTransaction, backends};
use serde::{Deserialize, Serialize};
use synod_consensus_core::{
    NodeId,
    raft::{HardState, HeapLog, LogId, TermLog as _},
};

pub use error::StorageError;

use crate::{
    node::{engine::Engine, proposal::Proposal},
    state::State,
};

const FILE: &str = "store";
/// A store that is not finished. Nothing has been promised by it.
const NEW_FILE: &str = "store.new";
/// What redb may keep in memory. It holds the pages that each write touches.
const CACHE_BYTES: usize = 1 << 20;
/// With redb's own bytes this fits into 16 of its pages, which it gives out by powers of two.
const CHUNK_BYTES: usize = 48 << 10;
/// How many chunks are written or removed at a time, while what is to be written waits.
const CHUNKS_AT_A_TIME: usize = 16;

/// Whose store it is. It is written once, and never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The cluster.
    pub cluster: u64,
    /// The node.
    pub id: NodeId,
    /// All nodes of the cluster.
    pub voters: Vec<NodeId>,
    /// How they elect: the terms of one engine mean nothing to the other.
    pub engine: Engine,
}

/// What a node finds when it starts. All of it is durable.
#[derive(Debug)]
pub struct Found {
    /// Whose store it is.
    pub identity: Identity,
    /// The hard state that was written last.
    pub hard_state: HardState,
    /// The log, which begins behind the snapshot.
    pub log: HeapLog<Proposal>,
    /// The state of the snapshot; an empty one if there is none.
    pub state: State,
}

/// What is to be written as one. Its fields take effect in their order.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The hard state, if it has changed.
    pub hard_state: Option<HardState>,
    /// A state that takes the place of log and state, and the last entry that it covers.
    pub snapshot: Option<(LogId, State)>,
    /// Consecutive entries, which replace all from the first of them on.
    pub entries: Vec<(LogId, Option<Proposal>)>,
}

/// The store of a node.
#[derive(Debug)]
pub struct Storage {
    path: PathBuf,
    database: Database,
    snapshot: LogId,
    last_index: u64,
    compaction: Option<Compaction>,
    /// A write has failed, and nobody knows what is on the disk.
    stopped: bool,
}

#[derive(Debug)]
struct Compaction {
    last: LogId,
    /// The state, in pieces, and at its end `None`. There are none if a later snapshot has come.
    chunks: Option<mpsc::Receiver<Option<Vec<u8>>>>,
    written: u32,
    /// The chunks that no snapshot has any more are gone.
    swept: bool,
}

impl Storage {
    /// Makes a store for the very first start of a node.
    ///
    /// # Errors
    ///
    /// [`StorageError`]: above all if there is a store in the folder already.
    pub fn create(folder: &Path, identity: &Identity) -> Result<Self, StorageError> {
        fs::create_dir_all(folder).map_err(StorageError::at(folder))?;
        let (path, new_path) = (folder.join(FILE), folder.join(NEW_FILE));
        let at = StorageError::at(&new_path);
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&new_path);
        let file = open.map_err(&at)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StorageError::InUse(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(at(error)),
        }
        // Only under the lock: or another process might just have finished its own.
        if path.exists() {
            let _ = fs::remove_file(&new_path);
            return Err(StorageError::NotEmpty(folder.to_owned()));
        }
        file.set_len(0).map_err(&at)?;
        let storage = Self::create_on(&path, file_backend(file, &path)?, identity)?;
        fs::rename(&new_path, &path).map_err(&at)?;
        let folder_file = File::open(folder).and_then(|folder| folder.sync_all());
        folder_file.map_err(StorageError::at(folder))?;
        Ok(storage)
    }

    /// Makes a store on something that behaves like an empty file: a test's disk, say.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub fn create_on(
        path: &Path,
        backend: impl StorageBackend,
        identity: &Identity,
    ) -> Result<Self, StorageError> {
        let database = open_database(backend).map_err(StorageError::of(path))?;
        let mut storage = Self::new(path, database, LogId::START, 0);
        storage.change(|_, transaction| rows::begin(transaction, identity))?;
        Ok(storage)
    }

    /// Opens a store, and reads and checks all that is there.
    ///
    /// # Errors
    ///
    /// [`StorageError`]: above all if something of what was written is lost.
    pub fn open(folder: &Path) -> Result<(Self, Found), StorageError> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Err(StorageError::NoStore(folder.to_owned()));
        }
        let file = OpenOptions::new().read(true).write(true).open(&path);
        let file = file.map_err(StorageError::at(&path))?;
        Self::open_on(&path, file_backend(file, &path)?)
    }

    /// Opens a store on something that behaves like a file.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub fn open_on(
        path: &Path,
        backend: impl StorageBackend,
    ) -> Result<(Self, Found), StorageError> {
        if backend.len().map_err(StorageError::at(path))? == 0 {
            return Err(StorageError::damaged(path, "the file is empty"));
        }
        let open = || -> Result<_, redb::Error> {
            let mut database = open_database(backend)?;
            // It has mended what a power cut can leave, and is whole now or refuses. All that it
            // could mend here is what it thinks is free.
            database.check_integrity()?;
            let found = rows::read(&database.begin_read()?)?;
            Ok((database, found))
        };
        let (database, found) = unless_it_panics(path, open)?;
        let storage = Self::new(path, database, found.log.snapshot(), found.log.last_index());
        Ok((storage, found))
    }

    fn new(path: &Path, database: Database, snapshot: LogId, last_index: u64) -> Self {
        let path = path.to_owned();
        Self { path, database, snapshot, last_index, compaction: None, stopped: false }
    }

    /// Writes all of these, in order, as one, and returns when they are durable.
    ///
    /// # Errors
    ///
    /// [`StorageError`]. The node must stop.
    pub fn write(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.change(|storage, transaction| {
            if let Some(hard_state) = records.iter().rev().find_map(|record| record.hard_state) {
                rows::put_hard_state(transaction, hard_state)?;
            }
            for Record { snapshot, entries, .. } in records {
                if let Some((last, state)) = snapshot {
                    rows::install(transaction, *last, state.chunks(CHUNK_BYTES))?;
                    (storage.snapshot, storage.last_index) = (*last, last.index);
                    // Its chunks are gone with all others.
                    if let Some(compaction) = &mut storage.compaction {
                        compaction.chunks = None;
                    }
                }
                storage.last_index = rows::put_entries(transaction, storage.last_index, entries)?;
            }
            Ok(())
        })
    }

    /// Begins to put the state as it was at `last` in place of all entries up to that. One that was
    /// under way is dropped.
    ///
    /// # Errors
    ///
    /// [`StorageError`]. The node must stop.
    pub fn begin_compaction(&mut self, last: LogId, state: State) -> Result<(), StorageError> {
        let mut compaction = Compaction { last, chunks: None, written: 0, swept: false };
        if last.index > self.snapshot.index {
            let chunks = divide(state).map_err(StorageError::at(&self.path))?;
            compaction.chunks = Some(chunks);
        }
        self.compaction = Some(compaction);
        Ok(())
    }

    /// Whether a compaction is under way.
    #[must_use]
    pub const fn is_compacting(&self) -> bool {
        self.compaction.is_some()
    }

    /// Does a part of the compaction, durably, and says when it was the last: the compaction is done
    /// then, or a snapshot that was written meanwhile is later.
    ///
    /// # Errors
    ///
    /// [`StorageError`]. The node must stop.
    pub fn compact_some(&mut self) -> Result<Option<LogId>, StorageError> {
        let Some(mut compaction) = self.compaction.take() else { return Ok(None) };
        let last = compaction.last;
        let Some(chunks) = compaction.chunks.take() else { return Ok(Some(last)) };
        let is_done = self.change(|storage, transaction| {
            compaction.swept =
                compaction.swept || rows::sweep(transaction, storage.snapshot, CHUNKS_AT_A_TIME)?;
            if !compaction.swept {
                return Ok(false);
            }
            for _ in 0..CHUNKS_AT_A_TIME {
                // The thread ends without a `None` only if it fails.
                let ended = |_| redb::Error::Corrupted("its snapshot was not finished".into());
                let Some(chunk) = chunks.recv().map_err(ended)? else {
                    rows::compact(transaction, last, compaction.written)?;
                    storage.snapshot = last;
                    return Ok(true);
                };
                rows::put_chunk(transaction, last, compaction.written, &chunk)?;
                compaction.written = compaction.written.saturating_add(1);
            }
            Ok(false)
        })?;
        if is_done {
            return Ok(Some(last));
        }
        compaction.chunks = Some(chunks);
        self.compaction = Some(compaction);
        Ok(None)
    }

    /// Changes what is stored, durably, if all changes before have succeeded.
    fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Self, &WriteTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, StorageError> {
        if self.stopped {
            return Err(StorageError::Stopped);
        }
        self.stopped = true;
        let path = self.path.clone();
        let done = unless_it_panics(&path, || {
            let mut transaction = self.database.begin_write()?;
            transaction.set_durability(Durability::Immediate)?;
            // Or the last commit might not be missed when it rots.
            transaction.set_two_phase_commit(true);
            let done = change(self, &transaction)?;
            transaction.commit()?;
            Ok(done)
        })?;
        self.stopped = false;
        Ok(done)
    }
}

/// The chunks of a state, and then `None`. They borrow it, so a thread has it meanwhile.
fn divide(state: State) -> io::Result<mpsc::Receiver<Option<Vec<u8>>>> {
    let (outbox, chunks) = mpsc::sync_channel(CHUNKS_AT_A_TIME);
    let work = move || {
        let parts = state.chunks(CHUNK_BYTES).map(Some).chain([None]);
        // Nobody takes the rest of a compaction that was dropped.
        let _ = parts.map(|part| outbox.send(part)).find(Result::is_err);
    };
    thread::Builder::new().name("snapshot".into()).spawn(work)?;
    Ok(chunks)
}

fn file_backend(file: File, path: &Path) -> Result<backends::FileBackend, StorageError> {
    backends::FileBackend::new(file).map_err(StorageError::of(path))
}

fn open_database(backend: impl StorageBackend) -> Result<Database, redb::DatabaseError> {
    Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(backend)
}

/// redb panics at some pages that make no sense, before it sees that their checksums are wrong, or
/// when they have rotted since that was checked. What it had begun is not used any more.
fn unless_it_panics<T>(
    path: &Path,
    work: impl FnOnce() -> Result<T, redb::Error>,
) -> Result<T, StorageError> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(StorageError::of(path)),
        Err(_) => Err(StorageError::damaged(path, "a page of it makes no sense")),
    }
}

impl Identity {
    /// Checks that a store is that of the node that was to be started.
    ///
    /// # Errors
    ///
    /// [`StorageError::OtherNode`].
    pub fn check(&self, wanted: &Self) -> Result<(), StorageError> {
        if self == wanted {
            return Ok(());
        }
        Err(StorageError::OtherNode { found: self.clone(), wanted: wanted.clone() })
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cluster, id, voters, engine } = self;
        write!(f, "node {} of cluster {cluster:016x} with nodes", id.0)?;
        voters.iter().try_for_each(|voter| write!(f, " {}", voter.0))?;
        write!(f, " by {engine}")
    }
}
