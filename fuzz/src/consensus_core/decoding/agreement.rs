//! Ballots, proposals, and the messages and records of Paxos, with values that are copied or
//! borrowed.

use std::{fmt::Debug, num::NonZeroU64};

use serde::{Serialize, de::DeserializeOwned};
use synod_consensus_core::{
    Ballot, Instance, NodeId, Proposal,
    paxos::{Body, Message, Record},
};

use super::{Decoded, check_type, encode};

/// Feeds the bytes to each decoder.
pub(super) fn check(bytes: &[u8]) {
    check_type::<Instance>(bytes);
    check_type::<Ballot>(bytes);
    check_values::<[u8; 5]>(bytes);
    check_values::<Vec<u8>>(bytes);
    check_borrowed(bytes);
}

fn check_values<V: Value>(bytes: &[u8]) {
    check_type::<Proposal<V>>(bytes);
    check_type::<Message<V>>(bytes);
    check_type::<Record<V>>(bytes);
}

/// A value of bytes that are borrowed decodes and encodes like one of copies.
fn check_borrowed(bytes: &[u8]) {
    let copied = postcard::take_from_bytes::<Message<Vec<u8>>>(bytes).ok();
    let borrowed = postcard::take_from_bytes::<Message<&[u8]>>(bytes).ok();
    assert_eq!(copied.is_some(), borrowed.is_some());
    if let (Some((copied, rest)), Some((borrowed, behind))) = (copied, borrowed) {
        assert_eq!((encode(&copied), rest), (encode(&borrowed), behind));
    }
    let copied = postcard::take_from_bytes::<Record<Vec<u8>>>(bytes).ok();
    let borrowed = postcard::take_from_bytes::<Record<&[u8]>>(bytes).ok();
    assert_eq!(copied.is_some(), borrowed.is_some());
    if let (Some((copied, rest)), Some((borrowed, behind))) = (copied, borrowed) {
        assert_eq!((encode(&copied), rest), (encode(&borrowed), behind));
    }
}

/// What is agreed on.
trait Value: Clone + Eq + Debug + Serialize + DeserializeOwned {}

impl<V: Clone + Eq + Debug + Serialize + DeserializeOwned> Value for V {}

fn ballot(bytes: &[u8]) -> Option<(Ballot, &[u8])> {
    let ((round, proposer), rest) = postcard::take_from_bytes::<(u64, u64)>(bytes).ok()?;
    Some((Ballot { round: NonZeroU64::new(round)?, proposer: NodeId(proposer) }, rest))
}

fn proposal<V: Value>(bytes: &[u8]) -> Option<(Proposal<V>, &[u8])> {
    let (ballot, rest) = ballot(bytes)?;
    let (value, rest) = postcard::take_from_bytes(rest).ok()?;
    Some((Proposal { ballot, value }, rest))
}

fn option<V: Value>(bytes: &[u8]) -> Option<(Option<Proposal<V>>, &[u8])> {
    match bytes.split_first()? {
        (0, rest) => Some((None, rest)),
        (1, rest) => proposal(rest).map(|(found, rest)| (Some(found), rest)),
        _ => None,
    }
}

fn take_body<V: Value>(kind: u32, bytes: &[u8]) -> Option<(Body<V>, &[u8])> {
    if kind == 5 {
        return Some((Body::Ask, bytes));
    }
    if kind == 2 || kind == 6 {
        let (proposal, rest) = proposal(bytes)?;
        return Some((
            if kind == 2 { Body::Accept(proposal) } else { Body::Report(proposal) },
            rest,
        ));
    }
    let (first, rest) = ballot(bytes)?;
    match kind {
        0 => Some((Body::Prepare { ballot: first }, rest)),
        1 => option(rest).map(|(accepted, rest)| (Body::Promise { ballot: first, accepted }, rest)),
        3 => Some((Body::Accepted { ballot: first }, rest)),
        4 => {
            ballot(rest).map(|(promised, rest)| (Body::Rejected { ballot: first, promised }, rest))
        }
        _ => None,
    }
}

impl Decoded for Instance {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let ((cluster, number), rest) = postcard::take_from_bytes(bytes).ok()?;
        Some((Self { cluster, number }, rest))
    }
}

impl Decoded for Ballot {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        ballot(bytes)
    }
}

impl<V: Value> Decoded for Proposal<V> {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        proposal(bytes)
    }

    fn check_encoding(&self, encoded: &[u8]) {
        assert_eq!(encode(&self.as_ref()), encoded, "a value that is lent is encoded like one");
        assert_eq!(self.as_ref().cloned(), *self);
    }
}

impl<V: Value> Decoded for Message<V> {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let ((cluster, number, to, kind), rest) =
            postcard::take_from_bytes::<(u64, u64, u64, u32)>(bytes).ok()?;
        let (body, rest) = take_body(kind, rest)?;
        Some((Self { instance: Instance { cluster, number }, to: NodeId(to), body }, rest))
    }

    fn check_encoding(&self, encoded: &[u8]) {
        let value = match &self.body {
            Body::Accept(proposal) | Body::Report(proposal) => Some(proposal),
            Body::Promise { accepted, .. } => accepted.as_ref(),
            _ => None,
        };
        assert!(encoded.len() <= Self::MAX_OVERHEAD + size_of_value(value));
    }
}

impl<V: Value> Decoded for Record<V> {
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (promised, rest) = ballot(bytes)?;
        let (accepted, rest) = option::<V>(rest)?;
        let number = |ballot: Ballot| (ballot.round.get(), ballot.proposer.0);
        let legal = accepted.as_ref().is_none_or(|it| number(it.ballot) <= number(promised));
        let record = Self::new(promised, accepted);
        assert_eq!(record.is_ok(), legal);
        Some((record.ok()?, rest))
    }

    fn check_encoding(&self, encoded: &[u8]) {
        assert!(encoded.len() <= Self::MAX_OVERHEAD + size_of_value(self.accepted()));
    }
}

fn size_of_value<V: Value>(proposal: Option<&Proposal<V>>) -> usize {
    proposal.map_or(0, |proposal| encode(&proposal.value).len())
}
