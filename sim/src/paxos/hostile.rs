//! Messages that nobody sent.

use synod_consensus_core::{
    Ballot, Instance, NodeId, Proposal,
    paxos::{Body, Message, MessageError, Role},
};

use super::{
    mark::Mark,
    node::{Hosted, Value},
    world::{CLUSTER, System, World},
};
use crate::{
    diary::Mood,
    fault::Fault,
    nodes::id,
    packet,
    random::Random,
    violation::{Verdict, ensure, fail},
};

/// A message, from whom it says that it is, and to which machine it is handed.
#[derive(Debug)]
struct Forgery {
    from: NodeId,
    message: Message<Value>,
    to: Role,
    /// Why it is to be refused.
    expected: MessageError,
}

impl<S: System, const N: usize> World<S, N> {
    /// A message that nobody sent is refused, and leaves no trace; or one that somebody could have
    /// sent has wrong bits.
    pub(super) fn deliver_hostile(&mut self, at: usize) -> Verdict {
        let now_us = self.engine.local_us(at);
        let place = self.engine.random.index(self.decisions.len());
        let Some(number) = self.decisions.keys().nth(place).copied() else { return Ok(()) };
        self.host_acceptor(at, number)?;
        let other = id((at + 1) % self.nodes.len());
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
        let forgery = forge(random, good, other, hosted);
        let Forgery { from, message, to, expected } = forgery;
        let before = (hosted.acceptor.clone(), hosted.proposer.clone(), hosted.learner.clone());
        let Some(result) = hosted.hand_over(now_us, to, (from, message)) else { return Ok(()) };
        let expected = Err(expected);
        ensure!(result == expected, "hostile is refused", at, "{result:?}, {from}: {message:?}");
        let same = before.0 == hosted.acceptor
            && before.1 == hosted.proposer
            && before.2 == hosted.learner;
        ensure!(same, "a refusal changes nothing", at, "{message:?} from {from}");
        self.marks.hit(Mark::HostileRefused);
        self.engine.diarise(at, Mood::Plain, || alloc::format!("refuses {:?}", message.body));
        self.drain(at, number)
    }
}

/// Hands a message to a copy of the machine that it is for, which is thrown away: it may be one that
/// makes machines disagree, but a refusal must leave the copy as it was.
fn hand_to_copy<S: System, const N: usize>(
    at: usize,
    hosted: &Hosted<S, N>,
    now_us: u64,
    (from, message): (NodeId, Message<Value>),
) -> Verdict<Result<(), MessageError>> {
    let mut copy = hosted.clone();
    let Some(result) = copy.hand_over(now_us, message.role(), (from, message)) else {
        return Ok(Err(MessageError::WrongRole));
    };
    if result.is_err() {
        let same = copy.acceptor == hosted.acceptor
            && copy.proposer == hosted.proposer
            && copy.learner == hosted.learner;
        ensure!(same, "a refusal changes nothing", at, "{message:?} from {from}");
        return Ok(result);
    }
    // What each machine owes has a bound, whatever it was told.
    for _ in 0..4 * N + 8 {
        if super::drain::poll(at, &mut copy)?.is_none() {
            return Ok(result);
        }
    }
    fail!("outputs have an end", at, "{message:?}: {copy:?}");
}

/// A message that one of this node's machines might be sent.
fn plausible<S: System, const N: usize>(
    random: &mut Random,
    (instance, me, other): (Instance, NodeId, NodeId),
    hosted: &Hosted<S, N>,
) -> Message<Value> {
    let round = core::num::NonZeroU64::MIN.saturating_add(random.below(9));
    let theirs = Ballot { round, proposer: other };
    let proposer = hosted.proposer.as_ref();
    let mine = proposer.and_then(|proposer| proposer.ballot()).unwrap_or(theirs);
    let value = random.word();
    let lower = Ballot { round, proposer: NodeId(5) };
    let accepted = Some(Proposal { ballot: lower, value }).filter(|it| it.ballot < mine);
    let body = match random.below(7) {
        0 => Body::Prepare { ballot: theirs },
        1 => Body::Accept(Proposal { ballot: theirs, value }),
        2 => Body::Ask,
        3 => Body::Promise { ballot: mine, accepted },
        4 => Body::Accepted { ballot: mine },
        5 => Body::Rejected {
            ballot: mine,
            promised: Ballot { round: mine.round.saturating_add(1), proposer: other },
        },
        _ => Body::Report(Proposal { ballot: theirs, value }),
    };
    Message { instance, to: me, body }
}

/// A message that no node could have sent, made of one that some node could.
fn forge<S: System, const N: usize>(
    random: &mut Random,
    good: Message<Value>,
    other: NodeId,
    hosted: &Hosted<S, N>,
) -> Forgery {
    let Message { instance: Instance { cluster, number }, to: me, .. } = good;
    let role = good.role();
    let forgery = |message: Message<Value>, expected| Forgery {
        from: other,
        to: message.role(),
        message,
        expected,
    };
    let with = |body, expected| forgery(Message { body, ..good }, expected);
    let cluster_of = |cluster, number| Message { instance: Instance { cluster, number }, ..good };
    let accepted = hosted.acceptor.as_ref().and_then(|acceptor| acceptor.accepted().copied());
    match (random.below(10), accepted) {
        (0, _) => forgery(cluster_of(cluster - 1, number), MessageError::WrongInstance),
        (1, _) => forgery(cluster_of(cluster, number + 1), MessageError::WrongInstance),
        (2, _) => forgery(Message { to: NodeId(me.0 ^ 64), ..good }, MessageError::WrongReceiver),
        (3, _) => {
            let to = if role == Role::Acceptor { Role::Learner } else { Role::Acceptor };
            Forgery { to, ..forgery(good, MessageError::WrongRole) }
        }
        (4, _) if role != Role::Acceptor => {
            let from = NodeId(random.below(99));
            Forgery { from, ..forgery(good, MessageError::Stranger) }
        }
        (9, Some(Proposal { ballot, value })) => {
            let body = Body::Accept(Proposal { ballot, value: !value });
            Forgery { from: ballot.proposer, ..with(body, MessageError::TwoValues) }
        }
        (kind, _) => {
            let (body, expected) = contradict(kind, (me, other), random.word(), hosted);
            with(body, expected)
        }
    }
}

/// What contradicts itself, or what a machine knows.
fn contradict<S: System, const N: usize>(
    kind: u64,
    (me, other): (NodeId, NodeId),
    value: Value,
    hosted: &Hosted<S, N>,
) -> (Body<Value>, MessageError) {
    let last = Ballot { round: core::num::NonZeroU64::MAX, proposer: me };
    let strange = Ballot { proposer: NodeId(other.0 ^ 32), ..last };
    let proposer = hosted.proposer.as_ref();
    let current = proposer.and_then(|proposer| proposer.ballot()).filter(|&it| it < last);
    let chosen = hosted.learner.as_ref().and_then(|learner| learner.chosen());
    match (kind, current, chosen) {
        (4, ..) => (Body::Prepare { ballot: strange }, MessageError::Malformed),
        (5, Some(_), _) => (Body::Accepted { ballot: last }, MessageError::ReusedBallot),
        (6, Some(ballot), _) => {
            let accepted = Some(Proposal { ballot: last, value });
            (Body::Promise { ballot, accepted }, MessageError::Malformed)
        }
        (7, Some(ballot), _) => {
            (Body::Rejected { ballot, promised: ballot }, MessageError::Malformed)
        }
        (8, _, Some(chosen)) => {
            // No ballot is above this one.
            let ballot = Ballot { proposer: NodeId(u64::MAX), ..last };
            (Body::Report(Proposal { ballot, value: !chosen }), MessageError::TwoValues)
        }
        _ => (Body::Accept(Proposal { ballot: strange, value }), MessageError::Malformed),
    }
}
