//! The simulator of replicas: the same seed gives the same run, and nothing goes wrong.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A test may panic.

use synod_sim::{
    fault::{Fault, FaultSet},
    replicas::{Mark, Marks, PINNED, Report, run},
    settings::Settings,
};

fn sound(settings: Settings) -> Report {
    let report = run(&settings);
    assert!(report.violation.is_none(), "{settings:?}: {:?}", report.violation);
    report
}

#[test]
fn equal_seeds_give_equal_runs() {
    for seed in 0..16 {
        let settings = Settings::new(seed, 3);
        assert_eq!(run(&settings).hash, run(&settings).hash);
    }
    assert_ne!(run(&Settings::new(1, 3)).hash, run(&Settings::new(9, 3)).hash);
}

/// The same on every target. Whoever changes the simulator or the types on purpose writes the new
/// ones: `cargo xtask sim pin`.
#[test]
fn pinned_hashes() {
    let hashes = PINNED.map(|pinned| run(&pinned.settings).hash);
    assert_eq!(hashes, PINNED.map(|pinned| pinned.hash), "`cargo xtask sim pin` writes new ones");
}

#[test]
fn nothing_goes_wrong() {
    let mut marks = Marks::default();
    for seed in 0..24 {
        for nodes in [1, 2, 3] {
            marks.add(&sound(Settings::new(seed, nodes)).marks);
        }
    }
    for (seed, nodes) in (0..8).zip([5, 4, 5, 4, 5, 4, 5, 9]) {
        marks.add(&sound(Settings::new(seed, nodes)).marks);
    }
    for mark in [Mark::News, Mark::Forgot, Mark::Closed, Mark::Collected] {
        assert!(marks.of(mark) > 0, "{}", mark.name());
    }
}

#[test]
fn in_good_weather_all_is_told() {
    for seed in 0..24 {
        let report = sound(Settings { faults: FaultSet(0), ..Settings::new(seed, 4) });
        assert!(Fault::ALL.iter().all(|&fault| report.tally.of(fault) == 0));
        assert!(report.marks.of(Mark::News) > report.marks.of(Mark::Changed) / 2);
    }
}
