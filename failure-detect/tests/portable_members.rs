//! The scenarios that broke real membership protocols, by number: on the host and on boards. (f11
//! is of five hundred members, in the simulator's tests.)
//!
//! Each message is encoded, held against the size that was asked for (f16), and decoded again.
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![cfg(feature = "serde")]
// Minutes of a group take the interpreter too long; `members.rs` runs the same code there.
#![cfg(not(miri))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[macro_use]
mod suite;

use synod_capacity::List;
use synod_failure_detect::membership::{
    Body, Broadcast, BroadcastError, Claim, ConfigError, Event, Group, Membership,
    MembershipConfig, MessageOf, News, Output, ReceiveError, Standing,
};
use synod_failure_detect::{Full, Inline};

const SECOND_US: u64 = 1_000_000;
/// The least that a member of [`Boards`] can do with, in a group with a small number.
const LEAST: usize = 69;

struct Boards;

impl Group for Boards {
    type Id = u16;
    type Metadata = [u8; 4];
    type Broadcast = u32;
    const MAX_ID: usize = 3;
    const MAX_METADATA: usize = 4;
    const MAX_BROADCAST: usize = 5;
    type Members = Inline<3>;
    type Broadcasts = Inline<2>;
    type News = Inline<4>;
}

type Frame = MessageOf<Boards>;

fn config(me: u16, generation: u32) -> MembershipConfig<u16> {
    MembershipConfig {
        max_message: LEAST,
        exchange_us: 5_000_000,
        ..MembershipConfig::new(1, me, generation, u64::from(me) * 77 + u64::from(generation))
    }
}

#[inline(always)]
fn start(now_us: u64, me: u16, generation: u32) -> Membership<Boards> {
    let metadata = [me as u8, generation as u8, 0, 0];
    Membership::new(now_us, config(me, generation), metadata).unwrap()
}

/// A member that has joined the first.
#[inline(always)]
fn joined(now_us: u64, me: u16, generation: u32) -> Membership<Boards> {
    let mut member = start(now_us, me, generation);
    member.join(now_us, u16::from(me == 0)).unwrap();
    member
}

/// Members whose ids are their places, and a network without delay.
struct Net<const N: usize> {
    members: [Membership<Boards>; N],
    is_up: [bool; N],
    is_cut: [[bool; N]; N],
    underway: List<(usize, Frame), Inline<8>>,
    now_us: u64,
    /// How often each was told of each that it is up, and that it is dead or left.
    up: [[u8; N]; N],
    down: [[u8; N]; N],
    left: [[u8; N]; N],
    refused: [u8; N],
    heard: [List<u32, Inline<8>>; N],
    digest: u64,
}

impl<const N: usize> Net<N> {
    // Inlined, as the smallest board has no room for a second one on its stack.
    #[inline(always)]
    fn apart() -> Self {
        Self {
            members: core::array::from_fn(|me| joined(0, me as u16, 1)),
            is_up: [true; N],
            is_cut: [[false; N]; N],
            underway: List::new(),
            now_us: 0,
            up: [[0; N]; N],
            down: [[0; N]; N],
            left: [[0; N]; N],
            refused: [0; N],
            heard: core::array::from_fn(|_| List::new()),
            digest: 0,
        }
    }

    /// Lets the members find together.
    fn settle(&mut self) {
        self.run_for(20 * SECOND_US);
    }

    /// Does what is due, in the order of time, for a while.
    fn run_for(&mut self, time_us: u64) {
        let until_us = self.now_us + time_us;
        loop {
            (0..N).for_each(|me| self.drain(me));
            self.deliver();
            let due = |me: usize| self.members[me].poll_timeout().filter(|_| self.is_up[me]);
            let next = (0..N).filter_map(|me| Some((due(me)?, me))).min();
            let Some((due_us, me)) = next.filter(|(due_us, _)| *due_us <= until_us) else { break };
            self.now_us = self.now_us.max(due_us);
            self.members[me].handle_timeout(self.now_us);
        }
        self.now_us = until_us;
    }

    fn drain(&mut self, me: usize) {
        while let Some(output) = self.members[me].poll_output() {
            match output {
                Output::Send { to, message } => self.send(me, to.into(), &message),
                Output::Event(Event::Up(id)) => self.up[me][usize::from(id)] += 1,
                Output::Event(Event::Down(id)) => self.down[me][usize::from(id)] += 1,
                Output::Event(Event::Left(id)) => self.left[me][usize::from(id)] += 1,
                Output::Event(Event::Refused(_)) => {
                    self.refused[me] = self.refused[me].saturating_add(1);
                }
                Output::Event(_) => {}
                Output::Broadcast { payload, .. } => self.heard[me].push(payload).unwrap(),
            }
        }
    }

    fn send(&mut self, from: usize, to: usize, message: &Frame) {
        let mut frame = [0; LEAST];
        let frame = postcard::to_slice(message, &mut frame).unwrap();
        for byte in frame.iter() {
            self.digest = self.digest.rotate_left(5) ^ u64::from(*byte) ^ self.now_us;
        }
        if self.is_up[from] && self.is_up[to] && !self.is_cut[from][to] {
            self.underway.push((from, postcard::from_bytes(frame).unwrap())).unwrap();
        }
    }

    fn deliver(&mut self) {
        while let Some((from, message)) = self.underway.remove(0) {
            let to = usize::from(message.to);
            self.members[to].handle_message(self.now_us, from as u16, &message).unwrap();
            self.drain(to);
        }
    }

    /// Members that forget after 20 s.
    fn forget_soon(&mut self) {
        for (me, member) in self.members.iter_mut().enumerate() {
            let config = MembershipConfig { forget_us: 20 * SECOND_US, ..config(me as u16, 1) };
            *member = Membership::new(0, config, [2; 4]).unwrap();
            member.join(0, u16::from(me == 0)).unwrap();
        }
    }

    /// Another life at a place.
    fn restart(&mut self, me: usize, generation: u32) {
        self.is_up[me] = true;
        self.members[me] = joined(self.now_us, me as u16, generation);
    }

    fn are_all_up(&self) -> bool {
        (0..N).all(|me| self.members[me].len() == N - 1)
    }

    fn cut_all(&mut self, is_cut: bool) {
        self.is_cut = [[is_cut; N]; N];
    }

    fn forget_what_was_told(&mut self) {
        self.up = [[0; N]; N];
        self.down = [[0; N]; N];
        self.left = [[0; N]; N];
    }
}

fn message(body: Body<u16>, news: &[News<u16, [u8; 4]>]) -> Frame {
    let news = List::from_slice(news).unwrap();
    Frame { cluster: 1, to: 0, body, news, broadcast: None }
}

const fn news(id: u16, incarnation: u16, claim: Claim<u16, [u8; 4]>) -> News<u16, [u8; 4]> {
    News { id, generation: 1, incarnation, claim }
}

const fn alive(age: u16) -> Claim<u16, [u8; 4]> {
    Claim::Alive { age, metadata: [9; 4] }
}

/// What a member says of itself the next time that it says anything.
fn says_of_itself(member: &mut Membership<Boards>, me: u16) -> Option<News<u16, [u8; 4]>> {
    core::iter::from_fn(|| member.poll_output())
        .filter_map(|output| match output {
            Output::Send { message, .. } => message.news.iter().find(|news| news.id == me).copied(),
            _ => None,
        })
        .last()
}

fn members_find_together() {
    let mut net = Net::<4>::apart();
    net.settle();
    assert!(net.are_all_up());
    assert_eq!(net.up, core::array::from_fn(|me| core::array::from_fn(|of| u8::from(me != of))));
    assert_eq!(net.down, [[0; 4]; 4]);
    assert_eq!(net.members[0].metadata(3), Some(&[3, 1, 0, 0]));
}

/// Not before the dead had five periods to answer, and soon after.
fn the_dead_are_told_once() {
    let mut net = Net::<4>::apart();
    net.settle();
    for life in 2..6 {
        net.forget_what_was_told();
        net.run_for(u64::from(life) * 370_000);
        net.is_up[3] = false;
        net.run_for(5 * SECOND_US);
        assert_eq!(net.down, [[0; 4]; 4]);
        net.run_for(3 * SECOND_US);
        for me in 0..3 {
            assert_eq!(net.down[me], [0, 0, 0, 1]);
            assert_eq!(net.members[me].standing(3), Some(Standing::Dead));
        }
        net.run_for(60 * SECOND_US);
        assert_eq!(net.down[..3], [[0, 0, 0, 1]; 3]);
        net.restart(3, life);
        net.run_for(20 * SECOND_US);
        assert!(net.are_all_up());
        assert_eq!(net.members[0].metadata(3), Some(&[3, life as u8, 0, 0]));
    }
}

/// foca: a node reboots with a smaller incarnation.
fn f08_a_reboot_with_a_smaller_incarnation() {
    let mut net = Net::<3>::apart();
    net.settle();
    net.members[2].set_metadata([5; 4]);
    net.members[2].set_metadata([6; 4]);
    net.run_for(20 * SECOND_US);
    assert_eq!(net.members[0].metadata(2), Some(&[6; 4]));
    // At once, and after it was found dead.
    for silence_us in [0, 60 * SECOND_US] {
        net.is_up[2] = false;
        net.run_for(silence_us);
        net.restart(2, 0);
        net.run_for(20 * SECOND_US);
        assert!(net.are_all_up());
        assert!(net.members[2].generation() >= 1);
        assert_eq!(net.members[0].metadata(2), Some(&[2, 0, 0, 0]));
    }
}

/// foca: an incarnation at its maximum can still refute.
fn f08_the_last_incarnation_can_refute() {
    for claim in [Claim::Suspect { accuser: 1 }, Claim::Dead] {
        let mut member = start(0, 0, 1);
        let accused = [news(1, 0, alive(1)), news(0, u16::MAX, claim)];
        member.handle_message(1, 1, &message(Body::Ping { probe: 1 }, &accused)).unwrap();
        let said = says_of_itself(&mut member, 0).unwrap();
        assert_eq!((said.generation, said.incarnation), (2, 0), "a new identity");
        assert!(matches!(said.claim, Claim::Alive { .. }));
        assert_eq!(member.generation(), 2);
    }
    // Beyond the last of all there is nothing to say; it says it nevertheless.
    let mut member = start(0, 0, 1);
    let last = News { generation: u32::MAX, ..news(0, u16::MAX, Claim::Dead) };
    for _ in 0..2 {
        let accused = [news(1, 0, alive(1)), last];
        member.handle_message(1, 1, &message(Body::Ping { probe: 1 }, &accused)).unwrap();
        let said = says_of_itself(&mut member, 0).unwrap();
        assert_eq!((said.generation, said.incarnation), (u32::MAX, u16::MAX));
    }
}

/// chitchat 155, 161: a dead member is gossiped back to life after its tombstone is gone.
fn f09_the_forgotten_do_not_come_back() {
    let forget_us = 10 * SECOND_US;
    let patient = MembershipConfig { forget_us, max_late_us: u64::MAX, ..config(0, 1) };
    let mut member = Membership::<Boards>::new(0, patient, [0; 4]).unwrap();
    let tell = |member: &mut Membership<Boards>, now_us, claim: News<u16, [u8; 4]>| {
        let told = [news(1, 0, alive(0)), claim];
        member.handle_message(now_us, 1, &message(Body::Gossip, &told)).unwrap();
        while let Some(output) = member.poll_output() {
            assert!(!matches!(output, Output::Event(Event::Refused(_))));
        }
    };
    tell(&mut member, SECOND_US, news(2, 0, alive(1)));
    tell(&mut member, 2 * SECOND_US, news(2, 0, Claim::Dead));
    assert_eq!(member.standing(2), Some(Standing::Dead));
    member.handle_timeout(12 * SECOND_US);
    assert_eq!(member.standing(2), None, "forgotten");
    // One that slept still has it alive, last heard from before it died.
    let ages = [(13, 11 * SECOND_US / 65_536 + 1), (13, 60_000), (2_000, u64::from(u16::MAX))];
    for (now_s, age) in ages {
        tell(&mut member, now_s * SECOND_US, news(2, 0, alive(age as u16)));
        assert_eq!(member.standing(2), None);
    }
    // What is heard from since then is alive; so is whatever says so itself.
    tell(&mut member, 2_001 * SECOND_US, news(2, 0, alive(1)));
    assert_eq!(member.standing(2), Some(Standing::Alive));
}

/// As before, with a member that sleeps while another one dies and is forgotten.
fn f09_whoever_slept_does_not_bring_back_the_dead() {
    let mut net = Net::<4>::apart();
    net.forget_soon();
    net.settle();
    assert!(net.are_all_up());
    // The fourth sleeps, and the third dies.
    net.is_up[3] = false;
    net.is_up[2] = false;
    net.run_for(100 * SECOND_US);
    assert_eq!(net.members[0].standing(2), None, "forgotten");
    net.forget_what_was_told();
    net.is_up[3] = true;
    net.run_for(100 * SECOND_US);
    assert_eq!((net.up[0][2], net.up[1][2]), (0, 0));
    assert_eq!((net.up[0][3], net.up[1][3]), (1, 1));
    assert_eq!(net.members[3].len(), 2);
}

/// foca 15: all members are lost at once; the group heals when the network does.
fn f10_all_are_lost_and_found() {
    let mut net = Net::<4>::apart();
    net.settle();
    net.cut_all(true);
    net.run_for(300 * SECOND_US);
    for me in 0..4 {
        assert!(net.members[me].is_empty());
    }
    net.cut_all(false);
    net.run_for(60 * SECOND_US);
    assert!(net.are_all_up());
}

/// As before, after so long that all were forgotten: by whom the host had named.
fn f10_all_are_forgotten_and_found() {
    let mut net = Net::<4>::apart();
    net.forget_soon();
    net.settle();
    net.cut_all(true);
    net.run_for(200 * SECOND_US);
    for me in 0..4 {
        assert_eq!(net.members[me].iter().count(), 0);
    }
    net.cut_all(false);
    net.run_for(60 * SECOND_US);
    assert!(net.are_all_up());
}

/// A partition in one direction: indirect probes save the healthy node.
fn f12_one_way_partition() {
    let mut net = Net::<4>::apart();
    net.settle();
    net.forget_what_was_told();
    net.is_cut[0][1] = true;
    net.run_for(600 * SECOND_US);
    assert_eq!(net.down, [[0; 4]; 4]);
    assert!(net.are_all_up());
}

/// A full table refuses, and says so; what is no member any more makes room.
fn f13_a_full_table() {
    // Room for three others.
    let mut net = Net::<5>::apart();
    net.settle();
    // One may never hear of the other that it does not know.
    assert!(net.refused.iter().filter(|count| **count > 0).count() >= 4, "{:?}", net.refused);
    assert!((0..5).all(|me| net.members[me].len() == 3));
    net.forget_what_was_told();
    net.run_for(100 * SECOND_US);
    assert_eq!(net.down, [[0; 5]; 5]);

    let known = net.members[0].iter().map(|(id, _)| usize::from(id)).next().unwrap();
    net.is_up[known] = false;
    net.run_for(120 * SECOND_US);
    assert_eq!(net.down[0][known], 1);
    assert_eq!(net.members[0].len(), 3, "another one has its place");
}

/// Every message fits, whatever is to be told.
fn f16_every_message_fits() {
    let least = MembershipConfig { max_message: LEAST, ..config(0, 1) };
    assert_eq!(least.least_message::<Boards>(), LEAST);
    let smaller = MembershipConfig { max_message: LEAST - 1, ..least };
    let refused = Membership::<Boards>::new(0, smaller, [0; 4]);
    assert_eq!(refused.unwrap_err(), ConfigError::TooSmall { needed: LEAST });

    // With the largest numbers of all, each message is encoded in the network's own check.
    let mut net = Net::<4>::apart();
    for (me, member) in net.members.iter_mut().enumerate() {
        *member = joined(0, me as u16, u32::MAX - 3);
    }
    net.run_for(20 * SECOND_US);
    for round in 0..30 {
        for member in &mut net.members {
            let _ = member.broadcast(u32::MAX - round);
            member.set_metadata([round as u8; 4]);
        }
        net.is_up[3] = round % 3 > 0;
        net.heard.iter_mut().for_each(List::clear);
        net.run_for(7 * SECOND_US);
    }
    net.is_up[3] = true;
    net.run_for(60 * SECOND_US);
    assert!(net.are_all_up());
}

fn who_stood_still_suspects_nobody() {
    let mut net = Net::<4>::apart();
    net.settle();
    net.forget_what_was_told();
    for pause_us in [3 * SECOND_US, 100 * SECOND_US] {
        net.is_up[2] = false;
        net.run_for(pause_us);
        net.is_up[2] = true;
        net.run_for(60 * SECOND_US);
        assert_eq!(net.down[2], [0; 4]);
        assert!(net.are_all_up());
    }
}

/// An answer that is lost in a sleep in which the clock stood still, too.
fn who_slept_suspects_nobody() {
    for slept in [false, true] {
        let mut member = start(0, 0, 1);
        member.handle_message(1, 1, &message(Body::Gossip, &[news(1, 0, alive(0))])).unwrap();
        let (mut now_us, mut pinged) = (0, false);
        while !pinged {
            now_us = member.poll_timeout().unwrap();
            member.handle_timeout(now_us);
            pinged = core::iter::from_fn(|| member.poll_output()).any(|output| {
                let Output::Send { message, .. } = output else { return false };
                matches!(message.body, Body::Ping { .. })
            });
        }
        if slept {
            member.handle_pause(now_us);
        }
        // The whole of its period.
        member.handle_timeout(now_us + SECOND_US);
        let standing = if slept { Standing::Alive } else { Standing::Suspect };
        assert_eq!(member.standing(1), Some(standing));
    }
}

fn who_leaves_is_not_dead() {
    let mut net = Net::<4>::apart();
    net.settle();
    net.members[3].leave();
    net.run_for(30 * SECOND_US);
    for me in 0..3 {
        assert_eq!((net.down[me][3], net.left[me][3]), (0, 1));
        assert_eq!(net.members[me].standing(3), Some(Standing::Left));
    }
    assert_eq!(net.members[3].poll_timeout(), None);
    let refused = net.members[3].handle_message(
        net.now_us,
        0,
        &Frame { to: 3, ..message(Body::Gossip, &[]) },
    );
    assert_eq!(refused, Err(ReceiveError::Left));
    assert_eq!(net.members[3].broadcast(1), Err((BroadcastError::Left, 1)));

    net.members[3].rejoin(net.now_us);
    assert_eq!(net.members[3].generation(), 2);
    net.run_for(30 * SECOND_US);
    assert!(net.are_all_up());
}

fn a_broadcast_comes_once_to_each() {
    let mut net = Net::<4>::apart();
    net.settle();
    for payload in [7, 8] {
        net.members[1].broadcast(payload).unwrap();
    }
    let full = Full { needed: 3, capacity: 2 };
    assert_eq!(net.members[1].broadcast(9), Err((BroadcastError::Full(full), 9)));
    net.run_for(30 * SECOND_US);
    for me in [0, 2, 3] {
        let mut heard: [u32; 2] = net.heard[me].as_slice().try_into().unwrap();
        heard.sort_unstable();
        assert_eq!(heard, [7, 8]);
    }
    assert!(net.heard[1].is_empty(), "not to itself");
    net.members[1].broadcast(9).unwrap();
}

/// Another life, that the host could not count: others see it, and hear what it tells.
fn a_new_life_is_heard() {
    let mut net = Net::<3>::apart();
    net.settle();
    for payload in 1..4 {
        net.members[1].broadcast(payload).unwrap();
        net.run_for(10 * SECOND_US);
    }
    net.forget_what_was_told();
    net.heard.iter_mut().for_each(List::clear);
    net.restart(1, 0);
    net.run_for(20 * SECOND_US);
    assert_eq!(net.members[1].generation(), 2);
    assert_eq!([net.down[0][1], net.up[0][1]], [1, 1], "the end of one life, and another");
    net.members[1].broadcast(9).unwrap();
    net.run_for(20 * SECOND_US);
    for me in [0, 2] {
        assert_eq!(net.heard[me].as_slice(), [9]);
    }
}

/// With room for two broadcasts, the host hears of each nevertheless.
fn a_full_list_of_broadcasts_makes_room() {
    let mut member = start(0, 0, 1);
    for number in 1..=5 {
        let broadcast = Some(Broadcast { origin: 1, generation: 1, number, payload: number });
        let told = message(Body::Gossip, &[news(1, 0, alive(0))]);
        member.handle_message(1, 1, &Frame { broadcast, ..told }).unwrap();
        let heard = core::iter::from_fn(|| member.poll_output()).find_map(|output| match output {
            Output::Broadcast { from: 1, payload } => Some(payload),
            _ => None,
        });
        assert_eq!(heard, Some(number));
        while member.poll_output().is_some() {}
    }
}

/// With nobody to ask, each probe that fails is a reason to doubt oneself.
fn who_hears_nothing_slows_down() {
    let mut net = Net::<2>::apart();
    net.settle();
    assert_eq!(net.members[0].slowness(), 0);
    net.cut_all(true);
    net.run_for(4 * SECOND_US);
    assert!(net.members[0].slowness() > 0);
    net.cut_all(false);
    net.run_for(60 * SECOND_US);
    assert_eq!(net.members[0].slowness(), 0);
}

fn strangers_are_refused() {
    let mut member = start(0, 0, 1);
    let good = message(Body::Gossip, &[news(1, 0, alive(0))]);
    let refusals = [
        (1, Frame { cluster: 2, ..good.clone() }, ReceiveError::Cluster),
        (1, Frame { to: 1, ..good.clone() }, ReceiveError::Receiver),
        (0, good.clone(), ReceiveError::Sender),
    ];
    for (from, message, refusal) in refusals {
        assert_eq!(member.handle_message(1, from, &message), Err(refusal));
        assert!(member.poll_output().is_none() && member.is_empty());
    }
    member.handle_message(1, 1, &good).unwrap();
    assert_eq!(member.len(), 1);
    // A broadcast of somebody unknown, or of another life, is not for the host.
    for (origin, generation) in [(2, 1), (1, 0), (0, 1)] {
        let broadcast = Some(Broadcast { origin, generation, number: 1, payload: 5 });
        member.handle_message(2, 1, &Frame { broadcast, ..good.clone() }).unwrap();
        let heard = core::iter::from_fn(|| member.poll_output());
        let heard = heard.filter(|output| matches!(output, Output::Broadcast { .. })).count();
        assert_eq!(heard, 0);
    }
}

/// All that is sent in a long run with faults, and when, is the same everywhere.
fn members_do_the_same_on_every_target() {
    let mut net = Net::<4>::apart();
    for round in 0..20_usize {
        let (one, other) = (round % 4, (round + 1 + round / 4 % 3) % 4);
        net.is_cut[one][other] = !net.is_cut[one][other];
        net.is_up[other] = round % 5 != 4;
        let _ = net.members[one].broadcast(round as u32);
        net.heard.iter_mut().for_each(List::clear);
        net.run_for(13 * SECOND_US);
    }
    assert_eq!(net.digest, 15_877_364_957_714_217_104);
}

suite! {
    members_find_together
    the_dead_are_told_once
    f08_a_reboot_with_a_smaller_incarnation
    f08_the_last_incarnation_can_refute
    f09_the_forgotten_do_not_come_back
    f09_whoever_slept_does_not_bring_back_the_dead
    f10_all_are_lost_and_found
    f10_all_are_forgotten_and_found
    f12_one_way_partition
    f13_a_full_table
    f16_every_message_fits
    who_stood_still_suspects_nobody
    who_slept_suspects_nobody
    who_leaves_is_not_dead
    a_broadcast_comes_once_to_each
    a_new_life_is_heard
    a_full_list_of_broadcasts_makes_room
    who_hears_nothing_slows_down
    strangers_are_refused
    members_do_the_same_on_every_target
}
