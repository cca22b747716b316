//! A test kit for storage: it writes, pulls the plug and looks at what is left.
//!
//! A host's disk is where a cluster loses data, and it is the one part that this crate does not
//! have. Implement [`Storage`] for yours, in your tests, and let [`check`] run it:
//!
//! ```
//! use synod_consensus_core::raft::{
//!     Entry, HardState, Log, LogId, RingLog, replica::Write, storage_kit::{self, Found, FoundIn, Storage},
//! };
//!
//! type Payload = [u8; 8];
//!
//! enum Record {
//!     HardState(HardState),
//!     Install(LogId, u64),
//!     Compact(LogId, u64),
//!     Entry(LogId, Option<Payload>),
//! }
//!
//! /// A disk to which records are appended, of which so many would survive a power cut.
//! #[derive(Default)]
//! struct Disk(Vec<Record>, usize);
//!
//! impl Storage for Disk {
//!     type Log = RingLog<Payload, 32>;
//!     type Snapshot = u64;
//!     type Error = core::convert::Infallible;
//!
//!     fn payload(number: u64) -> Payload {
//!         number.to_le_bytes()
//!     }
//!
//!     fn snapshot(number: u64) -> u64 {
//!         number
//!     }
//!
//!     fn write(&mut self, write: &Write<'_, Payload>, snapshot: Option<&u64>) -> Result<(), Self::Error> {
//!         self.0.extend(write.hard_state.map(Record::HardState));
//!         self.0.extend(write.snapshot.zip(snapshot).map(|(last, &state)| Record::Install(last, state)));
//!         self.0.extend(write.entries.iter().map(|(id, payload)| Record::Entry(id, payload.copied())));
//!         Ok(())
//!     }
//!
//!     fn compact(&mut self, last: LogId, snapshot: &u64) -> Result<(), Self::Error> {
//!         self.0.push(Record::Compact(last, *snapshot)); // and drop what is before it, some day
//!         Ok(())
//!     }
//!
//!     fn sync(&mut self) -> Result<(), Self::Error> {
//!         self.1 = self.0.len();
//!         Ok(())
//!     }
//!
//!     fn crash(&mut self, chance: u64) -> Result<(), Self::Error> {
//!         let lost = self.0.len() - self.1 + 1;
//!         self.0.truncate(self.1 + chance as usize % lost);
//!         Ok(())
//!     }
//!
//!     fn recover(&mut self) -> Result<FoundIn<Self>, Self::Error> {
//!         self.sync()?;
//!         let mut found = Found { hard_state: HardState::default(), log: RingLog::new(), snapshot: None };
//!         for record in &self.0 {
//!             match *record {
//!                 Record::HardState(hard_state) => found.hard_state = hard_state,
//!                 Record::Install(last, state) => {
//!                     found.log.install(last);
//!                     found.snapshot = Some(state);
//!                 }
//!                 Record::Compact(last, state) => {
//!                     found.log.compact(last.index);
//!                     found.snapshot = Some(state);
//!                 }
//!                 Record::Entry(LogId { term, index }, payload) => {
//!                     found.log.truncate(index - 1); // a later leader's entry replaces all behind it
//!                     found.log.append(Entry { term, payload }).expect("the log of a node has room");
//!                 }
//!             }
//!         }
//!         Ok(found)
//!     }
//! }
//!
//! for seed in 0..100 {
//!     if let Err(failure) = storage_kit::check(seed, &mut Disk::default()) {
//!         panic!("{failure}");
//!     }
//! }
//! ```
//!
//! # What it does
//!
//! A run drives a real [`Replica`](super::Replica) of three voters, by seed: leaders come and go
//! and replace each other's entries, candidates get votes, the node leads itself, snapshots arrive,
//! the log is compacted. What the node wants written goes to the storage, and is reported after a
//! [`sync`](Storage::sync). Between all that the process ends, or the power fails, once or several
//! times in a row. What is recovered must be what was there at some point between the last sync and
//! the crash:
//!
//! - Nothing is lost that was written before a sync.
//! - Writes take effect in order. Of the last one, its hard state may be there without the rest,
//!   and its first entries without the others. A hard state may be ahead of the log, never behind
//!   it. A compaction may be ahead of writes that were not synced, or behind them.
//! - What was replaced never comes back: neither old entries behind new ones, nor behind an
//!   installed snapshot.
//! - A snapshot is the one of its name, and entries have the payloads of theirs.
//!
//! Then a node recovers from it, and the run goes on.
//!
//! # What it costs, and what it does not do
//!
//! A run makes 200 steps: on average 96 writes, 38 syncs, 8 snapshots that arrive, 9 compactions,
//! 28 crashes and 10 restarts without one. The log has at most 24 entries, and room for 5 at least.
//! It takes no heap, and less than 64 KiB of stack with a small log on a 64-bit machine, where
//! nothing is optimized, too. Of 22 common mistakes, each is found by three seeds in ten at least,
//! and most by nine in ten; so 100 seeds are a test, and 1,000 a good one.
//!
//! A crash is what [`Storage::crash`] makes of it: the kit cannot see that a disk lies about a
//! sync. Bits that rot, a full disk and an error in the middle of a write are not tried.

mod failure;
mod model;
mod run;

pub use failure::{Call, Cause, Failure, Violation};

use super::{HardState, Log, LogId, replica::Write};

/// The payloads of a storage's log.
type PayloadOf<S> = <<S as Storage>::Log as Log>::Payload;

/// A host's storage, as a test sees it: your own code, and a way to pull the plug.
pub trait Storage: Sized {
    /// The log in memory that your nodes have.
    type Log: Log<Payload: PartialEq>;

    /// The state that a snapshot has.
    type Snapshot: PartialEq;

    /// How your storage fails by itself. A failure ends the run.
    type Error;

    /// Some payload, and always the same for a number. Those of different numbers should be
    /// different, and better of different sizes, too: else some mistakes are not seen.
    fn payload(number: u64) -> PayloadOf<Self>;

    /// Some state, and always the same for a number.
    fn snapshot(number: u64) -> Self::Snapshot;

    /// Writes hard state, snapshot and entries, as [rule 3](super) says. The snapshot is there if
    /// and only if the write names one. It need not be durable yet.
    ///
    /// # Errors
    ///
    /// Those of your storage.
    fn write(
        &mut self,
        write: &Write<'_, PayloadOf<Self>>,
        snapshot: Option<&Self::Snapshot>,
    ) -> Result<(), Self::Error>;

    /// Puts a snapshot in place of all entries up to its `last`. Those behind it stay. It need not
    /// be durable yet, but then neither are the entries dropped.
    ///
    /// # Errors
    ///
    /// Those of your storage.
    fn compact(&mut self, last: LogId, snapshot: &Self::Snapshot) -> Result<(), Self::Error>;

    /// Returns when all that was written and compacted would survive a power cut.
    ///
    /// # Errors
    ///
    /// Those of your storage.
    fn sync(&mut self) -> Result<(), Self::Error>;

    /// The power fails. Of what was not synced some part is lost, and the last of it may be torn;
    /// `chance` says how much: of `n` bytes that were not synced, `chance % (n + 1)` survive,
    /// say. What was synced stays. Some disks leave zeros or rubbish in the lost part; put some
    /// there for every other `chance`, or a missing checksum is not noticed.
    ///
    /// # Errors
    ///
    /// Those of your storage.
    fn crash(&mut self, chance: u64) -> Result<(), Self::Error>;

    /// What a node finds when it starts: the first time, after a [`crash`](Self::crash), or when
    /// only its process has ended. Forget what is in memory, and read. **What it finds counts
    /// as durable**, so what is read before it was synced must be synced first.
    ///
    /// # Errors
    ///
    /// Those of your storage.
    fn recover(&mut self) -> Result<FoundIn<Self>, Self::Error>;
}

/// What a node finds on its disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Found<L, T> {
    /// The hard state that was written last; the default if there is none.
    pub hard_state: HardState,
    /// The log, which begins behind the snapshot.
    pub log: L,
    /// The state of the log's snapshot, if there is one.
    pub snapshot: Option<T>,
}

/// What a node finds in this storage.
pub type FoundIn<S> = Found<<S as Storage>::Log, <S as Storage>::Snapshot>;

/// Runs an empty storage through 200 steps of a node's life, and gives the first thing that is
/// wrong. Equal seeds make equal runs.
///
/// # Errors
///
/// [`Failure`]. The storage is as it was then.
pub fn check<S: Storage>(seed: u64, storage: &mut S) -> Result<(), Failure<S::Error>> {
    run::run(seed, storage)
}
