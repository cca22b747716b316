//! What travels between nodes: as bytes, as numbers for the trace, and as text for people.

use alloc::{boxed::Box, format, string::String, vec::Vec};

use synod_consensus_core::raft::{Body, LogId, Message};

use super::entry::State;
use crate::{network::Payload, trace::Trace};

/// A message and its snapshot. (Its entries are looked up by their names, under which the sender's
/// were checked when it left.)
#[derive(Clone, Debug)]
pub(super) struct Packet {
    /// The message.
    pub(super) message: Message,
    /// What goes with a snapshot message.
    pub(super) snapshot: Option<Box<State>>,
}

impl Payload for Packet {
    fn encode(&self) -> Vec<u8> {
        let mut buffer = [0; Message::MAX_BYTES];
        postcard::to_slice(&self.message, &mut buffer)
            .map_or_else(|_| Vec::new(), |bytes| bytes.to_vec())
    }
}

/// Notes a message in the trace.
pub(super) fn fold(trace: &mut Trace, to: usize, message: &Message) {
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
        Body::Promise { last } => (10, last.term, last.index),
        Body::Fetch { prev } => (11, prev.term, prev.index),
        Body::Suffix { prev, entries_term, count } => {
            (12, entries_term ^ (u64::from(count) << 48), prev.index)
        }
        Body::Differs { prev, hint } => (13, prev, hint.index),
        Body::ReadIndex { round } => (14, round, 0),
        Body::ReadIndexReply { round, last } => (15, round, last),
    };
    trace.note(a ^ (tag << 60));
    trace.note(b);
}

/// A message for people: entries and votes as `term.index`.
pub(super) fn brief(message: &Message) -> String {
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
        Body::Promise { last } => format!("promise {}", name(last)),
        Body::Fetch { prev } => format!("fetch behind {}", name(prev)),
        Body::Suffix { prev, count: 0, .. } => format!("all up to {}", name(prev)),
        Body::Suffix { prev, entries_term, count } => {
            format!("suffix {} +{count} of {entries_term}", name(prev))
        }
        Body::Differs { prev, hint } => format!("differs {prev}, hint {}", name(hint)),
        Body::ReadIndex { round } => format!("read {round}?"),
        Body::ReadIndexReply { round, last } => format!("read {round}: {last}"),
    };
    format!("t{term} {said}")
}
