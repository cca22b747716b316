//! `omnipaxos`, with its storage in memory.

use std::mem;

use omnipaxos::{
    ClusterConfig, OmniPaxos, OmniPaxosConfig, ServerConfig,
    messages::Message,
    storage::{Entry, NoSnapshot},
    util::LogEntry,
};
use omnipaxos_storage::memory_storage::MemoryStorage;

use super::{COMPACT_EACH, Cluster, Command};

#[derive(Clone, Debug)]
struct Item(Command);

impl Entry for Item {
    type Snapshot = NoSnapshot;
}

/// Three nodes of `omnipaxos`.
pub struct Omnipaxos {
    nodes: [OmniPaxos<Item, MemoryStorage<Item>>; 3],
    mail: Vec<Message<Item>>,
    next: Vec<Message<Item>>,
}

impl Omnipaxos {
    /// A cluster with a leader, which sends commands when it has so many.
    pub fn new(batch_size: usize) -> Self {
        let nodes = [1, 2, 3].map(|pid| {
            let cluster_config =
                ClusterConfig { configuration_id: 1, nodes: vec![1, 2, 3], flexible_quorum: None };
            let leader_priority = u32::from(pid == 1);
            let server_config =
                ServerConfig { pid, batch_size, leader_priority, ..ServerConfig::default() };
            let config = OmniPaxosConfig { cluster_config, server_config };
            config.build(MemoryStorage::default()).unwrap()
        });
        let mut cluster = Self { nodes, mail: Vec::new(), next: Vec::new() };
        while cluster.nodes[0].get_current_leader() != Some((1, true)) {
            for node in &mut cluster.nodes {
                node.tick();
            }
            cluster.run();
        }
        cluster
    }

    fn run(&mut self) {
        loop {
            for node in &mut self.nodes {
                node.take_outgoing_messages(&mut self.next);
            }
            if self.next.is_empty() {
                return;
            }
            mem::swap(&mut self.mail, &mut self.next);
            for message in self.mail.drain(..) {
                let node = usize::try_from(message.get_receiver() - 1).unwrap();
                self.nodes[node].handle_incoming(message);
            }
        }
    }
}

impl Cluster for Omnipaxos {
    fn commit(&mut self, commands: &[Command]) {
        for &command in commands {
            self.nodes[0].append(Item(command)).unwrap();
        }
        self.run();
        let decided = self.nodes[0].get_decided_idx();
        if decided - self.nodes[0].get_compacted_idx() >= COMPACT_EACH as usize {
            self.nodes[0].trim(Some(decided)).unwrap();
            self.run();
        }
    }

    fn look(&self, count: usize) -> ([Vec<Command>; 3], u64) {
        let logs = [0, 1, 2].map(|node| {
            let node = &self.nodes[node];
            let end = node.get_accepted_idx();
            let start = (end - count).max(node.get_compacted_idx());
            // What is empty cannot be read.
            let read = (start < end).then(|| node.read_entries(start..end).unwrap());
            let entries = read.unwrap_or_default();
            let command = |entry: LogEntry<Item>| match entry {
                LogEntry::Decided(item) | LogEntry::Undecided(item) => item.0,
                other => panic!("{other:?}"),
            };
            entries.into_iter().map(command).collect()
        });
        (logs, self.nodes[0].get_decided_idx() as u64)
    }
}
