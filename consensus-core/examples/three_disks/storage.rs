//! A node's disk: one file of checksummed records, to which is appended.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use synod_consensus_core::raft::{
    Entry, HardState, Log, LogId, Payload, RingLog, TermLog, replica::Write, storage_kit::Found,
};

/// What is replicated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl Payload for Setting {
    fn size(&self) -> usize {
        self.key.len() + self.value.len() + 20 // and the lengths of both
    }
}

pub(crate) type State = BTreeMap<String, String>;
pub(crate) type SettingLog = RingLog<Setting, 16>;

/// A file is a sequence of these, each behind its length and its checksum.
#[derive(Serialize, Deserialize)]
enum Record {
    HardState(HardState),
    /// All before it is void.
    Snapshot(LogId, State),
    /// All entries from this index on are void.
    Entry(LogId, Option<Setting>),
}

pub(crate) struct Disk {
    path: PathBuf,
    file: File,
    len: u64,
    /// Up to here it would survive a power cut.
    synced: u64,
}

impl Disk {
    /// Opens the disk of a node, and reads what is there.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Found<SettingLog, State>)> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let (found, len) = read(path)?;
        // A torn record at the end was never reported. Nothing may be written behind it.
        file.set_len(len)?;
        // What is read counts as durable, and the process may have ended before it was.
        file.sync_all()?;
        sync_folder(path)?;
        Ok((Self { path: path.to_owned(), file, len, synced: len }, found))
    }

    /// Appends what a node wants written.
    pub(crate) fn write(
        &mut self,
        write: &Write<'_, Setting>,
        snapshot: Option<&State>,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        if let Some(hard_state) = write.hard_state {
            push(&mut bytes, &Record::HardState(hard_state));
        }
        if let Some((last, state)) = write.snapshot.zip(snapshot) {
            push(&mut bytes, &Record::Snapshot(last, state.clone()));
        }
        for (id, setting) in write.entries.iter() {
            push(&mut bytes, &Record::Entry(id, setting.cloned()));
        }
        self.file.write_all(&bytes)?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Makes all that was written durable. If this fails nobody knows what is: restart the node.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.synced = self.len;
        Ok(())
    }

    /// Writes a new file that begins with this snapshot, and puts it in place of the old one.
    pub(crate) fn compact(&mut self, last: LogId, state: &State) -> io::Result<()> {
        let (found, _) = read(&self.path)?;
        let mut bytes = Vec::new();
        push(&mut bytes, &Record::HardState(found.hard_state));
        push(&mut bytes, &Record::Snapshot(last, state.clone()));
        for (id, setting) in found.log.entries(last.index + 1, u64::MAX).iter() {
            push(&mut bytes, &Record::Entry(id, setting.cloned()));
        }
        let new = self.path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        sync_folder(&self.path)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        self.len = bytes.len() as u64;
        self.synced = self.len;
        Ok(())
    }

    /// For tests: the power fails. Some bytes of what was not synced are there nevertheless.
    pub(crate) fn crash(&self, chance: u64) -> io::Result<u64> {
        let lost = self.len - self.synced;
        let kept = chance % (lost + 1);
        self.file.set_len(self.synced + kept)?;
        Ok(lost - kept)
    }
}

/// What a file has, and where its last whole record ends.
fn read(path: &Path) -> io::Result<(Found<SettingLog, State>, u64)> {
    let bytes = fs::read(path)?;
    let mut found =
        Found { hard_state: HardState::default(), log: SettingLog::new(), snapshot: None };
    let mut rest = bytes.as_slice();
    while let Some((record, behind)) = next(rest) {
        rest = behind;
        match record {
            Record::HardState(hard_state) => found.hard_state = hard_state,
            Record::Snapshot(last, state) => {
                found.log.install(last);
                found.snapshot = Some(state);
            }
            Record::Entry(LogId { term, index }, payload) => {
                found.log.truncate(index - 1);
                // It has as much room as the log that was written.
                found
                    .log
                    .append(Entry { term, payload })
                    .map_err(|(full, _)| io::Error::other(full))?;
            }
        }
    }
    // What is whole behind what is not was there once: the disk has lost what was reported.
    if skip(rest).and_then(next).is_some() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a record is not what it was"));
    }
    debug_assert_eq!(found.snapshot.is_some(), found.log.snapshot() != LogId::START);
    Ok((found, (bytes.len() - rest.len()) as u64))
}

/// The first record, if it is whole, and what is behind it.
fn next(bytes: &[u8]) -> Option<(Record, &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    let (checksum, rest) = rest.split_first_chunk::<4>()?;
    let (body, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
    let is_whole = crc32fast::hash(body) == u32::from_le_bytes(*checksum);
    Some((postcard::from_bytes(body).ok().filter(|_| is_whole)?, rest))
}

/// What is behind the first record, whole or not.
fn skip(bytes: &[u8]) -> Option<&[u8]> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    let len = u32::from_le_bytes(*len) as usize;
    rest.get(4 + len..)
}

fn push(bytes: &mut Vec<u8>, record: &Record) {
    let body = postcard::to_extend(record, Vec::new()).expect("memory has no end");
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(crc32fast::hash(&body).to_le_bytes());
    bytes.extend(body);
}

/// A file that was made or renamed is durable under its name when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => {
            let here = folder.as_os_str().is_empty();
            File::open(if here { Path::new(".") } else { folder })?.sync_all()
        }
        _ => Ok(()),
    }
}
