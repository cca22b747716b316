//! The way from the top of a state to a value in its maps.

use core::cmp::Ordering;

use crate::{
    CausalMap,
    causal::State,
    delta::RowOf,
    kind::{Kind, Nest, Sealed},
};

/// Where in a state of `S` a value of kind `T` stands: [`Top`], the state itself, or [`At`] a key
/// of a map that stands somewhere.
///
/// Only this crate's types are paths. A function that is generic in the path works with a state and
/// with a value in a map alike:
///
/// ```
/// use synod_crdt::{AwSet, Causal, CausalMap, Inline, Path, Reader, State};
///
/// type Shed = Causal<u8, AwSet<u16>, Inline<4>, Inline<8>>;
/// type House = Causal<u8, CausalMap<&'static str, AwSet<u16>>, Inline<4>, Inline<8>>;
///
/// fn is_crowded<S: State, P: Path<S, AwSet<u16>>>(guests: Reader<'_, S, AwSet<u16>, P>) -> bool {
///     guests.len() > 1
/// }
///
/// let (mut shed, mut house) = (Shed::new(), House::new());
/// shed.write(1).insert(7)?;
/// house.write(1).at(&"attic").insert(8)?;
/// house.write(1).at(&"attic").insert(9)?;
/// assert!(!is_crowded(shed.read()));
/// assert!(is_crowded(house.read().at(&"attic")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
// The rows of one place are neighbours in the order of rows, because keys come first in a row.
pub trait Path<S: State, T: Kind<S::Id>>: Sealed + Copy {
    /// How a row of the state stands to this place.
    #[doc(hidden)]
    fn locate(&self, row: &RowOf<S>) -> Ordering;

    /// What a row of this place is without the way to it.
    #[doc(hidden)]
    fn narrow<'r>(&self, row: &'r RowOf<S>) -> Option<&'r T::Row>;

    /// The row of the state that is `row` in this place.
    #[doc(hidden)]
    fn widen(&self, row: T::Row) -> RowOf<S>;
}

/// The state itself, as a [`Path`].
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Top;

impl Sealed for Top {}

impl<S: State> Path<S, S::Kind> for Top {
    fn locate(&self, _row: &RowOf<S>) -> Ordering {
        Ordering::Equal
    }

    fn narrow<'r>(&self, row: &'r RowOf<S>) -> Option<&'r RowOf<S>> {
        Some(row)
    }

    fn widen(&self, row: RowOf<S>) -> RowOf<S> {
        row
    }
}

/// The value of a key in the map at `P`, as a [`Path`]: what [`at`](crate::Reader::at) leads to.
///
/// ```
/// use synod_crdt::{At, AwSet, Causal, CausalMap, Inline, Reader, Top};
///
/// type House = Causal<u8, CausalMap<&'static str, AwSet<u16>>, Inline<4>, Inline<8>>;
/// type Room<'a> = Reader<'a, House, AwSet<u16>, At<'a, &'static str, Top>>;
///
/// fn attic(house: &House) -> Room<'_> {
///     house.read().at(&"attic")
/// }
///
/// let mut house = House::new();
/// house.write(1).at(&"attic").insert(8)?;
/// assert!(attic(&house).contains(&8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

impl<K, P> Sealed for At<'_, K, P> {}

impl<S, K, T, P> Path<S, T> for At<'_, K, P>
where
    S: State,
    K: Clone + Ord + 'static,
    T: Nest<S::Id>,
    P: Path<S, CausalMap<K, T>>,
{
    fn locate(&self, row: &RowOf<S>) -> Ordering {
        match self.map.narrow(row) {
            Some((key, _)) => key.cmp(self.key),
            None => self.map.locate(row),
        }
    }

    fn narrow<'r>(&self, row: &'r RowOf<S>) -> Option<&'r T::Row> {
        let (key, row) = self.map.narrow(row)?;
        (key == self.key).then_some(row)
    }

    fn widen(&self, row: T::Row) -> RowOf<S> {
        self.map.widen((self.key.clone(), row))
    }
}
