//! The ranges of a ring.

use synod_capacity::Capacity;

use crate::key::Key;
use crate::placement::first_nodes;
use crate::ranged::{Points, Ranged, Ranges};
use crate::ring::descending::Descending;
use crate::ring::token::Token;
use crate::ring::{Member, Ring, owner, upper_half};

/// The ranges of a [`Ring`], from the top down.
#[derive(Clone, Debug)]
pub struct RingRanges<'a, N, const K: usize>(Descending<N, Owners<'a, N>, K>);

impl<N: Key + Copy + Ord, NODES: Capacity, TOKENS: Capacity> Ranged for Ring<N, NODES, TOKENS> {
    type Ranges<'a, const K: usize>
        = RingRanges<'a, N, K>
    where
        Self: 'a;

    fn points(&self) -> Points {
        Points::Hashed(self.key_hash())
    }

    fn ranges_down<const K: usize>(&self, last: u64) -> RingRanges<'_, N, K> {
        let tokens = self.tokens().below(upper_half(last));
        let below = Owners { members: self.members(), tokens };
        RingRanges(Descending::new(first_nodes(self, last), below))
    }
}

impl<N: Copy + Eq, const K: usize> Ranges for RingRanges<'_, N, K> {
    type Node = N;

    fn first(&self) -> u64 {
        self.0.first()
    }

    fn nodes(&self) -> &[N] {
        self.0.nodes()
    }

    fn descend(&mut self) {
        self.0.descend();
    }
}

/// Tokens from the last to the first: the last point of each, and whose it is.
#[derive(Clone, Debug)]
struct Owners<'a, N> {
    members: &'a [Member<N>],
    tokens: &'a [Token],
}

impl<N: Copy> Iterator for Owners<'_, N> {
    type Item = (u64, N);

    fn next(&mut self) -> Option<(u64, N)> {
        let (token, rest) = self.tokens.split_last()?;
        self.tokens = rest;
        let last = u64::from(token.point()) << 32 | u64::from(u32::MAX);
        owner(self.members, *token).map(|node| (last, node))
    }
}
