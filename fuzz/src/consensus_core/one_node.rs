//! One node, among others that say anything, and a host that keeps its contract.

use arbitrary::Arbitrary;
use synod_consensus_core::{
    NodeId,
    raft::{Body, ByBallots, ByVotes, LogId, Message, TermLog},
};

use super::{
    ballots::Wide,
    host::{CLUSTER, Host, ME, Situation, VOTERS},
    parcel::{parcel, parcels},
    rule::Rule,
    twin::Twin,
};
use crate::edge::Edge;

/// What happens to a node of Raft.
#[derive(Arbitrary, Debug)]
pub struct Scenario(Script<Saying>);

/// What happens to a node of Multi-Paxos.
#[derive(Arbitrary, Debug)]
pub struct BallotScenario(Script<Wide>);

/// What happens to a node, one after the other.
#[derive(Arbitrary, Debug)]
struct Script<S> {
    steps: Vec<Step<S>>,
}

#[derive(Arbitrary, Debug)]
enum Step<S> {
    /// Somebody says something.
    Message {
        from: u8,
        term: Edge,
        saying: S,
    },
    /// Somebody says something in the node's own term, or a little later.
    Timely {
        from: u8,
        ahead: u8,
        saying: S,
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
pub(crate) enum Saying {
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
pub(crate) struct Place {
    term: Edge,
    index: Edge,
}

impl Place {
    pub(crate) fn id(self) -> LogId {
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
        self.0.play::<T, ByVotes>();
    }
}

impl BallotScenario {
    /// Lets it all happen.
    pub fn check(&self) {
        self.play::<()>();
    }

    /// Lets it all happen to a node and its twin.
    pub(crate) fn play<T: Twin<ByBallots>>(&self) {
        self.0.play::<T, ByBallots>();
    }
}

impl<S: Copy> Script<S> {
    fn play<T: Twin<E>, E: Rule<Saying = S>>(&self) {
        let mut host = Host::<T, E>::new();
        for step in self.steps.iter().take(200) {
            step.take(&mut host);
        }
    }
}

impl<S: Copy> Step<S> {
    fn take<T: Twin<E>, E: Rule<Saying = S>>(&self, host: &mut Host<T, E>) {
        match *self {
            Self::Message { from, term, saying } => hear(host, from, term.0, saying),
            Self::Timely { from, ahead, saying } => {
                let term = host.node.status().leadership.term;
                hear(host, from, E::later(term, ahead % 3, from), saying);
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

fn hear<T: Twin<E>, E: Rule>(host: &mut Host<T, E>, from: u8, term: u64, saying: E::Saying) {
    let body = E::body(saying, host.situation(), term);
    let from = VOTERS.get(usize::from(from % 4)).copied().unwrap_or(NodeId(from.into()));
    let message = Message { cluster: CLUSTER, to: ME, term, body };
    let count = message.entry_count();
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

fn propose<T: Twin<E>, E: Rule>(host: &mut Host<T, E>, count: u8, salt: u8) {
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

fn read<T: Twin<E>, E: Rule>(host: &mut Host<T, E>) {
    let before = host.node.clone();
    let result = host.node.read(host.now_us);
    host.twin.read(host.now_us, result);
    if result.is_err() {
        assert_eq!(host.node, before, "a refusal leaves no trace");
    }
    host.drain(None);
}

impl Saying {
    pub(crate) fn body<X>(self, situation: Situation<'_>, term: u64) -> Body<X> {
        let log = situation.log;
        let end = log.last_index();
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
                let index = end.saturating_sub(u64::from(back % 8)).max(log.snapshot.index);
                let prev = LogId { term: log.term(index).unwrap_or(0), index };
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
