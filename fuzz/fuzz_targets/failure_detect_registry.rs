//! The registry of many peers, against a map of detectors.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::failure_detect::RegistryScenario;

fuzz_target!(|scenario: RegistryScenario| scenario.check());
