//! The portable tests of `hashring`, as a firmware of their own: see that of `crdt`.
#![no_std]
#![no_main]

mod runner;
mod stack;

#[path = "../../../hashring/tests/encoding.rs"]
mod encoding;
#[path = "../../../hashring/tests/ketama_portable.rs"]
mod ketama_portable;
#[path = "../../../hashring/tests/maglev_portable.rs"]
mod maglev_portable;
#[path = "../../../hashring/tests/partitions_portable.rs"]
mod partitions_portable;
#[path = "../../../hashring/tests/portable.rs"]
mod portable;
#[path = "../../../hashring/tests/rendezvous_portable.rs"]
mod rendezvous_portable;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[
    ("hashring", portable::SUITE),
    ("hashring::rendezvous", rendezvous_portable::SUITE),
    ("hashring::maglev", maglev_portable::SUITE),
    ("hashring::partitions", partitions_portable::SUITE),
    ("hashring::ketama", ketama_portable::SUITE),
    ("hashring::encoding", encoding::SUITE),
];
