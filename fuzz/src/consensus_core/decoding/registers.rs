//! Memberships, states, and the messages and records of registers, with values that are copied or
//! borrowed.

use std::fmt::Debug;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use synod_consensus_core::{
    Ballot,
    register::{Accepted, Body, Membership, Message, Part, Record, State},
};

use super::encode;

/// Feeds the bytes to each decoder.
pub(super) fn check(bytes: &[u8]) {
    check_type::<Membership<1>>(bytes);
    check_type::<Membership<3>>(bytes);
    check_type::<Membership<64>>(bytes);
    check_values::<[u8; 5]>(bytes);
    check_values::<Vec<u8>>(bytes);
    check_borrowed::<Message<Vec<u8>, 3>, Message<&[u8], 3>>(bytes);
    check_borrowed::<Record<Vec<u8>, 3>, Record<&[u8], 3>>(bytes);
}

fn check_values<V: Value>(bytes: &[u8]) {
    check_type::<State<V, 3>>(bytes);
    check_type::<Accepted<V, 3>>(bytes);
    check_type::<Message<V, 3>>(bytes);
    check_type::<Record<V, 3>>(bytes);
}

/// A value of bytes that are borrowed decodes and encodes like one of copies.
fn check_borrowed<'a, C: Serialize + Deserialize<'a>, B: Serialize + Deserialize<'a>>(
    bytes: &'a [u8],
) {
    let copied = postcard::take_from_bytes::<C>(bytes).ok();
    let borrowed = postcard::take_from_bytes::<B>(bytes).ok();
    let copied = copied.map(|(copied, rest)| (encode(&copied), rest));
    assert_eq!(copied, borrowed.map(|(borrowed, rest)| (encode(&borrowed), rest)));
}

/// Asserts that exactly what stands there is decoded, and that it has one encoding.
fn check_type<T: Plain>(bytes: &[u8]) {
    let decoded = postcard::take_from_bytes::<T>(bytes).ok();
    let plain = decoded.as_ref().map(|(value, rest)| (value.plain(), *rest));
    assert_eq!(plain, T::take(bytes));
    let Some((value, _)) = decoded else { return };
    let encoded = encode(&value);
    assert!(encoded.len() <= value.most_bytes());
    assert_eq!(T::take(&encoded), Some((value.plain(), &[][..])));
    let again: T = postcard::from_bytes(&encoded).expect("its own encoding");
    assert_eq!(again, value);
    assert_eq!(encode(&again), encoded);
}

/// A type with a decoder, and what is in it as tuples of numbers.
trait Plain: Serialize + DeserializeOwned + Eq + Debug {
    type Parts: PartialEq + Debug;

    /// What legally stands in the bytes, and those behind it.
    fn take(bytes: &[u8]) -> Option<(Self::Parts, &[u8])>;

    fn plain(&self) -> Self::Parts;

    /// The most bytes that it may take.
    fn most_bytes(&self) -> usize;
}

/// What is agreed on.
trait Value: Clone + Eq + Debug + Serialize + DeserializeOwned {}

impl<V: Clone + Eq + Debug + Serialize + DeserializeOwned> Value for V {}

/// A round and a proposer.
type Numbers = (u64, u64);
/// Ids and parts.
type Members = Vec<(u64, u32)>;
/// A version, a value, and members.
type StateParts<V> = (Option<Numbers>, Option<V>, Members);
type AcceptedParts<V> = (Option<Numbers>, StateParts<V>);

fn numbers(ballot: Ballot) -> Numbers {
    (ballot.round.get(), ballot.proposer.0)
}

fn is_ballot(numbers: Option<Numbers>) -> bool {
    numbers.is_none_or(|(round, _)| round > 0)
}

fn are_members(members: &Members, most: usize) -> bool {
    let ascend = members.windows(2).all(|pair| pair[0].0 < pair[1].0);
    // Some are members before a change, and some after it.
    let other_than = |part: u32| members.is_empty() || members.iter().any(|it| it.1 != part);
    let are_parts = members.iter().all(|&(_, part)| part < 3);
    ascend && members.len() <= most && are_parts && other_than(1) && other_than(2)
}

fn is_state<V>((version, _, members): &StateParts<V>, most: usize) -> bool {
    is_ballot(*version) && are_members(members, most)
}

/// The most bytes of a state of three members.
fn size_of_state<V: Value>(state: &State<V, 3>) -> usize {
    let of_value = state.value.as_ref().map_or(0, |value| encode(value).len());
    21 + 1 + of_value + 1 + 3 * 11
}

fn take_if<'a, T: Deserialize<'a>>(
    bytes: &'a [u8],
    is_legal: impl Fn(&T) -> bool,
) -> Option<(T, &'a [u8])> {
    postcard::take_from_bytes::<T>(bytes).ok().filter(|(parts, _)| is_legal(parts))
}

impl<const N: usize> Plain for Membership<N> {
    type Parts = Members;

    fn take(bytes: &[u8]) -> Option<(Members, &[u8])> {
        take_if(bytes, |members| are_members(members, N))
    }

    fn plain(&self) -> Members {
        let plain = |part| match part {
            Part::Stays => 0,
            Part::Leaves => 1,
            Part::Joins => 2,
        };
        let members = self.as_slice().iter().map(|member| (member.id.0, plain(member.part)));
        let members: Members = members.collect();
        assert_eq!(self.is_changing(), members.iter().any(|&(_, part)| part > 0));
        assert!(self.as_slice().iter().all(|member| self.contains(member.id)));
        members
    }

    fn most_bytes(&self) -> usize {
        1 + 11 * N
    }
}

impl<V: Value> Plain for State<V, 3> {
    type Parts = StateParts<V>;

    fn take(bytes: &[u8]) -> Option<(StateParts<V>, &[u8])> {
        take_if(bytes, |parts| is_state(parts, 3))
    }

    fn plain(&self) -> StateParts<V> {
        assert_eq!(self.as_ref().cloned(), *self);
        assert_eq!(encode(&self.as_ref()), encode(self), "what is lent is encoded alike");
        (self.version.map(numbers), self.value.clone(), self.members.plain())
    }

    fn most_bytes(&self) -> usize {
        size_of_state(self)
    }
}

impl<V: Value> Plain for Accepted<V, 3> {
    type Parts = AcceptedParts<V>;

    fn take(bytes: &[u8]) -> Option<(AcceptedParts<V>, &[u8])> {
        take_if(bytes, |(ballot, state)| is_ballot(*ballot) && is_state(state, 3))
    }

    fn plain(&self) -> AcceptedParts<V> {
        assert_eq!(self.as_ref().cloned(), *self);
        (self.ballot.map(numbers), self.state.plain())
    }

    fn most_bytes(&self) -> usize {
        21 + size_of_state(&self.state)
    }
}

impl<V: Value> Plain for Record<V, 3> {
    type Parts = (Option<Numbers>, AcceptedParts<V>);

    fn take(bytes: &[u8]) -> Option<(Self::Parts, &[u8])> {
        take_if(bytes, |(promised, (ballot, state)): &Self::Parts| {
            let legal = is_ballot(*promised) && is_ballot(*ballot) && is_state(state, 3);
            let (version, value, members) = state;
            let by_somebody = ballot.is_none() || !members.is_empty();
            let was_made = value.is_none() || version.is_some();
            legal && version <= ballot && ballot <= promised && by_somebody && was_made
        })
    }

    fn plain(&self) -> Self::Parts {
        assert_eq!(Record::new(self.promised(), self.accepted().clone()).as_ref(), Ok(self));
        (self.promised().map(numbers), self.accepted().plain())
    }

    fn most_bytes(&self) -> usize {
        let value = self.accepted().state.value.as_ref();
        Self::MAX_OVERHEAD + value.map_or(0, |value| encode(value).len())
    }
}

/// What a message says: its kind, a ballot, the number of a question, and what may be beside them.
#[derive(Debug, PartialEq)]
struct Said<V> {
    kind: u32,
    ballot: Numbers,
    round: Option<u64>,
    other: Option<Numbers>,
    accepted: Option<AcceptedParts<V>>,
    state: Option<StateParts<V>>,
}

impl<V> Said<V> {
    const fn new(kind: u32, ballot: Numbers) -> Self {
        Self { kind, ballot, round: None, other: None, accepted: None, state: None }
    }

    fn is_legal(&self) -> bool {
        let accepted = self.accepted.as_ref();
        self.ballot.0 > 0
            && is_ballot(self.other)
            && accepted.is_none_or(|(ballot, state)| is_ballot(*ballot) && is_state(state, 3))
            && self.state.as_ref().is_none_or(|state| is_state(state, 3))
    }
}

impl<V: Value> Plain for Message<V, 3> {
    type Parts = (u64, u64, u64, Said<V>);

    fn take(bytes: &[u8]) -> Option<(Self::Parts, &[u8])> {
        type Head = (u64, u64, u64, u32, Numbers);
        let ((cluster, number, to, kind, ballot), rest) =
            postcard::take_from_bytes::<Head>(bytes).ok()?;
        let mut said = Said::new(kind, ballot);
        let rest = match kind {
            0 | 3 | 7 => rest,
            1 => {
                let (accepted, rest) = postcard::take_from_bytes(rest).ok()?;
                said.accepted = Some(accepted);
                rest
            }
            2 => {
                let (state, rest) = postcard::take_from_bytes(rest).ok()?;
                said.state = Some(state);
                rest
            }
            4 => {
                let (other, rest) = postcard::take_from_bytes(rest).ok()?;
                said.other = Some(other);
                rest
            }
            5 => {
                let (round, rest) = postcard::take_from_bytes(rest).ok()?;
                said.round = Some(round);
                rest
            }
            6 => {
                let ((round, other), rest) = postcard::take_from_bytes(rest).ok()?;
                (said.round, said.other) = (Some(round), other);
                rest
            }
            _ => return None,
        };
        said.is_legal().then_some(((cluster, number, to, said), rest))
    }

    fn plain(&self) -> Self::Parts {
        let of = |kind, ballot| Said::new(kind, numbers(ballot));
        let said = match &self.body {
            Body::Prepare { ballot } => of(0, *ballot),
            Body::Promise { ballot, accepted } => {
                Said { accepted: Some(accepted.plain()), ..of(1, *ballot) }
            }
            Body::Accept { ballot, state } => Said { state: Some(state.plain()), ..of(2, *ballot) },
            Body::Accepted { ballot } => of(3, *ballot),
            Body::Rejected { ballot, promised } => {
                Said { other: Some(numbers(*promised)), ..of(4, *ballot) }
            }
            Body::Query { life, round } => Said { round: Some(*round), ..of(5, *life) },
            Body::Report { life, round, ballot } => {
                Said { round: Some(*round), other: ballot.map(numbers), ..of(6, *life) }
            }
            Body::Forget { ballot } => of(7, *ballot),
        };
        (self.instance.cluster, self.instance.number, self.to.0, said)
    }

    fn most_bytes(&self) -> usize {
        let value = match &self.body {
            Body::Promise { accepted, .. } => accepted.state.value.as_ref(),
            Body::Accept { state, .. } => state.value.as_ref(),
            _ => None,
        };
        Self::MAX_OVERHEAD + value.map_or(0, |value| encode(value).len())
    }
}
