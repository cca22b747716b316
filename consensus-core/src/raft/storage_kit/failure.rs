//! What is wrong with a storage.

use core::fmt;

use crate::raft::{HardState, LogId, MessageError, StartError};

/// A storage that failed, and where. The seed makes it fail again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Failure<E> {
    /// The seed of the run.
    pub seed: u64,
    /// The step of the run.
    pub step: u32,
    /// What the storage was asked last, before the restart that showed it. The mistake may be in
    /// an earlier call: print what yours are asked, and run this seed alone.
    pub after: Call,
    /// What happened.
    pub cause: Cause<E>,
}

/// What a storage is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Call {
    /// [`Storage::write`](super::Storage::write)
    Write,
    /// [`Storage::compact`](super::Storage::compact)
    Compact,
    /// [`Storage::sync`](super::Storage::sync)
    Sync,
    /// [`Storage::recover`](super::Storage::recover)
    Recover,
}

/// Why a run has ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Cause<E> {
    /// The storage says so itself.
    Storage(E),
    /// It breaks a rule of [the host's contract](crate::raft).
    Contract(Violation),
}

/// How a storage breaks a rule of [the host's contract](crate::raft).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Violation {
    /// There was something in it when the run began. Begin each with an empty storage.
    NotEmpty,
    /// This hard state was not the last one that was synced, nor one that was written since. Term
    /// and vote are one record, and are synced before they are reported.
    HardState {
        /// The one of its term, or else the one that was synced last.
        expected: HardState,
        /// What was recovered.
        found: HardState,
    },
    /// Entries or a snapshot are there, and the hard state that was written with them is not. Write
    /// it first, or all as one record.
    HardStateBehind {
        /// The one that was written with them.
        expected: HardState,
        /// What was recovered.
        found: HardState,
    },
    /// A snapshot of this name was not the last that was synced, nor one that was written since.
    Snapshot {
        /// The one that was synced last.
        expected: LogId,
        /// What was recovered.
        found: LogId,
    },
    /// The state is not the one that was written with this snapshot, or is missing.
    SnapshotState {
        /// The name of the snapshot.
        last: LogId,
    },
    /// An entry that was synced is gone, or one in the middle of those that were written since.
    EntryLost {
        /// The entry.
        expected: LogId,
        /// The index of the last entry that was recovered.
        last: u64,
    },
    /// An entry is in the place of another: one that was replaced is back, or it was written there
    /// by mistake.
    EntryReplaced {
        /// The entry that was written there last.
        expected: LogId,
        /// What was recovered.
        found: LogId,
    },
    /// An entry is there behind the end of the log: one that was replaced is back, by what was
    /// written before it or by an installed snapshot.
    EntryStale {
        /// What was recovered.
        found: LogId,
    },
    /// An entry has another payload than it was written with. If it was not synced, look how a
    /// record that is torn is told from one that is whole.
    Payload {
        /// The entry.
        entry: LogId,
    },
    /// A node does not start with what was recovered.
    Start(StartError),
    /// A node does not work with the log that was recovered.
    Refused(MessageError),
}

impl Violation {
    /// The number of the rule in [the host's contract](crate::raft).
    #[must_use]
    pub const fn rule(&self) -> u8 {
        match self {
            Self::Refused(_) => 2,
            Self::HardState { .. }
            | Self::HardStateBehind { .. }
            | Self::Snapshot { .. }
            | Self::EntryLost { .. }
            | Self::EntryReplaced { .. }
            | Self::EntryStale { .. }
            | Self::Payload { .. } => 3,
            Self::NotEmpty | Self::Start(_) => 4,
            Self::SnapshotState { .. } => 9,
        }
    }
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, step, after, cause } = self;
        let call = match after {
            Call::Write => "write",
            Call::Compact => "compact",
            Call::Sync => "sync",
            Call::Recover => "recover",
        };
        write!(f, "seed {seed}, step {step}, restarted after `{call}`: ")?;
        match cause {
            Cause::Storage(error) => error.fmt(f),
            Cause::Contract(violation) => {
                write!(f, "rule {} of the host's contract: {violation}", violation.rule())
            }
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEmpty => f.write_str("the storage was not empty at the start"),
            Self::HardState { expected, found } => {
                f.write_str("the hard state is lost: expected ")?;
                write_hard_state(f, expected)?;
                f.write_str(", found ")?;
                write_hard_state(f, found)
            }
            Self::HardStateBehind { expected, found } => {
                f.write_str("the hard state is behind what was written with it: expected ")?;
                write_hard_state(f, expected)?;
                f.write_str(", found ")?;
                write_hard_state(f, found)
            }
            Self::Snapshot { expected, found } => {
                f.write_str("the snapshot is another one: expected ")?;
                write_id(f, *expected)?;
                f.write_str(", found ")?;
                write_id(f, *found)
            }
            Self::SnapshotState { last } => {
                f.write_str("the snapshot of ")?;
                write_id(f, *last)?;
                f.write_str(" does not have the state that was written with it")
            }
            Self::EntryLost { expected, last } => {
                f.write_str("an entry is lost: expected ")?;
                write_id(f, *expected)?;
                write!(f, ", found a log that ends at index {last}")
            }
            Self::EntryReplaced { expected, found } => {
                f.write_str("an entry is in the place of another: expected ")?;
                write_id(f, *expected)?;
                f.write_str(", found ")?;
                write_id(f, *found)
            }
            Self::EntryStale { found } => {
                f.write_str("an entry is back that was replaced: found ")?;
                write_id(f, *found)?;
                f.write_str(" behind the end of the log")
            }
            Self::Payload { entry } => {
                f.write_str("the payload of ")?;
                write_id(f, *entry)?;
                f.write_str(" is not the one that was written")
            }
            Self::Start(error) => write!(f, "no node starts with it: {error}"),
            Self::Refused(error) => write!(f, "the node refuses to go on with the log: {error}"),
        }
    }
}

fn write_hard_state(f: &mut fmt::Formatter<'_>, state: &HardState) -> fmt::Result {
    match state.vote {
        Some(vote) => write!(f, "term {} with a vote for node {vote}", state.term),
        None => write!(f, "term {} without a vote", state.term),
    }
}

fn write_id(f: &mut fmt::Formatter<'_>, LogId { term, index }: LogId) -> fmt::Result {
    write!(f, "index {index} of term {term}")
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for Failure<E> {}

impl core::error::Error for Violation {}
