//! What a world must know of the rule by which its cluster elects.

use serde::Serialize;
use synod_consensus_core::{
    Members, NodeId,
    raft::{ByBallots, ByVotes, Election, Message},
};
use synod_quorum::{Flexible, NodeSet, QuorumSystem, Quorums, Threshold};

use super::era::Era;
use crate::{random::Random, settings::Settings};

/// A rule of elections, and the quorums with it.
pub(super) trait Rule: Election<Said: Serialize> {
    /// A message as it is recorded, if it is.
    fn recorded(message: &Message<Self::Said>) -> Option<Message>;

    /// The quorums of so many nodes.
    fn system(count: usize, random: &mut Random) -> Self::System;

    /// How many stop signs there are in a run.
    fn stops(settings: &Settings) -> usize;
}

impl Rule for ByVotes {
    fn recorded(message: &Message) -> Option<Message> {
        Some(*message)
    }

    #[allow(clippy::expect_used)] // there is a node
    fn system(count: usize, _: &mut Random) -> Self::System {
        synod_quorum::Majority::new(all(count)).expect("a cluster has nodes")
    }

    fn stops(_: &Settings) -> usize {
        0
    }
}

/// Multi-Paxos with quorums of any sizes that meet.
pub(super) type Ballots = ByBallots<Flexible<Threshold, Threshold>>;

impl Rule for Ballots {
    fn recorded(_: &Message<Self::Said>) -> Option<Message> {
        None
    }

    /// Majorities every other time; else any sizes that meet.
    #[allow(clippy::expect_used)] // together they are more than all
    fn system(count: usize, random: &mut Random) -> Self::System {
        let phase2 = if random.one_in(2) { count / 2 + 1 } else { 1 + random.index(count) };
        let of = |needed| Threshold::new(all(count), needed).expect("there are so many");
        Flexible::new(of(count + 1 - phase2), of(phase2)).expect("they meet")
    }

    /// None in every other run; else one, or two.
    fn stops(settings: &Settings) -> usize {
        let mut random = Random::stream(settings.seed, 6);
        if random.one_in(2) { 1 + random.index(2) } else { 0 }
    }
}

fn all(count: usize) -> NodeSet {
    NodeSet::first(count).unwrap_or_default()
}

/// The voters of a configuration.
///
/// # Panics
///
/// If they are more than `V`.
#[allow(clippy::expect_used)] // which is what it says
pub(super) fn members<E: Rule, const V: usize>(
    ids: &[NodeId],
    random: &mut Random,
) -> Members<V, E::System> {
    Members::new(ids, E::system(ids.len(), random)).expect("a cluster fits into its world")
}

/// Whether the nodes at these places commit.
pub(super) fn commits<const V: usize, S: QuorumSystem>(
    era: &Era<V, S>,
    places: impl Iterator<Item = usize>,
) -> bool {
    let mut set = NodeSet::new();
    places.filter_map(|place| era.position(place)).for_each(|node| {
        let _ = set.insert(node);
    });
    era.voters.system().phase2().is_quorum(set)
}

/// How many nodes must hear each other for one of them to lead and to commit.
pub(super) fn connected<S: QuorumSystem>(system: &S, nodes: usize) -> usize {
    let enough = |count| {
        let some = all(count);
        system.phase1().is_quorum(some) && system.phase2().is_quorum(some)
    };
    (1..=nodes).find(|&count| enough(count)).unwrap_or(nodes)
}
