//! A holder and its grantors under hostile bytes and odd orders of calls.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::failure_detect::LeaseScenario;

fuzz_target!(|scenario: LeaseScenario| scenario.check());
