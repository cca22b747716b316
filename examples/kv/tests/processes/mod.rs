//! Real nodes for tests: free ports, folders of their own, and nothing that is left behind.
#![allow(dead_code, unreachable_pub)] // No test needs all of it.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
};

/// The program.
pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_synod-kv"))
}

/// Ports for a cluster of three, which nobody has at the moment.
pub fn port() -> u16 {
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
pub fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    path
}

/// The command `cluster`.
pub fn cluster(port: u16, data: &Path) -> Command {
    let mut command = program();
    command.args(["cluster", "--plain", "--port", &port.to_string()]).arg("--data").arg(data);
    command
}

/// A process that ends with the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A cluster of three that is ready, and where its first node listens.
pub fn ready(name: &str) -> (Running, u16) {
    let port = port();
    let mut process = cluster(port, &folder(name)).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let running = Running(process);
    assert!(lines.any(|line| line.unwrap().contains("ready")));
    // It goes on talking.
    std::thread::spawn(move || lines.for_each(drop));
    (running, port)
}
