//! The rules of leases, one by one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

use synod_failure_detect::{
    Coterie, FencedResource, FencingToken, Grantor, GrantorConfig, GrantorOutput, Lease, LeaseBody,
    LeaseConfig, LeaseConfigError, LeaseMessage, LeaseOutput, Majority, NodeSet, ReplyError,
    RequestError, StaleToken, UnknownBound,
};
use synod_quorum::{Explicit, Flexible, Threshold, Weighted};

const DURATION_US: u64 = 300_000;
/// Without drift, a microsecond less.
const BELIEF_US: u64 = DURATION_US - 1;
const RETRY_US: u64 = 10_000;

const CONFIG: LeaseConfig = LeaseConfig {
    resource: 4,
    start: 1,
    seed: 3,
    duration_us: DURATION_US,
    max_drift_ppm: 0,
    clock_step_us: 1,
    retry_us: RETRY_US,
};

fn lease() -> Lease<Majority, 3> {
    Lease::new(CONFIG, Majority::new(NodeSet::first(3).unwrap()).unwrap()).unwrap()
}

fn token(number: u64) -> FencingToken {
    FencingToken::new(number).unwrap()
}

fn message(round: u64, body: LeaseBody) -> LeaseMessage {
    LeaseMessage { resource: 4, start: 1, round, body }
}

fn granted(round: u64, number: u64) -> LeaseMessage {
    message(round, LeaseBody::Granted { token: token(number) })
}

fn refused(round: u64, highest: u64, wait_us: u64) -> LeaseMessage {
    message(round, LeaseBody::Refused { highest: FencingToken::new(highest), wait_us })
}

fn request(round: u64, number: u64) -> LeaseMessage {
    message(round, LeaseBody::Request { token: token(number), duration_us: DURATION_US })
}

fn release(round: u64, number: u64) -> LeaseMessage {
    message(round, LeaseBody::Release { token: token(number) })
}

/// What a lease wants done: what it tells, and whom it sends what.
fn drain<const N: usize>(lease: &mut Lease<Majority, N>) -> Vec<LeaseOutput> {
    core::iter::from_fn(|| lease.poll_output()).collect()
}

fn to_all(message: LeaseMessage) -> Vec<LeaseOutput> {
    (0..3).map(|to| LeaseOutput::Send { to, message }).collect()
}

/// Acquired at 0 under token 1 by grantors 0 and 1, whose answers came at 5,000.
fn held() -> Lease<Majority, 3> {
    let mut lease = lease();
    lease.acquire(0);
    assert_eq!(drain(&mut lease), to_all(request(1, 1)));
    lease.handle_message(5_000, 0, granted(1, 1)).unwrap();
    assert_eq!(drain(&mut lease), []);
    lease.handle_message(5_000, 1, granted(1, 1)).unwrap();
    assert_eq!(drain(&mut lease), [LeaseOutput::Acquired(token(1))]);
    lease
}

#[test]
fn a_grant_counts_from_when_it_was_asked_for() {
    let mut lease = held();
    assert_eq!(lease.held_until_us(), Some(BELIEF_US));
    assert_eq!(lease.token_at(BELIEF_US - 1), Some(token(1)));
    assert_eq!(lease.token_at(BELIEF_US), None);
    assert_eq!(drain(&mut lease), [LeaseOutput::Lost(token(1))]);
    assert_eq!((lease.held_until_us(), lease.poll_timeout()), (None, Some(BELIEF_US)));
    // The next attempt has another token.
    lease.handle_timeout(BELIEF_US);
    assert_eq!(drain(&mut lease), to_all(request(2, 2)));
}

#[test]
fn it_is_renewed_after_a_third_and_lasts_as_long_as_a_quorum_does() {
    let mut lease = held();
    let third_us = BELIEF_US / 3;
    assert_eq!(lease.poll_timeout(), Some(third_us));
    lease.handle_timeout(third_us);
    assert_eq!(drain(&mut lease), to_all(request(2, 1)));
    // One grantor alone does not prolong it; a second does.
    lease.handle_message(third_us + 9, 2, granted(2, 1)).unwrap();
    assert_eq!(lease.held_until_us(), Some(BELIEF_US));
    assert_eq!(lease.poll_timeout(), Some(third_us + third_us / 2), "no quorum has answered");
    lease.handle_message(third_us + 20, 0, granted(2, 1)).unwrap();
    assert_eq!(lease.held_until_us(), Some(third_us + BELIEF_US));
    assert_eq!(lease.poll_timeout(), Some(2 * third_us));
    assert_eq!(drain(&mut lease), []);
}

#[test]
fn an_answer_to_an_earlier_round_prolongs_nothing() {
    let mut lease = held();
    lease.handle_timeout(100_000);
    drain(&mut lease);
    let before = lease.clone();
    for from in 0..3 {
        assert_eq!(lease.handle_message(100_000, from, granted(1, 1)), Err(ReplyError::Stale));
    }
    assert_eq!(lease, before);
    assert_eq!(lease.handle_message(100_000, 0, refused(1, 9, 9)), Err(ReplyError::Stale));
    assert_eq!(lease, before);
    // Nor does one to an earlier start, or a second one.
    let earlier = LeaseMessage { start: 0, ..granted(2, 1) };
    assert_eq!(lease.handle_message(100_000, 0, earlier), Err(ReplyError::Stale));
    lease.handle_message(100_000, 0, granted(2, 1)).unwrap();
    assert_eq!(lease.handle_message(100_000, 0, granted(2, 1)), Err(ReplyError::Stale));
    assert_eq!(lease.held_until_us(), Some(BELIEF_US));
}

#[test]
fn time_that_steps_back_ends_belief_and_goes_on_from_there() {
    let mut lease = held();
    assert_eq!(lease.token_at(4_999), None);
    assert_eq!(drain(&mut lease), [LeaseOutput::Lost(token(1))]);
    assert_eq!(lease.token_at(6_000), None, "for good");
    lease.handle_timeout(6_000);
    assert_eq!(drain(&mut lease), to_all(request(2, 2)));

    // Before the answers: they count for nothing, and are given back.
    lease.handle_timeout(1_000);
    lease.handle_message(1_000, 0, granted(2, 2)).unwrap();
    assert_eq!(lease.held_until_us(), None);
    // The next attempt counts from the time as it is now.
    let mut sent = vec![LeaseOutput::Send { to: 0, message: release(3, 2) }];
    sent.extend(to_all(request(3, 3)));
    assert_eq!(drain(&mut lease), sent);
    lease.handle_message(6_500, 0, granted(3, 3)).unwrap();
    lease.handle_message(6_500, 1, granted(3, 3)).unwrap();
    assert_eq!(lease.held_until_us(), Some(1_000 + BELIEF_US));
}

#[test]
fn an_attempt_that_fails_is_given_back_and_repeated_after_a_pause() {
    let mut lease = lease();
    lease.acquire(0);
    drain(&mut lease);
    lease.handle_message(10, 0, granted(1, 1)).unwrap();
    lease.handle_message(10, 1, refused(1, 7, 150_000)).unwrap();
    let again = lease.handle_message(10, 1, refused(1, 50, 1));
    assert_eq!(again, Err(ReplyError::Stale), "it has said so");
    assert_eq!(drain(&mut lease), [], "a quorum is left");
    assert_eq!(lease.poll_timeout(), Some(RETRY_US));
    lease.handle_timeout(RETRY_US);
    // Also by the one that is silent, which may have granted it.
    let sent = [0, 2].map(|to| LeaseOutput::Send { to, message: release(1, 1) });
    assert_eq!(drain(&mut lease), sent);
    let due_us = lease.poll_timeout().unwrap();
    assert!((2 * RETRY_US..3 * RETRY_US).contains(&due_us), "{due_us}");
    lease.handle_timeout(due_us);
    assert_eq!(drain(&mut lease), to_all(request(2, 8)));

    // A grant that comes too late is given back.
    lease.release(due_us);
    assert_eq!(drain(&mut lease), to_all(release(2, 8)));
    lease.handle_message(due_us + 5, 2, granted(2, 8)).unwrap();
    assert_eq!(drain(&mut lease), [LeaseOutput::Send { to: 2, message: release(2, 8) }]);
    assert_eq!(lease.poll_timeout(), None);
}

#[test]
fn a_token_that_is_too_small_is_mended_at_once() {
    let mut lease = lease();
    lease.acquire(50);
    drain(&mut lease);
    lease.handle_message(60, 2, refused(1, 5, 0)).unwrap();
    lease.handle_message(70, 0, refused(1, 9, 0)).unwrap();
    assert_eq!(lease.poll_timeout(), Some(70));
    lease.handle_timeout(70);
    assert_eq!(drain(&mut lease), to_all(request(2, 10)));
    // And the lease of another is waited for, if it is soon over.
    lease.handle_message(80, 2, refused(2, 5, 400)).unwrap();
    lease.handle_message(80, 0, refused(2, 9, 300)).unwrap();
    let due_us = lease.poll_timeout().unwrap();
    assert!((480..480 + RETRY_US).contains(&due_us), "{due_us}");
}

#[test]
fn what_is_wrong_with_an_answer() {
    let mut lease = held();
    let before = lease.clone();
    let other = LeaseMessage { resource: 5, ..granted(1, 1) };
    assert_eq!(lease.handle_message(5_000, 0, other), Err(ReplyError::WrongResource));
    assert_eq!(lease.handle_message(5_000, 3, granted(1, 1)), Err(ReplyError::Stranger));
    assert_eq!(lease.handle_message(5_000, 0, request(1, 1)), Err(ReplyError::NotAReply));
    assert_eq!(lease.handle_message(5_000, 0, release(1, 1)), Err(ReplyError::NotAReply));
    assert_eq!(lease.handle_message(5_000, 2, granted(2, 1)), Err(ReplyError::Malformed));
    assert_eq!(lease.handle_message(5_000, 2, granted(1, 2)), Err(ReplyError::Malformed));
    assert_eq!(lease.handle_message(5_000, 0, refused(1, 1, 0)), Err(ReplyError::Stale));
    assert_eq!(lease, before);
    // Whoever proposed the last token has used them up.
    let mut lease = self::lease();
    lease.acquire(0);
    drain(&mut lease);
    lease.handle_message(1, 0, refused(1, u64::MAX, 0)).unwrap();
    lease.handle_message(1, 1, refused(1, u64::MAX, 0)).unwrap();
    lease.handle_timeout(1);
    assert!(
        drain(&mut lease).iter().all(|output| matches!(output, LeaseOutput::Send { to: 2, .. }))
    );
    assert_eq!(lease.poll_timeout(), None);
}

#[test]
fn a_lease_is_over_at_its_end() {
    // Asked again so late that the answers would have time until after the end.
    let mut lease = held();
    lease.handle_timeout(BELIEF_US - 5);
    assert_eq!(drain(&mut lease), to_all(request(2, 1)));
    assert_eq!(lease.poll_timeout(), Some(BELIEF_US));
    // What comes at the end itself comes too late.
    let mut lease = self::lease();
    lease.acquire(0);
    drain(&mut lease);
    lease.handle_message(5, 0, granted(1, 1)).unwrap();
    lease.handle_message(BELIEF_US, 1, granted(1, 1)).unwrap();
    assert_eq!((drain(&mut lease), lease.held_until_us()), (vec![], None));
}

/// A quorum of each phase grants, and without one of either there is none.
#[test]
fn grantors_with_quorums_of_two_kinds() {
    let nodes: NodeSet = NodeSet::first(4).unwrap();
    let threshold = |needed| Threshold::new(nodes, needed).unwrap();
    for (first, second) in [(3, 2), (2, 3)] {
        let system = Flexible::new(threshold(first), threshold(second)).unwrap();
        let mut lease = Lease::<_, 4>::new(CONFIG, system).unwrap();
        lease.acquire(0);
        while lease.poll_output().is_some() {}
        let mut refusing = lease.clone();
        for grantor in 0..3 {
            assert_eq!(lease.token_at(1), None);
            lease.handle_message(1, grantor, granted(1, 1)).unwrap();
        }
        assert_eq!(lease.token_at(1), Some(token(1)));
        assert_eq!(lease.poll_timeout(), Some(BELIEF_US / 3));
        // Nor is it renewed without.
        let third_us = BELIEF_US / 3;
        lease.handle_timeout(third_us);
        let unanswered_us = third_us + third_us / 2;
        for (grantor, due_us) in (0..3).zip([unanswered_us, unanswered_us, 2 * third_us]) {
            lease.handle_message(third_us, grantor, granted(2, 1)).unwrap();
            assert_eq!(lease.poll_timeout(), Some(due_us), "{grantor}");
        }
        for grantor in 0..2 {
            assert_eq!(refusing.poll_timeout(), Some(RETRY_US));
            refusing.handle_message(1, grantor, refused(1, 1, 0)).unwrap();
        }
        assert_eq!(refusing.poll_timeout(), Some(1), "two cannot make up for two");
    }
}

/// All who are in one of the two are asked.
#[test]
fn grantors_of_two_groups() {
    let grantors =
        |nodes: &[usize]| Explicit::<1>::new(&[NodeSet::from_nodes(nodes).unwrap()]).unwrap();
    let system = Flexible::new(grantors(&[0, 1]), grantors(&[1, 2])).unwrap();
    let mut lease = Lease::<_, 3>::new(CONFIG, system).unwrap();
    lease.acquire(0);
    let sent: Vec<_> = core::iter::from_fn(|| lease.poll_output()).collect();
    assert_eq!(sent, to_all(request(1, 1)));
}

#[test]
fn what_is_wrong_with_a_configuration() {
    let grantors = || Majority::new(NodeSet::first(3).unwrap()).unwrap();
    let error = |config| Lease::<_, 3>::new(config, grantors()).err();
    assert_eq!(error(CONFIG), None);
    assert_eq!(error(LeaseConfig { retry_us: 0, ..CONFIG }), Some(LeaseConfigError::NoRetry));
    let short = LeaseConfig { duration_us: 30_000, ..CONFIG };
    assert_eq!(error(short), Some(LeaseConfigError::TooShort));
    assert_eq!(error(LeaseConfig { duration_us: 30_001, ..CONFIG }), None);
    let wild = LeaseConfig { max_drift_ppm: 1_000_000, ..CONFIG };
    assert_eq!(error(wild), Some(LeaseConfigError::TooShort));
    assert_eq!(CONFIG.belief_us(), BELIEF_US);
    // 299,999 · 999,500 / 1,000,500.
    let usual = LeaseConfig { max_drift_ppm: 500, ..CONFIG };
    assert_eq!(usual.belief_us(), 299_699);
    let few = Lease::<_, 2>::new(CONFIG, grantors());
    assert_eq!(few.err(), Some(LeaseConfigError::Grantors));
}

/// Any system will do: here the vote of grantor 0 weighs as much as those of two others.
#[test]
fn grantors_of_different_weight() {
    let weighted = Weighted::<4>::new([2, 1, 1, 1], 3).unwrap();
    let mut lease = Lease::<_, 4>::new(CONFIG, Coterie::new(weighted).unwrap()).unwrap();
    lease.acquire(0);
    lease.handle_message(1, 2, granted(1, 1)).unwrap();
    lease.handle_message(1, 1, granted(1, 1)).unwrap();
    assert_eq!(lease.token_at(1), None);
    lease.handle_message(1, 0, granted(1, 1)).unwrap();
    assert_eq!(lease.token_at(1), Some(token(1)));
}

/// Each of two candidates always reaches another of two grantors first, and both begin together.
#[test]
fn candidates_do_not_take_from_each_other_for_ever() {
    let system = Majority::new(NodeSet::first(2).unwrap()).unwrap();
    let mut leases =
        [0, 1].map(|seed| Lease::<_, 2>::new(LeaseConfig { seed, ..CONFIG }, system).unwrap());
    let mut grantors = [grantor(), grantor()];
    leases.iter_mut().for_each(|lease| lease.acquire(0));
    for attempts in 0..50 {
        let dues = leases.each_ref().map(|lease| lease.poll_timeout().unwrap());
        let now_us = if attempts == 0 { 0 } else { dues[0].min(dues[1]) };
        leases.iter_mut().for_each(|lease| lease.handle_timeout(now_us));
        let sent = [0, 1].map(|holder| drain(&mut leases[holder]));
        // The first of each is for its own grantor.
        for (turn, holder) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let to = holder ^ turn;
            for output in &sent[holder] {
                let LeaseOutput::Send { to: addressee, message } = *output else {
                    panic!("{output:?}")
                };
                if addressee != to {
                    continue;
                }
                grantors[to].handle_message(now_us, holder as u8, message).unwrap();
                while let Some(output) = grantors[to].poll_output() {
                    match output {
                        GrantorOutput::Send { message, .. } => {
                            let _ = leases[holder].handle_message(now_us, to, message);
                        }
                        GrantorOutput::Persist(bound) => {
                            grantors[to].handle_persisted(bound).unwrap();
                        }
                    }
                }
            }
        }
        if leases.iter().any(|lease| lease.held_until_us().is_some()) {
            return;
        }
    }
    panic!("nobody was granted it");
}

const GRANTOR: GrantorConfig = GrantorConfig {
    resource: 4,
    max_duration_us: DURATION_US,
    block: core::num::NonZeroU64::new(10).unwrap(),
};

fn grantor() -> Grantor<u8> {
    let mut grantor = Grantor::new(GRANTOR);
    assert_eq!(grantor.poll_output(), Some(GrantorOutput::Persist(10)));
    grantor.handle_persisted(10).unwrap();
    grantor
}

fn answer(grantor: &mut Grantor<u8>, now_us: u64, from: u8, asked: LeaseMessage) -> LeaseBody {
    grantor.handle_message(now_us, from, asked).unwrap();
    match grantor.poll_output() {
        Some(GrantorOutput::Send { to, message }) if to == from => message.body,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_grantor_gives_to_one_at_a_time() {
    let mut grantor = grantor();
    let (first, second) = (granted(1, 2).body, granted(1, 3).body);
    assert_eq!(answer(&mut grantor, 100, 1, request(1, 2)), first);
    assert_eq!(answer(&mut grantor, 110, 1, request(1, 2)), first, "a duplicate is answered alike");
    let taken = refused(1, 2, DURATION_US - 40).body;
    assert_eq!(answer(&mut grantor, 150, 2, request(1, 3)), taken);
    assert_eq!(answer(&mut grantor, 90, 2, request(1, 3)), taken, "time does not go back");
    // Another start of the same holder is not the same.
    let restarted = LeaseMessage { start: 2, ..request(1, 2) };
    assert_eq!(answer(&mut grantor, 150, 1, restarted), refused(1, 2, 0).body);
    // What is not its own, nobody releases.
    for (from, not_his) in [(2, release(1, 2)), (1, release(1, 1))] {
        grantor.handle_message(150, from, not_his).unwrap();
        assert_eq!(grantor.holder_at(150), Some((1, token(2))));
    }
    grantor.handle_message(150, 1, release(1, 2)).unwrap();
    assert_eq!(grantor.holder_at(150), None);
    assert_eq!(answer(&mut grantor, 150, 1, request(1, 2)), refused(1, 2, 0).body, "is used up");
    assert_eq!(answer(&mut grantor, 150, 2, request(1, 3)), second);
    // A holder that has restarted takes the place of itself.
    let restarted = LeaseMessage { start: 2, ..request(1, 4) };
    assert_eq!(answer(&mut grantor, 160, 2, restarted), granted(1, 4).body);
    assert_eq!(grantor.holder_at(159 + DURATION_US), Some((2, token(4))));
    assert_eq!(grantor.holder_at(160 + DURATION_US), None);
    assert_eq!(answer(&mut grantor, 160 + DURATION_US, 1, request(1, 5)), granted(1, 5).body);
}

#[test]
fn a_lease_is_not_cut_short_by_another_start_that_asks_for_less() {
    let mut grantor = grantor();
    assert_eq!(answer(&mut grantor, 0, 1, request(1, 1)), granted(1, 1).body);
    let body = LeaseBody::Request { token: token(2), duration_us: 7 };
    let shorter = LeaseMessage { start: 2, ..message(1, body) };
    assert_eq!(answer(&mut grantor, 0, 1, shorter), granted(1, 2).body);
    assert_eq!(grantor.holder_at(DURATION_US - 1), Some((1, token(2))));
}

/// A request of an earlier start, and its release, come after the holder has restarted.
#[test]
fn a_late_release_by_an_earlier_start_lets_nobody_else_in() {
    let mut grantor = grantor();
    let by_2 = |message| LeaseMessage { start: 2, ..message };
    assert_eq!(answer(&mut grantor, 100, 1, by_2(request(1, 1))), granted(1, 1).body);
    for number in [2, 3] {
        assert_eq!(answer(&mut grantor, 200, 1, request(9, number)), granted(9, number).body);
    }
    grantor.handle_message(300, 1, release(9, 3)).unwrap();
    assert_eq!(grantor.holder_at(300), None);
    assert_eq!(answer(&mut grantor, 300, 1, request(9, 3)), refused(9, 3, 0).body, "is used up");
    // Start 2 still believes.
    let over_us = 100 + DURATION_US;
    let taken = refused(1, 3, over_us - 300).body;
    assert_eq!(answer(&mut grantor, 300, 2, request(1, 4)), taken);
    // It may have the lease anew. What it releases then is not all that may be believed in.
    assert_eq!(answer(&mut grantor, 400, 1, by_2(request(2, 4))), granted(2, 4).body);
    grantor.handle_message(500, 1, by_2(release(2, 4))).unwrap();
    assert_eq!(answer(&mut grantor, over_us - 1, 2, request(1, 5)), refused(1, 4, 1).body);
    assert_eq!(answer(&mut grantor, over_us, 2, request(1, 5)), granted(1, 5).body);
}

#[test]
fn nothing_is_granted_above_the_durable_bound() {
    let mut grantor = Grantor::<u8>::new(GRANTOR);
    grantor.handle_message(0, 1, request(1, 1)).unwrap();
    assert_eq!(grantor.poll_output(), Some(GrantorOutput::Persist(11)));
    assert_eq!((grantor.poll_output(), grantor.pending()), (None, Some(11)));
    assert_eq!(grantor.holder_at(0), None);
    assert_eq!(grantor.handle_persisted(10), Err(UnknownBound));
    grantor.handle_persisted(11).unwrap();
    assert_eq!(grantor.poll_output(), None, "it was not answered");
    assert_eq!(answer(&mut grantor, 5, 1, request(2, 2)), granted(2, 2).body);
    // A bound is asked for before the last one is used up.
    grantor.handle_message(9, 1, request(3, 7)).unwrap();
    assert_eq!(grantor.poll_output(), Some(GrantorOutput::Persist(21)));
    assert!(matches!(grantor.poll_output(), Some(GrantorOutput::Send { .. })));
    // Nor is one that leaps beyond it, after others were granted.
    let (holder, token_7) = (1, token(7));
    grantor.handle_message(10, holder, request(4, 12)).unwrap();
    assert_eq!(grantor.poll_output(), None);
    assert_eq!(grantor.holder_at(10), Some((holder, token_7)));
    grantor.handle_persisted(21).unwrap();
    assert_eq!(answer(&mut grantor, 11, holder, request(5, 12)), granted(5, 12).body);
}

#[test]
fn a_grantor_that_restarts_is_silent_for_the_longest_lease() {
    let mut grantor = Grantor::<u8>::recover(1_000, GRANTOR, 10);
    assert_eq!(grantor.poll_output(), Some(GrantorOutput::Persist(20)));
    grantor.handle_persisted(20).unwrap();
    let body = refused(1, 10, DURATION_US).body;
    assert_eq!(answer(&mut grantor, 900, 1, request(1, 1)), body, "time does not go back");
    for number in [1, 10, 11] {
        let body = refused(1, 10, DURATION_US - 5).body;
        assert_eq!(answer(&mut grantor, 1_005, 1, request(1, number)), body);
    }
    let over_us = 1_000 + DURATION_US;
    assert_eq!(answer(&mut grantor, over_us - 1, 1, request(1, 11)), refused(1, 10, 1).body);
    assert_eq!(answer(&mut grantor, over_us, 1, request(1, 10)), refused(1, 10, 0).body);
    assert_eq!(answer(&mut grantor, over_us, 1, request(1, 11)), granted(1, 11).body);
}

#[test]
fn what_is_wrong_with_a_request() {
    let mut grantor = grantor();
    let before = grantor.clone();
    let other = LeaseMessage { resource: 5, ..request(1, 1) };
    assert_eq!(grantor.handle_message(0, 1, other), Err(RequestError::WrongResource));
    assert_eq!(grantor.handle_message(0, 1, granted(1, 1)), Err(RequestError::NotARequest));
    assert_eq!(grantor.handle_message(0, 1, refused(1, 1, 1)), Err(RequestError::NotARequest));
    let body = LeaseBody::Request { token: token(1), duration_us: DURATION_US + 1 };
    let too_long = RequestError::TooLong { max_duration_us: DURATION_US };
    assert_eq!(grantor.handle_message(0, 1, message(1, body)), Err(too_long));
    assert_eq!(grantor, before);
}

#[test]
fn a_resource_takes_the_latest_holder_and_no_earlier_one() {
    let mut data = FencedResource::new();
    assert_eq!(data.highest(), None);
    for _ in 0..2 {
        data.admit(token(5)).unwrap();
        assert_eq!(data.highest(), Some(token(5)));
    }
    assert_eq!(data.admit(token(4)), Err(StaleToken { highest: token(5) }));
    assert_eq!(FencedResource::recover(data.highest()), data);
}

#[test]
fn errors_say_what_is_wrong() {
    let too_long = RequestError::TooLong { max_duration_us: 5 };
    assert_eq!(too_long.to_string(), "a lease of more than 5 microseconds was asked for");
    assert_eq!(RequestError::WrongResource.to_string(), "a request for another resource");
    assert_eq!(RequestError::NotARequest.to_string(), "an answer came to a grantor");
    assert_eq!(ReplyError::WrongResource.to_string(), "an answer about another resource");
    assert_eq!(ReplyError::Stranger.to_string(), "an answer of a stranger");
    assert_eq!(ReplyError::NotAReply.to_string(), "a request came to a holder");
    assert_eq!(ReplyError::Stale.to_string(), "an answer that comes too late, or twice");
    assert_eq!(ReplyError::Malformed.to_string(), "an answer to what was never asked");
    let configuration = [
        (LeaseConfigError::NoRetry, "there is no time to wait for answers"),
        (LeaseConfigError::TooShort, "the lease is too short to be renewed three times"),
        (LeaseConfigError::Grantors, "the grantors do not fit, or there are none"),
    ];
    for (error, text) in configuration {
        assert_eq!(error.to_string(), text);
    }
    let stale = StaleToken { highest: token(9) };
    assert_eq!(stale.to_string(), "the holder of token 9 came after this one");
}
