//! Runs of Raft: equal seeds give equal runs, and nothing goes wrong in a few hundred of them.

use synod_sim::{
    diary::Diary,
    fault::{Fault, FaultSet},
    raft::{Report, Settings, run},
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

/// The same on every target. Whoever changes the simulator or the core on purpose writes the new ones.
#[test]
fn pinned_hashes() {
    let hashes = [hash(0, 3), hash(1, 5), hash(2, 7)];
    assert_eq!(hashes, PINNED, "{hashes:x?}");
}

const PINNED: [u64; 3] = [0x1f4b_0fc3_3518_ccaa, 0x890b_91b9_10c3_83bb, 0xfccf_0f73_a40f_00cd];

#[test]
fn nothing_goes_wrong() {
    for seed in 0..25 {
        for nodes in [1, 2, 3, 4, 5, 7] {
            let report = sound(Settings::new(seed, nodes));
            assert_eq!(report.undecided, 0);
        }
    }
}

#[test]
fn in_good_weather_clients_are_served() {
    for seed in 0..20 {
        let report = sound(Settings { faults: FaultSet(0), ..Settings::new(seed, 5) });
        assert!(report.operations > 60, "{}", report.operations);
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

/// Short enough for an interpreter of other machines (`cargo xtask miri --full`), and yet processes die, entries
/// are replaced, and a snapshot is installed.
#[test]
fn a_short_run_is_the_same_everywhere() {
    let settings = Settings { length_permille: 20, ..Settings::new(115, 3) };
    let report = run(&settings, None);
    assert!(report.calls > 100, "{}", report.calls);
    assert_eq!(report.hash, 0xb1ba_0982_a781_f03a, "{:x}", report.hash);
}
