//! The ranges of a ring, from the top down.

use core::mem;

use synod_capacity::{Inline, List};

use crate::ranged::Ranges;

/// The ranges of a ring of tokens. A token owns what is up to it; who follows are the owners of the
/// tokens behind it.
///
/// Downwards that is told without looking ahead: the nodes of a range are the owner of its token,
/// then those of the range behind it without that one.
#[derive(Clone, Debug)]
pub(crate) struct Descending<N, I, const K: usize> {
    nodes: List<N, Inline<K>>,
    first: u64,
    /// Whose the range below is; `None` at the last one.
    next: Option<N>,
    /// The tokens below that, in descending order: the last point of each, and its owner.
    tokens: I,
}

impl<N: Copy + Eq, I: Iterator<Item = (u64, N)>, const K: usize> Descending<N, I, K> {
    /// From a point that has these nodes, and the tokens below it.
    pub(crate) fn new(nodes: List<N, Inline<K>>, mut tokens: I) -> Self {
        let next = tokens.next();
        let first = next.map_or(0, |(end, _)| end.saturating_add(1));
        Self { nodes, first, next: next.map(|(_, owner)| owner), tokens }
    }
}

impl<N: Copy + Eq, I: Iterator<Item = (u64, N)>, const K: usize> Ranges for Descending<N, I, K> {
    type Node = N;

    fn first(&self) -> u64 {
        self.first
    }

    fn nodes(&self) -> &[N] {
        &self.nodes
    }

    fn descend(&mut self) {
        let last = self.first;
        // Of two tokens at one point, one has no range.
        while let (Some(owner), true) = (self.next, self.first == last) {
            to_front(&mut self.nodes, owner);
            let below = self.tokens.next();
            self.first = below.map_or(0, |(end, _)| end.saturating_add(1));
            self.next = below.map(|(_, owner)| owner);
        }
    }
}

/// Puts a node first, before those that were: the last one falls out where there is no room.
fn to_front<N: Copy + Eq, const K: usize>(nodes: &mut List<N, Inline<K>>, node: N) {
    let mut carried = node;
    for place in nodes.as_mut_slice() {
        mem::swap(place, &mut carried);
        if carried == node {
            return;
        }
    }
    // Full, or it takes one more.
    let _ = nodes.push(carried);
}
