//! How proposers bring a decision about.

use synod_consensus_core::{
    Ballot, Members, MembersError, NodeId, Proposal, UnknownWrite,
    paxos::{Body, Config, ConfigError, Message, MessageError, Phase, Proposer, ProposerOutput},
};
use synod_quorum::{Flexible, NodeSet, Threshold};

use super::{
    ACCEPTORS, ALICE, BOB, INSTANCE, TIMEOUT_US, ballot, config, members, message, proposal,
};

type Alice = Proposer<u32, 3>;
const VALUE: u32 = 10;

/// A proposer that has reserved its rounds, and has asked.
fn started() -> Alice {
    let mut proposer = Proposer::bootstrap(config(ALICE), members(), 0, VALUE).unwrap();
    sync(&mut proposer);
    assert_eq!(asked(&mut proposer), (NodeSet::first(3).unwrap(), Some(prepare(1))));
    proposer
}

fn sync<S: synod_quorum::QuorumSystem, const N: usize>(proposer: &mut Proposer<u32, N, S>) {
    let Some(ProposerOutput::Write { id, .. }) = proposer.poll_output() else {
        panic!("no write is due")
    };
    assert_eq!(proposer.poll_output(), None, "nothing is asked before rounds are reserved");
    proposer.handle_persisted(id).unwrap();
}

fn prepare(round: u64) -> Body<u32> {
    Body::Prepare { ballot: ballot(round, ALICE) }
}

fn accept(round: u64, value: u32) -> Body<u32> {
    Body::Accept(proposal(round, ALICE, value))
}

/// Whom it asks, by place, and for what.
fn asked<S: synod_quorum::QuorumSystem, const N: usize>(
    proposer: &mut Proposer<u32, N, S>,
) -> (NodeSet, Option<Body<u32>>) {
    let (mut places, mut body) = (NodeSet::new(), None);
    while let Some(output) = proposer.poll_output() {
        let ProposerOutput::Send { to, message } = output else { panic!("{output:?}") };
        assert_eq!((message.instance, message.to), (INSTANCE, to));
        let message = message.cloned();
        assert!(body.is_none_or(|body| body == message.body), "all are asked for the same");
        body = Some(message.body);
        assert_eq!(places.insert(to.0 as usize - 1), Ok(true), "each is asked once");
    }
    (places, body)
}

fn hear(proposer: &mut Alice, from: usize, body: Body<u32>) {
    proposer.handle_message(0, ACCEPTORS[from], message(ALICE, body)).unwrap();
}

fn promise(round: u64, accepted: Option<Proposal<u32>>) -> Body<u32> {
    Body::Promise { ballot: ballot(round, ALICE), accepted }
}

fn accepted(round: u64) -> Body<u32> {
    Body::Accepted { ballot: ballot(round, ALICE) }
}

fn rejected(round: u64, promised: Ballot) -> Body<u32> {
    Body::Rejected { ballot: ballot(round, ALICE), promised }
}

/// A proposer that has two promises of its first ballot without a value.
fn accepting() -> Alice {
    let mut proposer = started();
    hear(&mut proposer, 0, promise(1, None));
    hear(&mut proposer, 2, promise(1, None));
    assert_eq!(asked(&mut proposer), (NodeSet::first(3).unwrap(), Some(accept(1, VALUE))));
    proposer
}

pub(crate) fn p01_rounds_are_reserved_before_they_are_used() {
    let mut proposer = Alice::bootstrap(config(ALICE), members(), 0, VALUE).unwrap();
    let write = ProposerOutput::Write { id: 1, reserved: 64 };
    assert_eq!(proposer.poll_output(), Some(write));
    assert_eq!(proposer.poll_output(), None);
    proposer.handle_timeout(10 * TIMEOUT_US);
    assert_eq!(proposer.poll_output(), None, "however long the disk takes");
    assert_eq!(proposer.handle_persisted(2), Err(UnknownWrite));
    assert_eq!(proposer.handle_persisted(1), Ok(()));
    assert_eq!(proposer.handle_persisted(1), Err(UnknownWrite));
    assert_eq!(asked(&mut proposer).1, Some(prepare(1)));

    // What was reserved is used up, as far as the next life knows.
    let mut proposer = Alice::recover(config(ALICE), members(), 0, 64, VALUE).unwrap();
    assert_eq!(proposer.ballot(), Some(ballot(65, ALICE)));
    let write = ProposerOutput::Write { id: 1, reserved: 128 };
    assert_eq!(proposer.poll_output(), Some(write));
}

pub(crate) fn p01_a_reused_ballot_is_told() {
    // An answer to a ballot that is yet to come.
    refused(&started(), 0, promise(2, None), MessageError::ReusedBallot);
    refused(&accepting(), 0, accepted(2), MessageError::ReusedBallot);
    refused(&started(), 0, rejected(2, ballot(3, BOB)), MessageError::ReusedBallot);
    // Something accepted under the ballot for which a promise was asked.
    let before = Some(proposal(1, ALICE, 11));
    refused(&started(), 0, promise(1, before), MessageError::ReusedBallot);
}

pub(crate) fn a_value_is_chosen() {
    let mut proposer = accepting();
    assert_eq!((proposer.phase(), proposer.chosen()), (Phase::Accepting, None));
    assert_eq!(proposer.clone().into_chosen(), Err(VALUE));
    hear(&mut proposer, 1, accepted(1));
    hear(&mut proposer, 1, accepted(1));
    assert_eq!(proposer.poll_output(), None, "one acceptor is one");
    hear(&mut proposer, 0, accepted(1));
    assert_eq!((proposer.phase(), proposer.poll_timeout()), (Phase::Chosen, None));
    assert_eq!(proposer.poll_output(), Some(ProposerOutput::Chosen(&VALUE)));
    assert_eq!(proposer.poll_output(), None, "told once");
    hear(&mut proposer, 2, accepted(1));
    proposer.handle_timeout(u64::MAX);
    assert_eq!(proposer.poll_output(), None);
    assert_eq!(proposer.chosen(), Some(&VALUE));
    assert_eq!(proposer.into_chosen(), Ok(VALUE));
}

/// All that is owed when a value is chosen is owed no more.
pub(crate) fn who_is_late_is_not_asked_any_more() {
    let mut proposer = started();
    for from in 0..2 {
        hear(&mut proposer, from, promise(1, None));
    }
    assert!(proposer.poll_output().is_some());
    for from in 0..2 {
        hear(&mut proposer, from, accepted(1));
    }
    assert_eq!(proposer.poll_output(), Some(ProposerOutput::Chosen(&VALUE)));
    assert_eq!(proposer.poll_output(), None);
}

pub(crate) fn the_highest_accepted_value_is_proposed() {
    let values = [Some(proposal(2, BOB, 20)), Some(proposal(1, BOB, 30))];
    for order in [[0, 1], [1, 0]] {
        let mut proposer = Alice::recover(config(ALICE), members(), 0, 64, VALUE).unwrap();
        sync(&mut proposer);
        assert_eq!(asked(&mut proposer).1, Some(prepare(65)));
        for from in order {
            hear(&mut proposer, from, promise(65, values[from]));
        }
        assert_eq!(asked(&mut proposer).1, Some(accept(65, 20)));
        // Too late to count.
        hear(&mut proposer, 2, promise(65, Some(proposal(3, BOB, 40))));
        for from in 0..2 {
            hear(&mut proposer, from, accepted(65));
        }
        assert_eq!(proposer.poll_output(), Some(ProposerOutput::Chosen(&20)));
        assert_eq!(proposer.into_chosen(), Ok(20), "another's value");
    }
}

/// What was found counts for the ballot whose promises told it.
pub(crate) fn what_was_found_is_not_kept_for_the_next_ballot() {
    let mut proposer = Alice::recover(config(ALICE), members(), 0, 64, VALUE).unwrap();
    sync(&mut proposer);
    assert!(asked(&mut proposer).1.is_some());
    hear(&mut proposer, 0, promise(65, Some(proposal(1, BOB, 20))));
    beat(&mut proposer, 65, ballot(70, BOB));
    proposer.handle_timeout(proposer.poll_timeout().unwrap());
    assert_eq!(asked(&mut proposer).1, Some(prepare(71)));
    hear(&mut proposer, 1, promise(71, None));
    hear(&mut proposer, 2, promise(71, None));
    assert_eq!(asked(&mut proposer).1, Some(accept(71, VALUE)));
}

pub(crate) fn promises_count_once_and_for_their_ballot() {
    let mut proposer = started();
    hear(&mut proposer, 0, promise(1, None));
    hear(&mut proposer, 0, promise(1, None));
    hear(&mut proposer, 1, accepted(1));
    assert_eq!((asked(&mut proposer).1, proposer.phase()), (None, Phase::Preparing));
    beat(&mut proposer, 1, ballot(1, BOB));
    hear(&mut proposer, 1, promise(1, None));
    hear(&mut proposer, 2, promise(1, None));
    assert_eq!(proposer.phase(), Phase::Waiting, "it has given that ballot up");
    proposer.handle_timeout(proposer.poll_timeout().unwrap());
    assert_eq!(asked(&mut proposer).1, Some(prepare(2)));
    for from in 0..3 {
        hear(&mut proposer, from, promise(1, None));
        hear(&mut proposer, from, rejected(1, ballot(9, BOB)));
    }
    assert_eq!((asked(&mut proposer).1, proposer.phase()), (None, Phase::Preparing));
}

/// Two of three acceptors have promised another ballot.
fn beat(proposer: &mut Alice, round: u64, promised: Ballot) {
    for from in 1..3 {
        hear(proposer, from, rejected(round, promised));
    }
    assert_eq!(proposer.phase(), Phase::Waiting);
}

pub(crate) fn a_minority_of_rejections_does_not_stop_it() {
    let mut proposer = started();
    hear(&mut proposer, 2, rejected(1, ballot(5, BOB)));
    hear(&mut proposer, 2, rejected(1, ballot(5, BOB)));
    assert_eq!(proposer.phase(), Phase::Preparing);
    for from in 0..2 {
        hear(&mut proposer, from, promise(1, None));
    }
    hear(&mut proposer, 2, rejected(1, ballot(5, BOB)));
    for from in 0..2 {
        hear(&mut proposer, from, accepted(1));
    }
    assert_eq!(proposer.chosen(), Some(&VALUE));
}

/// An old question that comes twice is rejected by one who had granted it.
pub(crate) fn who_has_granted_does_not_take_it_back() {
    let mut proposer = accepting();
    hear(&mut proposer, 0, accepted(1));
    for from in 0..2 {
        hear(&mut proposer, from, rejected(1, ballot(5, BOB)));
    }
    assert_eq!(proposer.phase(), Phase::Accepting);
    hear(&mut proposer, 2, accepted(1));
    assert_eq!(proposer.chosen(), Some(&VALUE));
}

pub(crate) fn who_is_beaten_waits_and_tries_above() {
    for mut proposer in [started(), accepting()] {
        assert_eq!(proposer.poll_timeout(), Some(TIMEOUT_US));
        hear(&mut proposer, 1, rejected(1, ballot(5, BOB)));
        hear(&mut proposer, 2, rejected(1, ballot(3, BOB)));
        assert_eq!((proposer.phase(), proposer.ballot()), (Phase::Waiting, Some(ballot(1, ALICE))));
        assert_eq!(proposer.poll_output(), None);
        let deadline_us = proposer.poll_timeout().unwrap();
        assert!((1..TIMEOUT_US).contains(&deadline_us));
        proposer.handle_timeout(deadline_us - 1);
        assert_eq!(proposer.phase(), Phase::Waiting);
        proposer.handle_timeout(deadline_us);
        assert_eq!(asked(&mut proposer), (NodeSet::first(3).unwrap(), Some(prepare(6))));
        assert_eq!(proposer.poll_timeout(), Some(deadline_us + TIMEOUT_US));
    }
}

pub(crate) fn silence_is_asked_again() {
    let mut proposer = started();
    hear(&mut proposer, 1, promise(1, None));
    proposer.handle_timeout(TIMEOUT_US - 1);
    assert_eq!(asked(&mut proposer).1, None, "it is early");
    proposer.handle_timeout(TIMEOUT_US);
    let others = NodeSet::from_nodes(&[0, 2]).unwrap();
    assert_eq!(asked(&mut proposer), (others, Some(prepare(1))));
    // A clock that goes back stands still.
    proposer.handle_timeout(0);
    assert_eq!(proposer.poll_timeout(), Some(2 * TIMEOUT_US));
    proposer
        .handle_message(2 * TIMEOUT_US - 1, ACCEPTORS[2], message(ALICE, promise(1, None)))
        .unwrap();
    assert_eq!(asked(&mut proposer), (NodeSet::first(3).unwrap(), Some(accept(1, VALUE))));
    assert_eq!(proposer.poll_timeout(), Some(3 * TIMEOUT_US - 1), "by the time of the message");
    hear(&mut proposer, 0, accepted(1));
    proposer.handle_timeout(3 * TIMEOUT_US);
    let others = NodeSet::from_nodes(&[1, 2]).unwrap();
    assert_eq!(asked(&mut proposer), (others, Some(accept(1, VALUE))));
}

/// Where one has promised more, and the others say nothing, a higher ballot may get further.
pub(crate) fn silence_after_a_rejection_is_asked_anew() {
    let mut proposer = started();
    hear(&mut proposer, 1, rejected(1, ballot(5, BOB)));
    proposer.handle_timeout(TIMEOUT_US);
    assert_eq!(asked(&mut proposer), (NodeSet::first(3).unwrap(), Some(prepare(6))));
    proposer.handle_timeout(2 * TIMEOUT_US);
    assert_eq!(asked(&mut proposer).1, Some(prepare(6)), "that rejection was of another ballot");
}

pub(crate) fn the_last_round_is_the_end() {
    let mut proposer = started();
    beat(&mut proposer, 1, ballot(u64::MAX, BOB));
    proposer.handle_timeout(TIMEOUT_US);
    assert_eq!((proposer.phase(), proposer.poll_timeout()), (Phase::Exhausted, None));
    assert_eq!(proposer.poll_output(), Some(ProposerOutput::Exhausted));
    assert_eq!(proposer.poll_output(), None, "told once");
    proposer.handle_timeout(u64::MAX);
    hear(&mut proposer, 0, promise(1, None));
    assert_eq!(proposer.poll_output(), None);
    assert_eq!(proposer.chosen(), None);
    assert_eq!(proposer.into_chosen(), Err(VALUE));

    let mut none = Alice::recover(config(ALICE), members(), 0, u64::MAX, VALUE).unwrap();
    assert_eq!((none.phase(), none.ballot()), (Phase::Exhausted, None));
    assert_eq!(none.poll_output(), Some(ProposerOutput::Exhausted));
    assert_eq!(none.poll_output(), None);
}

/// Found by fuzzing: what was said to an earlier life is late, and no sign of a ballot used twice.
pub(crate) fn answers_to_an_earlier_life_are_late() {
    let mut proposer = Alice::recover(config(ALICE), members(), 0, u64::MAX, VALUE).unwrap();
    assert_eq!(proposer.poll_output(), Some(ProposerOutput::Exhausted));
    assert_eq!((proposer.ballot(), proposer.phase()), (None, Phase::Exhausted));
    for body in [promise(1, None), accepted(1), rejected(1, ballot(1, BOB))] {
        let before = proposer.canonical();
        hear(&mut proposer, 0, body);
        assert_eq!(proposer.poll_output(), None);
        assert_eq!(proposer.canonical(), before);
    }
}

pub(crate) fn a_proposer_refuses_what_is_not_for_it() {
    let proposer = started();
    let heard = promise(1, None);
    let mut elsewhere = message(ALICE, heard);
    elsewhere.instance.number = 2;
    refused_message(&proposer, ACCEPTORS[0], elsewhere, MessageError::WrongInstance);
    refused_message(&proposer, ACCEPTORS[0], message(BOB, heard), MessageError::WrongReceiver);
    refused_message(&proposer, BOB, message(ALICE, heard), MessageError::Stranger);
    for body in [prepare(1), accept(1, VALUE), Body::Ask, Body::Report(proposal(1, ALICE, 1))] {
        refused(&proposer, 0, body, MessageError::WrongRole);
    }
    for body in [
        Body::Promise { ballot: ballot(1, BOB), accepted: None },
        promise(1, Some(proposal(2, BOB, 20))),
        Body::Accepted { ballot: ballot(1, BOB) },
        rejected(1, ballot(1, ALICE)),
        rejected(1, ballot(1, NodeId(1))),
        Body::Rejected { ballot: ballot(1, BOB), promised: ballot(2, BOB) },
    ] {
        refused(&proposer, 0, body, MessageError::Malformed);
    }
}

pub(crate) fn p08_two_values_by_one_ballot_among_promises() {
    let mut proposer = Alice::recover(config(ALICE), members(), 0, 64, VALUE).unwrap();
    hear(&mut proposer, 0, promise(65, Some(proposal(2, BOB, 20))));
    let other = promise(65, Some(proposal(2, BOB, 21)));
    refused(&proposer, 1, other, MessageError::TwoValues);
    hear(&mut proposer, 1, promise(65, Some(proposal(2, BOB, 20))));
    assert_eq!(proposer.phase(), Phase::Accepting);
}

fn refused(proposer: &Alice, from: usize, body: Body<u32>, why: MessageError) {
    refused_message(proposer, ACCEPTORS[from], message(ALICE, body), why);
}

fn refused_message(proposer: &Alice, from: NodeId, message: Message<u32>, why: MessageError) {
    let mut after = proposer.clone();
    assert_eq!(after.handle_message(500, from, message), Err(why));
    assert_eq!(after, *proposer);
}

pub(crate) fn p06_quorums_that_do_not_meet_are_refused() {
    let four = NodeSet::first(4).unwrap();
    let of = |needed| Threshold::new(four, needed).unwrap();
    assert!(Flexible::new(of(2), of(2)).is_err());
    let system = Flexible::new(of(3), of(2)).unwrap();
    assert_eq!(Members::<3, _>::new(&ACCEPTORS, system), Err(MembersError::Outside));
}

/// Who is asked for a promise again, when it has accepted already, says so.
pub(crate) fn a_promise_told_again_has_what_was_accepted_since() {
    let mut proposer = accepting();
    hear(&mut proposer, 0, promise(1, Some(proposal(1, ALICE, VALUE))));
    assert_eq!(proposer.phase(), Phase::Accepting);
}

pub(crate) fn quorums_of_two_kinds() {
    let four = NodeSet::first(4).unwrap();
    let of = |needed| Threshold::new(four, needed).unwrap();
    let system = Flexible::new(of(3), of(2)).unwrap();
    let ids = [1, 2, 3, 4].map(NodeId);
    let acceptors = Members::<4, _>::new(&ids, system).unwrap();
    let mut proposer = Proposer::bootstrap(config(ALICE), acceptors, 0, VALUE).unwrap();
    sync(&mut proposer);
    assert_eq!(asked(&mut proposer), (four, Some(prepare(1))));
    let hear = |proposer: &mut Proposer<u32, 4, _>, from: usize, body| {
        proposer.handle_message(0, ids[from], message(ALICE, body)).unwrap();
    };
    hear(&mut proposer, 0, promise(1, None));
    hear(&mut proposer, 1, promise(1, None));
    assert_eq!(proposer.phase(), Phase::Preparing);
    // Of four, two that have promised more are too many here.
    let mut blocked = proposer.clone();
    hear(&mut blocked, 2, rejected(1, ballot(2, BOB)));
    assert_eq!(blocked.phase(), Phase::Preparing);
    hear(&mut blocked, 3, rejected(1, ballot(2, BOB)));
    assert_eq!(blocked.phase(), Phase::Waiting);
    hear(&mut proposer, 3, promise(1, None));
    assert_eq!(asked(&mut proposer), (four, Some(accept(1, VALUE))));
    // Of four, two that have not promised more are enough.
    hear(&mut proposer, 0, rejected(1, ballot(2, BOB)));
    hear(&mut proposer, 1, rejected(1, ballot(2, BOB)));
    assert_eq!(proposer.phase(), Phase::Accepting);
    let mut blocked = proposer.clone();
    hear(&mut blocked, 2, rejected(1, ballot(2, BOB)));
    assert_eq!(blocked.phase(), Phase::Waiting);
    hear(&mut proposer, 2, accepted(1));
    hear(&mut proposer, 3, accepted(1));
    assert_eq!(proposer.chosen(), Some(&VALUE));
}

pub(crate) fn a_timeout_of_nothing_is_refused() {
    let config = Config { timeout_us: 0, ..config(ALICE) };
    assert_eq!(Alice::bootstrap(config, members(), 0, VALUE), Err(ConfigError));
}
