//! The portable tests of `failure-detect`, as a firmware of their own: see that of `crdt`.
#![no_std]
#![no_main]

mod runner;
mod stack;

#[path = "../../../failure-detect/tests/portable.rs"]
mod portable;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[("failure-detect", portable::SUITE)];
