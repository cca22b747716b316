//! The host of a node, which checks everything that the node tells it to do.

use std::collections::VecDeque;

use synod_consensus_core::{
    NodeId,
    raft::{
        BallotBody, Body, ByVotes, Change, Config, Fate, HardState, LogId, Message, Outcome,
        Output, Raft, Recovered, Role, Said, TermLog, Write,
    },
};

use super::{
    memory_log::MemoryLog,
    parcel::{self, Parcel},
    rule::{Rule, check_ballot, check_promise},
    twin::Twin,
};

pub(crate) type Node<E = ByVotes> = Raft<3, 2, E>;

pub(crate) const CLUSTER: u64 = 1;
pub(crate) const ME: NodeId = NodeId(2);
pub(crate) const VOTERS: [NodeId; 3] = [NodeId(1), ME, NodeId(3)];
pub(crate) const MAX_MESSAGE_BYTES: usize = 160;

/// A message, and what came with it.
pub(crate) type Received<'a, X> = Option<(&'a Message<X>, &'a [Option<Parcel>])>;

/// What a peer may know of a node that it means to mislead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation<'a> {
    pub(crate) log: &'a MemoryLog,
    /// Behind which entry it has asked for more.
    pub(crate) asked: LogId,
    /// The round in which it has asked for the lengths of logs.
    pub(crate) round: u64,
}

#[derive(Debug)]
pub(crate) struct Host<T, E: Rule = ByVotes> {
    pub(crate) node: Node<E>,
    pub(crate) twin: T,
    pub(crate) log: MemoryLog,
    disk: (HardState, MemoryLog),
    writes: VecDeque<(Write, MemoryLog)>,
    last_write: u64,
    pub(crate) now_us: u64,
    /// What makes the payloads of each message others.
    pub(crate) salt: u8,
    /// What was given out to be applied, entry by entry, from the first that is known.
    committed: VecDeque<LogId>,
    released: u64,
    /// The latest term, and the vote in it.
    promised: HardState,
    /// The last proposal of which a fate was told.
    told: LogId,
    /// What it has asked for last, as a candidate and as a reader.
    asked: LogId,
    round: u64,
    /// The latest term of which it knew the leader.
    led: u64,
}

fn config(seed: u64) -> Config {
    Config {
        max_entry_bytes: parcel::LONGEST - 1,
        max_message_bytes: MAX_MESSAGE_BYTES,
        window_entries: 6,
        ..Config::new(CLUSTER, ME, seed)
    }
}

impl<T: Twin<E>, E: Rule> Host<T, E> {
    pub(crate) fn new() -> Self {
        let log = MemoryLog::new(T::limit(16));
        let node = Node::bootstrap(config(0), &VOTERS, 0, &log).expect("a first start");
        let mut host = Self {
            node,
            twin: T::start(config(0), 0, None, &log),
            disk: (HardState::default(), log.clone()),
            log,
            writes: VecDeque::new(),
            last_write: 0,
            now_us: 0,
            salt: 0,
            committed: VecDeque::new(),
            released: 0,
            promised: HardState::default(),
            told: LogId::START,
            asked: LogId::START,
            round: 0,
            led: 0,
        };
        host.drain(None);
        host
    }

    pub(crate) fn situation(&self) -> Situation<'_> {
        Situation { log: &self.log, asked: self.asked, round: self.round }
    }

    /// The power fails.
    pub(crate) fn crash(&mut self) {
        let (hard_state, log) = self.disk.clone();
        for id in &self.committed {
            let kept = id.index <= log.snapshot.index || log.term(id.index) == Some(id.term);
            assert!(kept, "{id:?} was applied, and is not on the disk");
        }
        self.log = MemoryLog { limit: self.log.limit.max(log.entries.len()), ..log };
        let recovered = Recovered { hard_state, applied: self.log.snapshot.index };
        let config = config(self.now_us);
        self.node = Node::recover(config, &VOTERS, self.now_us, recovered, &self.log)
            .expect("what was written can be read");
        self.twin = T::start(config, self.now_us, Some(recovered), &self.log);
        self.writes.clear();
        self.last_write = 0;
        self.committed.clear();
        self.released = recovered.applied;
        self.promised = hard_state;
        self.told = LogId::START;
        (self.asked, self.round) = (LogId::START, 0);
        self.drain(None);
    }

    /// Finishes this many writes, and reports the last of them.
    pub(crate) fn persist(&mut self, count: usize) {
        let mut last = None;
        for (write, log) in self.writes.drain(..count.min(self.writes.len())) {
            self.disk.0 = write.hard_state.unwrap_or(self.disk.0);
            self.disk.1 = log;
            last = Some(write.id);
        }
        if let Some(id) = last {
            self.node.handle_persisted(id, &self.log).expect("a write that was polled");
            self.twin.handle_persisted(id, Ok(()));
            self.drain(None);
        }
    }

    /// Reports a write that there may not be.
    pub(crate) fn report(&mut self, id: u64) {
        let oldest = self.writes.front().map_or(u64::MAX, |(write, _)| write.id);
        if id < oldest || id > self.last_write {
            let before = self.node.clone();
            let result = self.node.handle_persisted(id, &self.log);
            assert!(result.is_err());
            assert_eq!(self.node, before);
            self.twin.handle_persisted(id, result);
        }
    }

    pub(crate) fn apply(&mut self, upto: u64) {
        let before = self.node.clone();
        let due = upto > self.node.status().applied && upto <= self.released;
        let result = self.node.handle_applied(upto);
        assert_eq!(result.is_ok(), due);
        self.twin.handle_applied(upto, result);
        if due {
            self.drain(None);
        } else {
            assert_eq!(self.node, before);
        }
    }

    pub(crate) fn compact(&mut self) {
        let applied = self.node.status().applied;
        self.log.compact(applied);
        self.twin.compact(applied, &self.log);
    }

    /// Does what the node says, and checks that it may say so.
    pub(crate) fn drain(&mut self, received: Received<'_, E::Said>) {
        for _ in 0..200 {
            let output = self.node.poll_output(&self.log);
            self.twin.poll_output(output.as_ref(), self.released, &self.log);
            let Some(output) = output else {
                self.check();
                return;
            };
            match output {
                Output::Change(change) => self.change(change, received),
                Output::Send { to, message } => self.check_message(to, &message),
                Output::Write(write) => self.write(write),
                Output::Fate(fate) => self.check_fate(fate),
                Output::Committed { upto } => self.release(upto),
                Output::Read(token) => assert_eq!(token.term, self.promised.term),
                Output::LogFull => {}
                Output::Leadership(leadership) => {
                    assert_eq!(leadership, self.node.status().leadership);
                    if leadership.leader.is_some() {
                        self.led = leadership.term;
                    }
                }
            }
        }
        panic!("there is no end to what it wants");
    }

    fn change(&mut self, change: Change, received: Received<'_, E::Said>) {
        match change {
            Change::Blank { term } => self.log.push(term, None),
            Change::Append { keep, skip, count, term } => {
                let Some((message, payloads)) = received else { panic!("entries of nobody") };
                let Some((prev, entries_term, sent)) = message.entries() else {
                    panic!("entries of {message:?}");
                };
                assert!(keep >= self.released, "what is applied stays");
                assert!(u64::from(skip) + u64::from(count) <= u64::from(sent) && count > 0);
                assert_eq!((keep, term), (prev.index + u64::from(skip), entries_term));
                self.log.truncate(keep);
                for &payload in payloads.iter().skip(skip as usize).take(count as usize) {
                    self.log.push(term, payload);
                }
            }
            Change::Install { last } => {
                let said = received.map(|(message, _)| message.body);
                assert_eq!(said, Some(Body::Snapshot { last }));
                assert!(last.index > self.released);
                self.log.install(last);
                self.released = last.index;
                self.committed.clear();
            }
        }
    }

    fn write(&mut self, write: Write) {
        self.last_write += 1;
        assert_eq!(write.id, self.last_write);
        assert!(write.first >= 1 && write.last + 1 >= write.first);
        // What the disk will hold, entry by entry, must be what memory holds.
        let mut planned = self.writes.back().map_or(&self.disk.1, |(_, log)| log).clone();
        if let Some(snapshot) = write.snapshot {
            planned.install(snapshot);
        }
        planned.compact(self.log.snapshot.index.min(write.first - 1));
        planned.truncate(write.first - 1);
        for index in write.first..=write.last {
            planned.entries.push(*self.log.entry(index).expect("an entry"));
        }
        assert_eq!((planned.snapshot, &planned.entries), (self.log.snapshot, &self.log.entries));
        self.writes.push_back((write, planned));
        assert!(self.writes.len() <= 4);
    }

    /// Nothing is said that is not durable, or that is not so.
    fn check_message(&mut self, to: NodeId, message: &Message<E::Said>) {
        let (hard_state, disk) = &self.disk;
        assert_eq!(*hard_state, self.promised, "the term and the vote are durable");
        assert_eq!((message.cluster, message.to, message.term), (CLUSTER, to, hard_state.term));
        assert!(to != ME && VOTERS.contains(&to));
        let end = LogId {
            index: self.log.last_index(),
            term: self.log.term(self.log.last_index()).expect("the last entry"),
        };
        match message.body {
            Body::PreVote { last } => assert_eq!(last, end),
            Body::Vote { last } => {
                assert_eq!((last, hard_state.vote), (end, Some(ME)));
                check_ballot::<E>(message.term, last);
            }
            Body::VoteReply { granted } => {
                assert_eq!(granted, hard_state.vote == Some(to));
                assert!(!E::BALLOTS);
            }
            Body::PreVoteReply { asked, .. } => assert!(asked >= hard_state.term),
            Body::Matched { index, .. } => {
                assert!(index <= disk.last_index());
                if index >= disk.snapshot.index.max(self.log.snapshot.index) {
                    assert_eq!(disk.term(index), self.log.term(index));
                }
            }
            Body::Mismatched { prev, hint, .. } => {
                assert!(hint.index < prev);
                assert_eq!(self.log.term(hint.index), Some(hint.term));
            }
            Body::Append { prev, entries_term, count, commit, .. } => {
                assert_eq!(self.node.status().leadership.role, Role::Leader);
                assert_eq!(self.log.term(prev.index), Some(prev.term));
                let sent = prev.index + 1..=prev.index + u64::from(count);
                assert!(sent.clone().all(|index| self.log.term(index) == Some(entries_term)));
                let sizes = sent.map(|index| self.log.size(index) + Message::MAX_ENTRY_OVERHEAD);
                assert!(Message::MAX_BYTES + sizes.sum::<usize>() <= MAX_MESSAGE_BYTES);
                assert_eq!(commit, self.node.status().committed);
            }
            Body::Commit { commit } => assert_eq!(commit, self.node.status().committed),
            Body::Snapshot { last } => assert_eq!(last, self.log.snapshot),
            Body::Outdated => {}
            Body::Ballot(said) => {
                self.check_ballot_body(to, end, said.ballot().expect("only with ballots"));
            }
        }
    }

    /// The same, of what only nodes say whose terms are ballots.
    fn check_ballot_body(&mut self, to: NodeId, end: LogId, body: BallotBody) {
        let (hard_state, disk) = &self.disk;
        let is_mine = |id: LogId| assert_eq!(self.log.term(id.index), Some(id.term));
        match body {
            BallotBody::Promise { last } => {
                assert_eq!((last, hard_state.vote), (end, Some(to)));
                // Who leads already needs no promise any more.
                let durable = disk.term(last.index) == Some(last.term);
                assert!(durable || self.led == hard_state.term, "what is promised is durable");
            }
            BallotBody::Fetch { prev } => {
                assert_eq!(hard_state.vote, Some(ME));
                is_mine(prev);
                self.asked = prev;
            }
            BallotBody::Suffix { prev, entries_term, count } => {
                assert_eq!(hard_state.vote, Some(to));
                is_mine(prev);
                assert!(count > 0 || prev == end, "there is no more");
                let sent = prev.index + 1..=prev.index + u64::from(count);
                for index in sent.clone() {
                    is_mine(LogId { term: entries_term, index });
                    assert_eq!(disk.term(index), Some(entries_term), "what is sent is durable");
                }
                let sizes = sent.map(|index| self.log.size(index) + Message::MAX_ENTRY_OVERHEAD);
                assert!(Message::MAX_BYTES + sizes.sum::<usize>() <= MAX_MESSAGE_BYTES);
            }
            BallotBody::Differs { prev, hint } => {
                assert_eq!(hard_state.vote, Some(to));
                assert!(hint.index < prev);
                is_mine(hint);
            }
            BallotBody::ReadIndex { round } => {
                assert!(round >= self.round, "a round is asked for once");
                self.round = round;
            }
            BallotBody::ReadIndexReply { last, .. } => assert_eq!(last, end.index),
        }
    }

    fn check_fate(&mut self, fate: Fate) {
        let Fate { outcome, term, first, last } = fate;
        assert!(first <= last);
        assert!((LogId { term, index: first }) > self.told, "told once");
        self.told = LogId { term, index: last };
        match outcome {
            Outcome::Committed => {
                assert!(last <= self.node.status().committed);
                assert!((first..=last).all(|index| self.log.term(index) == Some(term)));
            }
            Outcome::Superseded => {
                assert!(first <= self.node.status().committed);
                assert_ne!(self.log.term(first), Some(term));
            }
            Outcome::Unknown => {}
        }
    }

    fn release(&mut self, upto: u64) {
        assert!(upto > self.released);
        for index in self.released + 1..=upto {
            let term = self.disk.1.term(index).expect("what is applied is durable");
            assert_eq!(Some(term), self.log.term(index));
            self.committed.push_back(LogId { term, index });
        }
        self.released = upto;
    }

    /// What holds after every call.
    fn check(&mut self) {
        let status = self.node.status();
        assert_eq!(Some(status.last.term), self.log.term(status.last.index));
        assert_eq!(status.last.index, self.log.last_index());
        assert!(status.applied <= self.released && self.released <= status.committed);
        assert!(self.log.snapshot.index <= status.applied && status.committed <= status.last.index);
        assert!(status.durable <= status.last.index);
        let promised = HardState { term: status.leadership.term, vote: status.vote };
        if promised.term == self.promised.term {
            let kept = self.promised.vote.is_none() || self.promised.vote == promised.vote;
            assert!(kept, "a vote is given once");
        }
        assert!(promised.term >= self.promised.term);
        check_promise::<E>(promised.term, promised.vote);
        self.promised = promised;
        let snapshot = self.log.snapshot.index;
        for id in self.committed.iter().filter(|id| id.index > snapshot) {
            assert_eq!(self.log.term(id.index), Some(id.term), "what is applied stays");
        }
        assert_eq!(self.node.poll_output(&self.log), None, "drained is drained");
        self.twin.poll_output(None, self.released, &self.log);
        self.twin.check(&self.node, &self.log);
    }
}
