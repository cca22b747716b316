//! Any bytes into every decoder: what decodes is legal, its quorums meet where they must, and it
//! can be worked with.

mod families;
mod proof;
mod systems;

use std::fmt::Debug;

use arbitrary::{Arbitrary, Unstructured};
use serde::{Serialize, de::DeserializeOwned};
use synod_quorum::{
    Coterie, Dissemination, Explicit, Flexible, Grid, GridQuorums, Joint, Majority, Masking,
    NodeSet, ReadWrite, Threshold, Weighted,
};

use self::proof::Verdict;
use super::questions::Questions;

/// More bytes than this say nothing new.
const LONGEST: usize = 96;

/// Feeds the bytes to each decoder.
pub fn check(bytes: &[u8]) {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    check_type::<NodeSet<0>>(bytes);
    check_type::<NodeSet<1>>(bytes);
    check_type::<NodeSet<2>>(bytes);
    check_type::<Majority<1>>(bytes);
    check_type::<Majority<2>>(bytes);
    check_type::<Threshold<1>>(bytes);
    check_type::<Threshold<2>>(bytes);
    check_type::<Weighted<3, 1>>(bytes);
    check_type::<Weighted<66, 1>>(bytes);
    check_type::<Explicit<3, 1>>(bytes);
    check_type::<Explicit<2, 2>>(bytes);
    check_type::<Grid<1>>(bytes);
    check_type::<Grid<2>>(bytes);
    check_type::<GridQuorums<1>>(bytes);
    check_type::<Dissemination<1>>(bytes);
    check_type::<Masking<2>>(bytes);
    check_type::<Coterie<Threshold<1>, 1>>(bytes);
    check_type::<Coterie<Weighted<4, 1>, 1>>(bytes);
    check_type::<Coterie<Explicit<3, 2>, 2>>(bytes);
    check_type::<Coterie<GridQuorums<1>, 1>>(bytes);
    check_type::<Flexible<Threshold<2>, Threshold<2>, 2>>(bytes);
    check_type::<Flexible<GridQuorums<1>, GridQuorums<1>, 1>>(bytes);
    check_type::<Flexible<Weighted<4, 1>, Threshold<1>, 1>>(bytes);
    check_type::<ReadWrite<Threshold<1>, Threshold<1>, 1>>(bytes);
    check_type::<ReadWrite<Explicit<3, 1>, Majority<1>, 1>>(bytes);
    check_type::<Joint<Majority<1>, Majority<1>, 1>>(bytes);
    check_type::<Joint<Grid<1>, Coterie<Threshold<1>, 1>, 1>>(bytes);
    check_type::<Joint<Joint<Majority<2>, Masking<2>, 2>, Dissemination<2>, 2>>(bytes);
}

/// A type with a decoder, and what is known of it without its code.
trait Decoded: Serialize + DeserializeOwned + PartialEq + Debug {
    /// What stands in the bytes, without any promise.
    type Raw: Serialize + DeserializeOwned + PartialEq + Debug;

    /// Whether there is a value that holds this.
    fn judge(raw: &Self::Raw) -> Verdict;

    /// What a value holds, read through its methods.
    fn read(&self) -> Self::Raw;

    /// Asks what a value can be asked, and asserts that the answers follow from what it holds.
    fn operate(&self, questions: &Questions);
}

/// Asserts that exactly the legal is accepted, that it is encoded as it was read, and that a value
/// can be worked with.
fn check_type<T: Decoded>(bytes: &[u8]) {
    let Some((first, rest)) = decode::<T>(bytes) else { return };
    let questions = Questions::arbitrary(&mut Unstructured::new(rest));
    first.operate(&questions.expect("questions are made of any bytes"));
    if let Some((second, _)) = decode::<T>(rest) {
        let same = first.read() == second.read();
        assert_eq!(encode(&first) == encode(&second), same);
        assert_eq!(first == second, same);
    }
}

fn decode<T: Decoded>(bytes: &[u8]) -> Option<(T, &[u8])> {
    let raw = postcard::take_from_bytes::<T::Raw>(bytes).ok();
    let verdict = raw.as_ref().map_or(Verdict::Illegal, |(raw, _)| T::judge(raw));
    if verdict == Verdict::Costly {
        return None;
    }
    let decoded = postcard::take_from_bytes::<T>(bytes).ok();
    match verdict {
        Verdict::Legal => assert!(decoded.is_some(), "refused {raw:?}"),
        Verdict::Illegal => assert!(decoded.is_none(), "accepted {raw:?} as {decoded:?}"),
        Verdict::Unknown | Verdict::Costly => {}
    }
    let (value, rest) = decoded?;
    assert_eq!(Some((value.read(), rest)), raw);
    let encoded = encode(&value);
    assert_eq!(encoded, encode(&value.read()));
    let again: T = postcard::from_bytes(&encoded).expect("its own encoding");
    assert!(again == value && again.read() == value.read());
    Some((value, rest))
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("a legal value can be encoded")
}
