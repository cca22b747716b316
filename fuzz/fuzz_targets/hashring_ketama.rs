//! Ketama, whatever comes and goes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::KetamaScenario;

fuzz_target!(|scenario: KetamaScenario| scenario.check());
