//! The log file: a head with two marks, and frames behind it, to which is appended.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, ErrorKind, Read, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use synod_consensus_core::raft::HardState;

use super::{
    Identity, Record, StorageError,
    frame::{self, Frames},
    snapshot::Name,
};

/// The name of the file.
pub(super) const FILE: &str = "log";
/// Its name until it is whole.
pub(super) const NEW_FILE: &str = "log.new";

/// What a log begins with; the last character is its version.
const MAGIC: &[u8; 16] = b"synod-kv log v.1";
const HEAD_BYTES: usize = 4096;
/// Where the marks are, which say up to where the file is durable: in sectors of their own, and
/// written in turn, so that one of them is always whole.
const MARKS: [u64; 2] = [512, 1024];
/// Zeros are written ahead, for a sync is quicker if the file does not grow: one sync in a few
/// hundred writes them, and no other has to write what the file system knows about the file.
const AHEAD_BYTES: u64 = 1 << 20;

/// The first frame: what holds before the frames behind it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Base {
    pub(super) identity: Identity,
    pub(super) hard_state: HardState,
    pub(super) snapshot: Option<Name>,
}

/// The log file, open.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// Where the next frame goes. What is before it is durable.
    end: u64,
    /// Up to where there are zeros.
    len: u64,
    /// The number of the last frame.
    number: u64,
    /// Where the marks are, the older one first.
    marks: [u64; 2],
    /// The frames that have entries.
    starts: Vec<Start>,
}

/// Where a frame with entries begins.
#[derive(Clone, Copy, Debug)]
struct Start {
    /// The index of its first entry.
    first: u64,
    position: u64,
    number: u64,
}

impl Journal {
    /// Puts a new file in place of what is there. It begins with this base, in a frame of this
    /// number, and goes on with the frames of `tail`.
    pub(super) fn create(
        folder: &Path,
        number: u64,
        base: &Base,
        tail: impl Read,
    ) -> Result<Self, StorageError> {
        let new = folder.join(NEW_FILE);
        let (file, end) =
            Self::write_whole(folder, number, base, tail).map_err(StorageError::at(&new))?;
        let path = folder.join(FILE);
        Ok(Self { path, file, end, len: end, number, marks: MARKS, starts: Vec::new() })
    }

    /// Reads a file, checks it, and cuts off what was never reported.
    pub(super) fn open(folder: &Path) -> Result<(Self, Base, Vec<Record>), StorageError> {
        let path = folder.join(FILE);
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(StorageError::damaged(&path, "it is not there"));
            }
            opened => opened.map_err(StorageError::at(&path))?,
        };
        let damaged = |what| StorageError::damaged(&path, what);
        let at = StorageError::at(&path);
        let (durable, marks) = read_head(&file, &path)?;
        let len = file.metadata().map_err(&at)?.len();
        let mut frames = Frames::new(BufReader::new(&file), HEAD_BYTES as u64, len);
        let first = frames.next().map_err(&at)?.ok_or_else(|| damaged("its base is lost"))?;
        let base = decode(&first).ok_or_else(|| damaged("its base cannot be read"))?;
        let (mut records, mut starts) = (Vec::new(), Vec::new());
        let (mut end, mut number) = (frames.position, frames.number);
        while let Some(body) = frames.next().map_err(&at)? {
            let read: Vec<Record> =
                decode(&body).ok_or_else(|| damaged("a record cannot be read"))?;
            let last = frames.number.unwrap_or_default();
            starts.extend(start(&read, end, last));
            records.extend(read);
            (end, number) = (frames.position, frames.number);
        }
        if end < durable {
            return Err(damaged("a record is not what it was"));
        }
        let number = number.unwrap_or_default();
        let mut journal = Self { path: path.clone(), file, end, len: end, number, marks, starts };
        journal.settle(durable).map_err(&at)?;
        sync_folder(folder).map_err(StorageError::at(folder))?;
        Ok((journal, base, records))
    }

    /// Appends records as one frame, and returns when they are durable.
    pub(super) fn append(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.append_frame(records).map_err(StorageError::at(&self.path))
    }

    /// Puts a file in place of this one that begins with this base, and has no more frames than it
    /// takes for the entries behind `last`.
    pub(super) fn rebase(
        &mut self,
        folder: &Path,
        base: &Base,
        last: u64,
    ) -> Result<(), StorageError> {
        // The frame that has the next entry is the last one of those that begin before it:
        // whatever is written again is written again up to its end.
        let kept = self.starts.iter().rposition(|start| start.first <= last.saturating_add(1));
        let mut starts = kept.map_or_else(Vec::new, |kept| self.starts.split_off(kept));
        let (from, number) = starts.first().map_or((self.end, self.number), |start| {
            (start.position, start.number.saturating_sub(1))
        });
        let kept_bytes = self.end.saturating_sub(from);
        self.file.seek(SeekFrom::Start(from)).map_err(StorageError::at(&self.path))?;
        let mut new = Self::create(folder, number, base, (&self.file).take(kept_bytes))?;
        let to = new.end.saturating_sub(kept_bytes);
        for start in &mut starts {
            start.position = start.position.saturating_sub(from).saturating_add(to);
        }
        (new.starts, new.number) = (starts, self.number);
        *self = new;
        Ok(())
    }

    /// The number of the last frame.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// Writes a file, puts it in its place, and gives it and its length.
    fn write_whole(
        folder: &Path,
        number: u64,
        base: &Base,
        mut tail: impl Read,
    ) -> io::Result<(File, u64)> {
        let new = folder.join(NEW_FILE);
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(true).open(&new)?;
        let mut head = MAGIC.to_vec();
        head.resize(HEAD_BYTES, 0);
        file.write_all(&head)?;
        file.write_all(&frame::encode(number, &encode(base)?))?;
        io::copy(&mut tail, &mut file)?;
        let end = file.stream_position()?;
        for mark in MARKS {
            write_at(&mut file, mark, &encode_mark(end))?;
        }
        file.sync_all()?;
        // What it names is durable, too, under its name: a snapshot is in the same folder.
        sync_folder(folder)?;
        fs::rename(&new, folder.join(FILE))?;
        sync_folder(folder)?;
        Ok((file, end))
    }

    /// Makes durable what was read, and cuts off the rest.
    fn settle(&mut self, durable: u64) -> io::Result<()> {
        // What was written by a process that has ended may be in the cache only, and if a sync
        // has failed the next one may not try again: so it is written again.
        let mut tail = Vec::new();
        self.file.seek(SeekFrom::Start(durable))?;
        (&self.file).take(self.end.saturating_sub(durable)).read_to_end(&mut tail)?;
        self.file.set_len(self.end)?;
        write_at(&mut self.file, durable, &tail)?;
        self.file.sync_all()?;
        self.mark()
    }

    fn append_frame(&mut self, records: &[Record]) -> io::Result<()> {
        let number = self.number.saturating_add(1);
        let frame = frame::encode(number, &encode(records)?);
        let end = self.end.saturating_add(frame.len() as u64);
        write_at(&mut self.file, self.end, &frame)?;
        if end > self.len {
            self.len = end.saturating_add(AHEAD_BYTES);
            io::copy(&mut io::repeat(0).take(AHEAD_BYTES), &mut self.file)?;
        }
        self.file.sync_data()?;
        self.starts.extend(start(records, self.end, number));
        (self.end, self.number) = (end, number);
        self.mark()
    }

    /// Notes that all before the end is durable. The note itself is durable with the next sync,
    /// and survives the process at once.
    fn mark(&mut self) -> io::Result<()> {
        let [older, newer] = self.marks;
        write_at(&mut self.file, older, &encode_mark(self.end))?;
        self.marks = [newer, older];
        Ok(())
    }
}

/// The index of the first entry of a frame, and where the frame is.
fn start(records: &[Record], position: u64, number: u64) -> Option<Start> {
    let first = records.iter().filter_map(|record| record.entries.first()).map(|(id, _)| id.index);
    Some(Start { first: first.min()?, position, number })
}

/// Up to where a file was reported to be durable, and where its marks are, the older one first.
fn read_head(mut file: &File, path: &Path) -> Result<(u64, [u64; 2]), StorageError> {
    let mut head = [0; HEAD_BYTES];
    match file.read_exact(&mut head) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            return Err(StorageError::damaged(path, "it is cut off"));
        }
        read => read.map_err(StorageError::at(path))?,
    }
    if !head.starts_with(MAGIC) {
        return Err(StorageError::damaged(path, "it does not begin like a log of this version"));
    }
    let [one, two] = MARKS.map(|at| decode_mark(&head, at));
    let marks = if one > two { [MARKS[1], MARKS[0]] } else { MARKS };
    let durable = one.max(two);
    Ok((durable.ok_or_else(|| StorageError::damaged(path, "its marks are lost"))?, marks))
}

fn encode_mark(end: u64) -> [u8; 12] {
    let mut mark = [0; 12];
    let bytes = end.to_le_bytes();
    mark.copy_from_slice(&[&bytes[..], &crc32fast::hash(&bytes).to_le_bytes()].concat());
    mark
}

fn decode_mark(head: &[u8], at: u64) -> Option<u64> {
    let (mark, _) = head.get(usize::try_from(at).ok()?..)?.split_first_chunk::<12>()?;
    let end = u64::from_le_bytes(*mark.first_chunk()?);
    (encode_mark(end) == *mark).then_some(end)
}

fn write_at(file: &mut File, position: u64, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(position))?;
    file.write_all(bytes)
}

fn encode<T: Serialize + ?Sized>(value: &T) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(io::Error::other)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(value)
}

/// What was made or renamed in a folder is durable under its name when the folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
