//! Runs of Raft: equal seeds give equal runs, and nothing goes wrong in a few hundred of them.

use synod_sim::{
    diary::Diary,
    fault::{Fault, FaultSet},
    raft::{
        Mark, PINNED, RECORDING, Report, SHORT, Settings, WINDOW, record, record_pinned, run,
        run_steered,
    },
    random::Choices,
    replay::{Differs, replay, replay_pinned},
};

fn hash(seed: u64, nodes: usize) -> u64 {
    run(&Settings::new(seed, nodes), None).hash
}

fn sound(settings: Settings) -> Report {
    let report = run(&settings, None);
    assert!(report.violation.is_none(), "{settings:?}: {:?}", report.violation);
    report
}

#[test]
fn equal_seeds_give_equal_runs() {
    for seed in 0..10 {
        assert_eq!(hash(seed, 5), hash(seed, 5));
        // Whoever looks on changes nothing.
        let watched = run(&Settings::new(seed, 5), Some(Diary::new(50)));
        assert_eq!(watched.hash, hash(seed, 5));
    }
    assert_ne!(hash(1, 5), hash(2, 5));
}

/// The same on every target. Whoever changes the simulator or the core on purpose writes the new
/// ones: `cargo xtask sim pin`.
#[test]
fn pinned_hashes() {
    let hashes = PINNED.map(|pinned| run(&pinned.settings, None).hash);
    assert_eq!(hashes, PINNED.map(|pinned| pinned.hash), "`cargo xtask sim pin` writes new ones");
}

/// The recording that the boards replay is the one that is made now.
#[test]
fn the_recording_is_as_pinned() {
    // Two blocks of bytes would say little.
    assert!(record_pinned() == RECORDING, "`cargo xtask sim pin` writes a new one");
}

#[test]
fn the_recording_can_be_replayed_everywhere() {
    let replayed = replay_pinned(RECORDING).unwrap();
    assert!(replayed.events > 400, "{replayed:?}");
}

#[test]
fn whatever_happens_to_a_node_can_be_replayed() {
    for seed in (1..60).filter(|seed| seed % 4 != 0) {
        let recording = record::<3, WINDOW>(&Settings::new(seed, 3), 1);
        assert!(replay::<3, WINDOW, 2_000>(&recording).is_ok(), "{seed}");
    }
}

#[test]
fn a_replay_that_differs_is_noticed() {
    // Cut off, with another hash at its end, and with a node that has another window.
    assert_eq!(replay_pinned(&RECORDING[..900]), Err(Differs::Unreadable));
    let mut other = RECORDING.to_vec();
    other[RECORDING.len() - 4] ^= 1;
    assert!(matches!(replay_pinned(&other), Err(Differs::At(event)) if event > 400));
    assert!(matches!(replay::<3, 1, 2_000>(RECORDING), Err(Differs::At(_))));
}

#[test]
fn nothing_goes_wrong() {
    for seed in 0..25 {
        for nodes in [1, 2, 3, 4, 5, 7] {
            let report = sound(Settings::new(seed, nodes));
            assert_eq!(report.counts.undecided, 0);
        }
    }
}

#[test]
fn in_good_weather_clients_are_served() {
    for seed in 0..20 {
        let report = sound(Settings { faults: FaultSet(0), ..Settings::new(seed, 5) });
        assert!(report.counts.operations > 60, "{}", report.counts.operations);
        assert!(Fault::ALL.iter().all(|&fault| report.tally.of(fault) == 0));
    }
}

#[test]
fn a_kind_that_is_not_allowed_does_not_happen() {
    for seed in 0..20 {
        let faults = FaultSet::ALL.without(Fault::Crash).without(Fault::Drop);
        let report = sound(Settings { faults, ..Settings::new(seed, 3) });
        assert_eq!(report.tally.of(Fault::Crash) + report.tally.of(Fault::Drop), 0);
    }
}

#[test]
fn choices_steer_a_run() {
    let hash = |choices: &[u8]| {
        let report = run_steered(&Settings::new(1, 3), Choices::new(choices));
        assert!(report.violation.is_none(), "{choices:?}: {:?}", report.violation);
        report.hash
    };
    assert_eq!(hash(&[]), hash(&[7]), "half a choice");
    let [least, most] = [[0, 0], [0, 255]].map(|pair| pair.repeat(20));
    assert_eq!(hash(&least), hash(&least));
    assert_ne!(hash(&least), hash(&most));
}

/// By itself, for an interpreter of other machines: `cargo xtask miri --full`.
#[test]
fn a_short_run_is_the_same_everywhere() {
    let report = run(&SHORT.settings, None);
    for seen in [Mark::RecoveredTail, Mark::Truncated, Mark::Installed] {
        assert_ne!(report.marks.of(seen), 0, "{}", seen.name());
    }
    assert_eq!(report.hash, SHORT.hash, "{:x}", report.hash);
}
