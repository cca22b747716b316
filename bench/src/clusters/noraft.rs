//! `noraft`, whose host keeps the payloads.

use std::collections::VecDeque;

use noraft::{Action, LogEntries, LogIndex, LogPosition, Message, Node, NodeId};

use super::{COMPACT_EACH, Cluster, Command};

/// Three nodes of `noraft`, and a log of payloads for each.
pub struct Noraft {
    nodes: [Node; 3],
    logs: [Payloads; 3],
    mail: VecDeque<(usize, Message)>,
    committed: u64,
}

/// The payloads behind an index; terms and configurations have empty ones.
#[derive(Default)]
struct Payloads {
    start: u64,
    payloads: VecDeque<Command>,
}

impl Payloads {
    /// Takes the payloads of `entries` from another log.
    fn copy(&mut self, entries: &LogEntries, from: &Self) {
        let prev = entries.prev_position().index.get();
        self.payloads.truncate((prev - self.start) as usize);
        let begin = (prev - from.start) as usize;
        self.payloads.extend(from.payloads.range(begin..begin + entries.len()));
    }
}

impl Noraft {
    /// A cluster with a leader.
    #[allow(clippy::new_without_default)] // like the other clusters
    pub fn new() -> Self {
        let ids = [0, 1, 2].map(NodeId::new);
        let nodes = ids.map(Node::start);
        let logs = Default::default();
        let mut cluster = Self { nodes, logs, mail: VecDeque::new(), committed: 0 };
        cluster.nodes[0].create_cluster(&ids);
        cluster.logs[0].payloads.push_back(Command::default());
        cluster.run();
        while !cluster.nodes[0].role().is_leader() {
            cluster.nodes[0].handle_election_timeout();
            cluster.run();
        }
        cluster
    }

    fn run(&mut self) {
        self.process(0);
        while let Some((node, message)) = self.mail.pop_front() {
            self.nodes[node].handle_message(&message).unwrap();
            self.process(node);
        }
    }

    fn process(&mut self, node: usize) {
        while let Some(action) = self.nodes[node].actions_mut().next() {
            match action {
                Action::AppendLogEntries(entries) => self.append(node, &entries),
                Action::BroadcastMessage(message) => {
                    for other in (0..3).filter(|&other| other != node) {
                        self.mail.push_back((other, message.clone()));
                    }
                }
                Action::SendMessage(to, message) => {
                    self.mail.push_back((usize::try_from(to.get()).unwrap(), message));
                }
                _ => {}
            }
        }
        self.apply(node);
    }

    /// A follower's payloads are those of the leader's log; a leader's are there already, but for
    /// the entries that it makes itself.
    fn append(&mut self, node: usize, entries: &LogEntries) {
        let [leader, followers @ ..] = &mut self.logs;
        let last = entries.last_position().index.get();
        match node {
            0 => leader.payloads.resize((last - leader.start) as usize, Command::default()),
            _ => followers[node - 1].copy(entries, leader),
        }
    }

    fn apply(&mut self, node: usize) {
        let commit = self.nodes[node].commit_index();
        let log = &mut self.logs[node];
        if commit.get() - log.start < COMPACT_EACH {
            return;
        }
        let found = self.nodes[node].log().get_position_and_config(commit);
        let (position, config) = found.map(|(at, config)| (at, config.clone())).unwrap();
        assert!(self.nodes[node].handle_snapshot_installed(position, config));
        log.payloads.drain(..(commit.get() - log.start) as usize);
        log.start = commit.get();
    }
}

impl Cluster for Noraft {
    fn commit(&mut self, commands: &[Command]) {
        let mut last = LogPosition::INVALID;
        for &command in commands {
            last = self.nodes[0].propose_command();
            self.logs[0].payloads.push_back(command);
        }
        self.run();
        if self.nodes[0].get_commit_status(last).is_committed() {
            self.committed += commands.len() as u64;
        }
    }

    fn look(&self, count: usize) -> ([Vec<Command>; 3], u64) {
        let logs = [0, 1, 2].map(|node| {
            let log = &self.logs[node].payloads;
            let last = self.nodes[node].log().last_position().index;
            assert_eq!(last, LogIndex::new(self.logs[node].start + log.len() as u64));
            log.range(log.len().saturating_sub(count)..).copied().collect()
        });
        (logs, self.committed)
    }
}
