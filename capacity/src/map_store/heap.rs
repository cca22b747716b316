//! Pairs in a tree of two levels: sorted leaves, and the first keys of the leaves.
//!
//! A search looks at the first keys, which lie side by side and so in the cache, and then into one
//! leaf. Where the leaves are many, a leaf is a few kilobytes: moving half of it is as quick as
//! finding it.

mod room;
mod settle;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::{mem, slice};

use super::{IndexStore, MapStore};
use crate::Full;

/// The leaves, of at most `LEAF` pairs, none empty but a lone one; behind them, empty spare ones.
///
/// Where there are two or more, used or spare, each has allocated `LEAF` slots or more, so free
/// slots need no counting; a lone leaf grows as a vector does.
#[derive(Debug)]
pub struct HeapMap<K, V> {
    leaves: Vec<Vec<(K, V)>>,
    /// The first key of each leaf in use but the first; with room for those of the spare ones.
    firsts: Vec<K>,
    len: usize,
    /// So many insertions were promised by `reserve` and have not come yet.
    promised: usize,
}

/// How many bytes of pairs a leaf may hold, where it has not the fewest or the most pairs.
const LEAF_BYTES: usize = 4096;
/// Fewer would be too many leaves, even of large pairs.
const FEWEST: usize = 8;
/// More would be slow to insert into, even of small pairs.
const MOST: usize = 192;
/// Where a pair stands, or will: the leaf, and the place in it.
type Place = (usize, usize);

impl<K, V> HeapMap<K, V> {
    /// The most pairs of a leaf.
    const LEAF: usize = match LEAF_BYTES.checked_div(size_of::<(K, V)>()) {
        Some(fitting) if fitting < FEWEST => FEWEST,
        Some(fitting) if fitting < MOST => fitting,
        _ => MOST,
    };

    /// The leaves in use.
    fn used(&self) -> &[Vec<(K, V)>] {
        let spare_from = self.firsts.len().saturating_add(1).min(self.leaves.len());
        self.leaves.get(..spare_from).unwrap_or_default()
    }

    fn spares(&self) -> usize {
        self.leaves.len().saturating_sub(self.used().len())
    }

    /// How many pairs fit without an allocation.
    fn allocated(&self) -> usize {
        match self.leaves.as_slice() {
            [lone] => lone.capacity().min(Self::LEAF),
            leaves => leaves.len().saturating_mul(Self::LEAF),
        }
    }

    fn full(&self, additional: usize) -> Full {
        Full { needed: self.len.saturating_add(additional), capacity: self.allocated() }
    }

    /// The leaf that holds `key`, if any does.
    fn leaf_of(&self, key: &K) -> usize
    where
        K: Ord,
    {
        self.firsts.partition_point(|first| first <= key)
    }

    fn find(&self, key: &K) -> Option<Place>
    where
        K: Ord,
    {
        let leaf = self.leaf_of(key);
        let at = search_leaf(self.leaves.get(leaf)?, key).ok()?;
        Some((leaf, at))
    }

    /// Where `key` stands, or belongs.
    fn place(&self, key: &K) -> Result<Place, Place>
    where
        K: Ord,
    {
        // Many come in order: they need no search.
        let last = self.firsts.len();
        if let Some((pairs, (largest, _))) =
            self.leaves.get(last).and_then(|pairs| Some((pairs, pairs.last()?)))
        {
            if largest < key {
                return Err((last, pairs.len()));
            }
        }
        let leaf = self.leaf_of(key);
        let found = self.leaves.get(leaf).map_or(Err(0), |pairs| search_leaf(pairs, key));
        found.map(|at| (leaf, at)).map_err(|at| (leaf, at))
    }

    fn blocks_after(&self, leaf: usize) -> Leaves<'_, K, V> {
        Leaves(self.used().get(leaf.saturating_add(1)..).unwrap_or_default().iter())
    }

    /// Inserts; if `allocate` is false, only into memory that is there.
    fn put(&mut self, key: K, value: V, allocate: bool) -> Result<Option<V>, (Full, (K, V))>
    where
        K: Ord + Clone,
    {
        let (leaf, at) = match self.place(&key) {
            Err(place) => place,
            Ok((leaf, at)) => match self.leaves.get_mut(leaf).and_then(|pairs| pairs.get_mut(at)) {
                Some((_, own)) => return Ok(Some(mem::replace(own, value))),
                None => (leaf, at),
            },
        };
        let Some((leaf, at)) = self.room((leaf, at), &key, allocate) else {
            return Err((self.full(1), (key, value)));
        };
        if at == 0 {
            self.name(leaf, &key);
        }
        if let Some(pairs) = self.leaves.get_mut(leaf) {
            debug_assert!(pairs.len() < pairs.capacity(), "an insertion must not allocate");
            pairs.insert(at.min(pairs.len()), (key, value));
        }
        self.len = self.len.saturating_add(1);
        self.promised = self.promised.saturating_sub(1);
        Ok(None)
    }

    /// Makes `key` the first key of a leaf, for searches.
    fn name(&mut self, leaf: usize, key: &K)
    where
        K: Clone,
    {
        if let Some(first) = leaf.checked_sub(1).and_then(|index| self.firsts.get_mut(index)) {
            first.clone_from(key);
        }
    }

    /// The same, with the key that stands there.
    fn rename(&mut self, leaf: usize)
    where
        K: Clone,
    {
        let own = self.leaves.get(leaf).and_then(|pairs| pairs.first());
        let index = leaf.checked_sub(1);
        if let (Some((key, _)), Some(index)) = (own, index) {
            if let Some(first) = self.firsts.get_mut(index) {
                first.clone_from(key);
            }
        }
    }
}

impl<K, V> MapStore<K, V> for HeapMap<K, V> {
    const EMPTY: Self = Self { leaves: Vec::new(), firsts: Vec::new(), len: 0, promised: 0 };
    type Blocks<'a>
        = Leaves<'a, K, V>
    where
        Self: 'a,
        K: 'a,
        V: 'a;

    fn len(&self) -> usize {
        self.len
    }

    fn get(&self, key: &K) -> Option<&V>
    where
        K: Ord,
    {
        let (leaf, at) = self.find(key)?;
        self.leaves.get(leaf)?.get(at).map(|(_, value)| value)
    }

    fn get_mut(&mut self, key: &K) -> Option<&mut V>
    where
        K: Ord,
    {
        let (leaf, at) = self.find(key)?;
        self.leaves.get_mut(leaf)?.get_mut(at).map(|(_, value)| value)
    }

    fn last(&self) -> Option<&(K, V)> {
        self.used().last()?.last()
    }

    fn blocks(&self) -> (&[(K, V)], Self::Blocks<'_>) {
        (self.used().first().map_or(&[], Vec::as_slice), self.blocks_after(0))
    }

    fn blocks_from(&self, mut before: impl FnMut(&K) -> bool) -> (&[(K, V)], Self::Blocks<'_>) {
        let leaf = self.firsts.partition_point(&mut before);
        let pairs = self.used().get(leaf).map_or(&[][..], Vec::as_slice);
        let at = count_before(pairs, |key| before(key));
        (pairs.get(at..).unwrap_or_default(), self.blocks_after(leaf))
    }

    fn insert(&mut self, key: K, value: V) -> Result<Option<V>, (Full, (K, V))>
    where
        K: Ord + Clone,
    {
        self.put(key, value, true)
    }

    fn remove(&mut self, key: &K) -> Option<V>
    where
        K: Ord + Clone,
    {
        let (leaf, at) = self.find(key)?;
        let pairs = self.leaves.get_mut(leaf)?;
        let (_, value) = pairs.remove(at);
        let is_small = pairs.len() < Self::LEAF / 4;
        self.len = self.len.saturating_sub(1);
        if at == 0 {
            self.rename(leaf);
        }
        if is_small && !self.firsts.is_empty() {
            self.settle(leaf);
        }
        Some(value)
    }

    fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        let free = self.allocated().saturating_sub(self.len);
        if additional > free && !self.grow(additional) {
            return Err(self.full(additional));
        }
        self.promised = self.promised.max(additional);
        Ok(())
    }

    fn clear(&mut self) {
        self.leaves.iter_mut().for_each(Vec::clear);
        self.firsts.clear();
        self.len = 0;
        self.trim();
    }

    fn duplicate(&self) -> Self
    where
        K: Clone,
        V: Clone,
    {
        let leaves = match self.used() {
            [lone] => Vec::from([lone.clone()]),
            leaves => leaves.iter().map(|pairs| whole(pairs, Self::LEAF)).collect(),
        };
        let mut firsts = Vec::with_capacity(leaves.len());
        firsts.extend_from_slice(&self.firsts);
        Self { leaves, firsts, len: self.len, promised: 0 }
    }
}

/// How many pairs of a leaf a search first passes at a time.
const STRIDE: usize = 16;

/// How many keys of a leaf are `before`.
///
/// It looks at some that are far apart before it halves what is in between: these do not wait for
/// each other, as the steps of a binary search do, and among many leaves few are in the cache.
fn count_before<K, V>(pairs: &[(K, V)], mut before: impl FnMut(&K) -> bool) -> usize {
    let strides = pairs.iter().step_by(STRIDE).fold(0_usize, |count, (key, _)| {
        let passed = before(key);
        count.saturating_add(usize::from(passed))
    });
    let start = strides.saturating_sub(1).saturating_mul(STRIDE);
    let rest = pairs.get(start..).unwrap_or_default();
    let within = rest.get(..STRIDE).unwrap_or(rest);
    start.saturating_add(within.partition_point(|(key, _)| before(key)))
}

/// The place of a key in a leaf, or where it would be inserted.
fn search_leaf<K: Ord, V>(pairs: &[(K, V)], key: &K) -> Result<usize, usize> {
    let at = count_before(pairs, |own| own < key);
    if pairs.get(at).is_some_and(|(own, _)| own == key) { Ok(at) } else { Err(at) }
}

/// A clone of a leaf, with all its slots.
fn whole<T: Clone>(pairs: &[T], slots: usize) -> Vec<T> {
    let mut leaf = Vec::with_capacity(slots);
    leaf.extend_from_slice(pairs);
    leaf
}

/// The leaves from some one on.
#[derive(Debug)]
pub struct Leaves<'a, K, V>(slice::Iter<'a, Vec<(K, V)>>);

impl<K, V> Clone for Leaves<'_, K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, K, V> Iterator for Leaves<'a, K, V> {
    type Item = &'a [(K, V)];

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(Vec::as_slice)
    }
}

impl<K> IndexStore<K> for HeapMap<K, ()> {
    const EMPTY: Self = <Self as MapStore<K, ()>>::EMPTY;
    const EXISTS: bool = true;
    type Blocks<'a>
        = Leaves<'a, K, ()>
    where
        Self: 'a,
        K: 'a;

    fn blocks_from(&self, before: impl FnMut(&K) -> bool) -> (&[(K, ())], Leaves<'_, K, ()>) {
        MapStore::blocks_from(self, before)
    }

    fn insert(&mut self, key: K) -> Result<(), Full>
    where
        K: Ord + Clone,
    {
        MapStore::insert(self, key, ()).map(|_| ()).map_err(|(full, _)| full)
    }

    fn extend(&mut self, keys: impl Iterator<Item = K>) -> Result<(), Full>
    where
        K: Ord + Clone,
    {
        let mut sorted = Vec::new();
        for key in keys {
            if sorted.try_reserve(1).is_ok() {
                sorted.push(key);
            } else {
                IndexStore::insert(self, key)?;
            }
        }
        sorted.sort_unstable();
        sorted.into_iter().try_for_each(|key| IndexStore::insert(self, key))
    }

    fn remove(&mut self, key: &K)
    where
        K: Ord + Clone,
    {
        MapStore::remove(self, key);
    }

    fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        MapStore::reserve(self, additional)
    }

    fn clear(&mut self) {
        MapStore::clear(self);
    }

    fn duplicate(&self) -> Self
    where
        K: Clone,
    {
        MapStore::duplicate(self)
    }
}
