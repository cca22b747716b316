//! Any bytes, into the decoder of messages.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::failure_detect::decoding;

fuzz_target!(|bytes: &[u8]| decoding::check(bytes));
