//! Real nodes for tests: free ports, folders of their own, and nothing that is left behind.
#![allow(dead_code, clippy::indexing_slicing)] // No test needs all of it.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use redis::Connection;

/// How many nodes a cluster has.
pub(crate) const NODES: u16 = 3;

/// The program.
pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_synod-kv"))
}

/// Ports for a cluster of three, which nobody has at the moment.
pub(crate) fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(12_000);
    loop {
        let port = NEXT.fetch_add(200, Ordering::Relaxed);
        let is_free = |port| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if (port..port.saturating_add(3)).all(|port| is_free(port) && is_free(port + 100)) {
            return port;
        }
    }
}

/// An empty place for data.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    path
}

/// The command `cluster`.
pub(crate) fn cluster(port: u16, data: &Path) -> Command {
    let mut command = program();
    command.args(["cluster", "--plain", "--port", &port.to_string()]).arg("--data").arg(data);
    command
}

/// A process that ends with the test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A cluster of three that is ready, and where its first node listens.
pub(crate) fn ready(name: &str) -> (Running, u16) {
    let port = port();
    let mut process = cluster(port, &folder(name)).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let running = Running(process);
    assert!(lines.any(|line| line.unwrap().contains("ready")));
    // It goes on talking.
    std::thread::spawn(move || lines.for_each(drop));
    (running, port)
}

/// Three nodes that are started one by one.
pub(crate) struct Nodes {
    port: u16,
    data: PathBuf,
    arguments: Vec<&'static str>,
    pub(crate) running: [Option<Running>; 3],
}

impl Nodes {
    /// None is started. All will have these arguments.
    pub(crate) fn new(name: &str, arguments: &[&'static str]) -> Self {
        let (port, data) = (port(), folder(name));
        Self { port, data, arguments: arguments.to_vec(), running: [None, None, None] }
    }

    /// Starts nodes, each from a shell that has done this.
    pub(crate) fn start<'a>(
        &mut self,
        nodes: impl IntoIterator<Item = (u16, &'a str)>,
        is_new: bool,
    ) {
        let peer = |node| format!("{}=127.0.0.1:{}", node + 1, self.port + 100 + node);
        let peers: Vec<String> = (0..NODES).map(peer).collect();
        for (node, before) in nodes {
            let mut command = Command::new("sh");
            command.arg("-c").arg(format!("{before} exec \"$0\" \"$@\""));
            command.arg(env!("CARGO_BIN_EXE_synod-kv")).arg("node").args(&self.arguments);
            command.args(["--id", &(node + 1).to_string(), "--peers", &peers.join(",")]);
            command.args(["--listen", &format!("127.0.0.1:{}", self.port + node)]);
            command.arg("--data").arg(self.data.join(node.to_string()));
            command.args(is_new.then_some("--bootstrap"));
            let process = command.stderr(Stdio::piped()).spawn().unwrap();
            self.running[usize::from(node)] = Some(Running(process));
        }
    }

    /// Kills a node.
    pub(crate) fn kill(&mut self, node: u16) {
        self.running[usize::from(node)] = None;
    }

    /// Where a node listens for its peers.
    pub(crate) fn peer_address(&self, node: u16) -> (&'static str, u16) {
        ("127.0.0.1", self.port + 100 + node)
    }

    /// A connection to a node that serves, or is about to.
    pub(crate) fn connect(&self, node: u16) -> Connection {
        let address = format!("redis://127.0.0.1:{}/", self.port + node);
        let client = redis::Client::open(address).unwrap();
        loop {
            if let Ok(mut connection) = client.get_connection_with_timeout(Duration::from_secs(20))
                && redis::cmd("DBSIZE").query::<i64>(&mut connection).is_ok()
            {
                return connection;
            }
        }
    }
}
