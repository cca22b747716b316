//! How a node starts, and how it ends.

use std::{
    error::Error,
    hash::{BuildHasher, RandomState},
    io,
    net::SocketAddr,
    path::PathBuf,
    time::Instant,
};

use clap::Args;
use synod_consensus_core::{
    NodeId,
    raft::{ByBallots, ByVotes, Config, HeapLog, Recovered, Replica, TermLog},
};
use tokio::{
    io::AsyncReadExt,
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{mpsc, oneshot},
};
use tracing::{error, info};

use crate::{
    node::{
        Inputs, Node, Parts, Voter,
        disk::Disk,
        engine::{Engine, Rule},
        links::Neighbours,
        post::Post,
        proposal::{MAX_ENTRY_BYTES, MAX_MESSAGE_BYTES, Proposal},
        storage::{Found, Identity, Storage},
    },
    redis::listener,
    state::State,
};

/// Questions of clients that wait for the node.
const ASKS: usize = 1_024;
/// Packets of peers that wait for the node.
const EVENTS: usize = 256;

/// Runs one node of a cluster.
#[derive(Args, Clone, Debug)]
pub struct NodeArgs {
    /// The number of this node, as it is among the peers
    #[arg(long)]
    pub id: u64,
    /// Where this node's clients connect
    #[arg(long, value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Where the nodes talk to each other: ID=ADDRESS for each, this one among them
    #[arg(long, value_delimiter = ',', value_name = "ID=ADDRESS,…", value_parser = peer)]
    pub peers: Vec<(u64, SocketAddr)>,
    /// The folder that this node alone writes to
    #[arg(long, value_name = "FOLDER")]
    pub data: PathBuf,
    /// Say this at the very first start of a node, and never again
    #[arg(long)]
    pub bootstrap: bool,
    /// A number that all nodes of a cluster share, and no other cluster
    #[arg(long, default_value_t = 1)]
    pub cluster: u64,
    /// How the nodes elect their leader: the same for all of a cluster, from its first start on
    #[arg(long, value_enum, default_value_t)]
    pub engine: Engine,
    /// How long a follower waits for its leader: from this up to twice this, drawn anew for each leader
    #[arg(long, value_name = "MS", default_value_t = 250)]
    pub election_timeout_ms: u64,
    /// Keep so many bytes of the log (or as many as all data take, and up to twice that) beside a snapshot
    #[arg(long, value_name = "BYTES", default_value_t = 0x20_0000)]
    pub compact_bytes: usize,
    /// Stop when standard input ends: so no node outlives who started it
    #[arg(long)]
    pub until_stdin_closes: bool,
}

fn peer(text: &str) -> Result<(u64, SocketAddr), String> {
    let (id, address) = text.split_once('=').ok_or("ID=ADDRESS is expected")?;
    let id = id.parse().map_err(|error| format!("{id:?} is no number: {error}"))?;
    let address = address.parse().map_err(|error| format!("{address:?}: {error}"))?;
    Ok((id, address))
}

impl NodeArgs {
    /// Runs the node until it is told to stop, by a signal say.
    ///
    /// # Errors
    ///
    /// What keeps it from running, in words for an operator.
    pub fn run(self) -> Result<(), Box<dyn Error>> {
        self.check()?;
        // One thread drives the node and its connections, another its disk: a small machine has no
        // core to spare for more.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let ended = match self.engine {
            Engine::Raft => runtime.block_on(self.serve::<ByVotes>()),
            Engine::Paxos => runtime.block_on(self.serve::<ByBallots>()),
        };
        // Reading standard input cannot be given up.
        runtime.shutdown_background();
        ended
    }

    fn check(&self) -> Result<(), String> {
        let addresses = self.peers.iter().map(|(_, address)| address).chain([&self.listen]);
        for address in addresses {
            if !address.ip().is_loopback() {
                return Err(format!(
                    "{address} is not on the loopback interface: nodes cannot prove who they are \
                     yet, so they talk to nobody else"
                ));
            }
        }
        let mut places: Vec<_> = self.peers.iter().map(|(_, address)| address).collect();
        places.sort_unstable();
        if places.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err("two peers have the same address".to_owned());
        }
        if !self.peers.iter().any(|(id, _)| *id == self.id) {
            return Err(format!("node {} is not among the peers", self.id));
        }
        Ok(())
    }

    fn voters(&self) -> Vec<NodeId> {
        let mut voters: Vec<_> = self.peers.iter().map(|(id, _)| NodeId(*id)).collect();
        voters.sort_unstable();
        voters
    }

    fn config(&self, life: u64) -> Config {
        Config {
            election_timeout_us: self.election_timeout_ms.saturating_mul(1_000),
            heartbeat_us: self.election_timeout_ms.saturating_mul(1_000) / 5,
            max_entry_bytes: MAX_ENTRY_BYTES,
            max_message_bytes: MAX_MESSAGE_BYTES,
            window_bytes: 4 * MAX_MESSAGE_BYTES,
            ..Config::new(self.cluster, NodeId(self.id), life)
        }
    }

    /// The node as its disk says, and the state of its snapshot.
    fn recover<E: Rule>(
        &self,
        life: u64,
        started: Instant,
    ) -> Result<(Storage, Voter<E>, State), Box<dyn Error>> {
        let voters = self.voters();
        let identity =
            Identity { cluster: self.cluster, id: NodeId(self.id), voters, engine: self.engine };
        let config = self.config(life);
        let voters = &identity.voters;
        if self.bootstrap {
            // First what may be refused, so that no store is left behind.
            let replica = Replica::bootstrap(config, voters, 0, HeapLog::<Proposal>::new())?;
            let storage = Storage::create(&self.data, &identity)?;
            return Ok((storage, replica, State::new()));
        }
        let (storage, Found { identity: found, hard_state, log, state }) =
            Storage::open(&self.data)?;
        found.check(&identity)?;
        let snapshot = log.snapshot().index;
        info!(
            term = hard_state.term,
            snapshot,
            last = log.last_index(),
            opened_in_ms = started.elapsed().as_millis(),
            "found on the disk"
        );
        let recovered = Recovered { hard_state, applied: snapshot };
        let now_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let replica = Replica::recover(config, voters, now_us, recovered, log)?;
        Ok((storage, replica, state))
    }

    async fn serve<E: Rule>(self) -> Result<(), Box<dyn Error>> {
        let started = Instant::now();
        // From the random numbers of the system, by way of the standard library.
        let life = RandomState::new().hash_one(std::process::id());
        let mut peers = Vec::new();
        let mut own = self.listen;
        for &(id, address) in &self.peers {
            if id == self.id {
                own = address;
            } else {
                peers.push((NodeId(id), address));
            }
        }
        // First the ports: if another process has them it may be this very node.
        let for_clients = bind(self.listen).await?;
        let for_peers = bind(own).await?;
        let (storage, replica, state) = self.recover::<E>(life, started)?;
        let (disk, reports, disk_thread) = Disk::start(storage)?;
        let (events, inbox) = mpsc::channel(EVENTS);
        let neighbours = Neighbours { cluster: self.cluster, me: NodeId(self.id), peers, events };
        neighbours.start(for_peers);
        let (ask, asks) = mpsc::channel(ASKS);
        tokio::spawn(listener::serve(for_clients, ask));
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(wait_for_end(self.until_stdin_closes, stop));
        let compact_bytes = self.compact_bytes;
        let post = Post::new(neighbours);
        let node = Node::new(Parts { replica, started, state, disk, post, compact_bytes, life });
        info!(id = self.id, clients = %self.listen, peers = %own, "ready");
        let ended = node.run(Inputs { events: inbox, asks, reports, stop: stopped }).await;
        if let Err(failure) = &ended {
            error!(%failure, "the node stops");
        }
        // The node's end of the disk is gone, so the thread ends when all is written.
        let _ = disk_thread.join();
        info!("stopped");
        Ok(ended?)
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen at {address}: {error}"))
}

/// Waits for whatever is to end the node.
async fn wait_for_end(until_stdin_closes: bool, stop: oneshot::Sender<()>) -> io::Result<()> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let stdin_closes = async {
        if !until_stdin_closes {
            std::future::pending::<()>().await;
        }
        let mut stdin = tokio::io::stdin();
        while stdin.read(&mut [0; 64]).await.is_ok_and(|read| read > 0) {}
    };
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
        () = stdin_closes => {}
    }
    // If nobody waits, the node has stopped already.
    let _ = stop.send(());
    Ok(())
}
