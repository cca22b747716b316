//! A member with its host.

use synod_consensus_core::{
    Ballot, Canonical, Instance, NodeId,
    register::{
        Body, Config, Membership, Message, Outcome, Output, ReadToken, Record, Register, Update,
    },
};

use super::client::{Answer, Client, Operation, Value, Wish, number};
use crate::{
    disk::{Contents, Disk},
    world::{Effects, Node},
};

/// How many nodes there are.
pub(crate) const NODES: usize = 3;
const INSTANCE: Instance = Instance { cluster: 7, number: 1 };

type Machine = Register<Wish, NODES>;
/// What a disk holds.
pub(crate) type Written = Record<Value, NODES>;
/// A message between members.
pub(crate) type Letter = Message<Value, NODES>;

/// A member, its disk, and its clients. Its id is its place.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    place: usize,
    clients: &'static [Client],
    machine: Machine,
    disk: Disk<Written>,
    record: Kept,
}

/// What its host keeps. Of this, a crash leaves which clients have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Kept {
    /// How many ballots it has asked promises for in this life.
    ballots: u8,
    /// Which clients have come, as a set of bits.
    begun: u8,
    /// Under which ballot it has asked for anything last.
    asked: Option<Ballot>,
    /// The last round of questions about what others hold.
    round: u64,
    /// Who waits for the outcome of what is under way.
    changing: Option<u8>,
    /// Who waits for reads.
    reading: Vec<(ReadToken, u8)>,
}

impl Contents for Written {
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
    /// The node loses all but its disk, and comes back at once. Whether the write that was on its
    /// way was done, is said.
    Crashed {
        /// It was done, and not reported.
        written: bool,
    },
    /// The client of this number wants what it wants.
    Begun(u8),
}

/// What an observer notes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Note {
    /// A client has asked; the node knew this value.
    Begun(u8, Value),
    /// A client is told this.
    Told(u8, Answer),
    /// A client is told what others hold as well.
    Queried,
    /// It asks for a state to be accepted.
    Asked(Proposal, Ground),
    /// It has told something that is not on its disk.
    Early,
    /// It refuses a message.
    Refused,
}

/// A state that is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Proposal {
    /// The ballot.
    pub(crate) ballot: u8,
    /// The ballot of the last change.
    pub(crate) version: u8,
    /// What was put there.
    pub(crate) value: Value,
    /// A number that no other members have.
    pub(crate) members: u16,
}

/// What a proposal rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// What it had accepted itself.
    Own,
    /// What others had accepted, and told with their promises.
    Found,
    /// Its own last proposal, without asking for promises.
    Next,
}

/// What tells a node apart.
type View = (Canonical<Machine>, Written, Vec<Written>, Kept);

impl Keeper {
    /// The node of this place, with its first write done: one of these members, or one that is to
    /// join them.
    pub(crate) fn new(
        place: usize,
        members: &[u8],
        clients: &'static [Client],
    ) -> (Self, Effects<Self>) {
        let membership = Membership::new(&ids(members)).expect("legal");
        let mut machine = if members.contains(&(place as u8)) {
            Register::bootstrap(config(place), membership, None, 0)
        } else {
            Register::join(config(place), None, 0)
        }
        .expect("legal");
        let Some(Output::Write { id, record }) = machine.poll_output() else {
            unreachable!("it begins with a write");
        };
        let disk = Disk::new(*record);
        machine.handle_persisted(id).expect("it was polled");
        let mut keeper = Self { place, clients, machine, disk, record: Kept::default() };
        let effects = keeper.drain(Effects::default(), None);
        (keeper, effects)
    }

    /// How many ballots it has asked promises for in this life.
    pub(crate) fn ballots(&self) -> u8 {
        self.record.ballots
    }

    /// What is on its disk.
    pub(crate) fn durable(&self) -> &Written {
        self.disk.durable()
    }

    /// Whether this message means nothing to it any more, whatever it may lose in a crash.
    pub(crate) fn has_done_with(&self, message: &Letter) -> bool {
        let promised = self.durable().promised();
        let Kept { asked, round: last, .. } = self.record;
        let is_idle = self.machine.poll_timeout().is_none();
        // Nothing is asked twice under one ballot, once there was an end to it.
        let is_over = |ballot| is_idle || asked.is_none() || Some(ballot) < asked;
        match message.body {
            // Who has promised more refuses these; and who asked them asks for promises no more.
            Body::Prepare { ballot } | Body::Accept { ballot, .. } => Some(ballot) < promised,
            Body::Promise { ballot, .. } => Some(ballot) < promised || is_over(ballot),
            Body::Accepted { ballot } | Body::Rejected { ballot, .. } => is_over(ballot),
            Body::Report { life, round, .. } => is_over(life) || round < last,
            Body::Query { .. } | Body::Forget { .. } => false,
        }
    }

    /// Does all that the machine wants of its host, after this event or a message.
    fn drain(&mut self, mut effects: Effects<Self>, event: Option<Event>) -> Effects<Self> {
        let before = self.machine.latest().value;
        while let Some(output) = self.machine.poll_output() {
            let kept = &mut self.record;
            match output {
                Output::Write { id, record } => {
                    let last = self.disk.pending().last().unwrap_or(self.disk.durable());
                    kept.ballots += u8::from(prepares(self.place, last, record));
                    self.disk.write(id, *record);
                }
                Output::Send { to, message } => {
                    let message = message.cloned();
                    kept.note_question(&message.body);
                    let is_true = is_durable(self.disk.durable(), &message.body);
                    effects.notes.extend((!is_true).then_some(Note::Early));
                    let is_next = matches!(event, Some(Event::Begun(_) | Event::Persisted));
                    effects.notes.extend(proposal(&message.body, before, is_next));
                    effects.sent.push((to.0 as usize, message));
                }
                Output::Outcome(outcome) => {
                    let answer = match outcome {
                        Outcome::Changed { version } => Answer::Changed(number(Some(version))),
                        Outcome::Kept(state) => {
                            Answer::Holds(number(state.version), *state.value.unwrap_or(&0))
                        }
                        Outcome::Unknown => Answer::Unknown,
                        Outcome::Reconfigured => Answer::Reconfigured,
                        Outcome::Exhausted => unreachable!("few ballots are used"),
                    };
                    let client = kept.changing.take().expect("somebody has asked");
                    effects.notes.push(Note::Told(client, answer));
                }
                Output::Read { token, state } => {
                    let answer = Answer::Holds(number(state.version), *state.value.unwrap_or(&0));
                    let told = kept.reading.iter().filter(|(asked, _)| *asked <= token);
                    effects.notes.extend(told.map(|&(_, client)| Note::Told(client, answer)));
                    kept.reading.retain(|(asked, _)| *asked > token);
                }
                Output::Forget { .. } => unreachable!("nobody asks for it"),
            }
        }
        effects
    }

    /// A client comes. Who is refused is as if it had not.
    fn begin(&mut self, client: u8, effects: &mut Effects<Self>) {
        let state = *self.machine.latest();
        let value = state.value.unwrap_or(0);
        let digit = Value::from(client) + 1;
        let wish = match self.clients[usize::from(client)].operation {
            Operation::Append => Wish::Append(digit),
            Operation::AppendIf => {
                let value = super::client::append(value, digit);
                Wish::Update(Update::PutIf { version: state.version, value })
            }
            Operation::Read => {
                let Ok(token) = self.machine.read(0) else { return };
                self.record.reading.push((token, client));
                return self.record.begin(client, value, effects);
            }
            Operation::Members(members) => {
                if self.machine.reconfigure(0, &ids(members)).is_ok() {
                    self.record.changing = Some(client);
                    self.record.begin(client, value, effects);
                }
                return;
            }
        };
        if self.machine.change(0, wish).is_ok() {
            self.record.changing = Some(client);
            self.record.begin(client, value, effects);
        }
    }
}

impl Kept {
    fn begin(&mut self, client: u8, value: Value, effects: &mut Effects<Keeper>) {
        self.begun |= 1 << client;
        effects.notes.push(Note::Begun(client, value));
    }

    fn note_question(&mut self, body: &Body<Value, NODES>) {
        match *body {
            Body::Prepare { ballot } | Body::Accept { ballot, .. } => self.asked = Some(ballot),
            Body::Query { round, .. } => self.round = round,
            _ => {}
        }
    }
}

impl Node for Keeper {
    type View = View;
    type Message = Letter;
    type Event = Event;
    type Note = Note;

    fn view(&self) -> View {
        let pending = self.disk.pending().copied().collect();
        (self.machine.canonical(), *self.disk.durable(), pending, self.record.clone())
    }

    fn events(&self) -> Vec<Event> {
        let mut events = vec![Event::Crashed { written: false }];
        if self.disk.pending().len() > 0 {
            events.extend([Event::Persisted, Event::Crashed { written: true }]);
        }
        events.extend(self.machine.poll_timeout().map(|_| Event::TimedOut));
        let clients = (0..).zip(self.clients).filter(|&(number, client)| {
            client.place == self.place && self.record.begun >> number & 1 == 0
        });
        events.extend(clients.map(|(number, _)| Event::Begun(number)));
        events
    }

    fn happen(&mut self, event: Event) -> Effects<Self> {
        let mut effects = Effects::default();
        match event {
            Event::Persisted => {
                let id = self.disk.finish(1).expect("a write is on its way");
                self.machine.handle_persisted(id).expect("it was polled");
            }
            Event::TimedOut => {
                if let Some(deadline_us) = self.machine.poll_timeout() {
                    self.machine.handle_timeout(deadline_us);
                }
            }
            Event::Crashed { written } => {
                self.disk.crash(usize::from(written));
                let begun = self.record.begun;
                self.record = Kept { begun, ..Kept::default() };
                let record = *self.disk.durable();
                self.machine = Register::recover(config(self.place), record, 0).expect("legal");
            }
            Event::Begun(client) => self.begin(client, &mut effects),
        }
        self.drain(effects, Some(event))
    }

    fn receive(&mut self, from: usize, letter: &Letter) -> Effects<Self> {
        let from = NodeId(from as u64);
        // No time passes but by timers.
        let taken = self.machine.handle_message(0, from, *letter);
        let notes = taken.err().map(|_| Note::Refused).into_iter().collect();
        let is_report = matches!(letter.body, Body::Report { .. });
        let mut effects = self.drain(Effects { notes, ..Effects::default() }, None);
        let is_told = effects.notes.iter().any(|note| matches!(note, Note::Told(..)));
        effects.notes.extend((is_report && is_told).then_some(Note::Queried));
        effects
    }
}

/// Whether a record goes from this to that as its node begins to ask for promises.
fn prepares(place: usize, before: &Written, after: &Written) -> bool {
    let accepted = after.accepted().ballot;
    let is_new = after.promised() != before.promised();
    is_new
        && after.promised().is_some_and(|promised| {
            // What is accepted is promised once more, under the next round.
            let follows = accepted.is_some_and(|accepted| {
                accepted.proposer == promised.proposer
                    && accepted.round.checked_add(1) == Some(promised.round)
            });
            promised.proposer.0 == place as u64 && !follows
        })
}

/// Whether a crash leaves what this tells.
fn is_durable(disk: &Written, body: &Body<Value, NODES>) -> bool {
    match body {
        // Ballots are used once, whatever happens.
        Body::Prepare { ballot } | Body::Accept { ballot, .. } => disk.promised() >= Some(*ballot),
        Body::Promise { ballot, accepted } => {
            disk.promised() >= Some(*ballot) && disk.accepted() == accepted
        }
        Body::Accepted { ballot } => disk.accepted().ballot >= Some(*ballot),
        Body::Report { ballot, .. } => disk.accepted().ballot >= *ballot,
        Body::Query { .. } | Body::Rejected { .. } | Body::Forget { .. } => true,
    }
}

/// What this proposes, if it does. The node had this value before.
fn proposal(body: &Body<Value, NODES>, before: Option<Value>, is_next: bool) -> Option<Note> {
    let Body::Accept { ballot, state } = body else { return None };
    let is_changed = state.version == Some(*ballot);
    let value = state.value.unwrap_or(0);
    let ground = match if is_changed { value >> 3 } else { value } {
        _ if is_next => Ground::Next,
        base if base == before.unwrap_or(0) => Ground::Own,
        _ => Ground::Found,
    };
    let parts = state.members.as_slice().iter();
    let members = parts.fold(0, |all, member| all | (member.part as u16 + 1) << (member.id.0 * 2));
    let version = number(state.version);
    let proposal = Proposal { ballot: number(Some(*ballot)), version, value, members };
    Some(Note::Asked(proposal, ground))
}

fn ids(places: &[u8]) -> Vec<NodeId> {
    places.iter().map(|&place| NodeId(place.into())).collect()
}

const fn config(place: usize) -> Config {
    Config::new(INSTANCE, NodeId(place as u64), 0)
}
