//! Any order of calls, and any message, to members of a register.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::consensus_core::register::Scenario;

fuzz_target!(|scenario: Scenario| scenario.check());
