//! What acceptors promise, and remember.

use synod_consensus_core::{
    Ballot, Instance, NodeId, Proposal, UnknownWrite,
    paxos::{Acceptor, AcceptorOutput, Body, Message, MessageError, Record},
};

use super::{ACCEPTORS, ALICE, BOB, INSTANCE, ballot, message, proposal};

const ME: NodeId = ACCEPTORS[0];

fn fresh() -> Acceptor<u32> {
    Acceptor::bootstrap(INSTANCE, ME)
}

fn prepare(acceptor: &mut Acceptor<u32>, ballot: Ballot) {
    acceptor.handle_message(ballot.proposer, message(ME, Body::Prepare { ballot })).unwrap();
}

fn accept(acceptor: &mut Acceptor<u32>, proposal: Proposal<u32>) {
    let from = proposal.ballot.proposer;
    acceptor.handle_message(from, message(ME, Body::Accept(proposal))).unwrap();
}

/// The write that is due, and the record in it.
fn written(acceptor: &mut Acceptor<u32>) -> Option<(u64, Record<u32>)> {
    match acceptor.poll_output()? {
        AcceptorOutput::Write { id, record } => Some((id, *record)),
        AcceptorOutput::Send { to, message } => panic!("{message:?} to {to}"),
    }
}

/// The message that is due, and to whom it goes.
fn sent(acceptor: &mut Acceptor<u32>) -> Option<(NodeId, Body<u32>)> {
    match acceptor.poll_output()? {
        AcceptorOutput::Send { to, message } => {
            assert_eq!((message.instance, message.to), (INSTANCE, to));
            Some((to, message.cloned().body))
        }
        AcceptorOutput::Write { id, record } => panic!("write {id}: {record:?}"),
    }
}

/// Does the write that is due.
fn sync(acceptor: &mut Acceptor<u32>) {
    let (id, _) = written(acceptor).unwrap();
    assert_eq!(acceptor.poll_output(), None, "nothing is told before it is durable");
    acceptor.handle_persisted(id).unwrap();
}

fn record(promised: Ballot, accepted: Option<Proposal<u32>>) -> Record<u32> {
    Record::new(promised, accepted).unwrap()
}

pub(crate) fn p02_a_promise_is_durable_before_it_is_told() {
    let (first, later) = (ballot(1, ALICE), ballot(2, BOB));
    let mut acceptor = fresh();
    prepare(&mut acceptor, first);
    assert_eq!(written(&mut acceptor), Some((1, record(first, None))));
    assert_eq!(acceptor.poll_output(), None);
    acceptor.handle_persisted(1).unwrap();
    assert_eq!(sent(&mut acceptor), Some((ALICE, Body::Promise { ballot: first, accepted: None })));
    assert_eq!(acceptor.poll_output(), None);

    accept(&mut acceptor, proposal(1, ALICE, 10));
    let accepted = record(first, Some(proposal(1, ALICE, 10)));
    assert_eq!(written(&mut acceptor), Some((2, accepted)));
    assert_eq!(acceptor.poll_output(), None);
    acceptor.handle_persisted(2).unwrap();
    assert_eq!(sent(&mut acceptor), Some((ALICE, Body::Accepted { ballot: first })));

    prepare(&mut acceptor, later);
    sync(&mut acceptor);
    let promise = Body::Promise { ballot: later, accepted: Some(proposal(1, ALICE, 10)) };
    assert_eq!(sent(&mut acceptor), Some((BOB, promise)));
    assert_eq!(acceptor.poll_output(), None);
}

pub(crate) fn p02_a_promise_outlives_a_restart() {
    let (low, high) = (ballot(1, ALICE), ballot(2, BOB));
    let kept = record(high, Some(proposal(1, ALICE, 10)));
    let mut acceptor = Acceptor::recover(INSTANCE, ME, kept);
    assert_eq!((kept.promised(), acceptor.promised()), (high, Some(high)));
    assert_eq!(acceptor.accepted(), kept.accepted());
    assert_eq!(acceptor.poll_output(), None);
    prepare(&mut acceptor, low);
    let rejected = Body::Rejected { ballot: low, promised: high };
    assert_eq!(sent(&mut acceptor), Some((ALICE, rejected)));
    assert_eq!(acceptor.poll_output(), None);

    // What is read back is durable, so it is told at once.
    prepare(&mut acceptor, high);
    let promise = Body::Promise { ballot: high, accepted: Some(proposal(1, ALICE, 10)) };
    assert_eq!(sent(&mut acceptor), Some((BOB, promise)));
    assert!(Record::new(low, Some(proposal(2, BOB, 10))).is_err(), "more accepted than promised");
}

pub(crate) fn p05_phase_2_of_an_older_ballot() {
    let (low, high) = (ballot(1, ALICE), ballot(1, BOB));
    let mut acceptor = fresh();
    prepare(&mut acceptor, low);
    sync(&mut acceptor);
    assert!(sent(&mut acceptor).is_some());
    prepare(&mut acceptor, high);
    accept(&mut acceptor, proposal(1, ALICE, 10));
    assert_eq!((acceptor.promised(), acceptor.accepted()), (Some(high), None));
    let (id, _) = written(&mut acceptor).unwrap();
    // That it is too late may be told before the disk is done.
    let rejected = Body::Rejected { ballot: low, promised: high };
    assert_eq!(sent(&mut acceptor), Some((ALICE, rejected)));
    acceptor.handle_persisted(id).unwrap();
    assert_eq!(sent(&mut acceptor), Some((BOB, Body::Promise { ballot: high, accepted: None })));
    assert_eq!(acceptor.poll_output(), None);
}

/// A proposer may have its promises from others.
pub(crate) fn an_accept_without_a_promise_is_one() {
    let mut acceptor = fresh();
    prepare(&mut acceptor, ballot(1, ALICE));
    accept(&mut acceptor, proposal(3, BOB, 10));
    assert_eq!(acceptor.promised(), Some(ballot(3, BOB)));
    sync(&mut acceptor);
    // No promise of a ballot for which none was asked.
    assert_eq!(sent(&mut acceptor), Some((BOB, Body::Accepted { ballot: ballot(3, BOB) })));
    assert_eq!(acceptor.poll_output(), None);
    accept(&mut acceptor, proposal(2, BOB, 11));
    let rejected = Body::Rejected { ballot: ballot(2, BOB), promised: ballot(3, BOB) };
    assert_eq!(sent(&mut acceptor), Some((BOB, rejected)));
    assert_eq!(acceptor.accepted(), Some(&proposal(3, BOB, 10)));
}

pub(crate) fn what_comes_during_a_write_is_in_the_next() {
    let mut acceptor = fresh();
    prepare(&mut acceptor, ballot(1, ALICE));
    let (first, _) = written(&mut acceptor).unwrap();
    accept(&mut acceptor, proposal(1, ALICE, 10));
    prepare(&mut acceptor, ballot(2, BOB));
    assert_eq!(acceptor.poll_output(), None, "one write at a time");
    acceptor.handle_persisted(first).unwrap();
    let both = record(ballot(2, BOB), Some(proposal(1, ALICE, 10)));
    assert_eq!(written(&mut acceptor), Some((2, both)));
    acceptor.handle_persisted(2).unwrap();
    let promise = Body::Promise { ballot: ballot(2, BOB), accepted: Some(proposal(1, ALICE, 10)) };
    assert_eq!(sent(&mut acceptor), Some((BOB, promise)));
    assert_eq!(sent(&mut acceptor), Some((ALICE, Body::Accepted { ballot: ballot(1, ALICE) })));
    assert_eq!(acceptor.poll_output(), None);
}

pub(crate) fn what_is_asked_twice_is_answered_twice() {
    let mut acceptor = fresh();
    prepare(&mut acceptor, ballot(1, ALICE));
    sync(&mut acceptor);
    let promise = Body::Promise { ballot: ballot(1, ALICE), accepted: None };
    assert_eq!(sent(&mut acceptor), Some((ALICE, promise)));
    prepare(&mut acceptor, ballot(1, ALICE));
    assert_eq!(sent(&mut acceptor), Some((ALICE, promise)), "without a write");
    accept(&mut acceptor, proposal(1, ALICE, 10));
    sync(&mut acceptor);
    let accepted = Body::Accepted { ballot: ballot(1, ALICE) };
    assert_eq!(sent(&mut acceptor), Some((ALICE, accepted)));
    prepare(&mut acceptor, ballot(2, BOB));
    sync(&mut acceptor);
    assert!(sent(&mut acceptor).is_some());
    // It is accepted, whatever was promised since.
    accept(&mut acceptor, proposal(1, ALICE, 10));
    assert_eq!(sent(&mut acceptor), Some((ALICE, accepted)));
    assert_eq!(acceptor.poll_output(), None);
}

pub(crate) fn an_acceptor_reports_what_is_durable() {
    let mut acceptor = fresh();
    for learner in [NodeId(4), NodeId(5)] {
        acceptor.handle_message(learner, message(ME, Body::Ask)).unwrap();
    }
    assert_eq!(acceptor.poll_output(), None);
    prepare(&mut acceptor, ballot(1, ALICE));
    sync(&mut acceptor);
    assert!(sent(&mut acceptor).is_some());
    assert_eq!(acceptor.poll_output(), None, "nothing is accepted");
    accept(&mut acceptor, proposal(1, ALICE, 10));
    sync(&mut acceptor);
    assert!(sent(&mut acceptor).is_some());
    // Who asked too early is told as soon as there is something to tell.
    let report = Body::Report(proposal(1, ALICE, 10));
    assert_eq!(sent(&mut acceptor), Some((NodeId(5), report)));
    assert_eq!(acceptor.poll_output(), None);
    acceptor.handle_message(NodeId(4), message(ME, Body::Ask)).unwrap();
    assert_eq!(sent(&mut acceptor), Some((NodeId(4), report)));
    assert_eq!(acceptor.poll_output(), None);
}

pub(crate) fn p01_two_values_by_one_ballot_are_told() {
    let mut acceptor = fresh();
    accept(&mut acceptor, proposal(1, ALICE, 10));
    refused(
        &acceptor,
        ALICE,
        message(ME, Body::Accept(proposal(1, ALICE, 11))),
        MessageError::TwoValues,
    );
}

pub(crate) fn an_acceptor_refuses_what_is_not_for_it() {
    let mut acceptor = fresh();
    prepare(&mut acceptor, ballot(1, ALICE));
    let body = Body::Prepare { ballot: ballot(2, BOB) };
    let elsewhere = |instance| Message { instance, to: ME, body };
    let of_cluster = elsewhere(Instance { cluster: 8, ..INSTANCE });
    refused(&acceptor, BOB, of_cluster, MessageError::WrongInstance);
    let of_number = elsewhere(Instance { number: 2, ..INSTANCE });
    refused(&acceptor, BOB, of_number, MessageError::WrongInstance);
    refused(&acceptor, BOB, message(ACCEPTORS[1], body), MessageError::WrongReceiver);
    // A ballot is asked for by its proposer.
    refused(&acceptor, ALICE, message(ME, body), MessageError::Malformed);
    let accept = message(ME, Body::Accept(proposal(2, BOB, 10)));
    refused(&acceptor, ALICE, accept, MessageError::Malformed);
    let promised = ballot(1, BOB);
    for body in [
        Body::Promise { ballot: promised, accepted: None },
        Body::Accepted { ballot: promised },
        Body::Rejected { ballot: promised, promised },
        Body::Report(proposal(1, BOB, 10)),
    ] {
        refused(&acceptor, BOB, message(ME, body), MessageError::WrongRole);
    }
}

pub(crate) fn reports_of_unknown_writes_are_refused() {
    let mut acceptor = fresh();
    assert_eq!(acceptor.handle_persisted(0), Err(UnknownWrite));
    prepare(&mut acceptor, ballot(1, ALICE));
    assert_eq!(acceptor.handle_persisted(1), Err(UnknownWrite), "it was not polled");
    sync(&mut acceptor);
    let before = acceptor.clone();
    assert_eq!(acceptor.handle_persisted(1), Err(UnknownWrite), "it was reported");
    assert_eq!(acceptor, before);
}

fn refused(acceptor: &Acceptor<u32>, from: NodeId, message: Message<u32>, why: MessageError) {
    let mut after = acceptor.clone();
    assert_eq!(after.handle_message(from, message), Err(why));
    assert_eq!(after, *acceptor);
}
