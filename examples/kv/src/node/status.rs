//! How a node is doing: what an operator asks first.

use synod_consensus_core::{
    NodeId,
    raft::{PeerStatus, Status as RaftStatus, TermLog},
};

use super::{Node, engine::Rule};

/// A peer of a node.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its name.
    pub id: NodeId,
    /// Whether there is a connection to it.
    pub connected: bool,
    /// How far it is, if this node leads.
    pub progress: Option<PeerStatus>,
}

/// How a node is doing.
#[derive(Clone, Debug)]
pub struct Status {
    /// The node as Raft sees it.
    pub raft: RaftStatus,
    /// Its peers.
    pub peers: Vec<Peer>,
    /// Which life of the node this is.
    pub life: u64,
    /// The index of its snapshot.
    pub snapshot: u64,
    /// Writes that wait for their place in the log, or for its being applied.
    pub waiting_writes: usize,
    /// Reads that wait.
    pub waiting_reads: usize,
    /// How often something was committed to the disk since the start.
    pub commits: u64,
    /// How many keys there are.
    pub keys: usize,
    /// How many of them expire.
    pub expires: usize,
}

impl<E: Rule> Node<E> {
    /// How it is doing.
    pub(super) fn status(&self) -> Status {
        let raft = self.replica.status();
        let voters = self.replica.raft().voters().iter().filter(|voter| **voter != raft.id);
        let peer = |id: &NodeId| Peer {
            id: *id,
            connected: self.post.is_up(*id),
            progress: self.replica.raft().peers().find(|peer| peer.id == *id),
        };
        Status {
            raft,
            peers: voters.map(peer).collect(),
            life: self.life,
            snapshot: self.replica.log().snapshot().index,
            waiting_writes: self.service.outbox.len(),
            waiting_reads: self.service.reads.len(),
            commits: self.disk.commits(),
            keys: self.service.state.len(),
            expires: self.service.state.expires(),
        }
    }
}
