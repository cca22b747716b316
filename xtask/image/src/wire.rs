//! Values to bytes and back, through postcard.

use serde::{Deserialize, Serialize};

/// How many bytes of `buffer` the encoding took, if it fits.
pub fn encode<T: Serialize>(value: &T, buffer: &mut [u8]) -> Option<usize> {
    postcard::to_slice(value, buffer).ok().map(|written| written.len())
}

pub fn decode<'bytes, T: Deserialize<'bytes>>(bytes: &'bytes [u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}
