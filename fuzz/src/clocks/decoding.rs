//! Any bytes into every decoder: what decodes is legal, and can be worked with.

mod contexts;
mod stamps;
mod vectors;

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_clocks::{
    CausalContext, Dot, DottedVersionVector, Heap, HybridStamp, Inline, LamportClock, LamportStamp,
    Siblings, VectorClock, VersionVector, WideHybridStamp,
};

/// More bytes than this say nothing new.
const LONGEST: usize = 64;

/// Feeds the bytes to each decoder.
pub fn check(bytes: &[u8]) {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    check_type::<Dot<u8>>(bytes);
    check_type::<LamportStamp<u8>>(bytes);
    check_type::<LamportClock<u8>>(bytes);
    check_type::<HybridStamp>(bytes);
    check_type::<WideHybridStamp<u8>>(bytes);
    check_type::<VectorClock<0>>(bytes);
    check_type::<VectorClock<3>>(bytes);
    check_type::<VersionVector<u8, Inline<0>>>(bytes);
    check_type::<VersionVector<u8, Inline<2>>>(bytes);
    check_type::<VersionVector<u8, Heap>>(bytes);
    check_type::<CausalContext<u8, Inline<3>>>(bytes);
    check_type::<CausalContext<u8, Heap>>(bytes);
    check_type::<DottedVersionVector<u8, Inline<2>>>(bytes);
    check_type::<DottedVersionVector<u8, Heap>>(bytes);
    check_type::<Siblings<u8, u8, Inline<2>, Inline<2>>>(bytes);
    check_type::<Siblings<u8, u8, Heap, Heap>>(bytes);
}

/// A type with a decoder, and what is known of it without its code.
trait Decoded: Serialize + DeserializeOwned + PartialEq + Debug {
    /// What stands in the bytes, without any promise.
    type Raw: Serialize + DeserializeOwned + PartialEq + Debug;

    /// Whether there is a value that holds this.
    fn is_legal(raw: &Self::Raw) -> bool;

    /// What a value holds, read through its methods.
    fn read(&self) -> Self::Raw;

    /// Calls every operation, and asserts what must hold of the results.
    fn operate(&self, other: &Self);
}

/// Asserts that exactly the legal is accepted, that it is encoded as it was read, and that two
/// values from the same bytes can be worked with.
fn check_type<T: Decoded>(bytes: &[u8]) {
    let Some((first, rest)) = decode::<T>(bytes) else {
        return;
    };
    first.operate(&first);
    if let Some((second, _)) = decode::<T>(rest) {
        let same = first.read() == second.read();
        assert_eq!(encode(&first) == encode(&second), same);
        assert_eq!(first == second, same);
        first.operate(&second);
        second.operate(&first);
    }
}

fn decode<T: Decoded>(bytes: &[u8]) -> Option<(T, &[u8])> {
    let decoded = postcard::take_from_bytes::<T>(bytes).ok();
    let raw = postcard::take_from_bytes::<T::Raw>(bytes).ok();
    let legal = raw.filter(|(raw, _)| T::is_legal(raw));
    let found = decoded.as_ref().map(|(value, rest)| (value.read(), *rest));
    assert_eq!(found, legal);
    let (value, rest) = decoded?;
    let encoded = encode(&value);
    assert_eq!(encoded, encode(&value.read()));
    let again: T = postcard::from_bytes(&encoded).expect("its own encoding");
    assert!(again == value && again.read() == value.read());
    Some((value, rest))
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("a legal value can be encoded")
}
