//! Whole worlds of holders and grantors: clocks that drift, messages that are late, lost, doubled
//! and overtaken, and crashes of anybody at any time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

#[path = "lease/world.rs"]
mod world;

use proptest::{prelude::*, sample::Index};
use world::{Faults, Terms, World};

const LENGTH_US: u64 = if cfg!(miri) { 200_000 } else { 3_000_000 };

/// What a world is like, and how long it is troubled.
fn terms() -> impl Strategy<Value = Terms> {
    let drift_ppm = prop_oneof![Just(0_u32), Just(500), Just(50_000), Just(300_000)];
    let step_us = prop_oneof![3 => Just(1_u32), 1 => Just(700), 1 => Just(2_000)];
    let block = prop_oneof![Just(8_u64), Just(64), Just(1_000)];
    let size = (1..=3_usize, 1..=5_usize);
    (any::<u64>(), size, drift_ppm, step_us, block).prop_map(
        |(seed, (holders, grantors), drift_ppm, step_us, block)| Terms {
            seed,
            holders,
            grantors,
            drift_ppm,
            step_us,
            block,
            is_lawless: false,
        },
    )
}

fn faults() -> impl Strategy<Value = Faults> {
    let rates = (0..40_u64, 0..30_u64, 0..30_u64, 0..20_u64, 0..20_u64, 0..20_u64);
    rates.prop_map(|(lost, doubled, late, crashes, releases, cuts)| Faults {
        lost,
        doubled,
        late,
        crashes,
        releases,
        cuts,
    })
}

proptest! {
    /// Two never believe at once, tokens ascend, and what is fenced never goes back: all of it is
    /// checked after each step. When the faults end, somebody holds the lease soon.
    #[test]
    fn one_holder_at_a_time(terms in terms(), faults in faults()) {
        let mut world = World::new(terms);
        world.run(faults, LENGTH_US);
        if !cfg!(miri) {
            world.settle();
        }
    }

    /// Where clocks run as they like, two may believe at once, but never under one token.
    #[test]
    fn tokens_are_unique_whatever_the_clocks_do(terms in terms(), faults in faults()) {
        let mut world = World::new(Terms { is_lawless: true, ..terms });
        world.run(faults, LENGTH_US);
    }

    /// Faults of one kind alone, as many as there can be.
    #[test]
    fn one_kind_of_fault(terms in terms(), kind in any::<Index>()) {
        let mut rates = [0; 6];
        rates[kind.index(6)] = 50;
        let [lost, doubled, late, crashes, releases, cuts] = rates;
        let mut world = World::new(terms);
        world.run(Faults { lost, doubled, late, crashes, releases, cuts }, LENGTH_US);
        if !cfg!(miri) {
            world.settle();
        }
    }
}
