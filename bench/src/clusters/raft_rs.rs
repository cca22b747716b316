//! `raft`, with its storage in memory.

use std::collections::VecDeque;

use raft::{
    Config, RawNode, StateRole, Storage,
    prelude::{Entry, EntryType, Message, MessageType},
    storage::MemStorage,
};

use super::{COMPACT_EACH, Cluster, Command};

/// Three nodes of `raft`.
pub struct RaftRs {
    nodes: [RawNode<MemStorage>; 3],
    mail: VecDeque<Message>,
    committed: u64,
}

impl RaftRs {
    /// A cluster with a leader.
    #[allow(clippy::new_without_default)] // like the other clusters
    pub fn new() -> Self {
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let nodes = [1, 2, 3].map(|id| {
            let config = Config {
                id,
                election_tick: 10,
                heartbeat_tick: 3,
                max_size_per_msg: 0x10_0000,
                max_inflight_msgs: 256,
                ..Config::default()
            };
            let storage = MemStorage::new_with_conf_state((vec![1, 2, 3], vec![]));
            RawNode::new(&config, storage, &logger).unwrap()
        });
        let mut cluster = Self { nodes, mail: VecDeque::new(), committed: 0 };
        cluster.nodes[0].campaign().unwrap();
        cluster.run();
        assert_eq!(cluster.nodes[0].raft.state, StateRole::Leader);
        cluster
    }

    fn run(&mut self) {
        self.process(0);
        while let Some(message) = self.mail.pop_front() {
            let node = usize::try_from(message.to - 1).unwrap();
            self.nodes[node].step(message).unwrap();
            self.process(node);
        }
    }

    fn process(&mut self, node: usize) {
        while self.nodes[node].has_ready() {
            let mut ready = self.nodes[node].ready();
            self.mail.extend(ready.take_messages());
            let committed = ready.take_committed_entries();
            self.apply(node, &committed);
            {
                let mut storage = self.nodes[node].store().wl();
                storage.append(ready.entries()).unwrap();
                if let Some(hard_state) = ready.hs() {
                    storage.set_hardstate(hard_state.clone());
                }
            }
            self.mail.extend(ready.take_persisted_messages());
            let mut light = self.nodes[node].advance(ready);
            if let Some(commit) = light.commit_index() {
                self.nodes[node].store().wl().mut_hard_state().commit = commit;
            }
            self.mail.extend(light.take_messages());
            let committed = light.take_committed_entries();
            self.apply(node, &committed);
            self.nodes[node].advance_apply();
        }
    }

    fn apply(&mut self, node: usize, entries: &[Entry]) {
        if node == 0 {
            self.committed += entries.iter().filter(|entry| !entry.data.is_empty()).count() as u64;
        }
        let Some(last) = entries.last() else { return };
        let store = self.nodes[node].store();
        if last.index - store.first_index().unwrap() > COMPACT_EACH {
            store.wl().compact(last.index).unwrap();
        }
    }
}

impl Cluster for RaftRs {
    fn commit(&mut self, commands: &[Command]) {
        let entry = |command: &Command| Entry {
            entry_type: EntryType::EntryNormal.into(),
            data: command.to_vec(),
            ..Entry::default()
        };
        let mut message = Message::default();
        message.set_msg_type(MessageType::MsgPropose);
        message.from = 1;
        message.entries = commands.iter().map(entry).collect();
        self.nodes[0].step(message).unwrap();
        self.run();
    }

    fn look(&self, count: usize) -> ([Vec<Command>; 3], u64) {
        let logs = [0, 1, 2].map(|node| {
            let store = self.nodes[node].store();
            let end = store.last_index().unwrap() + 1;
            let context = raft::GetEntriesContext::empty(false);
            let start = (end - count as u64).max(store.first_index().unwrap());
            let entries = store.entries(start, end, None, context).unwrap();
            entries.iter().map(|entry| entry.data[..].try_into().unwrap()).collect()
        });
        (logs, self.committed)
    }
}
