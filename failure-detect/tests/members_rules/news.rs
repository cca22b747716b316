//! What is told on, how often, and in how many bytes.

use synod_capacity::List;
use synod_failure_detect::membership::{
    Body, Broadcast, Claim, Membership, MembershipConfig, MessageOf, News, Output,
};

use crate::net::{
    Frame, Net, One, Room, SECOND_US, Some16, alive, answer, config, drain, frame, news,
    run_answered, run_until, sent, start, tell,
};

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

/// The next message says it, in a new incarnation; and that of the same metadata says nothing.
#[test]
fn new_metadata_are_told_at_once() {
    for (metadata, told) in [(5, vec![1]), (0, vec![])] {
        let mut member = start(0);
        tell(&mut member, 1, &[news(1, 1, 0, alive(0))]);
        run_until(&mut member, 20 * SECOND_US);
        let ping = Body::Ping { probe: 1 };
        answer(&mut member, 20 * SECOND_US, 1, ping);
        member.set_metadata(metadata);
        let said = answer(&mut member, 20 * SECOND_US, 1, ping);
        let own = |message: &Frame| message.news.iter().find(|news| news.id == 0).copied();
        let said: Vec<u16> = said.iter().filter_map(own).map(|news| news.incarnation).collect();
        assert_eq!(said, told);
    }
}

/// The broadcasts that go with messages.
fn payloads(messages: Vec<Frame>) -> Vec<u32> {
    messages.iter().filter_map(|message| message.broadcast.map(|told| told.payload)).collect()
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
        payloads(sent(&mut member))
    };
    // Each is sent when it comes; then of equals the first. A known one is no news.
    assert_eq!((hear(1), hear(2)), (vec![1], vec![2]));
    assert_eq!((hear(2), hear(2), hear(2)), (vec![1], vec![2], vec![1]));
    assert_eq!(hear(3), [3], "in the place of the first");
    assert_eq!(hear(4), [4], "in the place of the second");
    assert_eq!((hear(4), hear(4)), (vec![3], vec![4]));
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
        let (mut longest, mut pieces) = ([0; 2], 0);
        for _ in 0..20 {
            for message in answer(&mut member, 2, 60_000, Body::Ping { probe: u16::MAX }) {
                let bytes = postcard::to_slice(&message, &mut [0; 1_000]).unwrap().len();
                let longest = &mut longest[usize::from(message.broadcast.is_some())];
                *longest = bytes.max(*longest);
                if message.broadcast.is_some() {
                    pieces = pieces.max(message.news.len());
                }
            }
        }
        assert!(pieces >= 2, "beside a broadcast: {pieces}");
        // What one more piece would take is more than is left, but for ids counted at their most.
        let [without, with] = longest;
        assert!(without <= max_message && with <= max_message, "{longest:?} of {max_message}");
        assert!(with + 20 > max_message, "{longest:?} of {max_message}");
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
        sent.extend(payloads(answer(&mut member, 1, 1, Body::Ping { probe: 1 })));
    }
    assert_eq!(sent, [7, 8]);
    member.handle_message(1, 1, &told).unwrap();
    assert!(drain(&mut member).contains(&is_told));
}

/// More have news than go into a message, by their number or by their bytes: each piece is sent so
/// often, and then it is quiet.
#[test]
fn each_piece_is_sent_a_bounded_number_of_times() {
    let usual = config(0, 1);
    // Four times the logarithm of three, rounded up.
    assert_eq!(times_sent::<2>(usual), [4; 12]);
    let max_message = usual.least_message::<Some16>();
    assert_eq!(times_sent::<16>(MembershipConfig { max_message, ..usual }), [4; 12]);
}

/// How often a member that knows of one that lives, and of twelve deaths, tells each of these.
fn times_sent<const N: usize>(config: MembershipConfig<u16>) -> [u32; 12] {
    let mut member = Membership::<Room<16, N>>::new(0, config, 0).unwrap();
    let mut hear = |told: &[News<u16, u8>]| {
        let news = List::from_slice(told).unwrap();
        let message = MessageOf::<Room<16, N>> {
            cluster: 1,
            to: 0,
            body: Body::Gossip,
            news,
            broadcast: None,
        };
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
                        MessageOf::<Room<16, N>> { body: Body::Ack { probe }, to: 0, ..message };
                    let bare = MessageOf::<Room<16, N>> { news: List::new(), ..ack.clone() };
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

/// How many answers to so many pings tell of a member.
fn times_told(member: &mut One<16>, id: u16, pings: u16) -> usize {
    let is_told = |message: &Frame| {
        matches!(message.body, Body::Ack { .. }) && message.news.iter().any(|news| news.id == id)
    };
    let mut ask = |probe| answer(member, 1, 60, Body::Ping { probe }).iter().any(is_told);
    (0..pings).filter(|probe| ask(*probe)).count()
}

/// However often that should be, it ends.
#[test]
fn a_piece_is_sent_at_most_127_times() {
    let mut member = One::new(0, MembershipConfig { repeats: 255, ..config(0, 1) }, 0).unwrap();
    tell(&mut member, 1, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
    assert_eq!(times_told(&mut member, 2, 300), 127);
}

/// The more there are, the more often: four times the logarithm of their number, rounded up. (The
/// last one is not known yet when it is learnt.)
#[test]
fn a_piece_is_sent_more_often_in_a_larger_group() {
    for (others, times) in [(1, 4), (9, 4), (10, 8), (14, 8)] {
        let mut member = start(0);
        let told: Vec<_> = (1..=others).map(|id| news(id, 1, 0, alive(1))).collect();
        tell(&mut member, 1, &told);
        assert_eq!(times_told(&mut member, others, 20), times, "{others} others");
    }
}

/// It does not wait for the next probe.
#[test]
fn a_broadcast_goes_at_once() {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(0))]);
    // Until nothing else is to be told.
    run_answered(&mut member, 15 * SECOND_US);
    let quiet_us = member.poll_timeout().unwrap();
    member.broadcast(7).unwrap();
    assert!(member.poll_timeout().unwrap() < quiet_us);
    let sent = run_answered(&mut member, 15 * SECOND_US + 1_000_000);
    let is_it = |message: &Frame| {
        message.body == Body::Gossip && message.broadcast.is_some() && message.to == 1
    };
    assert!(is_it(&sent[0].1));
    // Four times in all, by gossip each 200 ms, and with the probes.
    assert_eq!(sent.iter().filter(|(_, message)| message.broadcast.is_some()).count(), 4);
}

/// News of others, and of this member, do not wait either; unless there is to be no gossip.
#[test]
fn news_go_at_once() {
    for (gossip_us, is_own) in [(200_000, false), (200_000, true), (0, false), (0, true)] {
        let config = MembershipConfig { gossip_us, ..config(0, 1) };
        let mut member = One::<16>::new(0, config, 0).unwrap();
        tell(&mut member, 1, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
        let now_us = 15 * SECOND_US;
        let gossip = |sent: Vec<(u64, Frame)>| {
            sent.iter().filter(|sent| sent.1.body == Body::Gossip).count()
        };
        let before = gossip(run_answered(&mut member, now_us));
        assert_eq!(before > 0, gossip_us > 0);
        if is_own {
            member.set_metadata(5);
        } else {
            tell(&mut member, now_us, &[news(2, 1, 0, Claim::Dead)]);
        }
        let after = gossip(run_answered(&mut member, 2 * now_us));
        assert_eq!(after > 0, gossip_us > 0, "own: {is_own}");
    }
}

/// Where nobody is left, news keep nobody awake.
#[test]
fn news_are_for_others() {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(0))]);
    tell(&mut member, 1, &[news(1, 1, 0, Claim::Dead)]);
    let mut calls = 0;
    while let Some(due_us) = member.poll_timeout().filter(|due_us| *due_us < 10 * SECOND_US) {
        member.handle_timeout(due_us);
        drain(&mut member);
        calls += 1;
    }
    assert!(calls < 40, "a probe, and an exchange and its end, a second: {calls}");
}

/// What was sent less often goes first, and what was sent more often beside it.
#[test]
fn all_news_that_fit_go_together() {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
    assert_eq!(times_told(&mut member, 2, 2), 2);
    tell(&mut member, 1, &[news(3, 1, 0, alive(1))]);
    assert_eq!(times_told(&mut member, 2, 2), 2);
}

/// Whoever is doubted is told so by each message, so that it can answer; others are not told of
/// themselves.
#[test]
fn who_is_doubted_is_told() {
    let mut member = start(0);
    let both = [news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))];
    tell(&mut member, 1, &both);
    tell(&mut member, 1, &[news(2, 1, 0, Claim::Suspect { accuser: 1 })]);
    times_told(&mut member, 2, 20);
    let mut told = |id| {
        let said = answer(&mut member, 1, id, Body::Ping { probe: 1 });
        said[0].news.as_slice().to_vec()
    };
    assert_eq!(told(1), []);
    assert_eq!(told(2), [news(2, 1, 0, Claim::Suspect { accuser: 1 })]);
}

/// News of who is forgotten are not waited for, and those of others are not lost.
#[test]
fn news_of_the_forgotten_are_forgotten() {
    for was_told in [false, true] {
        let mut member = One::<2>::new(0, config(0, 1), 0).unwrap();
        tell(&mut member, 1, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
        tell(&mut member, 1, &[news(2, 1, 0, Claim::Dead)]);
        if was_told {
            run_answered(&mut member, 20 * SECOND_US);
        }
        // It gives way to another one.
        tell(&mut member, 20 * SECOND_US, &[news(3, 1, 0, alive(1))]);
        assert_eq!(member.standing(2), None);
        let sent = run_answered(&mut member, 60 * SECOND_US);
        let is_told = |(_, message): &&(u64, Frame)| {
            message.body == Body::Gossip && message.news.iter().any(|news| news.id == 3)
        };
        assert!(sent.iter().filter(is_told).count() > 0);
        let is_late = |(at_us, message): &(u64, Frame)| {
            message.body == Body::Gossip && *at_us > 40 * SECOND_US
        };
        assert!(!sent.iter().any(is_late), "quiet then");
    }
}

/// Who is forgotten, and had no news left, takes none of others' along.
#[test]
fn news_of_others_outlast_the_forgotten() {
    let mut member = One::<3>::new(0, config(0, 1), 0).unwrap();
    tell(&mut member, 1, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
    tell(&mut member, 1, &[news(2, 1, 0, Claim::Dead)]);
    run_answered(&mut member, 20 * SECOND_US);
    let now_us = 20 * SECOND_US;
    tell(&mut member, now_us, &[news(3, 1, 0, alive(1)), news(4, 1, 0, alive(1))]);
    assert_eq!(member.standing(2), None);
    let said = answer(&mut member, now_us, 1, Body::Ping { probe: 1 });
    assert_eq!(said[0].news.len(), 2);
}
