//! The choice of storage, as a type.

use core::{fmt::Debug, hash::Hash};

use crate::store::{Store, inline::InlineStore};

/// Where a [`List`](crate::List) keeps its elements: [`Inline<N>`] or `Heap`.
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

    /// The most elements a list can hold; `usize::MAX` where only memory is the limit.
    const LIMIT: usize;
}

/// Only this crate's markers are capacities.
pub trait Sealed {}

/// At most `N` elements, held in the value itself. No heap.
///
/// A `List<T, Inline<N>>` takes `N * size_of::<T>()` bytes and one word for the length, rounded up
/// to the alignment of `T`, wherever it stands: on the stack, in a static, in another value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Inline<const N: usize>;

impl<const N: usize> Sealed for Inline<N> {}

impl<const N: usize> Capacity for Inline<N> {
    type Store<T> = InlineStore<T, N>;
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
    const LIMIT: usize = usize::MAX;
}
