//! A disk whose power fails, which rots, and which fills up.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard},
};

use redb::StorageBackend;

const SECTOR: usize = 512;
/// The page that redb changes in place: its sectors are old or new, but never rubbish.
const HEAD: usize = 4096;

/// What has been done to a disk.
#[derive(Clone, Debug)]
enum Op {
    Write(usize, Vec<u8>),
    SetLen(usize),
    Sync,
}

#[derive(Debug, Default)]
struct Inner {
    /// What is there before all in `ops`.
    base: Vec<u8>,
    /// What a process reads.
    now: Vec<u8>,
    ops: Vec<Op>,
    /// How many of `ops` happened before anything that may still fail.
    floor: usize,
    room: Option<usize>,
}

/// A disk. Its clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<Inner>>);

/// A disk as one process sees it, until the process is killed.
#[derive(Debug)]
pub(crate) struct View(Arc<Mutex<Option<Disk>>>);

/// Ends the process that has a view, for the disk.
#[derive(Debug)]
pub(crate) struct Kill(Arc<Mutex<Option<Disk>>>);

impl Kill {
    pub(crate) fn now(&self) {
        *self.0.lock().unwrap() = None;
    }
}

impl Disk {
    pub(crate) fn new(image: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(Inner { base: image.clone(), now: image, ..Inner::default() })))
    }

    pub(crate) fn view(&self) -> (View, Kill) {
        let shared = Arc::new(Mutex::new(Some(self.clone())));
        (View(Arc::clone(&shared)), Kill(shared))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    pub(crate) fn image(&self) -> Vec<u8> {
        self.inner().now.clone()
    }

    /// How often it was synced since all was held.
    pub(crate) fn syncs(&self) -> usize {
        self.inner().ops.iter().filter(|op| matches!(op, Op::Sync)).count()
    }

    /// Nobody may write behind this any more.
    pub(crate) fn limit(&self, room: usize) {
        self.inner().room = Some(room);
    }

    /// All that has been done counts as done, if it was synced.
    pub(crate) fn hold(&self) {
        let inner = &mut *self.inner();
        let synced = inner.ops.iter().rposition(|op| matches!(op, Op::Sync)).map_or(0, |at| at + 1);
        for op in inner.ops.drain(..synced) {
            apply(&mut inner.base, &op);
        }
        inner.floor = inner.ops.len();
    }

    /// The power fails, at some moment since all was held. What was not synced by then has reached
    /// the disk in any order, or in part, or not at all.
    pub(crate) fn fail(&self, chance: &mut Chance) {
        let inner = &mut *self.inner();
        inner.ops.truncate(inner.floor + chance.below(inner.ops.len() - inner.floor + 1));
        let synced = inner.ops.iter().rposition(|op| matches!(op, Op::Sync)).map_or(0, |at| at + 1);
        for op in inner.ops.drain(..synced) {
            apply(&mut inner.base, &op);
        }
        let in_order = chance.coin();
        let kept = chance.below(inner.ops.len() + 1);
        let rubbish = chance.coin();
        for (number, op) in inner.ops.drain(..).enumerate() {
            let whole = number < kept;
            match op {
                op if in_order && whole => apply(&mut inner.base, &op),
                _ if in_order && number > kept => {}
                Op::Write(at, bytes) => tear(&mut inner.base, at, &bytes, rubbish, chance),
                op if chance.coin() => apply(&mut inner.base, &op),
                _ => {}
            }
        }
        inner.now = inner.base.clone();
        inner.floor = 0;
    }
}

fn apply(image: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write(at, bytes) => {
            // What is behind the end of a file whose growth was lost is lost.
            let end = image.len().min(at + bytes.len());
            if *at < end {
                image[*at..end].copy_from_slice(&bytes[..end - at]);
            }
        }
        Op::SetLen(len) => image.resize(*len, 0),
        Op::Sync => {}
    }
}

/// Of a write some sectors are there, and in place of others there may be rubbish.
fn tear(image: &mut Vec<u8>, at: usize, bytes: &[u8], rubbish: bool, chance: &mut Chance) {
    let mut from = at;
    while from < at + bytes.len() {
        let to = (from / SECTOR * SECTOR + SECTOR).min(at + bytes.len());
        let sector = match chance.below(4) {
            0 if rubbish && from >= HEAD => vec![0xA5; to - from],
            0 | 1 => bytes[from - at..to - at].to_vec(),
            _ => Vec::new(),
        };
        apply(image, &Op::Write(from, sector));
        from = to;
    }
}

impl View {
    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> io::Result<T>) -> io::Result<T> {
        let disk = self.0.lock().unwrap();
        let disk = disk.as_ref().ok_or_else(|| io::Error::other("the process was killed"))?;
        work(&mut disk.inner())
    }

    fn change(&self, op: Op) -> io::Result<()> {
        self.with(|inner| {
            let end = match &op {
                Op::Write(at, bytes) => at + bytes.len(),
                Op::SetLen(len) => *len,
                Op::Sync => 0,
            };
            if inner.room.is_some_and(|room| end > room) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            apply(&mut inner.now, &op);
            inner.ops.push(op);
            Ok(())
        })
    }
}

impl StorageBackend for View {
    fn len(&self) -> io::Result<u64> {
        self.with(|inner| Ok(inner.now.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.with(|inner| {
            let bytes = inner.now.get(offset as usize..offset as usize + out.len());
            out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Op::SetLen(len as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(Op::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Op::Write(offset as usize, data.to_vec()))
    }
}

/// Numbers that look random.
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) as usize % bound
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}
