//! An order of preference that is found in passes over all nodes.

use core::cell::Cell;

use synod_capacity::{Inline, List};

use crate::placement::TooFewNodes;

/// The nodes for one point, each of which has a rank that says by itself which is before which.
pub(crate) trait Preference {
    /// The lower one comes first.
    type Rank: Rank;

    /// The first one.
    fn first(&self) -> Option<Self::Rank>;

    /// The first few, of those after a rank, if one is given. One pass.
    fn few<const K: usize>(&self, after: Option<Self::Rank>) -> Few<Self::Rank, K>;

    /// The nodes of the first few, if there are so many. One pass.
    fn replicas<N: Copy, const K: usize>(
        &self,
        node: impl Fn(Self::Rank) -> Option<N>,
    ) -> Result<[N; K], TooFewNodes> {
        let mut nodes = List::<N, Inline<K>>::new();
        for node in self.few::<K>(None).as_slice().iter().filter_map(|&rank| node(rank)) {
            // There is room for all of them.
            let _ = nodes.push(node);
        }
        nodes.as_slice().try_into().map_err(|_| TooFewNodes { needed: K, nodes: nodes.len() })
    }

    /// What `pick` finds first, asked about the ranks in their order.
    fn find<T>(&self, mut pick: impl FnMut(Self::Rank) -> Option<T>) -> Option<T> {
        let mut last = self.first()?;
        if let Some(found) = pick(last) {
            return Some(found);
        }
        loop {
            let few = self.few::<BATCH>(Some(last));
            for &rank in few.as_slice() {
                if let Some(found) = pick(rank) {
                    return Some(found);
                }
            }
            if few.as_slice().len() < BATCH {
                return None;
            }
            last = few.limit();
        }
    }
}

/// Ranks are equal only where they are of one node.
pub(crate) trait Rank: Copy + Ord {
    /// After all that nodes have.
    const LAST: Self;
}

/// How many a pass finds after the first.
const BATCH: usize = 8;

/// The first few of the ranks that are offered, in their order.
pub(crate) struct Few<R, const K: usize> {
    /// Those that are known, then [`Rank::LAST`].
    ranks: [R; K],
    known: usize,
}

impl<R: Rank, const K: usize> Few<R, K> {
    pub(crate) const fn new() -> Self {
        Self { ranks: [R::LAST; K], known: 0 }
    }

    pub(crate) fn as_slice(&self) -> &[R] {
        self.ranks.get(..self.known).unwrap_or(&[])
    }

    /// What is after this need not be offered: [`Rank::LAST`] while there is room.
    pub(crate) fn limit(&self) -> R {
        self.ranks.last().copied().unwrap_or(R::LAST)
    }

    /// Takes a rank that is before the limit.
    pub(crate) fn offer(&mut self, rank: R) {
        self.known = self.known.saturating_add(1).min(K);
        let cells = Cell::from_mut(self.ranks.as_mut_slice()).as_slice_of_cells();
        let Some((mut free, before)) = cells.split_last() else { return };
        for cell in before.iter().rev().take_while(|cell| rank < cell.get()) {
            free.set(cell.get());
            free = cell;
        }
        free.set(rank);
    }
}
