//! What a member does in the odd cases, one by one.
#![cfg(feature = "serde")]
// Minutes of a group take the interpreter too long; `members.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::VecDeque;

use synod_capacity::{Full, Inline, List};
use synod_failure_detect::membership::{
    Body, Broadcast, BroadcastError, Claim, ConfigError, Event, Group, Membership,
    MembershipConfig, MessageOf, News, Output, OutputOf, ReceiveError, Standing,
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
    let last = 10;
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

/// A group with room for one piece of news, which is too little, or for more.
struct Narrow<const N: usize>;

impl<const N: usize> Group for Narrow<N> {
    type Id = u16;
    type Metadata = u8;
    type Broadcast = u32;
    const MAX_ID: usize = 3;
    const MAX_METADATA: usize = 1;
    const MAX_BROADCAST: usize = 5;
    type Members = Inline<16>;
    type Broadcasts = Inline<2>;
    type News = Inline<N>;
}

#[test]
fn what_makes_no_sense_is_refused() {
    let usual = config(0, 1);
    let refusal = |config| One::<16>::new(0, config, 0).err();
    let least = usual.least_message::<Some16>();
    assert_eq!(refusal(MembershipConfig { max_message: least, ..usual }), None);
    let refused = refusal(MembershipConfig { max_message: least - 1, ..usual });
    assert_eq!(refused, Some(ConfigError::TooSmall { needed: least }));

    assert_eq!(Membership::<Narrow<1>>::new(0, usual, 0).err(), Some(ConfigError::News));
    assert!(Membership::<Narrow<2>>::new(0, usual, 0).is_ok());

    let pace =
        |ack_timeout_us| refusal(MembershipConfig { ack_timeout_us, period_us: 1_000, ..usual });
    assert_eq!([pace(1), pace(999)], [None; 2]);
    assert_eq!([pace(0), pace(1_000), pace(1_001)], [Some(ConfigError::AckTimeout); 3]);

    let zeros = [
        MembershipConfig { suspicion_periods: 0, ..usual },
        MembershipConfig { suspicion_factor: 0, ..usual },
        MembershipConfig { repeats: 0, ..usual },
        MembershipConfig { exchange_us: 0, ..usual },
    ];
    assert_eq!(zeros.map(refusal), [Some(ConfigError::Zero); 4]);

    let relays = |relays| refusal(MembershipConfig { relays, ..usual });
    assert_eq!([relays(0), relays(7)], [None; 2]);
    assert_eq!(relays(8), Some(ConfigError::Relays));
}

/// As much is told as fits, and no more, whatever goes with it.
#[test]
fn f16_a_broadcast_takes_room_from_news() {
    let usual = config(0, u32::MAX - 1);
    for extra in 0..60 {
        let max_message = usual.least_message::<Some16>() + extra;
        let config = MembershipConfig { max_message, ..usual };
        let mut member = One::<16>::new(0, config, 0).unwrap();
        let others: Vec<_> =
            (1..13).map(|id| news(id * 5_000, u32::MAX, u16::MAX, alive(u16::MAX - 1))).collect();
        tell(&mut member, 1, &others);
        member.broadcast(u32::MAX).unwrap();
        let mut longest = [0; 2];
        for _ in 0..20 {
            let ping = frame(Body::Ping { probe: u16::MAX }, &[]);
            member.handle_message(2, 60_000, &ping).unwrap();
            for output in drain(&mut member) {
                let Output::Send { message, .. } = output else { continue };
                let bytes = postcard::to_slice(&message, &mut [0; 1_000]).unwrap().len();
                let longest = &mut longest[usize::from(message.broadcast.is_some())];
                *longest = bytes.max(*longest);
            }
        }
        // What one more piece would take is more than is left, but for ids counted at their most.
        let [without, with] = longest;
        assert!(without <= max_message && with <= max_message, "{longest:?} of {max_message}");
        assert!(with + 20 > max_message, "{longest:?} of {max_message}");
    }
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

/// While own broadcasts take all the room and were not sent, another's waits.
#[test]
fn an_own_broadcast_is_sent_before_it_gives_way() {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(0))]);
    member.broadcast(7).unwrap();
    member.broadcast(8).unwrap();
    let broadcast = Some(Broadcast { origin: 1, generation: 1, number: 1, payload: 50 });
    let told = Frame { broadcast, ..frame(Body::Gossip, &[]) };
    let is_told = Output::Broadcast { from: 1, payload: 50 };
    member.handle_message(1, 1, &told).unwrap();
    assert!(!drain(&mut member).contains(&is_told));
    let mut sent = Vec::new();
    for _ in 0..2 {
        member.handle_message(1, 1, &frame(Body::Ping { probe: 1 }, &[])).unwrap();
        sent.extend(drain(&mut member).into_iter().filter_map(|output| match output {
            Output::Send { message, .. } => message.broadcast.map(|told| told.payload),
            _ => None,
        }));
    }
    assert_eq!(sent, [7, 8]);
    member.handle_message(1, 1, &told).unwrap();
    assert!(drain(&mut member).contains(&is_told));
}

/// A stall in which a dead one was to be forgotten is excused once, not at each call.
#[test]
fn a_stall_is_excused_once() {
    let hour_us = 3_600 * SECOND_US;
    for is_told in [false, true] {
        let config = MembershipConfig { forget_us: hour_us, ..config(0, 1) };
        let mut member = One::<16>::new(0, config, 0).unwrap();
        tell(&mut member, 1, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
        tell(&mut member, 1, &[news(2, 1, 0, Claim::Dead)]);
        let woken_us = 9 * hour_us;
        if is_told {
            member.handle_pause(woken_us);
        }
        for after_us in 0..10 {
            tell(&mut member, woken_us + after_us, &[]);
        }
        member.handle_timeout(woken_us + 20);
        drain(&mut member);
        assert!(member.poll_timeout().unwrap() < woken_us + 60 * SECOND_US);
        // Whoever speaks for itself is there.
        member.handle_timeout(member.poll_timeout().unwrap());
        let body = Body::Gossip;
        let told = frame(body, &[news(5, 1, 0, alive(0))]);
        member.handle_message(woken_us + 20, 5, &told).unwrap();
        assert_eq!(member.standing(5), Some(Standing::Alive));
    }
}

/// As before: to be away is not to stand still.
#[test]
fn who_comes_back_goes_on_at_once() {
    let mut member = start(0);
    let accused = news(1, 1, 0, Claim::Suspect { accuser: 3 });
    tell(&mut member, SECOND_US, &[news(1, 1, 0, alive(0)), accused]);
    member.leave();
    drain(&mut member);
    let back_us = 9 * 3_600 * SECOND_US;
    member.rejoin(back_us);
    drain(&mut member);
    // Nobody could tell it meanwhile that the suspect lives.
    member.handle_timeout(back_us);
    assert_eq!(member.standing(1), Some(Standing::Suspect));
    let outputs = run_until(&mut member, back_us + 10 * SECOND_US);
    assert!(outputs.iter().any(|output| {
        matches!(output, Output::Send { message, .. } if matches!(message.body, Body::Ping { .. }))
    }));
    // It had its time before, and has it once.
    run_until(&mut member, back_us + 100 * SECOND_US);
    assert_eq!(member.standing(1), Some(Standing::Dead));
}

/// An exchange that is under way when this member stalls goes on after it.
#[test]
fn an_exchange_goes_on_after_a_stall() {
    let mut member = start(0);
    member.join(0, 50).unwrap();
    drain(&mut member);
    member.handle_timeout(100 * SECOND_US);
    drain(&mut member);
    let part = Body::ExchangeReply { after: None, upto: Some(60) };
    let told = frame(part, &[news(50, 1, 0, alive(0))]);
    let goes_on = |output: &Said| {
        matches!(output, Output::Send { to: 50, message }
            if matches!(message.body, Body::Exchange { after: Some(60), .. }))
    };
    // Not for another one, nor for another part.
    for (from, after) in [(51, None), (50, Some(3))] {
        let part = Body::ExchangeReply { after, upto: Some(60) };
        member.handle_message(100 * SECOND_US, from, &frame(part, &[])).unwrap();
        assert!(!drain(&mut member).iter().any(goes_on));
    }
    member.handle_message(100 * SECOND_US, 50, &told).unwrap();
    assert!(drain(&mut member).iter().any(goes_on));
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

#[test]
fn a_fifth_seed_is_refused() {
    let mut member = start(0);
    for seed in [1, 2, 3, 4, 4, 1] {
        assert_eq!(member.join(0, seed), Ok(()));
    }
    assert_eq!(member.join(0, 5), Err(Full { needed: 5, capacity: 4 }));
}

#[test]
fn errors_say_what_is_wrong() {
    let full = Full { needed: 3, capacity: 2 };
    let texts = [
        (ConfigError::TooSmall { needed: 64 }.to_string(), "messages need 64 bytes"),
        (ConfigError::News.to_string(), "messages need room for two pieces of news"),
        (
            ConfigError::AckTimeout.to_string(),
            "the ack timeout must be above 0 and below the period",
        ),
        (ConfigError::Zero.to_string(), "a factor or a time is 0"),
        (ConfigError::Relays.to_string(), "more than seven relays"),
        (ReceiveError::Cluster.to_string(), "a message of another group"),
        (ReceiveError::Receiver.to_string(), "a message for another member"),
        (ReceiveError::Sender.to_string(), "a message from this member's own id"),
        (ReceiveError::Left.to_string(), "a message to a member that has left"),
        (BroadcastError::Full(full).to_string(), "broadcasts: room for 3 needed, capacity 2"),
        (BroadcastError::Left.to_string(), "a member that has left tells nothing"),
        (BroadcastError::Exhausted.to_string(), "the last broadcast of this life was told"),
    ];
    for (text, expected) in texts {
        assert_eq!(text, expected);
    }
}

/// More have news than go into a message, by their number or by their bytes: each piece is sent so
/// often, and then it is quiet.
#[test]
fn each_piece_is_sent_a_bounded_number_of_times() {
    let usual = config(0, 1);
    // Four times the logarithm of three, rounded up.
    assert_eq!(times_sent::<2>(usual), [4; 12]);
    let max_message = usual.least_message::<Narrow<16>>();
    assert_eq!(times_sent::<16>(MembershipConfig { max_message, ..usual }), [4; 12]);
}

/// How often a member that knows of one that lives, and of twelve deaths, tells each of these.
fn times_sent<const N: usize>(config: MembershipConfig<u16>) -> [u32; 12] {
    let mut member = Membership::<Narrow<N>>::new(0, config, 0).unwrap();
    let mut hear = |told: &[News<u16, u8>]| {
        let news = List::from_slice(told).unwrap();
        let message =
            MessageOf::<Narrow<N>> { cluster: 1, to: 0, body: Body::Gossip, news, broadcast: None };
        member.handle_message(1, 1, &message).unwrap();
    };
    hear(&[news(1, 1, 0, alive(0))]);
    (2..14).for_each(|id| hear(&[news(id, 1, 0, alive(1)), news(id, 1, 0, Claim::Dead)]));
    let (mut told, mut gossip) = ([0; 14], 0);
    while let Some(due_us) = member.poll_timeout().filter(|due_us| *due_us < 200 * SECOND_US) {
        member.handle_timeout(due_us);
        while let Some(output) = member.poll_output() {
            let Output::Send { message, .. } = output else { continue };
            match message.body {
                Body::Exchange { .. } | Body::ExchangeReply { .. } => continue,
                Body::Ping { probe } => {
                    let ack =
                        MessageOf::<Narrow<N>> { body: Body::Ack { probe }, to: 0, ..message };
                    let bare = MessageOf::<Narrow<N>> { news: List::new(), ..ack.clone() };
                    member.handle_message(due_us, 1, &bare).unwrap();
                    ack.news.iter().for_each(|news| told[usize::from(news.id)] += 1);
                }
                _ => {
                    gossip += 1;
                    message.news.iter().for_each(|news| told[usize::from(news.id)] += 1);
                }
            }
        }
    }
    assert!(gossip <= 48, "{gossip}");
    core::array::from_fn(|death| told[death + 2])
}
