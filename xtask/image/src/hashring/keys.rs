//! Operations of keys and of their hash.

use core::fmt::Write;

use synod_hashring::{KeyHash, TooFewNodes};

use crate::{
    text::Buffer,
    wire::{decode, encode},
};

operations! {
    "KeyHash::v1" => fn(seed: u64) -> KeyHash { KeyHash::v1(seed) }
    "KeyHash::version" => fn(hash: &KeyHash) -> u8 { hash.version() }
    "KeyHash::seed" => fn(hash: &KeyHash) -> u64 { hash.seed() }
    "KeyHash::point (bytes)" => fn(hash: &KeyHash, key: &[u8]) -> u64 { hash.point(key) }
    "KeyHash::point (array)" => fn(hash: &KeyHash, key: &[u8; 5]) -> u64 { hash.point(key) }
    "KeyHash::point (text)" => fn(hash: &KeyHash, key: &str) -> u64 { hash.point(key) }
    "KeyHash::point (number)" => fn(hash: &KeyHash, key: u64) -> u64 { hash.point(key) }
    "KeyHash as Serialize" => fn(hash: &KeyHash, buffer: &mut [u8]) -> Option<usize> {
        encode(hash, buffer)
    }
    "KeyHash as Deserialize" => fn(bytes: &[u8]) -> Option<KeyHash> { decode(bytes) }
    "TooFewNodes as Display" => fn(error: &TooFewNodes, text: &mut Buffer) -> bool {
        write!(text, "{error}").is_ok()
    }
}
