//! `raft-io`, with its log in memory.

use std::collections::VecDeque;

use raft_io::{Action, Event, Message, RaftConfig, RaftLog, RaftNode};

use super::{COMPACT_EACH, Cluster, Command};

/// Three nodes of `raft-io`.
pub struct RaftIo {
    nodes: [RaftNode; 3],
    mail: VecDeque<(u64, Message)>,
    committed: u64,
}

impl RaftIo {
    /// A cluster with a leader.
    #[allow(clippy::new_without_default)] // like the other clusters
    pub fn new() -> Self {
        let nodes = [1, 2, 3].map(|id| {
            let others = [1, 2, 3].into_iter().filter(|&other| other != id);
            let config = RaftConfig::new(id, others).with_max_batch(256);
            RaftNode::new(config.with_snapshot_threshold(COMPACT_EACH as usize))
        });
        let mut cluster = Self { nodes, mail: VecDeque::new(), committed: 0 };
        while !cluster.nodes[0].is_leader() {
            cluster.step(0, Event::Tick);
            cluster.run();
        }
        cluster
    }

    fn run(&mut self) {
        while let Some((to, message)) = self.mail.pop_front() {
            self.step(usize::try_from(to - 1).unwrap(), Event::Message(message));
        }
    }

    fn step(&mut self, node: usize, event: Event) {
        for action in self.nodes[node].step(event).unwrap() {
            match action {
                Action::Send { to, message } => self.mail.push_back((to, message)),
                Action::Apply { .. } => self.committed += u64::from(node == 0),
                Action::Snapshot { index, .. } => {
                    self.step(node, Event::Snapshot { index, data: Vec::new() });
                }
                _ => {}
            }
        }
    }
}

impl Cluster for RaftIo {
    fn commit(&mut self, commands: &[Command]) {
        for command in commands {
            self.step(0, Event::Propose(command.to_vec()));
        }
        self.run();
    }

    fn look(&self, count: usize) -> ([Vec<Command>; 3], u64) {
        let logs = [0, 1, 2].map(|node| {
            let log = self.nodes[node].log();
            let last = log.last_index();
            let entries = log.entries(last + 1 - count as u64, last);
            entries.iter().map(|entry| entry.command[..].try_into().unwrap()).collect()
        });
        (logs, self.committed)
    }
}
