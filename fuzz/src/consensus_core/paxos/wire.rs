//! What is sent, and what nobody sent.

use std::num::NonZeroU64;

use arbitrary::Arbitrary;
use synod_consensus_core::{
    Ballot, Instance, NodeId, Proposal,
    paxos::{Body, Message},
};

use crate::{
    consensus_core::wire::{self, Addressed, INSTANCE},
    edge::Edge,
};

pub(super) type Sent = wire::Sent<Message<u8>>;
pub(super) type Wire = wire::Wire<Message<u8>>;

impl Addressed for Message<u8> {
    fn address(&self) -> (Instance, NodeId) {
        (self.instance, self.to)
    }
}

/// A message that nobody sent, but that decodes.
#[derive(Arbitrary, Clone, Debug)]
pub(super) enum Forged {
    Bytes(Vec<u8>),
    Fields { kind: u8, ballot: Number, other: Number, has_other: bool, value: u8 },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) struct Number {
    round: Edge,
    proposer: u8,
}

/// What becomes of a message on its way.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Twist {
    From(u8),
    Cluster,
    Number,
    To(Edge),
    Value(u8),
    Ballot(Number),
    /// The promised or accepted ballot beside it.
    Other(Number),
    /// That becomes the ballot itself.
    Same,
    /// That becomes one of the last round.
    Last,
}

impl Number {
    fn ballot(self) -> Option<Ballot> {
        let round = NonZeroU64::new(self.round.0)?;
        Some(Ballot { round, proposer: NodeId(u64::from(self.proposer % 6)) })
    }
}

impl Forged {
    pub(super) fn message(&self, to: NodeId) -> Option<Message<u8>> {
        match self {
            Self::Bytes(bytes) => postcard::from_bytes(bytes).ok(),
            Self::Fields { kind, ballot, other, has_other, value } => {
                let other = if *has_other { other.ballot() } else { None };
                let body = body(*kind, ballot.ballot()?, other, *value);
                Some(Message { instance: INSTANCE, to, body })
            }
        }
    }
}

impl Twist {
    pub(super) fn apply(self, mut sent: Sent) -> Option<Sent> {
        let message = &mut sent.message;
        match self {
            Self::From(id) => sent.from = NodeId(u64::from(id % 6)),
            Self::Cluster => message.instance.cluster += 1,
            Self::Number => message.instance.number += 1,
            Self::To(id) => message.to = NodeId(id.0),
            Self::Value(value) => proposal_of(&mut message.body)?.value = value,
            Self::Ballot(number) => *ballot_of(&mut message.body)? = number.ballot()?,
            Self::Other(number) => *other_of(&mut message.body)? = number.ballot()?,
            Self::Same => *other_of(&mut message.body)? = *ballot_of(&mut message.body)?,
            Self::Last => other_of(&mut message.body)?.round = NonZeroU64::MAX,
        }
        Some(sent)
    }
}

fn body(kind: u8, ballot: Ballot, other: Option<Ballot>, value: u8) -> Body<u8> {
    match kind % 7 {
        0 => Body::Prepare { ballot },
        1 => {
            let accepted = other.map(|ballot| Proposal { ballot, value });
            Body::Promise { ballot, accepted }
        }
        2 => Body::Accept(Proposal { ballot, value }),
        3 => Body::Accepted { ballot },
        4 => Body::Rejected { ballot, promised: other.unwrap_or(ballot) },
        5 => Body::Ask,
        _ => Body::Report(Proposal { ballot, value }),
    }
}

fn proposal_of(body: &mut Body<u8>) -> Option<&mut Proposal<u8>> {
    match body {
        Body::Accept(proposal)
        | Body::Report(proposal)
        | Body::Promise { accepted: Some(proposal), .. } => Some(proposal),
        _ => None,
    }
}

fn other_of(body: &mut Body<u8>) -> Option<&mut Ballot> {
    match body {
        Body::Rejected { promised, .. } => Some(promised),
        Body::Promise { accepted: Some(proposal), .. } => Some(&mut proposal.ballot),
        _ => None,
    }
}

fn ballot_of(body: &mut Body<u8>) -> Option<&mut Ballot> {
    match body {
        Body::Prepare { ballot }
        | Body::Promise { ballot, .. }
        | Body::Accepted { ballot }
        | Body::Rejected { ballot, .. } => Some(ballot),
        Body::Accept(proposal) | Body::Report(proposal) => Some(&mut proposal.ballot),
        Body::Ask => None,
    }
}
