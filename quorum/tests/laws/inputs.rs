//! Nodes, members, reports and weights at random, and what holds of all of them.

use std::collections::BTreeSet;

use proptest::{collection, prelude::*};
use synod_quorum::{NodeSet, Quorums};

/// The most members; an interpreter takes some thousand times as long for each.
const MOST: usize = if cfg!(miri) { 24 } else { 128 };

pub(super) type Model = BTreeSet<usize>;
pub(super) type Wide = NodeSet<2>;

pub(super) fn set<const WORDS: usize>(model: &Model) -> NodeSet<WORDS> {
    let mut set = NodeSet::new();
    for node in model {
        set.insert(*node).unwrap();
    }
    set
}

pub(super) fn model<const WORDS: usize>(set: NodeSet<WORDS>) -> Model {
    set.iter().collect()
}

/// A node of two words, the ends of words among them.
pub(super) fn node() -> impl Strategy<Value = usize> {
    prop_oneof![3 => 0..128_usize, 1 => prop::sample::select(vec![0, 1, 62, 63, 64, 65, 126, 127])]
}

pub(super) fn nodes(most: usize) -> impl Strategy<Value = Model> {
    collection::btree_set(node(), 0..=most)
}

pub(super) fn members() -> impl Strategy<Value = Model> {
    prop_oneof![collection::btree_set(node(), 1..=12), collection::btree_set(node(), 1..=MOST)]
}

/// Members, and how many of them are needed.
pub(super) fn threshold() -> impl Strategy<Value = (Model, usize)> {
    members().prop_flat_map(|members| {
        let needed = 1..=members.len();
        (Just(members), needed)
    })
}

pub(super) fn reports() -> impl Strategy<Value = Vec<Option<u64>>> {
    let report = prop_oneof![
        1 => Just(None),
        4 => (0..6_u64).prop_map(Some),
        1 => any::<u64>().prop_map(Some),
        1 => Just(Some(u64::MAX)),
    ];
    collection::vec(report, 128)
}

pub(super) fn weights() -> impl Strategy<Value = Vec<u32>> {
    let weight = prop_oneof![Just(0), 1..5_u32, Just(u32::MAX), any::<u32>()];
    collection::vec(weight, 70)
}

/// A family of which nothing is known.
pub(super) struct Opaque<Q>(pub(super) Q);

impl<const WORDS: usize, Q: Quorums<WORDS>> Quorums<WORDS> for Opaque<Q> {
    fn members(&self) -> NodeSet<WORDS> {
        self.0.members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.0.is_quorum(nodes)
    }
}

/// The sets of an error are quorums which can spare no node, and have none in common.
pub(super) fn is_genuine<const WORDS: usize>(
    (first, second): (NodeSet<WORDS>, NodeSet<WORDS>),
    (one, other): (&impl Quorums<WORDS>, &impl Quorums<WORDS>),
) -> bool {
    model(first).is_disjoint(&model(second)) && is_least(one, first) && is_least(other, second)
}

pub(super) fn is_least<const WORDS: usize>(
    family: &impl Quorums<WORDS>,
    nodes: NodeSet<WORDS>,
) -> bool {
    let spares = |node| {
        let mut without = nodes;
        without.remove(node);
        family.is_quorum(without)
    };
    family.is_quorum(nodes) && !nodes.iter().any(spares)
}
