//! What a node never forgets: its hard state, its log and its last snapshot, in a folder.
//!
//! # Why no database
//!
//! The log is a file of our own to which is appended, and a snapshot another one. redb 4.4,
//! fjall 3.1 and raft-engine 0.4 were measured beside it. Not one of them tells by itself a write
//! that was cut off, which is to be forgotten, from an acknowledged one that has rotted, which
//! never is: of a flipped byte or a zeroed page, fjall and raft-engine drop the last of what was
//! synced without a word, or raft-engine refuses both; redb goes back to its last commit but one,
//! or, with a second sync for each commit, does not, and then panics at some zeroed pages. What
//! tells them apart here ([`Journal`]'s marks) would have been needed on top. What is left for a
//! database to do is what this file does, in half the time of redb and with none of its caches.
//!
//! # What is in the folder
//!
//! - `log`: a head with two marks, the *base* (identity, hard state, the name of the snapshot), and
//!   frames with what was written since. Each has a number and a checksum.
//! - `snapshot-N`: the state that the base names, in frames.
//! - `lock`, for as long as a process has the store; and what was not finished when it ended.
//!
//! # Torn or rotten
//!
//! A frame is written behind the last one, and synced; then a mark says that the file is durable up
//! to there, and only then is the write reported. A frame that is not whole behind the later one of
//! the marks was never reported: it is cut off. One before it was: [`StorageError::Damaged`]. A
//! mark survives its process at once, and a power cut from the next sync on; so if the power fails
//! just then, and the very last frame rots as well, it looks like one that was cut off. So does a
//! folder that is as it was at some earlier time.
//!
//! # How to use it
//!
//! A thread of its own has the [`Storage`], takes all [`Record`]s that wait for it, [writes
//! them](Storage::write) and reports the last of their ids: one sync, however many they are. From
//! time to time another thread has the [`Snapshotter`] write the state as it is applied, and sends
//! the [`Snapshot`] to the first, for [`Storage::compact`]: that copies what the log has behind
//! it, and takes a few syncs. After any error the process is to end.

mod error;
mod frame;
mod journal;
mod snapshot;

use std::{
    fmt,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use synod_consensus_core::{
    NodeId,
    raft::{Entry, HardState, HeapLog, Log as _, LogId, TermLog as _},
};

pub use error::StorageError;
use journal::{Base, Journal};
pub use snapshot::{Snapshot, Snapshotter};

use crate::{proposal::Proposal, state::State};

const LOCK_FILE: &str = "lock";

/// Whose store it is. It is written once, and never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The cluster.
    pub cluster: u64,
    /// The node.
    pub id: NodeId,
    /// All nodes of the cluster.
    pub voters: Vec<NodeId>,
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Record {
    /// The hard state, if it has changed.
    pub hard_state: Option<HardState>,
    /// A state that takes the place of log and state, and the last entry that it covers.
    #[serde(skip)]
    pub snapshot: Option<(LogId, State)>,
    /// Consecutive entries, which replace all from the first of them on.
    pub entries: Vec<(LogId, Option<Proposal>)>,
}

/// The store of a node.
#[derive(Debug)]
pub struct Storage {
    folder: PathBuf,
    journal: Journal,
    /// What a new log would begin with.
    base: Base,
    snapshotter: Snapshotter,
    /// A write has failed, and nobody knows what is on the disk.
    stopped: bool,
    /// Locked until it is closed.
    _lock: File,
}

impl Storage {
    /// Makes a store for the very first start of a node.
    ///
    /// # Errors
    ///
    /// [`StorageError`]: above all if there is something in the folder already.
    pub fn create(folder: &Path, identity: &Identity) -> Result<Self, StorageError> {
        fs::create_dir_all(folder).map_err(StorageError::at(folder))?;
        let lock = lock(folder)?;
        // What may be there is what the first try has left, if it did not come to its end.
        let files = files(folder)?;
        if files.iter().any(|file| ![LOCK_FILE, journal::NEW_FILE].contains(&file.as_str())) {
            return Err(StorageError::NotEmpty(folder.to_owned()));
        }
        let hard_state = HardState::default();
        let base = Base { identity: identity.clone(), hard_state, snapshot: None };
        let journal = Journal::create(folder, 1, &base, io::empty())?;
        Ok(Self::new(folder, journal, base, lock))
    }

    /// Opens a store, and reads and checks all that is there.
    ///
    /// # Errors
    ///
    /// [`StorageError`]: above all if something of what was written is lost.
    pub fn open(folder: &Path) -> Result<(Self, Found), StorageError> {
        if !files(folder)?.iter().any(|file| file == journal::FILE || is_snapshot(file)) {
            return Err(StorageError::NoStore(folder.to_owned()));
        }
        let lock = lock(folder)?;
        let (journal, mut base, records) = Journal::open(folder)?;
        let mut log = HeapLog::new();
        let state = match &base.snapshot {
            Some(name) => {
                log.install(name.last);
                snapshot::load(folder, name)?
            }
            None => State::new(),
        };
        for record in records {
            base.hard_state = record.hard_state.unwrap_or(base.hard_state);
            for (id, payload) in record.entries {
                replay(&mut log, id, payload, folder)?;
            }
        }
        // What was left over when the process ended. It is in nobody's way if it stays.
        let snapshot = base.snapshot.as_ref().map(snapshot::Name::file);
        for file in files(folder)? {
            let is_old = is_snapshot(&file) && Some(&file) != snapshot.as_ref();
            if is_old || file == journal::NEW_FILE {
                let _ = fs::remove_file(folder.join(file));
            }
        }
        let Base { identity, hard_state, .. } = base.clone();
        let found = Found { identity, hard_state, log, state };
        Ok((Self::new(folder, journal, base, lock), found))
    }

    fn new(folder: &Path, journal: Journal, base: Base, lock: File) -> Self {
        let snapshotter = Snapshotter::new(folder, base.snapshot.as_ref());
        Self { folder: folder.to_owned(), journal, base, snapshotter, stopped: false, _lock: lock }
    }

    /// Writes all of these, in order, and returns when they are durable. It is one sync for all of
    /// them, but for a snapshot, which takes a few more.
    ///
    /// # Errors
    ///
    /// [`StorageError`]. The node must stop.
    pub fn write(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.unless_stopped(|storage| {
            // A snapshot voids all before it but the hard state.
            let from = records.iter().rposition(|record| record.snapshot.is_some()).unwrap_or(0);
            let (void, rest) = records.split_at_checked(from).unwrap_or((&[], records));
            storage.note_hard_state(void);
            if let Some(Record { snapshot: Some((last, state)), .. }) = rest.first() {
                storage.note_hard_state(rest.get(..1).unwrap_or_default());
                storage.install(*last, state)?;
            }
            storage.note_hard_state(rest);
            let is_new = |record: &Record| {
                !record.entries.is_empty()
                    || record.hard_state.is_some() && record.snapshot.is_none()
            };
            if rest.iter().any(is_new) { storage.journal.append(rest) } else { Ok(()) }
        })
    }

    /// What writes snapshots for [`compact`](Self::compact).
    #[must_use]
    pub fn snapshotter(&self) -> Snapshotter {
        self.snapshotter.clone()
    }

    /// Puts a snapshot in place of all entries up to its last, durably. It is to be of what is in
    /// this store. If a later one has come meanwhile it is dropped.
    ///
    /// # Errors
    ///
    /// [`StorageError`]. The node must stop.
    pub fn compact(&mut self, snapshot: Snapshot) -> Result<(), StorageError> {
        self.unless_stopped(|storage| {
            let Snapshot(name) = snapshot;
            if storage.base.snapshot.is_some_and(|old| old.last.index >= name.last.index) {
                let _ = fs::remove_file(storage.folder.join(name.file()));
                return Ok(());
            }
            let old = storage.base.snapshot.replace(name);
            storage.journal.rebase(&storage.folder, &storage.base, name.last.index)?;
            storage.remove(old);
            Ok(())
        })
    }

    /// Puts a snapshot in place of log and state.
    fn install(&mut self, last: LogId, state: &State) -> Result<(), StorageError> {
        let Snapshot(name) = self.snapshotter.write(last, state)?;
        let old = self.base.snapshot.replace(name);
        let number = self.journal.number();
        self.journal = Journal::create(&self.folder, number, &self.base, io::empty())?;
        self.remove(old);
        Ok(())
    }

    fn note_hard_state(&mut self, records: &[Record]) {
        let written = records.iter().rev().find_map(|record| record.hard_state);
        self.base.hard_state = written.unwrap_or(self.base.hard_state);
    }

    /// Removes a snapshot that has been replaced. If that fails, the next start does it.
    fn remove(&self, old: Option<snapshot::Name>) {
        if let Some(name) = old {
            let _ = fs::remove_file(self.folder.join(name.file()));
        }
    }

    /// Does this, if all that was done before has succeeded.
    fn unless_stopped(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        if self.stopped {
            return Err(StorageError::Stopped);
        }
        let done = work(self);
        self.stopped = done.is_err();
        done
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
        let Self { cluster, id, voters } = self;
        write!(f, "node {} of cluster {cluster:016x} with nodes", id.0)?;
        voters.iter().try_for_each(|voter| write!(f, " {}", voter.0))
    }
}

/// Puts an entry in its place, if it has one.
fn replay(
    log: &mut HeapLog<Proposal>,
    LogId { term, index }: LogId,
    payload: Option<Proposal>,
    folder: &Path,
) -> Result<(), StorageError> {
    if index <= log.snapshot().index {
        return Ok(()); // It was in one frame with others.
    }
    let before = index.saturating_sub(1);
    if log.term(before).is_none_or(|before| before > term) {
        return Err(StorageError::damaged(&folder.join(journal::FILE), "an entry is missing"));
    }
    log.truncate(before);
    let no_memory = |_| StorageError::at(folder)(io::ErrorKind::OutOfMemory.into());
    log.append(Entry { term, payload }).map_err(no_memory)
}

fn lock(folder: &Path) -> Result<File, StorageError> {
    let path = folder.join(LOCK_FILE);
    let lock = File::create(&path).map_err(StorageError::at(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StorageError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(StorageError::at(&path)(error)),
    }
}

fn is_snapshot(file: &str) -> bool {
    file.starts_with(snapshot::FILE_PREFIX)
}

/// The names of what is in a folder; none if there is no folder.
fn files(folder: &Path) -> Result<Vec<String>, StorageError> {
    let at = StorageError::at(folder);
    let folder = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        folder => folder.map_err(&at)?,
    };
    folder.map(|file| Ok(file.map_err(&at)?.file_name().to_string_lossy().into_owned())).collect()
}
