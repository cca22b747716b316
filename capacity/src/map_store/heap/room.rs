//! Room for one more pair: a free slot nearby, a split, new leaves.

use alloc::vec::Vec;

use super::{HeapMap, Place};

impl<K, V> HeapMap<K, V> {
    /// A place for `key`, which belongs at `place`, with a free slot; `None` if memory is refused.
    #[inline]
    pub(super) fn room(&mut self, place: Place, key: &K, allocate: bool) -> Option<Place>
    where
        K: Clone,
    {
        match self.leaves.get(place.0) {
            Some(pairs) if self.has_slot(pairs) => Some(place),
            _ => self.make_room(place, key, allocate),
        }
    }

    fn has_slot(&self, pairs: &Vec<(K, V)>) -> bool {
        pairs.len() < pairs.capacity().min(Self::LEAF)
    }

    #[cold]
    fn make_room(&mut self, (leaf, at): Place, key: &K, allocate: bool) -> Option<Place>
    where
        K: Clone,
    {
        if self.len < Self::LEAF && self.leaves.len() <= 1 {
            let doubled = self.len.saturating_mul(2).max(4);
            return (allocate && self.grow_lone(doubled.min(Self::LEAF))).then_some((0, at));
        }
        let next = leaf.saturating_add(1);
        let behind = self.leaves.get(leaf).is_some_and(|pairs| at >= pairs.len());
        // Without this, keys in descending order between two leaves would get a leaf each.
        if behind && self.used().get(next).is_some_and(|pairs| self.has_slot(pairs)) {
            return Some((next, 0));
        }
        if self.spares() == 0 && !(allocate && self.add_spares(1)) {
            return self.shift((leaf, at));
        }
        if behind {
            self.open(next, key.clone());
            return Some((next, 0));
        }
        self.split(leaf);
        let kept = self.leaves.get(leaf).map_or(0, Vec::len);
        Some(if at > kept { (next, at.saturating_sub(kept)) } else { (leaf, at) })
    }

    /// Puts a spare leaf into use at `leaf`, which is not the first one.
    fn open(&mut self, leaf: usize, first: K) {
        let spare = self.used().len();
        if let Some(moved) = self.leaves.get_mut(leaf..=spare) {
            moved.rotate_right(1);
        }
        let index = leaf.saturating_sub(1).min(self.firsts.len());
        self.firsts.insert(index, first);
    }

    /// Moves the upper half of a leaf into a spare one behind it.
    fn split(&mut self, leaf: usize)
    where
        K: Clone,
    {
        let next = leaf.saturating_add(1);
        let middle = self.leaves.get(leaf).map_or(0, Vec::len) / 2;
        let first = self.leaves.get(leaf).and_then(|pairs| pairs.get(middle));
        let Some(first) = first.map(|(key, _)| key.clone()) else {
            return;
        };
        self.open(next, first);
        if let Ok([lower, upper]) = self.leaves.get_disjoint_mut([leaf, next]) {
            upper.extend(lower.drain(middle..));
        }
    }

    /// Hands pairs on from leaf to leaf, towards the nearest free slot. O(n), for want of memory.
    fn shift(&mut self, (leaf, at): Place) -> Option<Place>
    where
        K: Clone,
    {
        let used = self.used();
        let slot = |index: &usize| used.get(*index).is_some_and(|pairs| self.has_slot(pairs));
        let above = (leaf.saturating_add(1)..used.len()).find(slot);
        let below = (0..leaf).rev().find(slot);
        let is_nearer = |above: usize, below: usize| above.abs_diff(leaf) <= below.abs_diff(leaf);
        match (above, below) {
            (Some(above), below) if below.is_none_or(|below| is_nearer(above, below)) => {
                let len = used.get(leaf).map_or(0, Vec::len);
                // What belongs behind the last goes before the first of the next.
                let (leaf, at) = if at >= len { (leaf.saturating_add(1), 0) } else { (leaf, at) };
                for upper in (leaf.saturating_add(1)..=above).rev() {
                    self.hand_up(upper);
                }
                Some((leaf, at))
            }
            (_, Some(below)) => {
                for upper in below.saturating_add(1)..=leaf {
                    self.hand_down(upper);
                }
                Some((leaf, at.saturating_sub(1)))
            }
            _ => None,
        }
    }

    /// Moves the last pair of the leaf below `upper` up into it.
    fn hand_up(&mut self, upper: usize)
    where
        K: Clone,
    {
        let lower = upper.saturating_sub(1);
        if let Ok([lower, upper]) = self.leaves.get_disjoint_mut([lower, upper]) {
            if let Some(pair) = lower.pop() {
                upper.insert(0, pair);
            }
        }
        self.rename(upper);
    }

    /// Moves the first pair of `upper` down into the leaf below.
    fn hand_down(&mut self, upper: usize)
    where
        K: Clone,
    {
        let lower = upper.saturating_sub(1);
        if let Ok([lower, upper]) = self.leaves.get_disjoint_mut([lower, upper]) {
            if !upper.is_empty() {
                lower.push(upper.remove(0));
            }
        }
        self.rename(upper);
    }

    /// Gives the first leaf, which is the only one, at least `slots` slots.
    fn grow_lone(&mut self, slots: usize) -> bool {
        if self.leaves.is_empty() {
            if self.leaves.try_reserve_exact(1).is_err() {
                return false;
            }
            self.leaves.push(Vec::new());
        }
        let missing = slots.saturating_sub(self.len);
        self.leaves.first_mut().is_some_and(|pairs| pairs.try_reserve_exact(missing).is_ok())
    }

    /// Adds spare leaves behind a first one that has all its slots: all of them, or none.
    fn add_spares(&mut self, count: usize) -> bool {
        let before = self.leaves.len();
        let firsts = before.saturating_add(count).saturating_sub(self.firsts.len());
        if self.leaves.try_reserve(count).is_err() || self.firsts.try_reserve(firsts).is_err() {
            return false;
        }
        for _ in 0..count {
            let mut leaf = Vec::new();
            if leaf.try_reserve_exact(Self::LEAF).is_err() {
                self.leaves.truncate(before);
                return false;
            }
            self.leaves.push(leaf);
        }
        true
    }

    /// Makes room for `additional` more, where they do not fit yet.
    #[cold]
    pub(super) fn grow(&mut self, additional: usize) -> bool {
        let needed = self.len.saturating_add(additional);
        // More bytes than any allocator has; each leaf alone would fit.
        if needed.saturating_mul(size_of::<(K, V)>()) > isize::MAX.unsigned_abs() {
            return false;
        }
        if self.leaves.len() <= 1 {
            let doubled = self.len.saturating_mul(2);
            if !self.grow_lone(needed.max(doubled).min(Self::LEAF)) {
                return false;
            }
        }
        let missing = needed.saturating_sub(self.allocated());
        missing == 0 || self.add_spares(missing.div_ceil(Self::LEAF))
    }
}
