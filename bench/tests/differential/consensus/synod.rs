//! Ours: a replica whose log grows.

use synod_consensus_core::{
    NodeId,
    raft::{
        Body, Config, Entries, Entry, HardState, HeapLog, Log, LogId, Message, ReadToken,
        Recovered, Replica, Role, TermLog, replica::Output,
    },
};

use super::host::{Host, Kind, Payload, View, old_payload};

/// Room for the seven nodes of the paper's figure 7.
type Node = Replica<HeapLog<Payload>, 7, 8>;

/// A message, the payloads of its entries, and the state of a snapshot.
pub struct Letter {
    message: Message,
    payloads: Vec<Option<Payload>>,
    state: Option<Vec<Payload>>,
}

#[derive(Clone, Default)]
struct Disk {
    hard_state: HardState,
    log: HeapLog<Payload>,
    state: Vec<Payload>,
}

/// A node of ours.
pub struct Synod {
    config: Config,
    voters: Vec<NodeId>,
    node: Node,
    now_us: u64,
    state: Vec<Payload>,
    /// The state that came with the message in hand.
    arrived: Option<Vec<Payload>>,
    outbox: Vec<(u64, Letter)>,
    disk: Disk,
    /// What a crash would leave, if the disk stalls, and the last write since then.
    stalled: Option<(Disk, Option<u64>)>,
    waiting: Vec<(ReadToken, u8)>,
    reads: Vec<(u8, usize)>,
}

impl Synod {
    pub fn has_waiting_reads(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn leads(&self) -> bool {
        self.node.status().leadership.role == Role::Leader
    }

    fn timeout(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        self.node.handle_timeout(self.now_us);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.node.poll_output() {
            match output {
                Output::Send { to, frame } => {
                    let payloads = frame.entries.payloads().map(|payload| payload.cloned());
                    let payloads = payloads.collect();
                    let letter = Letter { message: *frame.message, payloads, state: None };
                    self.outbox.push((to.0, letter));
                }
                Output::Snapshot { to, message } => {
                    let Body::Snapshot { last } = message.body else { unreachable!() };
                    let state = Some(self.state[..last.index as usize].to_vec());
                    self.outbox
                        .push((to.0, Letter { message: *message, payloads: Vec::new(), state }));
                }
                Output::Write(write) => {
                    if let Some(hard_state) = write.hard_state {
                        self.disk.hard_state = hard_state;
                    }
                    if let Some(snapshot) = write.snapshot {
                        self.disk.log.install(snapshot);
                        self.disk.state.clone_from(&self.state);
                    }
                    append(&mut self.disk.log, write.entries);
                    match &mut self.stalled {
                        Some((_, unreported)) => *unreported = Some(write.id),
                        None => {
                            let id = write.id;
                            self.node.handle_persisted(id).unwrap();
                        }
                    }
                }
                Output::Apply(entries) => {
                    let payloads = entries.payloads().map(|payload| payload.cloned());
                    self.state.extend(payloads.map(Option::unwrap_or_default));
                    self.disk.state.clone_from(&self.state);
                    let upto = entries.last();
                    self.node.handle_applied(upto).unwrap();
                }
                Output::Install { last } => {
                    self.state = self.arrived.take().expect("it came with the message");
                    assert_eq!(self.state.len() as u64, last.index);
                }
                Output::Read(ready) => {
                    let applied = self.state.len();
                    let answered = self.waiting.extract_if(.., |(token, _)| {
                        token.term == ready.term && token.round <= ready.round
                    });
                    self.reads.extend(answered.map(|(_, name)| (name, applied)));
                }
                Output::Leadership(now) => {
                    self.waiting
                        .retain(|(token, _)| now.role == Role::Leader && now.term == token.term);
                }
                Output::LogFull => panic!("a log that grows is full"),
                Output::Fate(_) => {}
            }
        }
    }
}

/// Entries of the node's log go onto the disk, in place of what is there.
fn append(log: &mut HeapLog<Payload>, entries: Entries<'_, Payload>) {
    if !entries.is_empty() {
        log.truncate(entries.first() - 1);
        for (id, payload) in entries.iter() {
            log.append(Entry { term: id.term, payload: payload.cloned() }).unwrap();
        }
    }
}

impl Host for Synod {
    type Message = Letter;

    fn start(me: u64, voters: u64, term: u64, terms: &[u64]) -> Self {
        let config = Config::new(7, NodeId(me), me);
        let voters: Vec<NodeId> = (1..=voters).map(NodeId).collect();
        let node = Node::bootstrap(config, &voters, 0, HeapLog::new()).unwrap();
        let mut host = Self {
            config,
            voters,
            node,
            now_us: 0,
            state: Vec::new(),
            arrived: None,
            outbox: Vec::new(),
            disk: Disk::default(),
            stalled: None,
            waiting: Vec::new(),
            reads: Vec::new(),
        };
        host.drain();
        if term > 0 {
            host.disk.hard_state.term = term;
            for (index, &term) in (1..).zip(terms) {
                let payload = Some(old_payload(index, term));
                host.disk.log.append(Entry { term, payload }).unwrap();
            }
            host.restart();
        }
        host
    }

    fn restart(&mut self) {
        if let Some((durable, _)) = self.stalled.take() {
            self.disk = durable;
        }
        self.config.seed += 7;
        self.state.clone_from(&self.disk.state);
        self.waiting.clear();
        self.reads.clear();
        self.outbox.clear();
        let applied = self.state.len() as u64;
        let found = Recovered { hard_state: self.disk.hard_state, applied };
        let log = self.disk.log.clone();
        self.node = Node::recover(self.config, &self.voters, self.now_us, found, log).unwrap();
        self.drain();
    }

    fn post(&mut self) -> Vec<(u64, Letter)> {
        std::mem::take(&mut self.outbox)
    }

    fn kind(letter: &Letter) -> Kind {
        match letter.message.body {
            Body::Vote { .. } => Kind::Vote,
            Body::VoteReply { .. } => Kind::VoteReply,
            Body::Append { .. } | Body::Commit { .. } => Kind::Leader,
            Body::Snapshot { .. } => Kind::Snapshot,
            _ => Kind::Other,
        }
    }

    fn receive(&mut self, from: u64, letter: Letter) {
        self.arrived = letter.state;
        let Letter { message, payloads, .. } = letter;
        self.node.handle_message(self.now_us, NodeId(from), &message, payloads).unwrap();
        self.drain();
    }

    /// It is sent again by itself.
    fn snapshot_sent(&mut self, _: u64, _: bool) {}

    fn stand(&mut self) {
        if !self.leads() {
            self.timeout(self.node.poll_timeout().unwrap());
        }
    }

    fn wait(&mut self) {
        if !self.leads() {
            // The deadline may pass, but nobody says so to the node.
            self.now_us += self.config.election_timeout_us;
        }
    }

    fn beat(&mut self) {
        if self.leads() {
            self.timeout(self.node.poll_timeout().unwrap());
        }
    }

    fn propose(&mut self, payload: Payload) {
        self.node.propose(self.now_us, payload).unwrap();
        self.drain();
    }

    fn read(&mut self, name: u8) -> bool {
        let Ok(token) = self.node.read(self.now_us) else { return false };
        self.waiting.push((token, name));
        self.drain();
        true
    }

    fn compact(&mut self, upto: u64) {
        self.node.compact(upto).unwrap();
        self.disk.log.compact(upto);
        self.drain();
    }

    fn stall(&mut self) {
        if self.stalled.is_none() {
            self.stalled = Some((self.disk.clone(), None));
        }
    }

    fn sync(&mut self) {
        if let Some((_, unreported)) = self.stalled.take() {
            if let Some(id) = unreported {
                self.node.handle_persisted(id).unwrap();
            }
            self.drain();
        }
    }

    fn view(&self) -> View {
        let status = self.node.status();
        let log = self.node.log();
        let LogId { term, index } = log.snapshot();
        let entries = log.entries(index + 1, log.last_index());
        let entry = |(id, payload): (LogId, Option<&Payload>)| {
            (id.term, payload.cloned().unwrap_or_default())
        };
        View {
            term: status.leadership.term,
            vote: status.vote.map(|node| node.0),
            leader: status.leadership.leader.map(|node| node.0),
            leads: self.leads(),
            commit: status.committed.min(if self.leads() { u64::MAX } else { status.durable }),
            snapshot: (index, term),
            log: entries.iter().map(entry).collect(),
            state: self.state.clone(),
            reads: self.reads.clone(),
        }
    }
}
