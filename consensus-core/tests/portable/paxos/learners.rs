//! How learners find out.

use synod_consensus_core::{
    Members, NodeId, Proposal,
    paxos::{Body, Config, ConfigError, Learner, LearnerOutput, Message, MessageError},
};
use synod_quorum::{NodeSet, Weighted};

use super::{ACCEPTORS, ALICE, BOB, INSTANCE, TIMEOUT_US, config, members, message, proposal};

type Ours = Learner<u32, 3>;
const ME: NodeId = NodeId(5);

fn fresh() -> Ours {
    Learner::new(config(ME), members(), 0).unwrap()
}

fn hear(learner: &mut Ours, from: usize, proposal: Proposal<u32>) {
    let report = message(ME, Body::Report(proposal));
    learner.handle_message(0, ACCEPTORS[from], report).unwrap();
}

/// Whom it asks.
fn asked(learner: &mut Ours) -> NodeSet {
    let mut places = NodeSet::new();
    while let Some(output) = learner.poll_output() {
        let LearnerOutput::Send { to, message } = output else { panic!("{output:?}") };
        assert_eq!(message.cloned(), Message { instance: INSTANCE, to, body: Body::Ask });
        assert_eq!(places.insert(to.0 as usize - 1), Ok(true), "each is asked once");
    }
    places
}

pub(crate) fn a_learner_asks_until_it_knows() {
    let everyone = NodeSet::first(3).unwrap();
    let mut learner = fresh();
    assert_eq!(asked(&mut learner), everyone);
    let mut now_us = 0;
    for _ in 0..100 {
        let deadline_us = learner.poll_timeout().unwrap();
        let wait_us = deadline_us - now_us;
        assert!((TIMEOUT_US..2 * TIMEOUT_US).contains(&wait_us));
        learner.handle_timeout(deadline_us - 1);
        assert!(asked(&mut learner).is_empty(), "it is early");
        learner.handle_timeout(deadline_us);
        assert_eq!(asked(&mut learner), everyone);
        learner.handle_timeout(0);
        assert!(asked(&mut learner).is_empty(), "a clock that goes back stands still");
        now_us = deadline_us;
    }
    // The next wait begins at the time of the last message.
    let report = message(ME, Body::Report(proposal(1, ALICE, 10)));
    let later_us = learner.poll_timeout().unwrap() + 500;
    learner.handle_message(later_us, ACCEPTORS[0], report).unwrap();
    learner.handle_timeout(0);
    assert_eq!(asked(&mut learner), everyone);
    assert!(learner.poll_timeout().unwrap() >= later_us + TIMEOUT_US);

    learner.handle_timeout(u64::MAX);
    hear(&mut learner, 2, proposal(1, ALICE, 10));
    assert_eq!(learner.poll_output(), Some(LearnerOutput::Chosen(&10)));
    assert_eq!(learner.poll_output(), None);
    assert_eq!(learner.poll_timeout(), None);
    learner.handle_timeout(u64::MAX);
    assert_eq!(learner.poll_output(), None, "it asks no more");
    assert_eq!(learner.chosen(), Some(&10));
    assert_eq!(learner.into_chosen(), Some(10));
}

pub(crate) fn a_value_is_chosen_under_one_ballot() {
    let mut learner = fresh();
    hear(&mut learner, 0, proposal(1, ALICE, 10));
    hear(&mut learner, 0, proposal(1, ALICE, 10));
    assert_eq!(learner.chosen(), None, "one acceptor is one");
    // The same value, under another ballot: it may yet come to nothing.
    hear(&mut learner, 1, proposal(2, BOB, 10));
    assert_eq!(learner.clone().into_chosen(), None);
    hear(&mut learner, 0, proposal(2, BOB, 10));
    assert_eq!(learner.chosen(), Some(&10));
}

pub(crate) fn what_an_acceptor_has_left_behind_does_not_count() {
    let mut learner = fresh();
    hear(&mut learner, 0, proposal(2, BOB, 10));
    // A late report of what it had accepted before.
    hear(&mut learner, 0, proposal(1, ALICE, 10));
    hear(&mut learner, 1, proposal(1, ALICE, 10));
    assert_eq!(learner.chosen(), None);
    hear(&mut learner, 2, proposal(1, ALICE, 10));
    assert_eq!(learner.chosen(), Some(&10), "under the lower ballot, as two have accepted there");
}

/// A value that was not chosen may be followed by another one.
pub(crate) fn values_that_are_not_chosen_may_differ() {
    let mut learner = fresh();
    hear(&mut learner, 0, proposal(1, ALICE, 10));
    hear(&mut learner, 1, proposal(2, BOB, 20));
    hear(&mut learner, 2, proposal(3, ALICE, 10));
    assert_eq!(learner.chosen(), None);
    hear(&mut learner, 0, proposal(4, BOB, 20));
    hear(&mut learner, 1, proposal(4, BOB, 20));
    assert_eq!(learner.poll_output(), Some(LearnerOutput::Chosen(&20)));
    // Old news, and news of the same.
    hear(&mut learner, 2, proposal(3, ALICE, 10));
    hear(&mut learner, 2, proposal(5, ALICE, 20));
    hear(&mut learner, 0, proposal(5, ALICE, 20));
    assert_eq!(learner.poll_output(), None, "told once");
    assert_eq!(learner.chosen(), Some(&20));
}

pub(crate) fn p08_two_values_are_told() {
    // By one ballot.
    let mut learner = fresh();
    hear(&mut learner, 0, proposal(1, ALICE, 10));
    refused(&learner, 1, proposal(1, ALICE, 11), MessageError::TwoValues);
    // Another one above what is chosen.
    hear(&mut learner, 1, proposal(1, ALICE, 10));
    refused(&learner, 2, proposal(2, BOB, 11), MessageError::TwoValues);
    hear(&mut learner, 2, proposal(2, BOB, 10));
    assert_eq!(learner.chosen(), Some(&10));
    // Another one by the ballot of what is chosen, though that is accepted by a later one, too.
    hear(&mut learner, 1, proposal(2, BOB, 10));
    refused(&learner, 2, proposal(1, ALICE, 11), MessageError::TwoValues);
    // One is chosen below another one that was accepted.
    let mut learner = fresh();
    hear(&mut learner, 2, proposal(2, BOB, 11));
    hear(&mut learner, 0, proposal(1, ALICE, 10));
    refused(&learner, 1, proposal(1, ALICE, 10), MessageError::TwoValues);
    assert_eq!(learner.chosen(), None);
}

fn refused(learner: &Ours, from: usize, proposal: Proposal<u32>, why: MessageError) {
    let report = message(ME, Body::Report(proposal));
    refused_message(learner, ACCEPTORS[from], report, why);
}

fn refused_message(learner: &Ours, from: NodeId, message: Message<u32>, why: MessageError) {
    let mut after = learner.clone();
    assert_eq!(after.handle_message(500, from, message), Err(why));
    assert_eq!(after, *learner);
}

pub(crate) fn a_learner_refuses_what_is_not_for_it() {
    let learner = fresh();
    let body = Body::Report(proposal(1, ALICE, 10));
    let mut elsewhere = message(ME, body);
    elsewhere.instance.cluster = 8;
    refused_message(&learner, ACCEPTORS[0], elsewhere, MessageError::WrongInstance);
    refused_message(&learner, ACCEPTORS[0], message(ALICE, body), MessageError::WrongReceiver);
    refused_message(&learner, ALICE, message(ME, body), MessageError::Stranger);
    let ask = message(ME, Body::Ask);
    refused_message(&learner, ACCEPTORS[0], ask, MessageError::WrongRole);
    let config = Config { timeout_us: 0, ..config(ME) };
    assert_eq!(Ours::new(config, members(), 0), Err(ConfigError));
}

pub(crate) fn acceptors_of_different_weight() {
    let system = Weighted::majority([3, 1, 1]).unwrap();
    let acceptors = Members::<3, _>::new(&ACCEPTORS, system).unwrap();
    let mut learner = Learner::new(config(ME), acceptors, 0).unwrap();
    let report = message(ME, Body::Report(proposal(1, ALICE, 10)));
    for light in [ACCEPTORS[1], ACCEPTORS[2]] {
        learner.handle_message(0, light, report).unwrap();
    }
    assert_eq!(learner.chosen(), None);
    learner.handle_message(0, ACCEPTORS[0], report).unwrap();
    assert_eq!(learner.chosen(), Some(&10));
}
