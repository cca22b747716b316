//! The register that keeps concurrent values.

use core::{cmp::Ordering, marker::PhantomData};

use crate::{
    Delta, Reader, Refused, State, Writer,
    kind::{Kind, Nest, Sealed},
    path::Path,
    place::distinct,
    replace::Fate,
};

/// A register that keeps the values of all writes of which none has seen the other: the kind of a
/// [`Causal`](crate::Causal) state, or of values in a [`CausalMap`](crate::CausalMap).
///
/// - Read, with a [`Reader`](crate::Reader): `values`, `is_empty`.
/// - Write, with a [`Writer`](crate::Writer): `set`, `reset`.
///
/// A write replaces what its replica has seen. So nothing is lost without having been read, and a
/// write that has seen all values settles them.
///
/// It takes one row for each concurrent write. Reading and writing are O(log n) and the number of
/// values; on `Inline` capacities O(n) in the rows of the state. Values are `Ord`: for a float take
/// a newtype that orders by `total_cmp`.
///
/// Source: `MVRegister` in Almeida, Shoker, Baquero, JPDC 2018; the idea is Dynamo's
/// (SOSP 2007).
///
/// ```
/// use synod_crdt::{Causal, Inline, Merge, MvRegister};
///
/// type Name = Causal<char, MvRegister<&'static str>, Inline<4>, Inline<4>>;
/// let (mut left, mut right) = (Name::new(), Name::new());
/// left.write('l').set("oak")?;
/// right.write('r').set("elm")?;
/// left.merge(&right)?;
/// assert!(left.read().values().eq([&"elm", &"oak"]));
///
/// left.write('l').set("ash")?; // has seen both
/// assert!(left.read().values().eq([&"ash"]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MvRegister<V>(PhantomData<V>);

impl<V> Sealed for MvRegister<V> {}

impl<Id, V: Clone + Ord + 'static> Kind<Id> for MvRegister<V> {
    type Row = V;
}

impl<Id, V: Clone + Ord + 'static> Nest<Id> for MvRegister<V> {}

impl<'a, S: State, V: Clone + Ord + 'static, P: Path<S, MvRegister<V>>>
    Reader<'a, S, MvRegister<V>, P>
{
    /// The values that no other write has replaced, in order, each once. None if it was never
    /// written, or was reset.
    pub fn values(self) -> impl Iterator<Item = &'a V> {
        distinct(self.rows_in_order(|_| Ordering::Equal).map(|(value, _)| value))
    }
}

impl<'a, S: State, V: Clone + Ord + 'static, P: Path<S, MvRegister<V>>>
    Writer<'a, S, MvRegister<V>, P>
{
    /// Writes `value` in the place of all that was observed.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the value handed back; nothing was changed.
    pub fn set(self, value: V) -> Result<Delta<'a, S>, Refused<V>> {
        let row = value.clone();
        let replaced = self.replace(|_| Ordering::Equal, |_, _| Fate::Goes, Some(row));
        replaced.map_err(|reason| Refused { reason, value })
    }
}
