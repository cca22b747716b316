//! The set that only grows.

use core::{cmp::Ordering, marker::PhantomData};

use crate::{
    Delta, Reader, Refused, State, Writer,
    count::count,
    kind::{Kind, Nest, Sealed},
    path::Path,
    place::distinct,
    replace::Fate,
};

/// A set that is only added to: the kind of a [`Causal`](crate::Causal) state, or of values in a
/// [`CausalMap`](crate::CausalMap), where a reset empties it.
///
/// - Read, with a [`Reader`](crate::Reader): `contains`, `iter`, `len`, `is_empty`.
/// - Write, with a [`Writer`](crate::Writer): `insert`, `reset`.
///
/// It takes one row for each element, and one more for each concurrent addition of it. Methods cost
/// as those of [`AwSet`](crate::AwSet).
///
/// Source: Shapiro, Preguiça, Baquero, Zawirski, "A comprehensive study of Convergent and
/// Commutative Replicated Data Types", INRIA 2011, section 3.3.1.
///
/// ```
/// use synod_crdt::{Causal, GSet, Inline};
///
/// let mut visited = Causal::<u8, GSet<u16>, Inline<4>, Inline<16>>::new();
/// visited.write(1).insert(300)?;
/// assert!(visited.write(1).insert(300)?.is_empty()); // no news
/// assert!(visited.read().contains(&300));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct GSet<E>(PhantomData<E>);

impl<E> Sealed for GSet<E> {}

impl<Id, E: Clone + Ord + 'static> Kind<Id> for GSet<E> {
    type Row = E;
}

impl<Id, E: Clone + Ord + 'static> Nest<Id> for GSet<E> {}

impl<'a, S: State, E: Clone + Ord + 'static, P: Path<S, GSet<E>>> Reader<'a, S, GSet<E>, P> {
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

impl<'a, S: State, E: Clone + Ord + 'static, P: Path<S, GSet<E>>> Writer<'a, S, GSet<E>, P> {
    /// Adds `element`. If it is there already, nothing changes, and the delta is empty.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the element handed back; nothing was changed.
    pub fn insert(self, element: E) -> Result<Delta<'a, S>, Refused<E>> {
        if self.reader().contains(&element) {
            return Ok(self.unchanged());
        }
        let row = element.clone();
        let added = self.replace(|row| row.cmp(&element), |_, _| Fate::Stays, Some(row));
        added.map_err(|reason| Refused { reason, value: element })
    }
}
