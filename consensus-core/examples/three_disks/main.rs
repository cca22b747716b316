//! Three nodes with a file each: a power cut, a recovery from what is left, compaction, a snapshot.
//!
//! `cargo run -p synod-consensus-core --features serde --example three_disks`
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::expect_used, clippy::indexing_slicing)] // An example may panic.
#![allow(clippy::std_instead_of_alloc)] // and has a heap.

pub(crate) mod storage;

use core::{mem, ops::Range};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

use synod_consensus_core::{
    NodeId,
    raft::{Config, Message, ProposeError, Recovered, Replica, Role, TermLog, replica::Output},
};

use storage::{Disk, Setting, SettingLog, State};

const VOTERS: [NodeId; 3] = [NodeId(0), NodeId(1), NodeId(2)];

/// A message on its way, with what goes with it: payloads, or the state of a snapshot.
struct Letter {
    from: usize,
    to: usize,
    message: Message,
    payloads: Vec<Option<Setting>>,
    state: State,
}

/// A host: all that it has in memory is lost with it, but not the disk.
struct Node {
    replica: Replica<SettingLog, 3, 4>,
    disk: Disk,
    state: State,
    /// The state as it was at the log's snapshot.
    snapshot: State,
}

impl Node {
    /// Whether this is the first start an operator says: a file that is missing may have been lost.
    fn start(id: NodeId, is_new: bool, starts: u64, now_us: u64, path: &Path) -> Self {
        let (disk, found) = Disk::open(path).expect("a disk that works");
        let config = Config { max_entry_bytes: 1_000, ..Config::new(7, id, starts) };
        let hard_state = found.hard_state;
        let recovered = Recovered { hard_state, applied: found.log.snapshot().index };
        let replica = if is_new {
            Replica::bootstrap(config, &VOTERS, now_us, found.log)
        } else {
            println!(
                "node {id} finds term {}, a snapshot at {}, and entries up to {}",
                hard_state.term,
                recovered.applied,
                found.log.last_index()
            );
            Replica::recover(config, &VOTERS, now_us, recovered, found.log)
        };
        let snapshot = found.snapshot.unwrap_or_default();
        let replica = replica.expect("what was written can be recovered");
        Self { replica, disk, state: snapshot.clone(), snapshot }
    }

    /// Does what the replica says, and then makes all writes durable by one sync.
    fn drain(&mut self, arrived: &State, post: &mut Vec<Letter>) {
        while let Some(write) = self.poll_outputs(arrived, post) {
            self.disk.sync().expect("a disk that works");
            self.replica.handle_persisted(write).expect("it was polled");
        }
    }

    /// Gives the last write that is yet to be synced.
    fn poll_outputs(&mut self, arrived: &State, post: &mut Vec<Letter>) -> Option<u64> {
        let mut written = None;
        let mut is_full = false;
        let Self { replica, disk, state, snapshot } = self;
        let from = replica.status().id.0 as usize;
        while let Some(output) = replica.poll_output() {
            match output {
                Output::Send { to: NodeId(to), frame } => {
                    let payloads =
                        frame.entries.payloads().map(|payload| payload.cloned()).collect();
                    let (to, message) = (to as usize, *frame.message);
                    post.push(Letter { from, to, message, payloads, state: State::new() });
                }
                Output::Snapshot { to: NodeId(to), message } => {
                    let (to, state) = (to as usize, snapshot.clone());
                    let message = *message;
                    post.push(Letter { from, to, message, payloads: Vec::new(), state });
                }
                Output::Install { .. } => {
                    println!("node {from} installs a snapshot of {} settings", arrived.len());
                    (*state, *snapshot) = (arrived.clone(), arrived.clone());
                }
                Output::Write(write) => {
                    disk.write(&write, Some(snapshot)).expect("a disk that works");
                    written = Some(write.id);
                }
                Output::Apply(entries) => {
                    let upto = entries.last();
                    for Setting { key, value } in entries.payloads().flatten().cloned() {
                        state.insert(key, value);
                    }
                    replica.handle_applied(upto).expect("it was polled");
                }
                Output::LogFull => is_full = true,
                Output::Leadership(now) if now.role == Role::Leader => {
                    println!("node {from} leads in term {}", now.term);
                }
                _ => {} // clients would want to know fates and reads
            }
        }
        if is_full {
            self.compact();
        }
        written
    }

    /// Puts a snapshot of the state in place of all entries that are applied: first on the disk.
    fn compact(&mut self) {
        let Some(last) = self.replica.compactable() else { return };
        let (id, index) = (self.replica.status().id, last.index);
        println!("node {id} has no room, and compacts its log up to {index}");
        self.disk.compact(last, &self.state).expect("a disk that works");
        self.replica.compact(index).expect("it was applied");
        self.snapshot = self.state.clone();
    }
}

struct Cluster {
    folder: PathBuf,
    /// Those that have power.
    nodes: [Option<Node>; 3],
    /// How many starts there were, for seeds that differ. A host keeps its own count on its disk.
    starts: u64,
    now_us: u64,
}

impl Cluster {
    fn start(&mut self, id: NodeId, is_new: bool) {
        let path = self.folder.join(format!("node-{id}.log"));
        self.starts += 1;
        self.nodes[id.0 as usize] = Some(Node::start(id, is_new, self.starts, self.now_us, &path));
    }

    /// Lets 2 seconds pass. A node `to_fail` loses power when it has written and not yet synced.
    fn run(&mut self, mut to_fail: Option<usize>) {
        let mut post = Vec::new();
        for _ in 0..2_000 {
            self.now_us += 1_000;
            for node in self.nodes.iter_mut().flatten() {
                if node.replica.poll_timeout().is_some_and(|at_us| at_us <= self.now_us) {
                    node.replica.handle_timeout(self.now_us);
                }
                node.drain(&State::new(), &mut post);
            }
            for Letter { from, to, message, payloads, state } in mem::take(&mut post) {
                let Some(node) = &mut self.nodes[to] else { continue };
                let from = NodeId(from as u64);
                let _ = node.replica.handle_message(self.now_us, from, &message, payloads);
                if to_fail == Some(to) && node.poll_outputs(&state, &mut Vec::new()).is_some() {
                    let lost = node.disk.crash(10).expect("a disk that works");
                    println!("node {to} loses power, and {lost} bytes that it has not synced");
                    (self.nodes[to], to_fail) = (None, None);
                    continue;
                }
                node.drain(&state, &mut post);
            }
        }
    }

    fn leader(&self) -> usize {
        let leader = self.nodes.iter().flatten().find_map(|node| node.replica.leader());
        leader.expect("a majority has power").0 as usize
    }

    /// Changes settings, at the leader.
    fn set(&mut self, numbers: Range<u32>) {
        println!("settings {numbers:?} are changed");
        for number in numbers {
            let leader = self.leader();
            let setting =
                Setting { key: format!("key {}", number % 10), value: number.to_string() };
            let node = self.nodes[leader].as_mut().expect("it leads");
            match node.replica.propose(self.now_us, setting) {
                Err((ProposeError::LogFull, setting)) => {
                    node.compact();
                    node.replica.propose(self.now_us, setting).expect("there is room now");
                }
                proposed => drop(proposed.expect("it leads")),
            }
            if number % 5 == 4 {
                self.run(None);
            }
        }
    }
}

pub(crate) fn main() {
    let folder = env::temp_dir().join(format!("three-disks-{}", process::id()));
    fs::create_dir(&folder).expect("a folder of its own");
    let mut cluster = Cluster { folder, nodes: [None, None, None], starts: 0, now_us: 0 };
    VOTERS.into_iter().for_each(|id| cluster.start(id, true));
    cluster.run(None);
    cluster.set(0..5);

    let follower = (cluster.leader() + 1) % 3;
    cluster.set(5..6);
    cluster.run(Some(follower));
    cluster.set(10..40);
    cluster.start(NodeId(follower as u64), false);
    cluster.run(None);

    let leader = cluster.leader();
    println!("node {leader} loses power");
    cluster.nodes[leader] = None;
    cluster.run(None);
    cluster.set(40..45);
    cluster.start(NodeId(leader as u64), false);
    cluster.run(None);

    let [a, b, c] = cluster.nodes.map(|node| node.expect("all have power").state);
    println!("all have the same {} settings: {a:?}", a.len());
    assert!(a == b && b == c && a["key 4"] == "44");
    fs::remove_dir_all(&cluster.folder).expect("it is ours");
}
