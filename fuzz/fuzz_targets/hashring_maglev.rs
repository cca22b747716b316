//! Maglev tables against naive ones.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::MaglevScenario;

fuzz_target!(|scenario: MaglevScenario| scenario.check());
