//! The portable tests of `failure-detect`, as a firmware of their own: see that of `crdt`.
#![no_std]
#![no_main]

mod runner;
mod stack;

#[path = "../../../failure-detect/tests/encoding.rs"]
mod encoding;
#[path = "../../../failure-detect/tests/lease_encoding.rs"]
mod lease_encoding;
#[path = "../../../failure-detect/tests/portable.rs"]
mod portable;
#[path = "../../../failure-detect/tests/portable_leases.rs"]
mod portable_leases;
#[path = "../../../failure-detect/tests/portable_members.rs"]
mod portable_members;

use runner::Suite;

const SUITES: &[(&str, Suite)] = &[
    ("failure-detect", portable::SUITE),
    ("failure-detect::members", portable_members::SUITE),
    ("failure-detect::leases", portable_leases::SUITE),
    ("failure-detect::encoding", encoding::SUITE),
    ("failure-detect::lease_encoding", lease_encoding::SUITE),
];
