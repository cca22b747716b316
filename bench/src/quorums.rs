//! Sets of nodes, and how each implementation holds what it decides by.
//!
//! A node is a position from 0 to ours, and that number plus one to `raft`, which ignores a node 0.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::BuildHasherDefault,
};

use fxhash::FxHasher;
use raft::{
    Changer, JointConfig, MajorityConfig, Progress, ProgressTracker,
    prelude::{ConfChangeSingle, ConfChangeType},
};
use synod_quorum::{Joint, Majority, NodeSet, Quorums};

/// Nodes, as positions.
pub type Nodes = BTreeSet<usize>;

/// The set of nodes that `raft` asks whether it is a quorum.
pub type RaftSet = HashSet<u64, BuildHasherDefault<FxHasher>>;

/// What `raft` keeps about each node, and looks acknowledged indexes up in.
pub type RaftProgress = HashMap<u64, Progress, BuildHasherDefault<FxHasher>>;

/// The nodes `0..count`.
#[must_use]
pub fn first(count: usize) -> Nodes {
    (0..count).collect()
}

/// The nodes as ours holds them.
///
/// # Panics
///
/// If they do not fit.
#[must_use]
pub fn node_set<const WORDS: usize>(nodes: &Nodes) -> NodeSet<WORDS> {
    let mut set = NodeSet::new();
    for node in nodes {
        set.insert(*node).expect("words are chosen large enough");
    }
    set
}

/// The majority of the nodes, as ours.
///
/// # Panics
///
/// If there are no nodes, or they do not fit.
#[must_use]
pub fn majority<const WORDS: usize>(nodes: &Nodes) -> Majority<WORDS> {
    Majority::new(node_set(nodes)).expect("there are nodes")
}

/// Both majorities at once, as ours.
///
/// # Panics
///
/// If there are no nodes in one of them, or they do not fit.
#[must_use]
pub fn joint<const WORDS: usize>(
    outgoing: &Nodes,
    incoming: &Nodes,
) -> Joint<Majority<WORDS>, Majority<WORDS>, WORDS> {
    Joint::new(majority(outgoing), majority(incoming))
}

/// A family that says nothing about itself but what it decides.
#[derive(Clone, Copy, Debug)]
pub struct Opaque<Q>(pub Q);

impl<Q: Quorums<WORDS>, const WORDS: usize> Quorums<WORDS> for Opaque<Q> {
    fn members(&self) -> NodeSet<WORDS> {
        self.0.members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.0.is_quorum(nodes)
    }
}

/// The id of a node in `raft`.
#[must_use]
pub const fn raft_id(node: usize) -> u64 {
    node as u64 + 1
}

/// The nodes as `raft` asks whether they are a quorum.
#[must_use]
pub fn raft_set(nodes: &Nodes) -> RaftSet {
    nodes.iter().map(|node| raft_id(*node)).collect()
}

/// The majority of the nodes, as `raft`'s.
#[must_use]
pub fn raft_majority(nodes: &Nodes) -> MajorityConfig {
    MajorityConfig::new(raft_set(nodes))
}

/// Both majorities at once, as `raft`'s.
#[must_use]
pub fn raft_joint(outgoing: &Nodes, incoming: &Nodes) -> JointConfig {
    raft_tracker(outgoing, Some(incoming)).conf().voters().clone()
}

/// What a leader of `raft` keeps of its followers, and a candidate of its votes; amid a change of
/// membership, if there are nodes incoming. It goes through the changes that lead there: nothing
/// else makes a joint configuration.
///
/// # Panics
///
/// If there are no nodes in one of the sets.
#[must_use]
pub fn raft_tracker(outgoing: &Nodes, incoming: Option<&Nodes>) -> ProgressTracker {
    // No message is in flight here, so there is no window to allocate.
    let mut tracker = ProgressTracker::new(0);
    for node in outgoing {
        let change = change(*node, ConfChangeType::AddNode);
        let next = Changer::new(&tracker).simple(&[change]).expect("one voter more");
        tracker.apply_conf(next.0, next.1, 1);
    }
    if let Some(incoming) = incoming {
        let leaving = outgoing.iter().map(|node| change(*node, ConfChangeType::RemoveNode));
        let entering = incoming.iter().map(|node| change(*node, ConfChangeType::AddNode));
        let changes: Vec<_> = leaving.chain(entering).collect();
        let next = Changer::new(&tracker).enter_joint(false, &changes).expect("voters remain");
        tracker.apply_conf(next.0, next.1, 1);
    }
    tracker
}

fn change(node: usize, kind: ConfChangeType) -> ConfChangeSingle {
    let mut change = ConfChangeSingle { node_id: raft_id(node), ..Default::default() };
    change.set_change_type(kind);
    change
}

/// The indexes that nodes have acknowledged, by position, as `raft` keeps them. Nothing is kept of
/// a node that has not reported.
#[must_use]
pub fn raft_progress(reports: &[Option<u64>]) -> RaftProgress {
    let known = reports.iter().enumerate().filter_map(|(node, report)| Some((node, (*report)?)));
    known
        .map(|(node, index)| {
            let mut progress = Progress::new(1, 0);
            progress.matched = index;
            (raft_id(node), progress)
        })
        .collect()
}
