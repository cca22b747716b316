//! One node, among others that say anything, and a host that keeps its contract.

use arbitrary::Arbitrary;
use synod_consensus_core::{
    NodeId,
    raft::{Body, LogId, Message, TermLog},
};

use super::{
    host::{CLUSTER, Host, ME, VOTERS},
    parcel::{parcel, parcels},
    twin::Twin,
};
use crate::edge::Edge;

/// What happens to the node, one after the other.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    /// Somebody says something.
    Message {
        from: u8,
        term: Edge,
        saying: Saying,
    },
    /// Somebody says something in the node's own term, or a little later.
    Timely {
        from: u8,
        ahead: u8,
        saying: Saying,
    },
    /// Time passes, or goes back.
    Time(Edge),
    /// The deadline comes.
    Deadline,
    Persist(u8),
    Report(Edge),
    Apply(Edge),
    ApplyAll,
    Propose {
        count: u8,
        salt: u8,
    },
    Read,
    Compact,
    Room(u8),
    Crash,
}

/// A message's body; `near` moves an index to where the node's log ends.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Saying {
    PreVote {
        last: Place,
    },
    PreVoteReply {
        granted: bool,
        asked: Edge,
    },
    Vote {
        last: Place,
    },
    VoteReply {
        granted: bool,
    },
    Append {
        prev: Place,
        entries_term: Edge,
        count: u8,
        commit: Edge,
        round: Edge,
    },
    /// With entries of the message's term, behind an entry that the node has.
    Next {
        back: u8,
        count: u8,
        commit: u8,
    },
    Commit {
        commit: Edge,
    },
    Matched {
        index: Edge,
        round: Edge,
    },
    /// As much as there is.
    MatchedAll {
        less: u8,
        round: u8,
    },
    Mismatched {
        prev: Edge,
        hint: Place,
        round: Edge,
    },
    Snapshot {
        last: Place,
    },
    Outdated,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Place {
    term: Edge,
    index: Edge,
}

impl Place {
    fn id(self) -> LogId {
        LogId { term: self.term.0, index: self.index.0 }
    }
}

impl Scenario {
    /// Lets it all happen.
    pub fn check(&self) {
        self.play::<()>();
    }

    /// Lets it all happen to a node and its twin.
    pub(crate) fn play<T: Twin>(&self) {
        let mut host = Host::<T>::new();
        for step in self.steps.iter().take(200) {
            step.take(&mut host);
        }
    }
}

impl Step {
    fn take<T: Twin>(&self, host: &mut Host<T>) {
        match *self {
            Self::Message { from, term, saying } => hear(host, from, term.0, saying),
            Self::Timely { from, ahead, saying } => {
                let term = host.node.status().leadership.term;
                hear(host, from, term.saturating_add(u64::from(ahead % 3)), saying);
            }
            Self::Time(Edge(now_us)) => {
                host.now_us = host.now_us.max(now_us);
                host.node.handle_timeout(now_us, &host.log);
                host.twin.handle_timeout(now_us);
                host.drain(None);
            }
            Self::Deadline => {
                let deadline = host.node.poll_timeout().expect("there is always one");
                host.now_us = host.now_us.max(deadline);
                host.node.handle_timeout(deadline, &host.log);
                host.twin.handle_timeout(deadline);
                host.drain(None);
            }
            Self::Persist(count) => host.persist(usize::from(count % 5)),
            Self::Report(id) => host.report(id.0),
            Self::Apply(upto) => host.apply(upto.0),
            Self::ApplyAll => {
                host.apply(host.node.status().committed.min(host.node.status().durable))
            }
            Self::Propose { count, salt } => propose(host, count % 6, salt),
            Self::Read => read(host),
            Self::Compact => host.compact(),
            Self::Room(limit) => {
                host.log.limit = T::limit(host.log.entries.len().max(usize::from(limit % 32)));
            }
            Self::Crash => host.crash(),
        }
    }
}

fn hear<T: Twin>(host: &mut Host<T>, from: u8, term: u64, saying: Saying) {
    let body = saying.body(host, term);
    let from = VOTERS.get(usize::from(from % 4)).copied().unwrap_or(NodeId(from.into()));
    let message = Message { cluster: CLUSTER, to: ME, term, body };
    let count = if let Body::Append { count, .. } = body { count } else { 0 };
    host.salt = host.salt.wrapping_add(1);
    let payloads = parcels(host.salt, count);
    let before = host.node.clone();
    let result = host.node.handle_message(host.now_us, from, &message, &host.log);
    host.twin.handle_message(host.now_us, from, &message, &payloads, result);
    match result {
        Ok(()) => host.drain(Some((&message, &payloads))),
        Err(_) => assert_eq!(host.node, before, "a refusal leaves no trace"),
    }
}

fn propose<T: Twin>(host: &mut Host<T>, count: u8, salt: u8) {
    let payloads: Vec<_> = (0..count).map(|at| parcel(salt.wrapping_add(at))).collect();
    let largest = payloads.iter().map(|payload| payload.len()).max().unwrap_or(0);
    let before = host.node.clone();
    let result = host.node.propose_batch(host.now_us, count.into(), largest, &host.log);
    host.twin.propose(host.now_us, &payloads, result);
    match result {
        Ok(first) => {
            assert_eq!(first.index, host.log.last_index() + 1);
            for payload in payloads {
                host.log.push(first.term, Some(payload));
            }
        }
        Err(_) => assert_eq!(host.node, before, "a refusal leaves no trace"),
    }
    host.drain(None);
}

fn read<T: Twin>(host: &mut Host<T>) {
    let before = host.node.clone();
    let result = host.node.read(host.now_us);
    host.twin.read(host.now_us, result);
    if result.is_err() {
        assert_eq!(host.node, before, "a refusal leaves no trace");
    }
    host.drain(None);
}

impl Saying {
    fn body<T: Twin>(self, host: &Host<T>, term: u64) -> Body {
        let end = host.log.last_index();
        match self {
            Self::PreVote { last } => Body::PreVote { last: last.id() },
            Self::PreVoteReply { granted, asked } => Body::PreVoteReply { granted, asked: asked.0 },
            Self::Vote { last } => Body::Vote { last: last.id() },
            Self::VoteReply { granted } => Body::VoteReply { granted },
            Self::Append { prev, entries_term, count, commit, round } => Body::Append {
                prev: prev.id(),
                entries_term: entries_term.0,
                count: count.into(),
                commit: commit.0,
                round: round.0,
            },
            Self::Next { back, count, commit } => {
                let index = end.saturating_sub(u64::from(back % 8)).max(host.log.snapshot.index);
                let prev = LogId { term: host.log.term(index).unwrap_or(0), index };
                let count = u32::from(count % 6);
                let entries_term = if count == 0 { 0 } else { term };
                let commit = index.saturating_add(u64::from(commit % 8));
                Body::Append { prev, entries_term, count, commit, round: 0 }
            }
            Self::Commit { commit } => Body::Commit { commit: commit.0 },
            Self::Matched { index, round } => Body::Matched { index: index.0, round: round.0 },
            Self::MatchedAll { less, round } => Body::Matched {
                index: end.saturating_sub(u64::from(less % 4)),
                round: u64::from(round % 4),
            },
            Self::Mismatched { prev, hint, round } => {
                Body::Mismatched { prev: prev.0, hint: hint.id(), round: round.0 }
            }
            Self::Snapshot { last } => Body::Snapshot { last: last.id() },
            Self::Outdated => Body::Outdated,
        }
    }
}
