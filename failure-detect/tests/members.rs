//! One member among others that say anything, in any order: beside a plain model of what it should
//! believe.
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.
#![allow(clippy::std_instead_of_alloc)] // And use `std`.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use synod_capacity::{Inline, List};
use synod_failure_detect::membership::{
    Body, Broadcast, Claim, Event, Group, Membership, MembershipConfig, Message, MessageOf, News,
    Output, Standing,
};

const MAX_MESSAGE: usize = 90;
const ME: u8 = 0;

struct Few;

impl Group for Few {
    type Id = u8;
    type Metadata = u8;
    type Broadcast = u16;
    const MAX_ID: usize = 1;
    const MAX_METADATA: usize = 1;
    const MAX_BROADCAST: usize = 3;
    type Members = Inline<8>;
    type Broadcasts = Inline<3>;
    type News = Inline<6>;
}

fn config() -> MembershipConfig<u8> {
    MembershipConfig {
        max_message: MAX_MESSAGE,
        period_us: 1_000,
        ack_timeout_us: 300,
        exchange_us: 4_000,
        forget_us: 40_000,
        max_late_us: 500,
        ..MembershipConfig::new(1, ME, 1, 5)
    }
}

#[derive(Clone, Debug)]
enum Call {
    Message {
        after_us: u64,
        from: u8,
        body: Body<u8>,
        news: Vec<News<u8, u8>>,
        number: Option<u32>,
    },
    /// Of whom it last said something to.
    Answer {
        after_us: u64,
        news: Vec<News<u8, u8>>,
    },
    Due,
    Timeout {
        after_us: u64,
    },
    Pause {
        after_us: u64,
    },
    Broadcast,
    Metadata(u8),
    Join(u8),
    LeaveAndRejoin,
    Drain(usize),
}

fn id() -> impl Strategy<Value = u8> {
    0..7_u8
}

fn news() -> impl Strategy<Value = News<u8, u8>> {
    let claim = prop_oneof![
        3 => (prop_oneof![0..3_u16, Just(u16::MAX)], 0..3_u8)
            .prop_map(|(age, metadata)| Claim::Alive { age, metadata }),
        2 => id().prop_map(|accuser| Claim::Suspect { accuser }),
        1 => Just(Claim::Dead),
        1 => Just(Claim::Left),
    ];
    let generation = prop_oneof![9 => 0..3_u32, 1 => Just(u32::MAX)];
    let incarnation = prop_oneof![9 => 0..4_u16, 1 => Just(u16::MAX)];
    (id(), generation, incarnation, claim).prop_map(|(id, generation, incarnation, claim)| News {
        id,
        generation,
        incarnation,
        claim,
    })
}

fn body() -> impl Strategy<Value = Body<u8>> {
    // Hardly ever that of a probe: answers to what was asked are calls of their own.
    let probe = any::<u16>();
    (0..10, probe, id(), proptest::option::of(id()), proptest::option::of(id()), any::<u32>())
        .prop_map(|(kind, probe, id, after, upto, digest)| match kind {
            0 => Body::Gossip,
            1 => Body::Ping { probe },
            2 => Body::Ack { probe },
            3 => Body::PingRequest { probe, target: id },
            4 => Body::RelayedPing { probe, asker: id },
            5 => Body::RelayedAck { probe, asker: id },
            6 => Body::IndirectAck { probe, target: id },
            7 => Body::Nack { probe, target: id },
            8 => Body::Exchange { digest, after, upto },
            _ => Body::ExchangeReply { after, upto },
        })
}

/// What one says that was asked.
fn answer(body: Body<u8>) -> Body<u8> {
    match body {
        Body::Ping { probe } => Body::Ack { probe },
        Body::PingRequest { probe, target } if probe % 2 == 0 => Body::Nack { probe, target },
        Body::PingRequest { probe, target } => Body::IndirectAck { probe, target },
        Body::RelayedPing { probe, asker } => Body::RelayedAck { probe, asker },
        Body::Exchange { after, upto, .. } => Body::ExchangeReply { after, upto },
        Body::ExchangeReply { upto, .. } => Body::Exchange { digest: 0, after: upto, upto: None },
        _ => Body::Gossip,
    }
}

fn call() -> impl Strategy<Value = Call> {
    let after = || prop_oneof![6 => 0..400_u64, 1 => 0..9_000_u64];
    let number = proptest::option::of(prop_oneof![0..40_u32, Just(u32::MAX)]);
    prop_oneof![
        8 => (after(), id(), body(), prop::collection::vec(news(), 0..6), number)
            .prop_map(|(after_us, from, body, news, number)| {
                Call::Message { after_us, from, body, news, number }
            }),
        6 => (after(), prop::collection::vec(news(), 0..3))
            .prop_map(|(after_us, news)| Call::Answer { after_us, news }),
        8 => Just(Call::Due),
        2 => after().prop_map(|after_us| Call::Timeout { after_us }),
        1 => after().prop_map(|after_us| Call::Pause { after_us }),
        1 => Just(Call::Broadcast),
        1 => (0..3_u8).prop_map(Call::Metadata),
        1 => id().prop_map(Call::Join),
        1 => Just(Call::LeaveAndRejoin),
        4 => (0..6_usize).prop_map(Call::Drain),
    ]
}

/// What the host has been told.
#[derive(Debug, Default)]
struct Host {
    up: BTreeSet<u8>,
    heard: BTreeSet<(u8, u16)>,
    /// What was sent last.
    sent: Option<MessageOf<Few>>,
}

impl Host {
    /// Drains at most so many outputs; each makes sense after what was told before.
    fn drain(&mut self, member: &mut Membership<Few>, most: usize) {
        for _ in 0..most {
            let Some(output) = member.poll_output() else { return self.check(member) };
            match output {
                Output::Event(Event::Up(id)) => assert!(self.up.insert(id)),
                Output::Event(Event::Down(id) | Event::Left(id)) => assert!(self.up.remove(&id)),
                Output::Event(Event::Changed(id)) => assert!(self.up.contains(&id)),
                Output::Event(_) => {}
                Output::Broadcast { from, payload } => {
                    assert!(from != ME && self.heard.insert((from, payload)), "told twice");
                }
                Output::Send { to, message } => {
                    assert_ne!(to, ME);
                    assert_eq!((message.cluster, message.to), (1, to));
                    check_message(&message);
                    self.sent = Some(message);
                }
            }
        }
    }

    /// When all was told, the host knows what the member does.
    fn check(&self, member: &Membership<Few>) {
        let present = member.iter().filter(|(_, standing)| standing.is_member());
        let present: BTreeSet<u8> = present.map(|(id, _)| id).collect();
        assert_eq!(self.up, present);
        assert_eq!(member.len(), present.len());
        assert_eq!(member.is_empty(), present.is_empty());
        assert!(member.slowness() <= 8);
    }
}

/// It fits, says of each one thing only, and can be decoded.
fn check_message(message: &MessageOf<Few>) {
    let mut frame = [0; MAX_MESSAGE];
    let frame = postcard::to_slice(message, &mut frame).unwrap();
    assert_eq!(postcard::from_bytes::<MessageOf<Few>>(frame).as_ref(), Ok(message));
    let ids: BTreeSet<u8> = message.news.iter().map(|news| news.id).collect();
    assert_eq!(ids.len(), message.news.len());
}

fn apply(member: &mut Membership<Few>, now_us: &mut u64, host: &mut Host, call: Call) {
    // What is forgotten may be told again.
    host.heard.retain(|(from, _)| member.standing(*from).is_some());
    match call {
        Call::Message { after_us, from, body, news, number } => {
            *now_us += after_us;
            let broadcast = number.map(|number| Broadcast {
                origin: from,
                generation: 1,
                number,
                // So that a host can tell whether one comes twice.
                payload: u16::try_from(number % 1_000).unwrap(),
            });
            let news = List::from_slice(&news).unwrap();
            let message = Message { cluster: 1, to: ME, body, news, broadcast };
            let taken = member.handle_message(*now_us, from, &message);
            assert_eq!(taken.is_ok(), from != ME && member.poll_timeout().is_some());
        }
        Call::Answer { after_us, news } => {
            *now_us += after_us;
            let Some(sent) = host.sent.take() else { return };
            let (body, news) = (answer(sent.body), List::from_slice(&news).unwrap());
            let message = Message { cluster: 1, to: ME, body, news, broadcast: None };
            let taken = member.handle_message(*now_us, sent.to, &message);
            assert_eq!(taken.is_ok(), member.poll_timeout().is_some());
        }
        Call::Due => {
            // What the host was not told of is not forgotten.
            host.drain(member, usize::MAX);
            if let Some(due_us) = member.poll_timeout() {
                *now_us = due_us.max(*now_us);
                member.handle_timeout(*now_us);
                host.drain(member, usize::MAX);
                // Whatever was due is done.
                assert!(member.poll_timeout().unwrap() > *now_us);
            }
        }
        Call::Timeout { after_us } => {
            *now_us += after_us;
            member.handle_timeout(*now_us);
        }
        Call::Pause { after_us } => {
            *now_us += after_us;
            member.handle_pause(*now_us);
        }
        Call::Broadcast => {
            let _ = member.broadcast(7);
        }
        Call::Metadata(metadata) => member.set_metadata(metadata),
        Call::Join(id) => {
            let _ = member.join(*now_us, id);
        }
        Call::LeaveAndRejoin => {
            member.leave();
            host.drain(member, 3);
            member.rejoin(*now_us);
        }
        Call::Drain(most) => host.drain(member, most),
    }
}

/// A claim, in an order in which the larger wins.
type Rank = (u32, bool, u16, u8);

fn rank<M>(news: &News<u8, M>) -> Rank {
    let (left, worse) = match news.claim {
        Claim::Alive { .. } => (false, 0),
        Claim::Suspect { .. } => (false, 1),
        Claim::Dead => (false, 2),
        Claim::Left => (true, 3),
    };
    (news.generation, left, news.incarnation, worse)
}

/// What is believed of the others after news alone, without time.
#[derive(Default)]
struct Beliefs(BTreeMap<u8, (Rank, u8)>);

impl Beliefs {
    fn learn(&mut self, news: &News<u8, u8>) {
        let rank = rank(news);
        let known = self.0.get(&news.id).copied();
        let believed = match (&news.claim, known) {
            (Claim::Alive { metadata, .. }, None) => Some((rank, *metadata)),
            (_, None) => None,
            (Claim::Alive { metadata, .. }, Some((known, _))) if rank > known => {
                Some((rank, *metadata))
            }
            (Claim::Suspect { .. }, Some((known, metadata)))
                if rank > known && (known.0, known.2) == (rank.0, rank.2) =>
            {
                Some((rank, metadata))
            }
            (Claim::Dead | Claim::Left, Some((known, metadata))) if rank > known => {
                Some((rank, metadata))
            }
            _ => None,
        };
        if let Some(believed) = believed {
            self.0.insert(news.id, believed);
        }
    }
}

proptest! {
    /// Whatever comes, in whatever order: each message fits, the host is told what has changed and
    /// no more, and nothing that is due is left.
    #[test]
    fn anything_in_any_order(calls in prop::collection::vec(call(), 1..120)) {
        let mut member = Membership::<Few>::new(0, config(), 0).unwrap();
        let (mut now_us, mut host) = (0, Host::default());
        for call in calls {
            apply(&mut member, &mut now_us, &mut host, call);
        }
        host.drain(&mut member, usize::MAX);
    }

    /// Of two claims the later one is believed.
    #[test]
    fn the_later_claim_wins(news in prop::collection::vec(news(), 1..40)) {
        let mut member = Membership::<Few>::new(1_000, config(), 0).unwrap();
        let mut beliefs = Beliefs::default();
        for news in news.iter().filter(|news| news.id != ME) {
            let told = List::from_slice(&[*news]).unwrap();
            let body = Body::Gossip;
            let message = Message { cluster: 1, to: ME, body, news: told, broadcast: None };
            member.handle_message(1_000, 99, &message).unwrap();
            beliefs.learn(news);
        }
        let believed: Vec<_> = member
            .iter()
            .map(|(id, standing)| (id, standing, *member.metadata(id).unwrap()))
            .collect();
        let expected: Vec<_> = beliefs
            .0
            .iter()
            .map(|(id, ((.., worse), metadata))| {
                let standings =
                    [Standing::Alive, Standing::Suspect, Standing::Dead, Standing::Left];
                (*id, standings.into_iter().nth((*worse).into()).unwrap(), *metadata)
            })
            .collect();
        prop_assert_eq!(believed, expected);
    }
}
