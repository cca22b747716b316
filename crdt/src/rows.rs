//! The dot store: what is alive, under the dots that made it so.

use core::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    iter,
};

use synod_capacity::{Capacity, Full, Index, Map};
use synod_clocks::{Dot, DotRange};

use crate::{Source, count::count, kind::Kind};

/// Rows under dots, in order of dot, and where a scan would be dear an index of them in order of
/// row.
///
/// This one store serves every causal type. The literature nests stores: sets of dots, functions
/// from dots to values, maps from keys to stores. A dot belongs to one path through such a nest, so
/// the nest is also a flat function from dots to (path, value), and its join, key by key, is the
/// join of the flat one.
pub struct Rows<Id, Row, N: Capacity> {
    by_dot: Map<Dot<Id>, Row, N>,
    by_row: Index<(Row, Dot<Id>), N>,
}

/// From so many rows on it pays to sort them before they come into the index.
const MANY: usize = 256;

impl<Id: Copy + Ord, Row: Clone + Ord, N: Capacity> Rows<Id, Row, N> {
    pub(crate) const fn new() -> Self {
        Self { by_dot: Map::new(), by_row: Index::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_dot.len()
    }

    /// All rows, in order of dot.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Dot<Id>, &Row)> + Clone {
        self.by_dot.iter().map(|(dot, row)| (*dot, row))
    }

    /// The rows after a dot, in order of dot.
    pub(crate) fn after(
        &self,
        dot: Option<Dot<Id>>,
    ) -> impl Iterator<Item = (Dot<Id>, &Row)> + Clone {
        let rows = self.by_dot.iter_from(move |passed| Some(*passed) <= dot);
        rows.map(|(dot, row)| (*dot, row))
    }

    /// The rows whose dots are in `range`, in order of dot.
    pub(crate) fn within(
        &self,
        range: DotRange<Id>,
    ) -> impl Iterator<Item = (Dot<Id>, &Row)> + Clone {
        let first = range.first_dot();
        let rows = self.by_dot.iter_from(move |dot| *dot < first);
        let (replica, last) = (range.replica(), range.last());
        // No row comes before the range, so this is quicker than to ask whether it contains one.
        let is_inside = move |dot: Dot<Id>| (dot.replica == replica) & (dot.counter <= last);
        rows.map(|(dot, row)| (*dot, row)).take_while(move |(dot, _)| is_inside(*dot))
    }

    /// The rows at a place, in an order that depends on the capacity: never for the eyes of a user.
    /// `place` says how a row stands to the place; rows of one place are neighbours in their order.
    pub(crate) fn at(
        &self,
        place: impl Fn(&Row) -> Ordering + Clone,
    ) -> impl Iterator<Item = (Dot<Id>, &Row)> {
        self.indexed_or_scanned(place, Index::<(Row, Dot<Id>), N>::EXISTS)
    }

    /// The same, for what goes through all of them and adds their dots to a context: many come in
    /// order of dot, in which that is quicker by more than it takes to look at all rows.
    pub(crate) fn all_at(
        &self,
        place: impl Fn(&Row) -> Ordering + Clone,
    ) -> impl Iterator<Item = (Dot<Id>, &Row)> {
        // Dots that come out of order move past each other: their number squared.
        let is_few = Index::<(Row, Dot<Id>), N>::EXISTS && {
            let found = count(self.indexed(place.clone()));
            found.saturating_mul((found / 8).max(8)) <= self.len()
        };
        self.indexed_or_scanned(place, is_few)
    }

    /// The rows at a place, in order of row. O(1) a row with an index, O(n) without.
    pub(crate) fn in_order(
        &self,
        place: impl Fn(&Row) -> Ordering + Clone,
    ) -> impl Iterator<Item = (&Row, Dot<Id>)> {
        let mut indexed = self.indexed(place.clone());
        let mut last: Option<(&Row, Dot<Id>)> = None;
        let mut ended = false;
        iter::from_fn(move || {
            if Index::<(Row, Dot<Id>), N>::EXISTS {
                return indexed.next().map(|(row, dot)| (row, *dot));
            }
            if ended {
                return None;
            }
            let here = self.by_dot.iter().filter(|(_, row)| place(row).is_eq());
            let left = here.map(|(dot, row)| (row, *dot)).filter(|row| last < Some(*row));
            last = left.min();
            ended = last.is_none();
            last
        })
    }

    /// Makes room for `additional` rows, which can then be inserted.
    pub(crate) fn reserve(&mut self, additional: usize) -> Result<(), Full> {
        self.by_dot.reserve(additional)?;
        self.by_row.reserve(additional)
    }

    pub(crate) fn insert(&mut self, dot: Dot<Id>, row: Row) -> Result<(), Full> {
        self.reserve(1)?;
        if Index::<(Row, Dot<Id>), N>::EXISTS {
            self.by_row.insert((row.clone(), dot))?;
        }
        self.by_dot.insert(dot, row).map_err(|(full, _)| full)?;
        Ok(())
    }

    /// Inserts the `count` rows of `other` under events of `ranges`, which are new and for which
    /// there is room.
    pub(crate) fn extend(
        &mut self,
        count: usize,
        ranges: impl Iterator<Item = DotRange<Id>> + Clone,
        other: &impl Source<Id = Id, Kind: Kind<Id, Row = Row>>,
    ) -> Result<(), Full> {
        if count < MANY || !Index::<(Row, Dot<Id>), N>::EXISTS {
            for range in ranges {
                for (dot, row) in other.rows_within(range) {
                    self.insert(dot, row.clone())?;
                }
            }
            return Ok(());
        }
        let rows = ranges.flat_map(|range| other.rows_within(range));
        for (dot, row) in rows.clone() {
            self.by_dot.insert(dot, row.clone()).map_err(|(full, _)| full)?;
        }
        self.by_row.extend(rows.map(|(dot, row)| (row.clone(), dot)))
    }

    /// Puts a row behind all others. It is not in the index before [`index`](Self::index).
    #[cfg(feature = "serde")]
    pub(crate) fn append(&mut self, dot: Dot<Id>, row: Row) -> Result<(), Full> {
        if !Index::<(Row, Dot<Id>), N>::EXISTS {
            return self.insert(dot, row);
        }
        self.by_dot.insert(dot, row).map_err(|(full, _)| full)?;
        Ok(())
    }

    /// Makes the index of rows that were all appended.
    #[cfg(feature = "serde")]
    pub(crate) fn index(&mut self) -> Result<(), Full> {
        if !Index::<(Row, Dot<Id>), N>::EXISTS {
            return Ok(());
        }
        self.by_row.extend(self.by_dot.iter().map(|(dot, row)| (row.clone(), *dot)))
    }

    pub(crate) fn clear(&mut self) {
        self.by_dot.clear();
        self.by_row.clear();
    }

    pub(crate) fn remove(&mut self, dot: Dot<Id>) -> Option<Row> {
        let row = self.by_dot.remove(&dot)?;
        if !Index::<(Row, Dot<Id>), N>::EXISTS {
            return Some(row);
        }
        let entry = (row, dot);
        self.by_row.remove(&entry);
        Some(entry.0)
    }

    fn indexed_or_scanned(
        &self,
        place: impl Fn(&Row) -> Ordering + Clone,
        is_indexed: bool,
    ) -> impl Iterator<Item = (Dot<Id>, &Row)> {
        let mut indexed = self.indexed(place.clone());
        let mut all = self.by_dot.iter();
        iter::from_fn(move || {
            if is_indexed {
                indexed.next().map(|(row, dot)| (*dot, row))
            } else {
                all.find(|(_, row)| place(row).is_eq()).map(|(dot, row)| (*dot, row))
            }
        })
    }

    fn indexed(
        &self,
        place: impl Fn(&Row) -> Ordering + Clone,
    ) -> impl Iterator<Item = &(Row, Dot<Id>)> + Clone {
        let before = place.clone();
        let rows = self.by_row.iter_from(move |(row, _)| before(row).is_lt());
        rows.take_while(move |(row, _)| place(row).is_eq())
    }
}

impl<Id: Clone, Row: Clone, N: Capacity> Clone for Rows<Id, Row, N> {
    fn clone(&self) -> Self {
        Self { by_dot: self.by_dot.clone(), by_row: self.by_row.clone() }
    }
}

impl<Id: fmt::Debug, Row: fmt::Debug, N: Capacity> fmt::Debug for Rows<Id, Row, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.by_dot.fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl<Id: defmt::Format, Row: defmt::Format, N: Capacity> defmt::Format for Rows<Id, Row, N> {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.by_dot.format(f);
    }
}

impl<Id: Hash, Row: Hash, N: Capacity> Hash for Rows<Id, Row, N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.by_dot.hash(state);
    }
}
