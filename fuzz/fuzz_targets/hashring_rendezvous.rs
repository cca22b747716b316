//! Rendezvous hashing against sorted lists.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::RendezvousScenario;

fuzz_target!(|scenario: RendezvousScenario| scenario.check());
