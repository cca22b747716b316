//! Reading and changing a value, wherever it stands.

use core::{cmp::Ordering, fmt, marker::PhantomData};

use synod_clocks::{CausalContext, Ceiling, Dot};

use crate::{
    Delta, WriteError,
    causal::State,
    delta::RowOf,
    kind::{Kind, Nest},
    path::Path,
    replace::{Author, Fate, RowsOf, replace},
};

/// What a value says: the state `S` itself, or a value in its maps, at the path `P`. Its methods
/// are those of its kind `T`.
pub struct Reader<'a, S, T, P> {
    pub(crate) state: &'a S,
    pub(crate) path: P,
    kind: PhantomData<T>,
}

impl<'a, S, T, P> Reader<'a, S, T, P> {
    pub(crate) const fn new(state: &'a S, path: P) -> Self {
        Self { state, path, kind: PhantomData }
    }
}

impl<S: State, T: Nest<S::Id>, P: Path<S, T>> Reader<'_, S, T, P> {
    /// Whether there is nothing: no element, value, entry or count. O(log n), and the number of
    /// tombstones before the first that is there; on `Inline` capacities O(n) for each.
    #[must_use]
    pub fn is_empty(self) -> bool {
        !T::holds(self.rows_in_order(|_| Ordering::Equal))
    }
}

impl<'a, S: State, T: Kind<S::Id>, P: Path<S, T>> Reader<'a, S, T, P> {
    /// The rows of this place of which `part` says that they are wanted, in any order. The wanted
    /// rows are neighbours.
    pub(crate) fn rows(
        self,
        part: impl Fn(&T::Row) -> Ordering + Clone,
    ) -> impl Iterator<Item = (Dot<S::Id>, &'a T::Row)> {
        let path = self.path;
        let rows = self.state.rows().at(within(path, part));
        rows.filter_map(move |(dot, row)| path.narrow(row).map(|row| (dot, row)))
    }

    /// The same, in order of row.
    pub(crate) fn rows_in_order(
        self,
        part: impl Fn(&T::Row) -> Ordering + Clone,
    ) -> impl Iterator<Item = (&'a T::Row, Dot<S::Id>)> {
        let path = self.path;
        let rows = self.state.rows().in_order(within(path, part));
        rows.filter_map(move |(row, dot)| path.narrow(row).map(|row| (row, dot)))
    }
}

impl<S, T, P: Copy> Clone for Reader<'_, S, T, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T, P: Copy> Copy for Reader<'_, S, T, P> {}

impl<S: fmt::Debug, T, P: fmt::Debug> fmt::Debug for Reader<'_, S, T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("state", &self.state).field("path", &self.path).finish()
    }
}

#[cfg(feature = "defmt")]
impl<S: defmt::Format, T, P: defmt::Format> defmt::Format for Reader<'_, S, T, P> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Reader {} {}", self.state, self.path);
    }
}

/// One change to a value: the state `S` itself, or a value in its maps, at the path `P`. Its
/// methods are those of its kind `T`; each applies a change and gives its delta.
#[must_use = "nothing is written until a method of the kind is called"]
pub struct Writer<'a, S: State, T, P> {
    pub(crate) state: &'a mut S,
    pub(crate) author: Author<S::Id>,
    pub(crate) path: P,
    kind: PhantomData<T>,
}

impl<'a, S: State, T, P> Writer<'a, S, T, P> {
    pub(crate) const fn new(state: &'a mut S, author: Author<S::Id>, path: P) -> Self {
        Self { state, author, path, kind: PhantomData }
    }

    /// The same, but refused if it would issue an event that the [`Ceiling`] does not cover: with
    /// [`WriteError::Unreserved`] beyond its bound, and with [`WriteError::NotResumed`] where the
    /// state knows nothing of the replica above its floor. See [`Causal::resume`](crate::Causal::resume).
    pub fn under(self, ceiling: &Ceiling) -> Self {
        Self { author: self.author.under(ceiling), ..self }
    }
}

impl<'a, S: State, T: Kind<S::Id>, P: Path<S, T>> Writer<'a, S, T, P> {
    pub(crate) const fn reader(&self) -> Reader<'_, S, T, P> {
        Reader::new(self.state, self.path)
    }

    /// No change.
    pub(crate) fn unchanged(self) -> Delta<'a, S> {
        Delta::new(self.state, CausalContext::new())
    }

    /// Puts `row` in the place of those rows to which that happens.
    ///
    /// `part` says where in this place those may be; they are neighbours.
    pub(crate) fn replace(
        self,
        part: impl Fn(&T::Row) -> Ordering + Clone,
        fate: impl Fn(Dot<S::Id>, &T::Row) -> Fate<T::Row>,
        row: Option<T::Row>,
    ) -> Result<Delta<'a, S>, WriteError> {
        self.replace_judged(part, |_: &RowsOf<S>, dot, row: &T::Row| fate(dot, row), row)
    }

    /// The same, where the fate of a row hangs on others.
    #[inline]
    fn replace_judged(
        self,
        part: impl Fn(&T::Row) -> Ordering + Clone,
        fate: impl Fn(&RowsOf<S>, Dot<S::Id>, &T::Row) -> Fate<T::Row>,
        row: Option<T::Row>,
    ) -> Result<Delta<'a, S>, WriteError> {
        let path = self.path;
        let fate = |rows: &RowsOf<S>, dot, row: &RowOf<S>| match path
            .narrow(row)
            .map(|row| fate(rows, dot, row))
        {
            None | Some(Fate::Stays) => Fate::Stays,
            Some(Fate::Goes) => Fate::Goes,
            Some(Fate::Becomes(row)) => Fate::Becomes(path.widen(row)),
        };
        let row = row.map(|row| path.widen(row));
        let place = within(path, part);
        // One compiled body for all changes where flash is dearer than time.
        #[cfg(not(target_pointer_width = "64"))]
        let place: &dyn Fn(&RowOf<S>) -> Ordering = &place;
        #[cfg(not(target_pointer_width = "64"))]
        let fate: &Judge<'_, S> = &fate;
        match replace(self.state, self.author, place, fate, row) {
            Ok(touched) => Ok(Delta::new(self.state, touched)),
            Err(error) => Err(error),
        }
    }
}

impl<'a, S: State, T: Nest<S::Id>, P: Path<S, T>> Writer<'a, S, T, P> {
    /// Removes all that is here, and leaves only what must be remembered of it.
    ///
    /// Everything that was observed goes; what other replicas write concurrently stays. Where there
    /// was nothing, this changes nothing. O(k log n) for `k` rows, and at most O(n); on `Inline`
    /// capacities O(k n).
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing was changed.
    pub fn reset(self) -> Result<Delta<'a, S>, WriteError> {
        let path = self.path;
        let fate = |rows: &RowsOf<S>, dot, row: &T::Row| {
            T::fate_in_reset(dot, row, || {
                let group = rows.at(within(path, |other: &T::Row| T::group(other, row)));
                group.filter_map(|(dot, row)| path.narrow(row).map(|row| (dot, row)))
            })
        };
        self.replace_judged(|_| Ordering::Equal, fate, None)
    }
}

impl<S: State + fmt::Debug, T, P: fmt::Debug> fmt::Debug for Writer<'_, S, T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("state", &self.state).field("path", &self.path).finish()
    }
}

#[cfg(feature = "defmt")]
impl<S: State + defmt::Format, T, P: defmt::Format> defmt::Format for Writer<'_, S, T, P> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Writer {} {}", self.state, self.path);
    }
}

/// Says what becomes of a row.
#[cfg(not(target_pointer_width = "64"))]
type Judge<'a, S> =
    dyn Fn(&RowsOf<S>, Dot<<S as crate::Source>::Id>, &RowOf<S>) -> Fate<RowOf<S>> + 'a;

fn within<S: State, T: Kind<S::Id>, P: Path<S, T>>(
    path: P,
    part: impl Fn(&T::Row) -> Ordering + Clone,
) -> impl Fn(&RowOf<S>) -> Ordering + Clone {
    move |row| match path.narrow(row) {
        Some(row) => part(row),
        None => path.locate(row),
    }
}

/// Equal neighbours once.
pub(crate) fn distinct<T: Copy + PartialEq>(
    sorted: impl Iterator<Item = T>,
) -> impl Iterator<Item = T> {
    let mut last = None;
    sorted.filter(move |next| last.replace(*next) != Some(*next))
}
