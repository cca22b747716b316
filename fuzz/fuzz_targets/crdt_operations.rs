//! Histories of three replicas, against sets of events and sums.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::crdt::operations::Scenario;

fuzz_target!(|scenario: Scenario| scenario.check());
