//! Comparing all that is known, and those that the host names.

use synod_capacity::Full;
use synod_failure_detect::membership::{Body, Claim, News, Output, Standing};

use crate::net::{
    Frame, Net, SECOND_US, Said, ack, alive, answer, config, drain, frame, news, run_with, sent,
    start, tell,
};

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

/// The times at which a member that knows one other asks for an exchange, in an hour. The other one
/// answers as one that agrees, or does not.
fn exchanges(seeds: &[u16], agrees: bool) -> Vec<u64> {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(0))]);
    for seed in seeds {
        member.join(1, *seed).unwrap();
    }
    let all = run_with(&mut member, 3_600 * SECOND_US, |message| match message.body {
        Body::Exchange { after, upto, .. } if message.to == 1 => {
            let told = [news(1, 1, 0, alive(0))];
            let told = if agrees { &[] } else { &told[..] };
            Some(frame(Body::ExchangeReply { after, upto }, told))
        }
        _ => ack(message),
    });
    let is_question = |message: &Frame| matches!(message.body, Body::Exchange { .. });
    all.into_iter().filter(|(_, message)| is_question(message)).map(|(at_us, _)| at_us).collect()
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
    let sent = run_with(&mut member, 600 * SECOND_US, |_| None).len();
    assert!((400..800).contains(&sent), "{sent}");
}

/// What member 0 tells member 1 that asks it for an exchange, where they know these of all.
fn told_in_an_exchange(known: [&[News<u16, u8>]; 2]) -> Frame {
    let mut members = [start(0), start(1)];
    for (to, (member, known)) in (0..).zip(members.iter_mut().zip(known)) {
        let told = Frame { to, ..frame(Body::Gossip, known) };
        member.handle_message(1, 2, &told).unwrap();
        drain(member);
    }
    let [asked, asker] = &mut members;
    asker.join(1, 0).unwrap();
    let question = sent(asker).into_iter().find(|message| message.to == 0).unwrap();
    asked.handle_message(1, 1, &question).unwrap();
    sent(asked).into_iter().find(|message| message.to == 1).unwrap()
}

/// Those that know each other agree, and need say nothing more; one more is seen by the sums,
/// however many there are.
#[test]
fn who_knows_the_same_agrees() {
    for others in 3..15 {
        let all: Vec<_> =
            (0..=others).map(|id| news(id, 1, 0, Claim::Alive { age: 0, metadata: 0 })).collect();
        let (known, fewer) = (&all[..], &all[..all.len() - 1]);
        let agreed = told_in_an_exchange([known, known]);
        assert_eq!(agreed.body, Body::ExchangeReply { after: None, upto: None });
        assert!(agreed.news.is_empty(), "{others}");
        let told = told_in_an_exchange([known, fewer]);
        assert!(told.news.iter().any(|news| news.id == others), "{others}");
    }
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
        let told = answer(&mut member, 1, 1, Body::Exchange { digest: 0, after, upto });
        let message = told.first().unwrap();
        assert_eq!(message.body, Body::ExchangeReply { after, upto });
        assert!(message.news.iter().all(|news| matches!(news.claim, Claim::Alive { .. })));
        message.news.iter().map(|news| news.id).collect::<Vec<u16>>()
    };
    assert_eq!(told(None, None), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(told(Some(3), Some(6)), [0, 4, 5, 6]);
    assert_eq!(told(Some(6), None), [0, 7, 8]);
    assert_eq!(told(None, Some(2)), [0, 1, 2]);
}
