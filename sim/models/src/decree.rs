//! Single-decree Paxos: 3 acceptors, 2 proposers with different values, and a learner.

mod node;

pub(crate) use node::{ACCEPTORS, Event, Note, Party, Value};

use stateright::Property;
use synod_consensus_core::paxos::{Body, Message};

use crate::world::{Effects, State, System, World};

/// What is searched, and how far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decree {
    /// How many ballots each proposer may begin, in all its lives.
    pub(crate) ballots: [u8; 2],
    /// How many times acceptors may crash, all together.
    pub(crate) acceptor_crashes: u8,
    /// How many times proposers may crash, both together.
    pub(crate) proposer_crashes: u8,
    /// Whether there is a learner.
    pub(crate) learner: bool,
}

/// What was seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct History {
    acceptor_crashes: u8,
    proposer_crashes: u8,
    /// What was ever proposed, as a set of bits; so are those below.
    proposed: u16,
    /// What machines have said to be chosen.
    said: u16,
    /// What a majority has accepted under one ballot.
    chosen: u16,
    /// Which proposers, by place, have got to their second phase.
    asked: u16,
    /// Whether a proposer has asked for another's value.
    adopted: bool,
    /// Whether a machine has refused a message.
    refused: bool,
    /// Which acceptors, by place, have accepted what: ballot, value, and set of bits.
    accepted: Vec<(u64, Value, u16)>,
}

impl History {
    fn accept(&mut self, ballot: u64, value: Value, place: usize) {
        let known = self.accepted.iter().position(|&(b, v, _)| (b, v) == (ballot, value));
        let index = known.unwrap_or_else(|| {
            self.accepted.push((ballot, value, 0));
            self.accepted.sort_unstable();
            self.accepted.partition_point(|&(b, v, _)| (b, v) < (ballot, value))
        });
        let holders = &mut self.accepted[index].2;
        *holders |= 1 << place;
        if holders.count_ones() as usize * 2 > ACCEPTORS {
            self.chosen |= 1 << value;
            // Who else accepts it is all the same.
            *holders = u16::MAX;
        }
    }
}

impl System for Decree {
    type Node = Party;
    type History = History;

    fn start(&self) -> Vec<(Party, Effects<Party>)> {
        let acceptors = (0..ACCEPTORS).map(Party::acceptor);
        let proposers = [(ACCEPTORS, 1), (ACCEPTORS + 1, 2)];
        let proposers = proposers.map(|(place, value)| Party::proposer(place, value));
        let learner = self.learner.then(|| Party::learner(ACCEPTORS + 2));
        acceptors.chain(proposers).chain(learner).collect()
    }

    fn loses(&self, message: &Message<Value>) -> bool {
        let Body::Rejected { ballot, .. } = message.body else { return false };
        let may_go_on = self.ballots[ballot.proposer.0 as usize - ACCEPTORS] > 1;
        !may_go_on || ballot.round.get() > 1
    }

    fn is_void(&self, node: &Party, message: &Message<Value>) -> bool {
        node.has_done_with(message)
    }

    fn bounds(&self, place: usize, node: &Party) -> bool {
        place
            .checked_sub(ACCEPTORS)
            .and_then(|proposer| self.ballots.get(proposer))
            .is_none_or(|&most| node.ballots() <= most)
    }

    fn admit(&self, history: &mut History, place: usize, event: Event) -> bool {
        if let Event::Crashed { .. } = event {
            let (count, most) = if place < ACCEPTORS {
                (&mut history.acceptor_crashes, self.acceptor_crashes)
            } else {
                (&mut history.proposer_crashes, self.proposer_crashes)
            };
            if *count >= most {
                return false;
            }
            *count += 1;
        }
        true
    }

    fn note(&self, history: &mut History, place: usize, note: &Note) {
        match *note {
            Note::Proposed(value) => history.proposed |= 1 << value,
            Note::Asked { own } => {
                history.asked |= 1 << place;
                history.adopted |= !own;
            }
            Note::Accepted(proposal) => {
                history.accept(node::number(proposal.ballot), proposal.value, place);
            }
            Note::Chosen(value) => history.said |= 1 << value,
            Note::Refused => history.refused = true,
        }
    }

    fn properties(&self) -> Vec<Property<World<Self>>> {
        type Seen = State<History>;
        vec![
            Property::always("agreement", |_, state: &Seen| {
                let History { said, chosen, .. } = state.history;
                (said | chosen).count_ones() <= 1
            }),
            Property::always("what is said to be chosen is", |_, state: &Seen| {
                state.history.said & !state.history.chosen == 0
            }),
            Property::always("validity", |_, state: &Seen| {
                let History { said, chosen, proposed, .. } = state.history;
                (said | chosen) & !proposed == 0
            }),
            Property::always("no message is refused", |_, state: &Seen| !state.history.refused),
            Property::sometimes("a value is chosen", |_, state: &Seen| state.history.said != 0),
            Property::sometimes("both proposers get to phase 2", |_, state: &Seen| {
                state.history.asked.count_ones() == 2
            }),
            Property::sometimes("a proposer takes over a value", |_, state: &Seen| {
                state.history.adopted
            }),
        ]
    }
}
