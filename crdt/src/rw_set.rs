//! The set in which a removal wins.

use core::{cmp::Ordering, marker::PhantomData};

use synod_clocks::Dot;

use crate::{
    Delta, Reader, Refused, State, Writer,
    count::count,
    kind::{Kind, Nest, Sealed},
    path::Path,
    replace::Fate,
};

/// A set in which an element that is added and removed concurrently is gone: the kind of a
/// [`Causal`](crate::Causal) state, or of values in a [`CausalMap`](crate::CausalMap).
///
/// - Read, with a [`Reader`](crate::Reader): `contains`, `iter`, `len`, `is_empty`.
/// - Write, with a [`Writer`](crate::Writer): `insert`, `remove`, `reset`.
///
/// A removal must be remembered, as it wins over additions that are still on their way: it leaves a
/// row, a tombstone, also where there was no element. A later addition that has seen it replaces
/// it. Tombstones count against the capacity `N`, and [`Causal::collect`](crate::Causal::collect)
/// takes them away once every replica has them. A [reset](Writer::reset) forgets them, so
/// that additions which those had beaten, and that are still on their way, come back.
///
/// It takes one row for each element or tombstone, and one more for each concurrent addition or
/// removal. Methods cost as those of [`AwSet`](crate::AwSet).
///
/// Source: `RWSet` in Almeida, Shoker, Baquero, JPDC 2018.
///
/// ```
/// use synod_crdt::{Causal, Inline, Merge, RwSet};
///
/// type Allowed = Causal<u8, RwSet<u32>, Inline<4>, Inline<16>>;
/// let (mut left, mut right) = (Allowed::new(), Allowed::new());
/// right.merge(&left.write(1).insert(77)?)?;
/// right.write(2).remove(77)?;
/// left.write(1).insert(77)?; // concurrently
/// left.merge(&right)?;
/// assert!(!left.read().contains(&77));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RwSet<E>(PhantomData<E>);

/// An element, and whether it was added; a removal sorts first.
type Row<E> = (E, bool);

impl<E> Sealed for RwSet<E> {}

impl<Id, E: Clone + Ord + 'static> Kind<Id> for RwSet<E> {
    type Row = Row<E>;

    fn holds<'a>(rows: impl Iterator<Item = (&'a Row<E>, Dot<Id>)>) -> bool {
        present(rows.map(|(row, _)| row)).next().is_some()
    }

    fn group(first: &Row<E>, second: &Row<E>) -> Ordering {
        first.0.cmp(&second.0)
    }

    fn is_tombstone(row: &Row<E>) -> bool {
        !row.1
    }

    /// First the additions that a removal has beaten, then the removal.
    fn is_settled<'a>(
        dot: Dot<Id>,
        row: &Row<E>,
        mut rows: impl Iterator<Item = (Dot<Id>, &'a Row<E>)>,
        is_stable: impl Fn(Dot<Id>) -> bool,
    ) -> bool {
        let (_, is_added) = *row;
        if is_added {
            rows.any(|(dot, (_, added))| !added && is_stable(dot))
        } else {
            is_stable(dot) && !rows.any(|(_, (_, added))| *added)
        }
    }
}

impl<Id, E: Clone + Ord + 'static> Nest<Id> for RwSet<E> {}

/// The elements of sorted rows that were added and not removed, each once.
fn present<'a, E: Ord + 'static>(
    rows: impl Iterator<Item = &'a Row<E>>,
) -> impl Iterator<Item = &'a E> {
    let mut last = None;
    rows.filter_map(move |(element, added)| {
        let first = last != Some(element);
        last = Some(element);
        (first && *added).then_some(element)
    })
}

impl<'a, S: State, E: Clone + Ord + 'static, P: Path<S, RwSet<E>>> Reader<'a, S, RwSet<E>, P> {
    /// Whether `element` is in the set.
    #[must_use]
    pub fn contains(self, element: &E) -> bool {
        let mut rows = self.rows(|row| row.0.cmp(element)).map(|(_, row)| row.1);
        rows.next().is_some_and(|added| added && rows.all(|added| added))
    }

    /// The elements, in order.
    pub fn iter(self) -> impl Iterator<Item = &'a E> {
        present(self.rows_in_order(|_| Ordering::Equal).map(|(row, _)| row))
    }

    /// The number of elements. As dear as to iterate.
    #[must_use]
    pub fn len(self) -> usize {
        count(self.iter())
    }
}

impl<'a, S: State, E: Clone + Ord + 'static, P: Path<S, RwSet<E>>> Writer<'a, S, RwSet<E>, P> {
    /// Adds `element`, in the place of all additions and removals of it that were observed.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the element handed back; nothing was changed.
    pub fn insert(self, element: E) -> Result<Delta<'a, S>, Refused<E>> {
        self.put(element, true)
    }

    /// Removes `element`, also from replicas that add it without having heard of this.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the element handed back; nothing was changed.
    pub fn remove(self, element: E) -> Result<Delta<'a, S>, Refused<E>> {
        self.put(element, false)
    }

    fn put(self, element: E, added: bool) -> Result<Delta<'a, S>, Refused<E>> {
        let row = (element.clone(), added);
        let replaced = self.replace(|row| row.0.cmp(&element), |_, _| Fate::Goes, Some(row));
        replaced.map_err(|reason| Refused { reason, value: element })
    }
}
