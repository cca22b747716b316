//! Members that come back: which of their lives a claim, or a broadcast, is of.

use synod_failure_detect::membership::{
    Body, Broadcast, Claim, Membership, MembershipConfig, News, Output,
};

use crate::net::{
    Frame, Net, One, SECOND_US, Some16, alive, answer, config, drain, frame, news, run_until,
    start, tell,
};

#[test]
fn a_life_that_was_not_counted_is_heard() {
    let mut net = Net::new(3, |config| config);
    // More than a member remembers.
    let last = 40;
    for payload in 0..last {
        net.at(2).broadcast(payload).unwrap();
        net.run_for(20 * SECOND_US);
    }
    net.start(config(2, 0), &[0]);
    // Before it knows of its earlier life.
    net.at(2).broadcast(100).unwrap();
    net.run_for(20 * SECOND_US);
    net.at(2).broadcast(101).unwrap();
    net.run_for(20 * SECOND_US);
    assert_eq!(net.heard[0], (0..last).chain(100..102).collect::<Vec<_>>());
}

#[test]
fn a_life_that_was_buried_unseen_is_heard() {
    let mut member = start(0);
    let told = |generation, number| {
        let broadcast = Broadcast { origin: 2, generation, number, payload: number };
        Frame { broadcast: Some(broadcast), ..frame(Body::Gossip, &[]) }
    };
    tell(&mut member, 1, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
    member.handle_message(1, 1, &told(1, 500)).unwrap();
    tell(&mut member, 1, &[news(2, 2, 0, Claim::Dead)]);
    tell(&mut member, 1, &[news(2, 2, 1, alive(0))]);
    member.handle_message(1, 1, &told(2, 1)).unwrap();
    assert!(drain(&mut member).contains(&Output::Broadcast { from: 2, payload: 1 }));
}

/// A member that crashed, was found dead, and starts with a count that was used: what it tells at
/// once is heard by all.
#[test]
fn what_a_new_life_tells_at_once_is_heard() {
    for silence_us in [15 * SECOND_US, 40 * SECOND_US] {
        let mut net = Net::new(5, |config| config);
        net.at(3).broadcast(41).unwrap();
        net.run_for(20 * SECOND_US);
        net.members[3] = None;
        net.run_for(silence_us);
        net.start(MembershipConfig { seed: 99, ..config(3, 1) }, &[0]);
        net.at(3).set_metadata(77);
        net.at(3).broadcast(42).unwrap();
        net.run_for(30 * SECOND_US);
        assert_eq!(net.at(3).generation(), 2, "after {silence_us}");
        for other in [0, 1, 2, 4] {
            assert_eq!(net.heard[other], [41, 42], "{other} after {silence_us}");
        }
    }
}

/// A life that is long enough under way to be thought dead says that it is not.
#[test]
fn a_suspicion_is_refuted_in_the_same_life() {
    let claims = [(Claim::Suspect { accuser: 1 }, 1), (Claim::Dead, 5)];
    for (claim, seconds) in claims {
        for (age_us, generation) in [(seconds * SECOND_US - 1, 2), (seconds * SECOND_US, 1)] {
            let mut member = Membership::<Some16>::new(7, config(0, 1), 0).unwrap();
            run_until(&mut member, 7 + age_us - 1);
            tell(&mut member, 7 + age_us, &[news(1, 1, 0, alive(0)), news(0, 1, 0, claim)]);
            assert_eq!(member.generation(), generation, "{claim:?} at {age_us}");
        }
    }
}

/// What it told before it left is not told again, and what it tells in its next life is heard.
#[test]
fn a_broadcast_after_a_rejoin_is_heard_once() {
    let mut net = Net::new(3, |config| config);
    for payload in 0..60 {
        net.at(2).broadcast(payload).unwrap();
        net.run_for(10 * SECOND_US);
    }
    net.at(2).broadcast(60).unwrap();
    net.at(2).broadcast(61).unwrap();
    net.at(2).leave();
    net.run_for(30 * SECOND_US);
    let now_us = net.now_us;
    net.at(2).rejoin(now_us);
    for payload in 100..110 {
        net.at(2).broadcast(payload).unwrap();
        net.run_for(10 * SECOND_US);
    }
    for heard in &mut net.heard[..2] {
        heard.sort_unstable();
        assert!(heard.is_sorted_by(|one, next| one < next), "none twice: {heard:?}");
        assert_eq!(heard.iter().filter(|payload| **payload >= 100).count(), 10);
    }
}

/// Another incarnation, or other metadata: then there was another life.
#[test]
fn what_this_life_never_said_is_of_another() {
    for (incarnation, metadata, generation) in [(0, 0, 1), (0, 9, 2), (5, 0, 2)] {
        let mut member = start(0);
        run_until(&mut member, 100 * SECOND_US);
        let claim = Claim::Alive { age: 1, metadata };
        tell(
            &mut member,
            100 * SECOND_US,
            &[news(1, 1, 0, alive(0)), news(0, 1, incarnation, claim)],
        );
        assert_eq!(member.generation(), generation);
        assert_eq!(member.slowness(), 0);
    }
}

/// What another one told, and what was sent before, is not of the next generation.
#[test]
fn a_new_generation_is_of_own_broadcasts_that_were_not_sent() {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(0))]);
    member.broadcast(7).unwrap();
    let broadcast = Some(Broadcast { origin: 1, generation: 1, number: 1, payload: 8 });
    member.handle_message(1, 1, &Frame { broadcast, ..frame(Body::Gossip, &[]) }).unwrap();
    // Neither was sent, nor the host told.
    let other_life = frame(Body::Gossip, &[news(0, 4, 0, Claim::Dead)]);
    member.handle_message(1, 1, &other_life).unwrap();
    let mut sent = Vec::new();
    for probe in 0..20 {
        let said = answer(&mut member, 1, 60, Body::Ping { probe });
        sent.extend(said.into_iter().filter_map(|message| message.broadcast));
    }
    let of = |origin| sent.iter().filter(move |told| told.origin == origin);
    assert!(of(0).count() > 0 && of(0).all(|told| told.generation == member.generation()));
    assert!(of(1).count() > 0 && of(1).all(|told| told.generation == 1));
}

/// Whoever still doubts it, by an older claim, is told again; whoever only has not heard of the
/// latest is told by others.
#[test]
fn an_old_doubt_is_answered_again() {
    let mut member = start(0);
    run_until(&mut member, 100 * SECOND_US);
    let now_us = 100 * SECOND_US;
    tell(&mut member, now_us, &[news(1, 1, 0, alive(0))]);
    let doubt = news(0, 1, 0, Claim::Suspect { accuser: 1 });
    let old = news(0, 1, 0, Claim::Alive { age: 1, metadata: 0 });
    tell(&mut member, now_us, &[doubt]);
    let says = |member: &mut One<16>| {
        let is_own = |news: &News<u16, u8>| news.id == 0 && news.incarnation == 1;
        let said = answer(member, now_us, 1, Body::Ping { probe: 1 });
        said.iter().any(|message| message.news.iter().any(is_own))
    };
    assert!(says(&mut member));
    while says(&mut member) {}
    tell(&mut member, now_us, &[old]);
    assert!(!says(&mut member));
    tell(&mut member, now_us, &[doubt]);
    assert!(says(&mut member));
}
