//! What a map and an index ask of their storage: what an array and a tree of two levels do
//! differently.

#[cfg(feature = "alloc")]
pub(crate) mod heap;
pub(crate) mod inline;

use crate::Full;

/// Pairs in ascending order of their keys, each key once, in blocks that are contiguous.
pub trait MapStore<K, V> {
    /// Holds nothing, needs nothing.
    const EMPTY: Self;
    /// The blocks behind the first, in order. A block may be empty.
    type Blocks<'a>: Iterator<Item = &'a [(K, V)]> + Clone
    where
        Self: 'a,
        K: 'a,
        V: 'a;

    fn len(&self) -> usize;
    fn get(&self, key: &K) -> Option<&V>
    where
        K: Ord;
    fn get_mut(&mut self, key: &K) -> Option<&mut V>
    where
        K: Ord;
    fn last(&self) -> Option<&(K, V)>;
    /// The first block, and the others.
    fn blocks(&self) -> (&[(K, V)], Self::Blocks<'_>);
    /// The same, from the first key for which `before` is false.
    fn blocks_from(&self, before: impl FnMut(&K) -> bool) -> (&[(K, V)], Self::Blocks<'_>);
    fn insert(&mut self, key: K, value: V) -> Result<Option<V>, (Full, (K, V))>
    where
        K: Ord + Clone;
    fn remove(&mut self, key: &K) -> Option<V>
    where
        K: Ord + Clone;
    /// Makes room for `additional` new keys, or changes nothing.
    fn reserve(&mut self, additional: usize) -> Result<(), Full>;
    fn clear(&mut self);
    fn duplicate(&self) -> Self
    where
        K: Clone,
        V: Clone;
}

/// A set of keys in ascending order, or nothing at all.
pub trait IndexStore<K> {
    const EMPTY: Self;
    /// Whether it holds what is put into it.
    const EXISTS: bool;
    /// The blocks behind the first, in order.
    type Blocks<'a>: Iterator<Item = &'a [(K, ())]> + Clone
    where
        Self: 'a,
        K: 'a;

    fn blocks_from(&self, before: impl FnMut(&K) -> bool) -> (&[(K, ())], Self::Blocks<'_>);
    fn insert(&mut self, key: K) -> Result<(), Full>
    where
        K: Ord + Clone;
    fn extend(&mut self, keys: impl Iterator<Item = K>) -> Result<(), Full>
    where
        K: Ord + Clone;
    fn remove(&mut self, key: &K)
    where
        K: Ord + Clone;
    fn reserve(&mut self, additional: usize) -> Result<(), Full>;
    fn clear(&mut self);
    fn duplicate(&self) -> Self
    where
        K: Clone;
}

/// The place of a key among sorted pairs, or where it would be inserted.
pub(crate) fn search<K: Ord, V>(pairs: &[(K, V)], key: &K) -> Result<usize, usize> {
    pairs.binary_search_by(|(own, _)| own.cmp(key))
}

/// The pairs from the first whose key is not `before`.
pub(crate) fn pairs_from<K, V>(pairs: &[(K, V)], mut before: impl FnMut(&K) -> bool) -> &[(K, V)] {
    let at = pairs.partition_point(|(key, _)| before(key));
    pairs.get(at..).unwrap_or_default()
}
