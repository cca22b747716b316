//! What is on the disk is what was written: after power cuts, on rotten and on full disks.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::panic)] // A test may panic.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation, clippy::std_instead_of_alloc)]
#![allow(missing_debug_implementations, clippy::expect_used, clippy::missing_panics_doc)]
#![allow(clippy::missing_errors_doc)]

#[path = "storage/disk.rs"]
mod disk;
#[path = "storage/tested.rs"]
mod tested;

use std::env;

use synod_consensus_core::raft::storage_kit;
use tested::Tested;

/// Many seeds take minutes: `SYNOD_SEEDS=1000 cargo test --release -p synod-kv --test storage kit`.
#[test]
fn the_store_keeps_the_contract_in_the_kit() {
    let seeds = env::var("SYNOD_SEEDS").map_or(10, |seeds| seeds.parse().unwrap());
    for seed in 0..seeds {
        let mut tested = Tested::new(seed);
        storage_kit::check(seed, &mut tested).unwrap_or_else(|failure| panic!("{failure}"));
    }
}
