//! Stop signs and the configuration after one, and the last ballots, through whole replicas.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation)] // A test may panic.
#![allow(clippy::std_instead_of_alloc)] // and runs on the host.

use core::{fmt::Debug, hash::Hash};
use std::collections::VecDeque;

use synod_consensus_core::{
    Members, NodeId,
    multi_paxos::Replica,
    raft::{
        BallotBody, Body, Config, HardState, Log, LogId, Message, MessageError, Never, Outcome,
        Payload, ProposeError, Recovered, RingLog, Role, Said, StartError, TermLog,
        replica::{CompactError, FrameError, Output},
    },
};
use synod_quorum::{Flexible, NodeSet, QuorumSystem, Threshold};

/// A number, or the end of the configuration; and how large it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Op(u8, usize);

impl Payload for Op {
    fn size(&self) -> usize {
        self.1
    }

    fn is_stop_sign(&self) -> bool {
        self.0 == STOP.0
    }
}

const STOP: Op = Op(255, 1);
const LARGE: Op = Op(1, 9);

const fn op(number: u8) -> Op {
    Op(number, 1)
}

type Node = Replica<RingLog<Op, 24>, 3, 4>;
type Letter = (NodeId, NodeId, Message<BallotBody>, Vec<Option<Op>>);

const MEMBERS: [NodeId; 3] = [NodeId(10), NodeId(20), NodeId(30)];

fn config(cluster: u64, id: NodeId) -> Config {
    Config { max_entry_bytes: 8, ..Config::new(cluster, id, id.0) }
}

/// Three nodes, whose writes are durable at once.
struct Cluster {
    id: u64,
    nodes: Vec<Node>,
    states: Vec<Vec<u8>>,
    superseded: u64,
    post: VecDeque<Letter>,
    /// Whom nobody hears, and who hears nobody.
    away: Option<usize>,
    now_us: u64,
}

impl Cluster {
    /// The first of them leads.
    fn new() -> Self {
        let start = |id| Node::bootstrap(config(7, id), &MEMBERS, 0, RingLog::new()).unwrap();
        Self::led(7, MEMBERS.map(start).into(), vec![Vec::new(); 3])
    }

    fn led(id: u64, nodes: Vec<Node>, states: Vec<Vec<u8>>) -> Self {
        let post = VecDeque::new();
        let mut cluster = Self { id, nodes, states, superseded: 0, post, away: None, now_us: 0 };
        (0..3).for_each(|node| cluster.settle(node));
        cluster.elect(0);
        cluster
    }

    fn place(&self, id: NodeId) -> usize {
        self.nodes.iter().position(|node| node.status().id == id).unwrap()
    }

    /// Has this one elected, when all have waited long enough.
    fn elect(&mut self, place: usize) {
        self.now_us += 1_000_000;
        self.nodes[place].handle_timeout(self.now_us);
        self.settle(place);
        assert_eq!(self.nodes[place].status().leadership.role, Role::Leader);
    }

    fn propose(&mut self, place: usize, op: Op) -> LogId {
        let id = self.nodes[place].propose(self.now_us, op).unwrap();
        self.settle(place);
        id
    }

    fn settle(&mut self, place: usize) {
        self.drain(place);
        while let Some((from, to, message, payloads)) = self.post.pop_front() {
            let (sender, place) = (self.place(from), self.place(to));
            if self.away.is_some_and(|away| away == sender || away == place) {
                continue;
            }
            assert_eq!(message.cluster, self.id);
            let node = &mut self.nodes[place];
            node.handle_message(self.now_us, from, &message, payloads).unwrap();
            if let Body::Snapshot { .. } = message.body {
                // It never covers a stop sign.
                let state = self.states[sender].iter().copied();
                self.states[place] = state.take_while(|&number| number != STOP.0).collect();
            }
            self.drain(place);
        }
    }

    fn drain(&mut self, place: usize) {
        let node = &mut self.nodes[place];
        let from = node.status().id;
        while let Some(output) = node.poll_output() {
            match output {
                Output::Send { to, frame } => {
                    let payloads = frame.entries.payloads().map(|payload| payload.copied());
                    self.post.push_back((from, to, *frame.message, payloads.collect()));
                }
                Output::Snapshot { to, message } => {
                    self.post.push_back((from, to, *message, Vec::new()));
                }
                Output::Write(write) => {
                    let id = write.id;
                    node.handle_persisted(id).unwrap();
                }
                Output::Apply(entries) => {
                    self.states[place].extend(entries.payloads().flatten().map(|op| op.0));
                    let upto = entries.last();
                    node.handle_applied(upto).unwrap();
                }
                Output::Fate(fate) if fate.outcome == Outcome::Superseded => {
                    self.superseded += 1 + fate.last - fate.first;
                }
                _ => {}
            }
        }
    }

    /// Whoever leads sends heartbeats for so long.
    fn run(&mut self, time_us: u64) {
        let end_us = self.now_us + time_us;
        while self.now_us < end_us {
            self.now_us += 10_000;
            for place in 0..self.nodes.len() {
                self.nodes[place].handle_timeout(self.now_us);
                self.settle(place);
            }
        }
    }

    fn leader(&self) -> usize {
        let leads = |node: &Node| node.status().leadership.role == Role::Leader;
        self.nodes.iter().position(leads).unwrap()
    }
}

#[test]
fn nothing_is_proposed_behind_a_stop_sign() {
    let mut cluster = Cluster::new();
    cluster.propose(0, op(1));
    let before = cluster.nodes[0].clone();
    let node = &mut cluster.nodes[0];
    assert_eq!(node.propose_batch(0, [op(2), STOP, op(3)]), Err(ProposeError::Stopped));
    assert_eq!(node.propose_batch(0, [STOP, STOP]), Err(ProposeError::Stopped));
    assert_eq!(*node, before);
    // As the last it is welcome.
    node.propose_batch(0, [op(2), op(3), STOP]).unwrap();
    cluster.settle(0);
    assert_eq!(cluster.states, vec![[1, 2, 3, STOP.0]; 3]);
    let before = cluster.nodes[0].clone();
    let node = &mut cluster.nodes[0];
    assert_eq!(node.propose(0, op(4)), Err((ProposeError::Stopped, op(4))));
    assert_eq!(node.propose(0, STOP), Err((ProposeError::Stopped, STOP)));
    assert_eq!(node.propose_batch(0, [op(4); 2]), Err(ProposeError::Stopped));
    assert_eq!(*node, before);
    // Nor by another leader, whose blank is behind it.
    cluster.elect(1);
    let node = &mut cluster.nodes[1];
    assert_eq!(node.propose(0, op(4)), Err((ProposeError::Stopped, op(4))));
    let reads = node.read(cluster.now_us);
    assert!(reads.is_ok(), "what there is can be read");
}

/// What is too large is told as such, also in company of a stop sign at the end.
#[test]
fn a_batch_that_is_too_large_is_told_as_such() {
    let mut cluster = Cluster::new();
    let before = cluster.nodes[0].clone();
    let node = &mut cluster.nodes[0];
    assert_eq!(node.propose_batch(0, [LARGE, STOP]), Err(ProposeError::TooLarge));
    assert_eq!(node.propose_batch(0, [Op(STOP.0, 9)]), Err(ProposeError::TooLarge));
    assert_eq!(node.propose_batch(0, [STOP, op(2)]), Err(ProposeError::Stopped));
    assert_eq!(node.propose_batch(0, [op(2), LARGE, op(3)]), Err(ProposeError::TooLarge));
    assert_eq!(*node, before);
}

#[test]
fn a_stop_sign_is_never_compacted() {
    let mut cluster = Cluster::new();
    cluster.away = Some(2);
    let stop = [op(1), op(2), STOP].map(|op| cluster.propose(0, op))[2];
    for place in [0, 1] {
        let applied = cluster.nodes[place].status().applied;
        assert!(applied >= stop.index);
        for upto in [stop.index, applied] {
            assert_eq!(cluster.nodes[place].compact(upto), Err(CompactError));
            assert_eq!(cluster.nodes[place].compactable(), None, "nor is a snapshot written");
            assert_eq!(cluster.nodes[place].log().snapshot(), LogId::START);
        }
        let snapshot = cluster.nodes[place].compact(stop.index - 1).unwrap();
        assert_eq!(snapshot.index, stop.index - 1);
        assert_eq!(cluster.nodes[place].log().stop_sign(), Some(stop.index));
    }
    assert!(cluster.nodes[0].propose(0, op(3)).is_err());
    // Who comes late finds it.
    cluster.away = None;
    cluster.run(1_000_000);
    assert_eq!(cluster.states[2], [1, 2, STOP.0]);
    assert_eq!(cluster.nodes[2].log().stop_sign(), Some(stop.index));
    // So does who restarts.
    let (log, status) = (cluster.nodes[2].log().clone(), cluster.nodes[2].status());
    let hard_state = HardState { term: status.leadership.term, vote: status.vote };
    let found = Recovered { hard_state, applied: status.applied };
    cluster.nodes[2] = Node::recover(config(7, MEMBERS[2]), &MEMBERS, 0, found, log).unwrap();
    cluster.settle(2);
    cluster.elect(2);
    assert_eq!(cluster.nodes[2].propose(0, op(3)), Err((ProposeError::Stopped, op(3))));
}

/// A stop sign that only a deposed leader has: the next one goes on, and it never was.
#[test]
fn a_leader_without_the_stop_sign_goes_on() {
    let mut cluster = Cluster::new();
    cluster.propose(0, op(1));
    cluster.away = Some(0);
    cluster.propose(0, STOP);
    assert_eq!(cluster.nodes[0].propose(0, op(9)), Err((ProposeError::Stopped, op(9))));
    cluster.elect(1);
    cluster.propose(1, op(2));
    cluster.away = None;
    cluster.run(1_000_000);
    assert_eq!((cluster.superseded, cluster.leader()), (1, 1));
    assert_eq!(cluster.states, vec![vec![1, 2]; 3]);
    cluster.elect(0);
    cluster.propose(0, op(3));
    cluster.propose(0, STOP);
    assert_eq!(cluster.states, vec![vec![1, 2, 3, STOP.0]; 3]);

    // One that a candidate finds with another node is kept.
    let mut cluster = Cluster::new();
    cluster.away = Some(2);
    cluster.propose(0, STOP);
    cluster.away = Some(0);
    cluster.elect(2);
    assert_eq!(cluster.nodes[2].propose(0, op(9)), Err((ProposeError::Stopped, op(9))));
}

/// The next configuration begins where the one before ended, with other members.
#[test]
fn a_next_configuration() {
    let mut cluster = Cluster::new();
    cluster.propose(0, op(1));
    cluster.elect(2);
    let stop = cluster.propose(2, STOP);
    assert_eq!(stop.term % 64, 2);
    assert_eq!(cluster.states, vec![vec![1, STOP.0]; 3]);

    let members = [NodeId(5), NodeId(20), NodeId(30)];
    let start = |id| {
        let mut log = RingLog::new();
        log.install(stop);
        let hard_state = HardState { term: stop.term, vote: None };
        let found = Recovered { hard_state, applied: stop.index };
        let members = Members::majority(&members).unwrap();
        Node::recover_with(config(8, id), members, 0, found, log).unwrap()
    };
    let states = vec![vec![1, STOP.0]; 3];
    let mut next = Cluster::led(8, members.map(start).into(), states);
    assert!(next.nodes[0].status().leadership.term > stop.term);
    assert_eq!(next.propose(0, op(2)).index, stop.index + 2);
    assert_eq!(next.states, vec![vec![1, STOP.0, 2]; 3]);
    next.elect(1);
    next.propose(1, op(3));
    assert_eq!(next.states, vec![vec![1, STOP.0, 2, 3]; 3]);
    // What the members of the one before say is not for them.
    let term = cluster.nodes[2].status().leadership.term;
    let late = Message { cluster: 7, to: NodeId(20), term, body: Body::Outdated };
    let refused = next.nodes[1].handle_message(0, NodeId(30), &late, []);
    assert_eq!(refused, Err(FrameError::Message(MessageError::WrongCluster)));
}

/// What a system of quorums must be.
trait System: QuorumSystem + Clone + Debug + Eq + Hash {}

impl<S: QuorumSystem + Clone + Debug + Eq + Hash> System for S {}

/// Two who elect together, and commit alone.
#[test]
fn a_first_start_with_quorums_of_its_own() {
    let both = NodeSet::first(2).unwrap();
    let of = |needed| Threshold::new(both, needed).unwrap();
    let members = || Members::new(&MEMBERS[..2], Flexible::new(of(2), of(1)).unwrap()).unwrap();
    let start =
        |log| Replica::<_, 2, 4, _>::bootstrap_with(config(7, MEMBERS[0]), members(), 0, log);
    let mut used = RingLog::new();
    used.install(LogId { term: 1, index: 1 });
    assert_eq!(start(used).err(), Some(StartError::NotEmpty));

    let mut node = start(RingLog::new()).unwrap();
    drain(&mut node);
    node.handle_timeout(node.poll_timeout().unwrap());
    let pre_vote = Body::PreVote { last: LogId::START };
    assert_eq!(drain(&mut node), [(MEMBERS[1], pre_vote)]);
    hear(&mut node, 20, Body::PreVoteReply { granted: true, asked: 0 }, &[]);
    drain(&mut node);
    assert_eq!(node.status().leadership.role, Role::Candidate);
    hear(&mut node, 20, Body::Ballot(BallotBody::Promise { last: LogId::START }), &[]);
    drain(&mut node);
    assert_eq!((node.status().leadership.role, node.status().applied), (Role::Leader, 1));
}

/// What only Multi-Paxos says has no form in Raft.
#[test]
fn what_a_rule_does_not_say() {
    let question = BallotBody::ReadIndex { round: 1 };
    assert_eq!((Never::of(question), BallotBody::of(question)), (None, Some(question)));
}

type Large = Replica<RingLog<Op, 24>, 64, 1>;

/// One of 64, in this term; all its outputs are done.
fn one_of_64(place: u64, term: u64) -> Large {
    let voters: Vec<_> = (0..64).map(NodeId).collect();
    let found = Recovered { hard_state: HardState { term, vote: None }, applied: 0 };
    let config = config(7, NodeId(place));
    let mut node = Large::recover(config, &voters, 0, found, RingLog::new()).unwrap();
    drain(&mut node);
    node
}

fn drain<const VOTERS: usize, const WINDOW: usize, S: System>(
    node: &mut Replica<RingLog<Op, 24>, VOTERS, WINDOW, S>,
) -> Vec<(NodeId, Body<BallotBody>)> {
    let mut said = Vec::new();
    while let Some(output) = node.poll_output() {
        match output {
            Output::Send { to, frame } => said.push((to, frame.message.body)),
            Output::Write(write) => {
                let id = write.id;
                node.handle_persisted(id).unwrap();
            }
            Output::Apply(entries) => {
                let upto = entries.last();
                node.handle_applied(upto).unwrap();
            }
            _ => {}
        }
    }
    said
}

fn hear<const VOTERS: usize, const WINDOW: usize, S: System>(
    node: &mut Replica<RingLog<Op, 24>, VOTERS, WINDOW, S>,
    from: u64,
    body: Body<BallotBody>,
    payloads: &[Option<Op>],
) {
    let status = node.status();
    let term = status.leadership.term;
    let message = Message { cluster: 7, to: status.id, term, body };
    let now_us = node.poll_timeout().unwrap() - 1;
    node.handle_message(now_us, NodeId(from), &message, payloads.to_vec()).unwrap();
}

/// The last place has the last ballot of all, and leads with it; then it leads no more.
#[test]
fn the_last_ballot_of_the_last_place() {
    let mut node = one_of_64(63, u64::MAX - 1);
    node.handle_timeout(node.poll_timeout().unwrap());
    assert_eq!(drain(&mut node).len(), 63);
    let granted = Body::PreVoteReply { granted: true, asked: u64::MAX - 1 };
    (0..32).for_each(|voter| hear(&mut node, voter, granted, &[]));
    assert_eq!(node.status().leadership.term, u64::MAX);
    let vote = Body::Vote { last: LogId::START };
    assert!(drain(&mut node).iter().all(|said| said.1 == vote));
    // One has entries of the ballot before.
    let before = LogId { term: u64::MAX - 1, index: 2 };
    let promise = |last| Body::Ballot(BallotBody::Promise { last });
    hear(&mut node, 0, promise(before), &[]);
    (1..32).for_each(|voter| hear(&mut node, voter, promise(LogId::START), &[]));
    let fetch = Body::Ballot(BallotBody::Fetch { prev: LogId::START });
    let asked = drain(&mut node);
    assert_eq!((asked.len(), asked[0]), (63, (NodeId(0), fetch)));
    assert!(asked[1..].iter().all(|said| said.1 == vote), "the others are to wait");
    let suffix =
        |prev, entries_term, count| Body::Ballot(BallotBody::Suffix { prev, entries_term, count });
    hear(&mut node, 0, suffix(LogId::START, u64::MAX - 1, 2), &[None, Some(op(1))]);
    drain(&mut node);
    hear(&mut node, 0, suffix(before, 0, 0), &[]);
    drain(&mut node);
    let last = LogId { term: u64::MAX, index: 3 };
    assert_eq!((node.status().leadership.role, node.status().last), (Role::Leader, last));
    (0..32).for_each(|voter| hear(&mut node, voter, Body::Matched { index: 3, round: 0 }, &[]));
    drain(&mut node);
    assert_eq!(node.status().applied, 3);
    // Nobody is heard any more: it steps down, and cannot stand again.
    for _ in 0..40 {
        node.handle_timeout(node.poll_timeout().unwrap());
        drain(&mut node);
    }
    let leadership = node.status().leadership;
    assert_eq!((leadership.role, leadership.term), (Role::Follower, u64::MAX));
}

/// The first place promises the last ballot, and follows it.
#[test]
fn the_first_place_has_no_ballot_left() {
    let mut node = one_of_64(0, u64::MAX - 63);
    node.handle_timeout(node.poll_timeout().unwrap());
    assert_eq!((drain(&mut node), node.status().leadership.role), (vec![], Role::Follower));
    let term = u64::MAX;
    let last = LogId { term: term - 1, index: 9 };
    let say = |node: &mut Large, body, payloads: Vec<Option<Op>>| {
        let message = Message { cluster: 7, to: NodeId(0), term, body };
        node.handle_message(10_000_000, NodeId(63), &message, payloads).unwrap();
        drain(node)
    };
    let promise = Body::Ballot(BallotBody::Promise { last: LogId::START });
    assert_eq!(say(&mut node, Body::Vote { last }, vec![]), [(NodeId(63), promise)]);
    let prev = LogId::START;
    let append = Body::Append { prev, entries_term: term, count: 1, commit: 1, round: 1 };
    let matched = Body::Matched { index: 1, round: 1 };
    assert_eq!(say(&mut node, append, vec![None]).pop(), Some((NodeId(63), matched)));
    assert_eq!(node.status().applied, 1);
}
