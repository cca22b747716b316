//! A log that the host has written itself: with what the traits do by default, and with faults.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.
#![allow(clippy::std_instead_of_alloc, clippy::cast_possible_truncation)] // and runs on the host.

use synod_consensus_core::{
    NodeId,
    raft::{
        Body, Config, Entries, Entry, Log, LogFull, LogId, Message, PersistedError, ProposeError,
        Replica, Role, TermLog, replica::Output,
    },
};

type Payload = [u8; 2];
type Node = Replica<PlainLog, 3, 4>;

/// A vector from index 1 on, without snapshots.
#[derive(Debug)]
struct PlainLog {
    entries: Vec<Entry<Payload>>,
    /// How many entries it takes.
    takes: usize,
    /// For how many it says that it has room.
    says: usize,
    /// It makes room when it is asked to.
    grows: bool,
}

impl PlainLog {
    const fn new(takes: usize, says: usize) -> Self {
        Self { entries: Vec::new(), takes, says, grows: false }
    }
}

impl TermLog for PlainLog {
    fn snapshot(&self) -> LogId {
        LogId::START
    }

    fn last_index(&self) -> u64 {
        self.entries.len() as u64
    }

    fn term(&self, index: u64) -> Option<u64> {
        let Some(position) = index.checked_sub(1) else { return Some(0) };
        self.entries.get(position as usize).map(|entry| entry.term)
    }

    fn size(&self, index: u64) -> usize {
        let entry = index.checked_sub(1).and_then(|position| self.entries.get(position as usize));
        entry.and_then(|entry| entry.payload).map_or(0, |payload| payload.len())
    }

    fn room(&self) -> u64 {
        (self.says - self.entries.len()) as u64
    }
}

impl Log for PlainLog {
    type Payload = Payload;

    fn reserve(&mut self, count: u64) -> Result<(), LogFull> {
        if self.grows {
            self.says = self.says.max(self.entries.len() + count as usize);
        }
        if count <= self.room() { Ok(()) } else { Err(LogFull) }
    }

    fn append(&mut self, entry: Entry<Payload>) -> Result<(), (LogFull, Entry<Payload>)> {
        if self.entries.len() == self.takes {
            return Err((LogFull, entry));
        }
        self.entries.push(entry);
        Ok(())
    }

    fn truncate(&mut self, keep: u64) {
        self.entries.truncate(keep as usize);
    }

    fn compact(&mut self, _: u64) {
        unreachable!("nobody asks for it here");
    }

    fn install(&mut self, _: LogId) {
        unreachable!("no snapshot comes");
    }

    fn entries(&self, first: u64, last: u64) -> Entries<'_, Payload> {
        let (from, to) = (first.max(1) as usize - 1, (last as usize).min(self.entries.len()));
        Entries::new(first.max(1), self.entries.get(from..to).unwrap_or(&[]), &[])
    }
}

/// Writes are prompt. Gives what is sent to 1: from where on, and the payloads.
fn drain(node: &mut Node) -> Vec<(u64, Vec<Option<Payload>>)> {
    let mut sent = Vec::new();
    while let Some(output) = node.poll_output() {
        match output {
            Output::Write(write) => {
                let id = write.id;
                node.handle_persisted(id).unwrap();
            }
            Output::Send { to: NodeId(1), frame } if !frame.entries.is_empty() => {
                let payloads = frame.entries.payloads().map(Option::<&_>::copied).collect();
                sent.push((frame.entries.first(), payloads));
            }
            _ => {}
        }
    }
    sent
}

/// Node 0 of 3, whose messages have 2 payloads at most, and who leads term 1.
fn leader(log: PlainLog) -> Node {
    let max_message_bytes = Message::MAX_BYTES + 2 * (Message::MAX_ENTRY_OVERHEAD + 2);
    let config = Config { max_entry_bytes: 2, max_message_bytes, ..Config::new(7, NodeId(0), 1) };
    let voters = [0, 1, 2].map(NodeId);
    let mut node = Node::bootstrap(config, &voters, 0, log).unwrap();
    drain(&mut node);
    node.handle_timeout(node.poll_timeout().unwrap());
    answer(&mut node, 0, Body::PreVoteReply { granted: true, asked: 0 });
    drain(&mut node);
    answer(&mut node, 1, Body::VoteReply { granted: true });
    assert_eq!(node.status().leadership.role, Role::Leader);
    assert_eq!(drain(&mut node), [(1, vec![None])]);
    answer(&mut node, 1, Body::Matched { index: 1, round: 0 });
    drain(&mut node);
    node
}

/// An answer of node 1.
fn answer(node: &mut Node, term: u64, body: Body) {
    let message = Message { cluster: 7, to: NodeId(0), term, body };
    node.handle_message(500_000, NodeId(1), &message, []).unwrap();
}

/// Batches go in by the default of `extend`, and leave in messages by the default of `fit`.
#[test]
fn what_the_traits_do_by_default() {
    let mut node = leader(PlainLog::new(20, 20));
    let batch = [*b"a1", *b"a2", *b"a3", *b"a4", *b"a5"];
    let first = node.propose_batch(500_000, batch).unwrap();
    assert_eq!(first, LogId { term: 1, index: 2 });
    let two = |first: u64, one: &Payload, other: &Payload| (first, vec![Some(*one), Some(*other)]);
    let sent = drain(&mut node);
    assert_eq!(sent, [two(2, b"a1", b"a2"), two(4, b"a3", b"a4"), (6, vec![Some(*b"a5")])]);
    answer(&mut node, 1, Body::Matched { index: 6, round: 0 });
    assert_eq!(node.status().committed, 6);
    // The blank, and payloads of 2 bytes; the first always fits, and what fits exactly does.
    let fit = |first, budget| node.log().fit(first, 6, 5, budget);
    assert_eq!((fit(1, 0), fit(2, 0)), ((1, 5), (1, 7)));
    assert_eq!((fit(1, 11), fit(1, 12)), ((1, 5), (2, 12)));
    assert_eq!((fit(2, 13), fit(2, 14), fit(2, 99)), ((1, 7), (2, 14), (5, 35)));
    assert_eq!(fit(7, 99), (0, 0));
}

/// A log that has less room than it says: the payload comes back, and the node says so from then
/// on. What it is told, it does not believe.
#[test]
fn a_log_that_lies_about_its_room() {
    let mut node = leader(PlainLog::new(2, 20));
    let first = node.propose(500_000, *b"a1").unwrap();
    drain(&mut node);
    let refused = node.propose(500_000, *b"a2");
    assert_eq!(refused, Err((ProposeError::LogMismatch, *b"a2")));
    assert_eq!(node.propose_batch(500_000, []), Err(ProposeError::LogMismatch));
    let refused = node.propose(500_000, *b"a3");
    assert_eq!(refused, Err((ProposeError::LogMismatch, *b"a3")));
    while let Some(output) = node.poll_output() {
        if let Output::Write(write) = output {
            let id = write.id;
            assert_eq!(node.handle_persisted(id), Err(PersistedError::LogMismatch));
        }
    }
    assert_eq!(node.status().durable, first.index);
    // Of a batch, those are proposed that it took.
    let mut node = leader(PlainLog::new(3, 20));
    node.propose_batch(500_000, [*b"a1", *b"a2", *b"a3"]).unwrap();
    assert_eq!(node.status().last, LogId { term: 1, index: 3 });
}

/// A log that has room when it is asked for it, and not before: whoever needs a place asks.
#[test]
fn a_log_that_grows_when_it_is_asked() {
    let mut node = leader(PlainLog { grows: true, ..PlainLog::new(20, 0) });
    let first = node.propose(500_000, *b"a1").unwrap();
    node.propose_batch(500_000, [*b"a2", *b"a3"]).unwrap();
    drain(&mut node);
    answer(&mut node, 1, Body::Matched { index: first.index + 2, round: 0 });
    assert_eq!(node.status().committed, first.index + 2);

    // One that follows takes what comes.
    let log = PlainLog { grows: true, ..PlainLog::new(20, 0) };
    let voters = [0, 1, 2].map(NodeId);
    let mut node = Node::bootstrap(Config::new(7, NodeId(0), 1), &voters, 0, log).unwrap();
    let prev = LogId::START;
    let body = Body::Append { prev, entries_term: 3, count: 3, commit: 0, round: 0 };
    let message = Message { cluster: 7, to: NodeId(0), term: 3, body };
    node.handle_message(0, NodeId(1), &message, [None, Some(*b"b1"), Some(*b"b2")]).unwrap();
    assert_eq!(node.status().last, LogId { term: 3, index: 3 });

    // And no more than the log has said that it has room for, even if it would.
    let log = PlainLog::new(20, 2);
    let mut node = Node::bootstrap(Config::new(7, NodeId(0), 1), &voters, 0, log).unwrap();
    assert_eq!(node.leader(), None);
    node.handle_message(0, NodeId(1), &message, [None, Some(*b"b1"), Some(*b"b2")]).unwrap();
    assert_eq!((node.status().last.index, node.log().last_index()), (2, 2));
}
