//! The set in which, for each element, the last writer wins.

use core::{cmp::Ordering, iter, marker::PhantomData};

use synod_clocks::{Dot, HybridStamp, WideHybridStamp};

use crate::{
    Delta, Reader, Refused, State, WriteError, Writer,
    count::count,
    kind::{Kind, Nest, Sealed},
    path::Path,
    replace::Fate,
};

/// A set in which the addition or removal of an element with the largest stamp wins: the kind of a
/// [`Causal`](crate::Causal) state, or of values in a [`CausalMap`](crate::CausalMap).
///
/// - Read, with a [`Reader`](crate::Reader): `contains`, `stamp`, `iter`, `len`, `is_empty`,
///   `latest_stamp`.
/// - Write, with a [`Writer`](crate::Writer): `insert`, `remove`, `reset`.
///
/// Stamps and ties are those of [`LwwRegister`](crate::LwwRegister), where it also says how to keep
/// a clock for them, and what to do about a write that is refused as stale. A removal must be
/// remembered, as it may win over additions that are still on their way: it leaves a row, a
/// tombstone, also where there was no element. Tombstones count against the capacity `N`, and
/// [`Causal::collect`](crate::Causal::collect) takes them away once every replica has them. A
/// [reset](Writer::reset) forgets them, so that additions which those had beaten, and that are
/// still on their way, come back.
///
/// It takes one row for each element or tombstone, and one more for each concurrent addition or
/// removal. Methods cost as those of [`AwSet`](crate::AwSet).
///
/// Source: Shapiro et al., INRIA 2011, section 3.3.3 (LWW-element-Set); stamps by Kulkarni et al.,
/// OPODIS 2014.
///
/// ```
/// use synod_crdt::{Causal, HybridStamp, Inline, LwwSet};
///
/// let mut online = Causal::<u8, LwwSet<u32>, Inline<4>, Inline<16>>::new();
/// let at = |us| HybridStamp::from_wall_us(us).unwrap(); // from a `HybridClock`
/// online.write(1).insert(at(1_000), 77)?;
/// online.write(1).remove(at(1_001), 77)?;
/// assert!(!online.read().contains(&77));
/// assert!(online.write(2).insert(at(900), 77).is_err()); // a later write is known
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LwwSet<E>(PhantomData<E>);

/// An element, and when it was added or removed.
type Row<E> = (E, HybridStamp, bool);

impl<E> Sealed for LwwSet<E> {}

impl<Id: Copy + Ord, E: Clone + Ord + 'static> Kind<Id> for LwwSet<E> {
    type Row = Row<E>;

    fn holds<'a>(rows: impl Iterator<Item = (&'a Row<E>, Dot<Id>)>) -> bool {
        present(rows).next().is_some()
    }

    fn group(first: &Row<E>, second: &Row<E>) -> Ordering {
        first.0.cmp(&second.0)
    }

    fn is_tombstone(row: &Row<E>) -> bool {
        !row.2
    }

    /// If the last write is a removal, all; if it is an addition, the removals that it has beaten.
    fn is_settled<'a>(
        dot: Dot<Id>,
        row: &Row<E>,
        rows: impl Iterator<Item = (Dot<Id>, &'a Row<E>)>,
        is_stable: impl Fn(Dot<Id>) -> bool,
    ) -> bool {
        let rows = rows.map(|(dot, row)| (row, dot));
        let last = rows.reduce(|last, row| if is_before(&last, &row) { row } else { last });
        match last.filter(|(_, dot)| is_stable(*dot)) {
            Some((winner, _)) if winner.2 => !row.2 && is_stable(dot),
            last => last.is_some(),
        }
    }
}

impl<Id: Copy + Ord, E: Clone + Ord + 'static> Nest<Id> for LwwSet<E> {}

/// Whether the first row was written before the second.
fn is_before<Id: Ord, E>(first: &(&Row<E>, Dot<Id>), second: &(&Row<E>, Dot<Id>)) -> bool {
    // By dot where one replica used a stamp twice.
    (first.0.1, &first.1) < (second.0.1, &second.1)
}

/// The elements of sorted rows whose last write added them.
fn present<'a, Id: Ord, E: Ord + 'static>(
    rows: impl Iterator<Item = (&'a Row<E>, Dot<Id>)>,
) -> impl Iterator<Item = &'a E> {
    let mut rows = rows.fuse();
    let mut next = None;
    iter::from_fn(move || {
        loop {
            let mut last = next.take().or_else(|| rows.next())?;
            for row in rows.by_ref() {
                if row.0.0 != last.0.0 {
                    next = Some(row);
                    break;
                }
                last = if is_before(&last, &row) { row } else { last };
            }
            if last.0.2 {
                return Some(&last.0.0);
            }
        }
    })
}

impl<'a, S: State, E: Clone + Ord + 'static, P: Path<S, LwwSet<E>>> Reader<'a, S, LwwSet<E>, P> {
    /// Whether `element` is in the set.
    #[must_use]
    pub fn contains(self, element: &E) -> bool {
        self.last_write(element).is_some_and(|(row, _)| row.2)
    }

    /// When `element` was last added or removed, and by whom, as far as that is remembered.
    #[must_use]
    pub fn stamp(self, element: &E) -> Option<WideHybridStamp<S::Id>> {
        self.last_write(element).map(|(row, dot)| row.1.at(dot.replica))
    }

    /// The elements, in order.
    pub fn iter(self) -> impl Iterator<Item = &'a E> {
        present(self.rows_in_order(|_| Ordering::Equal))
    }

    /// The number of elements. As dear as to iterate.
    #[must_use]
    pub fn len(self) -> usize {
        count(self.iter())
    }

    fn last_write(self, element: &E) -> Option<(&'a Row<E>, Dot<S::Id>)> {
        let rows = self.rows(|row| row.0.cmp(element)).map(|(dot, row)| (row, dot));
        rows.reduce(|last, row| if is_before(&last, &row) { row } else { last })
    }
}

impl<'a, S: State, E: Clone + Ord + 'static, P: Path<S, LwwSet<E>>> Writer<'a, S, LwwSet<E>, P> {
    /// Adds `element` at `stamp`.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the element handed back; nothing was changed. [`WriteError::Stale`] if the
    /// addition would lose against a write that is known.
    pub fn insert(self, stamp: HybridStamp, element: E) -> Result<Delta<'a, S>, Refused<E>> {
        self.put(stamp, element, true)
    }

    /// Removes `element` at `stamp`.
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert).
    pub fn remove(self, stamp: HybridStamp, element: E) -> Result<Delta<'a, S>, Refused<E>> {
        self.put(stamp, element, false)
    }

    fn put(self, stamp: HybridStamp, element: E, added: bool) -> Result<Delta<'a, S>, Refused<E>> {
        if self.reader().stamp(&element) > Some(stamp.at(self.author.me)) {
            return Err(Refused { reason: WriteError::Stale, value: element });
        }
        let row = (element.clone(), stamp, added);
        let replaced = self.replace(|row| row.0.cmp(&element), |_, _| Fate::Goes, Some(row));
        replaced.map_err(|reason| Refused { reason, value: element })
    }
}
