//! The portable tests of `crdt`, as a firmware of its own: with those of the other libraries they
//! would not fit into the flash of the smaller boards. It prints and ends as theirs does.
#![no_std]
#![no_main]

mod runner;
mod stack;

#[path = "../../../crdt/tests/encoding.rs"]
mod encoding;
#[path = "../../../crdt/tests/portable.rs"]
mod portable;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[("crdt", portable::SUITE), ("crdt::encoding", encoding::SUITE)];
