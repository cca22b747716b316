//! What tells one causal type from another.

use core::cmp::Ordering;

use synod_clocks::Dot;

use crate::replace::Fate;

/// Only this crate's kinds are kinds, and so with sources and paths.
pub trait Sealed {}

/// What a [`Causal`](crate::Causal) state holds: a set, a register, a flag, a counter, a map of
/// such.
///
/// A kind is a name for a type of row and for what rows mean; it has no values. How rows come, go,
/// merge and travel is the same for all.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kind of causal state",
    note = "kinds are `AwSet<E>`, `RwSet<E>`, `LwwSet<E>`, `GSet<E>`, `MvRegister<V>`, `LwwRegister<V>`, `EwFlag`, `DwFlag`, `PnCounter`, `GCounter` and `CausalMap<K, T>`; elements, keys and values are `Clone + Ord + 'static`"
)]
pub trait Kind<Id>: Sealed + Sized {
    /// What stands under a dot, to be named in bounds: `T: Kind<Id, Row: Serialize>` says that
    /// states of the kind encode. What a row holds may change.
    type Row: Clone + Ord + 'static;

    /// Whether `rows`, which come in order, say that there is something: a map's key is present if
    /// so. Rows that only remember a removal do not.
    #[doc(hidden)]
    fn holds<'a>(rows: impl Iterator<Item = (&'a Self::Row, Dot<Id>)>) -> bool {
        let mut rows = rows;
        rows.next().is_some()
    }

    /// What becomes of a row in a reset, given the `rows` of its group, which take a search: the same
    /// whichever of the others have met their fate already.
    #[doc(hidden)]
    fn fate_in_reset<'a, I: Iterator<Item = (Dot<Id>, &'a Self::Row)>>(
        _dot: Dot<Id>,
        _row: &Self::Row,
        _rows: impl FnOnce() -> I,
    ) -> Fate<Self::Row> {
        Fate::Goes
    }

    /// How a row's group stands to that of another: rows that are judged together in a reset, and
    /// when tombstones are collected. The rows of a group are neighbours.
    #[doc(hidden)]
    fn group(_first: &Self::Row, _second: &Self::Row) -> Ordering {
        Ordering::Equal
    }

    /// Whether a row may be what others of its group are beaten by, and so is collected after them.
    #[doc(hidden)]
    fn is_tombstone(_row: &Self::Row) -> bool {
        false
    }

    /// Whether a row may go, given the `rows` of its group and whether every replica has it.
    #[doc(hidden)]
    fn is_settled<'a>(
        _dot: Dot<Id>,
        _row: &Self::Row,
        _rows: impl Iterator<Item = (Dot<Id>, &'a Self::Row)>,
        _is_stable: impl Fn(Dot<Id>) -> bool,
    ) -> bool {
        false
    }

    /// Whether a decoded row is one that could have been written.
    #[doc(hidden)]
    fn is_legal(_dot: Dot<Id>, _row: &Self::Row) -> bool {
        true
    }
}

/// A kind that has rows, and so can be emptied: all but [`GCounter`](crate::GCounter). A
/// [`CausalMap`](crate::CausalMap) can have it as its values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be emptied, nor stand in a map",
    note = "a counter in a map is a `PnCounter`; other kinds: `AwSet<E>`, `RwSet<E>`, `LwwSet<E>`, `GSet<E>`, `MvRegister<V>`, `LwwRegister<V>`, `EwFlag`, `DwFlag`, `CausalMap<K, T>`; elements, keys and values are `Clone + Ord + 'static`"
)]
pub trait Nest<Id>: Kind<Id> {}
