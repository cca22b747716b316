//! The members, the wire between them, and who is believed.

use std::num::NonZeroU64;

use synod_consensus_core::{
    Ballot, NodeId,
    register::{Body, Membership, Message},
};

use super::{
    INITIAL, NODES, Time, Wish,
    member::Member,
    oracle::Oracle,
    wire::{Forged, Sent, Twist, Wire},
};
use crate::consensus_core::wire::INSTANCE;

/// Deadlines that are enough for all to come to an end.
const DEADLINES: usize = 400;

#[derive(Debug)]
pub(super) struct World {
    members: [Member; NODES],
    pub(super) wire: Wire,
    oracle: Oracle,
    now_us: u64,
    /// Rounds or times are so high that there may be none left.
    is_beaten: bool,
}

impl World {
    pub(super) fn new(timeout_us: u64) -> Self {
        let ids: [NodeId; NODES] = core::array::from_fn(|place| NodeId(place as u64));
        let first = Membership::new(&ids[..INITIAL]).expect("few");
        let member =
            |place: usize| Member::new(ids[place], (place < INITIAL).then_some(first), timeout_us);
        let mut world = Self {
            members: core::array::from_fn(member),
            wire: Wire::default(),
            oracle: Oracle::default(),
            now_us: 0,
            is_beaten: false,
        };
        (0..NODES).for_each(|place| world.drain(place));
        world
    }

    /// Delivers the next message in its turn, and finishes all writes.
    pub(super) fn flow(&mut self, time: Time) {
        self.persist_all();
        if let Some(sent) = self.wire.next() {
            self.deliver(sent, time);
        }
        self.persist_all();
    }

    /// Delivers a message that was sent. Where nobody was deceived, it is taken.
    pub(super) fn deliver(&mut self, sent: Sent, time: Time) {
        let Some(place) = place(sent.message.to) else { return };
        let now_us = self.time(place, time);
        let (taken, _) = self.members[place].hear(now_us, sent.from, sent.message);
        assert!(taken || self.oracle.is_deceived, "refused: {sent:?}");
        self.drain(place);
    }

    /// Delivers two messages, and drains once: what is refused for that is handed in again.
    pub(super) fn deliver_two(&mut self, first: Sent, second: Sent) {
        let Some(place) = place(first.message.to) else { return };
        let (taken, _) = self.members[place].hear(self.now_us, first.from, first.message);
        assert!(taken || self.oracle.is_deceived, "refused: {first:?}");
        if second.message.to == first.message.to {
            let (taken, _) = self.members[place].hear(self.now_us, second.from, second.message);
            self.drain(place);
            if !taken {
                self.deliver(second, Time::Now);
            }
        }
        self.drain(place);
    }

    /// Hands over a message that nobody sent, as a rule.
    pub(super) fn forge(&mut self, to: u8, from: u8, forged: &Forged, time: Time) {
        let to = NodeId(u64::from(to) % NODES as u64);
        let from = NodeId(u64::from(from) % (NODES as u64 + 1));
        if let Some(message) = forged.message(to) {
            self.suspect(to, Sent { from, message }, time);
        }
    }

    /// Hands over a message that was changed on its way.
    pub(super) fn twist(&mut self, index: u8, twist: Twist, time: Time) {
        let Some(sent) = self.wire.recent(index) else { return };
        if let Some(twisted) = twist.apply(sent) {
            self.suspect(sent.message.to, twisted, time);
        }
    }

    /// Who is no member asks all for promises, under a ballot of its own.
    pub(super) fn stranger(&mut self, round: u64) {
        let Some(round) = NonZeroU64::new(round) else { return };
        let from = NodeId(NODES as u64);
        let body = Body::Prepare { ballot: Ballot { round, proposer: from } };
        for place in 0..NODES {
            let to = self.members[place].id;
            let message = Message { instance: INSTANCE, to, body };
            self.suspect(to, Sent { from, message }, Time::Now);
        }
    }

    /// Hands over a message that may be a lie.
    fn suspect(&mut self, to: NodeId, sent: Sent, time: Time) {
        let Some(place) = place(to) else { return };
        let is_true = self.wire.sent.contains(&sent);
        let now_us = self.time(place, time);
        let (taken, changed) = self.members[place].hear(now_us, sent.from, sent.message);
        // Agreement is not asserted of what comes of a lie.
        let is_lie = !is_true && !is_harmless(&sent);
        self.oracle.is_deceived |= is_lie && taken && changed;
        let highest = match sent.message.body {
            Body::Prepare { ballot } => ballot.round.get(),
            Body::Rejected { promised, .. } => promised.round.get(),
            Body::Report { ballot: Some(ballot), .. } => ballot.round.get(),
            _ => 0,
        };
        self.is_beaten |= highest > u64::MAX / 2;
        self.drain(place);
    }

    pub(super) fn wish(&mut self, place: u8, wish: Wish, time: Time) {
        let place = usize::from(place) % NODES;
        let now_us = self.time(place, time);
        let since = self.oracle.now();
        let member = &mut self.members[place];
        match wish {
            Wish::Change(kind) => {
                if let Some(op) = self.oracle.op(kind) {
                    member.change(now_us, op, since);
                }
            }
            Wish::Read => member.read(now_us, since),
            Wish::Reconfigure(bits) => {
                let ids = (0..NODES).filter(|place| bits >> place & 1 == 1);
                let ids: Vec<NodeId> = ids.map(|place| NodeId(place as u64)).collect();
                member.reconfigure(now_us, &ids);
            }
            Wish::Forget => member.forget(now_us),
            Wish::Cancel => member.cancel(),
        }
        self.drain(place);
    }

    fn persist_all(&mut self) {
        (0..NODES).for_each(|place| self.persist(place));
    }

    pub(super) fn persist(&mut self, place: usize) {
        self.members[place % NODES].persist(&mut self.oracle);
        self.drain(place % NODES);
    }

    pub(super) fn report(&mut self, place: u8, id: u64) {
        self.members[usize::from(place) % NODES].report(id);
    }

    pub(super) fn timeout(&mut self, place: u8, time: Time) {
        let place = usize::from(place) % NODES;
        let now_us = self.time(place, time);
        self.members[place].time(now_us);
        self.drain(place);
    }

    pub(super) fn crash(&mut self, place: u8, written: bool, time: Time) {
        let place = usize::from(place) % NODES;
        let now_us = self.time(place, time);
        self.members[place].crash(written, now_us, &mut self.oracle);
        self.drain(place);
    }

    /// Everything gets through, and time passes: all that is under way comes to an end, and what
    /// members read then is the latest that anybody was told.
    pub(super) fn finish(&mut self) {
        if self.oracle.is_deceived || self.is_beaten {
            return;
        }
        self.heal();
        assert!(self.members.iter().all(Member::is_done), "a client still waits");
        for place in 0..NODES {
            if self.members[place].is_member() {
                self.wish(place as u8, Wish::Read, Time::Now);
                self.heal();
                assert!(self.members[place].is_done(), "a read is not answered");
            }
        }
    }

    fn heal(&mut self) {
        for _ in 0..DEADLINES {
            self.persist_all();
            while let Some(sent) = self.wire.next() {
                self.deliver(sent, Time::Now);
                self.persist_all();
            }
            let due = |place: &usize| self.members[*place].deadline_us();
            let next = (0..NODES).filter(|place| due(place).is_some()).min_by_key(due);
            let Some(next) = next else { return };
            self.timeout(next as u8, Time::Due);
        }
        panic!("it does not come to an end");
    }

    fn time(&mut self, place: usize, time: Time) -> u64 {
        self.now_us = match time {
            Time::Now => self.now_us,
            Time::Later(us) => self.now_us.saturating_add(us.into()),
            Time::Due => self.members[place].deadline_us().unwrap_or(self.now_us),
            Time::Any(edge) => edge.0,
        };
        self.is_beaten |= self.now_us > u64::MAX / 2;
        self.now_us
    }

    fn drain(&mut self, place: usize) {
        self.members[place].drain(&mut self.wire, &mut self.oracle);
    }
}

fn place(id: NodeId) -> Option<usize> {
    usize::try_from(id.0).ok().filter(|place| *place < NODES)
}

/// Whether agreement holds though a message was not sent: anybody may ask, and a rejection only
/// delays; but nobody may ask under another's ballot.
fn is_harmless(sent: &Sent) -> bool {
    match sent.message.body {
        Body::Rejected { .. } => true,
        Body::Prepare { ballot } | Body::Query { life: ballot, .. } => {
            ballot.proposer == NodeId(NODES as u64)
        }
        _ => false,
    }
}
