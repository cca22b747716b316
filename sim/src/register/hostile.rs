//! Messages that nobody sent.

use core::num::NonZeroU64;

use synod_consensus_core::{
    Ballot, Instance, NodeId,
    register::{Accepted, Body, Message, MessageError},
};

use super::{
    drain::poll,
    mark::Mark,
    node::Hosted,
    op::Value,
    world::{CLUSTER, World},
};
use crate::{
    diary::Mood,
    fault::Fault,
    nodes::id,
    packet,
    random::Random,
    violation::{Verdict, ensure, fail},
};

impl<const N: usize> World<N> {
    /// A message that nobody sent is refused, and leaves no trace; or one that somebody could have
    /// sent has wrong bits.
    pub(super) fn deliver_hostile(&mut self, at: usize) -> Verdict {
        let now_us = self.engine.local_us(at);
        let number = self.engine.random.below(self.stories.len() as u64);
        if !self.host(at, number)? {
            return Ok(());
        }
        let other = id((at + 1) % (self.nodes.len() + 1));
        let near_maxima = self.engine.plan.has(Fault::Maxima);
        let Some(hosted) = self.nodes[at].hosted.get_mut(&number) else { return Ok(()) };
        let random = &mut self.engine.random;
        let instance = Instance { cluster: CLUSTER, number };
        let good = plausible(random, (instance, id(at), other), hosted);
        self.engine.tally.count(Fault::Hostile);
        self.calls += 1;
        if random.one_in(2) {
            let Some(garbled) = packet::garble(random, &good) else { return Ok(()) };
            let mark = match hand_to_copy(at, hosted, now_us, (other, garbled))? {
                Ok(()) => Mark::GarbledTaken,
                Err(_) => Mark::GarbledRefused,
            };
            self.marks.hit(mark);
            return Ok(());
        }
        let (from, message, expected) = forge(random, good, other, near_maxima);
        let before = hosted.register.clone();
        let result = hosted.register.handle_message(now_us, from, message);
        let expected = Err(expected);
        ensure!(result == expected, "hostile is refused", at, "{result:?}, {from}: {message:?}");
        let same = before == hosted.register;
        ensure!(same, "a refusal changes nothing", at, "{message:?} from {from}");
        self.marks.hit(Mark::HostileRefused);
        self.engine.diarise(at, Mood::Plain, || alloc::format!("refuses {:?}", message.body));
        self.drain(at, number)
    }
}

/// Hands a message to a copy of the register, which is thrown away: it may be one that makes members
/// disagree, but a refusal must leave the copy as it was.
fn hand_to_copy<const N: usize>(
    at: usize,
    hosted: &Hosted<N>,
    now_us: u64,
    (from, message): (NodeId, Message<Value, N>),
) -> Verdict<Result<(), MessageError>> {
    let mut copy = hosted.clone();
    let result = copy.register.handle_message(now_us, from, message);
    if result.is_err() {
        let same = copy.register == hosted.register;
        ensure!(same, "a refusal changes nothing", at, "{message:?} from {from}");
        return Ok(result);
    }
    // What a register owes has a bound, whatever it was told.
    for _ in 0..4 * N + 8 {
        if poll(at, &mut copy)?.is_none() {
            return Ok(result);
        }
    }
    fail!("outputs have an end", at, "{message:?}: {copy:?}");
}

/// A message that this node might be sent.
fn plausible<const N: usize>(
    random: &mut Random,
    (instance, me, other): (Instance, NodeId, NodeId),
    hosted: &Hosted<N>,
) -> Message<Value, N> {
    let round = NonZeroU64::MIN.saturating_add(random.below(9));
    let theirs = Ballot { round, proposer: other };
    let mine = Ballot { round, proposer: me };
    let state = *hosted.register.latest();
    let accepted = Accepted { ballot: state.version.filter(|&version| version < mine), state };
    let body = match random.below(8) {
        0 => Body::Prepare { ballot: theirs },
        1 => Body::Accept { ballot: theirs, state },
        2 => Body::Query { life: theirs, round: random.below(9) },
        3 => Body::Promise { ballot: mine, accepted },
        4 => Body::Accepted { ballot: mine },
        5 => {
            let promised = Ballot { round: round.saturating_add(1), proposer: other };
            Body::Rejected { ballot: mine, promised }
        }
        6 => Body::Report { life: mine, round: random.below(9), ballot: Some(theirs) },
        _ => Body::Forget { ballot: theirs },
    };
    Message { instance, to: me, body }
}

/// A message that no node could have sent, made of one that some node could; from whom it says that
/// it is, and why it is to be refused.
fn forge<const N: usize>(
    random: &mut Random,
    good: Message<Value, N>,
    other: NodeId,
    near_maxima: bool,
) -> (NodeId, Message<Value, N>, MessageError) {
    let Message { instance: Instance { cluster, number }, to: me, .. } = good;
    let with = |body| (other, Message { body, ..good }, MessageError::Malformed);
    let last = Ballot { round: NonZeroU64::MAX, proposer: me };
    let strange = Ballot { proposer: NodeId(other.0 ^ 32), ..last };
    let low = Ballot { round: NonZeroU64::MIN, proposer: other };
    let place = |cluster, number| Message { instance: Instance { cluster, number }, ..good };
    match random.below(11) {
        0 => (other, place(cluster - 1, number), MessageError::WrongInstance),
        1 => (other, place(cluster, number + 1), MessageError::WrongInstance),
        2 => (other, Message { to: NodeId(me.0 ^ 64), ..good }, MessageError::WrongReceiver),
        3 => (me, good, MessageError::Malformed),
        4 => with(Body::Prepare { ballot: strange }),
        5 => with(Body::Accepted { ballot: strange }),
        6 => with(Body::Query { life: strange, round: 1 }),
        7 => with(Body::Report { life: strange, round: 1, ballot: None }),
        8 if !near_maxima => {
            let (from, message, _) = with(Body::Accepted { ballot: last });
            (from, message, MessageError::ReusedBallot)
        }
        9 => match good.body {
            // A value that is younger than its ballot.
            Body::Accept { mut state, .. } => {
                state.version = Some(Ballot { round: NonZeroU64::MAX, ..low });
                with(Body::Accept { ballot: low, state })
            }
            _ => with(Body::Rejected { ballot: strange, promised: strange }),
        },
        _ => with(Body::Rejected { ballot: strange, promised: last }),
    }
}
