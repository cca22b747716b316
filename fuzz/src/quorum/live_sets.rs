//! Resilience and availability, by going through all sets of live members.

use synod_quorum::{LiveSets, Quorums, TooManyNodes};

use super::{
    definition::Definition,
    selection::{size, subsets},
};

/// Asserts that the sets are counted well, and that what follows from the numbers does.
pub(crate) fn check<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    definition: &Definition,
    failure: f64,
) {
    let members = size(definition.members());
    if members > 20 {
        assert_eq!(LiveSets::of(family), Err(TooManyNodes { members }));
    }
    if !definition.is_small() {
        return;
    }
    let mut all = vec![0_u32; members + 1];
    let mut quorums = vec![0_u32; members + 1];
    for live in subsets(definition.members()) {
        all[size(live)] += 1;
        quorums[size(live)] += u32::from(definition.is_quorum(live));
    }
    let spare = (0..members).rev().find(|spare| {
        // Of the sets that lack so many, or fewer, all must be quorums.
        (members - spare..=members).all(|live| quorums[live] == all[live])
    });
    let live = LiveSets::of(family).expect("few members");
    assert_eq!(live.counts(), quorums);
    assert_eq!(live.resilience(), spare.unwrap_or(0));
    assert_eq!(family.resilience(), Ok(spare.unwrap_or(0)));

    if !(0.0..=1.0).contains(&failure) {
        assert_eq!(live.availability(failure), None);
        assert_eq!(live.unavailability(failure), None);
        return;
    }
    let each =
        |live: usize| (1.0 - failure).powi(live as i32) * failure.powi((members - live) as i32);
    let sum = |counts: &dyn Fn(usize) -> u32| -> f64 {
        (0..=members).map(|live| f64::from(counts(live)) * each(live)).sum()
    };
    let close = |found: Option<f64>, due: f64| {
        let found = found.expect("a probability");
        // What is next to nothing may be rounded to nothing.
        assert!((found - due).abs() <= due * 1e-12 + f64::MIN_POSITIVE * 1e6, "{found} for {due}");
    };
    close(live.availability(failure), sum(&|live| quorums[live]));
    close(live.unavailability(failure), sum(&|live| all[live] - quorums[live]));
}
