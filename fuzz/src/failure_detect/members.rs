//! A member that anything is said to, in any order.

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use synod_capacity::List;
use synod_failure_detect::membership::{
    Body, Broadcast, Claim, Event, Group, Membership, MembershipConfig, Message, MessageOf, News,
    Output,
};
use synod_failure_detect::{Capacity, Heap, Inline};

/// A member, and calls of it.
#[derive(Arbitrary, Debug)]
pub struct MembersScenario {
    generation: u32,
    seed: u64,
    room: u8,
    relays: u8,
    suspicion: (u8, u8),
    max_slowness: u8,
    repeats: u8,
    period_us: u16,
    exchange_us: u32,
    forget_us: u32,
    max_late_us: u32,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Clone, Debug)]
enum Call {
    Message {
        after_us: u32,
        from: u8,
        body: Question,
        news: Vec<Piece>,
        broadcast: Option<Told>,
    },
    /// What it said last is said to it, by the one that it said it to.
    Answer {
        after_us: u32,
        news: Vec<Piece>,
    },
    Due,
    Timeout {
        after_us: u64,
    },
    Pause {
        after_us: u32,
    },
    Broadcast(u16),
    Metadata(u8),
    Join(u8),
    Leave,
    Rejoin,
    Drain(u8),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Question {
    Gossip,
    Ping(u16),
    PingRequest(u16, u8),
    RelayedPing(u16, u8),
    RelayedAck(u16, u8),
    Nack(u16, u8),
    Exchange(u32, Option<u8>, Option<u8>),
    ExchangeReply(Option<u8>, Option<u8>),
    Ack(u16),
    IndirectAck(u16, u8),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Piece {
    id: u8,
    generation: u32,
    incarnation: u16,
    claim: Said,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Said {
    Alive { age: u16, metadata: u8 },
    Suspect { accuser: u8 },
    Dead,
    Left,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Told {
    generation: u32,
    number: u32,
}

/// A group with room for so many others.
struct Few<C>(C);

impl<C: Capacity> Group for Few<C> {
    type Id = u8;
    type Metadata = u8;
    type Broadcast = u16;
    const MAX_ID: usize = 1;
    const MAX_METADATA: usize = 1;
    const MAX_BROADCAST: usize = 3;
    type Members = C;
    type Broadcasts = Inline<2>;
    type News = Inline<5>;
}

const ME: u8 = 0;

impl MembersScenario {
    /// Runs the calls, with little room and with any.
    pub fn check(&self) {
        self.run::<Inline<3>>();
        self.run::<Heap>();
    }

    fn run<C: Capacity>(&self) {
        let mut config = MembershipConfig {
            relays: self.relays % 8,
            suspicion_periods: self.suspicion.0.max(1),
            suspicion_factor: self.suspicion.1.max(1),
            max_slowness: self.max_slowness,
            repeats: self.repeats.max(1),
            period_us: u32::from(self.period_us).max(2),
            ack_timeout_us: u32::from(self.period_us).max(2) / 2,
            exchange_us: self.exchange_us.max(1),
            forget_us: self.forget_us.into(),
            max_late_us: self.max_late_us.into(),
            ..MembershipConfig::new(1, ME, self.generation, self.seed)
        };
        let least = config.least_message::<Few<C>>();
        config.max_message = least + usize::from(self.room);
        let mut world = World::<C> {
            member: Membership::new(0, config, 0).expect("a configuration in range"),
            max_message: config.max_message,
            now_us: 0,
            up: BTreeSet::new(),
            last: None,
        };
        for call in &self.calls {
            world.apply(call);
        }
        world.drain(usize::MAX);
    }
}

struct World<C: Capacity> {
    member: Membership<Few<C>>,
    max_message: usize,
    now_us: u64,
    /// Who is up, as far as the host was told.
    up: BTreeSet<u8>,
    /// What was said last.
    last: Option<MessageOf<Few<C>>>,
}

impl<C: Capacity> World<C> {
    fn apply(&mut self, call: &Call) {
        match call {
            Call::Message { after_us, from, body, news, broadcast } => {
                self.now_us = self.now_us.saturating_add(u64::from(*after_us));
                let broadcast = broadcast.map(|told| Broadcast {
                    origin: *from,
                    generation: told.generation,
                    number: told.number,
                    payload: 7,
                });
                self.tell(*from, body_of(*body), news, broadcast);
            }
            Call::Answer { after_us, news } => {
                self.now_us = self.now_us.saturating_add(u64::from(*after_us));
                if let Some(said) = self.last.take() {
                    self.tell(said.to, answer(said.body, said.to), news, None);
                }
            }
            Call::Due => {
                self.drain(usize::MAX);
                if let Some(due_us) = self.member.poll_timeout() {
                    self.now_us = self.now_us.max(due_us);
                    self.member.handle_timeout(self.now_us);
                    self.drain(usize::MAX);
                    let next_us = self.member.poll_timeout().unwrap_or(u64::MAX);
                    assert!(next_us > self.now_us || self.now_us == u64::MAX);
                }
            }
            Call::Timeout { after_us } => {
                self.now_us = self.now_us.saturating_add(*after_us);
                self.member.handle_timeout(self.now_us);
            }
            Call::Pause { after_us } => {
                self.now_us = self.now_us.saturating_add(u64::from(*after_us));
                self.member.handle_pause(self.now_us);
            }
            Call::Broadcast(payload) => {
                let _ = self.member.broadcast(*payload);
            }
            Call::Metadata(metadata) => self.member.set_metadata(*metadata),
            Call::Join(id) => {
                let _ = self.member.join(self.now_us, *id);
            }
            Call::Leave => self.member.leave(),
            Call::Rejoin => self.member.rejoin(self.now_us),
            Call::Drain(most) => self.drain((*most).into()),
        }
    }

    fn tell(
        &mut self,
        from: u8,
        body: Body<u8>,
        pieces: &[Piece],
        broadcast: Option<Broadcast<u8, u16>>,
    ) {
        let mut news = List::new();
        for piece in pieces {
            let _ = news.push(news_of(*piece));
        }
        let message = Message { cluster: 1, to: ME, body, news, broadcast };
        let has_left = self.member.poll_timeout().is_none();
        let taken = self.member.handle_message(self.now_us, from, &message);
        assert_eq!(taken.is_ok(), from != ME && !has_left);
    }

    fn drain(&mut self, most: usize) {
        for _ in 0..most {
            match self.member.poll_output() {
                None => {
                    let present = self.member.iter().filter(|(_, standing)| standing.is_member());
                    let present: BTreeSet<u8> = present.map(|(id, _)| id).collect();
                    assert_eq!(self.up, present);
                    assert_eq!(self.member.len(), present.len());
                    return;
                }
                Some(Output::Event(Event::Up(id))) => assert!(self.up.insert(id)),
                Some(Output::Event(Event::Down(id) | Event::Left(id))) => {
                    assert!(self.up.remove(&id));
                }
                Some(Output::Event(Event::Changed(id))) => assert!(self.up.contains(&id)),
                Some(Output::Event(_)) => {}
                Some(Output::Broadcast { from, .. }) => assert_ne!(from, ME),
                Some(Output::Send { to, message }) => {
                    assert_ne!(to, ME);
                    let bytes = postcard::to_allocvec(&message).expect("it encodes");
                    assert!(bytes.len() <= self.max_message, "{} bytes", bytes.len());
                    assert_eq!(postcard::from_bytes(&bytes).as_ref(), Ok(&message));
                    self.last = Some(message);
                }
            }
        }
    }
}

fn body_of(question: Question) -> Body<u8> {
    match question {
        Question::Gossip => Body::Gossip,
        Question::Ping(probe) => Body::Ping { probe },
        Question::PingRequest(probe, target) => Body::PingRequest { probe, target },
        Question::RelayedPing(probe, asker) => Body::RelayedPing { probe, asker },
        Question::RelayedAck(probe, asker) => Body::RelayedAck { probe, asker },
        Question::Nack(probe, target) => Body::Nack { probe, target },
        Question::Exchange(digest, after, upto) => Body::Exchange { digest, after, upto },
        Question::ExchangeReply(after, upto) => Body::ExchangeReply { after, upto },
        Question::Ack(probe) => Body::Ack { probe },
        Question::IndirectAck(probe, target) => Body::IndirectAck { probe, target },
    }
}

/// What one says that was asked.
fn answer(body: Body<u8>, me: u8) -> Body<u8> {
    match body {
        Body::Ping { probe } => Body::Ack { probe },
        Body::PingRequest { probe, target } if probe % 2 == 0 => Body::Nack { probe, target },
        Body::PingRequest { probe, target } => Body::IndirectAck { probe, target },
        Body::RelayedPing { probe, asker } => Body::RelayedAck { probe, asker },
        Body::Exchange { after, upto, .. } => Body::ExchangeReply { after, upto },
        Body::ExchangeReply { upto, .. } => Body::Exchange { digest: 0, after: upto, upto: None },
        _ => Body::Ping { probe: me.into() },
    }
}

fn news_of(piece: Piece) -> News<u8, u8> {
    let claim = match piece.claim {
        Said::Alive { age, metadata } => Claim::Alive { age, metadata },
        Said::Suspect { accuser } => Claim::Suspect { accuser },
        Said::Dead => Claim::Dead,
        Said::Left => Claim::Left,
    };
    News { id: piece.id, generation: piece.generation, incarnation: piece.incarnation, claim }
}
