//! After removals: leaves that merge, and leaves that go out of use.

use alloc::vec::Vec;

use super::HeapMap;

/// How many leaves that went out of use are kept for the next that are needed.
const SPARES: usize = 1;

impl<K, V> HeapMap<K, V> {
    /// After a removal from a leaf: merges it with a neighbour, or takes it out of use, if small.
    pub(super) fn settle(&mut self, leaf: usize)
    where
        K: Clone,
    {
        let lens = |index: usize| self.used().get(index).map(Vec::len);
        let next = leaf.saturating_add(1);
        let own = lens(leaf).unwrap_or_default();
        let fits =
            |other: usize| own.saturating_add(other) <= Self::LEAF.saturating_sub(Self::LEAF / 4);
        if own == 0 {
            self.retire(leaf);
        } else if lens(next).is_some_and(fits) {
            self.join(leaf);
        } else if let Some(previous) = leaf.checked_sub(1).filter(|p| lens(*p).is_some_and(fits)) {
            self.join(previous);
        }
    }

    /// Moves the pairs of the leaf behind `leaf` into it.
    fn join(&mut self, leaf: usize) {
        let next = leaf.saturating_add(1);
        if let Ok([lower, upper]) = self.leaves.get_disjoint_mut([leaf, next]) {
            lower.append(upper);
        }
        self.retire(next);
    }

    /// Makes an empty leaf, which is not the only one, a spare.
    fn retire(&mut self, leaf: usize) {
        let last = self.firsts.len();
        if leaf > last || last == 0 {
            return;
        }
        self.firsts.remove(leaf.saturating_sub(1));
        if let Some(moved) = self.leaves.get_mut(leaf..=last) {
            moved.rotate_left(1);
        }
        self.trim();
    }

    /// Gives back spare leaves, but for a few, and for those that were promised.
    pub(super) fn trim(&mut self) {
        while self.spares() > SPARES {
            let left = self.allocated().saturating_sub(Self::LEAF).saturating_sub(self.len);
            if left < self.promised {
                return;
            }
            self.leaves.pop();
        }
    }
}
