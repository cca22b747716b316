//! The map.

use core::{
    fmt,
    hash::{Hash, Hasher},
    iter::FusedIterator,
};

use crate::{Capacity, Full, map_store::MapStore, pairs::Pairs};

/// A map in order of its keys, in the storage that `C` chooses.
///
/// It promises that an operation which is refused changed nothing, that its order is that of the
/// keys, whatever happened before, and that maps of different capacities with equal pairs are equal
/// and hash alike.
///
/// A search is O(log n). Under `Inline`, an insertion or a removal moves the pairs behind it: O(n).
/// Under `Heap`, pairs lie in blocks of a few kilobytes: it moves a part of one block and, when one
/// is added or given back, the list of the blocks. For a million pairs that takes about as long as
/// the search. Keys that come in ascending order fill their blocks wholly.
///
/// ```
/// use synod_capacity::{Full, Inline, Map};
///
/// static EMPTY: Map<u16, &str, Inline<2>> = Map::new(); // usable in statics
///
/// let mut names = EMPTY.clone();
/// assert_eq!(names.insert(7, "seven"), Ok(None));
/// assert_eq!(names.insert(3, "three"), Ok(None));
/// assert_eq!(names.insert(7, "sept"), Ok(Some("seven")));
/// assert!(names.iter().eq([(&3, &"three"), (&7, &"sept")]));
/// let full = Full { needed: 3, capacity: 2 };
/// assert_eq!(names.insert(9, "nine"), Err((full, (9, "nine"))));
/// ```
pub struct Map<K, V, C: Capacity> {
    store: C::Map<K, V>,
}

impl<K, V, C: Capacity> Map<K, V, C> {
    /// An empty map. Allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { store: <C::Map<K, V> as MapStore<K, V>>::EMPTY }
    }

    /// How many pairs it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The most pairs it can hold; `usize::MAX` where only memory is the limit.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        C::LIMIT
    }

    /// Makes sure that `additional` more pairs fit.
    ///
    /// After it, that many insertions of new keys cannot fail, whichever keys they are and whatever
    /// is removed in between: this is how an operation of many steps is made all or nothing. O(1)
    /// where there is room. A later call that asks for less takes nothing back; `clear` does not
    /// either.
    ///
    /// # Errors
    ///
    /// [`Full`]: they do not fit, or the allocator refused. Nothing was changed.
    pub fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        self.store.reserve(additional)
    }

    /// The pair with the largest key. O(1).
    #[must_use]
    pub fn last(&self) -> Option<(&K, &V)> {
        self.store.last().map(|(key, value)| (key, value))
    }

    /// The pairs, in order of their keys.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V, C> {
        Iter { pairs: Pairs::new(self.store.blocks()) }
    }

    /// The pairs in order, from the first key for which `before` is false.
    ///
    /// `before` is true for the keys up to some one, and false for all behind it; otherwise it is
    /// unspecified where the pairs begin. O(log n) to find the first.
    ///
    /// ```
    /// use synod_capacity::{Inline, Map};
    ///
    /// let mut readings: Map<(u8, u32), i16, Inline<4>> = Map::new();
    /// for (key, value) in [((1, 10), 20), ((2, 5), 21), ((2, 9), 22), ((3, 1), 23)] {
    ///     assert_eq!(readings.insert(key, value), Ok(None));
    /// }
    /// // Those of sensor 2.
    /// let from_2 = readings.iter_from(|(sensor, _)| *sensor < 2);
    /// let of_2 = from_2.take_while(|((sensor, _), _)| *sensor == 2);
    /// assert!(of_2.map(|(_, value)| *value).eq([21, 22]));
    /// ```
    #[must_use]
    pub fn iter_from(&self, before: impl FnMut(&K) -> bool) -> Iter<'_, K, V, C> {
        Iter { pairs: Pairs::new(self.store.blocks_from(before)) }
    }

    /// Removes every pair.
    pub fn clear(&mut self) {
        self.store.clear();
    }
}

impl<K: Ord + Clone, V, C: Capacity> Map<K, V, C> {
    /// The value of a key. O(log n).
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.store.get(key)
    }

    /// The value of a key, to change in place. O(log n).
    #[must_use]
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.store.get_mut(key)
    }

    /// Whether it holds a key. O(log n).
    #[must_use]
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Puts a value in, and gives the one that the key had before. An equal key that is there
    /// already stays.
    ///
    /// # Errors
    ///
    /// [`Full`]: the key is new and does not fit. Nothing was changed; key and value are handed
    /// back.
    pub fn insert(&mut self, key: K, value: V) -> Result<Option<V>, (Full, (K, V))> {
        self.store.insert(key, value)
    }

    /// Takes out a key, and gives its value.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.store.remove(key)
    }
}

impl<K, V, C: Capacity> Default for Map<K, V, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Clone, V: Clone, C: Capacity> Clone for Map<K, V, C> {
    fn clone(&self) -> Self {
        Self { store: self.store.duplicate() }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, C: Capacity> fmt::Debug for Map<K, V, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(feature = "defmt")]
impl<K: defmt::Format, V: defmt::Format, C: Capacity> defmt::Format for Map<K, V, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{{");
        for (key, value) in self {
            defmt::write!(f, "{}: {}, ", key, value);
        }
        defmt::write!(f, "}}");
    }
}

impl<K, V, C: Capacity, D: Capacity> PartialEq<Map<K, V, D>> for Map<K, V, C>
where
    K: PartialEq,
    V: PartialEq,
{
    fn eq(&self, other: &Map<K, V, D>) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(own, their)| own == their)
    }
}

impl<K: Eq, V: Eq, C: Capacity> Eq for Map<K, V, C> {}

impl<K: Hash, V: Hash, C: Capacity> Hash for Map<K, V, C> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        for pair in self {
            pair.hash(state);
        }
    }
}

impl<'a, K, V, C: Capacity> IntoIterator for &'a Map<K, V, C> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V, C>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The pairs of a [`Map`], in order of their keys.
///
/// O(1) a pair.
pub struct Iter<'a, K, V, C: Capacity> {
    pairs: Pairs<'a, K, V, Blocks<'a, K, V, C>>,
}

type Blocks<'a, K, V, C> = <<C as Capacity>::Map<K, V> as MapStore<K, V>>::Blocks<'a>;

impl<K, V, C: Capacity> Clone for Iter<'_, K, V, C> {
    fn clone(&self) -> Self {
        Self { pairs: self.pairs.clone() }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, C: Capacity> fmt::Debug for Iter<'_, K, V, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

impl<'a, K, V, C: Capacity> Iterator for Iter<'a, K, V, C> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.pairs.next().map(|(key, value)| (key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pairs.size_hint()
    }
}

impl<K, V, C: Capacity> FusedIterator for Iter<'_, K, V, C> {}
