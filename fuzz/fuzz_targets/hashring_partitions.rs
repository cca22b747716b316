//! Tables of partitions against lists of nodes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::PartitionsScenario;

fuzz_target!(|scenario: PartitionsScenario| scenario.check());
