//! The test kit for storages finds what is wrong with bad ones, and nothing with good ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[path = "storage_kit/disk.rs"]
mod disk;

use synod_consensus_core::{
    NodeId,
    raft::{
        HardState, LogId, MessageError, StartError,
        storage_kit::{Call, Cause, Failure, Violation, check},
    },
};

use disk::{Broken, Calls, Disk, Mistake};

type IsToldSo = fn(&Violation) -> bool;

const SEEDS: u64 = if cfg!(miri) { 1 } else { 500 };

/// What is wrong, if a seed finds it.
fn failure_of(mistake: Mistake, seed: u64) -> Option<Failure<Broken>> {
    check(seed, &mut Disk::<32>::new(mistake)).err()
}

/// Each mistake: that the first few seeds find it, and many do; by which rule, and how it is told.
#[test]
#[cfg_attr(miri, ignore)] // minutes
fn mistakes_are_found() {
    use Mistake::*;
    let cases: [(_, u64, u8, IsToldSo); 22] = [
        (TheVoteIsNotWritten, 3, 3, |it| matches!(it, Violation::HardState { .. })),
        (TermAndVoteApart, 10, 3, |it| matches!(it, Violation::HardState { .. })),
        (EntriesBeforeHardState, 3, 3, |it| matches!(it, Violation::HardStateBehind { .. })),
        (SyncDoesNothing, 3, 3, |_| true), // whatever is missed first
        (SyncIsOneRecordShort, 3, 3, |_| true),
        (RecoveryDoesNotSync, 3, 3, |_| true),
        (TornRecordsAreTaken, 3, 3, |it| matches!(it, Violation::Payload { .. })),
        (WritingBehindATornRecord, 3, 3, |_| true),
        (RecordsAreReordered, 3, 3, |_| true),
        (OldTailsStay, 3, 3, |it| matches!(it, Violation::EntryStale { .. })),
        (AlwaysAtTheEnd, 10, 3, |_| true),
        (BlanksAreEmptyPayloads, 3, 3, |it| matches!(it, Violation::Payload { .. })),
        (InstalledBehindTheOldLog, 10, 3, |_| true),
        (InstalledInMemory, 3, 3, |_| true),
        (CompactionDropsOneMore, 3, 3, |_| true),
        (CompactionDropsTheLog, 3, 3, |it| matches!(it, Violation::EntryLost { .. })),
        (CompactionForgetsTheVote, 10, 3, |it| matches!(it, Violation::HardState { .. })),
        (CompactionKeepsTheOldName, 3, 3, |it| matches!(it, Violation::Snapshot { .. })),
        (TermsHave24Bits, 10, 3, |it| matches!(it, Violation::EntryReplaced { .. })),
        (TornRecordsTakeOneMore, 10, 3, |_| true),
        (InstalledStateIsLost, 3, 9, |it| matches!(it, Violation::SnapshotState { .. })),
        (CompactionKeepsTheOldState, 3, 9, |it| matches!(it, Violation::SnapshotState { .. })),
    ];
    let mut often = 0;
    for (mistake, seeds, rule, is_told_so) in cases {
        let failures: Vec<_> = (0..SEEDS).filter_map(|seed| failure_of(mistake, seed)).collect();
        let failure = failures.first().unwrap_or_else(|| panic!("{mistake:?}"));
        let Cause::Contract(violation) = failure.cause else { panic!("{mistake:?}: {failure}") };
        assert!(violation.rule() == rule && is_told_so(&violation), "{mistake:?}: {failure}");
        assert!(failure.seed < seeds, "{mistake:?}: {failure}");
        // As the documentation says.
        let found = failures.len() as u64 * 10;
        assert!(found >= SEEDS * 3, "{mistake:?}: {}", failures.len());
        often += usize::from(found >= SEEDS * 9);
    }
    assert!(often > cases.len() / 2, "{often}");
}

#[test]
fn good_storages_pass() {
    use Mistake::*;
    let mut all = Calls::default();
    for seed in 0..SEEDS {
        let liberties = [None, HardStateAtOnce, CompactionAtOnce, SyncedByItself];
        for liberty in liberties.into_iter().take(if cfg!(miri) { 1 } else { 4 }) {
            let mut disk = Disk::<32>::new(liberty);
            check(seed, &mut disk).unwrap_or_else(|failure| panic!("{liberty:?}: {failure}"));
            all.add(disk.calls);
        }
        // The least room that a log may have.
        check(seed, &mut Disk::<5>::new(None)).unwrap_or_else(|failure| panic!("5: {failure}"));
    }
    // What the documentation says of a run.
    let runs = u32::try_from(SEEDS).unwrap() * 4;
    let Calls { writes, syncs, compactions, installs, overwrites, votes, crashes, recoveries } =
        all;
    let counts =
        [writes, syncs, compactions, installs, overwrites, votes, crashes, recoveries - crashes];
    let documented = [96, 38, 9, 8, 11, 14, 28, 10];
    for (count, documented) in counts.into_iter().zip(documented) {
        let average = count / runs;
        assert!(cfg!(miri) || average.abs_diff(documented) <= 2, "{counts:?}");
    }
}

#[test]
fn equal_seeds_make_equal_runs() {
    let mistake = Mistake::SyncIsOneRecordShort;
    assert!(failure_of(mistake, 3).is_some());
    assert_eq!(failure_of(mistake, 3), failure_of(mistake, 3));
}

#[test]
fn what_ends_a_run_at_once() {
    let mut disk = Disk::<32>::new(Mistake::None);
    assert_eq!(check(1, &mut disk), Ok(()));
    let failure = check(2, &mut disk).unwrap_err();
    assert_eq!(failure.cause, Cause::Contract(Violation::NotEmpty));
    assert_eq!((failure.seed, failure.step, failure.after), (2, 0, Call::Recover));
    assert_eq!(
        failure.to_string(),
        "seed 2, step 0, restarted after `recover`: rule 4 of the host's contract: \
         the storage was not empty at the start"
    );

    let failure = failure_of(Mistake::SyncFails, 0).unwrap();
    assert_eq!(failure.cause, Cause::Storage(Broken));
    assert!(failure.to_string().ends_with("after `sync`: no more flash"), "{failure}");
}

#[test]
fn violations_say_what_happened() {
    let id = |term, index| LogId { term, index };
    let [old, new] = [None, Some(NodeId(3))].map(|vote| HardState { term: 7, vote });
    let cases = [
        (
            Violation::HardState { expected: new, found: old },
            "the hard state is lost: expected term 7 with a vote for node 3, found term 7 without \
             a vote",
        ),
        (
            Violation::HardStateBehind { expected: old, found: new },
            "the hard state is behind what was written with it: expected term 7 without a vote, \
             found term 7 with a vote for node 3",
        ),
        (
            Violation::Snapshot { expected: id(2, 9), found: id(1, 4) },
            "the snapshot is another one: expected index 9 of term 2, found index 4 of term 1",
        ),
        (
            Violation::SnapshotState { last: id(2, 9) },
            "the snapshot of index 9 of term 2 does not have the state that was written with it",
        ),
        (
            Violation::EntryLost { expected: id(2, 9), last: 8 },
            "an entry is lost: expected index 9 of term 2, found a log that ends at index 8",
        ),
        (
            Violation::EntryReplaced { expected: id(2, 9), found: id(1, 9) },
            "an entry is in the place of another: expected index 9 of term 2, found index 9 of \
             term 1",
        ),
        (
            Violation::EntryStale { found: id(1, 9) },
            "an entry is back that was replaced: found index 9 of term 1 behind the end of the log",
        ),
        (
            Violation::Payload { entry: id(2, 9) },
            "the payload of index 9 of term 2 is not the one that was written",
        ),
        (
            Violation::Start(StartError::TermLost),
            "no node starts with it: the log is of a later term than the hard state",
        ),
        (
            Violation::Refused(MessageError::LogMismatch),
            "the node refuses to go on with the log: the log is not what the outputs and proposals \
             made it",
        ),
    ];
    for (violation, text) in cases {
        assert_eq!(violation.to_string(), text);
    }
    let rules = cases.map(|(violation, _)| violation.rule());
    assert_eq!(rules, [3, 3, 3, 9, 3, 3, 3, 3, 4, 2]);
}

/// As on the crate's page.
#[test]
fn failures_say_where() {
    let contract = Violation::EntryLost { expected: LogId { term: 1, index: 1 }, last: 0 };
    let calls = [
        (Call::Write, "write"),
        (Call::Compact, "compact"),
        (Call::Sync, "sync"),
        (Call::Recover, "recover"),
    ];
    for (after, name) in calls {
        let cause: Cause<Broken> = Cause::Contract(contract);
        let told = Failure { seed: 0, step: 13, after, cause }.to_string();
        let expected = format!(
            "seed 0, step 13, restarted after `{name}`: rule 3 of the host's contract: an entry is \
             lost: expected index 1 of term 1, found a log that ends at index 0"
        );
        assert_eq!(told, expected);
    }
}

/// The stack that the documentation promises to be enough, also where nothing is optimized.
#[test]
fn a_small_stack_is_enough() {
    let run = || check(0, &mut Disk::<32>::new(Mistake::None));
    let small = std::thread::Builder::new().stack_size(64 * 1024);
    assert_eq!(small.spawn(run).unwrap().join().unwrap(), Ok(()));
}
