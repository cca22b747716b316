//! The way from the top of a state to a value in its maps.

use core::cmp::Ordering;

use crate::{
    CausalMap,
    causal::State,
    kind::{Kind, Nest},
};

/// Where in a state of `S` a value of kind `T` stands.
///
/// The rows of one place are neighbours in the order of rows, because keys come first in a row.
pub trait Path<S: State, T: Kind<S::Id>>: Copy {
    /// How a row of the state stands to this place.
    #[doc(hidden)]
    fn locate(&self, row: &S::Row) -> Ordering;

    /// What a row of this place is without the way to it.
    #[doc(hidden)]
    fn narrow<'r>(&self, row: &'r S::Row) -> Option<&'r T::Row>;

    /// The row of the state that is `row` in this place.
    #[doc(hidden)]
    fn widen(&self, row: T::Row) -> S::Row;
}

/// The state itself.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Top;

impl<S: State> Path<S, S::Kind> for Top {
    fn locate(&self, _row: &S::Row) -> Ordering {
        Ordering::Equal
    }

    fn narrow<'r>(&self, row: &'r S::Row) -> Option<&'r S::Row> {
        Some(row)
    }

    fn widen(&self, row: S::Row) -> S::Row {
        row
    }
}

/// The value of a key in the map at `P`.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct At<'k, K, P> {
    pub(crate) map: P,
    pub(crate) key: &'k K,
}

impl<K, P: Copy> Clone for At<'_, K, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, P: Copy> Copy for At<'_, K, P> {}

impl<S, K, T, P> Path<S, T> for At<'_, K, P>
where
    S: State,
    K: Clone + Ord + 'static,
    T: Nest<S::Id>,
    P: Path<S, CausalMap<K, T>>,
{
    fn locate(&self, row: &S::Row) -> Ordering {
        let order = self.map.locate(row);
        match self.map.narrow(row) {
            Some((key, _)) if order.is_eq() => key.cmp(self.key),
            _ => order,
        }
    }

    fn narrow<'r>(&self, row: &'r S::Row) -> Option<&'r T::Row> {
        let (key, row) = self.map.narrow(row)?;
        (key == self.key).then_some(row)
    }

    fn widen(&self, row: T::Row) -> S::Row {
        self.map.widen((self.key.clone(), row))
    }
}
