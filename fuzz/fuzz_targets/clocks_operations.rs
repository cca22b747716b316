//! Sequences of calls on vectors, contexts and siblings, against sets and maps.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::clocks::OperationsScenario;

fuzz_target!(|scenario: OperationsScenario| scenario.check());
