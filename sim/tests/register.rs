//! Runs of registers: equal seeds give equal runs, and nothing goes wrong in a few hundred of them.

use synod_sim::{
    register::{PINNED, run},
    settings::Settings,
};

/// The same on every target. Whoever changes the simulator or the core on purpose writes the new
/// ones: `cargo xtask sim pin`.
#[test]
fn pinned_hashes() {
    let hashes = PINNED.map(|pinned| run(&pinned.settings, None).hash);
    assert_eq!(hashes, PINNED.map(|pinned| pinned.hash), "`cargo xtask sim pin` writes new ones");
}

#[test]
fn nothing_goes_wrong() {
    for seed in 0..60 {
        for nodes in [1, 2, 3, 4, 5, 9] {
            let settings = Settings::new(seed, nodes);
            let report = run(&settings, None);
            assert!(report.violation.is_none(), "{settings:?}: {:?}", report.violation);
            assert_eq!(report.hash, run(&settings, None).hash);
        }
    }
}
