//! The thread that owns the disk. What waits for it is written as one: so many proposals cost what
//! one does. A compaction takes its turns between the writes.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, TryRecvError},
    },
    thread,
};

use synod_consensus_core::raft::LogId;
use tokio::sync::mpsc as reports;

use crate::{
    node::storage::{Record, Storage, StorageError},
    state::State,
};

enum Job {
    Write(u64, Record),
    Compact(LogId, State),
}

/// What the disk says.
#[derive(Debug)]
pub enum Report {
    /// All writes up to this one are durable.
    Persisted(u64),
    /// A snapshot is durable in place of the entries up to this one: the one that was to be, or a
    /// later one that was written meanwhile.
    Compacted(LogId),
    /// It has failed, and nobody knows what is on it. The node must stop.
    Failed(StorageError),
}

/// The way to the disk. Its thread ends when this is dropped and all is written; a compaction
/// that was under way is left, and does no harm.
#[derive(Debug)]
pub struct Disk {
    jobs: mpsc::Sender<Job>,
    commits: Arc<AtomicU64>,
}

impl Disk {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If there can be no thread.
    pub fn start(
        storage: Storage,
    ) -> io::Result<(Self, reports::UnboundedReceiver<Report>, thread::JoinHandle<()>)> {
        // What waits here has passed the limits of the outbox or of Raft's windows.
        let (jobs, inbox) = mpsc::channel();
        let (outbox, reports) = reports::unbounded_channel();
        let commits = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&commits);
        let work = move || work(storage, &inbox, &outbox, &count);
        let thread = thread::Builder::new().name("disk".into()).spawn(work)?;
        Ok((Self { jobs, commits }, reports, thread))
    }

    /// Writes a record after those before it.
    pub fn write(&self, id: u64, record: Record) {
        // If the thread has ended it has said why.
        let _ = self.jobs.send(Job::Write(id, record));
    }

    /// Puts the state as it was at `last` in place of the entries up to it.
    pub fn compact(&self, last: LogId, state: State) {
        let _ = self.jobs.send(Job::Compact(last, state));
    }

    /// How often something was committed to it, but for snapshots.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

fn work(
    mut storage: Storage,
    inbox: &mpsc::Receiver<Job>,
    outbox: &reports::UnboundedSender<Report>,
    commits: &AtomicU64,
) {
    let mut compactions = VecDeque::new();
    loop {
        let first = if storage.is_compacting() {
            match inbox.try_recv() {
                Err(TryRecvError::Disconnected) => return,
                first => first.ok(),
            }
        } else {
            let Ok(first) = inbox.recv() else { return };
            Some(first)
        };
        let (mut records, mut last_id) = (Vec::new(), None);
        for job in first.into_iter().chain(inbox.try_iter()) {
            match job {
                Job::Write(id, record) => {
                    records.push(record);
                    last_id = Some(id);
                }
                Job::Compact(last, state) => compactions.push_back((last, state)),
            }
        }
        let mut done = || -> Result<(), StorageError> {
            if let Some(id) = last_id {
                storage.write(&records)?;
                commits.fetch_add(1, Ordering::Relaxed);
                // When nobody listens any more the node has stopped.
                let _ = outbox.send(Report::Persisted(id));
            }
            // Also when there is much to write, or the log would grow for ever.
            if let Some(last) = storage.compact_some()? {
                let _ = outbox.send(Report::Compacted(last));
            }
            if !storage.is_compacting()
                && let Some((last, state)) = compactions.pop_front()
            {
                storage.begin_compaction(last, state)?;
            }
            Ok(())
        };
        if let Err(error) = done() {
            let _ = outbox.send(Report::Failed(error));
            return;
        }
    }
}
