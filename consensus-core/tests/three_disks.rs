//! The example with files on a disk: its story ends well, and its storage keeps the contract.
#![cfg(all(feature = "serde", not(miri)))] // Miri has no files.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // and runs on the host.

#[path = "../examples/three_disks/main.rs"]
mod example;

use std::{env, fs, io, path::PathBuf, process};

use example::storage::{Disk, Setting, SettingLog, State};
use synod_consensus_core::{
    NodeId,
    raft::{
        Entries, HardState, LogId,
        replica::Write,
        storage_kit::{FoundIn, Storage, check},
    },
};

#[test]
fn the_story_ends_well() {
    example::main();
}

/// A disk that is opened when it is read.
struct Tested {
    path: PathBuf,
    disk: Option<Disk>,
}

impl Tested {
    fn disk(&mut self) -> &mut Disk {
        self.disk.as_mut().expect("a run begins with `recover`")
    }
}

impl Storage for Tested {
    type Log = SettingLog;
    type Snapshot = State;
    type Error = io::Error;

    fn payload(number: u64) -> Setting {
        Setting { key: "x".repeat(number as usize % 9), value: number.to_string() }
    }

    fn snapshot(number: u64) -> State {
        State::from([("number".to_owned(), number.to_string())])
    }

    fn write(&mut self, write: &Write<'_, Setting>, snapshot: Option<&State>) -> io::Result<()> {
        self.disk().write(write, snapshot)
    }

    fn compact(&mut self, last: LogId, snapshot: &State) -> io::Result<()> {
        self.disk().compact(last, snapshot)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk().sync()
    }

    fn crash(&mut self, chance: u64) -> io::Result<()> {
        self.disk().crash(chance).map(drop)
    }

    fn recover(&mut self) -> io::Result<FoundIn<Self>> {
        self.disk = None;
        let (disk, found) = Disk::open(&self.path)?;
        self.disk = Some(disk);
        Ok(found)
    }
}

/// Half a second for a seed on a disk, nearly nothing in memory: `SEEDS=5000`, with `TMPDIR` in
/// memory.
#[test]
fn the_disk_keeps_the_contract() {
    let path = env::temp_dir().join(format!("three-disks-tested-{}", process::id()));
    let seeds = env::var("SEEDS").map_or(20, |seeds| seeds.parse().expect("a number"));
    for seed in 0..seeds {
        let mut tested = Tested { path: path.clone(), disk: None };
        check(seed, &mut tested).unwrap_or_else(|failure| panic!("{failure}"));
        fs::remove_file(&path).expect("it is ours");
    }
}

/// A torn tail is cut; a record that was whole once is missed.
#[test]
fn a_rotten_middle_is_refused() {
    let path = env::temp_dir().join(format!("three-disks-rotten-{}", process::id()));
    let (mut disk, _) = Disk::open(&path).expect("a new disk");
    for id in 1..=3 {
        let vote = Some(NodeId(id));
        let hard_state = Some(HardState { term: id, vote });
        let write = Write { id, hard_state, snapshot: None, entries: Entries::new(1, &[], &[]) };
        disk.write(&write, None).and_then(|()| disk.sync()).expect("a disk that works");
    }
    let mut bytes = fs::read(&path).expect("it was written");
    let opened = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("a disk that works");
        Disk::open(&path).map(|(_, found)| found.hard_state.term).map_err(|error| error.kind())
    };
    assert_eq!(opened(&bytes), Ok(3));
    assert_eq!(opened(&bytes[..bytes.len() - 1]), Ok(2));
    bytes[8] ^= 1;
    assert_eq!(opened(&bytes), Err(io::ErrorKind::InvalidData));
    fs::remove_file(&path).expect("it is ours");
}
