//! What travels between nodes: as bytes, as numbers for the trace, and as text for people.

use alloc::{boxed::Box, format, string::String, vec::Vec};

use serde::Serialize;
use synod_consensus_core::raft::{BallotBody, Body, LogId, Message, Said};

use super::{entry::State, settings::CLUSTER};
use crate::{network::Payload, trace::Trace};

/// A message and its snapshot. (Its entries are looked up by their names, under which the sender's
/// were checked when it left.)
#[derive(Clone, Debug)]
pub(super) struct Packet<X> {
    /// The message.
    pub(super) message: Message<X>,
    /// What goes with a snapshot message.
    pub(super) snapshot: Option<Box<State>>,
}

impl<X: Said + Serialize> Payload for Packet<X> {
    fn encode(&self) -> Vec<u8> {
        let mut buffer = [0; Message::MAX_BYTES];
        postcard::to_slice(&self.message, &mut buffer)
            .map_or_else(|_| Vec::new(), |bytes| bytes.to_vec())
    }
}

/// Notes a message in the trace.
pub(super) fn fold<X: Said>(trace: &mut Trace, to: usize, message: &Message<X>) {
    trace.note(((to as u64) << 56) ^ message.term);
    let (tag, a, b) = match message.body {
        Body::PreVote { last } => (0, last.term, last.index),
        Body::PreVoteReply { granted, asked } => (1, u64::from(granted), asked),
        Body::Vote { last } => (2, last.term, last.index),
        Body::VoteReply { granted } => (3, u64::from(granted), 0),
        Body::Append { prev, entries_term, count, commit, round } => {
            trace.note(prev.index ^ (u64::from(count) << 48));
            (4, entries_term ^ (round << 32), commit)
        }
        Body::Commit { commit } => (5, commit, 0),
        Body::Matched { index, round } => (6, index, round),
        Body::Mismatched { prev, hint, round } => (7, prev ^ (round << 32), hint.index),
        Body::Snapshot { last } => (8, last.term, last.index),
        Body::Outdated => (9, 0, 0),
        Body::Ballot(said) => said.ballot().map_or((10, 0, 0), |said| fold_ballot(trace, said)),
    };
    trace.note(a ^ (tag << 60));
    trace.note(b);
}

/// A message for people: entries and votes as `term.index`.
pub(super) fn brief<X: Said>(message: &Message<X>) -> String {
    let term = message.term;
    let yes = |granted| if granted { "yes" } else { "no" };
    let name = |LogId { term, index }| format!("{term}.{index}");
    let said = match message.body {
        Body::PreVote { last } => format!("prevote? {}", name(last)),
        Body::PreVoteReply { granted, .. } => format!("prevote {}", yes(granted)),
        Body::Vote { last } => format!("vote? {}", name(last)),
        Body::VoteReply { granted } => format!("vote {}", yes(granted)),
        Body::Append { prev, count: 0, commit, .. } => format!("beat {} c{commit}", name(prev)),
        Body::Append { prev, entries_term, count, commit, .. } => {
            format!("append {} +{count} of {entries_term} c{commit}", name(prev))
        }
        Body::Commit { commit } => format!("commit {commit}"),
        Body::Matched { index, .. } => format!("matched {index}"),
        Body::Mismatched { prev, hint, .. } => format!("mismatched {prev}, hint {}", name(hint)),
        Body::Snapshot { last } => format!("snapshot {}", name(last)),
        Body::Outdated => String::from("outdated"),
        Body::Ballot(said) => said.ballot().map_or_else(String::new, brief_ballot),
    };
    match message.cluster - CLUSTER {
        0 => format!("t{term} {said}"),
        era => format!("{era}: t{term} {said}"),
    }
}

fn fold_ballot(trace: &mut Trace, said: BallotBody) -> (u64, u64, u64) {
    match said {
        BallotBody::Promise { last } => (10, last.term, last.index),
        BallotBody::Fetch { prev } => (11, prev.term, prev.index),
        BallotBody::Suffix { prev, entries_term, count } => {
            trace.note(prev.term);
            (12, entries_term ^ (u64::from(count) << 48), prev.index)
        }
        BallotBody::Differs { prev, hint } => (13, prev, hint.index),
        BallotBody::ReadIndex { round } => (14, round, 0),
        BallotBody::ReadIndexReply { round, last } => (15, round, last),
    }
}

fn brief_ballot(said: BallotBody) -> String {
    let name = |LogId { term, index }| format!("{term}.{index}");
    match said {
        BallotBody::Promise { last } => format!("promise {}", name(last)),
        BallotBody::Fetch { prev } => format!("fetch behind {}", name(prev)),
        BallotBody::Suffix { prev, count: 0, .. } => format!("all up to {}", name(prev)),
        BallotBody::Suffix { prev, entries_term, count } => {
            format!("suffix {} +{count} of {entries_term}", name(prev))
        }
        BallotBody::Differs { prev, hint } => format!("differs {prev}, hint {}", name(hint)),
        BallotBody::ReadIndex { round } => format!("read {round}?"),
        BallotBody::ReadIndexReply { round, last } => format!("read {round}: {last}"),
    }
}
