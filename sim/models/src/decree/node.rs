//! The three machines, each with its host.

use synod_consensus_core::{
    Ballot, Canonical, Instance, Members, NodeId, Proposal,
    paxos::{
        Acceptor, AcceptorOutput, Body, Config, Learner, LearnerOutput, Message, Phase, Proposer,
        ProposerOutput, Record,
    },
};

use crate::{
    disk::{Contents, Disk},
    world::{Effects, Node},
};

/// How many acceptors there are.
pub(crate) const ACCEPTORS: usize = 3;
const INSTANCE: Instance = Instance { cluster: 7, number: 1 };

/// A value: small enough to be an element of a set of bits.
pub(crate) type Value = u8;

/// An acceptor, a proposer or a learner. Its id is its place.
#[derive(Clone, Debug)]
pub(crate) enum Party {
    /// Remembers.
    Acceptor(Remembering),
    /// Proposes.
    Proposer(Proposing),
    /// Finds out.
    Learner(Learner<Value, ACCEPTORS>),
}

/// An acceptor and its disk.
#[derive(Clone, Debug)]
pub(crate) struct Remembering {
    id: NodeId,
    machine: Acceptor<Value>,
    disk: Disk<Option<Record<Value>>>,
}

/// A proposer and its disk.
#[derive(Clone, Debug)]
pub(crate) struct Proposing {
    id: NodeId,
    machine: Proposer<Value, ACCEPTORS>,
    disk: Disk<u64>,
    /// How many ballots it has begun, in all its lives.
    ballots: u8,
    /// What it proposes in this life.
    own: Value,
}

impl Contents for Option<Record<Value>> {
    type Write = Record<Value>;

    fn apply(&mut self, write: &Self::Write) {
        *self = Some(*write);
    }
}

impl Contents for u64 {
    type Write = Self;

    fn apply(&mut self, write: &Self) {
        *self = *write;
    }
}

/// What happens besides messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    /// The write that is on its way is done.
    Persisted,
    /// The deadline passes.
    TimedOut,
    /// The node loses all but its disk, and comes back at once: one that is down for long is not
    /// told from one that no message reaches. Whether the write that was on its way was done, is
    /// said.
    Crashed {
        /// It was done, and not reported.
        written: bool,
    },
}

/// What an observer notes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Note {
    /// A proposer begins a life with this value.
    Proposed(Value),
    /// It asks for a value to be accepted: its own, or another's.
    Asked {
        /// Whether it is its own.
        own: bool,
    },
    /// An acceptor has this on its disk.
    Accepted(Proposal<Value>),
    /// A machine says that this is chosen.
    Chosen(Value),
    /// A machine refuses a message.
    Refused,
}

/// What tells a node apart.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum View {
    /// An acceptor and its disk.
    Acceptor(Canonical<Acceptor<Value>>, Option<Record<Value>>, Vec<Record<Value>>),
    /// A proposer, its disk, and how many ballots it has begun.
    Proposer(Canonical<Proposer<Value, ACCEPTORS>>, u64, Vec<u64>, u8),
    /// A learner.
    Learner(Canonical<Learner<Value, ACCEPTORS>>),
}

impl Party {
    /// The acceptor of this place, and what follows from its start.
    pub(crate) fn acceptor(place: usize) -> (Self, Effects<Self>) {
        let id = NodeId(place as u64);
        let machine = Acceptor::bootstrap(INSTANCE, id);
        (Self::Acceptor(Remembering { id, machine, disk: Disk::new(None) }), Effects::default())
    }

    /// The proposer of this place, with its first value.
    pub(crate) fn proposer(place: usize, own: Value) -> (Self, Effects<Self>) {
        let id = NodeId(place as u64);
        let machine = Proposer::bootstrap(config(id), acceptors(), 0, own).expect("legal");
        let mut proposer = Proposing { id, machine, disk: Disk::new(0), ballots: 1, own };
        let mut effects = Effects { notes: vec![Note::Proposed(own)], ..Effects::default() };
        proposer.drain(&mut effects);
        (Self::Proposer(proposer), effects)
    }

    /// The learner of this place, which has asked.
    pub(crate) fn learner(place: usize) -> (Self, Effects<Self>) {
        let machine = Learner::new(config(NodeId(place as u64)), acceptors(), 0).expect("legal");
        let mut learner = Self::Learner(machine);
        let effects = learner.drain(Effects::default());
        (learner, effects)
    }

    /// How many ballots it has begun.
    pub(crate) fn ballots(&self) -> u8 {
        match self {
            Self::Proposer(proposer) => proposer.ballots,
            _ => 0,
        }
    }

    /// Whether a proposer waits no more for this answer.
    pub(crate) fn has_done_with(&self, message: &Message<Value>) -> bool {
        let Self::Proposer(Proposing { machine, .. }) = self else { return false };
        let (ballot, phase) = match message.body {
            Body::Promise { ballot, .. } => (ballot, Some(Phase::Preparing)),
            Body::Accepted { ballot } => (ballot, Some(Phase::Accepting)),
            Body::Rejected { ballot, .. } => (ballot, None),
            _ => return false,
        };
        let current = Some(ballot) == machine.ballot();
        let is_over = match (phase, machine.phase()) {
            (_, Phase::Chosen | Phase::Waiting) => true,
            (Some(Phase::Preparing), now) => now != Phase::Preparing,
            _ => false,
        };
        Some(ballot) < machine.ballot() || current && is_over
    }

    /// Does all that the machine wants of its host.
    fn drain(&mut self, mut effects: Effects<Self>) -> Effects<Self> {
        match self {
            Self::Acceptor(acceptor) => acceptor.drain(&mut effects),
            Self::Proposer(proposer) => proposer.drain(&mut effects),
            Self::Learner(learner) => {
                while let Some(output) = learner.poll_output() {
                    match output {
                        LearnerOutput::Send { to, message } => send(&mut effects, to, message),
                        LearnerOutput::Chosen(&value) => effects.notes.push(Note::Chosen(value)),
                    }
                }
            }
        }
        effects
    }
}

impl Remembering {
    /// What the observer finds on its disk.
    fn accepted(&self) -> Option<Note> {
        let record = self.disk.durable().as_ref()?;
        record.accepted().map(|proposal| Note::Accepted(*proposal))
    }

    fn drain(&mut self, effects: &mut Effects<Party>) {
        while let Some(output) = self.machine.poll_output() {
            match output {
                AcceptorOutput::Write { id, record } => self.disk.write(id, *record),
                AcceptorOutput::Send { to, message } => send(effects, to, message),
            }
        }
    }
}

impl Proposing {
    fn drain(&mut self, effects: &mut Effects<Party>) {
        let own = self.own;
        while let Some(output) = self.machine.poll_output() {
            match output {
                ProposerOutput::Write { id, reserved } => self.disk.write(id, reserved),
                ProposerOutput::Send { to, message } => {
                    if let Body::Accept(Proposal { value: &value, .. }) = message.body {
                        effects.notes.push(Note::Asked { own: value == own });
                    }
                    send(effects, to, message);
                }
                ProposerOutput::Chosen(&value) => effects.notes.push(Note::Chosen(value)),
                ProposerOutput::Exhausted => {}
            }
        }
    }

    /// Comes back with another value, as a host may.
    fn recover(&mut self, effects: &mut Effects<Party>) {
        self.own += 2;
        self.ballots += 1;
        let (config, reserved) = (config(self.id), *self.disk.durable());
        self.machine =
            Proposer::recover(config, acceptors(), 0, reserved, self.own).expect("legal");
        effects.notes.push(Note::Proposed(self.own));
    }

    fn time_out(&mut self) {
        let before = self.machine.ballot();
        if let Some(deadline_us) = self.machine.poll_timeout() {
            self.machine.handle_timeout(deadline_us);
        }
        self.ballots += u8::from(self.machine.ballot() != before);
    }
}

impl Node for Party {
    type View = View;
    type Message = Message<Value>;
    type Event = Event;
    type Note = Note;

    fn view(&self) -> View {
        match self {
            Self::Acceptor(Remembering { machine, disk, .. }) => {
                let pending = disk.pending().copied().collect();
                View::Acceptor(machine.canonical(), *disk.durable(), pending)
            }
            Self::Proposer(Proposing { machine, disk, ballots, .. }) => {
                let pending = disk.pending().copied().collect();
                View::Proposer(machine.canonical(), *disk.durable(), pending, *ballots)
            }
            Self::Learner(machine) => View::Learner(machine.canonical()),
        }
    }

    fn events(&self) -> Vec<Event> {
        let crashes = |pending: usize| {
            let written = (pending > 0).then_some(Event::Crashed { written: true });
            let done = (pending > 0).then_some(Event::Persisted);
            done.into_iter().chain([Event::Crashed { written: false }]).chain(written)
        };
        match self {
            Self::Acceptor(acceptor) => crashes(acceptor.disk.pending().len()).collect(),
            Self::Proposer(proposer) => {
                let timer = proposer.machine.poll_timeout().map(|_| Event::TimedOut);
                crashes(proposer.disk.pending().len()).chain(timer).collect()
            }
            Self::Learner(_) => vec![Event::TimedOut],
        }
    }

    fn happen(&mut self, event: Event) -> Effects<Self> {
        let mut effects = Effects::default();
        match (&mut *self, event) {
            (Self::Acceptor(acceptor), Event::Persisted) => {
                let id = acceptor.disk.finish(1).expect("a write is on its way");
                acceptor.machine.handle_persisted(id).expect("it was polled");
                effects.notes.extend(acceptor.accepted());
            }
            (Self::Acceptor(acceptor), Event::Crashed { written }) => {
                acceptor.disk.crash(usize::from(written));
                effects.notes.extend(acceptor.accepted());
                let Remembering { id, machine, disk } = acceptor;
                *machine = match *disk.durable() {
                    Some(record) => Acceptor::recover(INSTANCE, *id, record),
                    None => Acceptor::bootstrap(INSTANCE, *id),
                };
            }
            (Self::Proposer(Proposing { machine, disk, .. }), Event::Persisted) => {
                let id = disk.finish(1).expect("a write is on its way");
                machine.handle_persisted(id).expect("it was polled");
            }
            (Self::Proposer(proposer), Event::Crashed { written }) => {
                proposer.disk.crash(usize::from(written));
                proposer.recover(&mut effects);
            }
            (Self::Proposer(proposer), Event::TimedOut) => proposer.time_out(),
            (Self::Learner(machine), Event::TimedOut) => {
                if let Some(deadline_us) = machine.poll_timeout() {
                    machine.handle_timeout(deadline_us);
                }
            }
            (Self::Acceptor(_), Event::TimedOut) | (Self::Learner(_), _) => {}
        }
        self.drain(effects)
    }

    fn receive(&mut self, from: usize, message: &Message<Value>) -> Effects<Self> {
        let from = NodeId(from as u64);
        // No time passes but by timers.
        let taken = match self {
            Self::Acceptor(acceptor) => acceptor.machine.handle_message(from, *message),
            Self::Proposer(proposer) => proposer.machine.handle_message(0, from, *message),
            Self::Learner(learner) => learner.handle_message(0, from, *message),
        };
        let notes = taken.err().map(|_| Note::Refused).into_iter().collect();
        self.drain(Effects { notes, ..Effects::default() })
    }
}

/// Whose ballot it is, and which, as a number.
pub(crate) fn number(ballot: Ballot) -> u64 {
    ballot.round.get() * 8 + ballot.proposer.0
}

fn send(effects: &mut Effects<Party>, to: NodeId, message: Message<&Value>) {
    effects.sent.push((to.0 as usize, message.cloned()));
}

fn acceptors() -> Members<ACCEPTORS> {
    let ids: [NodeId; ACCEPTORS] = std::array::from_fn(|place| NodeId(place as u64));
    Members::majority(&ids).expect("legal")
}

const fn config(id: NodeId) -> Config {
    Config::new(INSTANCE, id, 0)
}
