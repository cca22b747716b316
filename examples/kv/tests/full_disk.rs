//! Nodes whose disks are full: they stop and say so, and nothing that was acknowledged is lost.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::std_instead_of_core)] // A test may panic.

mod processes;

use std::{io::Read, iter};

use processes::{NODES, Nodes, Running};
use redis::{Commands, Connection, RedisResult};

/// The largest file that a node with a full disk may have, in the shell's blocks of 512 bytes.
/// Without the trap a file that grows too large would be the end of the process, and with it it is
/// an error like that of a full disk.
const FULL: &str = "trap '' XFSZ; ulimit -f 6000;";

/// Sets keys from this one on until something fails; gives the first that was not acknowledged.
fn fill(node: &mut Connection, from: u32, upto: u32) -> u32 {
    let value = "x".repeat(8_000);
    (from..upto)
        .find(|key| node.set::<_, _, ()>(key, format!("{key} {value}")).is_err())
        .unwrap_or(upto)
}

fn assert_all(node: &mut Connection, upto: u32) {
    for key in 0..upto {
        let value: RedisResult<String> = node.get(key);
        assert!(value.is_ok_and(|value| value.starts_with(&format!("{key} x"))), "key {key}");
    }
}

/// Waits for a node's end, and gives what it has said.
fn last_words(node: &mut Running) -> String {
    let mut said = String::new();
    node.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(node.0.wait().unwrap().code(), Some(1), "{said}");
    said
}

#[test]
fn the_others_go_on_and_it_comes_back() {
    let mut nodes = Nodes::new("full_disk_of_one", &[]);
    nodes.start([(0, ""), (1, ""), (2, FULL)], true);
    let mut one = nodes.connect(0);
    assert_eq!(fill(&mut one, 0, 700), 700, "two of three are enough");
    let said = last_words(nodes.running[2].as_mut().unwrap());
    assert!(said.contains("full") || said.contains("room"), "{said}");
    nodes.start([(2, "")], false);
    let mut three = nodes.connect(2);
    assert_all(&mut three, 700);
    assert_eq!(fill(&mut three, 700, 710), 710);
}

#[test]
fn all_stop_and_nothing_is_lost() {
    let mut nodes = Nodes::new("full_disk_of_all", &[]);
    nodes.start((0..NODES).zip(iter::repeat(FULL)), true);
    let acknowledged = fill(&mut nodes.connect(0), 0, 100_000);
    assert!((100..90_000).contains(&acknowledged), "{acknowledged}");
    // Those that have room for a little more have no majority any more.
    (0..NODES).for_each(|node| nodes.kill(node));
    nodes.start((0..NODES).zip(iter::repeat("")), false);
    for node in 0..NODES {
        assert_all(&mut nodes.connect(node), acknowledged);
    }
}
