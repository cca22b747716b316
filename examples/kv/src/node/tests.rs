//! A node without the loop around it.

use std::{env, fs, path::PathBuf, process, time::Instant};

use bytes::{Bytes, BytesMut};
use synod_consensus_core::{
    NodeId,
    raft::{Body, Config, Entries, HeapLog, LogId, Message, Never, replica::Frame},
};
use tokio::sync::{mpsc, oneshot};

use super::{Node, Parts, Voter};
use crate::{
    node::{
        ask::Ask,
        disk::{Disk, Report},
        engine::Engine,
        links::{Event, Neighbours},
        post::Post,
        storage::{Identity, Storage},
        wire::{self, Incoming, MAX_FRAME_BYTES, Outgoing, Packet},
    },
    state::{State, command::Write, reply::Reply},
};

const ME: NodeId = NodeId(1);
const PEER: NodeId = NodeId(2);

/// A follower, its disk's reports, and its folder, which ends with it.
struct Follower {
    node: Node,
    reports: mpsc::UnboundedReceiver<Report>,
    folder: PathBuf,
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Follower {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("synod-kv-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&folder);
        let voters = vec![ME, PEER, NodeId(3)];
        // It is patient, so that it follows for as long as the test takes.
        let config = Config { election_timeout_us: 600_000_000, ..Config::new(7, ME, 1) };
        let replica = Voter::bootstrap(config, &voters, 0, HeapLog::new()).unwrap();
        let identity = Identity { cluster: 7, id: ME, voters, engine: Engine::Raft };
        let storage = Storage::create(&folder, &identity).unwrap();
        let (disk, reports, _) = Disk::start(storage).unwrap();
        let peers = vec![(PEER, ([127, 0, 0, 1], 9).into())];
        let (events, _) = mpsc::channel(1);
        let post = Post::new(Neighbours { cluster: 7, me: ME, peers, events });
        let (state, started) = (State::new(), Instant::now());
        let parts = Parts { replica, started, state, disk, post, compact_bytes: 1, life: 7 };
        Self { node: Node::new(parts), reports, folder }
    }

    /// A new connection to the peer.
    fn connect(&mut self) -> mpsc::Receiver<Bytes> {
        let (queue, packets) = mpsc::channel(99);
        self.node.take_event(Event::Up { peer: PEER, queue });
        packets
    }

    /// The peer leads in this term, and says so.
    fn hear_leader(&mut self, term: u64) {
        let body = Body::<Never>::Append {
            prev: LogId::START,
            entries_term: 0,
            count: 0,
            commit: 0,
            round: 1,
        };
        let message = Message { cluster: 7, to: ME, term, body };
        let frame = Frame { message: &message, entries: Entries::new(1, &[], &[]) };
        let mut buffer = BytesMut::new();
        wire::push(&mut buffer, &Outgoing::Raft(frame)).unwrap();
        let body = wire::pop(&mut buffer, MAX_FRAME_BYTES).unwrap().unwrap();
        self.node.take_event(Event::Packet { from: PEER, packet: wire::decode(&body).unwrap() });
    }

    fn ask(&mut self) -> oneshot::Receiver<Reply> {
        let (reply, client) = oneshot::channel();
        self.node.take_ask(Ask::Write(Write::FlushAll, reply));
        client
    }

    /// Waits for the disk.
    async fn settle(&mut self) {
        let report = self.reports.recv().await.unwrap();
        self.node.take_report(report).unwrap();
        self.node.turn();
    }
}

/// The numbers of the commands that were sent.
fn submitted(packets: &mut mpsc::Receiver<Bytes>) -> Vec<u64> {
    let mut numbers = Vec::new();
    while let Ok(bytes) = packets.try_recv() {
        let mut buffer = BytesMut::from(bytes);
        while let Some(body) = wire::pop(&mut buffer, MAX_FRAME_BYTES).unwrap() {
            if let Incoming::Submit(submission) = wire::decode::<Incoming>(&body).unwrap() {
                numbers.extend(submission.commands.iter().map(|(number, _)| *number));
            }
        }
    }
    numbers
}

#[tokio::test]
async fn what_a_lost_connection_had_is_sent_on_the_next() {
    let mut follower = Follower::new("lost-connection");
    let mut first = follower.connect();
    follower.hear_leader(3);
    follower.settle().await;
    let _clients = [follower.ask(), follower.ask()];
    follower.node.turn();
    assert_eq!(submitted(&mut first), [1, 2]);
    follower.node.turn();
    assert_eq!(submitted(&mut first), []);
    let mut second = follower.connect();
    follower.node.turn();
    assert_eq!(submitted(&mut second), [1, 2]);
    // Without a connection they wait for one.
    drop(second);
    let _client = follower.ask();
    follower.node.turn();
    let mut third = follower.connect();
    follower.node.turn();
    assert_eq!(submitted(&mut third), [1, 2, 3]);
}

#[tokio::test]
async fn a_snapshot_takes_the_place_of_everything() {
    let mut follower = Follower::new("snapshot");
    let _packets = follower.connect();
    follower.hear_leader(3);
    follower.settle().await;
    let mut client = follower.ask();
    follower.node.turn();
    let mut state = State::new();
    let pair = (Bytes::from("key"), Bytes::from("value"));
    state.apply(state.now(), &Write::MSet(vec![pair]));
    let last = LogId { term: 3, index: 50 };
    let message = Message { cluster: 7, to: ME, term: 3, body: Body::Snapshot { last } };
    let event = Event::Snapshot { from: PEER, message, state: state.clone() };
    follower.node.take_event(event);
    assert_eq!(follower.node.service.state, state);
    assert_eq!(follower.node.snapshots.current, state, "what it would send to others");
    assert_eq!(follower.node.service.applied, last);
    assert_eq!(client.try_recv(), Ok(Reply::UNKNOWN), "the command may be in it");
    // The same without a state is no snapshot, and changes nothing.
    let body = Body::Snapshot { last: LogId { term: 3, index: 90 } };
    let message = Message { body, ..message };
    let frame = Frame { message: &message, entries: Entries::new(1, &[], &[]) };
    let bytes = postcard::to_stdvec(&Outgoing::Raft(frame)).unwrap();
    let packet = wire::decode(&bytes).unwrap();
    assert!(matches!(packet, Packet::Raft(_)));
    follower.node.take_event(Event::Packet { from: PEER, packet });
    assert_eq!(follower.node.service.state, state);
    // It is on the disk when that says so.
    follower.settle().await;
    assert_eq!(follower.node.status().raft.durable, 50);
}
