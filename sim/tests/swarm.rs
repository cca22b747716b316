//! What the papers say of SWIM and of Lifeguard, at 128 members.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

use synod_failure_detect::membership::MembershipConfig;
use synod_sim::swarm::{Member, Pause, Probe, Swarm, Told, Weather, swim};

const MEMBERS: usize = 128;
const SECOND_US: u64 = 1_000_000;
/// Without optimization, what takes long is shorter.
const LONG: u64 = if cfg!(debug_assertions) { 1 } else { 6 };
const FAIR: Weather = Weather { delay_us: (200, 2_000), drop_ppm: 0, duplicate_ppm: 0 };

fn config(place: usize, life: u32) -> MembershipConfig<u16> {
    let seed = place as u64 * 1_000 + u64::from(life);
    MembershipConfig::new(1, place as u16, life, seed)
}

/// A group that has found together.
fn group(
    seed: u64,
    weather: Weather,
    change: impl Fn(MembershipConfig<u16>) -> MembershipConfig<u16>,
) -> Swarm<Member> {
    let mut swarm = Swarm::new(seed, MEMBERS, weather);
    for place in 0..MEMBERS {
        let mut member = Member::new(swarm.now_us(), change(config(place, 1)));
        let now_us = swarm.now_us();
        member.machine.join(now_us, if place == 0 { 1 } else { 0 }).unwrap();
        swarm.start(place, member);
        swarm.run_for(10_000);
    }
    swarm.run_for(60 * SECOND_US);
    for place in 0..MEMBERS {
        assert_eq!(swarm.node(place).unwrap().machine.len(), MEMBERS - 1, "at {place}");
    }
    swarm
}

/// A group of few, which has found together.
fn few(members: usize, seed: u64) -> Swarm<Member> {
    let mut swarm = Swarm::new(seed, members, FAIR);
    for place in 0..members {
        let config = config(place, 1);
        let config = MembershipConfig { seed: seed << 32 | config.seed, ..config };
        let mut member = Member::new(swarm.now_us(), config);
        member.machine.join(swarm.now_us(), u16::from(place == 0)).unwrap();
        swarm.start(place, member);
    }
    swarm.run_for(20 * SECOND_US);
    swarm.events.clear();
    swarm
}

#[test]
fn a_member_that_dies_is_probed_soon_by_somebody_and_in_a_round_by_all() {
    let mut swarm = group(1, FAIR, swim);
    swarm.probes = Some(Vec::new());
    swarm.run_for(300 * SECOND_US);
    let probes = swarm.probes.take().unwrap();
    let end_us = swarm.now_us();
    let start_us = end_us - 300 * SECOND_US;

    // From any moment on: until somebody probes a member.
    let mut waits = Vec::new();
    for of in 0..MEMBERS {
        let mut times: Vec<u64> =
            probes.iter().filter(|probe| probe.of == of).map(|probe| probe.at_us).collect();
        times.sort_unstable();
        for moment in (start_us..end_us - 20 * SECOND_US).step_by(777_777) {
            let next = times.partition_point(|at| *at < moment);
            waits.push(times[next] - moment);
        }
    }
    let mean = waits.iter().sum::<u64>() as f64 / waits.len() as f64 / SECOND_US as f64;
    let paper = core::f64::consts::E / (core::f64::consts::E - 1.0);
    assert!(mean <= paper, "{mean} periods");
    assert!(mean > 0.9, "not better than chance allows: {mean}");

    // Any one by any other one: 2n - 1 periods at most.
    let others = (MEMBERS - 1) as u64;
    for by in 0..MEMBERS {
        let mut last = [start_us; MEMBERS];
        for Probe { at_us, of, .. } in probes.iter().filter(|probe| probe.by == by) {
            assert!(*at_us - last[*of] <= (2 * others - 1) * SECOND_US);
            last[*of] = *at_us;
        }
        let is_late = |of: &usize| *of != by && last[*of] + (2 * others - 1) * SECOND_US < end_us;
        assert!(!(0..MEMBERS).any(|of| is_late(&of)));
    }
}

#[test]
fn everybody_learns_of_a_death_and_nobody_of_another() {
    let mut swarm = group(2, FAIR, |config| config);
    swarm.events.clear();
    swarm.kill(77);
    let killed_us = swarm.now_us();
    swarm.run_for(60 * SECOND_US);
    let told: Vec<_> = swarm.events.iter().filter(|event| event.told == Told::Down(77)).collect();
    assert_eq!(told.len(), MEMBERS - 1);
    assert_eq!(swarm.events.len(), MEMBERS - 1, "and nothing else");

    let first_us = told.iter().map(|event| event.at_us).min().unwrap() - killed_us;
    let last_us = told.iter().map(|event| event.at_us).max().unwrap() - killed_us;
    println!("a death is told after {first_us} to {last_us} us");
    // Five periods, times log10 128; a part of a period until it is probed, and that period.
    assert!((10 * SECOND_US..14 * SECOND_US).contains(&first_us));
    assert!(last_us - first_us < SECOND_US / 2, "gossip is faster than probes");
}

/// Few can confirm a suspicion: where all that there are do, a death is told as soon as it gets.
#[test]
fn a_death_among_four_is_told_in_seconds() {
    let mut delays = Vec::new();
    for seed in 0..100 {
        let mut swarm = few(4, seed);
        swarm.kill(3);
        let killed_us = swarm.now_us();
        swarm.run_for(40 * SECOND_US);
        let downs = swarm.events.iter().filter(|event| event.told == Told::Down(3));
        delays.extend(downs.map(|event| event.at_us - killed_us));
    }
    delays.sort_unstable();
    assert_eq!(delays.len(), 300);
    let [first, middle, late, last] = [0, 150, 285, 299].map(|place| delays[place]);
    println!("told after {first} us, {middle}, {late}, {last}");
    assert!(first >= 59 * SECOND_US / 10 && middle <= 7 * SECOND_US);
    assert!(late <= 9 * SECOND_US && last <= 10 * SECOND_US);
}

/// A ping and an answer a period, of a few bytes, beside exchanges.
#[test]
fn quiet_is_cheap() {
    let mut swarm = group(7, FAIR, |config| MembershipConfig { exchange_us: u32::MAX, ..config });
    let before = swarm.sent;
    swarm.run_for(60 * SECOND_US);
    let messages = swarm.sent.messages - before.messages;
    let bytes = swarm.sent.bytes - before.bytes;
    println!("{messages} messages of {bytes} bytes");
    assert_eq!(messages, MEMBERS as u64 * 60 * 2);
    assert!((messages * 6..=messages * 10).contains(&bytes));
}

/// A part of the members neither sends nor receives for 16 s, runs for 2 s, and so on: how many
/// alarms there are about members that are well, and about those.
fn alarms(
    pause: Pause,
    change: impl Fn(MembershipConfig<u16>) -> MembershipConfig<u16>,
) -> [usize; 2] {
    let is_ill = |place: usize| place.is_multiple_of(8);
    let mut swarm = group(3, FAIR, change);
    swarm.events.clear();
    for _ in 0..LONG.max(2) {
        (0..MEMBERS).filter(|place| is_ill(*place)).for_each(|place| swarm.pause(place, pause));
        swarm.run_for(16 * SECOND_US);
        (0..MEMBERS).filter(|place| is_ill(*place)).for_each(|place| swarm.resume(place));
        swarm.run_for(2 * SECOND_US);
    }
    swarm.run_for(20 * SECOND_US);
    let downs = swarm.events.iter().filter_map(|event| match event.told {
        Told::Down(member) => Some(is_ill(member)),
        _ => None,
    });
    downs.fold([0, 0], |[well, ill], is_ill| if is_ill { [well, ill + 1] } else { [well + 1, ill] })
}

/// Lifeguard, section V: members whose messages are held up take others for dead, and with local
/// health awareness hardly do.
#[test]
fn members_that_are_slow_accuse_hardly_anybody() {
    let [swim_well, _] = alarms(Pause::Io, swim);
    let [well, ill] = alarms(Pause::Io, |config| config);
    println!("false alarms: SWIM {swim_well}, Lifeguard {well}; {ill} about the slow ones");
    assert!(swim_well > 1_000 && well * 50 <= swim_well, "{well} of {swim_well}");
    // Who stands still as a whole, and knows it, accuses nobody.
    let [well, _] = alarms(Pause::Whole, |config| config);
    assert_eq!(well, 0);
}

#[test]
fn losses_kill_nobody() {
    let mut swarm =
        group(4, Weather { drop_ppm: 100_000, duplicate_ppm: 20_000, ..FAIR }, |config| config);
    swarm.events.clear();
    swarm.run_for(LONG * 100 * SECOND_US);
    assert_eq!(swarm.events, []);
}

/// foca 15: all members of a half are lost at once, and found when the network is whole again.
#[test]
fn f10_halves_find_together() {
    let mut swarm = group(5, FAIR, |config| config);
    let is_first = |place: usize| place < MEMBERS / 2;
    let cut = |swarm: &mut Swarm<Member>, is_cut| {
        for (from, to) in (0..MEMBERS).flat_map(|from| (0..MEMBERS).map(move |to| (from, to))) {
            swarm.cut(from, to, is_cut && is_first(from) != is_first(to));
        }
    };
    cut(&mut swarm, true);
    swarm.run_for(300 * SECOND_US);
    for place in 0..MEMBERS {
        assert_eq!(swarm.node(place).unwrap().machine.len(), MEMBERS / 2 - 1);
    }
    cut(&mut swarm, false);
    swarm.run_for(60 * SECOND_US);
    for place in 0..MEMBERS {
        assert_eq!(swarm.node(place).unwrap().machine.len(), MEMBERS - 1);
    }
}

/// What one member tells comes to nearly all others, also where few send it on.
#[test]
fn a_broadcast_comes_to_nearly_all() {
    const ROUNDS: u32 = 300;
    for members in [4, 5, 8, 16] {
        let mut swarm = few(members, 8);
        for round in 0..ROUNDS {
            swarm.call(round as usize % members, |member| member.machine.broadcast(round).unwrap());
            swarm.run_for(10 * SECOND_US);
        }
        let is_heard = |told| matches!(told, Told::Heard(..));
        let heard = swarm.events.iter().filter(|event| is_heard(event.told)).count();
        let all = ROUNDS as usize * (members - 1);
        println!("{members} members: {} of {all} did not come", all - heard);
        assert!((all - heard) * 100 <= all && heard <= all);
    }
}

/// memberlist 311, 299: five hundred members restart together. Updates are bounded, and what a user
/// tells everybody is not starved by them.
#[test]
fn f11_five_hundred_restart_together() {
    const ALL: usize = 512;
    const STAY: usize = 12;
    let mut swarm = Swarm::new(6, ALL, FAIR);
    for life in 1..=2 {
        let from = if life == 1 { 0 } else { STAY };
        for place in from..ALL {
            let mut member = Member::new(swarm.now_us(), config(place, life));
            let seed = (place % STAY) as u16 + u16::from(place < STAY);
            member.machine.join(swarm.now_us(), seed).unwrap();
            swarm.start(place, member);
        }
        if life == 1 {
            swarm.run_for(20 * SECOND_US);
        }
    }
    let (before, start_us) = (swarm.sent, swarm.now_us());
    swarm.events.clear();
    swarm.call(3, |member| member.machine.broadcast(99).unwrap());
    swarm.run_for(60 * SECOND_US);
    let heard: Vec<u64> = swarm
        .events
        .iter()
        .filter(|event| event.told == Told::Heard(3, 99))
        .map(|event| event.at_us - start_us)
        .collect();
    assert!(heard.len() >= ALL - 2, "{} heard it", heard.len());
    assert!(heard.iter().all(|after_us| *after_us < 15 * SECOND_US));
    for place in 0..ALL {
        let machine = &swarm.node(place).unwrap().machine;
        assert_eq!(machine.len(), ALL - 1, "at {place}");
    }
    let each = |sent: u64, before: u64| (sent - before) / (ALL as u64 * 60);
    let messages = each(swarm.sent.messages, before.messages);
    let bytes = each(swarm.sent.bytes, before.bytes);
    println!("a member and second: {messages} messages, {bytes} bytes");
    assert!(messages < 10 && bytes < 10_000, "{messages} messages, {bytes} bytes");
    assert!(swarm.sent.largest <= 1200);

    // Then it is quiet: nothing is repeated for ever.
    let before = swarm.sent;
    swarm.run_for(60 * SECOND_US);
    let bytes = each(swarm.sent.bytes, before.bytes);
    assert!(bytes < 100, "{bytes} bytes a second");
}
