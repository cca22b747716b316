//! A peer that says what no peer would: nothing is lost by it.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::std_instead_of_core)] // A test may panic.

mod processes;

use std::{
    io::{Read, Write},
    iter,
    net::TcpStream,
};

use bytes::{Bytes, BytesMut};
use processes::{NODES, Nodes};
use redis::Commands;
use synod_consensus_core::{
    NodeId,
    raft::{Body, Entries, LogId, Message, Never, replica::Frame},
};
use synod_kv::node::wire::{self, Hello, MAGIC, Outgoing, Packet, Purpose, Submission, VERSION};

/// The checksum of voters.
fn voters(ids: &[u64]) -> u32 {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    crc32fast::hash(&bytes)
}

/// Says hello to the first node, as the second, and then this. Returns when it is hung up on.
fn say(nodes: &Nodes, purpose: Purpose, frames: &[u8]) {
    let mut stream = TcpStream::connect(nodes.peer_address(0)).unwrap();
    let (from, to) = (NodeId(2), NodeId(1));
    let (magic, version, voters) = (MAGIC, VERSION, voters(&[1, 2, 3]));
    let hello = Hello { magic, version, cluster: 1, voters, from, to, purpose };
    let mut buffer = BytesMut::new();
    wire::push(&mut buffer, &hello).unwrap();
    buffer.extend_from_slice(frames);
    // Noise at the end, so that it hangs up when it has heard all.
    buffer.extend_from_slice(&[0xff; 64]);
    stream.write_all(&buffer).unwrap();
    // It may be reset by what it has not read.
    let _ = stream.read_to_end(&mut Vec::new());
}

#[test]
fn nothing_is_lost() {
    let mut nodes = Nodes::new("strange_peer", &[]);
    nodes.start((0..NODES).zip(iter::repeat("")), true);
    let mut node = nodes.connect(0);
    node.set::<_, _, ()>("key", "value").unwrap();
    // A snapshot without its state, among the packets.
    let body = Body::<Never>::Snapshot { last: LogId { term: 1_000, index: 1_000_000 } };
    let message = Message { cluster: 1, to: NodeId(1), term: 1_000, body };
    let mut frames = BytesMut::new();
    let frame = Frame { message: &message, entries: Entries::new(1, &[], &[]) };
    wire::push(&mut frames, &Outgoing::<Never>::Raft(frame)).unwrap();
    // And answers that nobody asked for, and commands that are none.
    wire::push(&mut frames, &Outgoing::<Never>::ReadAt { request: 1, index: u64::MAX }).unwrap();
    for term in 0..5 {
        let commands = vec![(1, Bytes::from_static(&[0xff; 9])), (1, Bytes::new())];
        let submission = Submission { term, life: u64::MAX, commands };
        wire::push(&mut frames, &Outgoing::<Never>::Submit(submission)).unwrap();
    }
    say(&nodes, Purpose::Packets, &frames);
    // A snapshot of which only the beginning comes, and one that is another message.
    say(&nodes, Purpose::Snapshot, &frames);
    let mut other = BytesMut::new();
    let packet: Outgoing<'_> = Packet::ReadIndex { request: 7 };
    wire::push(&mut other, &packet).unwrap();
    say(&nodes, Purpose::Snapshot, &other);
    for node in 0..NODES {
        let mut connection = nodes.connect(node);
        assert_eq!(connection.get::<_, String>("key").unwrap(), "value");
        assert_eq!(connection.append::<_, _, u16>("log", "x").unwrap(), node + 1);
    }
}
