//! The map whose values are causal themselves.

use core::{cmp::Ordering, iter, marker::PhantomData};

use synod_clocks::Dot;

use crate::{
    Delta, Reader, State, WriteError, Writer,
    count::count,
    kind::{Kind, Nest, Sealed},
    path::{At, Path},
    place::distinct,
    replace::Fate,
};

/// A map from keys to values of the kind `T`, which may be maps again: the kind of a
/// [`Causal`](crate::Causal) state.
///
/// - Read, with a [`Reader`](crate::Reader): `at`, `contains_key`, `iter`, `keys`, `len`,
///   `is_empty`, and `latest_stamp` where the values have stamps.
/// - Write, with a [`Writer`](crate::Writer): `at`, `remove`, `reset`.
///
/// Values need not be created: [`at`](Writer::at) leads to the value of any key, and a key is
/// present when its value holds something. Removing a key resets its value: what was observed of it
/// goes, and concurrent changes of it stay, whatever the order in which the two are merged. A
/// counter that is removed and counted concurrently has the concurrent counts.
///
/// All values share the capacities of the state: `R` ranges and `N` rows in all. Methods cost as
/// those of the values; [`keys`](Reader::keys) is O(log n) a row, on `Inline`
/// capacities O(n). Each row has all keys that lead to
/// it, in memory and encoded: so keys should be short, or shared, such as an `Arc<str>`.
///
/// Source: `ORMap` in Almeida, Shoker, Baquero, JPDC 2018; the idea is of Riak (Brown et
/// al., "Riak DT Map", PaPEC 2014).
///
/// ```
/// use synod_crdt::{AwSet, Causal, CausalMap, Inline, Merge, PnCounter};
///
/// // Rooms with tags, and shelves in rooms with counts.
/// type Rooms = Causal<u8, CausalMap<&'static str, AwSet<u16>>, Inline<4>, Inline<16>>;
/// type Stock =
///     Causal<u8, CausalMap<&'static str, CausalMap<u8, PnCounter>>, Inline<4>, Inline<16>>;
///
/// let mut rooms = Rooms::new();
/// rooms.write(1).at(&"attic").insert(300)?;
/// assert!(rooms.read().at(&"attic").contains(&300));
///
/// let (mut left, mut right) = (Stock::new(), Stock::new());
/// left.write(1).at(&"attic").at(&7).add(5)?;
/// right.merge(&left)?;
/// right.write(2).remove(&"attic")?;
/// left.write(1).at(&"attic").at(&7).add(1)?; // concurrently
/// left.merge(&right)?;
/// assert_eq!(left.read().at(&"attic").at(&7).value(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CausalMap<K, T>(PhantomData<(K, T)>);

impl<K, T> Sealed for CausalMap<K, T> {}

impl<Id: Copy, K: Clone + Ord + 'static, T: Nest<Id>> Kind<Id> for CausalMap<K, T> {
    type Row = (K, T::Row);

    fn holds<'a>(rows: impl Iterator<Item = (&'a Self::Row, Dot<Id>)>) -> bool {
        let mut rows = rows.fuse();
        let mut next = rows.next();
        while let Some(((key, _), _)) = next {
            let here = iter::from_fn(|| {
                let (row, dot) = next.filter(|(row, _)| row.0 == *key)?;
                next = rows.next();
                Some((&row.1, dot))
            });
            if T::holds(here) {
                return true;
            }
        }
        false
    }

    fn fate_in_reset<'a, I: Iterator<Item = (Dot<Id>, &'a Self::Row)>>(
        dot: Dot<Id>,
        (key, row): &Self::Row,
        rows: impl FnOnce() -> I,
    ) -> Fate<Self::Row> {
        match T::fate_in_reset(dot, row, || rows().map(|(dot, (_, row))| (dot, row))) {
            Fate::Stays => Fate::Stays,
            Fate::Goes => Fate::Goes,
            Fate::Becomes(row) => Fate::Becomes((key.clone(), row)),
        }
    }

    fn group(first: &Self::Row, second: &Self::Row) -> Ordering {
        first.0.cmp(&second.0).then_with(|| T::group(&first.1, &second.1))
    }

    fn is_tombstone((_, row): &Self::Row) -> bool {
        T::is_tombstone(row)
    }

    fn is_settled<'a>(
        dot: Dot<Id>,
        (_, row): &Self::Row,
        rows: impl Iterator<Item = (Dot<Id>, &'a Self::Row)>,
        is_stable: impl Fn(Dot<Id>) -> bool,
    ) -> bool {
        T::is_settled(dot, row, rows.map(|(dot, (_, row))| (dot, row)), is_stable)
    }

    fn is_legal(dot: Dot<Id>, (_, row): &Self::Row) -> bool {
        T::is_legal(dot, row)
    }
}

impl<Id: Copy, K: Clone + Ord + 'static, T: Nest<Id>> Nest<Id> for CausalMap<K, T> {}

impl<'a, S, K, T, P> Reader<'a, S, CausalMap<K, T>, P>
where
    S: State,
    K: Clone + Ord + 'static,
    T: Nest<S::Id>,
    P: Path<S, CausalMap<K, T>>,
{
    /// The value of `key`, also if there is none yet.
    #[must_use]
    pub const fn at<'k>(self, key: &'k K) -> Reader<'a, S, T, At<'k, K, P>> {
        Reader::new(self.state, At { map: self.path, key })
    }

    /// Whether the value of `key` holds something.
    #[must_use]
    pub fn contains_key(self, key: &K) -> bool {
        !self.at(key).is_empty()
    }

    /// The keys whose values hold something, in order.
    pub fn keys(self) -> impl Iterator<Item = &'a K> {
        let keys = distinct(self.rows_in_order(|_| Ordering::Equal).map(|((key, _), _)| key));
        keys.filter(move |key| self.contains_key(key))
    }

    /// The keys whose values hold something, in order, and their values.
    pub fn iter(self) -> impl Iterator<Item = (&'a K, Reader<'a, S, T, At<'a, K, P>>)> {
        self.keys().map(move |key| (key, self.at(key)))
    }

    /// The number of keys whose values hold something. As dear as to iterate.
    #[must_use]
    pub fn len(self) -> usize {
        count(self.keys())
    }
}

impl<'a, S, K, T, P> Writer<'a, S, CausalMap<K, T>, P>
where
    S: State,
    K: Clone + Ord + 'static,
    T: Nest<S::Id>,
    P: Path<S, CausalMap<K, T>>,
{
    /// A change to the value of `key`, also if there is none yet.
    pub const fn at<'k>(self, key: &'k K) -> Writer<'a, S, T, At<'k, K, P>> {
        let Self { state, author, path, .. } = self;
        Writer::new(state, author, At { map: path, key })
    }

    /// Removes `key`: resets its value, as [`reset`](Writer::reset) does, at its cost. With it go
    /// the tombstones of a set there.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing was changed.
    pub fn remove(self, key: &K) -> Result<Delta<'a, S>, WriteError> {
        self.at(key).reset()
    }
}
