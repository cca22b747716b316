//! Members, what they say, and a network of some.

use std::collections::VecDeque;

use synod_capacity::{Inline, List};
use synod_failure_detect::membership::{
    Body, Claim, Event, Group, Membership, MembershipConfig, MessageOf, News, Output, OutputOf,
};

pub(crate) const SECOND_US: u64 = 1_000_000;

/// A group with room for `N` others, and for `NEWS` pieces of news in a message.
pub(crate) struct Room<const N: usize, const NEWS: usize = 16>;

impl<const N: usize, const NEWS: usize> Group for Room<N, NEWS> {
    type Id = u16;
    type Metadata = u8;
    type Broadcast = u32;
    const MAX_ID: usize = 3;
    const MAX_METADATA: usize = 1;
    const MAX_BROADCAST: usize = 5;
    type Members = Inline<N>;
    type Broadcasts = Inline<2>;
    type News = Inline<NEWS>;
}

pub(crate) type Some16 = Room<16>;
pub(crate) type One<const N: usize> = Membership<Room<N>>;
/// The same for all of them.
pub(crate) type Frame = MessageOf<Some16>;
pub(crate) type Said = OutputOf<Some16>;

pub(crate) fn config(me: u16, generation: u32) -> MembershipConfig<u16> {
    MembershipConfig::new(1, me, generation, u64::from(me) * 77 + u64::from(generation))
}

pub(crate) fn start(me: u16) -> One<16> {
    Membership::new(0, config(me, 1), 0).unwrap()
}

pub(crate) fn news(
    id: u16,
    generation: u32,
    incarnation: u16,
    claim: Claim<u16, u8>,
) -> News<u16, u8> {
    News { id, generation, incarnation, claim }
}

pub(crate) fn alive(age: u16) -> Claim<u16, u8> {
    Claim::Alive { age, metadata: 9 }
}

pub(crate) fn frame(body: Body<u16>, news: &[News<u16, u8>]) -> Frame {
    let news = List::from_slice(news).unwrap();
    Frame { cluster: 1, to: 0, body, news, broadcast: None }
}

/// Member 1 says this to member 0.
pub(crate) fn tell<const N: usize>(
    member: &mut One<N>,
    now_us: u64,
    told: &[News<u16, u8>],
) -> Vec<Said> {
    member.handle_message(now_us, 1, &frame(Body::Gossip, told)).unwrap();
    drain(member)
}

pub(crate) fn drain<const N: usize>(member: &mut One<N>) -> Vec<Said> {
    core::iter::from_fn(|| member.poll_output()).collect()
}

/// What a member sends now.
pub(crate) fn sent<const N: usize>(member: &mut One<N>) -> Vec<Frame> {
    let sent = |output| match output {
        Output::Send { message, .. } => Some(message),
        _ => None,
    };
    drain(member).into_iter().filter_map(sent).collect()
}

/// What a member sends in answer to this.
pub(crate) fn answer<const N: usize>(
    member: &mut One<N>,
    now_us: u64,
    from: u16,
    body: Body<u16>,
) -> Vec<Frame> {
    member.handle_message(now_us, from, &frame(body, &[])).unwrap();
    sent(member)
}

/// Calls a member whenever it is due, until a time.
pub(crate) fn run_until(member: &mut One<16>, until_us: u64) -> Vec<Said> {
    let mut outputs = Vec::new();
    while let Some(due_us) = member.poll_timeout().filter(|due_us| *due_us <= until_us) {
        member.handle_timeout(due_us);
        outputs.extend(drain(member));
    }
    outputs
}

/// As before, and others answer at once, if they do. What it sends, and when.
pub(crate) fn run_with<const N: usize>(
    member: &mut One<N>,
    until_us: u64,
    answer: impl Fn(&Frame) -> Option<Frame>,
) -> Vec<(u64, Frame)> {
    let mut all = Vec::new();
    while let Some(due_us) = member.poll_timeout().filter(|due_us| *due_us <= until_us) {
        member.handle_timeout(due_us);
        for message in sent(member) {
            if let Some(answer) = answer(&message) {
                member.handle_message(due_us, message.to, &answer).unwrap();
            }
            all.push((due_us, message));
        }
    }
    all
}

/// As before, where all are there.
pub(crate) fn run_answered<const N: usize>(
    member: &mut One<N>,
    until_us: u64,
) -> Vec<(u64, Frame)> {
    run_with(member, until_us, ack)
}

/// The answer to a ping.
pub(crate) fn ack(message: &Frame) -> Option<Frame> {
    match message.body {
        Body::Ping { probe } => Some(frame(Body::Ack { probe }, &[])),
        _ => None,
    }
}

/// Members whose ids are their places, and a network with a delay of a millisecond.
pub(crate) struct Net {
    pub(crate) members: Vec<Option<One<16>>>,
    underway: VecDeque<(u64, u16, Frame)>,
    pub(crate) now_us: u64,
    pub(crate) heard: Vec<Vec<u32>>,
    pub(crate) events: Vec<(u16, Event<u16>)>,
}

impl Net {
    pub(crate) fn new(
        members: u16,
        change: impl Fn(MembershipConfig<u16>) -> MembershipConfig<u16>,
    ) -> Self {
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

    pub(crate) fn start(&mut self, config: MembershipConfig<u16>, seeds: &[u16]) {
        let me = config.me;
        let mut member = Membership::new(self.now_us, config, config.generation as u8).unwrap();
        for seed in seeds {
            member.join(self.now_us, *seed).unwrap();
        }
        self.members[usize::from(me)] = Some(member);
        self.drain(me);
    }

    pub(crate) fn at(&mut self, place: usize) -> &mut One<16> {
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

    pub(crate) fn run_for(&mut self, time_us: u64) {
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
