//! One member that knows a thousand others, and a stub that answers for all of them, in bytes.
//!
//! The stub encodes its answers with the codec of the member, which is part of each figure.

use std::{hint::black_box, time::Duration};

use foca::{
    Codec, Config, Header, Member, Message, Notification, PostcardCodec, Runtime, State, Timer,
};
use synod_failure_detect::membership::{
    Body, Claim, Group, Membership, MembershipConfig, MessageOf, News, Output, Standing,
};
use synod_failure_detect::{Capacity, Heap, Inline};

use super::foca::{self as peer, Identity, Machine};

/// How many others there are.
pub const OTHERS: u16 = 1_000;

/// How many of them have news at once.
pub const FRESH: u16 = 100;

/// The most bytes of a message, of either kind.
const MAX_MESSAGE: usize = 1_400;

/// The member itself; others have the ids after it.
const ME: u16 = 200;

/// A member that is probing and probed.
pub trait Rounds {
    /// Time passes until another one is probed, and that answers.
    fn probe(&mut self);

    /// Another one probes this one, which answers.
    fn be_probed(&mut self);

    /// [`FRESH`] of the others have news.
    fn learn(&mut self);

    /// Whether all others are known to live, so that all probes were answered.
    fn is_well(&self) -> bool;
}

/// Rounds until what was new is told often enough.
const UNTIL_TOLD: usize = 1_000;

/// So many others, all over the table.
fn spread(count: u16) -> impl Iterator<Item = u16> {
    (ME + 1..=ME + OTHERS).step_by((OTHERS / count).into())
}

/// Ours, with `N` pieces of news in a message.
pub struct Synod<N: Capacity> {
    machine: Membership<Table<N>>,
    now_us: u64,
    frame: [u8; MAX_MESSAGE],
    pings: Vec<Vec<u8>>,
    pinged: usize,
    incarnation: u16,
}

struct Table<N>(core::marker::PhantomData<N>);

impl<N: Capacity> Group for Table<N> {
    type Id = u16;
    type Metadata = [u8; 4];
    type Broadcast = ();
    const MAX_ID: usize = 3;
    const MAX_METADATA: usize = 4;
    const MAX_BROADCAST: usize = 0;
    type Members = Heap;
    type Broadcasts = Inline<1>;
    type News = N;
}

impl<N: Capacity> Synod<N> {
    /// A member that knows all others, and has no news.
    #[must_use]
    #[allow(clippy::new_without_default)] // like the other one
    pub fn new() -> Self {
        let config = MembershipConfig {
            max_message: MAX_MESSAGE,
            // Probes alone are to be seen, here and there.
            exchange_us: u32::MAX,
            gossip_us: 0,
            ..MembershipConfig::new(1, ME, 1, 7)
        };
        let machine = Membership::new(0, config, [0; 4]).expect("the configuration is legal");
        let ping = said(Body::Ping { probe: 9 }, &mut [0; 16]).to_vec();
        let pings = vec![ping; OTHERS.into()];
        let frame = [0; MAX_MESSAGE];
        let mut table = Self { machine, now_us: 0, frame, pings, pinged: 0, incarnation: 0 };
        table.tell(OTHERS);
        (0..UNTIL_TOLD).for_each(|_| table.probe());
        table
    }

    /// So many others have news.
    fn tell(&mut self, count: u16) {
        for id in spread(count) {
            let claim = Claim::Alive { age: 0, metadata: [0; 4] };
            let mut message = message::<N>(Body::Gossip);
            let incarnation = self.incarnation;
            let news = News { id, generation: 1, incarnation, claim };
            message.news.push(news).expect("there is room for one");
            self.machine.handle_message(self.now_us, ME + 1, &message).expect("it is legal");
            while self.machine.poll_output().is_some() {}
        }
    }

    fn take(&mut self, from: u16, bytes: &[u8]) {
        let message: MessageOf<Table<N>> = postcard::from_bytes(bytes).expect("it was encoded");
        self.machine.handle_message(self.now_us, from, &message).expect("it is legal");
    }

    /// Sends all that is to be sent; whom it pinged, with which number.
    fn send(&mut self) -> Option<(u16, u16)> {
        let mut pinged = None;
        while let Some(output) = self.machine.poll_output() {
            if let Output::Send { to, message } = output {
                let frame = postcard::to_slice(&message, &mut self.frame);
                black_box(frame.expect("no message is larger"));
                if let Body::Ping { probe } = message.body {
                    pinged = Some((to, probe));
                }
            }
        }
        pinged
    }
}

/// A message to the member, without news.
fn message<N: Capacity>(body: Body<u16>) -> MessageOf<Table<N>> {
    MessageOf::<Table<N>> { cluster: 1, to: ME, body, news: Default::default(), broadcast: None }
}

/// What the stub says: one with little room for news looks like any other.
fn said(body: Body<u16>, frame: &mut [u8; 16]) -> &[u8] {
    postcard::to_slice(&message::<Inline<2>>(body), frame).expect("it is short")
}

impl<N: Capacity> Rounds for Synod<N> {
    fn probe(&mut self) {
        loop {
            self.now_us = self.machine.poll_timeout().expect("it has not left");
            self.machine.handle_timeout(self.now_us);
            if let Some((to, probe)) = self.send() {
                self.take(to, said(Body::Ack { probe }, &mut [0; 16]));
                self.send();
                return;
            }
        }
    }

    fn be_probed(&mut self) {
        self.pinged = (self.pinged + 1) % self.pings.len();
        let ping = std::mem::take(&mut self.pings[self.pinged]);
        self.take(ME + 1 + self.pinged as u16, &ping);
        self.send();
        self.pings[self.pinged] = ping;
    }

    fn learn(&mut self) {
        if self.incarnation == u16::MAX {
            *self = Self::new();
        }
        self.incarnation += 1;
        self.tell(FRESH);
    }

    fn is_well(&self) -> bool {
        let mut others = self.machine.iter();
        self.machine.slowness() == 0
            && self.machine.len() == OTHERS.into()
            && others.all(|(_, standing)| standing == Standing::Alive)
    }
}

/// `foca`.
pub struct Foca {
    machine: Machine,
    wire: Wire,
    pings: Vec<Vec<u8>>,
    pinged: usize,
    /// Of the last probe: the machine counts, and so does the stub.
    probe: u8,
    incarnation: u16,
}

/// What the machine said last.
#[derive(Default)]
struct Wire {
    to: Option<Identity>,
    timer: Option<Timer<Identity>>,
}

impl Runtime<Identity> for Wire {
    fn notify(&mut self, notification: Notification<'_, Identity>) {
        black_box(notification);
    }

    fn send_to(&mut self, to: Identity, data: &[u8]) {
        black_box(data);
        self.to = Some(to);
    }

    fn submit_after(&mut self, timer: Timer<Identity>, _after: Duration) {
        // The one for the next period is the same each time.
        if matches!(timer, Timer::SendIndirectProbe { .. }) {
            self.timer = Some(timer);
        }
    }
}

impl Foca {
    /// A member that knows all others, and has no news.
    #[must_use]
    #[allow(clippy::new_without_default)] // like the other one
    pub fn new() -> Self {
        let max_packet_size = MAX_MESSAGE.try_into().expect("it is not 0");
        let config = Config { max_packet_size, ..peer::config(OTHERS.into()) };
        let machine = peer::machine(ME, config);
        let ping = |id| {
            let (ping, length) = written(Identity::new(id), Message::Ping(9));
            ping[..length].to_vec()
        };
        let pings = (ME + 1..=ME + OTHERS).map(ping).collect();
        let wire = Wire::default();
        let mut table = Self { machine, wire, pings, pinged: 0, probe: 0, incarnation: 0 };
        table.tell(OTHERS, false);
        (0..UNTIL_TOLD).for_each(|_| table.probe());
        table
    }

    fn tell(&mut self, count: u16, is_news: bool) {
        let incarnation = self.incarnation;
        let member = |id| Member::new(Identity::new(id), incarnation, State::Alive);
        let members = spread(count).map(member);
        self.machine.apply_many(members, is_news, &mut self.wire).expect("they fit");
    }
}

/// A message to the member, without news, and how long it is.
fn written(from: Identity, message: Message<Identity>) -> ([u8; 32], usize) {
    let header = Header { src: from, src_incarnation: 0, dst: Identity::new(ME), message };
    let mut frame = [0; 32];
    let mut rest = &mut frame[..];
    PostcardCodec.encode_header(&header, &mut rest).expect("it is short");
    // Then come two bytes, that there is no news.
    let length = 32 - rest.len() + 2;
    (frame, length)
}

impl Rounds for Foca {
    fn probe(&mut self) {
        let machine = &mut self.machine;
        machine.handle_timer(Timer::ProbeRandomMember(0), &mut self.wire).expect("it is time");
        self.probe = self.probe.wrapping_add(1);
        let to = self.wire.to.take().expect("it has pinged");
        let (ack, length) = written(to, Message::Ack(self.probe));
        machine.handle_data(&ack[..length], &mut self.wire).expect("it is legal");
        // It wants to be called when an answer is due, also after it.
        let timer = self.wire.timer.take().expect("it has asked for it");
        machine.handle_timer(timer, &mut self.wire).expect("the answer is there");
    }

    fn be_probed(&mut self) {
        self.pinged = (self.pinged + 1) % self.pings.len();
        let ping = &self.pings[self.pinged];
        self.machine.handle_data(ping, &mut self.wire).expect("it is legal");
        black_box(self.wire.to.take().expect("it has answered"));
    }

    fn learn(&mut self) {
        if self.incarnation == u16::MAX {
            *self = Self::new();
        }
        self.incarnation += 1;
        self.tell(FRESH, true);
    }

    fn is_well(&self) -> bool {
        let mut others = self.machine.iter_members();
        self.machine.num_members() == OTHERS.into()
            && others.all(|member| member.state() == State::Alive)
    }
}
