//! The portable tests of `crdt` and `capacity`, as a firmware of their own: with those of the other
//! libraries they would not fit into the flash of the smaller boards. It prints and ends as theirs
//! does.
#![no_std]
#![no_main]

mod runner;
mod stack;

#[path = "../../../capacity/tests/portable.rs"]
mod capacity;
#[path = "../../../crdt/tests/encoding.rs"]
mod encoding;
#[path = "../../../crdt/tests/portable.rs"]
mod portable;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[
    ("capacity::lists", capacity::lists::SUITE),
    ("capacity::maps", capacity::maps::SUITE),
    ("capacity::encodings", capacity::encodings::SUITE),
    ("crdt", portable::SUITE),
    ("crdt::encoding", encoding::SUITE),
];
