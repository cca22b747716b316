//! The processes of a cluster.
//!
//! Each is in a process group of its own, so that a Ctrl-C at the terminal is the cluster's to
//! handle. Each has a pipe as its standard input, and ends when that closes: none outlives this
//! process, however it ends. (If it is stopped then, the system lets it go on, as it does with the
//! stopped processes of every group that has lost its last parent.)

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    fs::File,
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, Command},
    sync::mpsc::UnboundedSender,
    time::timeout,
};

use super::folder::Folder;
use crate::node::engine::Engine;

/// How far the ports for peers are from those for clients.
const PEER_PORTS: u16 = 100;
/// How long a node has to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(10);
/// So little of the log is kept that snapshots are needed all the time.
const FEW_BYTES: usize = 20_000;

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// It runs.
    Running,
    /// It is stopped, and may go on.
    Paused,
    /// There is no such process.
    Down,
}

/// The processes of a cluster, numbered from 1.
#[derive(Debug)]
pub(super) struct Fleet {
    program: PathBuf,
    folder: Folder,
    port: u16,
    compacts_often: bool,
    engine: Engine,
    nodes: Vec<Node>,
    crashes: u64,
    events: UnboundedSender<String>,
}

#[derive(Debug)]
struct Node {
    id: u64,
    process: Option<Child>,
    is_paused: bool,
    is_new: bool,
}

impl Fleet {
    /// A cluster of this program, with clients' ports from this one on; nothing is started. What
    /// happens is told by `events`: ends that nobody asked for, and what nodes warn of.
    pub(super) fn new(
        program: PathBuf,
        folder: Folder,
        nodes: usize,
        port: u16,
        events: UnboundedSender<String>,
    ) -> io::Result<Self> {
        let node = |id| Node { id, process: None, is_paused: false, is_new: false };
        let nodes = (1..).take(nodes).map(node).collect();
        let fleet = Self {
            program,
            folder,
            port,
            compacts_often: false,
            engine: Engine::default(),
            nodes,
            crashes: 0,
            events,
        };
        for node in &fleet.nodes {
            for address in [fleet.address(node.id)?, fleet.peer_address(node.id)?] {
                TcpListener::bind(address).map_err(|error| {
                    let hint = "choose others with --port";
                    io::Error::new(
                        error.kind(),
                        format!("port {}: {error}; {hint}", address.port()),
                    )
                })?;
            }
        }
        Ok(fleet)
    }

    /// Those started from now on compact their logs all the time, and send snapshots to whoever was
    /// away for a moment.
    pub(super) const fn compact_often(&mut self) {
        self.compacts_often = true;
    }

    /// Those started from now on elect so.
    pub(super) const fn elect_by(&mut self, engine: Engine) {
        self.engine = engine;
    }

    /// Its folder.
    pub(super) const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Keeps its folder, though it was to end with this.
    pub(super) const fn keep_folder(&mut self) {
        self.folder.keep();
    }

    /// How many nodes have ended although nobody asked them to.
    pub(super) const fn crashes(&self) -> u64 {
        self.crashes
    }

    /// The numbers of its nodes, and where each listens for clients.
    pub(super) fn addresses(&self) -> Vec<(u64, SocketAddr)> {
        let address = |node: &Node| Some((node.id, self.address(node.id).ok()?));
        self.nodes.iter().filter_map(address).collect()
    }

    /// Whether a node runs.
    pub(super) fn condition(&self, id: u64) -> Condition {
        match self.nodes.iter().find(|node| node.id == id) {
            Some(node) if node.process.is_none() => Condition::Down,
            Some(node) if node.is_paused => Condition::Paused,
            Some(_) => Condition::Running,
            None => Condition::Down,
        }
    }

    /// Those of this condition.
    pub(super) fn those(&self, condition: Condition) -> Vec<u64> {
        let ids = self.nodes.iter().map(|node| node.id);
        ids.filter(|id| self.condition(*id) == condition).collect()
    }

    /// Starts all that do not run.
    pub(super) fn start_all(&mut self) -> io::Result<()> {
        if self.folder.begin()? {
            self.nodes.iter_mut().for_each(|node| node.is_new = true);
        }
        let ids: Vec<u64> = self.nodes.iter().map(|node| node.id).collect();
        ids.into_iter().try_for_each(|id| self.start(id).map(|_| ()))
    }

    /// Starts a node, or has it go on. What is to be said of it.
    pub(super) fn start(&mut self, id: u64) -> io::Result<&'static str> {
        self.reap();
        match self.condition(id) {
            Condition::Running => return Ok("runs already"),
            Condition::Paused => return self.signal(id, Signal::CONT).map(|()| "goes on"),
            Condition::Down => {}
        }
        let peers: Result<Vec<String>, io::Error> = self
            .nodes
            .iter()
            .map(|node| Ok(format!("{}={}", node.id, self.peer_address(node.id)?)))
            .collect();
        let mut command = Command::new(&self.program);
        command.arg("node").arg("--until-stdin-closes");
        command.arg("--id").arg(id.to_string());
        command.arg("--listen").arg(self.address(id)?.to_string());
        command.arg("--peers").arg(peers?.join(","));
        command.arg("--data").arg(self.folder.data(id));
        command.arg("--engine").arg(self.engine.to_string());
        if self.compacts_often {
            command.arg("--compact-bytes").arg(FEW_BYTES.to_string());
        }
        let log = OpenLog { path: self.folder.log(id), id, events: self.events.clone() };
        let node = self.nodes.iter_mut().find(|node| node.id == id);
        let Some(node) = node else { return Ok("is none of these") };
        if node.is_new {
            command.arg("--bootstrap");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        let mut process = command.spawn()?;
        if let Some(stderr) = process.stderr.take() {
            tokio::spawn(log.keep(stderr));
        }
        node.process = Some(process);
        node.is_new = false;
        Ok("was started")
    }

    /// Kills a node, as a crash would. What is to be said of it.
    pub(super) async fn kill(&mut self, id: u64) -> io::Result<&'static str> {
        self.reap();
        let node = self.nodes.iter_mut().find(|node| node.id == id);
        let Some(node) = node else { return Ok("is none of these") };
        let Some(mut process) = node.process.take() else { return Ok("is down already") };
        node.is_paused = false;
        // If this is given up while it waits, the process is killed all the same, and is not asked
        // to end later.
        process.kill().await?;
        Ok("was killed")
    }

    /// Stops a node for a while. What is to be said of it.
    pub(super) fn pause(&mut self, id: u64) -> io::Result<&'static str> {
        self.reap();
        match self.condition(id) {
            Condition::Running => self.signal(id, Signal::STOP).map(|()| "was paused"),
            Condition::Paused => Ok("is paused already"),
            Condition::Down => Ok("is down"),
        }
    }

    /// Notices those that have ended although nobody asked them to, and tells of them.
    pub(super) fn reap(&mut self) {
        for node in &mut self.nodes {
            let Some(process) = &mut node.process else { continue };
            if let Ok(Some(status)) = process.try_wait() {
                node.process = None;
                node.is_paused = false;
                self.crashes = self.crashes.saturating_add(1);
                // If nobody listens, nobody wants to know.
                let _ = self.events.send(format!("node {} has ended: {}", node.id, show(status)));
            }
        }
    }

    /// Asks all to end, waits, and kills those that do not. Whether all ended as they should.
    pub(super) async fn stop_all(&mut self) -> bool {
        for id in self.those(Condition::Paused) {
            let _ = self.signal(id, Signal::CONT);
        }
        for id in self.those(Condition::Running) {
            let _ = self.signal(id, Signal::TERM);
        }
        let mut is_good = true;
        for node in &mut self.nodes {
            if let Some(mut process) = node.process.take() {
                let ended = timeout(PATIENCE, process.wait()).await;
                is_good &= matches!(&ended, Ok(Ok(status)) if status.success());
                if ended.is_err() {
                    let _ = process.kill().await;
                }
            }
        }
        is_good
    }

    fn signal(&mut self, id: u64, signal: Signal) -> io::Result<()> {
        let Some(node) = self.nodes.iter_mut().find(|node| node.id == id) else { return Ok(()) };
        let process = node.process.as_ref().and_then(Child::id);
        if let Some(pid) = process.and_then(|id| Pid::from_raw(id.try_into().ok()?)) {
            kill_process(pid, signal)?;
            node.is_paused = signal == Signal::STOP;
        }
        Ok(())
    }

    fn address(&self, id: u64) -> io::Result<SocketAddr> {
        // Numbers begin with 1, ports with the first one.
        let port = u16::try_from(id).ok().and_then(|id| self.port.checked_add(id)?.checked_sub(1));
        let port = port.ok_or_else(|| io::Error::other("there are not so many ports"))?;
        Ok((Ipv4Addr::LOCALHOST, port).into())
    }

    fn peer_address(&self, id: u64) -> io::Result<SocketAddr> {
        let port = self.address(id)?.port().checked_add(PEER_PORTS);
        let port = port.ok_or_else(|| io::Error::other("there are not so many ports"))?;
        Ok((Ipv4Addr::LOCALHOST, port).into())
    }
}

/// Keeps what a node says.
struct OpenLog {
    path: PathBuf,
    id: u64,
    events: UnboundedSender<String>,
}

impl OpenLog {
    async fn keep(self, stderr: ChildStderr) -> io::Result<()> {
        let mut file = File::options().create(true).append(true).open(&self.path).await?;
        let mut lines = BufReader::new(stderr).split(b'\n');
        while let Some(mut line) = lines.next_segment().await? {
            if let Some(text) = warning(&String::from_utf8_lossy(&line)) {
                let _ = self.events.send(format!("node {}: {text}", self.id));
            }
            line.push(b'\n');
            file.write_all(&line).await?;
            file.flush().await?;
        }
        Ok(())
    }
}

/// The text of a line, without its time, if it is more than a remark.
fn warning(line: &str) -> Option<String> {
    let is_remark = ["INFO", "DEBUG", "TRACE"].iter().any(|level| {
        // The time comes first.
        line.split_whitespace().nth(1) == Some(level)
    });
    if is_remark || line.trim().is_empty() {
        return None;
    }
    let from = ["WARN", "ERROR"].iter().find_map(|level| line.find(level)).unwrap_or(0);
    line.get(from..).map(|text| text.trim().chars().filter(|char| !char.is_control()).collect())
}

fn show(status: ExitStatus) -> String {
    status.code().map_or_else(|| status.to_string(), |code| format!("exit status {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_told_and_remarks_are_not() {
        let line = "2026-11-20T10:00:00.000000Z  WARN synod_kv::node::disk: it is slow for_ms=20";
        assert_eq!(
            warning(line).as_deref(),
            Some("WARN synod_kv::node::disk: it is slow for_ms=20")
        );
        assert_eq!(warning("2026-11-20T10:00:00.000000Z  INFO synod_kv: WARN"), None);
        assert_eq!(warning(" \r"), None);
        assert_eq!(
            warning("synod-kv: no such \u{1b}folder").as_deref(),
            Some("synod-kv: no such folder")
        );
    }
}
