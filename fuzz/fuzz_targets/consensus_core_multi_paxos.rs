//! Any message and any order of calls, into one voter of Multi-Paxos, and into replicas beside it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::consensus_core::{one_node::BallotScenario, replica};

fuzz_target!(|scenario: BallotScenario| {
    scenario.check();
    replica::check_ballots(&scenario);
});
