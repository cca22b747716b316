//! Three nodes of a system, as processes on loopback.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    client::{System, try_write},
    machine,
};

const NODES: usize = 3;
const PATIENCE: Duration = Duration::from_secs(30);

/// A cluster. Its nodes end with it, whatever state they are in.
#[derive(Debug)]
pub struct Cluster {
    pub system: Arc<System>,
    data: PathBuf,
    /// Addresses for clients.
    pub clients: [SocketAddr; NODES],
    peers: [SocketAddr; NODES],
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Cluster {
    /// Starts new nodes with data below this folder.
    pub fn start(system: System, data: &Path) -> Result<Self> {
        let data = data.join(system.name());
        fs::create_dir_all(&data)?;
        // All at once, so that no port is found twice.
        let mut ports = Vec::new();
        for _ in 0..2 * NODES {
            ports.push(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?);
        }
        let address = |at: usize| ports[at].local_addr();
        let clients = [address(0)?, address(1)?, address(2)?];
        let peers = [address(3)?, address(4)?, address(5)?];
        drop(ports);
        let system = Arc::new(system);
        let mut cluster = Self { system, data, clients, peers, nodes: Vec::new() };
        for at in 0..NODES {
            let node = cluster.launch(at, true)?;
            cluster.nodes.push(node);
        }
        Ok(cluster)
    }

    fn launch(&self, at: usize, is_first: bool) -> Result<Node> {
        let id = at + 1;
        let (client, peer) = (self.clients[at], self.peers[at]);
        let folder = self.data.join(format!("node-{id}"));
        let ids_and_peers = (1..).zip(&self.peers);
        // A node dies with the driver, even if that is killed.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]);
        match &*self.system {
            System::Synod(program) => {
                let peers: Vec<_> =
                    ids_and_peers.map(|(id, peer)| format!("{id}={peer}")).collect();
                command.arg(program).args(["node", "--id", &id.to_string()]);
                command.args(["--listen", &client.to_string(), "--peers", &peers.join(",")]);
                command.arg("--data").arg(folder);
                command.args(is_first.then_some("--bootstrap"));
            }
            System::Etcd => {
                let peers: Vec<_> =
                    ids_and_peers.map(|(id, peer)| format!("n{id}=http://{peer}")).collect();
                command.args(["etcd", "--name", &format!("n{id}"), "--data-dir"]).arg(folder);
                for option in ["--listen-client-urls", "--advertise-client-urls"] {
                    command.args([option, &format!("http://{client}")]);
                }
                for option in ["--listen-peer-urls", "--initial-advertise-peer-urls"] {
                    command.args([option, &format!("http://{peer}")]);
                }
                command.args(["--initial-cluster", &peers.join(",")]);
            }
        }
        let log = self.data.join(format!("node-{id}.log"));
        let log = File::options().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(Node(command.spawn().context("setpriv, which starts a node")?))
    }

    /// Waits until every node takes writes and one of them leads, and that this lasts.
    pub async fn settle(&self) -> Result<()> {
        let start = Instant::now();
        let mut good = 0;
        while good < 3 {
            if start.elapsed() > PATIENCE {
                bail!("{} does not answer; its logs: {}", self.system.name(), self.data.display());
            }
            let is_good = timeout(Duration::from_secs(2), self.try_all()).await;
            good = if matches!(is_good, Ok(Ok(()))) { good + 1 } else { 0 };
            sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    async fn try_all(&self) -> Result<()> {
        for node in self.clients {
            try_write(Arc::clone(&self.system), node).await?;
        }
        self.leader().await?;
        Ok(())
    }

    /// The position of the node that leads.
    pub async fn leader(&self) -> Result<usize> {
        for (at, node) in self.clients.iter().enumerate() {
            if self.system.leads(*node).await? {
                return Ok(at);
            }
        }
        bail!("{} has no leader", self.system.name())
    }

    /// Stops the processes where they are, so that another cluster has the machine for itself.
    pub fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets them go on.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        for Node(child) in &self.nodes {
            kill_process(Pid::from_child(child), signal)?;
        }
        Ok(())
    }

    /// Kills a node.
    pub fn kill(&mut self, at: usize) -> Result<()> {
        Ok(self.nodes[at].0.kill()?)
    }

    /// Starts a node again that was killed.
    pub fn restart(&mut self, at: usize) -> Result<()> {
        self.nodes[at].0.wait()?;
        self.nodes[at] = self.launch(at, false)?;
        Ok(())
    }

    /// The processor's time that all nodes have used.
    pub fn cpu(&self) -> Result<Duration> {
        self.nodes.iter().map(|node| machine::cpu(&node.0.id().to_string())).sum()
    }

    /// The memory of the largest node.
    pub fn resident_kib(&self) -> Result<u64> {
        let mut largest = 0;
        for Node(child) in &self.nodes {
            largest = largest.max(machine::resident_kib(child.id())?);
        }
        Ok(largest)
    }
}
