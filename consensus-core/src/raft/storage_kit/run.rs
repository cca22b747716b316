//! A node's life, by seed.

use super::{
    Call, Cause, Failure, FoundIn, Storage, Violation,
    model::{Mark, Model, State},
};
use crate::{
    NodeId,
    raft::{
        Body, Config, Entry, HardState, Log, LogId, Message, Recovered, Replica, Role, StartError,
        TermLog,
        replica::{FrameError, Output},
    },
    random::Random,
};

const STEPS: u32 = 200;

/// The log is made shorter when it has so many entries,
const LONG: u64 = 20;
/// or has room for less than so many.
const NARROW: u64 = 4;

const CLUSTER: u64 = 7;
const ME: NodeId = NodeId(2);
const VOTERS: [NodeId; 3] = [NodeId(1), ME, NodeId(3)];

type Outcome<S> = Result<(), Cause<<S as Storage>::Error>>;

pub(super) fn run<S: Storage>(seed: u64, storage: &mut S) -> Result<(), Failure<S::Error>> {
    let failure = |step, after, cause| Failure { seed, step, after, cause };
    let mut model = Model::new();
    let mut run =
        Run::begin(seed, storage, &mut model).map_err(|cause| failure(0, Call::Recover, cause))?;
    for step in 1..=STEPS {
        run.step().map_err(|cause| failure(step, run.after, cause))?;
    }
    run.restart().map_err(|cause| failure(STEPS, run.after, cause))
}

/// A storage, the node that it belongs to, and the cluster around it.
struct Run<'s, S: Storage> {
    storage: &'s mut S,
    model: &'s mut Model,
    after: Call,
    random: Random,
    node: Replica<S::Log, 3, 1>,
    now_us: u64,
    /// The latest write that was polled.
    issued: u64,
    /// The latest term of the cluster, and who leads it.
    term: u64,
    leader: Option<NodeId>,
    /// What the node has applied is committed, and nobody replaces it.
    applied: u64,
}

impl<'s, S: Storage> Run<'s, S> {
    /// The first start.
    fn begin(seed: u64, storage: &'s mut S, model: &'s mut Model) -> Result<Self, Cause<S::Error>> {
        let found = storage.recover().map_err(Cause::Storage)?;
        let (state, _) = read::<S>(&found).map_err(Cause::Contract)?;
        let empty = state.hard_state == HardState::default() && found.snapshot.is_none();
        if !empty || found.log.last_index() > 0 {
            return Err(Cause::Contract(Violation::NotEmpty));
        }
        let node = Replica::bootstrap(config(seed), &VOTERS, 0, found.log).map_err(start)?;
        let mut run = Self {
            storage,
            model,
            after: Call::Recover,
            random: Random::new(seed, ME),
            node,
            now_us: 0,
            issued: 0,
            term: 0,
            leader: None,
            applied: 0,
        };
        run.drain()?;
        Ok(run)
    }

    fn step(&mut self) -> Outcome<S> {
        self.now_us = self.now_us.saturating_add(1_000);
        let log = self.node.log();
        let length = log.last_index().saturating_sub(log.snapshot().index);
        if length >= LONG || log.room() < NARROW {
            return self.make_room();
        }
        match self.random.below(24) {
            0..=6 => self.append(),
            7..=8 => self.overwrite(),
            9 => self.ask_for_vote(),
            10 => self.stand(),
            11 => self.send_snapshot(),
            12..=15 => self.commit(false),
            16..=18 => self.sync(),
            19..=20 => self.compact(false),
            _ => self.restart(),
        }
    }

    /// A leader has more entries.
    fn append(&mut self) -> Outcome<S> {
        let count = self.count();
        let last = self.node.status().last;
        if self.leads() {
            for ahead in 1..=u64::from(count) {
                let id = LogId { term: self.term, index: last.index.saturating_add(ahead) };
                // It may have no room.
                let _ = self.node.propose(self.now_us, S::payload(number(id)));
            }
            return self.drain();
        }
        let leader = self.leader();
        self.send_entries(leader, last, count)
    }

    /// A new leader does not have the last entries.
    fn overwrite(&mut self) -> Outcome<S> {
        let leader = self.new_leader();
        let count = self.count();
        let (low, last) = (self.committed(), self.node.status().last.index);
        let keep = self.between(low, last);
        let Some(term) = self.node.log().term(keep) else { return Ok(()) };
        self.send_entries(leader, LogId { term, index: keep }, count)
    }

    fn send_entries(&mut self, leader: NodeId, prev: LogId, count: u32) -> Outcome<S> {
        let commit = self.committed().min(prev.index);
        let entries_term = self.term;
        self.send(leader, Body::Append { prev, entries_term, count, commit, round: 0 })
    }

    /// A new leader is to be, and asks for this node's vote.
    fn ask_for_vote(&mut self) -> Outcome<S> {
        // The former leader was not heard for long.
        self.now_us = self.now_us.saturating_add(1_000_000);
        let last = self.node.status().last;
        let candidate = self.new_leader();
        if self.random.below(3) == 0 {
            self.leader = None; // nor will it win
        }
        self.send(candidate, Body::Vote { last })
    }

    /// This node stands for election, and may win it.
    fn stand(&mut self) -> Outcome<S> {
        let leadership = self.node.status().leadership;
        let term = leadership.term;
        if leadership.role == Role::Leader || term < self.term {
            return self.append();
        }
        self.now_us = self.now_us.max(self.node.poll_timeout().unwrap_or(0));
        self.node.handle_timeout(self.now_us);
        self.drain()?;
        self.send(NodeId(1), Body::PreVoteReply { granted: true, asked: term })?;
        if self.random.below(2) == 0 {
            return Ok(());
        }
        self.sync()?;
        self.send(NodeId(1), Body::VoteReply { granted: true })
    }

    /// The leader has only a snapshot of what this node lacks, in place of all that it has.
    fn send_snapshot(&mut self) -> Outcome<S> {
        let last = self.node.status().last.index;
        let other = self.leader.filter(|&leader| leader != ME);
        let (leader, low) = match other {
            Some(leader) if self.random.below(4) == 0 => (leader, last),
            _ => (self.new_leader(), self.committed()),
        };
        let mut index = self.between(low.saturating_add(1), last.saturating_add(2));
        if self.random.below(4) == 0 {
            index = last.saturating_add(self.leap());
        }
        self.send(leader, Body::Snapshot { last: LogId { term: self.term, index } })
    }

    /// A quorum has what this node has, or some of it.
    fn commit(&mut self, all: bool) -> Outcome<S> {
        let last = self.node.status().last;
        let low = if all { last.index } else { self.committed() };
        let commit = self.between(low, last.index);
        if self.leads() {
            return self.send(NodeId(1), Body::Matched { index: commit, round: 0 });
        }
        let leader = self.leader();
        let body = Body::Append { prev: last, entries_term: 0, count: 0, commit, round: 0 };
        self.send(leader, body)
    }

    fn sync(&mut self) -> Outcome<S> {
        self.after = Call::Sync;
        self.storage.sync().map_err(Cause::Storage)?;
        self.model.sync();
        // It was reported before, if nothing was written since.
        let _ = self.node.handle_persisted(self.issued);
        self.drain()
    }

    /// Puts a snapshot in the place of what is applied, or some of it.
    fn compact(&mut self, all: bool) -> Outcome<S> {
        let status = self.node.status();
        let upto = status.applied.min(status.durable);
        let snapshot = self.node.log().snapshot().index;
        if upto <= snapshot {
            return Ok(());
        }
        let low = if all { upto } else { snapshot.saturating_add(1) };
        let index = self.between(low, upto);
        let Some(term) = self.node.log().term(index) else { return Ok(()) };
        let last = LogId { term, index };
        self.after = Call::Compact;
        self.model.compact(last);
        let state = S::snapshot(number(last));
        self.storage.compact(last, &state).map_err(Cause::Storage)?;
        if self.random.below(4) == 0 {
            return self.restart();
        }
        self.sync()?;
        let _ = self.node.compact(index);
        Ok(())
    }

    /// As a host does when its log is full.
    fn make_room(&mut self) -> Outcome<S> {
        self.commit(true)?;
        self.sync()?;
        self.compact(true)
    }

    /// The power fails, or only the process ends; perhaps again before anything else is done.
    fn restart(&mut self) -> Outcome<S> {
        let last = self.node.status().last;
        loop {
            if self.random.below(4) > 0 {
                let chance = self.random.below(1 << 32);
                self.storage.crash(chance).map_err(Cause::Storage)?;
            }
            self.recover()?;
            if self.random.below(4) > 0 {
                break;
            }
        }
        // A leader that has sent what is lost now would have to send it again.
        if self.leader == Some(ME) || self.node.status().last != last {
            self.leader = None;
        }
        self.drain()
    }

    fn recover(&mut self) -> Outcome<S> {
        let found = self.storage.recover().map_err(Cause::Storage)?;
        let state = self.judge(&found).map_err(Cause::Contract)?;
        self.model.begin(state);
        self.after = Call::Recover;
        self.issued = 0;
        let applied = found.log.snapshot().index;
        let recovered = Recovered { hard_state: found.hard_state, applied };
        let config = config(self.random.below(1 << 32));
        self.node =
            Replica::recover(config, &VOTERS, self.now_us, recovered, found.log).map_err(start)?;
        Ok(())
    }

    /// What was found, if it may have been. What has the wrong name is told first, as that explains
    /// wrong contents.
    fn judge(&self, found: &FoundIn<S>) -> Result<State, Violation> {
        let (state, wrong) = read::<S>(found)?;
        self.model.judge(&state)?;
        if let Some(entry) = wrong {
            return Err(Violation::Payload { entry });
        }
        check_snapshot::<S>(found)?;
        Ok(state)
    }

    /// Does what the node says.
    fn drain(&mut self) -> Outcome<S> {
        while let Some(output) = self.node.poll_output() {
            match output {
                Output::Write(write) => {
                    self.after = Call::Write;
                    self.issued = write.id;
                    self.model.write(&write);
                    let snapshot = write.snapshot.map(|last| S::snapshot(number(last)));
                    self.storage.write(&write, snapshot.as_ref()).map_err(Cause::Storage)?;
                }
                Output::Apply(entries) => {
                    let upto = entries.last();
                    let _ = self.node.handle_applied(upto);
                }
                _ => {}
            }
        }
        let status = self.node.status();
        // An installed snapshot that is not durable is not applied yet.
        self.applied = self.applied.max(status.applied.min(status.durable));
        if status.leadership.term > self.term {
            self.term = status.leadership.term;
            self.leader = None;
        }
        if self.leads() {
            self.leader = Some(ME);
        }
        Ok(())
    }

    fn send(&mut self, from: NodeId, body: Body) -> Outcome<S> {
        let term = self.term;
        let message = Message { cluster: CLUSTER, to: ME, term, body };
        let prev = match body {
            Body::Append { prev, .. } => prev,
            _ => LogId::START,
        };
        let payloads = (0..message.entry_count()).map(|place| {
            let index = prev.index.saturating_add(1).saturating_add(u64::from(place));
            // A leader begins with a blank.
            let blank = place == 0 && prev.term < term;
            (!blank).then(|| S::payload(number(LogId { term, index })))
        });
        match self.node.handle_message(self.now_us, from, &message, payloads) {
            Ok(()) | Err(FrameError::WrongCount) => self.drain(),
            Err(FrameError::Message(error)) => Err(Cause::Contract(Violation::Refused(error))),
        }
    }

    /// Whether this node leads, and nobody leads in a later term.
    fn leads(&self) -> bool {
        let leadership = self.node.status().leadership;
        leadership.role == Role::Leader && leadership.term == self.term
    }

    /// The other node that leads, or one that does from now on.
    fn leader(&mut self) -> NodeId {
        match self.leader {
            Some(leader) if leader != ME => leader,
            _ => self.new_leader(),
        }
    }

    fn new_leader(&mut self) -> NodeId {
        let ahead = if self.random.below(8) == 0 { self.leap() } else { 1 };
        self.term = self.term.saturating_add(ahead).saturating_add(self.random.below(2));
        let leader = if self.random.below(2) == 0 { NodeId(1) } else { NodeId(3) };
        self.leader = Some(leader);
        leader
    }

    /// Up to where nobody will replace entries.
    fn committed(&self) -> u64 {
        self.applied.max(self.node.status().committed)
    }

    fn count(&mut self) -> u32 {
        u32::try_from(self.between(1, 4)).unwrap_or(1)
    }

    /// Far enough that a number which has too few bits shows.
    fn leap(&mut self) -> u64 {
        1 << self.random.below(40)
    }

    /// A number from one to another, both included.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        low.saturating_add(self.random.below(high.saturating_sub(low).saturating_add(1)))
    }
}

fn config(seed: u64) -> Config {
    let max = usize::MAX;
    let config = Config::new(CLUSTER, ME, seed);
    Config { max_entry_bytes: max, max_message_bytes: max, ..config }
}

fn start<E>(error: StartError) -> Cause<E> {
    Cause::Contract(Violation::Start(error))
}

/// Which payload an entry has, and which state a snapshot.
const fn number(id: LogId) -> u64 {
    id.term.rotate_left(32) ^ id.index
}

/// What was found, and the first entry with a payload that is not its own.
fn read<S: Storage>(found: &FoundIn<S>) -> Result<(State, Option<LogId>), Violation> {
    let snapshot = found.log.snapshot();
    let mut state = State::new(found.hard_state, snapshot);
    let mut wrong = None;
    let mut index = snapshot.index;
    while index < found.log.last_index() {
        index = index.saturating_add(1);
        let entries = found.log.entries(index, index);
        let Some((id, payload)) = entries.iter().next() else {
            return Err(Violation::Start(StartError::BadLog));
        };
        if payload.is_some_and(|payload| *payload != S::payload(number(id))) {
            wrong = wrong.or(Some(id));
        }
        let payload = payload.map(|_| Mark);
        if state.log.append(Entry { term: id.term, payload }).is_err() {
            break; // no node has written so many
        }
    }
    Ok((state, wrong))
}

fn check_snapshot<S: Storage>(found: &FoundIn<S>) -> Result<(), Violation> {
    let last = found.log.snapshot();
    let expected = (last != LogId::START).then(|| S::snapshot(number(last)));
    if found.snapshot == expected { Ok(()) } else { Err(Violation::SnapshotState { last }) }
}
