//! A voter with its host.

use synod_consensus_core::{
    Canonical, NodeId,
    raft::{
        BallotBody, Body, Change, Config, Message, Output, Raft, ReadToken, Recovered, Role, Said,
    },
};

use super::{
    Rule,
    log::{Entry, Log, Record, Stored},
};
use crate::{
    disk::Disk,
    world::{Effects, Node},
};

/// How many voters there are.
pub(crate) const VOTERS: usize = 3;
/// So long that heartbeats, which are a microsecond apart, never add up to it, and that a deadline
/// drawn from it is not the earliest that could be drawn.
const ELECTION_TIMEOUT_US: u64 = 1 << 40;

type Machine<E> = Raft<VOTERS, 1, E>;

/// A voter, its log and its disk. Its id is its place.
#[derive(Clone, Debug)]
pub(crate) struct Voter<E: Rule> {
    place: usize,
    raft: Machine<E>,
    log: Log,
    disk: Disk<Stored>,
}

/// A message, and the entries that go with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Packet<X> {
    /// What the machine says.
    pub(crate) message: Message<X>,
    entries: Vec<Entry>,
}

/// What happens besides messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    /// So many of the oldest writes are done, and reported as one.
    Persisted(usize),
    /// It has heard nothing for longer than an election timeout, and stands for election.
    Expired,
    /// A leader looks who has answered for an election timeout.
    Checked,
    /// The next heartbeat of a leader is due.
    Heartbeat,
    /// An election timeout has passed, but not yet its own deadline, which is drawn from longer
    /// ones.
    Quiet,
    /// The node loses all but its disk, and comes back at once. So many of the oldest writes were
    /// done, and not reported.
    Crashed(usize),
    /// A client proposes something.
    Proposed,
    /// A client wants to read.
    Asked,
}

/// What an observer notes.
#[derive(Clone, Debug)]
pub(crate) enum Note {
    /// It leads this term, with this log.
    Elected(u64, Log),
    /// It has told another one that it has its vote in a term.
    Voted(u64, usize),
    /// It has told something that is not on its disk.
    Early,
    /// It applies this entry of this index, in this term of its own.
    Applied(u64, Entry, u64),
    /// It has taken a read.
    Asked(ReadToken),
    /// It answers reads up to this one, having applied all up to this index.
    Answered(ReadToken, u64),
    /// It has lost all reads that it had taken.
    Abandoned,
    /// It refuses a message.
    Refused,
}

/// What tells a node apart.
type View<E> = (Canonical<Machine<E>>, Log, Stored, Vec<Record>);

impl<E: Rule> Voter<E> {
    /// The voter of this place at its very first start.
    pub(crate) fn new(place: usize) -> (Self, Effects<Self>) {
        let log = Log::default();
        let raft = Raft::bootstrap(config(place), &voters(), 0, &log).expect("legal");
        let mut voter = Self { place, raft, log, disk: Disk::new(Stored::default()) };
        let effects = voter.drain(Effects::default(), &[]);
        (voter, effects)
    }

    /// The machine.
    pub(crate) fn raft(&self) -> &Machine<E> {
        &self.raft
    }

    /// Its log in memory.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Whether it leads.
    pub(crate) fn leads(&self) -> bool {
        self.raft.status().leadership.role == Role::Leader
    }

    /// The term on its disk.
    pub(crate) fn durable_term(&self) -> u64 {
        self.disk.durable().hard_state.map_or(0, |hard_state| hard_state.term)
    }

    /// Whether this message is about a term, or an election, that is over for this node, whatever
    /// it may lose in a crash.
    pub(crate) fn has_done_with(&self, message: &Message<E::Said>) -> bool {
        let durable = self.durable_term();
        // A term that is left, or lost, is never stood for or led again.
        let role = self.raft.status().leadership.role;
        let over = |is_open: bool| message.term < durable || message.term == durable && !is_open;
        match message.body {
            Body::PreVoteReply { asked, .. } => asked < durable,
            Body::VoteReply { .. } => over(role == Role::Candidate),
            Body::Matched { .. } | Body::Mismatched { .. } => {
                over(matches!(role, Role::Candidate | Role::Leader))
            }
            Body::Ballot(said) if is_promise(said) => over(role == Role::Candidate),
            _ => message.term < durable,
        }
    }

    /// Does all that the machine wants of its host, after a message with these entries.
    fn drain(&mut self, mut effects: Effects<Self>, entries: &[Entry]) -> Effects<Self> {
        while let Some(output) = self.raft.poll_output(&self.log) {
            match output {
                Output::Change(change) => self.change(change, entries),
                Output::Send { to, message } => self.send(to, message, &mut effects),
                Output::Write(write) => {
                    let entries = self.log.entries(write.first, write.last).to_vec();
                    let keep = write.first - 1;
                    let hard_state = write.hard_state;
                    self.disk.write(write.id, Record { hard_state, keep, entries });
                }
                Output::Committed { upto } => {
                    let status = self.raft.status();
                    let (first, term) = (status.applied + 1, status.leadership.term);
                    let applied = (first..).zip(self.log.entries(first, upto));
                    let notes = applied.map(|(index, &entry)| Note::Applied(index, entry, term));
                    effects.notes.extend(notes);
                    self.raft.handle_applied(upto).expect("it was polled");
                }
                Output::Read(token) => {
                    let applied = self.raft.status().applied;
                    effects.notes.push(Note::Answered(token, applied));
                }
                Output::Leadership(leadership) if leadership.role == Role::Leader => {
                    effects.notes.push(Note::Elected(leadership.term, self.log.clone()));
                }
                // What was read at another leader is not answered, nor by who leads no more.
                Output::Leadership(_) => effects.notes.push(Note::Abandoned),
                Output::Fate(_) | Output::LogFull => {}
            }
        }
        effects
    }

    fn change(&mut self, change: Change, entries: &[Entry]) {
        match change {
            Change::Blank { term } => self.log.0.push(Entry { term, payload: None }),
            Change::Append { keep, skip, count, .. } => {
                let (skip, count) = (skip as usize, count as usize);
                self.log.replace(keep, entries.iter().skip(skip).take(count).copied());
            }
            Change::Install { .. } => unreachable!("nobody makes snapshots"),
        }
    }

    fn send(&self, to: NodeId, message: Message<E::Said>, effects: &mut Effects<Self>) {
        let entries = match message.entries() {
            Some((prev, _, count)) => {
                self.log.entries(prev.index + 1, prev.index + u64::from(count)).to_vec()
            }
            None => Vec::new(),
        };
        let to_place = to.0 as usize;
        let disk = self.disk.durable();
        let is_true = match message.body {
            Body::VoteReply { granted: true } => {
                effects.notes.push(Note::Voted(message.term, to_place));
                disk.hard_state
                    .is_some_and(|on_disk| on_disk.term == message.term && on_disk.vote == Some(to))
            }
            Body::Ballot(said) if is_promise(said) => {
                effects.notes.push(Note::Voted(message.term, to_place));
                // It speaks for the log, too.
                disk.log == self.log
                    && disk.hard_state.is_some_and(|on_disk| {
                        on_disk.term == message.term && on_disk.vote == Some(to)
                    })
            }
            Body::Matched { index, .. } => {
                let upto = index as usize;
                disk.log.0.get(..upto).is_some_and(|durable| durable == &self.log.0[..upto])
            }
            _ => true,
        };
        if !is_true || self.durable_term() < message.term && spends_term(&message.body) {
            effects.notes.push(Note::Early);
        }
        effects.sent.push((to_place, Packet { message, entries }));
    }

    fn restart(&mut self) {
        let stored = self.disk.durable().clone();
        let config = config(self.place);
        self.log = stored.log;
        self.raft = match stored.hard_state {
            None => Raft::bootstrap(config, &voters(), 0, &self.log),
            Some(hard_state) => {
                let found = Recovered { hard_state, applied: 0 };
                Raft::recover(config, &voters(), 0, found, &self.log)
            }
        }
        .expect("it was written so");
    }
}

impl<E: Rule> Node for Voter<E> {
    type View = View<E>;
    type Message = Packet<E::Said>;
    type Event = Event;
    type Note = Note;

    fn view(&self) -> View<E> {
        let pending = self.disk.pending().cloned().collect();
        (self.raft.canonical(), self.log.clone(), self.disk.durable().clone(), pending)
    }

    fn events(&self) -> Vec<Event> {
        let pending = self.disk.pending().len();
        let mut events: Vec<Event> = (1..=pending).map(Event::Persisted).collect();
        events.extend((0..=pending).map(Event::Crashed));
        if self.leads() {
            events.extend([Event::Heartbeat, Event::Checked, Event::Proposed, Event::Asked]);
        } else {
            events.extend([Event::Expired, Event::Quiet]);
            if E::BALLOTS {
                events.push(Event::Asked);
            }
        }
        events
    }

    fn happen(&mut self, event: Event) -> Effects<Self> {
        let mut effects = Effects::default();
        let deadline_us = self.raft.poll_timeout().unwrap_or_default();
        match event {
            Event::Persisted(count) => {
                let id = self.disk.finish(count).expect("a write is on its way");
                self.raft.handle_persisted(id, &self.log).expect("it was polled");
            }
            Event::Checked => {
                self.raft.handle_timeout(deadline_us + ELECTION_TIMEOUT_US, &self.log);
            }
            Event::Expired | Event::Heartbeat => self.raft.handle_timeout(deadline_us, &self.log),
            Event::Quiet => self.raft.handle_timeout(deadline_us - 1, &self.log),
            Event::Crashed(done) => {
                self.disk.crash(done);
                self.restart();
                effects.notes.push(Note::Abandoned);
            }
            Event::Proposed => {
                if let Ok(id) = self.raft.propose(0, 1, &self.log) {
                    let payload = Some(self.place as u8);
                    self.log.0.push(Entry { term: id.term, payload });
                }
            }
            Event::Asked => {
                let token = self.raft.read(0);
                effects.notes.extend(token.map(Note::Asked));
            }
        }
        self.drain(effects, &[])
    }

    fn receive(&mut self, from: usize, packet: &Packet<E::Said>) -> Effects<Self> {
        let from = NodeId(from as u64);
        // No time passes but by timers.
        let taken = self.raft.handle_message(0, from, &packet.message, &self.log);
        let notes = taken.err().map(|_| Note::Refused).into_iter().collect();
        self.drain(Effects { notes, ..Effects::default() }, &packet.entries)
    }
}

/// Whether what it says promises that its sender is in its term for good.
const fn spends_term<X>(body: &Body<X>) -> bool {
    !matches!(body, Body::PreVote { .. } | Body::PreVoteReply { .. } | Body::Outdated)
}

fn is_promise(said: impl Said) -> bool {
    matches!(said.ballot(), Some(BallotBody::Promise { .. }))
}

fn voters() -> [NodeId; VOTERS] {
    std::array::from_fn(|place| NodeId(place as u64))
}

const fn config(place: usize) -> Config {
    let id = NodeId(place as u64);
    Config { election_timeout_us: ELECTION_TIMEOUT_US, heartbeat_us: 1, ..Config::new(7, id, 0) }
}
