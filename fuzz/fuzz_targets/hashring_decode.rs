//! Any bytes, as whatever can be decoded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::decoding;

fuzz_target!(|bytes: &[u8]| decoding::check(bytes));
