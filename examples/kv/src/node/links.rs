//! Connections between nodes. Each node opens one to each other, on which it only talks; what it
//! hears comes on those that the others open.
//!
//! Nodes cannot prove who they are yet, so all of this stays on the loopback interface.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use synod_consensus_core::{
    NodeId,
    raft::{Body, Entries, Message, Never, replica::Frame},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{Semaphore, mpsc},
    task::AbortHandle,
    time::{sleep, timeout},
};
use tracing::{debug, info, warn};

use crate::{
    node::{
        engine::{Engine, Word},
        wire::{
            self, FrameReader, Hello, Incoming, MAGIC, MAX_FRAME_BYTES, MAX_HELLO_BYTES, Outgoing,
            Purpose, VERSION, Welcome,
        },
    },
    state::State,
};

/// Packets that wait for a connection. More are dropped, which Raft is used to; its windows keep
/// their bytes within bounds.
const QUEUE: usize = 256;
/// About how many bytes are written at a time.
const WRITE_BYTES: usize = 0x4_0000;
/// About the bytes of a snapshot in one frame.
const CHUNK_BYTES: usize = 0x4_0000;
/// How long a peer may take for its part of a greeting.
const GREETING: Duration = Duration::from_secs(2);
/// How long a peer may take nothing of what is written before the connection is given up.
const STALL: Duration = Duration::from_secs(10);
/// How soon a broken connection is tried again; then twice as late each time, up to the other.
const BACKOFF_MS: u64 = 20;
const MAX_BACKOFF_MS: u64 = 1_000;
/// Connections of which it is not known yet whose they are. Of peers there are few.
const MAX_GREETINGS: usize = 256;

/// What happens on the connections to peers.
#[derive(Debug)]
pub enum Event<X = Never> {
    /// There is a connection to a peer. What was given to an earlier one may be lost.
    Up {
        /// Who is there.
        peer: NodeId,
        /// Frames for it.
        queue: mpsc::Sender<Bytes>,
    },
    /// A peer says something.
    Packet {
        /// Who.
        from: NodeId,
        /// What.
        packet: Incoming<X>,
    },
    /// A peer has sent a snapshot.
    Snapshot {
        /// Who.
        from: NodeId,
        /// The message of Raft that it belongs to.
        message: Message<X>,
        /// The snapshot.
        state: State,
    },
    /// A snapshot has been sent, or could not be.
    SnapshotSent {
        /// To whom.
        to: NodeId,
    },
}

/// Who a node is, and whom it knows.
#[derive(Clone, Debug)]
pub struct Neighbours<X = Never> {
    /// The cluster.
    pub cluster: u64,
    /// This node.
    pub me: NodeId,
    /// Where each of the others listens.
    pub peers: Vec<(NodeId, SocketAddr)>,
    /// Where what happens is told.
    pub events: mpsc::Sender<Event<X>>,
}

impl<X: Word> Neighbours<X> {
    fn hello(&self, to: NodeId, purpose: Purpose) -> Hello {
        let (cluster, voters, from) = (self.cluster, self.voters(), self.me);
        Hello { magic: MAGIC, version: VERSION, cluster, voters, from, to, purpose }
    }

    fn voters(&self) -> u32 {
        let mut voters: Vec<_> =
            self.peers.iter().map(|(peer, _)| peer.0).chain([self.me.0]).collect();
        voters.sort_unstable();
        let mut checksum = crc32fast::Hasher::new();
        voters.iter().for_each(|voter| checksum.update(&voter.to_le_bytes()));
        if X::ENGINE != Engine::Raft {
            checksum.update(&[X::ENGINE as u8]);
        }
        checksum.finalize()
    }

    /// Keeps a connection to each peer, and takes theirs.
    pub fn start(&self, listener: TcpListener) {
        for &(peer, address) in &self.peers {
            tokio::spawn(self.clone().keep_connected(peer, address));
        }
        tokio::spawn(self.clone().accept(listener));
    }

    async fn keep_connected(self, peer: NodeId, address: SocketAddr) {
        let mut backoff_ms = BACKOFF_MS;
        loop {
            match connect(address, self.hello(peer, Purpose::Packets)).await {
                Ok((stream, sink)) => {
                    info!(%peer, "connected");
                    backoff_ms = BACKOFF_MS;
                    let (queue, packets) = mpsc::channel(QUEUE);
                    if self.events.send(Event::Up { peer, queue }).await.is_err() {
                        return;
                    }
                    let reason = talk(stream, sink, packets).await;
                    info!(%peer, reason = %reason, "connection lost");
                }
                Err(error) => debug!(%peer, %error, "cannot connect"),
            }
            // Between half of it and all of it, so that nodes do not knock in step.
            let chance = RandomState::new().hash_one(peer);
            let jitter_ms = chance.checked_rem(backoff_ms).unwrap_or(0) / 2;
            sleep(Duration::from_millis(backoff_ms.saturating_sub(jitter_ms))).await;
            backoff_ms = backoff_ms.saturating_mul(2).min(MAX_BACKOFF_MS);
        }
    }

    /// Sends a snapshot on a connection of its own, so that nothing waits behind it.
    pub fn send_snapshot(&self, to: NodeId, message: Message<X>, state: State) {
        let neighbours = self.clone();
        tokio::spawn(async move {
            match neighbours.offer_snapshot(to, message, state).await {
                Ok(()) => info!(peer = %to, "snapshot sent"),
                Err(error) => warn!(peer = %to, %error, "snapshot not sent"),
            }
            let _ = neighbours.events.send(Event::SnapshotSent { to }).await;
        });
    }

    async fn offer_snapshot(
        &self,
        to: NodeId,
        message: Message<X>,
        state: State,
    ) -> io::Result<()> {
        let Some((_, address)) = self.peers.iter().find(|(peer, _)| *peer == to) else {
            return Ok(());
        };
        let (_stream, mut sink) = connect(*address, self.hello(to, Purpose::Snapshot)).await?;
        let mut buffer = BytesMut::new();
        let frame = Frame { message: &message, entries: Entries::new(1, &[], &[]) };
        wire::push(&mut buffer, &Outgoing::<X>::Raft(frame))?;
        for chunk in state.chunks(CHUNK_BYTES) {
            wire::push_bytes(&mut buffer, &chunk)?;
            write(&mut sink, &buffer).await?;
            buffer.clear();
        }
        wire::push_bytes(&mut buffer, &[])?;
        write(&mut sink, &buffer).await?;
        sink.shutdown().await
    }

    async fn accept(self, listener: TcpListener) {
        let places = Arc::new(Semaphore::new(MAX_GREETINGS));
        let current = Arc::new(Mutex::new(HashMap::<_, AbortHandle>::new()));
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, say. Some will be closed.
                    warn!(%error, "cannot accept a peer");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let (neighbours, current) = (self.clone(), Arc::clone(&current));
            tokio::spawn(async move {
                let Ok((hello, reader)) = neighbours.greet(stream).await.inspect_err(|error| {
                    warn!(%error, "a stranger knocked");
                }) else {
                    return;
                };
                drop(place);
                let listening = tokio::spawn(neighbours.listen(hello, reader));
                // The newest connection of a peer is the one that it uses.
                let former = current
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert((hello.from, hello.purpose as u8), listening.abort_handle());
                if let Some(former) = former {
                    former.abort();
                }
                let _ = listening.await;
            });
        }
    }

    /// Finds out who has opened a connection.
    async fn greet(&self, stream: TcpStream) -> io::Result<(Hello, FrameReader<OwnedReadHalf>)> {
        let (stream, mut sink) = stream.into_split();
        let mut reader = FrameReader::new(stream);
        let hello = timeout(GREETING, reader.next(MAX_HELLO_BYTES)).await??;
        let hello: Hello = wire::decode(&hello.ok_or(io::ErrorKind::UnexpectedEof)?)?;
        if hello.magic != MAGIC {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it speaks something else"));
        }
        let is_known = self.peers.iter().any(|(peer, _)| *peer == hello.from);
        let belongs = hello == Hello { from: hello.from, ..self.hello(self.me, hello.purpose) };
        let answer = if is_known && belongs {
            Welcome::Come
        } else {
            Welcome::Stranger { version: VERSION, cluster: self.cluster, id: self.me }
        };
        let mut buffer = BytesMut::new();
        wire::push(&mut buffer, &answer)?;
        write(&mut sink, &buffer).await?;
        if answer == Welcome::Come {
            // Nothing more is said here, but closing this half would look like an end.
            sink.forget();
            Ok((hello, reader))
        } else {
            let Hello { version, cluster, voters, from, to, .. } = hello;
            Err(io::Error::other(format!(
                "node {from} of cluster {cluster}, version {version}, wants to speak to node {to}{}",
                if voters == self.voters() { "" } else { ", with other voters" }
            )))
        }
    }

    async fn listen(self, hello: Hello, reader: FrameReader<OwnedReadHalf>) {
        let from = hello.from;
        let heard = match hello.purpose {
            Purpose::Packets => self.hear_packets(from, reader).await,
            Purpose::Snapshot => self.hear_snapshot(from, reader).await,
        };
        if let Err(error) = heard {
            warn!(peer = %from, %error, "a peer's connection is closed");
        }
    }

    /// The node's queue of events is what holds a peer back that is too quick.
    async fn hear_packets(
        &self,
        from: NodeId,
        mut reader: FrameReader<OwnedReadHalf>,
    ) -> io::Result<()> {
        while let Some(body) = reader.next(MAX_FRAME_BYTES).await? {
            let packet = wire::decode(&body)?;
            if self.events.send(Event::Packet { from, packet }).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn hear_snapshot(
        &self,
        from: NodeId,
        mut reader: FrameReader<OwnedReadHalf>,
    ) -> io::Result<()> {
        let mut next = async || -> io::Result<Bytes> {
            let body = timeout(STALL, reader.next(MAX_FRAME_BYTES)).await??;
            body.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        };
        let message = match wire::decode::<Incoming<X>>(&next().await?)? {
            Incoming::Raft(frame) => frame.into_parts().0,
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "this is no snapshot")),
        };
        if !matches!(message.body, Body::Snapshot { .. }) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "this is no snapshot"));
        }
        let mut state = State::new();
        loop {
            let chunk = next().await?;
            if chunk.is_empty() {
                break;
            }
            state.absorb(&chunk).map_err(io::Error::other)?;
        }
        let _ = self.events.send(Event::Snapshot { from, message, state }).await;
        Ok(())
    }
}

/// Opens a connection, and is let in.
async fn connect(address: SocketAddr, hello: Hello) -> io::Result<(OwnedReadHalf, OwnedWriteHalf)> {
    let stream = timeout(GREETING, TcpStream::connect(address)).await??;
    stream.set_nodelay(true)?;
    let (stream, mut sink) = stream.into_split();
    let mut buffer = BytesMut::new();
    wire::push(&mut buffer, &hello)?;
    write(&mut sink, &buffer).await?;
    let mut reader = FrameReader::new(stream);
    let answer = timeout(GREETING, reader.next(MAX_HELLO_BYTES)).await??;
    match wire::decode(&answer.ok_or(io::ErrorKind::UnexpectedEof)?)? {
        Welcome::Come => Ok((reader.into_inner(), sink)),
        Welcome::Stranger { version, cluster, id } => {
            warn!(%address, version, cluster, %id, "is not the peer that was expected");
            Err(io::ErrorKind::ConnectionRefused.into())
        }
    }
}

/// Writes packets until the connection breaks; says why it did.
async fn talk(
    mut stream: OwnedReadHalf,
    mut sink: OwnedWriteHalf,
    mut packets: mpsc::Receiver<Bytes>,
) -> io::Error {
    let mut buffer = BytesMut::new();
    let mut unexpected = [0];
    loop {
        let first = tokio::select! {
            packet = packets.recv() => packet,
            // A peer says nothing here, so this ends when the connection does.
            ended = stream.read(&mut unexpected) => {
                return ended.err().unwrap_or_else(|| io::ErrorKind::ConnectionReset.into());
            }
        };
        let Some(first) = first else { return io::Error::other("another one took its place") };
        buffer.clear();
        buffer.extend_from_slice(&first);
        while buffer.len() < WRITE_BYTES
            && let Ok(more) = packets.try_recv()
        {
            buffer.extend_from_slice(&more);
        }
        if let Err(error) = write(&mut sink, &buffer).await {
            return error;
        }
    }
}

async fn write(sink: &mut OwnedWriteHalf, bytes: &[u8]) -> io::Result<()> {
    timeout(STALL, sink.write_all(bytes)).await?
}
