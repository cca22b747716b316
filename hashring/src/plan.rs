//! What moves from one placement to another.

use core::fmt;

use synod_capacity::{Inline, List};

use crate::ranged::{Ranged, Ranges};

/// What moves from one placement to another: an iterator of ranges of points whose `K` replicas are
/// on other nodes after than before.
///
/// It tells all of these ranges and no others, from the top of the points down. Nothing is computed
/// ahead, and nothing is on a heap: ask for the next range when there is time to move it. To go on
/// after a restart, keep the two placements (as encodings, or the changes between them) and the
/// `first` point of the last range that was moved: [`below`](Self::below) goes on from there.
///
/// Until a range is copied, read it where it was, and write it to those before and after. Keys that
/// are kept in the order of their points are found range by range. It is of the replicas that the
/// placements themselves name: those that [`Zoned`](crate::Zoned) chooses are others. With nothing
/// moved yet, begin with [`new`](Self::new).
///
/// Where the same nodes have a range in another order, nothing moves: who is the owner, and leads,
/// is told by a plan with `K` = 1.
///
/// O(A + B) steps in all of so many tokens or partitions, each of O(K), and O(K²) where the nodes
/// are not the same ones in the same order.
///
/// ```
/// use synod_hashring::{Inline, KeyHash, Plan, Ring};
///
/// let nodes = [("a", 20), ("b", 20), ("c", 20)];
/// let before = Ring::<&str, Inline<4>, Inline<80>>::from_nodes(KeyHash::v1(0), &nodes)?;
/// let mut after = before.clone();
/// after.insert("d", 20)?;
///
/// let moves = Plan::<_, _, 2>::new(&before, &after)?;
/// for range in moves {
///     for transfer in range.transfers() {
///         // Of two replicas one makes place, for the new node.
///         assert_eq!(transfer.to, "d");
///         assert!(range.before.contains(&transfer.from.unwrap()));
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Plan<'a, A: Ranged + 'a, B: Ranged<Node = A::Node> + 'a, const K: usize> {
    /// What is left of the points; `None` when nothing is.
    last: Option<u64>,
    before: A::Ranges<'a, K>,
    after: B::Ranges<'a, K>,
}

impl<'a, A: Ranged, B: Ranged<Node = A::Node>, const K: usize> Plan<'a, A, B, K> {
    /// All that moves from `before` to `after`.
    ///
    /// # Errors
    ///
    /// [`DifferentPoints`]: the two hash keys differently, and so have no ranges in common. What
    /// moves is found by asking about each key.
    pub fn new(before: &'a A, after: &'a B) -> Result<Self, DifferentPoints> {
        Self::down_from(before, after, Some(u64::MAX))
    }

    /// What moves of the points below `first`: the rest of a plan that told of those from there on.
    ///
    /// # Errors
    ///
    /// [`DifferentPoints`], as for [`new`](Self::new).
    pub fn below(before: &'a A, after: &'a B, first: u64) -> Result<Self, DifferentPoints> {
        Self::down_from(before, after, first.checked_sub(1))
    }

    fn down_from(before: &'a A, after: &'a B, last: Option<u64>) -> Result<Self, DifferentPoints> {
        let points = before.points();
        if points != after.points() {
            return Err(DifferentPoints);
        }
        let last = last.map(|last| last.min(points.last()));
        let top = last.unwrap_or(0);
        let (before, after) = (before.ranges_down(top), after.ranges_down(top));
        Ok(Self { last, before, after })
    }
}

impl<A: Ranged, B: Ranged<Node = A::Node>, const K: usize> Plan<'_, A, B, K> {
    /// The least point of what is in one range before and after.
    fn first(&self) -> u64 {
        self.before.first().max(self.after.first())
    }

    /// Goes down to the last of the steps that both have in common, if the range here is the same in
    /// both.
    fn pass_what_is_common(&mut self) {
        let (before, after) = (&mut self.before, &mut self.after);
        if before.first() != after.first() || before.nodes() != after.nodes() {
            return;
        }
        let pairs = before.steps().zip(after.steps());
        let common = pairs.take_while(|(step, other)| step == other);
        let count = common.fold(0_usize, |count, _| count.saturating_add(1));
        if count > 1 {
            before.take_steps(count.saturating_sub(1));
            after.take_steps(count.saturating_sub(1));
        }
    }

    fn descend(&mut self) {
        let first = self.first();
        if self.before.first() == first {
            self.before.descend();
        }
        if self.after.first() == first {
            self.after.descend();
        }
        self.last = first.checked_sub(1);
    }
}

impl<A: Ranged, B: Ranged<Node = A::Node>, const K: usize> Iterator for Plan<'_, A, B, K> {
    type Item = Move<A::Node, K>;

    fn next(&mut self) -> Option<Move<A::Node, K>> {
        let last = loop {
            let last = self.last?;
            if !are_the_same::<_, K>(self.before.nodes(), self.after.nodes()) {
                break last;
            }
            self.pass_what_is_common();
            self.descend();
        };
        let list = |nodes| List::from_slice(nodes).unwrap_or_default();
        let [before, after] = [list(self.before.nodes()), list(self.after.nodes())];
        let mut found = Move { first: self.first(), last, before, after };
        loop {
            self.descend();
            if self.last.is_none()
                || *found.before != *self.before.nodes()
                || *found.after != *self.after.nodes()
            {
                return Some(found);
            }
            found.first = self.first();
        }
    }
}

impl<A: Ranged, B: Ranged<Node = A::Node>, const K: usize> fmt::Debug for Plan<'_, A, B, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").finish_non_exhaustive()
    }
}

/// A range of points whose replicas are on other nodes than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move<N, const K: usize> {
    /// The least point.
    pub first: u64,
    /// The greatest point.
    pub last: u64,
    /// Who has it before, the owner first: fewer than `K` nodes where there are no more.
    pub before: List<N, Inline<K>>,
    /// Who has it after.
    pub after: List<N, Inline<K>>,
}

impl<N: Copy + Eq, const K: usize> Move<N, K> {
    /// Whether a point is in the range.
    pub const fn contains(&self, point: u64) -> bool {
        self.first <= point && point <= self.last
    }

    /// Which copies are to be made: one for each node that comes.
    ///
    /// They come from those that give the range up, one for each, and then from the owner before:
    /// whoever is in [`before`](Self::before) has the range, should that one be down.
    pub fn transfers(&self) -> impl Iterator<Item = Transfer<N>> {
        let mut givers = self.given_up();
        let mut come = self.after.iter().filter(|node| !self.before.contains(node));
        core::iter::from_fn(move || {
            let to = *come.next()?;
            Some(Transfer { to, from: givers.next().or(self.before.first().copied()) })
        })
    }

    /// Who has the range before and not after: once all copies are made, they can forget it, if
    /// nothing but this placement says who has it.
    pub fn given_up(&self) -> impl Iterator<Item = N> {
        self.before.iter().filter(|node| !self.after.contains(node)).copied()
    }
}

#[cfg(feature = "defmt")]
impl<N: defmt::Format, const K: usize> defmt::Format for Move<N, K> {
    fn format(&self, f: defmt::Formatter<'_>) {
        let (before, after) = (self.before.as_slice(), self.after.as_slice());
        defmt::write!(f, "{} to {}: {} to {}", self.first, self.last, before, after);
    }
}

/// A copy of a range that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Transfer<N> {
    /// From whom; `None` only where nobody had the range before.
    pub from: Option<N>,
    /// To whom.
    pub to: N,
}

/// Two placements hash keys differently, and have no points in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DifferentPoints;

impl fmt::Display for DifferentPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the placements hash keys differently")
    }
}

impl core::error::Error for DifferentPoints {}

/// Whether two lists of different nodes have the same ones.
fn are_the_same<N: Eq, const K: usize>(nodes: &[N], others: &[N]) -> bool {
    // Most are full and equal; arrays compare without a call.
    if let (Some(nodes), Some(others)) = (nodes.first_chunk::<K>(), others.first_chunk::<K>()) {
        if nodes == others {
            return true;
        }
    }
    nodes.len() == others.len() && nodes.iter().all(|node| others.contains(node))
}
