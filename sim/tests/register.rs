//! Runs of registers: equal seeds give equal runs, and nothing goes wrong in a few hundred of them.

use synod_sim::{
    diary::Diary,
    fault::{Fault, FaultSet},
    register::{Mark, Marks, PINNED, Report, SHORT, run},
    settings::Settings,
};

fn hash(seed: u64, nodes: usize) -> u64 {
    run(&Settings::new(seed, nodes), None).hash
}

fn sound(settings: Settings) -> Report {
    let report = run(&settings, None);
    assert!(report.violation.is_none(), "{settings:?}: {:?}", report.violation);
    assert_eq!(report.counts.undecided, 0, "{settings:?}");
    report
}

#[test]
fn equal_seeds_give_equal_runs() {
    for seed in 0..16 {
        assert_eq!(hash(seed, 5), hash(seed, 5));
        // Whoever looks on changes nothing.
        let watched = run(&Settings::new(seed, 5), Some(Diary::new(50)));
        assert_eq!(watched.hash, hash(seed, 5));
        assert_eq!(watched.diary.map(|diary| diary.moments().count()), Some(50));
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

/// And all that is rare is seen.
#[test]
fn nothing_goes_wrong() {
    let mut marks = Marks::default();
    for seed in 0..100 {
        for nodes in [1, 2, 3, 4, 5, 9] {
            marks.add(&sound(Settings::new(seed, nodes)).marks);
        }
    }
    let rare = |mark: &&Mark| !mark.is_optional() && marks.of(**mark) == 0;
    let unseen: Vec<_> = Mark::ALL.iter().filter(rare).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn in_good_weather_changes_are_made() {
    let mut made = 0;
    for seed in 0..40 {
        let report = sound(Settings { faults: FaultSet(0), ..Settings::new(seed, 4) });
        assert!(Fault::ALL.iter().all(|&fault| report.tally.of(fault) == 0));
        assert_eq!(report.marks.of(Mark::Orphan), 0);
        made += report.counts.changes;
    }
    assert!(made > 400, "{made}");
}

#[test]
fn a_kind_that_is_not_allowed_does_not_happen() {
    for seed in 0..40 {
        let faults = FaultSet::ALL.without(Fault::Crash).without(Fault::CrashPoint);
        let report = sound(Settings { faults, ..Settings::new(seed, 3) });
        assert_eq!(report.tally.of(Fault::Crash) + report.tally.of(Fault::CrashPoint), 0);
        assert_eq!(report.marks.of(Mark::Orphan) + report.marks.of(Mark::BootstrapAgain), 0);
    }
}

/// By itself, for an interpreter of other machines: `cargo xtask miri --full`.
#[test]
fn a_short_run_is_the_same_everywhere() {
    let report = run(&SHORT.settings, None);
    assert!(report.calls > 100 && report.counts.changes > 4, "{report:?}");
    assert!(report.counts.reads > 4 && report.counts.forgotten > 0, "{report:?}");
    assert_eq!(report.hash, SHORT.hash, "{:x}", report.hash);
}
