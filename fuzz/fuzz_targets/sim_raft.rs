//! Whole clusters of Raft in the simulator, with some of chance's choices made by the input.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| synod_fuzz::sim::check(bytes));
