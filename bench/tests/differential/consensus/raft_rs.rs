//! `raft`, whose log is in memory.

use raft::{
    Config, RawNode, SnapshotStatus, StateRole,
    prelude::{Entry, HardState, Message, MessageType},
};

use super::{
    host::{Host, Kind, Payload, View, old_payload},
    storage::Disk,
};

const ELECTION_TICKS: usize = 10;

/// A message, and the state of a snapshot.
pub struct Letter {
    message: Message,
    state: Option<Vec<Payload>>,
}

/// What a crash would leave of a disk that stalls, and what waits for it.
struct Stalled {
    disk: Disk,
    state: Vec<Payload>,
    ready: Option<u64>,
    messages: Vec<Message>,
}

/// A node of `raft`.
pub struct RaftRs {
    me: u64,
    voters: u64,
    node: RawNode<Disk>,
    state: Vec<Payload>,
    /// The state that came with the message in hand.
    arrived: Option<Vec<Payload>>,
    outbox: Vec<(u64, Letter)>,
    stalled: Option<Stalled>,
    reads: Vec<(u8, usize)>,
    /// Whether its own manners are left as they are, so that a test can show them.
    pub plain: bool,
}

impl RaftRs {
    /// From now on, no message has more than one entry.
    pub fn send_one_by_one(&mut self) {
        self.node.raft.max_msg_size = 0;
    }

    fn leads(&self) -> bool {
        self.node.raft.state == StateRole::Leader
    }

    fn drain(&mut self) {
        while self.node.has_ready() {
            let mut ready = self.node.ready();
            self.send(ready.take_messages());
            if !ready.snapshot().is_empty() {
                self.node.store().0.wl().apply_snapshot(ready.snapshot().clone()).unwrap();
                self.state = self.arrived.take().expect("it came with the message");
            }
            {
                let mut storage = self.node.store().0.wl();
                storage.append(ready.entries()).unwrap();
                if let Some(hard_state) = ready.hs() {
                    storage.set_hardstate(hard_state.clone());
                }
            }
            let committed = ready.take_committed_entries();
            self.state.extend(committed.into_iter().map(|entry| entry.data));
            for read in ready.take_read_states() {
                assert!(read.index <= self.state.len() as u64, "a read waits for its index");
                self.reads.push((read.request_ctx[0], self.state.len()));
            }
            let (number, messages) = (ready.number(), ready.take_persisted_messages());
            let waits = ready.must_sync();
            self.node.advance_append_async(ready);
            match &mut self.stalled {
                Some(stalled) if waits || stalled.ready.is_some() => {
                    stalled.ready = Some(number);
                    stalled.messages.extend(messages);
                }
                _ => {
                    self.node.on_persist_ready(number);
                    self.send(messages);
                }
            }
            // A snapshot is applied before it is durable, and may be reported after that only.
            let durable = self.node.raft.raft_log.persisted;
            self.node.advance_apply_to(durable.min(self.state.len() as u64));
        }
    }

    fn send(&mut self, messages: Vec<Message>) {
        for mut message in messages {
            let kind = message.get_msg_type();
            if !self.plain && is_ballot(kind) {
                // Nobody is to learn of commits by votes.
                (message.commit, message.commit_term) = (0, 0);
            }
            let state = (kind == MessageType::MsgSnapshot).then(|| {
                let upto = message.get_snapshot().get_metadata().index;
                self.state[..upto as usize].to_vec()
            });
            self.outbox.push((message.to, Letter { message, state }));
        }
    }

    /// What stands for an answer of ours to a node that is one term behind, and asks for a
    /// pre-vote.
    fn refuses(&mut self, message: &Message) -> bool {
        let one_behind = message.get_msg_type() == MessageType::MsgRequestPreVote
            && message.term == self.node.raft.term;
        if self.plain || !one_behind {
            return false;
        }
        let mut answer = Message::default();
        answer.set_msg_type(MessageType::MsgRequestPreVoteResponse);
        (answer.from, answer.to) = (self.me, message.from);
        (answer.term, answer.reject) = (self.node.raft.term, true);
        self.outbox.push((answer.to, Letter { message: answer, state: None }));
        true
    }

    fn kind_of(kind: MessageType) -> Kind {
        match kind {
            MessageType::MsgRequestVote => Kind::Vote,
            MessageType::MsgRequestVoteResponse => Kind::VoteReply,
            MessageType::MsgAppend | MessageType::MsgHeartbeat => Kind::Leader,
            MessageType::MsgSnapshot => Kind::Snapshot,
            _ => Kind::Other,
        }
    }
}

const fn is_ballot(kind: MessageType) -> bool {
    matches!(
        kind,
        MessageType::MsgRequestVote
            | MessageType::MsgRequestVoteResponse
            | MessageType::MsgRequestPreVote
            | MessageType::MsgRequestPreVoteResponse
    )
}

fn start_on(disk: Disk, me: u64, applied: u64) -> RawNode<Disk> {
    let logger = slog::Logger::root(slog::Discard, slog::o!());
    let config = Config {
        id: me,
        applied,
        election_tick: ELECTION_TICKS,
        heartbeat_tick: ELECTION_TICKS / 5,
        // It stands for election when it is told to, and never by itself.
        min_election_tick: 1_000_000,
        max_election_tick: 1_000_001,
        check_quorum: true,
        pre_vote: true,
        max_size_per_msg: 0x10_0000,
        ..Config::default()
    };
    RawNode::new(&config, disk, &logger).unwrap()
}

impl Host for RaftRs {
    type Message = Letter;

    fn start(me: u64, voters: u64, term: u64, terms: &[u64]) -> Self {
        let disk = Disk::new(voters);
        let entries: Vec<Entry> = (1..)
            .zip(terms)
            .map(|(index, &term)| Entry {
                index,
                term,
                data: old_payload(index, term),
                ..Entry::default()
            })
            .collect();
        disk.0.wl().append(&entries).unwrap();
        disk.0.wl().set_hardstate(HardState { term, ..HardState::default() });
        Self {
            me,
            voters,
            node: start_on(disk, me, 0),
            state: Vec::new(),
            arrived: None,
            outbox: Vec::new(),
            stalled: None,
            reads: Vec::new(),
            plain: false,
        }
    }

    fn restart(&mut self) {
        let disk = match self.stalled.take() {
            Some(stalled) => {
                self.state = stalled.state;
                stalled.disk
            }
            None => Disk(self.node.store().0.clone()),
        };
        self.reads.clear();
        self.outbox.clear();
        self.node = start_on(disk, self.me, self.state.len() as u64);
        self.drain();
    }

    fn post(&mut self) -> Vec<(u64, Letter)> {
        std::mem::take(&mut self.outbox)
    }

    fn kind(letter: &Letter) -> Kind {
        Self::kind_of(letter.message.get_msg_type())
    }

    fn receive(&mut self, _: u64, letter: Letter) {
        let Letter { message, state } = letter;
        if !self.refuses(&message) {
            self.arrived = state;
            self.node.step(message).unwrap();
            self.drain();
        }
    }

    fn snapshot_sent(&mut self, to: u64, arrived: bool) {
        let status = if arrived { SnapshotStatus::Finish } else { SnapshotStatus::Failure };
        self.node.report_snapshot(to, status);
        self.drain();
    }

    fn stand(&mut self) {
        self.node.campaign().unwrap();
        self.drain();
    }

    fn wait(&mut self) {
        for _ in 0..ELECTION_TICKS {
            if !self.leads() {
                self.node.tick();
            }
        }
        self.drain();
    }

    fn beat(&mut self) {
        for _ in 0..ELECTION_TICKS / 5 {
            if self.leads() {
                self.node.tick();
            }
        }
        self.drain();
    }

    fn propose(&mut self, payload: Payload) {
        self.node.propose(Vec::new(), payload).unwrap();
        self.drain();
    }

    fn read(&mut self, name: u8) -> bool {
        let ready = self.node.raft.commit_to_current_term();
        self.node.read_index(vec![name]);
        self.drain();
        ready
    }

    fn compact(&mut self, upto: u64) {
        let disk = self.node.store();
        if upto > disk.base().0 {
            disk.copy(&disk.0, upto);
        }
    }

    fn stall(&mut self) {
        if self.stalled.is_none() {
            let disk = self.node.store().duplicate(self.voters);
            let state = self.state.clone();
            self.stalled = Some(Stalled { disk, state, ready: None, messages: Vec::new() });
        }
    }

    fn sync(&mut self) {
        if let Some(Stalled { ready, messages, .. }) = self.stalled.take() {
            if let Some(number) = ready {
                self.node.on_persist_ready(number);
            }
            self.send(messages);
            self.drain();
        }
    }

    fn view(&self) -> View {
        let raft = &self.node.raft;
        let known = |id: u64| (id != raft::INVALID_ID).then_some(id);
        let snapshot = self.node.store().base();
        let tail = self.node.store().tail(snapshot.0);
        let durable = if self.leads() { u64::MAX } else { raft.raft_log.persisted };
        View {
            term: raft.term,
            vote: known(raft.vote),
            leader: known(raft.leader_id),
            leads: self.leads(),
            commit: raft.raft_log.committed.min(durable),
            snapshot,
            log: tail.into_iter().map(|entry| (entry.term, entry.data)).collect(),
            state: self.state.clone(),
            reads: self.reads.clone(),
        }
    }
}
