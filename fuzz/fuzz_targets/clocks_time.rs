//! Sequences of calls on the clocks that count or follow time, against exact arithmetic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::clocks::TimeScenario;

fuzz_target!(|scenario: TimeScenario| scenario.check());
