//! Pairs in one sorted list.

use core::{iter, mem};

use super::{IndexStore, MapStore, pairs_from, search};
use crate::{Full, Inline, List};

#[derive(Debug)]
pub struct InlineMap<K, V, const N: usize>(List<(K, V), Inline<N>>);

impl<K, V, const N: usize> MapStore<K, V> for InlineMap<K, V, N> {
    const EMPTY: Self = Self(List::new());
    type Blocks<'a>
        = iter::Empty<&'a [(K, V)]>
    where
        Self: 'a,
        K: 'a,
        V: 'a;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &K) -> Option<&V>
    where
        K: Ord,
    {
        let at = search(&self.0, key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    fn get_mut(&mut self, key: &K) -> Option<&mut V>
    where
        K: Ord,
    {
        let at = search(&self.0, key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    fn last(&self) -> Option<&(K, V)> {
        self.0.last()
    }

    fn blocks(&self) -> (&[(K, V)], Self::Blocks<'_>) {
        (&self.0, iter::empty())
    }

    fn blocks_from(&self, before: impl FnMut(&K) -> bool) -> (&[(K, V)], Self::Blocks<'_>) {
        (pairs_from(&self.0, before), iter::empty())
    }

    fn insert(&mut self, key: K, value: V) -> Result<Option<V>, (Full, (K, V))>
    where
        K: Ord + Clone,
    {
        let at = match search(&self.0, &key) {
            Ok(at) => match self.0.get_mut(at) {
                Some((_, own)) => return Ok(Some(mem::replace(own, value))),
                None => at,
            },
            Err(at) => at,
        };
        self.0.insert(at, (key, value))?;
        Ok(None)
    }

    fn remove(&mut self, key: &K) -> Option<V>
    where
        K: Ord + Clone,
    {
        let at = search(&self.0, key).ok()?;
        self.0.remove(at).map(|(_, value)| value)
    }

    fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        self.0.reserve(additional)
    }

    fn clear(&mut self) {
        self.0.clear();
    }

    fn duplicate(&self) -> Self
    where
        K: Clone,
        V: Clone,
    {
        Self(self.0.clone())
    }
}

/// No index: few elements are scanned.
#[derive(Debug)]
pub struct NoIndex;

impl<K> IndexStore<K> for NoIndex {
    const EMPTY: Self = Self;
    const EXISTS: bool = false;
    type Blocks<'a>
        = iter::Empty<&'a [(K, ())]>
    where
        Self: 'a,
        K: 'a;

    fn blocks_from(&self, _: impl FnMut(&K) -> bool) -> (&[(K, ())], Self::Blocks<'_>) {
        (&[], iter::empty())
    }

    fn insert(&mut self, _: K) -> Result<(), Full> {
        Ok(())
    }

    fn extend(&mut self, _: impl Iterator<Item = K>) -> Result<(), Full> {
        Ok(())
    }

    fn remove(&mut self, _: &K) {}

    fn reserve(&mut self, _: usize) -> Result<(), Full> {
        Ok(())
    }

    fn clear(&mut self) {}

    fn duplicate(&self) -> Self {
        Self
    }
}
