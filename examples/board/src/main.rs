//! The portable tests of the libraries, as firmware; those of `quorum` and Paxos, of `crdt` and
//! `capacity`, of `failure-detect` and of `hashring` are others.
//!
//! It prints one line a test to the machine's host by semihosting, then how many passed and
//! failed and how much stack that took, and ends with a status that says the same.
#![no_std]
#![no_main]

mod runner;
mod stack;

#[path = "../../../clocks/tests/portable.rs"]
mod clocks;
#[path = "../../../clocks/tests/encoding.rs"]
mod clocks_encoding;
#[allow(dead_code)] // clusters want memory, Paxos and registers are a firmware of their own
#[path = "../../../consensus-core/tests/portable.rs"]
mod consensus_core;
#[path = "../../../consensus-core/tests/encoding.rs"]
mod consensus_core_encoding;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[
    ("clocks", clocks::SUITE),
    ("clocks::encoding", clocks_encoding::SUITE),
    ("consensus-core", consensus_core::SUITE),
    ("consensus-core::encoding", consensus_core_encoding::SUITE),
    #[cfg(board = "mps2-an386")]
    ("consensus-core::clusters", consensus_core::CLUSTERS),
    #[cfg(feature = "planted-failure")]
    ("planted", &[("fails", planted_failure)]),
];

#[cfg(feature = "planted-failure")]
fn planted_failure() {
    assert_eq!(SUITES.len(), 0, "planted");
}
