//! Any bytes, into the decoder of every family and system of quorums.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::quorum::decoding;

fuzz_target!(|bytes: &[u8]| decoding::check(bytes));
