//! Sequences of calls on lists of several capacities, against a `Vec`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::capacity::list;

fuzz_target!(|operations: Vec<list::Operation>| list::check(&operations));
