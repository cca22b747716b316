//! Any commands of the log, applied on two nodes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::kv::state::{self, Step};

fuzz_target!(|steps: Vec<Step>| state::check(&steps));
