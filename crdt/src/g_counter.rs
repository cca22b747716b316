//! The counter that only grows.

use synod_clocks::{CausalContext, Dot};

use crate::{
    Delta, Reader, State, WriteError, Writer,
    causal::Inside,
    kind::{Kind, Sealed},
    path::Top,
};

/// A counter that only grows: the kind of a [`Causal`](crate::Causal) state.
///
/// - Read, with a [`Reader`](crate::Reader): `value`.
/// - Write, with a [`Writer`](crate::Writer): `add`.
///
/// It is the causal context itself: each count is an event, and its value is the number of events.
/// So it has no rows, and takes one range for each replica; `N` can be `Inline<0>`. A merge is O(r)
/// in the number of ranges, an addition O(log r).
///
/// Counts of one replica are never lost or taken twice, whatever is lost, duplicated or reordered.
/// A counter that also goes down, or stands in a map, is a [`PnCounter`](crate::PnCounter).
///
/// A replica must persist its state before a delta of it leaves: what another kind may do with a
/// bound and [`resume`](crate::Causal::resume) would be counts here.
///
/// Source: Shapiro et al., INRIA 2011, section 3.1.2 (G-Counter).
///
/// ```
/// use synod_crdt::{Causal, GCounter, Inline, Merge};
///
/// type Visitors = Causal<u8, GCounter, Inline<4>, Inline<0>>;
/// let (mut north, mut south) = (Visitors::new(), Visitors::new());
/// north.write(1).add(3)?;
/// south.write(2).add(4)?;
/// north.merge(&south)?;
/// north.merge(&south)?;
/// assert_eq!(north.read().value(), 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct GCounter(());

/// A row that is never written. It has a value, as the compiler finds panics in what would move a
/// value of a type that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Never;

impl Sealed for GCounter {}

impl<Id> Kind<Id> for GCounter {
    type Row = Never;

    fn is_legal(_dot: Dot<Id>, _row: &Never) -> bool {
        false
    }
}

impl<S: State<Kind = GCounter>> Reader<'_, S, GCounter, Top> {
    /// The sum of all counts.
    #[must_use]
    pub fn value(self) -> u128 {
        let mut sum: u128 = 0;
        for range in self.state.context().ranges() {
            sum = sum.saturating_add(range.len().get().into());
        }
        sum
    }
}

impl<'a, S: State<Kind = GCounter>> Writer<'a, S, GCounter, Top> {
    /// Counts `amount`.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing was changed. [`WriteError::Exhausted`] when the counts of this
    /// replica exceed `u64::MAX`.
    #[allow(clippy::should_implement_trait)] // what every counter calls it
    pub fn add(self, amount: u64) -> Result<Delta<'a, S>, WriteError> {
        let (context, _) = self.state.parts(Inside(()));
        let Some(range) = self.author.next_dots(context, amount)? else {
            return Ok(self.unchanged());
        };
        let mut touched = CausalContext::new();
        touched.insert_range(range).map_err(WriteError::Ranges)?;
        context.insert_range(range).map_err(WriteError::Ranges)?;
        Ok(Delta::new(self.state, touched))
    }
}
