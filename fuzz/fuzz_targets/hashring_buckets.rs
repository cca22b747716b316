//! Numbered nodes, whatever the point and the count.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::BucketsScenario;

fuzz_target!(|scenario: BucketsScenario| scenario.check());
