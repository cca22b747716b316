//! What the papers say of SWIM and of Lifeguard, at 128 members.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

use synod_failure_detect::MembershipConfig;
use synod_sim::swarm::{Member, Pause, Probe, Swarm, Told, Weather, swim};

const MEMBERS: usize = 128;
const SECOND_US: u64 = 1_000_000;
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
        member.machine.join(if place == 0 { 1 } else { 0 }).unwrap();
        swarm.start(place, member);
        swarm.run_for(10_000);
    }
    swarm.run_for(30 * SECOND_US);
    for place in 0..MEMBERS {
        assert_eq!(swarm.node(place).unwrap().machine.len(), MEMBERS - 1, "at {place}");
    }
    swarm
}

/// How many were told that a member is dead which is not.
fn false_alarms(swarm: &Swarm<Member>, is_ill: impl Fn(usize) -> bool) -> usize {
    let alarms = swarm.events.iter().filter(|event| match event.told {
        Told::Down(member) => !is_ill(member),
        _ => false,
    });
    alarms.count()
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
    swarm.run_for(60 * SECOND_US);
    let told: Vec<_> = swarm.events.iter().filter(|event| event.told == Told::Down(77)).collect();
    assert_eq!(told.len(), MEMBERS - 1);
    assert_eq!(swarm.events.len(), MEMBERS - 1, "and nothing else");
    let last_us = told.iter().map(|event| event.at_us).max().unwrap();
    let first_us = told.iter().map(|event| event.at_us).min().unwrap();
    println!("{} {}", first_us, last_us);
}

#[test]
fn lifeguard() {
    for (name, pause) in [("io", Pause::Io), ("whole", Pause::Whole)] {
        for (kind, is_swim) in [("swim", true), ("lifeguard", false)] {
            let mut alarms = 0;
            let mut known = 0;
            for seed in 0..2 {
                let mut swarm =
                    group(seed, FAIR, |config| if is_swim { swim(config) } else { config });
                swarm.events.clear();
                for _ in 0..6 {
                    for place in 0..16 {
                        swarm.pause(place * 8, pause);
                    }
                    swarm.run_for(16 * SECOND_US);
                    for place in 0..16 {
                        swarm.resume(place * 8);
                    }
                    swarm.run_for(2 * SECOND_US);
                }
                swarm.run_for(20 * SECOND_US);
                alarms += false_alarms(&swarm, |place| place % 8 == 0);
                known += swarm
                    .events
                    .iter()
                    .filter(|event| matches!(event.told, Told::Down(place) if place % 8 == 0))
                    .count();
            }
            println!("{name} {kind}: {alarms} false, {known} of the paused");
        }
    }
}
