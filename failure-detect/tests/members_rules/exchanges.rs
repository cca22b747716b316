//! Comparing all that is known, and those that the host names.

use synod_capacity::Full;
use synod_failure_detect::membership::{Body, Output, Standing};

use crate::net::{Net, SECOND_US, Said, alive, config, drain, frame, news, start, tell};

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
