//! The portable tests of the libraries, as firmware; those of `crdt` and `capacity` are
//! another, those of `failure-detect` and `hashring` a third and a fourth.
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
#[cfg_attr(not(board = "mps2-an386"), allow(dead_code))] // clusters want memory
#[path = "../../../consensus-core/tests/portable.rs"]
mod consensus_core;
#[path = "../../../consensus-core/tests/encoding.rs"]
mod consensus_core_encoding;
#[path = "../../../quorum/tests/portable.rs"]
mod quorum;
#[path = "../../../quorum/tests/encoding.rs"]
mod quorum_encoding;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[
    ("clocks", clocks::SUITE),
    ("clocks::encoding", clocks_encoding::SUITE),
    ("consensus-core", consensus_core::SUITE),
    ("consensus-core::paxos", consensus_core::PAXOS),
    ("consensus-core::register", consensus_core::REGISTER),
    ("consensus-core::encoding", consensus_core_encoding::SUITE),
    #[cfg(board = "mps2-an386")]
    ("consensus-core::clusters", consensus_core::CLUSTERS),
    ("quorum", quorum::SUITE),
    ("quorum::encoding", quorum_encoding::SUITE),
    #[cfg(feature = "planted-failure")]
    ("planted", &[("fails", planted_failure)]),
];

#[cfg(feature = "planted-failure")]
fn planted_failure() {
    assert_eq!(SUITES.len(), 0, "planted");
}
