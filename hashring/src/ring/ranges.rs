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
    /// Those below the range. The last of them says where it begins.
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
        RingRanges { all: self.node_slice(), nodes, first: first_above(tokens), tokens }
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
        while let (true, Some((token, below))) = (self.first == last, self.tokens.split_last()) {
            if let Some(owner) = owner(self.all, *token) {
                to_front(&mut self.nodes, owner);
            }
            self.tokens = below;
            self.first = first_above(below);
        }
    }

    fn steps(&self) -> impl Iterator<Item = (u64, Option<N>)> {
        self.tokens.iter().rev().map(|token| (token.point().into(), owner(self.all, *token)))
    }

    fn take_steps(&mut self, count: usize) {
        let kept = self.tokens.len().saturating_sub(count);
        let Some((below, passed)) = self.tokens.split_at_checked(kept) else { return };
        let above = mem::take(&mut self.nodes);
        let owners = passed.iter().filter_map(|token| owner(self.all, *token));
        for node in owners.chain(above.iter().copied()) {
            if !self.nodes.contains(&node) && self.nodes.push(node).is_err() {
                break;
            }
        }
        self.tokens = below;
        self.first = first_above(below);
    }
}

/// The least point that is not below these tokens or at one of them.
fn first_above(tokens: &[Token]) -> u64 {
    // A ring looks at the upper half of a point only.
    tokens.last().map_or(0, |token| u64::from(token.point()).wrapping_add(1).wrapping_shl(32))
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
