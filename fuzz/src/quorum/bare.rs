//! A family by what a user must write of it.

use synod_quorum::{NodeSet, Quorums, Shape};

/// The family, with the decisions that the trait provides in place of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bare<'a, Q> {
    pub(crate) family: &'a Q,
    /// Whether it tells what it is made of.
    pub(crate) is_open: bool,
}

impl<Q: Quorums<WORDS>, const WORDS: usize> Quorums<WORDS> for Bare<'_, Q> {
    fn members(&self) -> NodeSet<WORDS> {
        self.family.members()
    }

    fn is_quorum(&self, nodes: NodeSet<WORDS>) -> bool {
        self.family.is_quorum(nodes)
    }

    fn shape(&self) -> Shape<'_, WORDS> {
        if self.is_open { self.family.shape() } else { Shape::Unknown }
    }
}
