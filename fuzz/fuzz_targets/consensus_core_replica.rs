//! Any message and any order of calls, into replicas on both logs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::consensus_core::{one_node::Scenario, replica};

fuzz_target!(|scenario: Scenario| replica::check(&scenario));
