//! The portable tests of `quorum`, and of Paxos and registers, as firmware: the flash of the smaller
//! boards does not hold them beside those of Raft.
#![no_std]
#![no_main]

mod runner;
mod stack;

#[allow(dead_code)] // Raft's are in the first firmware
#[path = "../../../consensus-core/tests/portable.rs"]
mod consensus_core;
#[path = "../../../quorum/tests/portable.rs"]
mod quorum;
#[path = "../../../quorum/tests/encoding.rs"]
mod quorum_encoding;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[
    ("consensus-core::paxos", consensus_core::PAXOS),
    ("consensus-core::register", consensus_core::REGISTER),
    #[cfg(not(board = "microbit"))]
    ("consensus-core::registers", consensus_core::REGISTERS),
    ("quorum", quorum::SUITE),
    ("quorum::encoding", quorum_encoding::SUITE),
];
