//! The rows of a store, and what they are to look like.

use redb::{
    Error, ReadTransaction, ReadableTable as _, TableDefinition, TableError, WriteTransaction,
};
use serde::{Serialize, de::DeserializeOwned};
use synod_consensus_core::raft::{Entry, HardState, HeapLog, Log as _, LogId, TermLog as _};

use super::{Found, Identity};
use crate::{node::proposal::Proposal, state::State};

/// Single values, encoded.
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
const IDENTITY: &str = "identity";
const HARD_STATE: &str = "hard_state";
/// The last entry that the snapshot covers, and how many chunks it has.
const SNAPSHOT: &str = "snapshot";

/// By index, the term and the payload of each entry, encoded.
const LOG: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("log");

/// By the index of a snapshot and their numbers from zero on, the chunks of states.
const CHUNKS: TableDefinition<'_, (u64, u32), &[u8]> = TableDefinition::new("chunks");

/// Writes what a new store has.
pub(super) fn begin(transaction: &WriteTransaction, identity: &Identity) -> Result<(), Error> {
    put_meta(transaction, IDENTITY, identity)?;
    put_meta(transaction, HARD_STATE, &HardState::default())?;
    put_meta(transaction, SNAPSHOT, &(LogId::START, 0_u32))?;
    transaction.open_table(LOG)?;
    transaction.open_table(CHUNKS)?;
    Ok(())
}

/// Reads all, and checks that nothing is missing.
pub(super) fn read(transaction: &ReadTransaction) -> Result<Found, Error> {
    let meta = transaction.open_table(META).map_err(no_table)?;
    let get = |key| meta.get(key)?.ok_or_else(|| damaged("a value is missing"));
    let identity = decode(get(IDENTITY)?.value())?;
    let hard_state = decode(get(HARD_STATE)?.value())?;
    let (last, count): (LogId, u32) = decode(get(SNAPSHOT)?.value())?;

    let mut state = State::new();
    let chunks = transaction.open_table(CHUNKS).map_err(no_table)?;
    let mut number = 0_u32;
    for row in chunks.range((last.index, 0)..=(last.index, u32::MAX))? {
        let (key, chunk) = row?;
        if key.value() != (last.index, number) {
            return Err(damaged("a part of the snapshot is missing"));
        }
        state.absorb(chunk.value()).map_err(no_sense)?;
        number = number.saturating_add(1);
    }
    if number != count {
        return Err(damaged("a part of the snapshot is missing"));
    }

    let mut log: HeapLog<Proposal> = HeapLog::new();
    log.install(last);
    for row in transaction.open_table(LOG).map_err(no_table)?.iter()? {
        let (index, entry) = row?;
        let (term, payload) = decode(entry.value())?;
        let before = log.last_index();
        if before.checked_add(1) != Some(index.value()) || log.term(before) > Some(term) {
            return Err(damaged("an entry is missing"));
        }
        let no_memory = |_| Error::Io(std::io::ErrorKind::OutOfMemory.into());
        log.append(Entry { term, payload }).map_err(no_memory)?;
    }
    Ok(Found { identity, hard_state, log, state })
}

/// Writes the hard state.
pub(super) fn put_hard_state(
    transaction: &WriteTransaction,
    hard_state: HardState,
) -> Result<(), Error> {
    put_meta(transaction, HARD_STATE, &hard_state)
}

/// Puts entries in place of all from the first of them on, and says which is the last now.
pub(super) fn put_entries(
    transaction: &WriteTransaction,
    mut last_index: u64,
    entries: &[(LogId, Option<Proposal>)],
) -> Result<u64, Error> {
    let Some((first, _)) = entries.first() else { return Ok(last_index) };
    let mut log = transaction.open_table(LOG)?;
    if first.index <= last_index {
        log.retain_in(first.index.., |_, _| false)?;
    }
    for (LogId { term, index }, payload) in entries {
        log.insert(index, encode(&(term, payload))?.as_slice())?;
        last_index = *index;
    }
    Ok(last_index)
}

/// Puts a snapshot in place of all.
pub(super) fn install(
    transaction: &WriteTransaction,
    last: LogId,
    chunks: impl Iterator<Item = Vec<u8>>,
) -> Result<(), Error> {
    transaction.delete_table(CHUNKS)?;
    let mut count = 0_u32;
    for chunk in chunks {
        put_chunk(transaction, last, count, &chunk)?;
        count = count.saturating_add(1);
    }
    transaction.delete_table(LOG)?;
    transaction.open_table(LOG)?;
    put_meta(transaction, SNAPSHOT, &(last, count))
}

/// Writes a chunk of a snapshot that has no name yet.
pub(super) fn put_chunk(
    transaction: &WriteTransaction,
    last: LogId,
    number: u32,
    chunk: &[u8],
) -> Result<(), Error> {
    transaction.open_table(CHUNKS)?.insert((last.index, number), chunk)?;
    Ok(())
}

/// Puts a snapshot whose chunks are written in place of the entries up to its last. The old one's
/// chunks stay until they are swept.
pub(super) fn compact(
    transaction: &WriteTransaction,
    last: LogId,
    count: u32,
) -> Result<(), Error> {
    put_meta(transaction, SNAPSHOT, &(last, count))?;
    transaction.open_table(LOG)?.retain_in(..=last.index, |_, _| false)?;
    Ok(())
}

/// Removes some chunks that are of no snapshot but of former ones, or of one that was never
/// finished, and says whether none is left.
pub(super) fn sweep(
    transaction: &WriteTransaction,
    snapshot: LogId,
    limit: usize,
) -> Result<bool, Error> {
    let mut chunks = transaction.open_table(CHUNKS)?;
    for _ in 0..limit {
        let ends = [chunks.first()?, chunks.last()?].into_iter().flatten();
        let mut keys = ends.map(|(key, _)| key.value());
        let Some(stray) = keys.find(|(index, _)| *index != snapshot.index) else {
            return Ok(true);
        };
        drop(keys);
        chunks.remove(stray)?;
    }
    Ok(false)
}

fn put_meta(
    transaction: &WriteTransaction,
    key: &str,
    value: &impl Serialize,
) -> Result<(), Error> {
    transaction.open_table(META)?.insert(key, encode(value)?.as_slice())?;
    Ok(())
}

fn encode(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    postcard::to_stdvec(value).map_err(no_sense)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    postcard::from_bytes(bytes).map_err(no_sense)
}

fn no_sense(error: postcard::Error) -> Error {
    Error::Corrupted(format!("a value makes no sense: {error}"))
}

fn no_table(error: TableError) -> Error {
    match error {
        TableError::Storage(error) => error.into(),
        other => Error::Corrupted(other.to_string()),
    }
}

fn damaged(what: &str) -> Error {
    Error::Corrupted(what.into())
}
