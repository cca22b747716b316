//! The machines, the wire between them, and who is believed.

use std::num::NonZeroU64;

use synod_consensus_core::{
    Ballot, Members, NodeId,
    paxos::{Body, Message, Role},
};
use synod_quorum::{Flexible, Threshold};

use super::{
    Time,
    acceptor::Memory,
    learner::Student,
    oracle::Oracle,
    proposer::Candidate,
    wire::{Forged, Sent, Twist, Wire},
};
use crate::consensus_core::wire::INSTANCE;

pub(super) const ACCEPTORS: [NodeId; 3] = [NodeId(1), NodeId(2), NodeId(3)];
/// One shares a node with an acceptor, so does the learner.
const PROPOSERS: [NodeId; 2] = [NodeId(2), NodeId(4)];
const LEARNER: NodeId = NodeId(1);
/// Attempts that are enough for a proposer who is alone: one that is under way, one that finds out
/// what is promised, and one above that, each with a wait behind it.
const ATTEMPTS: usize = 8;

#[derive(Debug)]
pub(super) struct World {
    acceptors: [Memory; 3],
    proposers: [Candidate; 2],
    learner: Student,
    pub(super) wire: Wire,
    oracle: Oracle,
    now_us: u64,
    /// Somebody has heard of so high a round that none may be left to win.
    is_beaten: bool,
}

impl World {
    pub(super) fn new(system: Flexible<Threshold>, timeout_us: u64, values: [u8; 2]) -> Self {
        let [first, second, third] = ACCEPTORS;
        let members = Members::new(&[third, first, second], system).expect("three of four");
        let candidate = |at: usize| Candidate::new(PROPOSERS[at], members, timeout_us, values[at]);
        let mut world = Self {
            acceptors: core::array::from_fn(|place| Memory::new(ACCEPTORS[place], place)),
            proposers: [candidate(0), candidate(1)],
            learner: Student::new(LEARNER, members, timeout_us, 0),
            wire: Wire::default(),
            oracle: Oracle::new(system),
            now_us: 0,
            is_beaten: false,
        };
        values.into_iter().for_each(|value| world.oracle.offer(value));
        world.drain();
        world
    }

    /// Delivers the next message in its turn, and finishes all writes.
    pub(super) fn flow(&mut self, time: Time) {
        (0..6).for_each(|machine| self.persist(machine));
        if let Some(sent) = self.wire.next() {
            self.deliver(sent, time);
        }
        (0..6).for_each(|machine| self.persist(machine));
    }

    /// Delivers a message that was sent. Where nobody was deceived, it is taken.
    pub(super) fn deliver(&mut self, sent: Sent, time: Time) {
        let Some(machine) = machine(&sent.message) else { return };
        let now_us = self.time(machine, time);
        let (taken, _) = self.hand(machine, now_us, sent);
        assert!(taken || self.oracle.is_deceived, "refused: {sent:?}");
    }

    /// Hands over a message that nobody sent, as a rule.
    pub(super) fn forge(&mut self, to: u8, from: u8, forged: &Forged, time: Time) {
        let to = to % 6;
        let from = NodeId(u64::from(from % 6));
        if let Some(message) = forged.message(self.id(to)) {
            self.suspect(to, Sent { from, message }, time);
        }
    }

    /// Hands over a message that was changed on its way.
    pub(super) fn twist(&mut self, index: u8, twist: Twist, time: Time) {
        let Some(sent) = self.wire.recent(index) else { return };
        let Some(to) = machine(&sent.message) else { return };
        if let Some(twisted) = twist.apply(sent) {
            self.suspect(to, twisted, time);
        }
    }

    /// Another proposer asks all for promises, under a ballot of its own.
    pub(super) fn stranger(&mut self, round: u64, is_low: bool) {
        let Some(round) = NonZeroU64::new(round) else { return };
        let proposer = if is_low { NodeId(0) } else { NodeId(5) };
        let body = Body::Prepare { ballot: Ballot { round, proposer } };
        for (place, to) in (0..).zip(ACCEPTORS) {
            let message = Message { instance: INSTANCE, to, body };
            self.suspect(place, Sent { from: proposer, message }, Time::Now);
        }
    }

    /// Hands over a message that may be a lie.
    fn suspect(&mut self, to: u8, sent: Sent, time: Time) {
        let is_true = self.wire.sent.contains(&sent);
        let now_us = self.time(to, time);
        let before = self.oracle.is_deceived;
        // Agreement is not asserted while a lie is heard, either.
        self.oracle.is_deceived = before || !is_true && !is_harmless(&sent);
        let (taken, changed) = self.hand(to, now_us, sent);
        if !(taken && changed) {
            self.oracle.is_deceived = before;
        }
        let highest = match sent.message.body {
            Body::Prepare { ballot } => ballot.round.get(),
            Body::Rejected { promised, .. } => promised.round.get(),
            _ => 0,
        };
        self.is_beaten |= highest > u64::MAX / 2;
    }

    pub(super) fn persist(&mut self, machine: u8) {
        match usize::from(machine % 6) {
            place @ 0..3 => self.acceptors[place].persist(&mut self.oracle),
            place @ 3..5 => self.proposers[place - 3].persist(),
            _ => {}
        }
        self.drain();
    }

    pub(super) fn report(&mut self, machine: u8, id: u64) {
        match usize::from(machine % 6) {
            place @ 0..3 => self.acceptors[place].report(id),
            place @ 3..5 => self.proposers[place - 3].report(id),
            _ => {}
        }
    }

    pub(super) fn timeout(&mut self, machine: u8, time: Time) {
        let now_us = self.time(machine, time);
        match usize::from(machine % 6) {
            0..3 => {}
            place @ 3..5 => self.proposers[place - 3].time(now_us),
            _ => self.learner.time(now_us),
        }
        self.drain();
    }

    pub(super) fn crash(&mut self, machine: u8, written: bool, value: u8, time: Time) {
        let now_us = self.time(machine, time);
        match usize::from(machine % 6) {
            place @ 0..3 => self.acceptors[place].crash(written, &mut self.oracle),
            place @ 3..5 => {
                self.oracle.offer(value);
                self.proposers[place - 3].crash(written, now_us, value);
            }
            _ => self.learner.crash(now_us),
        }
        self.drain();
    }

    /// One proposer starts again and is alone, and everything gets through: it has a value chosen,
    /// and the learner learns it.
    pub(super) fn finish(&mut self) {
        if self.oracle.is_deceived || self.is_beaten {
            return;
        }
        self.wire.lose();
        self.crash(3, true, 0, Time::Now);
        for _ in 0..ATTEMPTS {
            self.settle();
            self.timeout(3, Time::Due);
        }
        let chosen = self.proposers[0].told;
        assert!(chosen.is_some(), "nothing is chosen");
        self.timeout(5, Time::Due);
        self.settle();
        assert_eq!(self.learner.told, chosen);
    }

    /// Delivers all that is on its way but what the other proposer says.
    fn settle(&mut self) {
        (0..6).for_each(|machine| self.persist(machine));
        while let Some(sent) = self.wire.next() {
            if sent.from != PROPOSERS[1] {
                self.deliver(sent, Time::Now);
            }
            (0..6).for_each(|machine| self.persist(machine));
        }
    }

    fn time(&mut self, machine: u8, time: Time) -> u64 {
        let deadline_us = match usize::from(machine % 6) {
            0..3 => None,
            place @ 3..5 => self.proposers[place - 3].deadline_us(),
            _ => self.learner.deadline_us(),
        };
        self.now_us = match time {
            Time::Now => self.now_us,
            Time::Later(us) => self.now_us.saturating_add(us.into()),
            Time::Due => deadline_us.unwrap_or(self.now_us),
            Time::Any(edge) => edge.0,
        };
        self.now_us
    }

    fn id(&self, machine: u8) -> NodeId {
        match usize::from(machine) {
            place @ 0..3 => self.acceptors[place].id,
            place @ 3..5 => self.proposers[place - 3].id,
            _ => self.learner.id,
        }
    }

    fn hand(&mut self, machine: u8, now_us: u64, Sent { from, message }: Sent) -> (bool, bool) {
        let outcome = match usize::from(machine) {
            place @ 0..3 => self.acceptors[place].hear(from, message),
            place @ 3..5 => self.proposers[place - 3].hear(now_us, from, message),
            _ => self.learner.hear(now_us, from, message),
        };
        self.drain();
        outcome
    }

    fn drain(&mut self) {
        let Self { acceptors, proposers, learner, wire, oracle, .. } = self;
        acceptors.iter_mut().for_each(|acceptor| acceptor.drain(wire));
        proposers.iter_mut().for_each(|proposer| proposer.drain(wire, oracle));
        learner.drain(wire, oracle);
    }
}

/// The machine that a message is for.
fn machine(message: &Message<u8>) -> Option<u8> {
    let all: [(Role, NodeId); 6] = [
        (Role::Acceptor, ACCEPTORS[0]),
        (Role::Acceptor, ACCEPTORS[1]),
        (Role::Acceptor, ACCEPTORS[2]),
        (Role::Proposer, PROPOSERS[0]),
        (Role::Proposer, PROPOSERS[1]),
        (Role::Learner, LEARNER),
    ];
    let place = all.iter().position(|&machine| machine == (message.role(), message.to))?;
    u8::try_from(place).ok()
}

/// Whether agreement holds though a message was not sent: anybody may ask, or ask for a promise
/// under a ballot of his own, and a rejection only delays.
fn is_harmless(sent: &Sent) -> bool {
    match sent.message.body {
        Body::Ask | Body::Rejected { .. } => true,
        Body::Prepare { ballot } => !PROPOSERS.contains(&ballot.proposer),
        _ => false,
    }
}
