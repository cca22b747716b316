//! The index.

use core::fmt;

use crate::{Capacity, Full, map_store::IndexStore, pairs::Pairs};

/// An ordered set of keys beside a map, where a search is dearer than a scan: nothing under
/// `Inline`.
///
/// It is for a second order of what a [`Map`](crate::Map) holds, and leaves the choice between
/// memory and time to the capacity: under `Heap` it holds its keys and finds them in O(log n); under
/// [`Inline`](crate::Inline) it takes no memory, holds nothing, and the caller, told by
/// [`EXISTS`](Self::EXISTS), scans. It is derived data: what holds it leaves it out of comparisons,
/// hashes and encodings, so it has none.
///
/// ```
/// use synod_capacity::{Capacity, Full, Index, Inline, Map};
///
/// /// Prices by name, and by amount.
/// struct Prices<C: Capacity> {
///     prices: Map<&'static str, u32, C>,
///     by_amount: Index<(u32, &'static str), C>,
/// }
///
/// impl<C: Capacity> Prices<C> {
///     fn insert(&mut self, name: &'static str, amount: u32) -> Result<(), Full> {
///         self.by_amount.reserve(1)?; // so that both are changed, or neither
///         if let Some(old) = self.prices.insert(name, amount).map_err(|(full, _)| full)? {
///             self.by_amount.remove(&(old, name));
///         }
///         self.by_amount.insert((amount, name))
///     }
///
///     fn count_from(&self, least: u32) -> usize {
///         if Index::<(u32, &str), C>::EXISTS {
///             self.by_amount.iter_from(|(amount, _)| *amount < least).count()
///         } else {
///             self.prices.iter().filter(|(_, amount)| **amount >= least).count()
///         }
///     }
/// }
///
/// let mut prices: Prices<Inline<4>> = Prices { prices: Map::new(), by_amount: Index::new() };
/// prices.insert("tea", 3)?;
/// prices.insert("coffee", 4)?;
/// assert_eq!(prices.count_from(4), 1);
/// # Ok::<(), Full>(())
/// ```
pub struct Index<K, C: Capacity> {
    store: C::Index<K>,
}

impl<K: Ord + Clone, C: Capacity> Index<K, C> {
    /// Whether there is an index at all. If not, it takes no memory, and the caller scans.
    pub const EXISTS: bool = <C::Index<K> as IndexStore<K>>::EXISTS;

    /// An empty index. Allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { store: <C::Index<K> as IndexStore<K>>::EMPTY }
    }

    /// Makes sure that `additional` more keys fit, as [`Map::reserve`](crate::Map::reserve) does.
    ///
    /// # Errors
    ///
    /// [`Full`]: the allocator refused. Nothing was changed.
    pub fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        self.store.reserve(additional)
    }

    /// Puts a key in. One that is there already changes nothing. O(log n).
    ///
    /// # Errors
    ///
    /// [`Full`]: the allocator refused. Nothing was changed.
    pub fn insert(&mut self, key: K) -> Result<(), Full> {
        self.store.insert(key)
    }

    /// Puts many keys in: sorted first, where there is memory for that, so that those which come one
    /// after the other also stand side by side.
    ///
    /// # Errors
    ///
    /// [`Full`]: the allocator refused. Some of the keys may be in; none fails that was reserved.
    pub fn extend(&mut self, keys: impl Iterator<Item = K>) -> Result<(), Full> {
        self.store.extend(keys)
    }

    /// Takes a key out, if it is there. O(log n).
    pub fn remove(&mut self, key: &K) {
        self.store.remove(key);
    }

    /// Removes every key.
    pub fn clear(&mut self) {
        self.store.clear();
    }

    /// The keys in order, from the first for which `before` is false; none without an index.
    ///
    /// `before` is true for the keys up to some one, and false for all behind it; otherwise it is
    /// unspecified where the keys begin. O(log n) to find the first.
    pub fn iter_from(&self, before: impl FnMut(&K) -> bool) -> impl Iterator<Item = &K> + Clone {
        Pairs::new(self.store.blocks_from(before)).map(|(key, ())| key)
    }
}

impl<K, C: Capacity> Default for Index<K, C> {
    fn default() -> Self {
        Self { store: <C::Index<K> as IndexStore<K>>::EMPTY }
    }
}

impl<K: Clone, C: Capacity> Clone for Index<K, C> {
    fn clone(&self) -> Self {
        Self { store: self.store.duplicate() }
    }
}

impl<K: fmt::Debug, C: Capacity> fmt::Debug for Index<K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = Pairs::new(self.store.blocks_from(|_| false)).map(|(key, ())| key);
        f.debug_set().entries(keys).finish()
    }
}

#[cfg(feature = "defmt")]
impl<K: defmt::Format, C: Capacity> defmt::Format for Index<K, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{{");
        for (key, ()) in Pairs::new(self.store.blocks_from(|_| false)) {
            defmt::write!(f, "{}, ", key);
        }
        defmt::write!(f, "}}");
    }
}
