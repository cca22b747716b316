//! Families of quorums and systems of them, against their definitions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::quorum::DecisionsScenario;

fuzz_target!(|scenario: DecisionsScenario| scenario.check());
