//! Any bytes, as a ring, as a Maglev table and as ketama.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::decoding;

fuzz_target!(|bytes: &[u8]| decoding::check(bytes));
