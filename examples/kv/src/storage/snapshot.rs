//! Snapshots: a state, in a file of its own.

use std::{
    fs::File,
    io::{self, BufReader, ErrorKind, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use synod_consensus_core::raft::LogId;

use super::{
    StorageError,
    frame::{self, Frames},
};
use crate::state::State;

/// What the names of the files begin with.
pub(super) const FILE_PREFIX: &str = "snapshot-";
/// About how many bytes of a state are one frame.
const CHUNK_BYTES: usize = 64 << 10;
/// After how many chunks they are synced, so that the log never waits for many of them.
const CHUNKS_PER_SYNC: u64 = 16;

/// Writes snapshots, on any thread, while the log goes on.
#[derive(Clone, Debug)]
pub struct Snapshotter {
    folder: PathBuf,
    next_serial: Arc<AtomicU64>,
}

/// A snapshot that is durable, and no part of the store before
/// [`compact`](super::Storage::compact).
#[derive(Debug)]
#[must_use]
pub struct Snapshot(pub(super) Name);

/// Which snapshot a store has.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Name {
    /// The last entry that it covers.
    pub(super) last: LogId,
    serial: u64,
    chunks: u64,
}

impl Name {
    pub(super) fn file(&self) -> String {
        format!("{FILE_PREFIX}{}", self.serial)
    }
}

impl Snapshotter {
    /// The next snapshot is behind this one.
    pub(super) fn new(folder: &Path, last: Option<&Name>) -> Self {
        let next = last.map_or(1, |name| name.serial.saturating_add(1));
        Self { folder: folder.to_owned(), next_serial: Arc::new(AtomicU64::new(next)) }
    }

    /// Writes the state as it is after this entry.
    ///
    /// # Errors
    ///
    /// [`StorageError`]. The store is as it was; but without snapshots its log has no end.
    pub fn write(&self, last: LogId, state: &State) -> Result<Snapshot, StorageError> {
        let serial = self.next_serial.fetch_add(1, Ordering::Relaxed);
        let mut name = Name { last, serial, chunks: 0 };
        let path = self.folder.join(name.file());
        name.chunks = write_chunks(&path, state).map_err(StorageError::at(&path))?;
        Ok(Snapshot(name))
    }
}

/// Writes a state, and says in how many chunks.
fn write_chunks(path: &Path, state: &State) -> io::Result<u64> {
    let mut file = File::create(path)?;
    let mut count = 0_u64;
    for chunk in state.chunks(CHUNK_BYTES) {
        count = count.saturating_add(1);
        file.write_all(&frame::encode(count, &chunk))?;
        if count.is_multiple_of(CHUNKS_PER_SYNC) {
            file.sync_data()?;
        }
    }
    file.sync_all()?;
    Ok(count)
}

/// Reads the snapshot of this name, and checks that it is whole.
pub(super) fn load(folder: &Path, name: &Name) -> Result<State, StorageError> {
    let path = folder.join(name.file());
    let file = match File::open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(StorageError::damaged(&path, "it is not there"));
        }
        opened => opened.map_err(StorageError::at(&path))?,
    };
    let len = file.metadata().map_err(StorageError::at(&path))?.len();
    let damaged = || StorageError::damaged(&path, "a part of the snapshot is not what it was");
    let mut frames = Frames::new(BufReader::new(file), 0, len);
    let mut state = State::new();
    while let Some(chunk) = frames.next().map_err(StorageError::at(&path))? {
        state.absorb(&chunk).map_err(|_| damaged())?;
    }
    if frames.is_over() && frames.number == Some(name.chunks) { Ok(state) } else { Err(damaged()) }
}
