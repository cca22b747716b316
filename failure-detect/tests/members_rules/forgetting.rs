//! The dead are forgotten, and stay dead.

use synod_failure_detect::membership::{
    Body, Claim, Event, Membership, MembershipConfig, Output, Standing,
};

use crate::net::{
    Frame, Net, One, Room, SECOND_US, alive, answer, config, drain, frame, news, start, tell,
};

/// A ping that waited while its receiver slept proves nothing of now.
#[test]
fn f09_the_inbox_of_a_sleeper_does_not_bring_back_the_dead() {
    let mut net = Net::new(3, |config| MembershipConfig { forget_us: 20 * SECOND_US, ..config });
    let mut sleeper = net.members[2].take().unwrap();
    net.members[1] = None;
    net.run_for(200 * SECOND_US);
    assert_eq!(net.at(0).standing(1), None, "forgotten");
    net.events.clear();
    sleeper.handle_pause(net.now_us);
    let ping = Frame { to: 2, ..frame(Body::Ping { probe: 1 }, &[]) };
    sleeper.handle_message(net.now_us, 1, &ping).unwrap();
    net.members[2] = Some(sleeper);
    net.run_for(100 * SECOND_US);
    assert!(!net.events.contains(&(0, Event::Up(1))));
    assert!(net.events.contains(&(0, Event::Up(2))));
}

/// A clock that stood still in a sleep makes what is known look young.
#[test]
fn f09_ages_are_not_known_after_a_sleep() {
    let mut member = start(0);
    tell(&mut member, SECOND_US, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
    let said_of_2 = |member: &mut One<16>, now_us| {
        let body = Body::Exchange { digest: 0, after: None, upto: None };
        let said = answer(member, now_us, 1, body);
        let of_2 = said.iter().flat_map(|message| message.news.iter()).find(|news| news.id == 2);
        of_2.map(|news| news.claim)
    };
    assert_eq!(said_of_2(&mut member, SECOND_US), Some(Claim::Alive { age: 2, metadata: 9 }));
    // The latest time that anybody knows counts, if it is of the same life.
    let older = [news(2, 1, 0, alive(7)), news(2, 0, 0, alive(0))];
    tell(&mut member, SECOND_US, &older);
    assert_eq!(said_of_2(&mut member, SECOND_US), Some(Claim::Alive { age: 2, metadata: 9 }));
    tell(&mut member, SECOND_US, &[news(2, 1, 0, alive(0))]);
    assert_eq!(said_of_2(&mut member, SECOND_US), Some(Claim::Alive { age: 1, metadata: 9 }));
    member.handle_pause(SECOND_US);
    let unknown = Claim::Alive { age: u16::MAX, metadata: 9 };
    assert_eq!(said_of_2(&mut member, SECOND_US), Some(unknown));
}

/// With room for two: the one that died first makes room, and no death that was forgotten is.
#[test]
fn the_longest_dead_make_room_and_stay_dead() {
    let day_us = 24 * 3600 * SECOND_US;
    for (forget_us, first, second) in [(day_us, 3, 2), (day_us, 2, 3), (u64::MAX, 3, 2)] {
        let patient = MembershipConfig { forget_us, max_late_us: u64::MAX, ..config(0, 1) };
        let mut member = Membership::<Room<2>>::new(0, patient, 0).unwrap();
        let both = [news(2, 1, 0, alive(1)), news(3, 1, 0, alive(1))];
        tell(&mut member, 10 * SECOND_US, &both);
        tell(&mut member, 1_000 * SECOND_US, &[news(first, 1, 0, Claim::Dead)]);
        tell(&mut member, 1_500 * SECOND_US, &[news(second, 1, 0, Claim::Dead)]);
        tell(&mut member, 1_501 * SECOND_US, &[news(4, 1, 0, alive(1))]);
        let known: Vec<u16> = member.iter().map(|(id, _)| id).collect();
        assert_eq!(known, [second, 4]);
        tell(&mut member, 1_502 * SECOND_US, &[news(5, 1, 0, alive(1))]);
        let known: Vec<u16> = member.iter().map(|(id, _)| id).collect();
        assert_eq!(known, [4, 5]);
        // The later death counts: heard from after the first one, and before the second.
        tell(&mut member, 1_503 * SECOND_US, &[news(5, 1, 0, Claim::Dead)]);
        let age = (300 * SECOND_US / 65_536) as u16;
        tell(&mut member, 1_504 * SECOND_US, &[news(second, 1, 0, alive(age))]);
        assert_eq!(member.standing(second), None);
    }
}

/// As before, where two are forgotten at once, the one that died first last.
#[test]
fn the_latest_death_that_was_forgotten_counts() {
    let patient =
        MembershipConfig { forget_us: 100 * SECOND_US, max_late_us: u64::MAX, ..config(0, 1) };
    let mut member = One::<16>::new(0, patient, 0).unwrap();
    tell(&mut member, 10 * SECOND_US, &[news(2, 1, 0, alive(1)), news(3, 1, 0, alive(1))]);
    tell(&mut member, 20 * SECOND_US, &[news(3, 1, 0, Claim::Dead)]);
    tell(&mut member, 60 * SECOND_US, &[news(2, 1, 0, Claim::Dead)]);
    member.handle_timeout(200 * SECOND_US);
    assert_eq!(member.iter().count(), 0);
    let age = (160 * SECOND_US / 65_536) as u16;
    tell(&mut member, 200 * SECOND_US, &[news(2, 1, 0, alive(age))]);
    assert_eq!(member.standing(2), None);
}

/// Nothing is due again at the time of a call, even where the dead are forgotten at once.
#[test]
fn the_dead_can_be_forgotten_at_once() {
    let forgetful = MembershipConfig { forget_us: 0, ..config(0, 1) };
    let mut member = One::<16>::new(0, forgetful, 0).unwrap();
    tell(&mut member, 1, &[news(1, 1, 0, alive(1))]);
    while let (Some(due_us), Some(_)) = (member.poll_timeout(), member.standing(1)) {
        member.handle_timeout(due_us);
        drain(&mut member);
        assert!(member.poll_timeout().unwrap() > due_us);
    }
}

/// A dead member of which the host has not been told does not give way to another one.
#[test]
fn a_death_is_told_before_it_is_forgotten() {
    let mut member = Membership::<Room<1>>::new(0, config(0, 1), 0).unwrap();
    tell(&mut member, 1, &[news(2, 1, 0, alive(1))]);
    let told = tell(&mut member, 2, &[news(2, 1, 0, Claim::Dead), news(3, 1, 0, alive(1))]);
    let events: Vec<_> = told
        .into_iter()
        .filter_map(|output| match output {
            Output::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    assert_eq!(events, [Event::Down(2), Event::Refused(3)]);
    // Nor does one that lives, of which it has not been told either.
    let mut member = Membership::<Room<1>>::new(0, config(0, 1), 0).unwrap();
    tell(&mut member, 1, &[news(2, 1, 0, alive(1)), news(3, 1, 0, alive(1))]);
    assert_eq!(member.standing(2), Some(Standing::Alive));
}

/// What was heard at the moment of a death that was forgotten may be of that life.
#[test]
fn what_lived_when_the_last_one_died_may_be_that_one() {
    let mut member = Membership::<Room<1>>::new(0, config(0, 1), 0).unwrap();
    for id in [2, 3] {
        tell(&mut member, 9, &[news(id, 1, 0, alive(0))]);
        tell(&mut member, 9, &[news(id, 1, 0, Claim::Dead)]);
    }
    // The first gave way to the second. It says itself that it lives.
    let told = frame(Body::ExchangeReply { after: None, upto: None }, &[news(2, 1, 1, alive(0))]);
    member.handle_message(9, 2, &told).unwrap();
    assert_eq!(member.standing(2), None);
    member.handle_message(10, 2, &told).unwrap();
    assert_eq!(member.standing(2), Some(Standing::Alive));
}
