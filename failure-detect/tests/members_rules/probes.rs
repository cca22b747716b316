//! Probes, and what others are asked for them.

use synod_failure_detect::membership::{Body, Claim, Membership, MembershipConfig};

use crate::net::{
    Frame, One, Room, SECOND_US, ack, alive, answer, config, news, run_answered, run_with, sent,
    tell,
};

/// How long an answer to a relayed ping is waited for: about 80 % of the time for a direct one.
const RELAY_US: u64 = 243_750;

/// To whom what is sent, news aside.
fn said(messages: Vec<Frame>) -> Vec<(u16, Body<u16>)> {
    messages.into_iter().map(|message| (message.to, message.body)).collect()
}

/// What is said in answer to this.
fn reply(member: &mut One<16>, now_us: u64, from: u16, body: Body<u16>) -> Vec<(u16, Body<u16>)> {
    said(answer(member, now_us, from, body))
}

/// A member that knows so many others.
fn knows(others: u16, seed: u64) -> One<16> {
    let mut member = One::new(0, MembershipConfig { seed, ..config(0, 1) }, 0).unwrap();
    let told: Vec<_> = (1..=others).map(|id| news(id, 1, 0, alive(1))).collect();
    tell(&mut member, 1, &told);
    member
}

/// Up to its first ping: of whom, when, and with which number.
fn first_ping(member: &mut One<16>) -> (u16, u64, u16) {
    loop {
        let now_us = member.poll_timeout().unwrap();
        for (_, message) in run_with(member, now_us, |_| None) {
            if let Body::Ping { probe } = message.body {
                return (message.to, now_us, probe);
            }
        }
    }
}

/// Whom it asks to ping another one, and when, until a time.
fn asked(member: &mut One<16>, until_us: u64) -> Vec<(u64, u16)> {
    let all = run_with(member, until_us, |_| None).into_iter();
    let is_question = |message: &Frame| matches!(message.body, Body::PingRequest { .. });
    all.filter(|(_, message)| is_question(message)).map(|(at_us, sent)| (at_us, sent.to)).collect()
}

#[test]
fn who_is_asked_for_another_one_pings_it_and_tells() {
    let mut member = knows(5, 1);
    let question = Body::PingRequest { probe: 7, target: 3 };
    let relayed = (3, Body::RelayedPing { probe: 7, asker: 1 });
    assert_eq!(reply(&mut member, 1, 1, question), [relayed]);
    // Others' answers, and those to other questions, are none.
    let ack = Body::RelayedAck { probe: 7, asker: 1 };
    for (from, body) in [
        (4, ack),
        (3, Body::RelayedAck { probe: 8, asker: 1 }),
        (3, Body::RelayedAck { probe: 7, asker: 2 }),
    ] {
        assert_eq!(reply(&mut member, 2, from, body), []);
    }
    let lives = (1, Body::IndirectAck { probe: 7, target: 3 });
    assert_eq!(reply(&mut member, 3, 3, ack), [lives]);
    assert_eq!(reply(&mut member, 3, 3, ack), [], "once");
}

#[test]
fn who_gets_no_answer_says_so_in_time() {
    let mut member = knows(5, 1);
    answer(&mut member, 1, 1, Body::PingRequest { probe: 7, target: 3 });
    let all = run_with(&mut member, SECOND_US, |_| None).into_iter();
    let nacks = all.filter(|(_, message)| matches!(message.body, Body::Nack { .. }));
    let nacks: Vec<_> = nacks.map(|(at_us, message)| (at_us, message.to, message.body)).collect();
    assert_eq!(nacks, [(1 + RELAY_US, 1, Body::Nack { probe: 7, target: 3 })]);
}

#[test]
fn who_cannot_ask_says_so_at_once() {
    let mut member = knows(12, 1);
    let question = |probe, target| Body::PingRequest { probe, target };
    let nack = (1, Body::Nack { probe: 7, target: 50 });
    assert_eq!(reply(&mut member, 1, 1, question(7, 50)), [nack], "not known");
    let lives = (1, Body::IndirectAck { probe: 7, target: 0 });
    assert_eq!(reply(&mut member, 1, 1, question(7, 0)), [lives], "it is itself");

    // Room for eight.
    for asker in 1..9 {
        let relayed = (12, Body::RelayedPing { probe: 7, asker });
        assert_eq!(reply(&mut member, 1, asker, question(7, 12)), [relayed]);
    }
    let nack = (9, Body::Nack { probe: 7, target: 12 });
    assert_eq!(reply(&mut member, 1, 9, question(7, 12)), [nack]);
    // Who asks anew has given up its earlier question.
    let relayed = (12, Body::RelayedPing { probe: 8, asker: 4 });
    assert_eq!(reply(&mut member, 1, 4, question(8, 12)), [relayed]);
    let ack = |probe, asker| Body::RelayedAck { probe, asker };
    assert_eq!(reply(&mut member, 1, 12, ack(7, 4)), []);
    for (probe, asker) in [(8, 4), (7, 5)] {
        let lives = (asker, Body::IndirectAck { probe, target: 12 });
        assert_eq!(reply(&mut member, 1, 12, ack(probe, asker)), [lives]);
    }
}

#[test]
fn a_probe_is_answered_by_its_own_ack() {
    for seed in 0..20 {
        let mut member = knows(5, seed);
        let (target, now_us, probe) = first_ping(&mut member);
        let (another, third) = if target < 4 { (4, 5) } else { (1, 2) };
        let right = [(target, Body::Ack { probe }), (another, Body::IndirectAck { probe, target })];
        let wrong = [
            (another, Body::Ack { probe }),
            (target, Body::Ack { probe: probe.wrapping_add(1) }),
            (another, Body::IndirectAck { probe, target: third }),
            (another, Body::IndirectAck { probe: probe.wrapping_sub(1), target }),
        ];
        let is_right = [true; 2].into_iter().chain([false; 4]);
        for ((from, body), is_right) in right.into_iter().chain(wrong).zip(is_right) {
            let mut member = knows(5, seed);
            assert_eq!(first_ping(&mut member), (target, now_us, probe));
            answer(&mut member, now_us, from, body);
            let asked = asked(&mut member, now_us + 900_000);
            if is_right {
                assert_eq!(asked, []);
                continue;
            }
            // Three others, at the time by which an answer was due.
            let mut others: Vec<u16> = asked.iter().map(|(_, to)| *to).collect();
            assert!(asked.iter().all(|(at_us, _)| *at_us == now_us + 300_000));
            others.sort_unstable();
            others.dedup();
            assert!(others.len() == 3 && !others.contains(&target), "{asked:?}");
        }
    }
}

/// A stall moves the time by which an answer is due, by as much.
#[test]
fn a_stall_leaves_a_probe_its_time() {
    let mut member = knows(5, 1);
    let (target, now_us, _) = first_ping(&mut member);
    answer(&mut member, now_us, 1, Body::PingRequest { probe: 7, target });
    // What was due first, the nack, is due now.
    let woken_us = now_us + 100 * SECOND_US;
    assert_eq!(asked(&mut member, now_us), []);
    member.handle_timeout(woken_us);
    let nack = (1, Body::Nack { probe: 7, target });
    assert!(said(sent(&mut member)).contains(&nack));
    let asked = asked(&mut member, woken_us + 900_000);
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].0, woken_us + 300_000 - RELAY_US);

    // And so for what is asked for others, where the answer to its own is due first.
    let mut member = knows(5, 1);
    let (target, now_us, _) = first_ping(&mut member);
    let later_us = now_us + 200_000;
    answer(&mut member, later_us, 1, Body::PingRequest { probe: 7, target });
    let woken_us = now_us + 100 * SECOND_US;
    member.handle_timeout(woken_us);
    assert!(!said(sent(&mut member)).contains(&nack));
    assert_eq!(member.poll_timeout(), Some(woken_us + 200_000 + RELAY_US - 300_000));
}

/// Being a little late does not slow the pace down; what leaves too little time for others to be
/// asked does.
#[test]
fn the_pace_is_kept_where_there_is_time() {
    let enough_us = (1_000_000 - 300_000) / 2 - 1;
    for (late_us, next_us) in [(0, 0), (enough_us, 0), (enough_us + 1, enough_us + 1)] {
        let mut member = knows(1, 1);
        let due_us = first_ping(&mut knows(1, 1)).1;
        run_with(&mut member, due_us - 1, |_| None);
        let now_us = due_us + late_us;
        member.handle_timeout(now_us);
        let ack = sent(&mut member).iter().find_map(ack).expect("it was time");
        member.handle_message(now_us, 1, &ack).unwrap();
        assert_eq!(first_ping(&mut member).1, due_us + SECOND_US + next_us);
    }
}

/// In an order by chance, but once a round; one that joins, in the round in which it does.
#[test]
fn each_is_probed_once_a_round() {
    for seed in 0..20 {
        let mut member = knows(5, seed);
        let pinged = |member: &mut One<16>, seconds| {
            let until_us = member.poll_timeout().unwrap() + seconds * SECOND_US;
            let sent = run_answered(member, until_us);
            let is_ping = |body| matches!(body, Body::Ping { .. });
            let pings = sent.into_iter().filter(|(_, message)| is_ping(message.body));
            pings.map(|(_, message)| message.to).collect::<Vec<u16>>()
        };
        let mut all = pinged(&mut member, 52);
        let mut rounds = all.chunks_exact_mut(5);
        for round in rounds.by_ref() {
            round.sort_unstable();
            assert_eq!(round, [1, 2, 3, 4, 5]);
        }
        // So many of this round are probed, and now there is one more.
        let mut round = rounds.into_remainder().to_vec();
        let now_us = member.poll_timeout().unwrap() - 1;
        tell(&mut member, now_us, &[news(6, 1, 0, alive(1))]);
        round.extend(pinged(&mut member, 10));
        round.truncate(6);
        round.sort_unstable();
        assert_eq!(round, [1, 2, 3, 4, 5, 6]);
    }
}

/// Who is not known is asked who it is, if it says anything but that.
#[test]
fn a_stranger_is_asked_who_it_is() {
    let mut member = knows(1, 1);
    let said = reply(&mut member, 1, 9, Body::Gossip);
    assert!(matches!(said[..], [(9, Body::Exchange { .. })]), "{said:?}");
    let mut member = knows(1, 1);
    let said = reply(&mut member, 1, 9, Body::ExchangeReply { after: None, upto: None });
    assert_eq!(said, []);
    // Not where there is no room for it, but where a dead one can give way.
    let mut member = Membership::<Room<1>>::new(0, config(0, 1), 0).unwrap();
    tell(&mut member, 1, &[news(1, 1, 0, alive(0))]);
    let mut is_asked = |told: &[_]| {
        tell(&mut member, 1, told);
        answer(&mut member, 1, 9, Body::Gossip).iter().any(|message| message.to == 9)
    };
    assert!(!is_asked(&[]));
    assert!(is_asked(&[news(1, 1, 0, Claim::Dead)]));
}
