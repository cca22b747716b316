//! The set in which an addition wins.

use core::{cmp::Ordering, marker::PhantomData};

use crate::{
    Delta, Reader, Refused, State, WriteError, Writer,
    count::count,
    kind::{Kind, Nest, Sealed},
    path::Path,
    place::distinct,
    replace::Fate,
};

/// A set in which an element that is added and removed concurrently stays: the kind of a
/// [`Causal`](crate::Causal) state, or of values in a [`CausalMap`](crate::CausalMap).
///
/// - Read, with a [`Reader`](crate::Reader): `contains`, `iter`, `len`, `is_empty`.
/// - Write, with a [`Writer`](crate::Writer): `insert`, `remove`, `reset`.
///
/// A removal removes what it has seen, and no more. It leaves no tombstone: a set from which all
/// was removed has no rows.
///
/// It takes one row for each element, and one more for each addition of it by another replica that
/// did not know of this one, until a later addition has seen both. All methods are O(log n); on
/// `Inline` capacities they scan, O(n). Iterating is O(1) an element; on `Inline` capacities O(n).
///
/// Source: Bieniusa et al., "An Optimized Conflict-free Replicated Set", 2012 (arXiv 1210.3368);
/// `AWSet` in Almeida, Shoker, Baquero, JPDC 2018.
///
/// ```
/// use synod_crdt::{AwSet, Causal, Inline, Merge};
///
/// type Tags = Causal<char, AwSet<&'static str>, Inline<4>, Inline<16>>;
/// let mut tags = Tags::new();
/// tags.write('a').insert("kitchen")?;
/// tags.write('a').insert("attic")?;
/// tags.write('a').remove(&"kitchen")?;
/// assert!(tags.read().iter().eq([&"attic"]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AwSet<E>(PhantomData<E>);

impl<E> Sealed for AwSet<E> {}

impl<Id, E: Clone + Ord + 'static> Kind<Id> for AwSet<E> {
    type Row = E;
}

impl<Id, E: Clone + Ord + 'static> Nest<Id> for AwSet<E> {}

impl<'a, S: State, E: Clone + Ord + 'static, P: Path<S, AwSet<E>>> Reader<'a, S, AwSet<E>, P> {
    /// Whether `element` is in the set.
    #[must_use]
    pub fn contains(self, element: &E) -> bool {
        self.rows(|row| row.cmp(element)).next().is_some()
    }

    /// The elements, in order.
    pub fn iter(self) -> impl Iterator<Item = &'a E> {
        distinct(self.rows_in_order(|_| Ordering::Equal).map(|(element, _)| element))
    }

    /// The number of elements. As dear as to iterate.
    #[must_use]
    pub fn len(self) -> usize {
        count(self.iter())
    }
}

impl<'a, S: State, E: Clone + Ord + 'static, P: Path<S, AwSet<E>>> Writer<'a, S, AwSet<E>, P> {
    /// Adds `element`. If it is there already, the addition is news nevertheless: it survives
    /// removals that have not seen it.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the element handed back; nothing was changed.
    pub fn insert(self, element: E) -> Result<Delta<'a, S>, Refused<E>> {
        let row = element.clone();
        let replaced = self.replace(|row| row.cmp(&element), |_, _| Fate::Goes, Some(row));
        replaced.map_err(|reason| Refused { reason, value: element })
    }

    /// Removes `element`, as far as it was observed. If it is not there, nothing changes.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing was changed. Only `Heap` can fail.
    pub fn remove(self, element: &E) -> Result<Delta<'a, S>, WriteError> {
        self.replace(|row| row.cmp(element), |_, _| Fate::Goes, None)
    }
}
