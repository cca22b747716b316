//! Registers of five nodes, message by message: what needs more of them, or more of a script, than
//! boards have room for.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation, clippy::panic)] // A test may panic.

#[path = "portable/register/op.rs"]
mod op;

use core::cell::RefCell;

use op::Op;
use synod_consensus_core::{
    Ballot, Instance, NodeId,
    register::{
        self, Config, Membership, Message, MessageError, Outcome, Output, Part, Record, Register,
        State, Update,
    },
};

const CAPACITY: usize = 6;
const INSTANCE: Instance = Instance { cluster: 7, number: 1 };
const TIMEOUT_US: u64 = 1_000;

type Node = Register<Op, CAPACITY>;
type Body = register::Body<u32, CAPACITY>;
type Kept = Record<u32, CAPACITY>;

fn config(id: usize) -> Config {
    Config { timeout_us: TIMEOUT_US, ..Config::new(INSTANCE, NodeId(id as u64), 1) }
}

fn members(ids: &[u64]) -> Membership<CAPACITY> {
    let ids: Vec<NodeId> = ids.iter().map(|&id| NodeId(id)).collect();
    Membership::new(&ids).unwrap()
}

/// What the host of a node was told, and has.
#[derive(Default)]
struct Host {
    disk: Option<Kept>,
    /// Writes wait until they are let through.
    slow: bool,
    writes: Vec<(u64, Kept)>,
    outcomes: Vec<&'static str>,
    kept: Vec<State<u32, CAPACITY>>,
    reads: Vec<State<u32, CAPACITY>>,
    floor: Option<Ballot>,
}

/// A message on its way: from, to, and what.
type Letter = (usize, usize, Message<u32, CAPACITY>);

struct World {
    nodes: Vec<Node>,
    hosts: Vec<Host>,
    post: Vec<Letter>,
    now_us: u64,
}

impl World {
    /// Nodes 0 to `nodes` - 1, the first `initial` of which are members.
    fn new(nodes: usize, initial: u64) -> Self {
        let first: Vec<u64> = (0..initial).collect();
        let begin = |id: usize| {
            if id < first.len() {
                Node::bootstrap(config(id), members(&first), None, 0).unwrap()
            } else {
                Node::join(config(id), None, 0).unwrap()
            }
        };
        let mut world = Self {
            nodes: (0..nodes).map(begin).collect(),
            hosts: (0..nodes).map(|_| Host::default()).collect(),
            post: Vec::new(),
            now_us: 0,
        };
        (0..nodes).for_each(|node| world.drain(node));
        world
    }

    fn drain(&mut self, node: usize) {
        let host = &mut self.hosts[node];
        while let Some(output) = self.nodes[node].poll_output() {
            match output {
                Output::Write { id, record } if host.slow => host.writes.push((id, *record)),
                Output::Write { id, record } => {
                    host.disk = Some(*record);
                    self.nodes[node].handle_persisted(id).unwrap();
                }
                Output::Send { to, message } => {
                    self.post.push((node, to.0 as usize, message.cloned()));
                }
                Output::Outcome(outcome) => host.outcomes.push(match outcome {
                    Outcome::Changed { .. } => "changed",
                    Outcome::Kept(state) => {
                        host.kept.push(state.cloned());
                        "kept"
                    }
                    Outcome::Reconfigured => "reconfigured",
                    Outcome::Unknown => "unknown",
                    Outcome::Exhausted => "exhausted",
                }),
                Output::Read { state, .. } => host.reads.push(state.cloned()),
                Output::Forget { floor } => {
                    host.floor = Some(floor);
                    assert!(!self.nodes[node].latest().members.is_changing());
                }
            }
        }
    }

    /// The oldest write of a node is durable.
    fn persist(&mut self, node: usize) {
        let (id, record) = self.hosts[node].writes.remove(0);
        self.hosts[node].disk = Some(record);
        self.nodes[node].handle_persisted(id).unwrap();
        self.drain(node);
    }

    /// Lets those messages through that pass, and all that come of them; the others are lost.
    fn run(&mut self, passes: impl Fn(usize, usize, &Body) -> bool) {
        let mut steps = 0;
        while !self.post.is_empty() {
            steps += 1;
            assert!(steps < 10_000, "no end");
            let (from, to, message) = self.post.remove(0);
            if passes(from, to, &message.body) {
                self.nodes[to].handle_message(self.now_us, NodeId(from as u64), message).unwrap();
                self.drain(to);
            }
        }
    }

    /// Lets time pass until a node's deadline.
    fn time_out(&mut self, node: usize) {
        self.now_us = self.now_us.max(self.nodes[node].poll_timeout().unwrap());
        self.nodes[node].handle_timeout(self.now_us);
        self.drain(node);
    }

    /// Lets messages through among these until a node has nothing more under way.
    fn finish(&mut self, node: usize, among: &[usize]) {
        for _ in 0..50 {
            self.run(|from, to, _| among.contains(&from) && among.contains(&to));
            if self.nodes[node].poll_timeout().is_none() {
                return;
            }
            self.time_out(node);
        }
        panic!("no end");
    }

    fn change(&mut self, node: usize, op: Op) {
        self.nodes[node].change(self.now_us, op).unwrap();
        self.drain(node);
    }

    fn read(&mut self, node: usize) {
        self.nodes[node].read(self.now_us).unwrap();
        self.drain(node);
    }

    fn reconfigure(&mut self, node: usize, ids: &[u64]) {
        let ids: Vec<NodeId> = ids.iter().map(|&id| NodeId(id)).collect();
        self.nodes[node].reconfigure(self.now_us, &ids).unwrap();
        self.drain(node);
    }

    fn forget(&mut self, node: usize) {
        self.nodes[node].forget(self.now_us).unwrap();
        self.drain(node);
    }

    /// A node that has forgotten the register begins it anew.
    fn begin_anew(&mut self, node: usize, ids: &[u64]) {
        let floor = self.hosts[node].floor.take();
        assert!(floor.is_some());
        self.nodes[node] = Node::bootstrap(config(node), members(ids), floor, self.now_us).unwrap();
        self.drain(node);
    }

    /// The value that a node reads, with all at hand.
    fn value(&mut self, node: usize) -> Option<u32> {
        let all: Vec<usize> = (0..self.nodes.len()).collect();
        self.read(node);
        self.finish(node, &all);
        self.hosts[node].reads.last().unwrap().value
    }
}

/// The first of two attempts is brought to an end by another, after the second one was made.
#[test]
fn p09_a_change_of_which_an_earlier_attempt_is_chosen_is_made_once() {
    let mut world = World::new(5, 5);
    world.change(4, Op::Add(5));
    world.run(|_, _, _| true);
    world.change(0, Op::Add(1));
    world.run(|_, to, body| match body {
        Body::Accept { .. } => to == 2,
        Body::Accepted { .. } => false,
        _ => true,
    });
    let first = world.nodes[0].latest().version;
    // One that does not see it replaces it where it was proposed.
    world.read(1);
    world.run(|_, to, body| match body {
        Body::Prepare { .. } => to == 3 || to == 4,
        Body::Accept { .. } => to == 0,
        Body::Accepted { .. } => false,
        _ => true,
    });
    // It is made anew, which nobody hears of.
    world.time_out(0);
    world.run(|_, to, body| match body {
        Body::Prepare { .. } => to == 3 || to == 4,
        Body::Promise { .. } => true,
        _ => false,
    });
    assert!(world.nodes[0].latest().version > first, "a second attempt");
    world.read(3);
    world.finish(3, &[2, 3, 4]);
    assert_eq!(world.hosts[3].reads.last().unwrap().version, first);
    world.finish(0, &[0, 1, 2, 3, 4]);
    assert_eq!(world.hosts[0].outcomes, ["changed"]);
    assert_eq!(world.value(4), Some(6), "once");
}

/// A member goes on with a change that was made, deleted and forgotten without it.
#[test]
fn p09_a_change_that_was_forgotten_is_not_made_again() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, body| !matches!(body, Body::Accepted { .. }));
    world.change(1, Op::Do(Update::Delete));
    let finish = |world: &mut World| {
        for _ in 0..10 {
            world.run(|_, _, _| true);
            // The clock of node 0 stands still.
            if let Some(deadline_us) = world.nodes[1].poll_timeout() {
                world.nodes[1].handle_timeout(deadline_us);
                world.drain(1);
            }
        }
    };
    finish(&mut world);
    world.forget(1);
    finish(&mut world);
    assert_eq!(world.hosts[0].floor, None, "it has something to do");
    for node in 1..3 {
        world.begin_anew(node, &[0, 1, 2]);
    }
    world.read(1);
    world.run(|_, to, body| !matches!(body, Body::Prepare { .. }) || to == 2);
    world.finish(0, &[0, 1, 2]);
    assert_eq!(world.hosts[0].outcomes, ["unknown"]);
    assert_eq!(world.value(1), None);
}

/// Members that were asked for, and were replaced before that was told, do not come back.
#[test]
fn members_that_were_replaced_do_not_come_back() {
    let mut world = World::new(5, 3);
    world.change(0, Op::Do(Update::Put(5)));
    world.run(|_, _, _| true);
    world.reconfigure(0, &[0, 1, 2, 3]);
    // What is settled in the end reaches others, whose answers are lost.
    world.run(|_, to, body| match body {
        Body::Accept { state, .. } => state.members.is_changing() || to != 0,
        Body::Accepted { ballot } => ballot.round.get() < 3,
        _ => true,
    });
    world.reconfigure(1, &[0, 1, 2, 4]);
    world.finish(1, &[1, 2, 3, 4]);
    assert_eq!(world.hosts[1].outcomes, ["reconfigured"]);
    world.finish(0, &[0, 1, 2, 3, 4]);
    assert_eq!(world.hosts[0].outcomes, ["changed", "unknown"]);
    assert_eq!(world.value(1), Some(5));
    assert_eq!(world.nodes[0].latest().members, members(&[0, 1, 2, 4]));
}

/// A change that another one has replaced where it was proposed is not proposed anew when both are
/// gone.
#[test]
fn what_was_replaced_by_a_change_is_not_made_anew() {
    let mut world = World::new(5, 5);
    world.change(4, Op::Add(5));
    world.run(|_, _, _| true);
    let state = *world.nodes[4].latest();
    world.change(0, Op::Add(1));
    world.run(|_, _, body| !matches!(body, Body::Accept { .. }));
    assert_eq!(world.nodes[0].latest().value, Some(6));
    let mut replace = |round: u64, from: u64, changes: bool| {
        let ballot = Ballot { round: round.try_into().unwrap(), proposer: NodeId(from) };
        let version = if changes { Some(ballot) } else { state.version };
        let body = Body::Accept { ballot, state: State { version, ..state } };
        let message = Message { instance: INSTANCE, to: NodeId(0), body };
        world.nodes[0].handle_message(0, NodeId(from), message).unwrap();
        world.drain(0);
    };
    replace(80, 1, true);
    replace(90, 2, false);
    world.post.clear();
    world.finish(0, &[0, 1, 2, 3, 4]);
    assert_eq!(world.hosts[0].outcomes, ["unknown"]);
    assert_eq!(world.value(1), Some(5));
}

/// What is to be forgotten is what a node has accepted last, and has on its disk.
#[test]
fn p02_what_is_not_on_the_disk_is_not_forgotten() {
    let mut world = World::new(3, 3);
    world.change(1, Op::Do(Update::Delete));
    world.run(|_, _, _| true);
    let state = *world.nodes[0].latest();
    world.hosts[0].slow = true;
    let ballot = |round: u64, id| Ballot { round: round.try_into().unwrap(), proposer: NodeId(id) };
    let (first, second) = (ballot(10, 1), ballot(20, 2));
    let hear = |world: &mut World, body: Body, from: NodeId| {
        let message = Message { instance: INSTANCE, to: NodeId(0), body };
        world.nodes[0].handle_message(0, from, message).unwrap();
        world.drain(0);
        world.hosts[0].floor.is_some()
    };
    for ballot in [first, second] {
        assert!(!hear(&mut world, Body::Accept { ballot, state }, ballot.proposer));
        assert!(!hear(&mut world, Body::Forget { ballot: first }, first.proposer));
        assert!(!hear(&mut world, Body::Forget { ballot: second }, second.proposer));
        world.persist(0);
    }
    assert!(!hear(&mut world, Body::Forget { ballot: first }, first.proposer));
    assert!(hear(&mut world, Body::Forget { ballot: second }, second.proposer));
}

/// A change does not wait for a read that was there before, and answers it.
#[test]
fn reads_are_answered_by_a_change_that_comes_after() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    world.read(0);
    assert!(!world.post.is_empty());
    world.post.clear();
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    assert_eq!(world.hosts[0].outcomes, ["changed", "changed"]);
    assert_eq!(world.hosts[0].reads.last().unwrap().value, Some(2));
}

/// What was read is told before another state takes its place.
#[test]
fn what_was_read_is_told_as_it_was() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    world.read(0);
    let Body::Query { life, round } = world.post.remove(0).2.body else { panic!("it asks") };
    let mut hear = |from: u64, body: Body| {
        let message = Message { instance: INSTANCE, to: NodeId(0), body };
        world.nodes[0].handle_message(0, NodeId(from), message)
    };
    let report = Body::Report { life, round, ballot: Some(life) };
    assert_eq!(hear(1, report), Ok(()));
    let ballot = Ballot { round: 90.try_into().unwrap(), proposer: NodeId(2) };
    let state = State { version: Some(ballot), value: Some(9), members: members(&[0, 1, 2]) };
    let accept = Body::Accept { ballot, state };
    assert_eq!(hear(2, accept), Err(MessageError::Undrained));
    world.drain(0);
    assert_eq!(world.hosts[0].reads[0].value, Some(1));
    let message = Message { instance: INSTANCE, to: NodeId(0), body: accept };
    assert_eq!(world.nodes[0].handle_message(0, NodeId(2), message), Ok(()));
}

/// Forgetting waits for the last member; what is read meanwhile does not.
#[test]
fn reads_do_not_wait_for_who_is_to_forget() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Do(Update::Delete));
    world.run(|_, _, _| true);
    world.forget(0);
    world.read(0);
    for reads in 1..4 {
        for _ in 0..10 {
            world.run(|from, to, _| from != 2 && to != 2);
            if world.hosts[0].reads.len() < reads {
                world.time_out(0);
            }
        }
        assert_eq!(world.hosts[0].reads.len(), reads);
        world.read(0);
    }
    assert!(world.nodes[0].is_busy() && world.hosts[0].floor.is_none());
    world.finish(0, &[0, 1, 2]);
    assert!(world.hosts[0].floor.is_some());
}

/// A register whose members are changing is not forgotten before they have changed.
#[test]
fn members_settle_before_they_forget() {
    let mut world = World::new(4, 3);
    world.change(0, Op::Do(Update::Delete));
    world.run(|_, _, _| true);
    world.reconfigure(0, &[0, 1, 2, 3]);
    // On the way is chosen, and its proposer gives up.
    world.run(|_, _, body| match body {
        Body::Accept { state, .. } => state.members.is_changing(),
        Body::Accepted { .. } => false,
        _ => true,
    });
    assert!(world.nodes[1].latest().members.is_changing());
    assert!(world.nodes[0].cancel().is_some());
    world.drain(0);
    world.forget(1);
    world.finish(1, &[0, 1, 2, 3]);
    assert!(world.hosts.iter().all(|host| host.floor.is_some()));
    let after = world.nodes.iter().map(|node| node.latest().members);
    assert!(after.into_iter().all(|there| there == members(&[0, 1, 2, 3])));
}

/// What a node has accepted and not yet on its disk is not counted, in neither phase of a change,
/// nor for a read.
#[test]
fn p02_its_own_part_counts_when_it_is_durable() {
    // A change in one round trip: its own acceptance and one more are enough, once both are durable.
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    world.hosts[0].slow = true;
    world.change(0, Op::Add(2));
    world.run(|_, to, _| to == 1 || to == 0);
    assert_eq!(world.hosts[0].outcomes, ["changed"], "not on its disk");
    while !world.hosts[0].writes.is_empty() {
        world.persist(0);
        world.run(|_, to, _| to == 1 || to == 0);
    }
    assert_eq!(world.hosts[0].outcomes, ["changed", "changed"]);

    // The next one is asked for when the one before is durable, and its own part counts later.
    world.change(0, Op::Add(0));
    world.run(|_, _, _| true);
    world.change(0, Op::Add(0));
    world.persist(0);
    world.run(|_, to, _| to == 1 || to == 0);
    let told = world.hosts[0].outcomes.len();
    assert_eq!(told, 3);
    world.persist(0);
    assert_eq!(world.hosts[0].outcomes.len(), 4);

    // A read: it holds what another proposed, which is not on its disk, and one other holds it.
    world.change(1, Op::Add(4));
    world.run(|_, to, _| to != 2);
    world.persist(0); // the promise
    world.run(|_, to, _| to != 2);
    assert_eq!(world.nodes[0].latest().value, Some(7));
    world.read(0);
    world.run(|_, to, _| to != 2);
    assert!(world.hosts[0].reads.is_empty());
    world.hosts[0].slow = false;
    while !world.hosts[0].writes.is_empty() {
        world.persist(0);
    }
    world.finish(0, &[0, 1]);
    assert_eq!(world.hosts[0].reads.last().unwrap().value, Some(7));
}

/// A member that has missed a change of members hears of it from one whom it knows: a majority of
/// those whom it asks is none of those that count.
#[test]
fn who_has_missed_new_members_asks_them() {
    let mut world = World::new(5, 3);
    world.change(1, Op::Do(Update::Put(5)));
    world.run(|_, _, _| true);
    world.reconfigure(1, &[1, 3, 4]);
    world.finish(1, &[1, 2, 3, 4]);
    world.change(0, Op::Add(1));
    for _ in 0..5 {
        world.run(|from, to, body| {
            assert!(from != 0 || !matches!(body, Body::Accept { .. }), "one of three");
            from < 2 && to < 2
        });
        world.time_out(0);
    }
    world.finish(0, &[0, 1, 2, 3, 4]);
    assert_eq!(world.hosts[0].outcomes, ["changed"]);
    assert_eq!(world.value(3), Some(6));
}

/// One promise that tells of other members is not enough to go and ask those.
#[test]
fn other_members_are_asked_after_a_majority_of_those_before() {
    let mut world = World::new(6, 5);
    world.reconfigure(1, &[1, 2, 3, 4, 5]);
    world.finish(1, &[1, 2, 3, 4, 5]);
    world.change(0, Op::Add(1));
    world.run(|from, to, _| from + to == 1);
    world.time_out(0); // above what rejected it
    let before = world.hosts[0].disk;
    world.run(|from, to, _| from + to == 1);
    assert_eq!(world.hosts[0].disk, before, "no other ballot");
    world.finish(0, &[0, 1, 2, 3, 4, 5]);
    assert_eq!(world.hosts[0].outcomes, ["changed"]);
}

/// Who is beaten on the way to other members goes on that way.
#[test]
fn a_change_of_members_is_proposed_anew() {
    let mut world = World::new(4, 3);
    world.reconfigure(0, &[0, 1, 2, 3]);
    world.run(|_, _, body| !matches!(body, Body::Accept { .. }));
    let ballot = world.hosts[0].disk.unwrap().accepted().ballot.unwrap();
    let promised = Ballot { round: 90.try_into().unwrap(), proposer: NodeId(2) };
    let body = Body::Rejected { ballot, promised };
    let message = Message { instance: INSTANCE, to: NodeId(0), body };
    world.nodes[0].handle_message(0, NodeId(1), message).unwrap();
    world.finish(0, &[0, 1, 2, 3]);
    assert_eq!(world.hosts[0].outcomes, ["reconfigured"]);
}

/// Members that are asked for while others are on their way come after those.
#[test]
fn members_change_one_step_at_a_time() {
    let mut world = World::new(5, 3);
    world.reconfigure(0, &[0, 1, 3]);
    // On the way is accepted, and its proposer gives up.
    world.run(|_, _, body| !matches!(body, Body::Accepted { .. }));
    assert!(world.nodes[0].cancel().is_some());
    world.drain(0);
    let joint = world.nodes[1].latest().members;
    assert!(joint.is_changing());
    world.reconfigure(1, &[0, 1, 4]);
    let steps = RefCell::new(Vec::new());
    world.run(|_, _, body| {
        if let Body::Accept { state, .. } = body {
            steps.borrow_mut().push(state.members);
        }
        true
    });
    let mut steps = steps.into_inner();
    steps.dedup();
    assert_eq!(steps.len(), 4);
    assert_eq!((steps[0], steps[1], steps[3]), (joint, members(&[0, 1, 3]), members(&[0, 1, 4])));
    let others = |part| steps[2].as_slice().iter().find(|member| member.part == part).unwrap().id;
    assert_eq!((others(Part::Leaves), others(Part::Joins)), (NodeId(3), NodeId(4)));
    assert_eq!(world.hosts[1].outcomes, ["reconfigured"]);
}

/// Those who leave hear that they have left.
#[test]
fn who_leaves_hears_of_the_end() {
    let mut world = World::new(4, 3);
    world.reconfigure(0, &[0, 1, 3]);
    world.finish(0, &[0, 1, 2, 3]);
    assert_eq!(world.hosts[0].outcomes, ["reconfigured"]);
    assert_eq!(world.nodes[2].latest().members, members(&[0, 1, 3]));
    assert!(world.nodes[2].read(world.now_us).is_err());
}

/// The ballots under which node 0 asks for promises now.
fn tried(world: &mut World) -> Vec<u64> {
    let asked = core::mem::take(&mut world.post).into_iter();
    let rounds = asked.filter_map(|(_, _, message)| match message.body {
        Body::Prepare { ballot } => Some(ballot.round.get()),
        _ => None,
    });
    rounds.collect()
}

/// One rejection does not stop it, but silence after that is asked anew, above it.
#[test]
fn silence_after_a_rejection_is_asked_anew() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    assert_eq!(tried(&mut world), [1, 1]);
    let ballot = world.hosts[0].disk.unwrap().promised().unwrap();
    let promised = Ballot { round: 90.try_into().unwrap(), proposer: NodeId(2) };
    let body = Body::Rejected { ballot, promised };
    let message = Message { instance: INSTANCE, to: NodeId(0), body };
    world.nodes[0].handle_message(0, NodeId(1), message).unwrap();
    world.drain(0);
    assert!(world.post.is_empty());
    world.time_out(0);
    assert_eq!(tried(&mut world), [91, 91]);
}

/// Who is behind does not end a query that others may still answer.
#[test]
fn a_query_waits_for_who_can_answer_it() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|from, to, _| from != 2 && to != 2);
    let before = world.hosts[0].disk;
    world.read(0);
    world.run(|_, to, _| to != 1);
    assert!(world.hosts[0].reads.is_empty());
    assert_eq!(world.hosts[0].disk, before, "nothing is promised");
    world.time_out(0);
    world.finish(0, &[0, 1, 2]);
    assert_eq!(world.hosts[0].reads.last().unwrap().value, Some(1));
}

/// Of a promise that is late, it does not matter what it says to be accepted.
#[test]
fn late_promises_are_not_looked_into() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    world.run(|_, _, body| !matches!(body, Body::Accepted { .. }));
    let record = world.hosts[1].disk.unwrap();
    let ballot = record.accepted().ballot.unwrap();
    let body = Body::Promise { ballot, accepted: *record.accepted() };
    let message = Message { instance: INSTANCE, to: NodeId(0), body };
    let before = world.nodes[0].clone();
    assert_eq!(world.nodes[0].handle_message(0, NodeId(1), message), Ok(()));
    assert_eq!(world.nodes[0], before);
}

/// Rejections of an earlier ballot are late, and do not stop the one of now.
#[test]
fn rejections_count_for_their_ballot() {
    let mut world = World::new(3, 3);
    world.change(0, Op::Add(1));
    let ballot = world.hosts[0].disk.unwrap().promised().unwrap();
    let promised = Ballot { proposer: NodeId(2), ..ballot };
    let body = Body::Rejected { ballot, promised };
    let message = Message { instance: INSTANCE, to: NodeId(0), body };
    world.post.clear();
    world.nodes[0].handle_message(0, NodeId(1), message).unwrap();
    world.time_out(0);
    for from in [1, 2] {
        world.nodes[0].handle_message(world.now_us, NodeId(from), message).unwrap();
        world.drain(0);
    }
    world.run(|_, _, _| true);
    assert_eq!(world.hosts[0].outcomes, ["changed"]);
}

/// One that was a member when its change began, and is none any more, has its proposal replaced.
#[test]
fn a_proposal_of_who_has_left_is_replaced() {
    let mut world = World::new(4, 3);
    world.change(1, Op::Do(Update::Put(5)));
    world.run(|_, _, _| true);
    world.change(0, Op::Add(1));
    world.post.clear();
    world.reconfigure(1, &[1, 2, 3]);
    world.finish(1, &[0, 1, 2, 3]);
    assert!(world.nodes[0].is_busy());
    assert!(!world.nodes[0].latest().members.contains(NodeId(0)));
    // It asks those who are, whose answers to its proposal are lost.
    world.time_out(0);
    world.run(|from, to, body| {
        from != 0 && to != 0 || !matches!(body, Body::Accept { .. } | Body::Accepted { .. })
    });
    assert_eq!(world.nodes[0].latest().value, Some(6));
    let ballot = Ballot { round: 90.try_into().unwrap(), proposer: NodeId(1) };
    let body = Body::Accept { ballot, state: *world.nodes[1].latest() };
    let message = Message { instance: INSTANCE, to: NodeId(0), body };
    world.nodes[0].handle_message(world.now_us, NodeId(1), message).unwrap();
    world.drain(0);
    world.post.clear();
    world.time_out(0);
    assert_eq!(tried(&mut world), [92; 3]);
}

/// What its proposer has itself given up counts among those that it has lost.
#[test]
fn who_cannot_win_any_more_waits_at_once() {
    let mut world = World::new(3, 3);
    world.hosts[0].slow = true;
    world.change(0, Op::Add(1));
    while !world.hosts[0].writes.is_empty() {
        world.persist(0);
    }
    world.run(|_, to, body| to == 0 || matches!(body, Body::Prepare { .. }));
    let ballot = world.hosts[0].writes[0].1.accepted().ballot.unwrap();
    assert_eq!(world.nodes[0].poll_timeout(), Some(TIMEOUT_US), "it asks to accept");
    let promised = Ballot { round: 90.try_into().unwrap(), proposer: NodeId(1) };
    let mut hear = |from: u64, body: Body| {
        let message = Message { instance: INSTANCE, to: NodeId(0), body };
        world.nodes[0].handle_message(0, NodeId(from), message).unwrap();
        world.drain(0);
        world.nodes[0].poll_timeout()
    };
    assert_eq!(hear(1, Body::Prepare { ballot: promised }), Some(TIMEOUT_US), "it may win yet");
    assert!(hear(2, Body::Rejected { ballot, promised }) < Some(TIMEOUT_US));
}

/// Who has accepted does not take that back by what it says late.
#[test]
fn who_has_granted_does_not_take_it_back() {
    let mut world = World::new(5, 5);
    world.change(0, Op::Add(1));
    world.run(|_, _, _| true);
    world.change(0, Op::Add(1));
    let ballot = world.hosts[0].disk.unwrap().accepted().ballot.unwrap();
    world.post.clear();
    let mut hear = |from: u64, body: Body| {
        let message = Message { instance: INSTANCE, to: NodeId(0), body };
        world.nodes[0].handle_message(0, NodeId(from), message).unwrap();
        world.drain(0);
    };
    let promised = Ballot { proposer: NodeId(4), ..ballot };
    hear(1, Body::Accepted { ballot });
    for from in 1..4 {
        hear(from, Body::Rejected { ballot, promised });
    }
    hear(4, Body::Accepted { ballot });
    assert_eq!(world.hosts[0].outcomes, ["changed", "changed"]);
}

/// A proposal is chosen when another one has replaced it already at its proposer: of what is there
/// now, nothing is known.
#[test]
fn p09_what_has_replaced_a_proposal_is_not_read() {
    for keeps in [false, true] {
        let mut world = World::new(5, 5);
        world.change(0, Op::Add(1));
        world.run(|_, _, _| true);
        // Its answers are on their way, those of 1 and 2.
        if keeps {
            world.change(0, Op::Do(Update::PutIf { version: None, value: 9 }));
        } else {
            world.change(0, Op::Add(0));
            world.read(0);
        }
        world.run_until_accepted(&[1, 2]);
        // Another proposal reaches nobody but node 0.
        let answers = core::mem::take(&mut world.post);
        world.change(4, Op::Add(40));
        world.run(|_, to, body| match body {
            Body::Prepare { .. } => to == 1 || to == 2 || to == 3,
            Body::Accept { .. } => to == 0,
            Body::Promise { .. } => true,
            _ => false,
        });
        assert_eq!(world.nodes[0].latest().value, Some(41));
        world.post = answers;
        world.run(|_, to, body| to == 0 && matches!(body, Body::Accepted { .. }));
        assert!(world.hosts[0].kept.is_empty());
        assert!(world.hosts[0].reads.iter().all(|read| read.value != Some(41)));
    }
}

impl World {
    /// Lets what is to be accepted through to these, whose answers wait.
    fn run_until_accepted(&mut self, those: &[usize]) {
        for (from, to, message) in core::mem::take(&mut self.post) {
            if those.contains(&to) && matches!(message.body, Body::Accept { .. }) {
                self.nodes[to].handle_message(self.now_us, NodeId(from as u64), message).unwrap();
                self.drain(to);
            }
        }
    }
}
