//! Raft and Multi-Paxos: 3 voters.

mod history;
mod log;
mod node;
mod rule;

pub(crate) use history::History;
pub(crate) use node::{Event, Note, Packet, VOTERS, Voter};
pub(crate) use rule::Rule;

use std::marker::PhantomData;

use stateright::Property;
use synod_consensus_core::raft::{Body, ByBallots, ByVotes, TermLog};

use crate::{
    places::Places,
    world::{Effects, State, System, World},
};

/// What is searched, and how far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cluster<E> {
    /// The last term that anybody may come to.
    pub(crate) terms: u64,
    /// Whether it begins with node 0 as the leader of its first term, whose first entry all have; or
    /// else before all elections.
    pub(crate) led: bool,
    /// Who may stand for election.
    pub(crate) standing: Places,
    /// How many crashes there may be, all together.
    pub(crate) crashes: u8,
    /// Who may crash.
    pub(crate) crashing: Places,
    /// How many proposals may be made.
    pub(crate) proposals: u8,
    /// Who may be given them.
    pub(crate) proposing: Places,
    /// How many reads may be asked.
    pub(crate) reads: u8,
    /// Who may be asked for them.
    pub(crate) reading: Places,
    /// Whether leaders have timers: for heartbeats, and to see who is there.
    pub(crate) leaders_wait: bool,
    /// Who hears that a term is over. Messages of a later term tell that as well.
    pub(crate) hearing: Places,
    /// Whether only messages of elections arrive.
    pub(crate) elections_only: bool,
    /// By which rule a leader is elected.
    pub(crate) rule: PhantomData<E>,
}

impl Cluster<ByVotes> {
    /// The same by the rule of Multi-Paxos, up to this ballot.
    pub(crate) const fn with_ballots(self, terms: u64) -> Cluster<ByBallots> {
        Cluster {
            terms,
            led: self.led,
            standing: self.standing,
            crashes: self.crashes,
            crashing: self.crashing,
            proposals: self.proposals,
            proposing: self.proposing,
            reads: self.reads,
            reading: self.reading,
            leaders_wait: self.leaders_wait,
            hearing: self.hearing,
            elections_only: self.elections_only,
            rule: PhantomData,
        }
    }
}

impl<E: Rule> System for Cluster<E> {
    type Node = Voter<E>;
    type History = History;

    fn start(&self) -> Vec<(Voter<E>, Effects<Voter<E>>)> {
        (0..VOTERS).map(Voter::new).collect()
    }

    fn prologue(&self, world: &World<Self>, start: State<History>) -> State<History> {
        if !self.led {
            return start;
        }
        let goes_on = |event| matches!(event, Event::Persisted(_));
        world.settle(start, 0, Event::Expired, goes_on)
    }

    fn loses(&self, packet: &Packet<E::Said>) -> bool {
        match packet.message.body {
            Body::Outdated => !self.hearing.contain(packet.message.to.0 as usize),
            Body::VoteReply { granted: false } | Body::PreVoteReply { granted: false, .. } => true,
            Body::Append { .. }
            | Body::Commit { .. }
            | Body::Matched { .. }
            | Body::Mismatched { .. } => self.elections_only,
            _ => false,
        }
    }

    fn is_void(&self, voter: &Voter<E>, packet: &Packet<E::Said>) -> bool {
        voter.has_done_with(&packet.message)
    }

    fn bounds(&self, _place: usize, node: &Voter<E>) -> bool {
        node.raft().status().leadership.term <= self.terms
    }

    fn admit(&self, history: &mut History, place: usize, event: Event) -> bool {
        let (count, most, who) = match event {
            Event::Persisted(_) => return true,
            // A follower that has begun to read would ask again and again.
            Event::Quiet => {
                return !(E::BALLOTS && history.reads > 0 && self.reading.contain(place));
            }
            Event::Expired => return self.standing.contain(place),
            Event::Heartbeat | Event::Checked => return self.leaders_wait,
            Event::Crashed(_) => (&mut history.crashes, self.crashes, self.crashing),
            Event::Proposed => (&mut history.proposals, self.proposals, self.proposing),
            Event::Asked => (&mut history.reads, self.reads, self.reading),
        };
        let admitted = *count < most && who.contain(place);
        *count += u8::from(admitted);
        admitted
    }

    fn note(&self, history: &mut History, place: usize, note: &Note) {
        history.note(place, note);
    }

    fn properties(&self) -> Vec<Property<World<Self>>> {
        let mut properties = vec![
            Property::always("one leader a term", |_, s: &Seen| !s.history.wrong.two_leaders),
            Property::always("one vote a term", |_, s: &Seen| !s.history.wrong.two_votes),
            Property::always("what is told is durable", |_, s: &Seen| !s.history.wrong.early),
            Property::always("leaders have what is committed", |_, s: &Seen| !s.history.wrong.lost),
            Property::always("all apply the same", |_, s: &Seen| !s.history.wrong.differs),
            Property::always("log matching", logs_match),
            Property::always("reads are fresh", |_, s: &Seen| !s.history.wrong.stale),
            Property::always("no message is refused", |_, s: &Seen| !s.history.wrong.refused),
            Property::sometimes("the last term has a leader", |world: &World<Self>, s: &Seen| {
                s.history.has_led(world.system().terms)
            }),
        ];
        if self.led {
            properties.push(Property::sometimes(
                "a deposed leader does not know it",
                |w: &World<Self>, s: &Seen| {
                    s.history.has_applied(w.system().terms) && w.node(s, 0).leads()
                },
            ));
        }
        if self.reads > 0 && !self.reading.contain(1) {
            properties.push(Property::sometimes(
                "a read is answered in the first term",
                |_, s: &Seen| s.history.has_answered(E::FIRST),
            ));
        } else if self.reads > 0 {
            properties.push(Property::sometimes(
                "a read is answered in the last term",
                |w: &World<Self>, s: &Seen| s.history.has_answered(w.system().terms),
            ));
        }
        properties
    }
}

type Seen = State<History>;

/// Whether logs that have an entry of one term at one index are the same up to there.
fn logs_match<E: Rule>(world: &World<Cluster<E>>, state: &Seen) -> bool {
    let nodes = [0, 1, 2].map(|place| world.node(state, place));
    [(0, 1), (0, 2), (1, 2)].into_iter().all(|(a, b)| {
        let (a, b) = (nodes[a].log(), nodes[b].log());
        let mut upto = a.last_index().min(b.last_index());
        while upto > 0 && a.term(upto) != b.term(upto) {
            upto -= 1;
        }
        upto == 0 || a.entries(1, upto) == b.entries(1, upto)
    })
}
