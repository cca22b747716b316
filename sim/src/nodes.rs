//! The names of nodes, and sets of them.

use synod_consensus_core::NodeId;

/// The id of a node. Large ones take the most bytes, and the first member is the last node.
pub(crate) const fn id(node: usize) -> NodeId {
    NodeId(u64::MAX - node as u64)
}

/// The place of a node; none of a stranger's.
#[allow(clippy::cast_possible_truncation)] // strangers are far away
pub(crate) const fn place(id: NodeId) -> usize {
    (u64::MAX - id.0) as usize
}

/// A set of nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Nodes(pub(crate) u64);

impl Nodes {
    pub(crate) const fn has(self, node: usize) -> bool {
        self.0 & (1 << node) != 0
    }

    pub(crate) const fn insert(&mut self, node: usize) {
        self.0 |= 1 << node;
    }

    pub(crate) const fn len(self) -> usize {
        self.0.count_ones() as usize
    }
}
