//! Any bytes, into the decoder of every message, frame and record.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::consensus_core::decoding;

fuzz_target!(|bytes: &[u8]| decoding::check(bytes));
