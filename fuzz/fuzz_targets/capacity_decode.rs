//! Any bytes, decoded as lists of several element types and capacities.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::capacity::decoding;

fuzz_target!(|bytes: &[u8]| decoding::check(bytes));
