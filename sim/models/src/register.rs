//! CASPaxos: a register on 3 nodes, and clients that change and read it.

mod client;
mod history;
mod node;

use client::Answer;
pub(crate) use client::{Client, Operation};
pub(crate) use history::{CLIENTS, History};
pub(crate) use node::{Event, Keeper, Letter, NODES, Note};

use stateright::Property;
use synod_consensus_core::register::{Body, Membership, Part};

use crate::{
    places::Places,
    world::{Effects, State, System, World},
};

/// What is searched, and how far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registers {
    /// The places of those who are members first.
    pub(crate) members: &'static [u8],
    /// Who wants what of which node.
    pub(crate) clients: &'static [Client],
    /// For how many ballots each node may ask for promises in one life.
    pub(crate) ballots: [u8; NODES],
    /// Whether a proposer hears that others have promised more, if it may begin another ballot.
    pub(crate) rejections: bool,
    /// How many crashes there may be, all together.
    pub(crate) crashes: u8,
    /// Who may crash.
    pub(crate) crashing: Places,
}

impl System for Registers {
    type Node = Keeper;
    type History = History;

    fn start(&self) -> Vec<(Keeper, Effects<Keeper>)> {
        assert!(self.clients.len() <= CLIENTS, "there is a place for each");
        (0..NODES).map(|place| Keeper::new(place, self.members, self.clients)).collect()
    }

    fn loses(&self, letter: &Letter) -> bool {
        let Body::Rejected { ballot, .. } = letter.body else { return false };
        !self.rejections || self.ballots[ballot.proposer.0 as usize] == 1 || ballot.round.get() > 1
    }

    fn is_void(&self, node: &Keeper, letter: &Letter) -> bool {
        node.has_done_with(letter)
    }

    fn bounds(&self, place: usize, node: &Keeper) -> bool {
        node.ballots() <= self.ballots[place]
    }

    fn admit(&self, history: &mut History, place: usize, event: Event) -> bool {
        let Event::Crashed { .. } = event else { return true };
        let admitted = history.crashes < self.crashes && self.crashing.contain(place);
        history.crashes += u8::from(admitted);
        admitted
    }

    fn note(&self, history: &mut History, place: usize, note: &Note) {
        history.note(self.clients, place, note);
    }

    fn properties(&self) -> Vec<Property<World<Self>>> {
        let mut properties = vec![
            Property::always("linearizable", |_, s: &Seen| !s.history.wrong.torn),
            Property::always("versions in one order", |_, s: &Seen| !s.history.wrong.disordered),
            Property::always("one state a ballot", |_, s: &Seen| !s.history.wrong.two_states),
            Property::always("validity", |_, s: &Seen| !s.history.wrong.invented),
            Property::always("what is promised is durable", |_, s: &Seen| !s.history.wrong.early),
            Property::always("what is told is durable", told_is_durable),
            Property::always("no message is refused", |_, s: &Seen| !s.history.wrong.refused),
            Property::sometimes("all clients are answered", |world: &World<Self>, s: &Seen| {
                let clients = world.system().clients.len();
                s.history.seen.iter().take(clients).all(|seen| seen.answer.is_some())
            }),
            Property::sometimes("two proposers get to phase 2", |_, s: &Seen| {
                s.history.asked.count_ones() >= 2
            }),
            Property::sometimes("a proposer takes over a state", |_, s: &Seen| s.history.adopted),
        ];
        if self.queries() {
            properties.push(Property::sometimes("a read writes nothing", |_, s: &Seen| {
                s.history.queried
            }));
        }
        if self.goes_on() {
            properties
                .push(Property::sometimes("a change without a first phase", |_, s: &Seen| {
                    s.history.went_on
                }));
        }
        if self.ballots.iter().any(|&most| most > 1) {
            properties.extend([
                Property::sometimes("a proposer tries again", |_, s: &Seen| {
                    s.history.tried_again()
                }),
                Property::sometimes("an outcome is unknown", |_, s: &Seen| {
                    s.history.seen.iter().any(|seen| seen.answer == Some(Answer::Unknown))
                }),
            ]);
        }
        properties
    }
}

impl Registers {
    /// Whether a node that has a change may be asked for this, too.
    fn follows(&self, what: impl Fn(Operation) -> bool) -> bool {
        let changes = |client: &Client| client.operation != Operation::Read;
        let clients = || self.clients.iter().enumerate();
        clients().filter(|(_, first)| changes(first)).any(|(number, first)| {
            clients().any(|(other, next)| {
                other != number && next.place == first.place && what(next.operation)
            })
        })
    }

    fn queries(&self) -> bool {
        self.follows(|operation| operation == Operation::Read)
    }

    fn goes_on(&self) -> bool {
        self.follows(|operation| operation != Operation::Read)
    }
}

type Seen = State<History>;

/// Whether some members have the latest version that a client was told, or a later one, on so many
/// of their disks that it is not lost.
fn told_is_durable(world: &World<Registers>, state: &Seen) -> bool {
    let told = state.history.told();
    let nodes: [_; NODES] = std::array::from_fn(|place| world.node(state, place));
    let have =
        |place: usize| client::number(nodes[place].durable().accepted().state.version) >= told;
    told == 0
        || nodes.iter().any(|node| {
            let members = &node.durable().accepted().state.members;
            [Part::Joins, Part::Leaves].into_iter().all(|others| is_majority(members, others, have))
        })
}

/// Whether this holds for most of these members without those of that part.
fn is_majority(members: &Membership<NODES>, without: Part, holds: impl Fn(usize) -> bool) -> bool {
    let counted = || members.as_slice().iter().filter(|member| member.part != without);
    let those = counted().filter(|member| holds(member.id.0 as usize)).count();
    those * 2 > counted().count()
}
