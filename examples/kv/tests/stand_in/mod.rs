//! Stands in for a node: applies what it is asked to one state, on a clock that the test sets.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // It is a server.
#![allow(dead_code)] // Each test uses some of it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use synod_clocks::HybridStamp;
use synod_consensus_core::{
    NodeId,
    raft::{Leadership, LogId, PeerStatus, Replication, Role, Status as RaftStatus},
};
use synod_kv::{
    node::{
        ask::Ask,
        status::{Peer, Status},
    },
    redis::{client, limits::Limits, server::Server},
    state::State,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    sync::mpsc,
};

/// Bytes on their way in each direction of a connection.
const PIPE_BYTES: usize = 1 << 16;
/// In the year 2023.
const START_US: u64 = 1_700_000_000_000_000;

/// A node of one, and its clients' connections.
#[derive(Clone)]
pub(crate) struct StandIn {
    pub(crate) asks: mpsc::Sender<Ask>,
    pub(crate) server: Arc<Server>,
    now_us: Arc<AtomicU64>,
}

impl StandIn {
    pub(crate) fn start(limits: Limits) -> Self {
        let (this, asks) = Self::without_node(limits);
        tokio::spawn(run(asks, Arc::clone(&this.now_us)));
        this
    }

    /// Nobody answers, unless the test does.
    pub(crate) fn without_node(limits: Limits) -> (Self, mpsc::Receiver<Ask>) {
        let (asks, receiver) = mpsc::channel(16);
        let server = Arc::new(Server::new(limits, 6_379));
        (Self { asks, server, now_us: Arc::new(AtomicU64::new(START_US)) }, receiver)
    }

    pub(crate) fn advance_ms(&self, ms: u64) {
        self.now_us.fetch_add(ms * 1_000, Relaxed);
    }

    pub(crate) fn connect(&self) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
        tokio::spawn(client::serve(theirs, self.asks.clone(), Arc::clone(&self.server)));
        ours
    }

    /// All answers to some bytes, after which the client says no more.
    pub(crate) async fn answers(&self, bytes: &[u8]) -> Vec<u8> {
        let (mut reader, mut writer) = tokio::io::split(self.connect());
        let mut answers = Vec::new();
        let send = async {
            // The server may hang up earlier.
            let _ = writer.write_all(bytes).await;
            let _ = writer.shutdown().await;
        };
        let (_, read) = tokio::join!(send, reader.read_to_end(&mut answers));
        read.unwrap();
        answers
    }
}

async fn run(mut asks: mpsc::Receiver<Ask>, now_us: Arc<AtomicU64>) {
    let mut state = State::new();
    while let Some(ask) = asks.recv().await {
        match ask {
            Ask::Write(command, answer) => {
                // As it is in the log.
                let bytes = postcard::to_stdvec(&command).unwrap();
                let command = postcard::from_bytes(&bytes).unwrap();
                let stamp = HybridStamp::from_wall_us(now_us.load(Relaxed)).unwrap();
                let _ = answer.send(state.apply(stamp, &command));
            }
            Ask::Read(command, answer) => drop(answer.send(state.read(&command))),
            Ask::Status(answer) => drop(answer.send(status(&state))),
        }
    }
}

/// A leader's.
fn status(state: &State) -> Status {
    let peer = PeerStatus {
        id: NodeId(2),
        replication: Replication::Pipelining,
        matched: 7,
        next: 8,
        in_flight: 0,
        active: true,
    };
    Status {
        raft: RaftStatus {
            id: NodeId(1),
            leadership: Leadership { role: Role::Leader, term: 3, leader: Some(NodeId(1)) },
            vote: Some(NodeId(1)),
            last: LogId { term: 3, index: 10 },
            durable: 9,
            committed: 8,
            applied: 7,
        },
        peers: vec![Peer { id: peer.id, connected: true, progress: Some(peer) }],
        life: 0xAB,
        snapshot: 4,
        waiting_writes: 0,
        waiting_reads: 0,
        commits: 5,
        keys: state.len(),
        expires: state.expires(),
    }
}

/// A request as client libraries send it.
pub(crate) fn request(arguments: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", arguments.len()).into_bytes();
    for argument in arguments {
        let argument = argument.as_ref();
        bytes.extend(format!("${}\r\n", argument.len()).as_bytes());
        bytes.extend(argument);
        bytes.extend(b"\r\n");
    }
    bytes
}
