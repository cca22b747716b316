//! Rings against lists of all tokens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::RingScenario;

fuzz_target!(|scenario: RingScenario| scenario.check());
