//! Any bytes of a client, in any parts, into the scanner, the decoder and the parser of commands.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::kv::requests;

fuzz_target!(|bytes: &[u8]| requests::check(bytes));
