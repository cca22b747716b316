//! Members of ours and of `foca` under the same faults, in groups of 128.
//!
//! The same: one probe a second, three others asked, identities of the same weight, the network
//! with its losses, cuts and pauses.
//!
//! Different, as each of them advises for a local network:
//!
//! - An answer has 300 ms with ours, 500 ms with `foca`.
//! - A suspect has from 10.5 s, once four accuse it, to 63 s with ours; always 8.4 s with `foca`.
//! - About every 30 s, ours compares all it knows with another one, which may be one of the dead;
//!   `foca` asks another one whom it knows, and every 65 s two of the dead.
//! - A message of `foca` names its sender; to each of ours two bytes are added for that here.
//!
//! Asserted is what is promised; the rest is printed: `cargo test --test differential members --
//! --nocapture`.

use synod_bench::members::{Foca, Peer};
use synod_sim::swarm::{Event, Member, Pause, Sent, Swarm, Told, Weather};

const MEMBERS: usize = 128;
const SECOND_US: u64 = 1_000_000;
const FAIR: Weather = Weather { delay_us: (200, 2_000), drop_ppm: 0, duplicate_ppm: 0 };
const LOSSY: Weather = Weather { drop_ppm: 100_000, ..FAIR };

/// Starts a member, which looks for the first one.
fn start<P: Peer>(swarm: &mut Swarm<P>, place: usize) {
    swarm.start(place, P::new(swarm.now_us(), place, MEMBERS));
    let now_us = swarm.now_us();
    swarm.call(place, |member| member.join(now_us, usize::from(place == 0)));
}

/// So many that have found together.
fn group<P: Peer>(seed: u64, count: usize) -> Swarm<P> {
    let mut swarm = Swarm::new(seed, MEMBERS, FAIR);
    for place in 0..count {
        start(&mut swarm, place);
        swarm.run_for(10_000);
    }
    let met = seconds_until(&mut swarm, is_whole);
    assert!(met.is_some(), "{}", P::NAME);
    swarm.run_for(30 * SECOND_US);
    swarm.sent = Sent::default();
    swarm.events.clear();
    swarm
}

/// Whether all that are there know all others, and nobody else.
fn is_whole<P: Peer>(swarm: &Swarm<P>) -> bool {
    let there = || (0..MEMBERS).filter_map(|place| swarm.node(place));
    let others = there().count() - 1;
    there().all(|member| member.others() == others)
}

/// The seconds until something is so; `None` if that takes more than five minutes.
fn seconds_until<P: Peer>(swarm: &mut Swarm<P>, is_so: impl Fn(&Swarm<P>) -> bool) -> Option<f64> {
    let start_us = swarm.now_us();
    while !is_so(swarm) {
        swarm.run_for(SECOND_US / 50);
        if swarm.now_us() - start_us > 300 * SECOND_US {
            return None;
        }
    }
    Some((swarm.now_us() - start_us) as f64 / SECOND_US as f64)
}

/// How often anybody was told that one is dead which is as well as others.
fn false_alarms(events: &[Event], is_well: impl Fn(usize) -> bool) -> usize {
    let is_false = |event: &&Event| matches!(event.told, Told::Down(place) if is_well(place));
    events.iter().filter(is_false).count()
}

/// Messages and bytes, with what a frame needs to name the sender, of a member in a second.
fn load<P: Peer>(swarm: &Swarm<P>, seconds: u64) -> String {
    let Sent { messages, bytes, largest } = swarm.sent;
    let member_seconds = (MEMBERS as u64 * seconds) as f64;
    let bytes = bytes + messages * P::SENDER as u64;
    let (messages, bytes) = (messages as f64 / member_seconds, bytes as f64 / member_seconds);
    format!("{messages:.2} messages and {bytes:.0} bytes a second, at most {largest}")
}

/// One in ten messages is lost, and nobody dies.
fn lossy<P: Peer>(seconds: u64) -> usize {
    let mut swarm = group::<P>(0, MEMBERS);
    swarm.weather = LOSSY;
    swarm.run_for(seconds * SECOND_US);
    let alarms = false_alarms(&swarm.events, |_| true);
    println!(
        "{} under loss for {seconds} s: {alarms} false alarms, {}",
        P::NAME,
        load(&swarm, seconds)
    );
    alarms
}

#[test]
fn a_lossy_network() {
    let (ours, theirs) = (lossy::<Member>(120), lossy::<Foca>(120));
    assert!(ours <= theirs, "{ours} {theirs}");
}

/// One in eight stands still for 16 s, so many times; the alarms about the others.
fn paused<P: Peer>(pause: Pause, times: usize) -> usize {
    let mut swarm = group::<P>(1, MEMBERS);
    for _ in 0..times {
        (0..MEMBERS).step_by(8).for_each(|place| swarm.pause(place, pause));
        swarm.run_for(16 * SECOND_US);
        (0..MEMBERS).step_by(8).for_each(|place| swarm.resume(place));
        swarm.run_for(2 * SECOND_US);
    }
    swarm.run_for(20 * SECOND_US);
    let alarms = false_alarms(&swarm.events, |place| place % 8 != 0);
    let ill = false_alarms(&swarm.events, |place| place % 8 == 0);
    println!(
        "{} with {times} {pause:?} pauses: {alarms} false alarms, {ill} about the paused",
        P::NAME
    );
    alarms
}

#[test]
fn members_that_stand_still() {
    // Where timers go on, as where a queue of messages is blocked.
    let (ours, theirs) = (paused::<Member>(Pause::Io, 6), paused::<Foca>(Pause::Io, 6));
    assert!(theirs > 0, "nothing is compared");
    assert!(ours * 5 <= theirs, "{ours} {theirs}");
    // Where nothing goes on, what has come is taken in before any timer: no harm is done.
    let (ours, theirs) = (paused::<Member>(Pause::Whole, 2), paused::<Foca>(Pause::Whole, 2));
    assert!(ours * 5 <= theirs, "{ours} {theirs}");
}

fn quiet<P: Peer>() {
    let mut swarm = group::<P>(1, MEMBERS);
    swarm.run_for(30 * SECOND_US);
    swarm.sent = Sent::default();
    swarm.run_for(60 * SECOND_US);
    println!("{} in quiet times: {}", P::NAME, load(&swarm, 60));
}

/// How long news take.
fn converge<P: Peer>() {
    let mut swarm = group::<P>(1, MEMBERS - 1);
    start(&mut swarm, MEMBERS - 1);
    let joined = seconds_until(&mut swarm, is_whole);
    println!("{} joins: {joined:?} s until all know all", P::NAME);

    for victim in [77, 12] {
        swarm.run_for(20 * SECOND_US);
        swarm.events.clear();
        swarm.kill(victim);
        let first = seconds_until(&mut swarm, |swarm| !swarm.events.is_empty());
        let all = seconds_until(&mut swarm, is_whole);
        println!("{} dies: {first:?} s until one is told, {all:?} s more until all", P::NAME);
    }
}

fn partition<P: Peer>(seconds: u64) {
    let mut swarm = group::<P>(2, MEMBERS);
    let cut = |swarm: &mut Swarm<P>, is_cut| {
        for left in 0..MEMBERS / 2 {
            for right in MEMBERS / 2..MEMBERS {
                swarm.cut(left, right, is_cut);
                swarm.cut(right, left, is_cut);
            }
        }
    };
    cut(&mut swarm, true);
    swarm.run_for(seconds * SECOND_US);
    cut(&mut swarm, false);
    let known: usize = (0..MEMBERS).filter_map(|place| swarm.node(place)).map(Peer::others).sum();
    let healed = seconds_until(&mut swarm, is_whole);
    println!(
        "{} in halves for {seconds} s: {:.1} known on average, {healed:?} s until all know all",
        P::NAME,
        known as f64 / MEMBERS as f64
    );
}

fn start_together<P: Peer>() {
    let mut swarm = Swarm::<P>::new(3, MEMBERS, FAIR);
    (0..MEMBERS).for_each(|place| start(&mut swarm, place));
    let met = seconds_until(&mut swarm, is_whole);
    println!("{} all start at once: {met:?} s until all know all", P::NAME);
}

fn times<P: Peer>() {
    quiet::<P>();
    converge::<P>();
    for seconds in [30, 120] {
        partition::<P>(seconds);
    }
    start_together::<P>();
}

#[test]
fn how_long_and_how_much() {
    times::<Member>();
    times::<Foca>();
}
