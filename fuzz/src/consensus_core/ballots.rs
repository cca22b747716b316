//! What peers say to a node of Multi-Paxos.

use arbitrary::Arbitrary;
use synod_consensus_core::raft::{BallotBody, Body, LogId, TermLog};

use super::{
    host::Situation,
    one_node::{Place, Saying},
};
use crate::edge::Edge;

/// A message's body.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Wide {
    /// What is said by the other rule, too.
    Plain(Saying),
    Promise {
        last: Place,
    },
    /// From a log that is longer than the node's, or not, in a term of its own or an earlier one.
    PromiseOf {
        more: u8,
        earlier: u8,
    },
    Fetch {
        prev: Place,
    },
    /// Behind an entry that the node has.
    FetchBehind {
        back: u8,
    },
    Suffix {
        prev: Place,
        entries_term: Edge,
        count: u8,
    },
    /// What the node has asked for last.
    SuffixAsked {
        earlier: u8,
        count: u8,
    },
    Differs {
        prev: Edge,
        hint: Place,
    },
    /// From what the node has asked for last.
    DiffersAsked {
        back: u8,
        earlier: u8,
    },
    ReadIndex {
        round: Edge,
    },
    ReadIndexReply {
        round: Edge,
        last: Edge,
    },
    /// To what the node has asked last, or shortly before.
    ReadIndexAsked {
        back: u8,
        more: u8,
    },
    /// A snapshot of a little more than the node has.
    SnapshotAhead {
        more: u8,
        earlier: u8,
    },
}

impl Wide {
    pub(crate) fn body(self, situation: Situation<'_>, term: u64) -> Body<BallotBody> {
        let Situation { log, asked, round } = situation;
        let end = log.last_index();
        let at = |index| LogId { term: log.term(index).unwrap_or(0), index };
        let near = |index: u64, earlier: u8| LogId {
            term: term.saturating_sub((earlier % 4).into()).max(1),
            index: index.max(1),
        };
        Body::Ballot(match self {
            Self::Plain(saying) => return saying.body(situation, term),
            Self::SnapshotAhead { more, earlier } => {
                return Body::Snapshot {
                    last: near(end.saturating_add((more % 4).into()), earlier),
                };
            }
            Self::Promise { last } => BallotBody::Promise { last: last.id() },
            Self::PromiseOf { more, earlier } => {
                let index = end.saturating_add((more % 6).into());
                let last = if more % 6 == 0 { at(end) } else { near(index, earlier) };
                BallotBody::Promise { last }
            }
            Self::Fetch { prev } => BallotBody::Fetch { prev: prev.id() },
            Self::FetchBehind { back } => {
                BallotBody::Fetch { prev: at(end.saturating_sub((back % 8).into())) }
            }
            Self::Suffix { prev, entries_term, count } => BallotBody::Suffix {
                prev: prev.id(),
                entries_term: entries_term.0,
                count: count.into(),
            },
            Self::SuffixAsked { earlier, count } => {
                let count = u32::from(count % 6);
                let entries_term =
                    if count == 0 { 0 } else { near(1, earlier).term.max(asked.term) };
                BallotBody::Suffix { prev: asked, entries_term, count }
            }
            Self::Differs { prev, hint } => BallotBody::Differs { prev: prev.0, hint: hint.id() },
            Self::DiffersAsked { back, earlier } => {
                let index = asked.index.saturating_sub(u64::from(back % 4).saturating_add(1));
                let hint = if earlier % 2 == 0 { at(index) } else { near(index, earlier) };
                BallotBody::Differs { prev: asked.index, hint }
            }
            Self::ReadIndex { round } => BallotBody::ReadIndex { round: round.0 },
            Self::ReadIndexReply { round, last } => {
                BallotBody::ReadIndexReply { round: round.0, last: last.0 }
            }
            Self::ReadIndexAsked { back, more } => BallotBody::ReadIndexReply {
                round: round.saturating_sub((back % 3).into()),
                last: end.saturating_add((more % 4).into()),
            },
        })
    }
}
