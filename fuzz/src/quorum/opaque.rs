//! A family that a user might write.

use synod_quorum::{NodeSet, Quorums};

/// The sets that contain one of some sets, which is any monotone rule; nothing is told about it.
#[derive(Clone, Debug)]
pub(crate) struct Opaque<const WORDS: usize> {
    /// Some of them may belong to no quorum that could not spare them.
    pub(crate) members: NodeSet<WORDS>,
    pub(crate) sets: Vec<NodeSet<WORDS>>,
}

impl<const WORDS: usize> Quorums<WORDS> for Opaque<WORDS> {
    fn members(&self) -> NodeSet<WORDS> {
        self.members
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.sets.iter().any(|set| set.is_subset(nodes))
    }
}
