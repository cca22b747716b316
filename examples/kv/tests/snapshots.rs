//! Followers that are too far behind for the log, and nodes that restart from snapshots.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::std_instead_of_core)] // A test may panic.

mod processes;

use std::iter;

use processes::{NODES, Nodes};
use redis::{Commands, Connection};

/// More than a frame holds, so that a snapshot takes several.
const KEYS: u32 = 60;

/// Gives each key its number and that of this round.
fn fill(node: &mut Connection, round: u32) {
    let padding = "x".repeat(8_000);
    for key in 0..KEYS {
        node.set::<_, _, ()>(key, format!("{key} {round} {padding}")).unwrap();
    }
    node.set::<_, _, ()>("round", round).unwrap();
    redis::cmd("SET").arg("short").arg("of life").arg("EX").arg(1).exec(node).unwrap();
}

fn assert_all(node: &mut Connection, round: u32) {
    for key in 0..KEYS {
        let value: String = node.get(key).unwrap();
        assert!(value.starts_with(&format!("{key} {round} x")), "key {key} in round {round}");
    }
    assert_eq!(node.get::<_, u32>("round").unwrap(), round);
}

/// A number that `INFO` says.
fn info(node: &mut Connection, name: &str) -> u64 {
    let text: String = redis::cmd("INFO").arg("synod").query(node).unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap().parse().unwrap()
}

#[test]
fn a_follower_that_was_away_for_long_catches_up_by_a_snapshot() {
    let mut nodes = Nodes::new("snapshots", &["--compact-bytes", "1000"]);
    nodes.start((0..NODES).zip(iter::repeat("")), true);
    fill(&mut nodes.connect(0), 1);
    for round in 2..6 {
        let away = u16::try_from(round).unwrap() % NODES;
        let there = (away + 1) % NODES;
        let mut follower = nodes.connect(away);
        let before = info(&mut follower, "applied_index");
        nodes.kill(away);
        let mut node = nodes.connect(there);
        fill(&mut node, round);
        // Until the log of the others begins behind what it has.
        while info(&mut node, "snapshot_index") <= before {
            fill(&mut node, round);
        }
        nodes.start([(away, "")], false);
        let mut follower = nodes.connect(away);
        assert_all(&mut follower, round);
        assert!(info(&mut follower, "snapshot_index") > before);
    }
    // And from the disks of all.
    (0..NODES).for_each(|node| nodes.kill(node));
    nodes.start((0..NODES).zip(iter::repeat("")), false);
    (0..NODES).for_each(|node| assert_all(&mut nodes.connect(node), 5));
}
