//! Frames, with payloads that are copied or borrowed.

use std::fmt::Debug;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use synod_capacity::Capacity;
use synod_consensus_core::raft::{
    Entries, Entry, Message, Said,
    replica::{Frame, OwnedFrame},
};

use super::{Decoded, encode, records::payloads_due};

/// A message, and the bytes of its payloads.
type Raw<X> = (Message<X>, Vec<Option<Vec<u8>>>);

/// What nodes of one rule say.
pub(super) trait Spoken: Said + Serialize + DeserializeOwned {}
impl<X: Said + Serialize + DeserializeOwned> Spoken for X {}

/// Feeds the bytes to the decoders of frames of this capacity.
pub(super) fn check<C: Capacity, X: Spoken>(bytes: &[u8])
where
    Message<X>: Decoded,
{
    let copied = decode::<Vec<u8>, C, X>(bytes);
    let borrowed = decode::<&[u8], C, X>(bytes);
    assert_eq!(copied, borrowed);
    let Some((raw, encoded)) = copied else { return };
    let again = Some((raw, encoded.clone()));
    assert_eq!(decode::<Vec<u8>, C, X>(&encoded), again);
    assert_eq!(decode::<&[u8], C, X>(&encoded), again);
}

/// Decodes a frame, asserts that it is accepted exactly if it says the truth and fits, and encodes
/// it.
fn decode<'a, P, C: Capacity, X: Spoken>(bytes: &'a [u8]) -> Option<(Raw<X>, Vec<u8>)>
where
    Message<X>: Decoded,
    P: AsRef<[u8]> + Serialize + Deserialize<'a> + Clone + PartialEq + Debug,
{
    let decoded = postcard::take_from_bytes::<OwnedFrame<P, C, X>>(bytes).ok();
    let found = decoded.as_ref().map(|(frame, rest)| (read(frame), *rest));
    assert_eq!(found, take::<C, X>(bytes));
    let (frame, _) = decoded?;
    let raw = read(&frame);
    let encoded = encode_frame(&frame);
    let (message, payloads) = frame.clone().into_parts();
    assert_eq!(payloads.len(), frame.payloads().len());
    assert_eq!(message, *frame.message());
    assert!(payloads.eq(frame.payloads().iter().cloned()));
    Some((raw, encoded))
}

/// What stands in the bytes, if it is legal.
fn take<C: Capacity, X: Spoken>(bytes: &[u8]) -> Option<(Raw<X>, &[u8])>
where
    Message<X>: Decoded,
{
    let (message, rest) = Message::<X>::take(bytes)?;
    let (payloads, rest) = postcard::take_from_bytes::<Vec<Option<Vec<u8>>>>(rest).ok()?;
    let legal = payloads.len() as u64 == u64::from(payloads_due(&message));
    (legal && payloads.len() <= C::LIMIT).then_some(((message, payloads), rest))
}

fn read<P: AsRef<[u8]>, C: Capacity, X: Spoken>(frame: &OwnedFrame<P, C, X>) -> Raw<X> {
    let bytes = |payload: &Option<P>| payload.as_ref().map(|payload| payload.as_ref().to_vec());
    (*frame.message(), frame.payloads().iter().map(bytes).collect())
}

/// As the sender would encode it, wherever the end of its ring was.
fn encode_frame<P: Serialize + Clone, C: Capacity, X: Spoken>(
    frame: &OwnedFrame<P, C, X>,
) -> Vec<u8> {
    let entries: Vec<_> = frame
        .payloads()
        .iter()
        .map(|payload| Entry { term: 1, payload: payload.clone() })
        .collect();
    let encode_at = |seam: usize| {
        let (front, back) = entries.split_at(seam);
        encode(&Frame { message: frame.message(), entries: Entries::new(1, front, back) })
    };
    let encoded = encode_at(0);
    assert_eq!(encode_at(entries.len() / 2), encoded);
    encoded
}
