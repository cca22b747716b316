//! Comparing all that is known, and those that the host names.

use synod_capacity::Full;
use synod_failure_detect::membership::{Body, Claim, Output, Standing};

use crate::net::{Frame, Net, SECOND_US, Said, alive, config, drain, frame, news, start, tell};

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

#[test]
fn a_fifth_seed_is_refused() {
    let mut member = start(0);
    for seed in [1, 2, 3, 4, 4, 1] {
        assert_eq!(member.join(0, seed), Ok(()));
    }
    assert_eq!(member.join(0, 5), Err(Full { needed: 5, capacity: 4 }));
}

/// The times at which a member that knows one other asks it for an exchange, in an hour. It answers
/// as one that agrees, or does not.
fn exchanges(seeds: &[u16], agrees: bool) -> Vec<u64> {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(0))]);
    for seed in seeds {
        member.join(1, *seed).unwrap();
    }
    let mut times = Vec::new();
    while let Some(due_us) = member.poll_timeout().filter(|due_us| *due_us < 3_600 * SECOND_US) {
        member.handle_timeout(due_us);
        for output in drain(&mut member) {
            let Output::Send { to, message } = output else { continue };
            let answer = match message.body {
                Body::Ping { probe } => frame(Body::Ack { probe }, &[]),
                Body::Exchange { after, upto, .. } => {
                    times.push(due_us);
                    let told = [news(1, 1, 0, alive(0))];
                    let told = if agrees { &[] } else { &told[..] };
                    frame(Body::ExchangeReply { after, upto }, told)
                }
                _ => continue,
            };
            if to == 1 {
                member.handle_message(due_us, to, &answer).unwrap();
            }
        }
    }
    times
}

/// Each `exchange_us`, and half of it more or less; eight times as often while two do not know the
/// same, or one that was named is not there.
#[test]
fn exchanges_come_regularly_and_sooner_where_something_is_missing() {
    let usual_us = u64::from(config(0, 1).exchange_us);
    let cases =
        [(&[][..], true, usual_us), (&[77], true, usual_us / 8), (&[], false, usual_us / 8)];
    for (seeds, agrees, about_us) in cases {
        let times = exchanges(seeds, agrees);
        let gaps = || times.windows(2).skip(2).map(|pair| pair[1] - pair[0]);
        let (least, most) = (gaps().min().unwrap(), gaps().max().unwrap());
        assert!(least >= about_us / 2 && least < about_us * 7 / 8, "{least} of {about_us}");
        assert!(most <= about_us * 3 / 2 && most > about_us * 9 / 8, "{most} of {about_us}");
    }
}

/// As long as nobody is found, each period: half of it more or less.
#[test]
fn who_is_alone_asks_each_period() {
    let mut member = start(0);
    member.join(0, 77).unwrap();
    let mut times = Vec::new();
    while let Some(due_us) = member.poll_timeout().filter(|due_us| *due_us < 600 * SECOND_US) {
        member.handle_timeout(due_us);
        times.extend(drain(&mut member).iter().map(|_| due_us));
    }
    assert!((400..800).contains(&times.len()), "{}", times.len());
}

/// Three that know each other agree, and need say nothing more.
#[test]
fn who_knows_the_same_agrees() {
    let mut members = [start(0), start(1)];
    let all = [0, 1, 2].map(|id| news(id, 1, 0, Claim::Alive { age: 0, metadata: 0 }));
    for (to, member) in (0..).zip(&mut members) {
        let told = Frame { to, ..frame(Body::Gossip, &all) };
        member.handle_message(1, 2, &told).unwrap();
        drain(member);
    }
    members[1].join(1, 0).unwrap();
    let asked = drain(&mut members[1]).into_iter().find_map(|output| match output {
        Output::Send { to: 0, message } => Some(message),
        _ => None,
    });
    members[0].handle_message(1, 1, &asked.unwrap()).unwrap();
    let is_bare = |output: &Said| {
        matches!(output, Output::Send { to: 1, message }
            if matches!(message.body, Body::ExchangeReply { upto: None, .. })
                && message.news.is_empty())
    };
    assert!(drain(&mut members[0]).iter().any(is_bare));
}

/// What is told in answer to a question about a part: of the ids after one and up to another, and
/// of the answerer itself; of a suspect that it is known, not that it is doubted.
#[test]
fn a_part_is_told() {
    let mut member = start(0);
    let others: Vec<_> = (1..9).map(|id| news(id, 1, 0, alive(1))).collect();
    tell(&mut member, 1, &others);
    tell(&mut member, 1, &[news(5, 1, 0, Claim::Suspect { accuser: 1 })]);
    let mut told = |after, upto| {
        let question = Body::Exchange { digest: 0, after, upto };
        member.handle_message(1, 1, &frame(question, &[])).unwrap();
        let mut told = drain(&mut member).into_iter().filter_map(|output| match output {
            Output::Send { message, .. } => Some(message),
            _ => None,
        });
        let message = told.next().unwrap();
        assert_eq!(message.body, Body::ExchangeReply { after, upto });
        assert!(message.news.iter().all(|news| matches!(news.claim, Claim::Alive { .. })));
        message.news.iter().map(|news| news.id).collect::<Vec<u16>>()
    };
    assert_eq!(told(None, None), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(told(Some(3), Some(6)), [0, 4, 5, 6]);
    assert_eq!(told(Some(6), None), [0, 7, 8]);
    assert_eq!(told(None, Some(2)), [0, 1, 2]);
}

/// One more is seen by the sums, however many there are.
#[test]
fn who_does_not_know_the_same_is_told() {
    for others in 3..15 {
        let mut members = [start(0), start(1)];
        let all: Vec<_> =
            (0..=others).map(|id| news(id, 1, 0, Claim::Alive { age: 0, metadata: 0 })).collect();
        for (to, member) in (0..).zip(&mut members) {
            // The second one does not know the last.
            let known = if to == 0 { &all[..] } else { &all[..all.len() - 1] };
            let told = Frame { to, ..frame(Body::Gossip, known) };
            member.handle_message(1, 2, &told).unwrap();
            drain(member);
        }
        members[1].join(1, 0).unwrap();
        let asked = drain(&mut members[1]).into_iter().find_map(|output| match output {
            Output::Send { to: 0, message } => Some(message),
            _ => None,
        });
        members[0].handle_message(1, 1, &asked.unwrap()).unwrap();
        let is_told = |output: &Said| {
            matches!(output, Output::Send { to: 1, message }
                if message.news.iter().any(|news| news.id == others))
        };
        assert!(drain(&mut members[0]).iter().any(is_told), "{others}");
    }
}
