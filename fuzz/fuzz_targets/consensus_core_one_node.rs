//! Any message and any order of calls, into one voter of Raft.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::consensus_core::one_node::Scenario;

fuzz_target!(|scenario: Scenario| scenario.check());
