//! A set of nodes.

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
