//! A member that anything is said to.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::failure_detect::MembersScenario;

fuzz_target!(|scenario: MembersScenario| scenario.check());
