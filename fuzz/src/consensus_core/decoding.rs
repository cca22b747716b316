//! Any bytes into every decoder: what decodes is what stands there, and encodes so again.

mod agreement;
mod frames;
mod records;
mod registers;

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_consensus_core::{
    Heap, Inline,
    raft::{BallotBody, Entry, HardState, LogId, Message, Never, Recovered},
};

/// More bytes than this say nothing new.
const LONGEST: usize = 192;

/// Feeds the bytes to each decoder.
pub fn check(bytes: &[u8]) {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    check_type::<LogId>(bytes);
    check_type::<HardState>(bytes);
    check_type::<Recovered>(bytes);
    check_type::<Entry<[u8; 5]>>(bytes);
    check_type::<Message>(bytes);
    check_type::<Message<BallotBody>>(bytes);
    agreement::check(bytes);
    registers::check(bytes);
    frames::check::<Inline<4>, Never>(bytes);
    frames::check::<Heap, Never>(bytes);
    frames::check::<Inline<4>, BallotBody>(bytes);
    frames::check::<Heap, BallotBody>(bytes);
}

/// A type with a decoder, and another one that has nothing of it.
trait Decoded: Serialize + DeserializeOwned + PartialEq + Debug {
    /// What stands in the bytes, and those behind it.
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])>;

    /// Asserts what is promised of the encoding.
    fn check_encoding(&self, _encoded: &[u8]) {}
}

/// Asserts that exactly what stands there is decoded, and that it has one encoding.
fn check_type<T: Decoded>(bytes: &[u8]) {
    let decoded = postcard::take_from_bytes::<T>(bytes).ok();
    assert_eq!(decoded, T::take(bytes));
    let Some((value, rest)) = decoded else { return };
    let encoded = encode(&value);
    value.check_encoding(&encoded);
    let (again, behind) = T::take(&encoded).expect("its own encoding");
    assert!(again == value && behind.is_empty());
    let again: T = postcard::from_bytes(&encoded).expect("its own encoding");
    assert_eq!(again, value);
    assert_eq!(encode(&again), encoded);
    if let Some((second, _)) = T::take(rest) {
        assert_eq!(encode(&second) == encoded, second == value);
    }
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("a legal value can be encoded")
}
