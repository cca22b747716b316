//! Nodes whose disks are full: they stop and say so, and nothing that was acknowledged is lost.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::std_instead_of_core)] // A test may panic.

mod processes;

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use processes::Running;
use redis::{Commands, Connection, RedisResult};

/// The largest file that a node with a full disk may have, in the shell's blocks of 512 bytes.
const FULL: &str = "6000";
const NODES: u16 = 3;

struct Cluster {
    port: u16,
    data: PathBuf,
    nodes: Vec<Running>,
}

impl Cluster {
    fn new(name: &str) -> Self {
        let (port, data) = (processes::port(), processes::folder(name));
        Self { port, data, nodes: Vec::new() }
    }

    fn node(&self, node: u16, is_full: bool, is_new: bool) -> Running {
        let peer = |node| format!("{}=127.0.0.1:{}", node + 1, self.port + 100 + node);
        let peers: Vec<String> = (0..NODES).map(peer).collect();
        let mut command = Command::new("sh");
        // Without the trap a file that grows too large would be the end of the process, and with it
        // it is an error like that of a full disk.
        let limit =
            if is_full { format!("trap '' XFSZ; ulimit -f {FULL};") } else { String::new() };
        command.arg("-c").arg(format!("{limit} exec \"$0\" \"$@\""));
        command.arg(env!("CARGO_BIN_EXE_synod-kv")).arg("node");
        command.args(["--id", &(node + 1).to_string(), "--peers", &peers.join(",")]);
        command.args(["--listen", &format!("127.0.0.1:{}", self.port + node)]);
        command.arg("--data").arg(self.data.join(node.to_string()));
        command.args(is_new.then_some("--bootstrap"));
        Running(command.stderr(Stdio::piped()).spawn().unwrap())
    }

    /// A connection to a node that runs.
    fn connect(&self, node: u16) -> Connection {
        let address = format!("redis://127.0.0.1:{}/", self.port + node);
        let client = redis::Client::open(address).unwrap();
        loop {
            // It has just been started, or is about to fail the test by its time.
            if let Ok(mut connection) = client.get_connection_with_timeout(Duration::from_secs(20))
                && redis::cmd("DBSIZE").query::<i64>(&mut connection).is_ok()
            {
                return connection;
            }
        }
    }
}

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
    let mut cluster = Cluster::new("full_disk_of_one");
    cluster.nodes = (0..NODES).map(|node| cluster.node(node, node == 2, true)).collect();
    let mut one = cluster.connect(0);
    assert_eq!(fill(&mut one, 0, 700), 700, "two of three are enough");
    let said = last_words(&mut cluster.nodes[2]);
    assert!(said.contains("full") || said.contains("room"), "{said}");
    cluster.nodes[2] = cluster.node(2, false, false);
    let mut three = cluster.connect(2);
    assert_all(&mut three, 700);
    assert_eq!(fill(&mut three, 700, 710), 710);
    assert!(Path::new(&cluster.data).exists());
}

#[test]
fn all_stop_and_nothing_is_lost() {
    let mut cluster = Cluster::new("full_disk_of_all");
    cluster.nodes = (0..NODES).map(|node| cluster.node(node, true, true)).collect();
    let acknowledged = {
        let mut one = cluster.connect(0);
        fill(&mut one, 0, 100_000)
    };
    assert!((100..90_000).contains(&acknowledged), "{acknowledged}");
    // Those that have room for a little more have no majority any more.
    cluster.nodes.clear();
    cluster.nodes = (0..NODES).map(|node| cluster.node(node, false, false)).collect();
    for node in 0..NODES {
        assert_all(&mut cluster.connect(node), acknowledged);
    }
}
