//! A node: the machine, its log, its disk, and what it has said.

use core::hash::{Hash, Hasher};

use heapless::{Deque, Vec};
use synod_consensus_core::{
    Members, NodeId,
    raft::{
        Body, Change, Config, Election, Fate, HardState, Leadership, LogId, Message, MessageError,
        Output, Raft, ReadToken, Recovered, Role, Write,
    },
};
use synod_quorum::Majority;

use super::log::{Entry, MemoryLog};

pub(crate) type Machine = Raft<5, 4>;

pub(crate) const CLUSTER: u64 = 7;

/// How many messages a test may leave unread.
const KEPT: usize = 10;

/// How many entries a message has at most, and a write.
const SENT: usize = 8;
const WRITTEN: usize = 12;

/// A message with its payloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent<E: Election> {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) message: Message<E::Said>,
    pub(crate) values: Vec<u32, SENT>,
    pub(crate) snapshot_state: u64,
}

/// A write on its way to the disk.
#[derive(Clone, Debug)]
struct Pending {
    write: Write,
    entries: Vec<Entry, WRITTEN>,
    snapshot_state: u64,
}

/// What survives.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    pub(crate) hard_state: HardState,
    pub(crate) log: MemoryLog,
}

/// A node whose leader is elected by this rule.
#[derive(Debug)]
pub(crate) struct Node<E: Election> {
    pub(crate) raft: Raft<5, 4, E>,
    pub(crate) log: MemoryLog,
    pub(crate) disk: Disk,
    pub(crate) now_us: u64,
    config: Config,
    voters: Members<5, E::System>,
    pending: Deque<Pending, 4>,
    /// Whether writes are durable as soon as they are polled.
    pub(crate) prompt: bool,
    /// Whether what is applied is reported.
    pub(crate) reports_applied: bool,
    /// All that was applied, as one number.
    pub(crate) state: u64,
    pub(crate) applied: u64,
    pub(crate) last_applied: Option<Entry>,
    pub(crate) sent: Deque<Sent<E>, KEPT>,
    pub(crate) fates: Deque<Fate, 4>,
    pub(crate) reads: Deque<ReadToken, 4>,
    pub(crate) leadership: Option<Leadership>,
    pub(crate) log_was_full: bool,
}

/// The state after one more value.
pub(crate) fn apply(state: u64, index: u64, value: u32) -> u64 {
    (state.rotate_left(7) ^ index).wrapping_mul(0x100_0193).wrapping_add(u64::from(value))
}

pub(crate) fn config(id: u64) -> Config {
    Config { max_entry_bytes: 8, max_message_bytes: 200, ..Config::new(CLUSTER, NodeId(id), id) }
}

pub(crate) fn ids(count: u64) -> Vec<NodeId, 5> {
    (1..=count).map(NodeId).collect()
}

/// Keeps the latest ones.
fn keep<T: core::fmt::Debug, const KEPT: usize>(queue: &mut Deque<T, KEPT>, item: T) {
    if queue.is_full() {
        queue.pop_front();
    }
    queue.push_back(item).unwrap();
}

/// FNV-1a, which fits where a copy of a node does not.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl<E: Election<System = Majority>> Node<E> {
    /// A voter among `1..=count` at its first start, with its first write done.
    pub(crate) fn new(id: u64, count: u64) -> Self {
        Self::with_config(config(id), count)
    }

    pub(crate) fn with_config(config: Config, count: u64) -> Self {
        Self::with_members(config, Members::majority(&ids(count)).unwrap())
    }

    /// A voter that comes back with this disk.
    pub(crate) fn recovered(id: u64, count: u64, term: u64, log: MemoryLog) -> Self {
        let disk = Disk { hard_state: HardState { term, vote: None }, log };
        Self::restarted(config(id), Members::majority(&ids(count)).unwrap(), disk, 0)
    }
}

impl<E: Election> Node<E> {
    /// The state of the machine as one number.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        self.raft.hash(&mut hasher);
        hasher.finish()
    }

    pub(crate) fn with_members(config: Config, voters: Members<5, E::System>) -> Self {
        let log = MemoryLog::new();
        let raft = Raft::bootstrap_with(config, voters.clone(), 0, &log).unwrap();
        let disk = Disk { hard_state: HardState::default(), log: log.clone() };
        Self::around(raft, config, voters, disk, 0)
    }

    pub(crate) fn restarted(
        config: Config,
        voters: Members<5, E::System>,
        disk: Disk,
        now_us: u64,
    ) -> Self {
        let recovered = Recovered { hard_state: disk.hard_state, applied: disk.log.snapshot.index };
        let raft =
            Raft::recover_with(config, voters.clone(), now_us, recovered, &disk.log).unwrap();
        Self::around(raft, config, voters, disk, now_us)
    }

    fn around(
        raft: Raft<5, 4, E>,
        config: Config,
        voters: Members<5, E::System>,
        disk: Disk,
        now_us: u64,
    ) -> Self {
        let mut node = Self {
            raft,
            log: disk.log.clone(),
            now_us,
            config,
            voters,
            pending: Deque::new(),
            prompt: true,
            reports_applied: true,
            state: disk.log.snapshot_state,
            applied: disk.log.snapshot.index,
            last_applied: None,
            disk,
            sent: Deque::new(),
            fates: Deque::new(),
            reads: Deque::new(),
            leadership: None,
            log_was_full: false,
        };
        node.drain(None);
        node
    }

    /// The power fails: what was not written is gone, and what was said is on its way.
    pub(crate) fn crash(&mut self) {
        self.config.seed += 1000;
        let recovered =
            Recovered { hard_state: self.disk.hard_state, applied: self.disk.log.snapshot.index };
        let log = &self.disk.log;
        let (config, now_us) = (self.config, self.now_us);
        let voters = self.voters.clone();
        self.raft = Raft::recover_with(config, voters, now_us, recovered, log).unwrap();
        self.log = log.clone();
        self.pending.clear();
        self.fates.clear();
        self.reads.clear();
        self.state = self.log.snapshot_state;
        self.applied = self.log.snapshot.index;
        self.leadership = None;
        self.log_was_full = false;
        self.drain(None);
    }

    /// Hands in a message with the values of its entries.
    pub(crate) fn receive(
        &mut self,
        from: u64,
        term: u64,
        body: Body<E::Said>,
        values: &[u32],
    ) -> Result<(), MessageError> {
        let message = Message { cluster: CLUSTER, to: self.config.id, term, body };
        self.take(from, &message, values, 0)
    }

    pub(crate) fn take(
        &mut self,
        from: u64,
        message: &Message<E::Said>,
        values: &[u32],
        snapshot_state: u64,
    ) -> Result<(), MessageError> {
        self.raft.handle_message(self.now_us, NodeId(from), message, &self.log)?;
        self.drain(Some((values, snapshot_state)));
        Ok(())
    }

    /// Lets time pass until the next deadline.
    pub(crate) fn timeout(&mut self) {
        self.now_us = self.now_us.max(self.raft.poll_timeout().unwrap());
        self.tick();
    }

    /// Time has come to what it is.
    pub(crate) fn tick(&mut self) {
        self.raft.handle_timeout(self.now_us, &self.log);
        self.drain(None);
    }

    pub(crate) fn propose(&mut self, value: u32) -> LogId {
        self.try_propose(value).unwrap()
    }

    pub(crate) fn try_propose(
        &mut self,
        value: u32,
    ) -> Result<LogId, synod_consensus_core::raft::ProposeError> {
        let id = self.raft.propose(self.now_us, 4, &self.log)?;
        self.log.append(Entry::new(id.term, value));
        self.drain(None);
        Ok(id)
    }

    pub(crate) fn read(&mut self) -> ReadToken {
        let token = self.raft.read(self.now_us).unwrap();
        self.drain(None);
        token
    }

    /// Finishes the oldest write, and reports it.
    pub(crate) fn persist(&mut self) -> Option<Write> {
        let write = self.write_without_report()?;
        self.raft.handle_persisted(write.id, &self.log).unwrap();
        self.drain(None);
        Some(write)
    }

    /// Finishes the oldest write, but the report is lost.
    pub(crate) fn write_without_report(&mut self) -> Option<Write> {
        let Pending { write, entries, snapshot_state } = self.pending.pop_front()?;
        if let Some(hard_state) = write.hard_state {
            self.disk.hard_state = hard_state;
        }
        if let Some(snapshot) = write.snapshot {
            self.disk.log.install(snapshot, snapshot_state);
        }
        self.disk.log.truncate(write.first - 1);
        for entry in entries {
            self.disk.log.append(entry);
        }
        Some(write)
    }

    pub(crate) fn pending_writes(&self) -> usize {
        self.pending.len()
    }

    /// Drops all of the log that is applied.
    pub(crate) fn compact(&mut self) {
        self.log.compact(self.applied, self.state);
        self.disk.log.compact(self.applied, self.state);
    }

    pub(crate) fn role(&self) -> Role {
        self.raft.status().leadership.role
    }

    pub(crate) fn term(&self) -> u64 {
        self.raft.status().leadership.term
    }

    /// The oldest message to this node that was not looked at.
    pub(crate) fn next_to(&mut self, to: u64) -> Option<Sent<E>> {
        for _ in 0..self.sent.len() {
            let sent = self.sent.pop_front()?;
            if sent.to == to {
                return Some(sent);
            }
            self.sent.push_back(sent).unwrap();
        }
        None
    }

    /// The last thing that was said to this node.
    pub(crate) fn last_to(&mut self, to: u64) -> Option<Body<E::Said>> {
        let mut last = None;
        while let Some(sent) = self.next_to(to) {
            last = Some(sent.message.body);
        }
        last
    }

    /// Does what the machine says.
    pub(crate) fn drain(&mut self, received: Option<(&[u32], u64)>) {
        while let Some(output) = self.raft.poll_output(&self.log) {
            match output {
                Output::Change(change) => self.change(change, received),
                Output::Send { to, message } => self.send(to, message),
                Output::Write(write) => self.write(write),
                Output::Fate(fate) => keep(&mut self.fates, fate),
                Output::Committed { upto } => self.apply(upto),
                Output::Read(token) => keep(&mut self.reads, token),
                Output::LogFull => self.log_was_full = true,
                Output::Leadership(leadership) => self.leadership = Some(leadership),
            }
        }
        if self.prompt && self.persist().is_some() {
            self.drain(None);
        }
    }

    fn change(&mut self, change: Change, received: Option<(&[u32], u64)>) {
        match change {
            Change::Blank { term } => self.log.append(Entry::new(term, 0)),
            Change::Append { keep, skip, count, term } => {
                self.log.truncate(keep);
                let (values, _) = received.unwrap();
                let kept = &values[skip as usize..][..count as usize];
                for &value in kept {
                    self.log.append(Entry::new(term, value));
                }
            }
            Change::Install { last } => {
                let (_, state) = received.unwrap();
                self.log.install(last, state);
                self.state = state;
                self.applied = last.index;
            }
        }
    }

    fn send(&mut self, to: NodeId, message: Message<E::Said>) {
        let mut values = Vec::new();
        if let Some((prev, _, count)) = message.entries() {
            for index in prev.index + 1..=prev.index + u64::from(count) {
                values.push(self.log.get(index).unwrap().value).unwrap();
            }
        }
        let from = self.config.id.0;
        let snapshot_state = self.log.snapshot_state;
        let sent = Sent { from, to: to.0, message, values, snapshot_state };
        keep(&mut self.sent, sent);
    }

    fn write(&mut self, write: Write) {
        let entries = (write.first..=write.last).map(|index| self.log.get(index).unwrap());
        let entries = entries.collect();
        let snapshot_state = self.log.snapshot_state;
        self.pending.push_back(Pending { write, entries, snapshot_state }).unwrap();
    }

    fn apply(&mut self, upto: u64) {
        while self.applied < upto {
            self.applied += 1;
            let entry = self.log.get(self.applied).unwrap();
            self.state = apply(self.state, self.applied, entry.value);
            self.last_applied = Some(entry);
        }
        if self.reports_applied {
            self.raft.handle_applied(upto).unwrap();
        }
    }
}
