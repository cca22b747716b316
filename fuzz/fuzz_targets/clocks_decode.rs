//! Any bytes, into the decoder of every clock.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::clocks::decoding;

fuzz_target!(|bytes: &[u8]| decoding::check(bytes));
