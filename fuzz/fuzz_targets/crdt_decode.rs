//! Any bytes, into the decoder of every kind of state and of messages.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::crdt::decoding;

fuzz_target!(|bytes: &[u8]| decoding::check(bytes));
