//! What a member does in the odd cases, one by one.
#![cfg(feature = "serde")]
// Minutes of a group take the interpreter too long; `members.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::VecDeque;

use synod_capacity::{Inline, List};
use synod_failure_detect::membership::{
    Body, Broadcast, Claim, Event, Group, Membership, MembershipConfig, MessageOf, News, Output,
    OutputOf, Standing,
};

const SECOND_US: u64 = 1_000_000;

/// A group with room for `N` others.
struct Room<const N: usize>;

impl<const N: usize> Group for Room<N> {
    type Id = u16;
    type Metadata = u8;
    type Broadcast = u32;
    const MAX_ID: usize = 3;
    const MAX_METADATA: usize = 1;
    const MAX_BROADCAST: usize = 5;
    type Members = Inline<N>;
    type Broadcasts = Inline<2>;
    type News = Inline<16>;
}

type Some16 = Room<16>;
type One<const N: usize> = Membership<Room<N>>;
/// The same for all of them.
type Frame = MessageOf<Some16>;
type Said = OutputOf<Some16>;

fn config(me: u16, generation: u32) -> MembershipConfig<u16> {
    MembershipConfig::new(1, me, generation, u64::from(me) * 77 + u64::from(generation))
}

fn start(me: u16) -> One<16> {
    Membership::new(0, config(me, 1), 0).unwrap()
}

fn news(id: u16, generation: u32, incarnation: u16, claim: Claim<u16, u8>) -> News<u16, u8> {
    News { id, generation, incarnation, claim }
}

fn alive(age: u16) -> Claim<u16, u8> {
    Claim::Alive { age, metadata: 9 }
}

fn frame(body: Body<u16>, news: &[News<u16, u8>]) -> Frame {
    let news = List::from_slice(news).unwrap();
    Frame { cluster: 1, to: 0, body, news, broadcast: None }
}

/// Member 1 says this to member 0.
fn tell<const N: usize>(member: &mut One<N>, now_us: u64, told: &[News<u16, u8>]) -> Vec<Said> {
    member.handle_message(now_us, 1, &frame(Body::Gossip, told)).unwrap();
    drain(member)
}

fn drain<const N: usize>(member: &mut One<N>) -> Vec<Said> {
    core::iter::from_fn(|| member.poll_output()).collect()
}

/// Calls a member whenever it is due, until a time.
fn run_until(member: &mut One<16>, until_us: u64) -> Vec<Said> {
    let mut outputs = Vec::new();
    while let Some(due_us) = member.poll_timeout().filter(|due_us| *due_us <= until_us) {
        member.handle_timeout(due_us);
        outputs.extend(drain(member));
    }
    outputs
}

/// Members whose ids are their places, and a network with a delay of a millisecond.
struct Net {
    members: Vec<Option<One<16>>>,
    underway: VecDeque<(u64, u16, Frame)>,
    now_us: u64,
    heard: Vec<Vec<u32>>,
    events: Vec<(u16, Event<u16>)>,
}

impl Net {
    fn new(members: u16, change: impl Fn(MembershipConfig<u16>) -> MembershipConfig<u16>) -> Self {
        let mut net = Self {
            members: (0..members).map(|_| None).collect(),
            underway: VecDeque::new(),
            now_us: 0,
            heard: vec![Vec::new(); members.into()],
            events: Vec::new(),
        };
        for me in 0..members {
            net.start(change(config(me, 1)), &[u16::from(me == 0)]);
        }
        net.run_for(20 * SECOND_US);
        net
    }

    fn start(&mut self, config: MembershipConfig<u16>, seeds: &[u16]) {
        let me = config.me;
        let mut member = Membership::new(self.now_us, config, config.generation as u8).unwrap();
        for seed in seeds {
            member.join(self.now_us, *seed).unwrap();
        }
        self.members[usize::from(me)] = Some(member);
        self.drain(me);
    }

    fn at(&mut self, place: usize) -> &mut One<16> {
        self.members[place].as_mut().unwrap()
    }

    fn drain(&mut self, me: u16) {
        let Some(member) = &mut self.members[usize::from(me)] else { return };
        for output in drain(member) {
            match output {
                Output::Send { message, .. } => {
                    self.underway.push_back((self.now_us + 1_000, me, message));
                }
                Output::Event(event) => self.events.push((me, event)),
                Output::Broadcast { payload, .. } => self.heard[usize::from(me)].push(payload),
            }
        }
    }

    fn run_for(&mut self, time_us: u64) {
        let until_us = self.now_us + time_us;
        loop {
            (0..self.members.len()).for_each(|me| self.drain(me as u16));
            let arrival = self.underway.front().map(|(at_us, ..)| (*at_us, None));
            let due = |(me, member): (usize, &Option<One<16>>)| {
                Some((member.as_ref()?.poll_timeout()?, Some(me)))
            };
            let next = self.members.iter().enumerate().filter_map(due).chain(arrival).min();
            let Some((at_us, who)) = next.filter(|(at_us, _)| *at_us <= until_us) else { break };
            self.now_us = self.now_us.max(at_us);
            if let Some(me) = who {
                let now_us = self.now_us;
                self.at(me).handle_timeout(now_us);
            } else if let Some((_, from, message)) = self.underway.pop_front() {
                if let Some(member) = &mut self.members[usize::from(message.to)] {
                    let _has_left = member.handle_message(self.now_us, from, &message);
                }
            }
        }
        self.now_us = until_us;
    }
}

#[test]
fn a_pair_hears_all_broadcasts_and_then_is_quiet() {
    let mut net = Net::new(2, |config| config);
    let last = if cfg!(miri) { 3 } else { 10 };
    for payload in 0..last {
        net.at(0).broadcast(payload).unwrap();
        net.run_for(20 * SECOND_US);
        net.at(1).broadcast(payload).unwrap();
        net.run_for(20 * SECOND_US);
    }
    assert_eq!(net.heard, [(0..last).collect::<Vec<_>>(), (0..last).collect()]);
    // A ping and an ack of each a period, and an exchange now and then: no gossip for ever.
    let mut sent = 0;
    for _ in 0..100 {
        net.run_for(SECOND_US);
        let due_us = net.members.iter().flatten().filter_map(Membership::poll_timeout).min();
        sent += usize::from(due_us.unwrap() < net.now_us + SECOND_US / 20);
    }
    assert!(sent < 30, "due at once {sent} times of 100");
}

#[test]
fn a_life_that_was_not_counted_is_heard() {
    let mut net = Net::new(3, |config| config);
    // More than a member remembers, but for the interpreter, which is slow.
    let last = if cfg!(miri) { 3 } else { 40 };
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

#[test]
fn a_seed_that_left_is_found_again() {
    let mut net = Net::new(4, |config| config);
    net.at(0).leave();
    net.run_for(30 * SECOND_US);
    // It names nobody.
    net.start(config(0, 2), &[]);
    net.run_for(60 * SECOND_US);
    assert_eq!(net.at(0).len(), 3);
    assert_eq!(net.at(1).standing(0), Some(Standing::Alive));
}

#[test]
fn who_is_named_is_tried_at_once() {
    let mut member = start(0);
    let others: Vec<_> = (1..10).map(|id| news(id, 1, 0, alive(1))).collect();
    tell(&mut member, 1, &others);
    member.join(2, 50).unwrap();
    assert!(drain(&mut member).iter().any(|output| matches!(output, Output::Send { to: 50, .. })));
}

/// A host that names others again and again is not late.
#[test]
fn naming_others_excuses_nobody() {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(1))]);
    for second in 1..100 {
        let now_us = second * SECOND_US;
        run_until(&mut member, now_us);
        member.join(now_us, 77).unwrap();
        drain(&mut member);
    }
    assert_eq!(member.standing(1), Some(Standing::Dead));
}

/// A call that is late, but not too late, leaves a probe its time.
#[test]
fn lateness_does_not_shorten_a_probe() {
    let mut member = start(0);
    let others: Vec<_> = (1..5).map(|id| news(id, 1, 0, alive(1))).collect();
    tell(&mut member, 1, &others);
    let late_us = member.poll_timeout().unwrap() + 950_000;
    member.handle_timeout(late_us);
    let pinged = drain(&mut member).into_iter().find_map(|output| match output {
        Output::Send { to, message } if matches!(message.body, Body::Ping { .. }) => Some(to),
        _ => None,
    });
    let outputs = run_until(&mut member, late_us + 900_000);
    let asked = |output: &Said| {
        matches!(output, Output::Send { message, .. }
            if matches!(message.body, Body::PingRequest { .. }))
    };
    assert_eq!(outputs.iter().filter(|output| asked(output)).count(), 3);
    assert_eq!(member.standing(pinged.unwrap()), Some(Standing::Alive), "its period is not over");
}

/// All who were asked are there: it is not this member that is slow.
#[test]
fn nacks_are_no_reason_to_slow_down() {
    for nacks in [0, 3] {
        let mut member = start(0);
        let others: Vec<_> = (1..5).map(|id| news(id, 1, 0, alive(1))).collect();
        tell(&mut member, 1, &others);
        let mut left = nacks;
        while member.poll_timeout().unwrap() < 2 * SECOND_US {
            let due_us = member.poll_timeout().unwrap();
            member.handle_timeout(due_us);
            for output in drain(&mut member) {
                let Output::Send { to, message } = output else { continue };
                if let (Body::PingRequest { probe, target }, 1..) = (message.body, left) {
                    left -= 1;
                    let nack = frame(Body::Nack { probe, target }, &[]);
                    member.handle_message(due_us, to, &nack).unwrap();
                }
            }
        }
        assert_eq!(member.slowness(), 3 - nacks, "as many as were silent");
    }
}

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
        member.handle_message(now_us, 1, &frame(body, &[])).unwrap();
        drain(member).into_iter().find_map(|output| match output {
            Output::Send { message, .. } => {
                message.news.iter().find(|news| news.id == 2).map(|news| news.claim)
            }
            _ => None,
        })
    };
    assert_eq!(said_of_2(&mut member, SECOND_US), Some(Claim::Alive { age: 2, metadata: 9 }));
    member.handle_pause(SECOND_US);
    let unknown = Claim::Alive { age: u16::MAX, metadata: 9 };
    assert_eq!(said_of_2(&mut member, SECOND_US), Some(unknown));
}

/// With room for two: the one that died first makes room, and no death that was forgotten is.
#[test]
fn the_longest_dead_make_room_and_stay_dead() {
    for forget_us in [24 * 3600 * SECOND_US, u64::MAX] {
        let patient = MembershipConfig { forget_us, max_late_us: u64::MAX, ..config(0, 1) };
        let mut member = Membership::<Room<2>>::new(0, patient, 0).unwrap();
        let both = [news(2, 1, 0, alive(1)), news(3, 1, 0, alive(1))];
        tell(&mut member, 10 * SECOND_US, &both);
        tell(&mut member, 1_000 * SECOND_US, &[news(3, 1, 0, Claim::Dead)]);
        tell(&mut member, 1_500 * SECOND_US, &[news(2, 1, 0, Claim::Dead)]);
        tell(&mut member, 1_501 * SECOND_US, &[news(4, 1, 0, alive(1))]);
        let known: Vec<u16> = member.iter().map(|(id, _)| id).collect();
        assert_eq!(known, [2, 4]);
        tell(&mut member, 1_502 * SECOND_US, &[news(5, 1, 0, alive(1))]);
        let known: Vec<u16> = member.iter().map(|(id, _)| id).collect();
        assert_eq!(known, [4, 5]);
        // The later death counts: heard from after the first one, and before the second.
        tell(&mut member, 1_503 * SECOND_US, &[news(5, 1, 0, Claim::Dead)]);
        let age = (300 * SECOND_US / 65_536) as u16;
        tell(&mut member, 1_504 * SECOND_US, &[news(2, 1, 0, alive(age))]);
        assert_eq!(member.standing(2), None);
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

/// A suspicion lasts as long as it must in the group as it has become.
#[test]
fn a_group_that_grows_does_not_shorten_a_suspicion() {
    let mut member = start(0);
    let accused = |accuser| news(2, 1, 0, Claim::Suspect { accuser });
    tell(&mut member, SECOND_US, &[news(2, 1, 0, alive(1)), accused(1)]);
    let others: Vec<_> = (3..13).map(|id| news(id, 1, 0, alive(1))).collect();
    tell(&mut member, SECOND_US, &others);
    for accuser in 3..6 {
        tell(&mut member, SECOND_US, &[accused(accuser)]);
    }
    run_until(&mut member, 5 * SECOND_US);
    assert_eq!(member.standing(2), Some(Standing::Suspect));
    run_until(&mut member, 7 * SECOND_US);
    assert_eq!(member.standing(2), Some(Standing::Dead));
}

#[test]
fn the_end_of_time_kills_nobody() {
    let mut member = Membership::<Some16>::new(u64::MAX - 10, config(0, 1), 0).unwrap();
    tell(&mut member, u64::MAX - 9, &[news(1, 1, 0, alive(0))]);
    member.handle_timeout(u64::MAX);
    assert_eq!(member.standing(1), Some(Standing::Alive));
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

/// The next message says it, in a new incarnation; and that of the same metadata says nothing.
#[test]
fn new_metadata_are_told_at_once() {
    for (metadata, told) in [(5, vec![1]), (0, vec![])] {
        let mut member = start(0);
        tell(&mut member, 1, &[news(1, 1, 0, alive(0))]);
        run_until(&mut member, 20 * SECOND_US);
        let ping = frame(Body::Ping { probe: 1 }, &[]);
        member.handle_message(20 * SECOND_US, 1, &ping).unwrap();
        drain(&mut member);
        member.set_metadata(metadata);
        member.handle_message(20 * SECOND_US, 1, &ping).unwrap();
        let said: Vec<u16> = drain(&mut member)
            .iter()
            .filter_map(|output| match output {
                Output::Send { message, .. } => message.news.iter().find(|news| news.id == 0),
                _ => None,
            })
            .map(|news| news.incarnation)
            .collect();
        assert_eq!(said, told);
    }
}

/// With room for two broadcasts, the one that was sent more often gives way to a third.
#[test]
fn the_broadcast_that_was_sent_most_gives_way() {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
    let mut hear = |number| {
        let broadcast = Some(Broadcast { origin: 1, generation: 1, number, payload: number });
        let body = Body::Ping { probe: 1 };
        member.handle_message(1, 2, &Frame { broadcast, ..frame(body, &[]) }).unwrap();
        drain(&mut member)
            .into_iter()
            .filter_map(|output| match output {
                Output::Send { message, .. } => message.broadcast.map(|told| told.payload),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    // Each is sent when it comes; then of equals the first. A known one is no news.
    assert_eq!((hear(1), hear(2)), (vec![1], vec![2]));
    assert_eq!((hear(2), hear(2), hear(2)), (vec![1], vec![2], vec![1]));
    assert_eq!(hear(3), [3], "in the place of the first");
    assert_eq!(hear(4), [4], "in the place of the second");
    assert_eq!((hear(4), hear(4)), (vec![3], vec![4]));
}
