//! Who is suspected, and for how long.

use synod_failure_detect::membership::{
    Body, Claim, Membership, MembershipConfig, Output, Standing,
};

use crate::net::{
    One, SECOND_US, Said, Some16, alive, config, drain, frame, news, run_until, start, tell,
};

/// A host that names others again and again is not late.
#[test]
fn naming_others_excuses_nobody() {
    let mut member = start(0);
    tell(&mut member, 1, &[news(1, 1, 0, alive(1))]);
    for second in 1..100 {
        let now_us = second * SECOND_US;
        run_until(&mut member, now_us);
        member.join(now_us, 77).unwrap();
        drain(&mut member);
    }
    assert_eq!(member.standing(1), Some(Standing::Dead));
}

/// A call that is late, but not too late, leaves a probe its time.
#[test]
fn lateness_does_not_shorten_a_probe() {
    let mut member = start(0);
    let others: Vec<_> = (1..5).map(|id| news(id, 1, 0, alive(1))).collect();
    tell(&mut member, 1, &others);
    let late_us = member.poll_timeout().unwrap() + 950_000;
    member.handle_timeout(late_us);
    let pinged = drain(&mut member).into_iter().find_map(|output| match output {
        Output::Send { to, message } if matches!(message.body, Body::Ping { .. }) => Some(to),
        _ => None,
    });
    let outputs = run_until(&mut member, late_us + 900_000);
    let asked = |output: &Said| {
        matches!(output, Output::Send { message, .. }
            if matches!(message.body, Body::PingRequest { .. }))
    };
    assert_eq!(outputs.iter().filter(|output| asked(output)).count(), 3);
    assert_eq!(member.standing(pinged.unwrap()), Some(Standing::Alive), "its period is not over");
}

/// All who were asked are there: it is not this member that is slow.
#[test]
fn nacks_are_no_reason_to_slow_down() {
    for nacks in 0..=3 {
        let mut member = start(0);
        let others: Vec<_> = (1..5).map(|id| news(id, 1, 0, alive(1))).collect();
        tell(&mut member, 1, &others);
        let mut left = nacks;
        while member.poll_timeout().unwrap() < 2 * SECOND_US {
            let due_us = member.poll_timeout().unwrap();
            member.handle_timeout(due_us);
            for output in drain(&mut member) {
                let Output::Send { to, message } = output else { continue };
                if let (Body::PingRequest { probe, target }, 1..) = (message.body, left) {
                    left -= 1;
                    let nack = frame(Body::Nack { probe, target }, &[]);
                    member.handle_message(due_us, to, &nack).unwrap();
                    // A second time it says nothing more.
                    member.handle_message(due_us, to, &nack).unwrap();
                }
            }
        }
        assert_eq!(member.slowness(), 3 - nacks, "as many as were silent");
    }
}

/// A suspicion lasts as long as it must in the group as it has become.
#[test]
fn a_group_that_grows_does_not_shorten_a_suspicion() {
    let mut member = start(0);
    let accused = |accuser| news(2, 1, 0, Claim::Suspect { accuser });
    tell(&mut member, SECOND_US, &[news(2, 1, 0, alive(1)), accused(1)]);
    let others: Vec<_> = (3..13).map(|id| news(id, 1, 0, alive(1))).collect();
    tell(&mut member, SECOND_US, &others);
    for accuser in 3..6 {
        tell(&mut member, SECOND_US, &[accused(accuser)]);
    }
    run_until(&mut member, 5 * SECOND_US);
    assert_eq!(member.standing(2), Some(Standing::Suspect));
    run_until(&mut member, 7 * SECOND_US);
    assert_eq!(member.standing(2), Some(Standing::Dead));
}

#[test]
fn the_end_of_time_kills_nobody() {
    let mut member = Membership::<Some16>::new(u64::MAX - 10, config(0, 1), 0).unwrap();
    tell(&mut member, u64::MAX - 9, &[news(1, 1, 0, alive(0))]);
    member.handle_timeout(u64::MAX);
    assert_eq!(member.standing(1), Some(Standing::Alive));
}

/// A stall in which a dead one was to be forgotten is excused once, not at each call.
#[test]
fn a_stall_is_excused_once() {
    let hour_us = 3_600 * SECOND_US;
    for is_told in [false, true] {
        let config = MembershipConfig { forget_us: hour_us, ..config(0, 1) };
        let mut member = One::<16>::new(0, config, 0).unwrap();
        tell(&mut member, 1, &[news(1, 1, 0, alive(0)), news(2, 1, 0, alive(1))]);
        tell(&mut member, 1, &[news(2, 1, 0, Claim::Dead)]);
        let woken_us = 9 * hour_us;
        if is_told {
            member.handle_pause(woken_us);
        }
        for after_us in 0..10 {
            tell(&mut member, woken_us + after_us, &[]);
        }
        member.handle_timeout(woken_us + 20);
        drain(&mut member);
        assert!(member.poll_timeout().unwrap() < woken_us + 60 * SECOND_US);
        // Whoever speaks for itself is there.
        member.handle_timeout(member.poll_timeout().unwrap());
        let body = Body::Gossip;
        let told = frame(body, &[news(5, 1, 0, alive(0))]);
        member.handle_message(woken_us + 20, 5, &told).unwrap();
        assert_eq!(member.standing(5), Some(Standing::Alive));
    }
}

/// As before: to be away is not to stand still.
#[test]
fn who_comes_back_goes_on_at_once() {
    let mut member = start(0);
    let accused = news(1, 1, 0, Claim::Suspect { accuser: 3 });
    tell(&mut member, SECOND_US, &[news(1, 1, 0, alive(0)), accused]);
    member.leave();
    drain(&mut member);
    let back_us = 9 * 3_600 * SECOND_US;
    member.rejoin(back_us);
    drain(&mut member);
    // Nobody could tell it meanwhile that the suspect lives.
    member.handle_timeout(back_us);
    assert_eq!(member.standing(1), Some(Standing::Suspect));
    let outputs = run_until(&mut member, back_us + 10 * SECOND_US);
    assert!(outputs.iter().any(|output| {
        matches!(output, Output::Send { message, .. } if matches!(message.body, Body::Ping { .. }))
    }));
    // It had its time before, and has it once.
    run_until(&mut member, back_us + 100 * SECOND_US);
    assert_eq!(member.standing(1), Some(Standing::Dead));
}

/// Alone, or with a second one, an accuser may be wrong: the suspect has longer.
#[test]
fn a_few_accusers_wait_for_longer() {
    let mut member = start(0);
    let others: Vec<_> = (1..5).map(|id| news(id, 1, 0, alive(1))).collect();
    tell(&mut member, 1, &others);
    tell(&mut member, 1, &[news(2, 1, 0, Claim::Suspect { accuser: 1 })]);
    run_until(&mut member, 10 * SECOND_US);
    assert_eq!(member.standing(2), Some(Standing::Suspect));
    run_until(&mut member, 40 * SECOND_US);
    assert_eq!(member.standing(2), Some(Standing::Dead));
}
