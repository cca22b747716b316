//! Registers in random histories: messages lost, doubled and out of order, slow disks, power cuts,
//! members that join and leave. What clients saw must be one history of one register.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation, clippy::panic)] // A test may panic.

extern crate alloc;

use alloc::collections::BTreeMap;

use proptest::prelude::*;
use synod_consensus_core::{
    Ballot, Instance, NodeId,
    register::{
        Change, Config, Effect, Membership, Message, Outcome, Output, ReadToken, Record, Register,
    },
};

const NODES: usize = 5;
const CAPACITY: usize = 5;
const INSTANCE: Instance = Instance { cluster: 7, number: 1 };

/// Sets a bit that nobody else sets: that it was set twice would show.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Op {
    Add(u128),
    Look,
}

impl Change for Op {
    type Value = u128;

    fn apply(&self, value: Option<&u128>, _: Option<Ballot>) -> Effect<u128> {
        let value = value.unwrap_or(&0);
        match self {
            Self::Add(bit) => {
                assert_eq!(value & bit, 0, "a change is made twice");
                Effect::Put(value + bit)
            }
            Self::Look => Effect::Keep,
        }
    }
}

type Node = Register<Op, CAPACITY>;
type Written = Record<u128, CAPACITY>;

/// What a client waits for.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    op: Op,
    /// The latest version that anybody had been told when it began.
    since: Option<Ballot>,
}

struct World {
    nodes: Vec<Node>,
    disks: Vec<Written>,
    /// What is on its way to each disk.
    writes: Vec<Vec<(u64, Written)>>,
    post: Vec<(NodeId, Message<u128, CAPACITY>)>,
    changing: Vec<Option<Waiting>>,
    reading: Vec<Vec<(ReadToken, Option<Ballot>)>>,
    now_us: Vec<u64>,
    bits: u32,
    /// What anybody was told: the latest version, and each version's value.
    told: Option<Ballot>,
    values: BTreeMap<Option<Ballot>, Option<u128>>,
    /// The bits of changes that were told to be made, and of those of which nobody knows.
    made: u128,
    unknown: u128,
    answers: usize,
}

fn config(node: usize, seed: u64) -> Config {
    Config { timeout_us: 1_000, ..Config::new(INSTANCE, NodeId(node as u64), seed) }
}

fn ids(places: impl IntoIterator<Item = usize>) -> Vec<NodeId> {
    places.into_iter().map(|place| NodeId(place as u64)).collect()
}

impl World {
    fn new(initial: usize) -> Self {
        let members = Membership::new(&ids(0..initial)).unwrap();
        let nodes: Vec<Node> = (0..NODES)
            .map(|node| match node < initial {
                true => Node::bootstrap(config(node, 1), members, None, 0).unwrap(),
                false => Node::join(config(node, 1), None, 0).unwrap(),
            })
            .collect();
        let first = |node: &Node| {
            let state = *node.latest();
            let accepted = synod_consensus_core::register::Accepted { ballot: None, state };
            Record::new(None, accepted).unwrap()
        };
        let disks = nodes.iter().map(first).collect();
        let mut world = Self {
            nodes,
            disks,
            writes: vec![Vec::new(); NODES],
            post: Vec::new(),
            changing: vec![None; NODES],
            reading: vec![Vec::new(); NODES],
            now_us: vec![0; NODES],
            bits: 0,
            told: None,
            values: BTreeMap::new(),
            made: 0,
            unknown: 0,
            answers: 0,
        };
        (0..NODES).for_each(|node| world.drain(node));
        world
    }

    fn drain(&mut self, node: usize) {
        for outputs in 0.. {
            assert!(outputs < 1_000, "outputs without an end");
            match self.nodes[node].poll_output() {
                Some(Output::Write { id, record }) => self.writes[node].push((id, *record)),
                Some(Output::Send { message, .. }) => {
                    self.post.push((NodeId(node as u64), message.cloned()));
                }
                Some(Output::Outcome(outcome)) => match outcome {
                    Outcome::Changed { version } => {
                        let waiting = self.changing[node].take().unwrap();
                        assert!(Some(version) > waiting.since, "a change goes back in time");
                        let Op::Add(bit) = waiting.op else { panic!("nothing was to change") };
                        self.made |= bit;
                        self.tell(Some(version));
                    }
                    Outcome::Kept(state) => {
                        let (version, value) = (state.version, state.value.copied());
                        // A wish for other members may be kept, too.
                        if let Some(waiting) = self.changing[node].take() {
                            assert_eq!(waiting.op, Op::Look);
                            assert!(version >= waiting.since);
                        }
                        self.see(version, value);
                    }
                    Outcome::Unknown => {
                        if let Some(Op::Add(bit)) = self.changing[node].take().map(|it| it.op) {
                            self.unknown |= bit;
                        }
                    }
                    Outcome::Reconfigured => self.answers += 1,
                    Outcome::Exhausted => panic!("there are rounds left"),
                },
                Some(Output::Read { token, state }) => {
                    let (version, value) = (state.version, state.value.copied());
                    let reads = core::mem::take(&mut self.reading[node]);
                    for (asked, since) in reads {
                        if asked <= token {
                            assert!(version >= since, "a read goes back in time");
                            self.answers += 1;
                        } else {
                            self.reading[node].push((asked, since));
                        }
                    }
                    self.see(version, value);
                }
                Some(Output::Forget { .. }) => panic!("nobody asked for it"),
                None => break,
            }
        }
    }

    /// A client is told this version.
    fn tell(&mut self, version: Option<Ballot>) {
        self.told = self.told.max(version);
        self.answers += 1;
    }

    /// A client is told this version and its value.
    fn see(&mut self, version: Option<Ballot>, value: Option<u128>) {
        assert_eq!(*self.values.entry(version).or_insert(value), value, "a version has a value");
        let value = value.unwrap_or(0);
        assert_eq!(value & !(self.made | self.unknown | self.open()), 0, "nobody set this");
        self.tell(version);
    }

    /// The bits of changes that are under way.
    fn open(&self) -> u128 {
        let bit = |waiting: &Waiting| match waiting.op {
            Op::Add(bit) => bit,
            Op::Look => 0,
        };
        self.changing.iter().flatten().map(bit).sum()
    }

    fn begin(&mut self, node: usize, op: Op) {
        if self.nodes[node].change(self.now_us[node], op).is_ok() {
            self.changing[node] = Some(Waiting { op, since: self.told });
        }
        self.drain(node);
    }

    fn read(&mut self, node: usize) {
        if let Ok(token) = self.nodes[node].read(self.now_us[node]) {
            self.reading[node].push((token, self.told));
        }
        self.drain(node);
    }

    fn deliver(&mut self, index: usize) {
        if self.post.is_empty() {
            return;
        }
        let index = index % self.post.len();
        let (from, message) = self.post.swap_remove(index);
        let to = message.to.0 as usize;
        self.nodes[to].handle_message(self.now_us[to], from, message).unwrap();
        self.drain(to);
    }

    fn persist(&mut self, node: usize) {
        if let Some((id, record)) = self.writes[node].pop() {
            self.disks[node] = record;
            self.nodes[node].handle_persisted(id).unwrap();
            self.drain(node);
        }
    }

    /// A power cut: a write that was on its way is there, or is not.
    fn crash(&mut self, node: usize, kept: bool) {
        if let Some((_, record)) = self.writes[node].pop().filter(|_| kept) {
            self.disks[node] = record;
        }
        self.writes[node].clear();
        self.give_up(node);
        self.reading[node].clear();
        let seed = self.now_us[node];
        let record = self.disks[node];
        self.nodes[node] = Node::recover(config(node, seed), record, self.now_us[node]).unwrap();
        self.drain(node);
    }

    fn give_up(&mut self, node: usize) {
        if let Some(Op::Add(bit)) = self.changing[node].take().map(|waiting| waiting.op) {
            self.unknown |= bit;
        }
    }

    fn timeout(&mut self, node: usize) {
        if let Some(deadline_us) = self.nodes[node].poll_timeout() {
            self.now_us[node] = self.now_us[node].max(deadline_us);
            self.nodes[node].handle_timeout(self.now_us[node]);
            self.drain(node);
        }
    }

    fn step(&mut self, action: u8, choice: u16) {
        let node = usize::from(choice) % NODES;
        let rest = usize::from(choice) / NODES;
        match action {
            0..=99 => self.deliver(usize::from(choice)),
            100..=159 => self.persist(node),
            160..=174 => self.timeout(node),
            175..=199 if self.bits < 127 => {
                self.begin(node, Op::Add(1 << self.bits));
                self.bits += 1;
            }
            200..=204 => self.begin(node, Op::Look),
            205..=219 => self.read(node),
            220..=228 => {
                self.post.truncate(self.post.len() - self.post.len().min(1 + rest % 3));
            }
            229..=237 if !self.post.is_empty() => {
                let letter = self.post[rest % self.post.len()];
                self.post.push(letter);
            }
            238..=243 => self.crash(node, rest.is_multiple_of(2)),
            244..=249 => {
                let after = ids((0..NODES).filter(|place| rest >> place & 1 == 1));
                let _ = self.nodes[node].reconfigure(self.now_us[node], &after);
                self.drain(node);
            }
            250..=252 => {
                if self.nodes[node].cancel().is_some() {
                    self.give_up(node);
                }
                self.drain(node);
            }
            _ => {}
        }
    }

    /// All links and disks work, and time passes: whatever is under way comes to an end.
    fn heal(&mut self) {
        let mut steps = 0;
        for _ in 0..400 {
            while !self.post.is_empty() || self.writes.iter().any(|writes| !writes.is_empty()) {
                (0..NODES).for_each(|node| self.persist(node));
                self.deliver(0);
                steps += 1;
                assert!(steps < 100_000, "messages without an end");
            }
            // One after the other, as their clocks have it.
            let due = |node: &usize| self.nodes[*node].poll_timeout();
            let next = (0..NODES).filter(|node| due(node).is_some()).min_by_key(|node| {
                self.nodes[*node].poll_timeout().map(|at| at.saturating_sub(self.now_us[*node]))
            });
            let Some(next) = next else { return };
            let wait_us = self.nodes[next].poll_timeout().unwrap();
            let wait_us = wait_us.saturating_sub(self.now_us[next]);
            self.now_us.iter_mut().for_each(|now_us| *now_us += wait_us);
            self.timeout(next);
        }
        panic!("it does not come to an end");
    }

    /// What all who are members read in the end.
    fn check(&mut self) {
        self.heal();
        assert!(self.changing.iter().all(Option::is_none), "an outcome is missing");
        assert!(self.reading.iter().all(Vec::is_empty), "a read is not answered");
        let mut last = None;
        let members = (0..NODES)
            .filter(|&node| self.nodes[node].latest().members.contains(NodeId(node as u64)));
        for node in members.collect::<Vec<_>>() {
            self.read(node);
            self.heal();
            // Who had been left behind may have found out just now.
            let state = *self.nodes[node].latest();
            if state.version >= self.told {
                let value = state.value.unwrap_or(0);
                assert_eq!(value & self.made, self.made, "a change that was made is lost");
                assert_eq!(value & !(self.made | self.unknown), 0);
                last = Some(value);
            }
        }
        assert!(last.is_some(), "somebody holds the latest");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(if cfg!(miri) { 1 } else { 600 }),
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_clients_see_is_one_history(
        initial in 1_usize..=NODES,
        steps in prop::collection::vec((0_u8..253, any::<u16>()), 0..if cfg!(miri) { 60 } else { 600 }),
    ) {
        let mut world = World::new(initial);
        for (action, choice) in steps {
            world.step(action, choice);
        }
        world.check();
    }
}

/// The histories are not empty ones.
#[test]
fn most_histories_have_answers() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};

    let mut runner = TestRunner::deterministic();
    let steps = prop::collection::vec((0_u8..253, any::<u16>()), 200);
    let runs = if cfg!(miri) { 2 } else { 50 };
    let mut answers = 0;
    for _ in 0..runs {
        let mut world = World::new(3);
        for (action, choice) in steps.new_tree(&mut runner).unwrap().current() {
            world.step(action, choice);
        }
        world.check();
        answers += world.answers;
    }
    assert!(answers > 10 * runs, "{answers} answers in {runs} runs");
}
