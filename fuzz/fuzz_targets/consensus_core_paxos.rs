//! Any order of calls, and any message, to acceptors, proposers and a learner of Paxos.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::consensus_core::paxos::Scenario;

fuzz_target!(|scenario: Scenario| scenario.check());
