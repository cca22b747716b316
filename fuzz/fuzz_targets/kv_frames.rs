//! Any bytes of a peer, and any bodies of frames.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::kv::frames;

fuzz_target!(|bytes: &[u8]| frames::check(bytes));
