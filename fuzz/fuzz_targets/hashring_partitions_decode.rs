//! Any bytes, as a table of partitions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use synod_fuzz::hashring::partitions;

fuzz_target!(|bytes: &[u8]| partitions::check_bytes(bytes));
