//! A node with its log: what it lends, what it refuses, and that a refusal changes nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation, clippy::panic)] // A test may panic.
#![allow(clippy::std_instead_of_alloc)] // and runs on the host.

use core::hash::{Hash, Hasher};
use std::{collections::VecDeque, hash::DefaultHasher};

use synod_consensus_core::{
    NodeId,
    raft::{
        Body, Config, Entry, Fate, HardState, Leadership, Log, LogId, Message, MessageError,
        Outcome, ProposeError, ReadError, ReadToken, Recovered, Replica, RingLog, Role, TermLog,
        replica::{CompactError, FrameError, Output},
    },
};

type Payload = [u8; 2];
type Node = Replica<RingLog<Payload, 16>, 3, 4>;
type Letter = (u64, u64, Message, Vec<Option<Payload>>);

const VOTERS: [NodeId; 3] = [NodeId(0), NodeId(1), NodeId(2)];

/// Three nodes, whose writes are durable at once.
struct Cluster {
    nodes: [Node; 3],
    states: [Vec<Payload>; 3],
    fates: Vec<Fate>,
    reads: Vec<ReadToken>,
    /// What each was told last.
    leadership: [Option<Leadership>; 3],
    post: VecDeque<Letter>,
    /// Who hears nothing.
    deaf: Option<u64>,
    installed: Option<LogId>,
    now_us: u64,
}

impl Cluster {
    /// Node 0 leads.
    fn new() -> Self {
        let nodes = VOTERS.map(|id| {
            let config = Config { max_entry_bytes: 2, ..Config::new(7, id, id.0) };
            Node::bootstrap(config, &VOTERS, 0, RingLog::new()).unwrap()
        });
        let (states, fates, reads, leadership, post) = Default::default();
        let (deaf, installed, now_us) = Default::default();
        let mut cluster =
            Self { nodes, states, fates, reads, leadership, post, deaf, installed, now_us };
        (0..3).for_each(|node| cluster.drain(node));
        cluster.now_us = cluster.nodes[0].poll_timeout().unwrap();
        cluster.nodes[0].handle_timeout(cluster.now_us);
        cluster.run(0);
        for (node, told) in cluster.nodes.iter().zip(cluster.leadership) {
            assert_eq!(told, Some(node.status().leadership));
        }
        assert_eq!(cluster.nodes[0].status().leadership.role, Role::Leader);
        cluster
    }

    fn run(&mut self, node: usize) {
        self.drain(node);
        while let Some((from, to, message, payloads)) = self.post.pop_front() {
            if self.deaf == Some(to) {
                continue;
            }
            let to = to as usize;
            let from = from as usize;
            self.nodes[to]
                .handle_message(self.now_us, NodeId(from as u64), &message, payloads)
                .unwrap();
            self.drain(to);
            // The snapshot that came with the message.
            if let Some(last) = self.installed.take() {
                self.states[to] = self.states[from].clone();
                assert_eq!(self.nodes[from].log().snapshot(), last);
            }
        }
    }

    fn drain(&mut self, me: usize) {
        let from = me as u64;
        let node = &mut self.nodes[me];
        while let Some(output) = node.poll_output() {
            match output {
                Output::Send { to, frame } => {
                    assert!(!matches!(frame.message.body, Body::Snapshot { .. }));
                    assert_eq!(frame.entries.len() as u32, frame.message.entry_count());
                    if let Body::Append { prev, .. } = frame.message.body {
                        assert_eq!(frame.entries.first(), prev.index + 1, "also of none");
                    }
                    let payloads = frame.entries.payloads().map(|payload| payload.copied());
                    self.post.push_back((from, to.0, *frame.message, payloads.collect()));
                }
                Output::Snapshot { to, message } => {
                    self.post.push_back((from, to.0, *message, Vec::new()));
                }
                Output::Write(write) => {
                    let id = write.id;
                    node.handle_persisted(id).unwrap();
                }
                Output::Apply(entries) => {
                    self.states[me].extend(entries.payloads().flatten());
                    let upto = entries.last();
                    node.handle_applied(upto).unwrap();
                }
                Output::Install { last } => self.installed = Some(last),
                Output::Fate(fate) => self.fates.push(fate),
                Output::Read(token) => self.reads.push(token),
                Output::Leadership(leadership) => self.leadership[me] = Some(leadership),
                _ => {}
            }
        }
    }
}

#[test]
fn every_node_applies_without_a_heartbeat() {
    let mut cluster = Cluster::new();
    cluster.nodes[0].propose(cluster.now_us, *b"a1").unwrap();
    cluster.run(0);
    let payloads = [*b"b1", *b"b2"];
    let first = cluster.nodes[0].propose_batch(cluster.now_us, payloads).unwrap();
    assert_eq!(first, LogId { term: 1, index: 3 });
    cluster.run(0);
    for state in &cluster.states {
        assert_eq!(state, &[*b"a1", *b"b1", *b"b2"]);
    }
    let committed = |first, last| Fate { outcome: Outcome::Committed, term: 1, first, last };
    assert_eq!(cluster.fates, [committed(2, 2), committed(3, 4)]);
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut cluster = Cluster::new();
    let (leader, others) = cluster.nodes.split_first_mut().unwrap();
    let before = leader.clone();

    // Rooms for 4 blanks of leaders stay free: 16 places, 1 taken.
    let mut many = [*b"no"; 12].into_iter();
    assert_eq!(leader.propose_batch(9, &mut many), Err(ProposeError::LogFull));
    assert_eq!(many.len(), 12, "none was taken");
    assert_eq!(*leader, before);
    assert_eq!(leader.compact(2), Err(CompactError));
    assert_eq!(*leader, before);

    let leads = Some(NodeId(0));
    let refused = others[0].propose(9, *b"no");
    assert_eq!(refused, Err((ProposeError::NotLeader { leader: leads }, *b"no")));

    let body = Body::Append {
        prev: LogId { term: 1, index: 1 },
        entries_term: 1,
        count: 2,
        commit: 1,
        round: 0,
    };
    let message = Message { cluster: 7, to: NodeId(1), term: 1, body };
    let before = others[0].clone();
    for wrong in [vec![], vec![None], vec![None; 3]] {
        let error = others[0].handle_message(9, NodeId(0), &message, wrong);
        assert_eq!(error, Err(FrameError::WrongCount));
    }
    let strange = others[0].handle_message(9, NodeId(8), &message, [None; 2]);
    assert_eq!(strange, Err(FrameError::Message(MessageError::Stranger)));
    assert_eq!(others[0], before);
}

/// Payloads of different sizes.
#[test]
fn a_batch_with_one_that_is_too_large_is_refused_whole() {
    let config = Config { max_entry_bytes: 3, ..Config::new(7, NodeId(0), 1) };
    let log = RingLog::<&[u8], 16>::new();
    let mut node = Replica::<_, 1, 1>::bootstrap(config, &VOTERS[..1], 0, log).unwrap();
    for _ in 0..2 {
        while let Some(output) = node.poll_output() {
            if let Output::Write(write) = output {
                let id = write.id;
                node.handle_persisted(id).unwrap();
            }
        }
        node.handle_timeout(node.poll_timeout().unwrap().min(400_000));
    }
    let before = node.clone();
    let batch: [&[u8]; 3] = [b"ab", b"abcd", b""];
    assert_eq!(node.propose_batch(500_000, batch), Err(ProposeError::TooLarge));
    let alone: &[u8] = b"abcd";
    assert_eq!(node.propose(500_000, alone), Err((ProposeError::TooLarge, alone)));
    assert_eq!(node, before);
    let first = node.propose_batch(500_000, [&alone[..3]]).unwrap();
    assert_eq!(node.log().size(first.index), 3);
    assert_eq!(node.propose_batch(500_000, []).map(|next| next.index), Ok(first.index + 1));
}

#[test]
fn a_follower_left_behind_gets_the_snapshot() {
    let mut cluster = Cluster::new();
    cluster.deaf = Some(2);
    for number in 0..30 {
        cluster.nodes[0].propose(cluster.now_us, [number, 0]).unwrap();
        cluster.run(0);
        let applied = cluster.nodes[0].status().applied;
        for node in [0, 1] {
            let applied = applied.min(cluster.nodes[node].status().applied);
            let snapshot = cluster.nodes[node].compact(applied).unwrap();
            assert_eq!(snapshot, LogId { term: 1, index: applied });
            assert_eq!(cluster.nodes[node].compact(1), Ok(snapshot), "dropped is dropped");
        }
    }
    assert!(cluster.states[2].is_empty());
    cluster.deaf = None;
    // A snapshot that may be lost is sent again after an election timeout.
    for _ in 0..10 {
        cluster.now_us = cluster.nodes[0].poll_timeout().unwrap();
        cluster.nodes[0].handle_timeout(cluster.now_us);
        cluster.run(0);
    }
    assert_eq!(cluster.states[2], cluster.states[0]);
    assert_eq!(cluster.states[2].len(), 30);
    assert_eq!(cluster.nodes[2].status().last, cluster.nodes[0].status().last);
}

/// From messages that overlap with the log, and one that contradicts it, the right payloads are
/// kept.
#[test]
fn the_payloads_that_are_kept() {
    let mut node =
        Node::bootstrap(Config::new(7, NodeId(1), 1), &VOTERS, 0, RingLog::new()).unwrap();
    let mut send = |from, term, prev, payloads: &[Payload]| {
        let body = Body::Append {
            prev,
            entries_term: if payloads.is_empty() { 0 } else { term },
            count: payloads.len() as u32,
            commit: 0,
            round: 0,
        };
        let message = Message { cluster: 7, to: NodeId(1), term, body };
        let payloads = payloads.iter().copied().map(Some);
        node.handle_message(9, NodeId(from), &message, payloads).unwrap();
        let mut written = Vec::new();
        while let Some(output) = node.poll_output() {
            if let Output::Write(write) = output {
                written =
                    write.entries.iter().map(|(id, payload)| (id, *payload.unwrap())).collect();
                let id = write.id;
                node.handle_persisted(id).unwrap();
            }
        }
        written
    };
    let id = |term, index| LogId { term, index };
    let written = send(0, 1, LogId::START, &[*b"11", *b"12"]);
    assert_eq!(written, [(id(1, 1), *b"11"), (id(1, 2), *b"12")]);
    // The first two are known.
    let written = send(0, 1, LogId::START, &[*b"xx", *b"xx", *b"13", *b"14"]);
    assert_eq!(written, [(id(1, 3), *b"13"), (id(1, 4), *b"14")]);
    // A later leader never had the last three.
    let written = send(2, 2, id(1, 1), &[*b"22"]);
    assert_eq!(written, [(id(2, 2), *b"22")]);
    assert_eq!(send(2, 2, id(2, 2), &[]), []);
    let log = node.log();
    let kept: Vec<_> = log.entries(1, 9).payloads().flatten().copied().collect();
    assert_eq!(kept, [*b"11", *b"22"]);
}

/// A replica starts for the first time with an empty log only.
#[test]
fn a_log_with_entries_is_recovered() {
    let mut log = RingLog::<Payload, 16>::new();
    log.append(Entry { term: 1, payload: None }).unwrap();
    let error = Node::bootstrap(Config::new(7, NodeId(1), 1), &VOTERS, 0, log).unwrap_err();
    assert_eq!(error, synod_consensus_core::raft::StartError::NotEmpty);
}

/// What was applied before a restart is not applied again; what waits to be applied is given out
/// once, and not compacted.
#[test]
fn entries_are_applied_once() {
    let mut log = RingLog::<Payload, 16>::new();
    for payload in [*b"11", *b"12", *b"13"] {
        log.append(Entry { term: 1, payload: Some(payload) }).unwrap();
    }
    let hard_state = HardState { term: 1, vote: None };
    let found = Recovered { hard_state, applied: 2 };
    let config = Config::new(7, NodeId(1), 1);
    let mut node = Replica::<_, 1, 1>::recover(config, &[NodeId(1)], 0, found, log).unwrap();
    // Writes are prompt, and the state is slow.
    let drain = |node: &mut Replica<RingLog<Payload, 16>, 1, 1>| {
        let mut applied = Vec::new();
        while let Some(output) = node.poll_output() {
            match output {
                Output::Write(write) => {
                    let id = write.id;
                    node.handle_persisted(id).unwrap();
                }
                Output::Apply(entries) => applied.extend(entries.iter().map(|(id, _)| id.index)),
                _ => {}
            }
        }
        applied
    };
    drain(&mut node);
    node.handle_timeout(node.poll_timeout().unwrap());
    assert_eq!(drain(&mut node), [3, 4]);
    node.propose(1_000_000, *b"15").unwrap();
    assert_eq!(drain(&mut node), [5]);
    assert_eq!(node.compactable().map(|last| last.index), Some(2));
    assert_eq!(node.compact(3), Err(CompactError));
    node.handle_applied(4).unwrap();
    assert_eq!(node.compactable(), Some(LogId { term: 2, index: 4 }));
    assert_eq!(node.compact(5), Err(CompactError));
    assert_eq!(node.compact(4), Ok(LogId { term: 2, index: 4 }));
    assert_eq!(node.compactable(), None, "there is nothing more");
}

/// A read is answered by the one that leads, and everybody knows who that is.
#[test]
fn a_read_through_a_replica() {
    let mut cluster = Cluster::new();
    assert!(cluster.nodes.iter().all(|node| node.leader() == Some(NodeId(0))));
    assert!(cluster.nodes.iter().all(|node| node.raft().voters() == VOTERS));
    let token = cluster.nodes[0].read(cluster.now_us).unwrap();
    let leader = Some(NodeId(0));
    assert_eq!(cluster.nodes[1].read(cluster.now_us), Err(ReadError::NotLeader { leader }));
    cluster.run(0);
    assert_eq!(cluster.reads, [token]);
}

/// A follower takes of a message what it has room for, and says that the log is full.
#[test]
fn a_full_ring_takes_the_first_payloads() {
    let mut node =
        Node::bootstrap(Config::new(7, NodeId(1), 1), &VOTERS, 0, RingLog::new()).unwrap();
    let prev = LogId::START;
    let body = Body::Append { prev, entries_term: 1, count: 20, commit: 0, round: 0 };
    let message = Message { cluster: 7, to: NodeId(1), term: 1, body };
    let payloads = (0..20).map(|number| Some([number, number]));
    node.handle_message(9, NodeId(0), &message, payloads).unwrap();
    assert_eq!(node.status().last, LogId { term: 1, index: 16 });
    let kept = node.log().entries(1, 20).payloads().flatten().map(|payload| payload[0]);
    assert!(kept.eq(0..16));
    let (mut full, mut answers) = (0, Vec::new());
    while let Some(output) = node.poll_output() {
        match output {
            Output::LogFull => full += 1,
            Output::Send { frame, .. } => answers.push(frame.message.body),
            Output::Write(write) => {
                let id = write.id;
                node.handle_persisted(id).unwrap();
            }
            _ => {}
        }
    }
    assert_eq!((full, answers), (1, vec![Body::Matched { index: 16, round: 0 }]));
}

/// Replicas are equal if their nodes and logs are, whatever was said last, and equal ones hash
/// alike.
#[test]
fn equal_replicas() {
    let hash = |node: &Node| {
        let mut hasher = DefaultHasher::new();
        node.hash(&mut hasher);
        hasher.finish()
    };
    let mut cluster = Cluster::new();
    let before = cluster.nodes[1].clone();
    let message = Message { cluster: 7, to: NodeId(1), term: 1, body: Body::Outdated };
    cluster.nodes[1].handle_message(cluster.now_us, NodeId(0), &message, []).unwrap();
    assert!(cluster.nodes[1] == before, "it was news to nobody");
    assert_eq!(hash(&cluster.nodes[1]), hash(&before));
    // What a node has said is not what it is.
    let asked = Message { term: 0, body: Body::PreVote { last: LogId::START }, ..message };
    cluster.nodes[1].handle_message(cluster.now_us, NodeId(0), &asked, []).unwrap();
    assert!(cluster.nodes[1] != before, "an answer is owed");
    assert_ne!(hash(&cluster.nodes[1]), hash(&before));
    cluster.drain(1);
    assert!(cluster.nodes[1] == before);
    assert_eq!(hash(&cluster.nodes[1]), hash(&before));
}

/// A snapshot is put in place of the log and the state before it is written, and before that
/// nothing is said of it.
#[test]
fn a_snapshot_is_installed_first() {
    let mut cluster = Cluster::new();
    let node = &mut cluster.nodes[1];
    assert!(node.poll_output().is_none());
    let last = LogId { term: 1, index: 9 };
    let message = Message { cluster: 7, to: NodeId(1), term: 1, body: Body::Snapshot { last } };
    node.handle_message(9, NodeId(0), &message, []).unwrap();
    assert_eq!(node.compactable(), None, "it is not in place yet");
    assert_eq!(node.compact(9), Err(CompactError), "it is not in place yet");
    assert_eq!(node.poll_output(), Some(Output::Install { last }));
    assert_eq!(node.log().snapshot(), last);
    let Some(Output::Write(write)) = node.poll_output() else { panic!("nothing is written") };
    assert_eq!((write.snapshot, write.entries.len()), (Some(last), 0));
    let id = write.id;
    assert!(node.poll_output().is_none());
    node.handle_persisted(id).unwrap();
    let Some(Output::Send { frame, .. }) = node.poll_output() else { panic!("nothing is said") };
    assert_eq!(frame.message.body, Body::Matched { index: 9, round: 0 });
}

/// The outputs of a node, by what they are.
fn kinds(node: &mut Node) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    while let Some(output) = node.poll_output() {
        kinds.push(match output {
            Output::Send { .. } => "send",
            Output::Write(_) => "write",
            Output::Apply(_) => "apply",
            _ => "other",
        });
    }
    kinds
}

/// A vote leaves when it is written, and what is committed is applied when it is.
#[test]
fn nothing_goes_before_its_write() {
    let config = Config { max_entry_bytes: 2, ..Config::new(7, VOTERS[1], 1) };
    let mut node = Node::bootstrap(config, &VOTERS, 0, RingLog::new()).unwrap();
    assert_eq!(kinds(&mut node), ["other", "write"]);
    node.handle_persisted(1).unwrap();
    let at_us = node.poll_timeout().unwrap() - 1;
    let receive = |node: &mut Node, term, body, payloads: &[Option<Payload>]| {
        let message = Message { cluster: 7, to: VOTERS[1], term, body };
        node.handle_message(at_us, VOTERS[0], &message, payloads.to_vec()).unwrap();
    };

    receive(&mut node, 1, Body::Vote { last: LogId::START }, &[]);
    assert_eq!(kinds(&mut node), ["other", "write"]);
    node.handle_persisted(2).unwrap();
    assert_eq!(kinds(&mut node), ["send"]);

    let body = Body::Append { prev: LogId::START, entries_term: 1, count: 2, commit: 2, round: 0 };
    receive(&mut node, 1, body, &[None, Some([1, 2])]);
    assert_eq!(node.status().committed, 2);
    assert_eq!(kinds(&mut node), ["other", "write"]);
    node.handle_persisted(3).unwrap();
    assert_eq!(kinds(&mut node), ["send", "apply"]);
}

/// An iterator that has a gap, which is a fault of its own, brings no dead entry back.
#[test]
fn a_gap_among_payloads() {
    struct Gap(u32);

    impl Iterator for Gap {
        type Item = Option<Payload>;

        fn next(&mut self) -> Option<Self::Item> {
            self.0 += 1;
            if self.0 == 2 { None } else { Some(Some([5, 5])) }
        }

        fn size_hint(&self) -> (usize, Option<usize>) {
            (5, Some(5))
        }
    }

    impl ExactSizeIterator for Gap {}

    for dropped in 0..16 {
        let mut log = RingLog::<Payload, 16>::new();
        log.extend(1, [Some([1, 1]); 16].into_iter());
        log.compact(10);
        log.truncate(12);
        log.compact(12.min(10 + dropped));
        log.extend(5, Gap(0));
        let last = log.last_index();
        assert_eq!(last, 13, "what comes behind the gap is left out");
        assert_eq!(log.term(last), Some(5));
    }
}
