//! The choice of storage, as a type.

use core::{fmt::Debug, hash::Hash};

use crate::{
    map_store::{
        IndexStore, MapStore,
        inline::{InlineMap, NoIndex},
    },
    store::{Store, inline::InlineStore},
};

/// Where a [`List`](crate::List) or a [`Map`](crate::Map) keeps its elements: [`Inline<N>`] or
/// `Heap`.
///
/// Sealed: these two are all there are, so that each body of code is compiled and tested with
/// both. There is no default: a capacity is a decision. Name it once, in an alias:
///
/// ```
/// use synod_capacity::{Inline, List};
///
/// type Peers = List<u16, Inline<8>>;
/// # let _ = Peers::new();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a capacity",
    label = "expected `Inline<N>` (no heap) or `Heap` (feature `alloc`)",
    note = "a capacity is a marker type, such as `Inline<8>`"
)]
pub trait Capacity: Copy + Ord + Hash + Debug + Default + Sealed + 'static {
    /// The storage of elements `T`.
    #[doc(hidden)]
    type Store<T>: Store<T>;

    /// The storage of a map.
    #[doc(hidden)]
    type Map<K, V>: MapStore<K, V>;
    /// The storage of an index.
    #[doc(hidden)]
    type Index<K>: IndexStore<K>;

    /// The most elements a list or a map can hold; `usize::MAX` where only memory is the limit.
    const LIMIT: usize;
}

/// Only this crate's markers are capacities.
pub trait Sealed {}

/// At most `N` elements, held in the value itself. No heap.
///
/// A `List<T, Inline<N>>` takes `N * size_of::<T>()` bytes and one word for the length, rounded up
/// to the alignment of `T`, wherever it stands: on the stack, in a static, in another value. A
/// `Map<K, V, Inline<N>>` is as large as a list of pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Inline<const N: usize>;

impl<const N: usize> Sealed for Inline<N> {}

impl<const N: usize> Capacity for Inline<N> {
    type Store<T> = InlineStore<T, N>;
    type Map<K, V> = InlineMap<K, V, N>;
    type Index<K> = NoIndex;
    const LIMIT: usize = N;
}

/// As many elements as memory holds, on the heap.
///
/// Growth is amortized. An allocation that fails is reported as [`Full`](crate::Full), like a full
/// `Inline`; only `clone` allocates infallibly.
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Heap;

#[cfg(feature = "alloc")]
impl Sealed for Heap {}

#[cfg(feature = "alloc")]
impl Capacity for Heap {
    type Store<T> = crate::store::heap::HeapStore<T>;
    type Map<K, V> = crate::map_store::heap::HeapMap<K, V>;
    type Index<K> = crate::map_store::heap::HeapMap<K, ()>;
    const LIMIT: usize = usize::MAX;
}
