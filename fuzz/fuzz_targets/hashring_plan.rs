//! Plans between rings, and replicas in zones.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::PlanScenario;

fuzz_target!(|scenario: PlanScenario| scenario.check());
