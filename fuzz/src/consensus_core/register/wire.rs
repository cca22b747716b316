//! What is sent, and what nobody sent.

use std::num::NonZeroU64;

use arbitrary::Arbitrary;
use synod_consensus_core::{
    Ballot, Instance, NodeId,
    register::{Accepted, Body, Membership, Message, State},
};

use super::{CAPACITY, NODES};
use crate::{
    consensus_core::wire::{self, Addressed, INSTANCE},
    edge::Edge,
};

pub(super) type Letter = Message<u64, CAPACITY>;
pub(super) type Held = State<u64, CAPACITY>;

pub(super) type Sent = wire::Sent<Letter>;
pub(super) type Wire = wire::Wire<Letter>;

impl Addressed for Letter {
    fn address(&self) -> (Instance, NodeId) {
        (self.instance, self.to)
    }
}

/// A message that nobody sent, but that decodes.
#[derive(Arbitrary, Clone, Debug)]
pub(super) enum Forged {
    Bytes(Vec<u8>),
    Fields { kind: u8, ballot: Number, other: Option<Number>, round: Edge, state: ForgedState },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) struct Number {
    round: Edge,
    proposer: u8,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) struct ForgedState {
    version: Option<Number>,
    value: Option<u8>,
    /// Two bits for each node: none, or its part.
    members: u8,
}

/// What becomes of a message on its way.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Twist {
    From(u8),
    Cluster,
    Number,
    To(Edge),
    State(ForgedState),
    Ballot(Number),
    /// The promised or accepted ballot beside it, or the number of a question.
    Other(Number),
    /// That becomes the ballot itself.
    Same,
    /// It becomes one of the last round.
    Last,
}

impl Number {
    fn ballot(self) -> Option<Ballot> {
        let round = NonZeroU64::new(self.round.0)?;
        Some(Ballot { round, proposer: NodeId(u64::from(self.proposer) % (NODES as u64 + 1)) })
    }
}

impl ForgedState {
    fn state(self) -> Option<Held> {
        let parts = (0..4_u64).map(|place| (place, u32::from(self.members) >> (2 * place) & 3));
        let parts = parts.filter(|(_, part)| *part > 0).map(|(place, part)| (place, part - 1));
        let bytes = postcard::to_allocvec(&parts.collect::<Vec<_>>()).expect("numbers");
        let members: Membership<CAPACITY> = postcard::from_bytes(&bytes).ok()?;
        let version = self.version.and_then(Number::ballot);
        Some(State { version, value: self.value.map(u64::from), members })
    }
}

impl Forged {
    pub(super) fn message(&self, to: NodeId) -> Option<Letter> {
        match self {
            Self::Bytes(bytes) => postcard::from_bytes(bytes).ok(),
            Self::Fields { kind, ballot, other, round, state } => {
                let other = other.and_then(Number::ballot);
                let body = body(*kind, ballot.ballot()?, other, round.0, state.state()?);
                Some(Message { instance: INSTANCE, to, body })
            }
        }
    }
}

impl Twist {
    pub(super) fn apply(self, mut sent: Sent) -> Option<Sent> {
        let message = &mut sent.message;
        match self {
            Self::From(id) => sent.from = NodeId(u64::from(id) % (NODES as u64 + 1)),
            Self::Cluster => message.instance.cluster += 1,
            Self::Number => message.instance.number += 1,
            Self::To(id) => message.to = NodeId(id.0),
            Self::State(forged) => *state_of(&mut message.body)? = forged.state()?,
            Self::Ballot(number) => *ballot_of(&mut message.body) = number.ballot()?,
            Self::Other(number) => match &mut message.body {
                Body::Query { round, .. } => *round = number.round.0,
                body => set_other(body, number.ballot()?)?,
            },
            Self::Same => {
                let ballot = *ballot_of(&mut message.body);
                set_other(&mut message.body, ballot)?;
            }
            Self::Last => ballot_of(&mut message.body).round = NonZeroU64::MAX,
        }
        Some(sent)
    }
}

fn body(
    kind: u8,
    ballot: Ballot,
    other: Option<Ballot>,
    round: u64,
    state: Held,
) -> Body<u64, CAPACITY> {
    match kind % 8 {
        0 => Body::Prepare { ballot },
        1 => Body::Promise { ballot, accepted: Accepted { ballot: other, state } },
        2 => Body::Accept { ballot, state },
        3 => Body::Accepted { ballot },
        4 => Body::Rejected { ballot, promised: other.unwrap_or(ballot) },
        5 => Body::Query { life: ballot, round },
        6 => Body::Report { life: ballot, round, ballot: other },
        _ => Body::Forget { ballot },
    }
}

fn state_of(body: &mut Body<u64, CAPACITY>) -> Option<&mut Held> {
    match body {
        Body::Accept { state, .. } => Some(state),
        Body::Promise { accepted, .. } => Some(&mut accepted.state),
        _ => None,
    }
}

fn set_other(body: &mut Body<u64, CAPACITY>, other: Ballot) -> Option<()> {
    match body {
        Body::Rejected { promised, .. } => *promised = other,
        Body::Promise { accepted, .. } => accepted.ballot = Some(other),
        Body::Report { ballot, .. } => *ballot = Some(other),
        _ => return None,
    }
    Some(())
}

fn ballot_of(body: &mut Body<u64, CAPACITY>) -> &mut Ballot {
    match body {
        Body::Prepare { ballot }
        | Body::Promise { ballot, .. }
        | Body::Accept { ballot, .. }
        | Body::Accepted { ballot }
        | Body::Rejected { ballot, .. }
        | Body::Query { life: ballot, .. }
        | Body::Report { life: ballot, .. }
        | Body::Forget { ballot } => ballot,
    }
}
