//! What a voter of Multi-Paxos makes of answers that come twice, or late, or are too long.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)] // A test may panic.

use synod_consensus_core::{
    NodeId,
    multi_paxos::Replica,
    raft::{
        BallotBody, Body, Config, Entry, HardState, Log, LogId, Message, Payload, Recovered,
        RingLog, Role, replica::Output,
    },
};

const ME: NodeId = NodeId(1);
const VOTERS: [NodeId; 5] = [ME, NodeId(2), NodeId(3), NodeId(4), NodeId(5)];

/// Its size, and whether it is the last.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Item(usize, bool);

impl Payload for Item {
    fn size(&self) -> usize {
        self.0
    }

    fn is_stop_sign(&self) -> bool {
        self.1
    }
}

type Node = Replica<RingLog<Item, 16>, 5, 4>;

const fn at(term: u64, index: u64) -> LogId {
    LogId { term, index }
}

/// What was sent, and the reads that may be answered; what is written is durable if it is so said.
#[derive(Debug, Default)]
struct Drained {
    sent: Vec<(NodeId, Body<BallotBody>)>,
    writes: Vec<u64>,
    reads: usize,
}

fn drain(node: &mut Node, prompt: bool) -> Drained {
    let mut drained = Drained::default();
    while let Some(output) = node.poll_output() {
        match output {
            Output::Send { to, frame } => drained.sent.push((to, frame.message.body)),
            Output::Snapshot { to, message } => drained.sent.push((to, message.body)),
            Output::Write(write) => {
                let id = write.id;
                if prompt {
                    node.handle_persisted(id).unwrap();
                } else {
                    drained.writes.push(id);
                }
            }
            Output::Apply(entries) => {
                let upto = entries.last();
                node.handle_applied(upto).unwrap();
            }
            Output::Read(_) => drained.reads += 1,
            _ => {}
        }
    }
    drained
}

fn hear(node: &mut Node, from: u64, term: u64, body: Body<BallotBody>) {
    let message = Message { cluster: 7, to: ME, term, body };
    let payloads = vec![None; message.entry_count() as usize];
    let now_us = node.poll_timeout().unwrap().saturating_sub(150_000);
    node.handle_message(now_us, NodeId(from), &message, payloads).unwrap();
}

fn say(node: &mut Node, from: u64, term: u64, body: BallotBody) -> Drained {
    hear(node, from, term, Body::Ballot(body));
    drain(node, true)
}

/// A node whose log has entries of these terms.
fn with_log(terms: &[u64]) -> Node {
    let mut log = RingLog::new();
    for &term in terms {
        log.append(Entry { term, payload: None }).unwrap();
    }
    let term = terms.last().copied().unwrap_or(0);
    let found = Recovered { hard_state: HardState { term, vote: None }, applied: 0 };
    let config = Config { max_entry_bytes: 100, ..Config::new(7, ME, 42) };
    let mut node = Node::recover(config, &VOTERS, 0, found, log).unwrap();
    drain(&mut node, true);
    node
}

/// It stands, and is promised its ballot.
fn campaign(node: &mut Node, promises: [(u64, LogId); 2]) -> (u64, Drained) {
    node.handle_timeout(node.poll_timeout().unwrap());
    drain(node, true);
    let asked = node.status().leadership.term;
    for (from, _) in promises {
        hear(node, from, asked, Body::PreVoteReply { granted: true, asked });
        drain(node, true);
    }
    let term = node.status().leadership.term;
    assert_eq!((node.status().leadership.role, term > asked), (Role::Candidate, true));
    let mut drained = Drained::default();
    for (from, last) in promises {
        drained = say(node, from, term, BallotBody::Promise { last });
    }
    (term, drained)
}

/// The holder has compacted its log since, and the answer of before comes a second time.
#[test]
fn an_answer_to_an_earlier_question_comes_twice() {
    let mut node = with_log(&[1, 1, 1, 1, 4, 4, 4, 4, 4]);
    let (term, asked) = campaign(&mut node, [(2, at(5, 10)), (3, at(1, 4))]);
    // Each time, the others are asked to wait for it.
    let asks = |prev, last| {
        let fetch = (NodeId(2), Body::Ballot(BallotBody::Fetch { prev }));
        let others = VOTERS.iter().filter(|&&id| id != ME && id != NodeId(2));
        let votes = others.map(|&id| (id, Body::Vote { last }));
        [fetch].into_iter().chain(votes).collect::<Vec<_>>()
    };
    assert_eq!(asked.sent, asks(at(4, 9), at(4, 9)));
    let differs = BallotBody::Differs { prev: 9, hint: at(3, 8) };
    let again = say(&mut node, 2, term, differs);
    assert_eq!(again.sent, asks(at(1, 4), at(4, 9)));
    // By now the holder has applied the entry at 9, and has a snapshot of that.
    hear(&mut node, 2, term, Body::Snapshot { last: at(5, 9) });
    assert_eq!(drain(&mut node, true).sent, asks(at(5, 9), at(5, 9)));
    let late = say(&mut node, 2, term, differs);
    assert_eq!(late.sent, []);
    let blank = BallotBody::Suffix { prev: at(5, 9), entries_term: 5, count: 1 };
    assert_eq!(say(&mut node, 2, term, blank).sent, asks(at(5, 10), at(5, 10)));
}

/// One of the voters has a long tail that nobody will ever commit, and the leader does not reach
/// it: those who are as short as the leader are a quorum without it.
#[test]
fn a_read_does_not_wait_for_a_long_log_that_is_not_needed() {
    let mut node = with_log(&[]);
    let append =
        Body::Append { prev: LogId::START, entries_term: 65, count: 1, commit: 1, round: 3 };
    hear(&mut node, 2, 65, append);
    drain(&mut node, true);
    node.read(0).unwrap();
    let asked = drain(&mut node, true).sent;
    let Some((_, Body::Ballot(BallotBody::ReadIndex { round }))) = asked.first().copied() else {
        panic!("{asked:?}")
    };
    let mut answer =
        |from, last| say(&mut node, from, 65, BallotBody::ReadIndexReply { round, last }).reads;
    assert_eq!(answer(5, 5_000), 0);
    assert_eq!(answer(3, 1), 0, "three of five, and one of them is longer");
    assert_eq!(answer(4, 1), 1, "three of five, and none of them is longer");
}

/// A log that differs in many terms takes more questions than there is time for between two
/// elections; an answer shows that it goes on.
#[test]
fn a_candidate_that_gets_answers_goes_on() {
    let mut node = with_log(&[1, 1, 3, 5, 7]);
    let (term, _) = campaign(&mut node, [(2, at(8, 5)), (3, at(1, 1))]);
    let before = node.poll_timeout().unwrap();
    let message = Message {
        cluster: 7,
        to: ME,
        term,
        body: Body::Ballot(BallotBody::Differs { prev: 5, hint: at(6, 4) }),
    };
    node.handle_message(before - 1, NodeId(2), &message, []).unwrap();
    assert!(node.poll_timeout().unwrap() > before + 100_000);
}
