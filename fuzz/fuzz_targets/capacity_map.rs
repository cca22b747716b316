//! Sequences of calls on maps and indexes of several capacities, against a `Vec`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::capacity::map;

fuzz_target!(|operations: Vec<map::Operation>| map::check(&operations));
