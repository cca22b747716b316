//! The portable tests of `hashring`, as a firmware of their own: see that of `crdt`.
#![no_std]
#![no_main]

mod runner;
mod stack;

#[path = "../../../hashring/tests/encoding.rs"]
mod encoding;
#[path = "../../../hashring/tests/portable.rs"]
mod portable;

use runner::Suite;

const SUITES: &[(&str, Suite)] =
    &[("hashring", portable::SUITE), ("hashring::encoding", encoding::SUITE)];
