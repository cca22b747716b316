//! Every detector over any trace.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::failure_detect::PeerScenario;

fuzz_target!(|scenario: PeerScenario| scenario.check());
