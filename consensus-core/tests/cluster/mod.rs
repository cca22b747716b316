//! A cluster in a few kilobytes: nodes with their logs and disks, and a network that a test drives
//! by hand.

mod elect;
pub(crate) mod log;
pub(crate) mod network;
pub(crate) mod node;

use synod_consensus_core::raft::{ByBallots, ByVotes};

pub(crate) use log::MemoryLog;

/// Those of Raft.
pub(crate) type Cluster = network::Cluster<ByVotes>;
pub(crate) type Node = node::Node<ByVotes>;

/// Those of Multi-Paxos, with majorities.
pub(crate) type BallotCluster = network::Cluster<ByBallots>;
pub(crate) type BallotNode = node::Node<ByBallots>;
