//! What leaves a node for its peers.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use synod_consensus_core::{NodeId, raft::Message};
use tokio::sync::mpsc;
use tracing::error;

use crate::{
    node::{
        engine::Word,
        links::Neighbours,
        wire::{self, Outgoing},
    },
    state::State,
};

/// For so long a snapshot that is on its way keeps the log as it is.
const SNAPSHOT_HOLDS_US: u64 = 60_000_000;

/// A connection to a peer.
#[derive(Debug, Default)]
struct Link {
    queue: Option<mpsc::Sender<Bytes>>,
    /// Since when a snapshot is on its way there.
    snapshot_since_us: Option<u64>,
}

/// The connections to all peers.
#[derive(Debug)]
pub(crate) struct Post<X> {
    neighbours: Neighbours<X>,
    links: BTreeMap<NodeId, Link>,
    buffer: BytesMut,
}

impl<X: Word> Post<X> {
    /// Without a connection yet.
    pub(crate) fn new(neighbours: Neighbours<X>) -> Self {
        let links = neighbours.peers.iter().map(|(peer, _)| (*peer, Link::default())).collect();
        Self { neighbours, links, buffer: BytesMut::new() }
    }

    /// There is a new connection to a peer.
    pub(crate) fn up(&mut self, peer: NodeId, queue: mpsc::Sender<Bytes>) {
        self.links.entry(peer).or_default().queue = Some(queue);
    }

    /// Whether there is a connection to a peer.
    pub(crate) fn is_up(&self, peer: NodeId) -> bool {
        let queue = self.links.get(&peer).and_then(|link| link.queue.as_ref());
        queue.is_some_and(|queue| !queue.is_closed())
    }

    /// Sends a packet, if there is a connection and it has room; says whether it did.
    pub(crate) fn send(&mut self, to: NodeId, packet: &Outgoing<'_, X>) -> bool {
        let Some(queue) = self.links.get(&to).and_then(|link| link.queue.as_ref()) else {
            return false;
        };
        let Ok(place) = queue.try_reserve() else { return false };
        if let Err(error) = wire::push(&mut self.buffer, packet) {
            error!(%to, %error, "a packet cannot be sent");
            return false;
        }
        place.send(self.buffer.split().freeze());
        true
    }

    /// Sends a snapshot, unless one is on its way there already.
    pub(crate) fn send_snapshot(
        &mut self,
        now_us: u64,
        to: NodeId,
        message: Message<X>,
        state: &State,
    ) {
        let link = self.links.entry(to).or_default();
        if link.snapshot_since_us.is_none() {
            link.snapshot_since_us = Some(now_us);
            self.neighbours.send_snapshot(to, message, state.clone());
        }
    }

    /// No snapshot is on its way to this peer any more.
    pub(crate) fn snapshot_sent(&mut self, to: NodeId) {
        self.links.entry(to).or_default().snapshot_since_us = None;
    }

    /// Whether some peer will need the entries behind the snapshot that it is being sent.
    pub(crate) fn needs_log(&self, now_us: u64) -> bool {
        self.links.values().any(|link| {
            link.snapshot_since_us
                .is_some_and(|since_us| now_us.saturating_sub(since_us) < SNAPSHOT_HOLDS_US)
        })
    }
}
