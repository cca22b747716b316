//! Who is enough, in the opinion of the simulator: what is checked is not its own judge.

use alloc::vec::Vec;

use synod_consensus_core::{
    NodeId,
    register::{Membership, Part},
};

use crate::nodes::{Nodes, id, place};

/// Whether these nodes are a majority of those before a change of members, and one of those after.
pub(super) fn is_quorum<const N: usize>(members: &Membership<N>, nodes: Nodes) -> bool {
    [Part::Joins, Part::Leaves].into_iter().all(|absent| {
        let side = || members.as_slice().iter().filter(|member| member.part != absent);
        side().filter(|member| nodes.has(place(member.id))).count() * 2 > side().count()
    })
}

/// Those before a change of members, or after it.
pub(super) fn side<const N: usize>(members: &Membership<N>, absent: Part) -> Vec<NodeId> {
    let side = members.as_slice().iter().filter(|member| member.part != absent);
    side.map(|member| member.id).collect()
}

/// Those who are members after a change.
pub(super) fn after<const N: usize>(members: &Membership<N>) -> Vec<NodeId> {
    side(members, Part::Leaves)
}

/// All of them.
pub(super) fn all<const N: usize>(members: &Membership<N>) -> Nodes {
    let mut nodes = Nodes::default();
    members.as_slice().iter().for_each(|member| nodes.insert(place(member.id)));
    nodes
}

/// The ids of all.
pub(super) fn all_ids<const N: usize>(members: &Membership<N>) -> Vec<NodeId> {
    members.as_slice().iter().map(|member| member.id).collect()
}

/// The ids of these nodes, ascending.
pub(super) fn ids(nodes: Nodes) -> Vec<NodeId> {
    (0..64).rev().filter(|&node| nodes.has(node)).map(id).collect()
}
