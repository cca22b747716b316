//! The ranges of a ring.

use core::mem;

use synod_capacity::{Capacity, Inline, List};

use crate::key::Key;
use crate::placement::first_nodes;
use crate::ranged::{Points, Ranged, Ranges};
use crate::ring::{Ring, owner};
use crate::tokens::{Token, upper_half};

/// The ranges of a [`Ring`], from the top down.
///
/// A token owns what is up to it; who follows are the owners of the tokens behind it. Downwards
/// that is told without looking ahead: the nodes of a range are the owner of its token, then those
/// of the range behind it without that one.
#[derive(Clone, Debug)]
pub struct RingRanges<'a, N, const K: usize> {
    all: &'a [N],
    nodes: List<N, Inline<K>>,
    first: u64,
    /// Whose the range below is; `None` at the last one.
    next: Option<N>,
    /// The tokens below that.
    tokens: &'a [Token],
}

impl<N: Key + Copy + Ord, NODES: Capacity, TOKENS: Capacity> Ranged for Ring<N, NODES, TOKENS> {
    type Ranges<'a, const K: usize>
        = RingRanges<'a, N, K>
    where
        Self: 'a;

    fn points(&self) -> Points {
        Points::Hashed(self.key_hash())
    }

    fn ranges_down<const K: usize>(&self, last: u64) -> RingRanges<'_, N, K> {
        let nodes = first_nodes(self, last);
        let tokens = self.tokens().below(upper_half(last));
        let mut ranges = RingRanges { all: self.node_slice(), nodes, first: 0, next: None, tokens };
        ranges.take_token();
        ranges
    }
}

impl<N: Copy + Eq, const K: usize> Ranges for RingRanges<'_, N, K> {
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
            self.take_token();
        }
    }
}

impl<N: Copy, const K: usize> RingRanges<'_, N, K> {
    /// The next token below says where the range begins, and whose the one below it is.
    fn take_token(&mut self) {
        let Some((token, rest)) = self.tokens.split_last() else {
            (self.first, self.next) = (0, None);
            return;
        };
        self.tokens = rest;
        // What is after all points of the same upper half.
        self.first = u64::from(token.point()).saturating_add(1).wrapping_shl(32);
        self.next = owner(self.all, *token);
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
