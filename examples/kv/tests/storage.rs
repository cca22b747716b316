//! What is on the disk is what was written: after power cuts, on rotten and on full disks.
#![allow(clippy::unwrap_used, clippy::panic)] // A test may panic.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation, clippy::std_instead_of_alloc)]

#[path = "storage/disk.rs"]
mod disk;
#[path = "storage/tested.rs"]
mod tested;

use core::ops::RangeInclusive;
use std::{env, fs};

use disk::{Chance, Disk, Kill};
use synod_consensus_core::{
    NodeId,
    raft::{HardState, LogId, TermLog, storage_kit},
};
use synod_kv::node::{
    disk::Report,
    engine::Engine,
    storage::{Found, Identity, Record, Storage, StorageError},
};
use tested::{Folder, Tested, compact, finish, identity, proposal, same, state};

fn id(term: u64, index: u64) -> LogId {
    LogId { term, index }
}

fn vote(term: u64) -> Record {
    let hard_state = Some(HardState { term, vote: Some(NodeId(1)) });
    Record { hard_state, ..Record::default() }
}

fn entries(term: u64, indices: RangeInclusive<u64>) -> Record {
    let payload = |index: u64| (!index.is_multiple_of(5)).then(|| proposal(index));
    let entries = indices.map(|index| (id(term, index), payload(index))).collect();
    Record { entries, ..Record::default() }
}

fn create(disk: &Disk) -> (Storage, Kill) {
    let (view, kill) = disk.view();
    (Storage::create_on("disk".as_ref(), view, &identity()).unwrap(), kill)
}

fn open(disk: &Disk) -> Result<(Storage, Found), StorageError> {
    Storage::open_on("disk".as_ref(), disk.view().0)
}

fn found(image: &[u8]) -> Result<Found, StorageError> {
    open(&Disk::new(image.to_vec())).map(|(_, found)| found)
}

/// How long to try. Minutes: `SYNOD_SEEDS=1000 cargo test --release -p synod-kv --test storage`.
fn seeds() -> usize {
    env::var("SYNOD_SEEDS").map_or(4, |seeds| seeds.parse().unwrap())
}

#[test]
fn the_store_keeps_the_contract_in_the_kit() {
    for seed in 0..seeds() as u64 {
        let mut tested = Tested::new(seed);
        storage_kit::check(seed, &mut tested).unwrap_or_else(|failure| panic!("{failure}"));
    }
}

/// Disks with a snapshot of some chunks and a log behind it: of a process that ended, and of one
/// that was killed.
fn filled() -> [Vec<u8>; 2] {
    [false, true].map(|is_killed| {
        let disk = Disk::default();
        let (mut storage, kill) = create(&disk);
        storage.write(&[vote(1), entries(1, 1..=40)]).unwrap();
        compact(&mut storage, id(1, 8), state(8)).unwrap();
        storage.write(&[vote(3), entries(3, 25..=25)]).unwrap();
        for index in 26..=31 {
            storage.write(&[entries(3, index..=index)]).unwrap();
        }
        if is_killed {
            kill.now();
        }
        drop(storage);
        let found = found(&disk.image()).unwrap();
        assert_eq!((found.log.snapshot(), found.log.last_index()), (id(1, 8), 31));
        assert_eq!((found.log.term(24), found.log.term(25)), (Some(1), Some(3)));
        assert_eq!((found.hard_state.term, &found.state), (3, &state(8)));
        disk.image()
    })
}

/// Damages a disk at so many places, and says how often it was found, and how often it was harmless.
fn damage(image: &[u8], places: usize, change: impl Fn(&mut Vec<u8>, usize)) -> [usize; 2] {
    let whole = found(image).unwrap();
    let mut count = [0, 0];
    let mut chance = Chance(places as u64);
    for place in 0..places {
        let stretch = image.len() / places;
        let mut damaged = image.to_vec();
        change(&mut damaged, place * stretch + chance.below(stretch));
        match found(&damaged) {
            Ok(found) => {
                assert!(same(&found, &whole), "it has other content, and does not say so");
                count[1] += 1;
            }
            Err(StorageError::Damaged { .. }) => count[0] += 1,
            Err(error) => panic!("{error}"),
        }
    }
    count
}

#[test]
fn what_rots_is_found_or_harmless() {
    for image in filled() {
        let [found, _] = damage(&image, seeds() * 10, |bytes, at| bytes[at] ^= 1 << (at % 8));
        assert!(found > seeds() * 2, "{found}");
        for (len, filling) in [(512, 0), (4096, 0), (4096, 0xA5)] {
            let [found, _] = damage(&image, seeds() * 3, |bytes, at| {
                let from = at / len * len;
                let end = bytes.len().min(from + len);
                bytes[from..end].fill(filling);
            });
            assert!(found > 0, "{found}");
        }
        // If nothing was in it, a tail may be missed without harm.
        let [found, _] = damage(&image, seeds() * 3, Vec::truncate);
        assert!(found > seeds() * 2, "{found}");
    }
}

/// The page that says where all others are.
#[test]
fn of_a_rotten_head_one_bit_looks_like_a_write_that_was_cut_off() {
    let flags = 9 * 8..10 * 8;
    let later_of_two = flags.start;
    for (image, is_killed) in filled().into_iter().zip([false, true]) {
        let whole = found(&image).unwrap();
        let step = 997_usize.checked_div(seeds()).unwrap().max(1);
        let bits =
            flags.clone().chain((0..320 * 8).step_by(step).filter(|bit| !flags.contains(bit)));
        let lost = bits.filter(|bit| {
            let mut damaged = image.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            match found(&damaged) {
                Ok(found) if same(&found, &whole) => false,
                Ok(found) => {
                    assert_eq!((found.log.last_index(), found.hard_state.term), (30, 3));
                    true
                }
                Err(StorageError::Damaged { .. }) => false,
                Err(error) => panic!("{error}"),
            }
        });
        let known = is_killed.then_some(later_of_two);
        assert_eq!(lost.collect::<Vec<usize>>(), known.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn many_records_are_one_write() {
    let disk = Disk::default();
    let (mut storage, _) = create(&disk);
    storage.write(&[]).unwrap();
    let mut install = entries(4, 51..=53);
    install.snapshot = Some((id(3, 50), state(48)));
    let records = [vote(2), entries(2, 1..=9), install, entries(4, 52..=52), vote(5)];
    let syncs = disk.syncs();
    storage.write(&records).unwrap();
    assert_eq!(disk.syncs() - syncs, 2);
    storage.write(&[vote(6), entries(5, 53..=60)]).unwrap();
    drop(storage);
    let (_, found) = open(&disk).unwrap();
    assert_eq!(found.hard_state, vote(6).hard_state.unwrap());
    assert_eq!((found.log.snapshot(), found.log.last_index()), (id(3, 50), 60));
    let terms = [51, 52, 53].map(|index| found.log.term(index));
    assert_eq!(terms, [Some(4), Some(4), Some(5)]);
    assert!(found.state == state(48));
}

#[test]
fn a_snapshot_is_written_while_the_log_goes_on() {
    let disk = Disk::default();
    let (mut storage, _) = create(&disk);
    storage.write(&[vote(1), entries(1, 1..=500)]).unwrap();
    let mut all = state(4);
    for number in 2..10 {
        state(number * 4).chunks(usize::MAX).for_each(|chunk| all.absorb(&chunk).unwrap());
    }
    storage.begin_compaction(id(1, 400), all.clone()).unwrap();
    let mut next = 501;
    while storage.compact_some().unwrap().is_none() {
        storage.write(&[entries(1, next..=next)]).unwrap();
        next += 1;
    }
    assert!(next > 502, "it was done at once");
    drop(storage);
    let (mut storage, found) = open(&disk).unwrap();
    assert_eq!((found.log.snapshot(), found.log.last_index()), (id(1, 400), next - 1));
    assert!(found.state == all);

    // One that did not come to its end is followed by another of the same name.
    storage.begin_compaction(id(1, 450), all).unwrap();
    assert_eq!(storage.compact_some().unwrap(), None);
    assert_eq!(storage.compact_some().unwrap(), None);
    drop(storage);
    let (mut storage, found) = open(&disk).unwrap();
    assert_eq!(found.log.snapshot(), id(1, 400));
    compact(&mut storage, id(1, 450), state(4)).unwrap();
    drop(storage);
    let (mut storage, found) = open(&disk).unwrap();
    assert_eq!((found.log.snapshot(), found.state == state(4)), (id(1, 450), true));

    // One that a snapshot overtakes is dropped, and is reported.
    storage.begin_compaction(id(1, 500), state(5)).unwrap();
    let install = Record { snapshot: Some((id(2, 600), state(8))), ..entries(2, 601..=603) };
    storage.write(&[install]).unwrap();
    assert_eq!(finish(&mut storage).unwrap(), Some(id(1, 500)));
    compact(&mut storage, id(1, 550), state(6)).unwrap();
    drop(storage);
    let (mut storage, found) = open(&disk).unwrap();
    assert_eq!((found.log.snapshot(), found.log.last_index()), (id(2, 600), 603));
    assert!(found.state == state(8));

    // And all that there is.
    compact(&mut storage, id(2, 603), state(7)).unwrap();
    storage.write(&[entries(2, 604..=604)]).unwrap();
    drop(storage);
    let (_, found) = open(&disk).unwrap();
    assert_eq!((found.log.snapshot(), found.log.last_index()), (id(2, 603), 604));
}

#[test]
fn what_is_dropped_makes_room() {
    let disk = Disk::default();
    let (mut storage, _) = create(&disk);
    let mut sizes = Vec::new();
    for round in 1..=50 {
        let last = round * 40;
        for part in 0..4 {
            let first = last - 39 + part * 10;
            storage.write(&[entries(1, first..=first + 9)]).unwrap();
        }
        if round % 5 == 0 {
            let snapshot = Some((id(1, last), state(4)));
            storage.write(&[Record { snapshot, ..Record::default() }]).unwrap();
        } else {
            compact(&mut storage, id(1, last), state(4)).unwrap();
        }
        sizes.push(disk.image().len());
    }
    assert_eq!(sizes[9], sizes[49], "{sizes:?}");
    let (state_bytes, copies) = (200_000, 12);
    assert!(sizes[49] < state_bytes * copies, "{sizes:?}");
}

#[test]
fn a_store_is_made_once_and_has_one_process_and_one_node() {
    let folder = Folder::new("once");
    let open = || Storage::open(&folder.0).map(|(_, found)| found);
    assert!(matches!(open(), Err(StorageError::NoStore(_))));
    fs::create_dir(&folder.0).unwrap();
    fs::write(folder.0.join("store.new"), "the first try was cut short").unwrap();
    assert!(matches!(open(), Err(StorageError::NoStore(_))));
    let storage = Storage::create(&folder.0, &identity()).unwrap();
    assert!(matches!(open(), Err(StorageError::InUse(_))));
    let again = Storage::create(&folder.0, &identity());
    assert!(matches!(again, Err(StorageError::NotEmpty(_))));
    drop(storage);
    let again = Storage::create(&folder.0, &identity());
    assert!(matches!(again, Err(StorageError::NotEmpty(_))));
    let found = open().unwrap();
    assert!(found.identity.check(&identity()).is_ok());
    for other in [
        Identity { cluster: 8, ..identity() },
        Identity { id: NodeId(1), ..identity() },
        Identity { voters: vec![NodeId(2)], ..identity() },
        Identity { engine: Engine::Paxos, ..identity() },
    ] {
        let refused = found.identity.check(&other);
        assert!(matches!(refused, Err(StorageError::OtherNode { .. })));
    }
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
    fs::write(folder.0.join("store"), "").unwrap();
    assert!(matches!(open(), Err(StorageError::Damaged { .. })));
}

#[test]
fn a_full_disk_stops_the_node_and_loses_nothing() {
    for (room, is_compacting) in [(0, false), (0, true), (3, false), (5, true), (17, true)] {
        let disk = Disk::default();
        let (mut storage, _) = create(&disk);
        disk.limit(disk.image().len() + room * 30_011);
        let (mut last, mut snapshots) = (0, 0);
        let error = loop {
            let next = entries(1, last + 1..=last + 3);
            if let Err(error) = storage.write(&[next]) {
                break error;
            }
            last += 3;
            if is_compacting {
                let mut all = state(4);
                for number in 0..snapshots.min(9) {
                    state(number * 4)
                        .chunks(usize::MAX)
                        .for_each(|chunk| all.absorb(&chunk).unwrap());
                }
                if let Err(error) = compact(&mut storage, id(1, last), all) {
                    break error;
                }
                snapshots += 1;
            }
        };
        assert!(matches!(error, StorageError::Full { .. }), "{error}");
        assert!(matches!(storage.write(&[vote(9)]), Err(StorageError::Stopped)));
        drop(storage);
        disk.limit(usize::MAX);
        let (mut storage, found) = open(&disk).unwrap();
        let found_last = found.log.last_index();
        assert!([last, last + 3].contains(&found_last), "{found_last} {last}");
        storage.write(&[entries(1, found_last + 1..=found_last + 1)]).unwrap();
    }
}

#[test]
fn the_thread_reports_each_job_once_and_ends_when_all_is_written() {
    let disk = Disk::default();
    let (storage, _) = create(&disk);
    let (jobs, mut reports, thread) = synod_kv::node::disk::Disk::start(storage).unwrap();
    for index in 1..=100 {
        jobs.write(index, entries(1, index..=index));
    }
    jobs.compact(id(1, 50), state(8));
    jobs.compact(id(1, 70), state(12));
    let install = Record { snapshot: Some((id(2, 90), state(1))), ..entries(2, 91..=92) };
    jobs.write(101, install);
    jobs.compact(id(2, 91), state(16));
    let (mut persisted, mut compacted) = (Vec::new(), Vec::new());
    while compacted.len() < 3 {
        match reports.blocking_recv().unwrap() {
            Report::Persisted(id) => persisted.push(id),
            Report::Compacted(last) => compacted.push(last),
            Report::Failed(error) => panic!("{error}"),
        }
    }
    jobs.compact(id(2, 92), state(4));
    jobs.write(102, vote(4));
    drop(jobs);
    while let Some(report) = reports.blocking_recv() {
        if let Report::Persisted(id) = report {
            persisted.push(id);
        }
    }
    thread.join().unwrap();
    assert!(persisted.is_sorted() && persisted.last() == Some(&102), "{persisted:?}");
    assert_eq!(compacted, [id(1, 50), id(1, 70), id(2, 91)]);
    let (storage, found) = open(&disk).unwrap();
    // The last compaction may have been done, or not.
    assert_eq!((found.hard_state.term, found.log.last_index()), (4, 92));
    let is_old = found.log.snapshot() == id(2, 91) && found.state == state(16);
    assert!(is_old || found.log.snapshot() == id(2, 92) && found.state == state(4));

    disk.limit(0);
    let (jobs, mut reports, thread) = synod_kv::node::disk::Disk::start(storage).unwrap();
    jobs.write(1, vote(5));
    assert!(matches!(reports.blocking_recv(), Some(Report::Failed(StorageError::Full { .. }))));
    thread.join().unwrap();
    jobs.write(2, vote(6));
    assert!(reports.blocking_recv().is_none());
}
