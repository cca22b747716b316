//! Connections between nodes, on real sockets.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test may panic.
#![allow(clippy::std_instead_of_core)] // and has the standard library.

use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use synod_consensus_core::{
    NodeId,
    raft::{Body, LogId, Message, Never},
};
use synod_kv::{
    node::{
        links::{Event, Neighbours},
        wire::{
            self, FrameReader, Hello, MAGIC, Outgoing, Packet, Purpose, Submission, VERSION,
            Welcome,
        },
    },
    state::State,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

const ME: NodeId = NodeId(1);
const PEER: NodeId = NodeId(2);

/// The checksum of voters.
fn voters(ids: &[u64]) -> u32 {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    crc32fast::hash(&bytes)
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn node(me: NodeId, peer: NodeId, peer_at: SocketAddr) -> (Neighbours, mpsc::Receiver<Event>) {
    let (events, inbox) = mpsc::channel(64);
    (Neighbours { cluster: 7, me, peers: vec![(peer, peer_at)], events }, inbox)
}

/// Two nodes that are connected.
async fn pair() -> ((Neighbours, mpsc::Receiver<Event>), (Neighbours, mpsc::Receiver<Event>)) {
    let ((my_listener, my_address), (peers_listener, peers_address)) =
        (listener().await, listener().await);
    let (me, peer) = (node(ME, PEER, peers_address), node(PEER, ME, my_address));
    me.0.start(my_listener);
    peer.0.start(peers_listener);
    (me, peer)
}

async fn up(inbox: &mut mpsc::Receiver<Event>) -> mpsc::Sender<Bytes> {
    loop {
        if let Event::Up { queue, .. } = inbox.recv().await.unwrap() {
            return queue;
        }
    }
}

fn request(request: u64) -> Bytes {
    let mut buffer = BytesMut::new();
    wire::push(&mut buffer, &Outgoing::<Never>::ReadIndex { request }).unwrap();
    buffer.freeze()
}

/// The next question that arrives.
async fn heard(inbox: &mut mpsc::Receiver<Event>) -> u64 {
    loop {
        if let Event::Packet { packet: Packet::ReadIndex { request }, .. } =
            inbox.recv().await.unwrap()
        {
            return request;
        }
    }
}

#[tokio::test]
async fn packets_arrive_in_order_both_ways() {
    let ((_me, mut my_inbox), (_peer, mut peers_inbox)) = pair().await;
    let (to_peer, to_me) = (up(&mut my_inbox).await, up(&mut peers_inbox).await);
    for number in 0..1_000 {
        to_peer.send(request(number)).await.unwrap();
        to_me.send(request(number + 5_000)).await.unwrap();
        assert_eq!(heard(&mut peers_inbox).await, number);
        assert_eq!(heard(&mut my_inbox).await, number + 5_000);
    }
}

#[tokio::test]
async fn a_snapshot_arrives_whole() {
    let ((me, mut my_inbox), (_peer, mut peers_inbox)) = pair().await;
    let mut state = State::new();
    for number in 0..5_000_u32 {
        let pair = (Bytes::from(number.to_string()), Bytes::from(vec![7; 200]));
        state.apply(state.now(), &synod_kv::state::command::Write::MSet(vec![pair]));
    }
    let last = LogId { term: 3, index: 9 };
    let body = Body::Snapshot { last };
    let message = Message { cluster: 7, to: PEER, term: 3, body };
    me.send_snapshot(PEER, message, state.clone());
    let mut arrived = None;
    while arrived.is_none() {
        if let Event::Snapshot { from, message: got, state } = peers_inbox.recv().await.unwrap() {
            assert_eq!((from, got), (ME, message));
            arrived = Some(state);
        }
    }
    assert_eq!(arrived, Some(state));
    while !matches!(my_inbox.recv().await.unwrap(), Event::SnapshotSent { to: PEER }) {}
}

/// Opens a connection, says this, and gives what comes back.
async fn knock(address: SocketAddr, hello: &[u8]) -> (TcpStream, Option<Welcome>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(hello).await.unwrap();
    let mut reader = FrameReader::new(stream);
    let answer = reader.next(256).await.ok().flatten();
    let answer = answer.map(|body| wire::decode(&body).unwrap());
    (reader.into_inner(), answer)
}

fn frame(body: &impl serde::Serialize) -> Vec<u8> {
    let mut buffer = BytesMut::new();
    wire::push(&mut buffer, body).unwrap();
    buffer.to_vec()
}

#[tokio::test]
async fn strangers_and_noise_are_turned_away_and_peers_are_not() {
    let (my_listener, my_address) = listener().await;
    let (_nobody, nowhere) = listener().await;
    let (me, mut inbox) = node(ME, PEER, nowhere);
    me.start(my_listener);
    let (magic, version, purpose) = (MAGIC, VERSION, Purpose::Packets);
    let voters_of_both = voters(&[1, 2]);
    let good =
        Hello { magic, version, cluster: 7, voters: voters_of_both, from: PEER, to: ME, purpose };
    for stranger in [
        Hello { version: VERSION + 1, ..good },
        Hello { voters: voters(&[1, 2, 3]), ..good },
        Hello { cluster: 8, ..good },
        Hello { from: NodeId(3), ..good },
        Hello { from: ME, ..good },
        Hello { to: NodeId(3), ..good },
    ] {
        let (mut stream, answer) = knock(my_address, &frame(&stranger)).await;
        let who = Welcome::Stranger { version: VERSION, cluster: 7, id: ME };
        assert_eq!(answer, Some(who), "{stranger:?}");
        assert_eq!(stream.read(&mut [0]).await.unwrap_or(0), 0, "it is closed");
    }
    for noise in [
        frame(&Hello { magic: *b"sinod-kv", ..good }),
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        vec![0xff; 4_096],
    ] {
        let (mut stream, answer) = knock(my_address, &noise).await;
        assert_eq!(answer, None);
        assert_eq!(stream.read(&mut [0]).await.unwrap_or(0), 0, "it is closed");
    }
    // One that turns to noise is closed; what it said before counts; and it may come again.
    for number in 0..3 {
        let (mut stream, answer) = knock(my_address, &frame(&good)).await;
        assert_eq!(answer, Some(Welcome::Come));
        stream.write_all(&request(number)).await.unwrap();
        assert_eq!(heard(&mut inbox).await, number);
        let mut damaged = request(99).to_vec();
        *damaged.last_mut().unwrap() ^= 1;
        stream.write_all(&damaged).await.unwrap();
        assert_eq!(stream.read(&mut [0]).await.unwrap_or(0), 0, "it is closed");
    }
    let commands = vec![(1, Bytes::from("x"))];
    let submission = Submission { term: 1, life: 2, commands };
    let (mut stream, _) = knock(my_address, &frame(&good)).await;
    stream.write_all(&frame(&Outgoing::<Never>::Submit(submission.clone()))).await.unwrap();
    let Event::Packet { packet: Packet::Submit(got), from: PEER } = inbox.recv().await.unwrap()
    else {
        panic!("something else came")
    };
    assert_eq!(got, submission);
}

#[tokio::test]
async fn a_lost_connection_comes_back_and_the_newest_one_counts() {
    let (peers_listener, peers_address) = listener().await;
    let (my_listener, my_address) = listener().await;
    let (me, mut inbox) = node(ME, PEER, peers_address);
    me.start(my_listener);
    let hello = Hello {
        magic: MAGIC,
        version: VERSION,
        cluster: 7,
        voters: voters(&[1, 2]),
        from: PEER,
        to: ME,
        purpose: Purpose::Packets,
    };
    for _ in 0..3 {
        let (stream, _) = peers_listener.accept().await.unwrap();
        let (stream, mut sink) = stream.into_split();
        let mut reader = FrameReader::new(stream);
        let body = reader.next(256).await.unwrap().unwrap();
        assert_eq!(wire::decode::<Hello>(&body).unwrap().from, ME);
        sink.write_all(&frame(&Welcome::Come)).await.unwrap();
        let queue = up(&mut inbox).await;
        queue.send(request(5)).await.unwrap();
        assert!(reader.next(256).await.unwrap().is_some());
        drop((reader, sink));
        queue.closed().await;
    }
    let (mut first, _) = knock(my_address, &frame(&hello)).await;
    let (_second, answer) = knock(my_address, &frame(&hello)).await;
    assert_eq!(answer, Some(Welcome::Come));
    assert_eq!(first.read(&mut [0]).await.unwrap_or(0), 0, "the former one is closed");
}
