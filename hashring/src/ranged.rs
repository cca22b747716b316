//! Placements of which ranges of points move as wholes.

use core::iter;

use crate::key_hash::KeyHash;
use crate::placement::Placement;

/// A placement that divides the points into ranges, each of which has its nodes as a whole: of two
/// such, a [`Plan`](crate::Plan) says what moves.
///
/// Where a placement draws anew for each key, as [`JumpBack`](crate::JumpBack) does, what moves is
/// found by asking about each key before and after.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no ranges that move as wholes",
    note = "a plan is of a `Ring` or of `Partitions`; of others, ask about keys before and after"
)]
pub trait Ranged: Placement {
    /// See [`ranges_down`](Self::ranges_down).
    type Ranges<'a, const K: usize>: Ranges<Node = Self::Node>
    where
        Self: 'a;

    /// How keys become points.
    fn points(&self) -> Points;

    /// The ranges from the one that `last` is in, down to that of point 0, with the first `K` nodes
    /// in the order of preference of each. `last` is at most [`Points::last`].
    fn ranges_down<const K: usize>(&self, last: u64) -> Self::Ranges<'_, K>;
}

/// Ranges of points, one at a time, from the top down.
pub trait Ranges {
    /// How a node is called.
    type Node: Copy + Eq;

    /// The least point of the range.
    fn first(&self) -> u64;

    /// The first nodes in its order of preference: `K`, or as many as there are.
    fn nodes(&self) -> &[Self::Node];

    /// Goes to the range below. At that of point 0 it stays.
    fn descend(&mut self);

    /// The steps that lead down from here, the highest first, where each is a point and a node that
    /// comes first below it; where two placements take the same ones, what they lead to is the same.
    /// Nothing where ranges are not told by such steps.
    #[doc(hidden)]
    fn steps(&self) -> impl Iterator<Item = (u64, Option<Self::Node>)> {
        iter::empty()
    }

    /// Takes so many of them at once, also to between two at one point.
    #[doc(hidden)]
    fn take_steps(&mut self, _count: usize) {}
}

/// How keys become points. Where two placements do it alike, their points can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Points {
    /// By a hash: [`KeyHash::point`].
    Hashed(KeyHash),
    /// As the 16,384 slots of a Redis Cluster: their numbers.
    RedisSlots,
}

impl Points {
    /// The greatest point that a key may have.
    pub const fn last(&self) -> u64 {
        match self {
            Self::Hashed(_) => u64::MAX,
            Self::RedisSlots => (REDIS_SLOTS as u64).saturating_sub(1),
        }
    }
}

/// How many slots a Redis Cluster has: a power of two.
pub(crate) const REDIS_SLOTS: u16 = 1 << 14;
