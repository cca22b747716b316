//! The portable tests of Multi-Paxos as firmware: the flash of the smaller boards does not hold them
//! beside others.
#![no_std]
#![no_main]

mod runner;
mod stack;

#[allow(dead_code)] // the others are in firmware of their own
#[path = "../../../consensus-core/tests/portable.rs"]
mod consensus_core;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[
    ("consensus-core::multi-paxos", consensus_core::MULTI_PAXOS),
    #[cfg(not(board = "microbit"))]
    ("consensus-core::multi-paxos-nodes", consensus_core::MULTI_PAXOS_NODES),
    // These want more memory than those of Raft.
    #[cfg(board = "mps2-an386")]
    ("consensus-core::multi-paxos-clusters", consensus_core::MULTI_PAXOS_CLUSTERS),
];
