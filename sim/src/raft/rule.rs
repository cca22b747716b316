//! What a world must know of the rule by which its cluster elects.

use serde::Serialize;
use synod_consensus_core::{
    Members, NodeId,
    raft::{ByBallots, ByVotes, Election, Message},
};
use synod_quorum::{Flexible, NodeSet, QuorumSystem, Quorums, Threshold};

use super::node;
use crate::{random::Random, settings::Settings};

/// A rule of elections, and the quorums with it.
pub(super) trait Rule: Election<Said: Serialize> {
    /// A message as it is recorded, if it is.
    fn recorded(message: &Message<Self::Said>) -> Option<Message>;

    /// The quorums of a run.
    fn system(settings: &Settings) -> Self::System;
}

impl Rule for ByVotes {
    fn recorded(message: &Message) -> Option<Message> {
        Some(*message)
    }

    #[allow(clippy::expect_used)] // there is a node
    fn system(settings: &Settings) -> Self::System {
        synod_quorum::Majority::new(all(settings.nodes)).expect("a cluster has nodes")
    }
}

/// Multi-Paxos with quorums of any sizes that meet.
pub(super) type Ballots = ByBallots<Flexible<Threshold, Threshold>>;

impl Rule for Ballots {
    fn recorded(_: &Message<Self::Said>) -> Option<Message> {
        None
    }

    /// Majorities in every other run; else any sizes that meet.
    #[allow(clippy::expect_used)] // together they are more than all
    fn system(settings: &Settings) -> Self::System {
        let mut random = Random::stream(settings.seed, 5);
        let count = settings.nodes;
        let phase2 = if random.one_in(2) { count / 2 + 1 } else { 1 + random.index(count) };
        let of = |needed| Threshold::new(all(count), needed).expect("there are so many");
        Flexible::new(of(count + 1 - phase2), of(phase2)).expect("they meet")
    }
}

fn all(count: usize) -> NodeSet {
    NodeSet::first(count).unwrap_or_default()
}

/// The voters of a cluster.
///
/// # Panics
///
/// If they are more than `V`.
#[allow(clippy::expect_used)] // which is what it says
pub(super) fn members<E: Rule, const V: usize>(settings: &Settings) -> Members<V, E::System> {
    let ids: alloc::vec::Vec<NodeId> = (0..settings.nodes).map(node::id).collect();
    Members::new(&ids, E::system(settings)).expect("a cluster fits into its world")
}

/// Whether these commit.
pub(super) fn commits<S: QuorumSystem>(system: &S, nodes: impl Iterator<Item = usize>) -> bool {
    let mut set = NodeSet::new();
    nodes.for_each(|node| {
        let _ = set.insert(node);
    });
    system.phase2().is_quorum(set)
}

/// How many nodes must hear each other for one of them to lead and to commit.
pub(super) fn connected<S: QuorumSystem>(system: &S, nodes: usize) -> usize {
    let enough = |count| {
        let some = all(count);
        system.phase1().is_quorum(some) && system.phase2().is_quorum(some)
    };
    (1..=nodes).find(|&count| enough(count)).unwrap_or(nodes)
}
