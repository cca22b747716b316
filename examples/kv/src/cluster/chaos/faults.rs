//! What is done to nodes, and when.

use std::{collections::BTreeMap, io, sync::Mutex as Lock, time::Duration};

use synod_sim::random::Random;
use tokio::{
    sync::{Mutex, mpsc::UnboundedSender},
    time::{Instant, sleep_until},
};

use super::{Plan, lock, record::Record};
use crate::cluster::{
    fleet::{Condition, Fleet},
    overview::ask_all,
};

/// How long nothing happens at first.
const CALM: Duration = Duration::from_secs(1);
/// How long a node has to say who leads.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long it takes until a fault that found nobody is tried again.
const RETRY: Duration = Duration::from_millis(200);

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fault {
    act: Act,
    whom: Whom,
    /// How long it lasts, and how long it takes until the next one begins.
    hold_ms: u64,
    gap_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Kill,
    Pause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    Leader,
    Follower,
    All,
}

impl Fault {
    /// The first one, without which nothing would be shown.
    const FIRST: Self = Self { act: Act::Kill, whom: Whom::Leader, hold_ms: 1_500, gap_ms: 2_500 };

    fn draw(random: &mut Random) -> Self {
        let act = if random.below(10) < 6 { Act::Kill } else { Act::Pause };
        let whom = match random.below(20) {
            0..11 => Whom::Leader,
            11..18 => Whom::Follower,
            _ => Whom::All,
        };
        Self { act, whom, hold_ms: random.range(200, 3_000), gap_ms: random.range(300, 3_000) }
    }

    const fn name(self) -> &'static str {
        match (self.act, self.whom) {
            (Act::Kill, Whom::Leader) => "leader killed",
            (Act::Kill, Whom::Follower) => "follower killed",
            (Act::Kill, Whom::All) => "all killed",
            (Act::Pause, Whom::Leader) => "leader paused",
            (Act::Pause, Whom::Follower) => "follower paused",
            (Act::Pause, Whom::All) => "all paused",
        }
    }
}

/// Disturbs the cluster until the time is over and a leader has been killed, if there is one within
/// reasonable time. Then all nodes run.
///
/// # Errors
///
/// If a node cannot be killed, paused or started, or has ended by itself.
pub(super) async fn disturb(
    fleet: &Mutex<Fleet>,
    plan: &Plan,
    record: &Lock<Record>,
    events: &UnboundedSender<String>,
) -> io::Result<()> {
    let mut random = Random::stream(plan.seed, 0);
    let end = after(Instant::now(), plan.length);
    let mut next = after(Instant::now(), CALM.min(plan.length));
    let limit = after(end, super::RECOVERY);
    let mut fault = Fault::FIRST;
    // Who comes back, and when.
    let mut back: BTreeMap<u64, Instant> = BTreeMap::new();
    loop {
        let mut wake = back.values().fold(next, |wake, at| wake.min(*at));
        if Instant::now() < end {
            wake = wake.min(end);
        }
        sleep_until(wake).await;
        let now = Instant::now();
        let is_over = now >= end && (fault != Fault::FIRST || now >= limit);
        let due: Vec<u64> =
            back.iter().filter(|(_, at)| is_over || **at <= now).map(|(id, _)| *id).collect();
        for id in due {
            back.remove(&id);
            let what = fleet.lock().await.start(id)?;
            // If nobody listens, nobody wants to know.
            let _ = events.send(format!("chaos: node {id} {what}"));
        }
        if is_over {
            break;
        }
        if now >= next {
            let victims = strike(fleet, fault, &mut random, record, events).await?;
            if victims.is_empty() {
                next = after(now, RETRY);
                continue;
            }
            for id in victims {
                back.insert(id, after(now, Duration::from_millis(fault.hold_ms)));
            }
            next = after(now, Duration::from_millis(fault.gap_ms));
            fault = Fault::draw(&mut random);
        }
    }
    let mut fleet = fleet.lock().await;
    // Somebody at the keyboard may have disturbed others.
    fleet.start_all()?;
    if fleet.crashes() > 0 {
        return Err(io::Error::other("a node has ended by itself"));
    }
    Ok(())
}

/// Does it, and tells to whom.
async fn strike(
    fleet: &Mutex<Fleet>,
    fault: Fault,
    random: &mut Random,
    record: &Lock<Record>,
    events: &UnboundedSender<String>,
) -> io::Result<Vec<u64>> {
    let (running, total) = {
        let fleet = fleet.lock().await;
        let running = fleet.those(Condition::Running);
        let mut addresses = fleet.addresses();
        let total = addresses.len();
        addresses.retain(|(id, _)| running.contains(id));
        (addresses, total)
    };
    let addresses: Vec<_> = running.iter().map(|(_, address)| *address).collect();
    let glances = ask_all(&addresses, PATIENCE).await;
    let known = glances.iter().flatten().filter(|node| node.leads());
    let leader = known.max_by_key(|node| node.term).map(|node| node.id);
    let others = running.iter().map(|(id, _)| *id).filter(|id| Some(*id) != leader);
    let others: Vec<u64> = others.collect();
    let victims = match fault.whom {
        Whom::Leader => leader.into_iter().collect(),
        Whom::Follower => others.get(random.index(others.len())).copied().into_iter().collect(),
        Whom::All => running.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
    };
    for id in &victims {
        // What is left can elect only if it is a majority.
        let is_leader = fault.act == Act::Kill && fault.whom == Whom::Leader;
        let can_elect = others.len() > total / 2;
        lock(record).disturb(None);
        let mut fleet = fleet.lock().await;
        match fault.act {
            Act::Kill => fleet.kill(*id).await?,
            Act::Pause => fleet.pause(*id)?,
        };
        let mut record = lock(record);
        record.disturb((is_leader && can_elect).then(std::time::Instant::now));
        let counts = &mut record.counts;
        counts.leaders_killed = counts.leaders_killed.saturating_add(is_leader.into());
        let _ = events.send(format!("chaos: node {id}: {}", fault.name()));
    }
    if !victims.is_empty() {
        let mut record = lock(record);
        let times = record.counts.disturbances.entry(fault.name()).or_insert(0);
        *times = times.saturating_add(1);
    }
    Ok(victims)
}

/// A time far ahead is never.
fn after(now: Instant, wait: Duration) -> Instant {
    now.checked_add(wait).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_what_is_done_and_all_of_it_happens() {
        let drawn = |seed| {
            let mut random = Random::stream(seed, 0);
            (0..200).map(|_| Fault::draw(&mut random)).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        for name in ["leader killed", "follower paused", "all killed", "all paused"] {
            assert!(drawn(7).iter().any(|fault| fault.name() == name), "{name}");
        }
    }
}
