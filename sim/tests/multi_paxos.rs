//! Runs of Multi-Paxos: equal seeds give equal runs, and nothing goes wrong in a few hundred of them.

use synod_sim::raft::{Mark, Marks, PINNED_BALLOTS, Report, Settings, run_ballots};

fn sound(settings: Settings) -> Report {
    let report = run_ballots(&settings, None);
    assert!(report.violation.is_none(), "{settings:?}: {:?}", report.violation);
    report
}

/// The same on every target. Whoever changes the simulator or the core on purpose writes the new
/// ones: `cargo xtask sim pin`.
#[test]
fn pinned_hashes() {
    let hashes = PINNED_BALLOTS.map(|pinned| run_ballots(&pinned.settings, None).hash);
    let pinned = PINNED_BALLOTS.map(|pinned| pinned.hash);
    assert_eq!(hashes, pinned, "`cargo xtask sim pin` writes new ones");
}

#[test]
fn nothing_goes_wrong_and_what_is_rare_happens() {
    let (mut marks, mut stops) = (Marks::default(), 0);
    for seed in 0..60 {
        for nodes in [1, 2, 3, 4, 5, 7] {
            let report = sound(Settings::new(seed, nodes));
            assert_eq!(report.counts.undecided, 0);
            marks.add(&report.marks);
            stops += report.counts.stops;
        }
    }
    let rare = [
        Mark::Fetched,
        Mark::Completed,
        Mark::FetchedSnapshot,
        Mark::ReadHere,
        Mark::Stopped,
        Mark::ReadBehind,
        Mark::BeganAnew,
        Mark::Joined,
        Mark::Constrained,
        Mark::Chain,
        Mark::Hub,
    ];
    for mark in rare {
        assert!(marks.of(mark) > 0, "{}", mark.name());
    }
    assert!(stops > 200, "{stops} stop signs");
    assert_eq!(marks.of(Mark::VoteRefused), 0, "a ballot has no rival");
}
