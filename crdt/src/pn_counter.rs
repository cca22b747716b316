//! The counter that goes up and down, and can be reset.

use core::{cmp::Ordering, num::NonZeroU64};

use synod_clocks::Dot;

use crate::{
    Delta, Reader, State, WriteError, Writer,
    kind::{Kind, Nest, Sealed},
    path::Path,
    replace::Fate,
};

/// A counter that goes up and down: the kind of a [`Causal`](crate::Causal) state, or of values in
/// a [`CausalMap`](crate::CausalMap).
///
/// - Read, with a [`Reader`](crate::Reader): `value`, `is_empty`.
/// - Write, with a [`Writer`](crate::Writer): `add`, `reset`.
///
/// A reset, and so the removal of a key, takes away exactly what it has observed: counts that other
/// replicas add concurrently stay, those that it has seen never come back.
///
/// Each replica has one row with its running total, which its next count replaces. A reset leaves
/// in its place what the total was, because a count that is on its way includes it: a tombstone,
/// which the next count of that replica replaces, or [`Causal::collect`](crate::Causal::collect)
/// takes away once every replica has it. So a counter takes at most two rows for each replica, and
/// for each of them one more a reset that did not know of another. Counting is O(k), reading and
/// resetting O(k²) in these `k` rows; on `Inline` capacities each is O(k n) in the `n` rows of the
/// state.
///
/// Source: the semantics of observed reset are those of Weidner and Almeida, "An Oblivious
/// Observed-Reset Embeddable Replicated Counter", PaPoC 2022; the totals, and their tombstones, are
/// those of a PN-Counter (Shapiro et al., INRIA 2011, section 3.1.3) with a floor for each replica.
///
/// ```
/// use synod_crdt::{Causal, Inline, Merge, PnCounter};
///
/// type Stock = Causal<u8, PnCounter, Inline<4>, Inline<8>>;
/// let (mut left, mut right) = (Stock::new(), Stock::new());
/// left.write(1).add(5)?;
/// right.merge(&left)?;
/// right.write(2).reset()?; // has seen 5 …
/// left.write(1).add(-2)?; // … but not this
/// right.merge(&left)?;
/// left.merge(&right)?;
/// assert_eq!((left.read().value(), right.read().value()), (-2, -2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PnCounter(());

/// What stands under the dots of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum CounterRow<Id> {
    /// All that the replica of the dot has counted after its event `since`.
    Total {
        /// It names the series of totals that begin there.
        since: u64,
        amount: i64,
    },
    /// What a replica has counted up to its event `upto` was reset.
    Floor {
        of: Id,
        upto: NonZeroU64,
        /// The series, and its amount at that event.
        since: u64,
        amount: i64,
    },
}

impl Sealed for PnCounter {}

impl<Id: Copy + Ord + 'static> Kind<Id> for PnCounter {
    type Row = CounterRow<Id>;

    fn holds<'a>(mut rows: impl Iterator<Item = (&'a CounterRow<Id>, Dot<Id>)>) -> bool {
        rows.any(|(row, _)| matches!(row, CounterRow::Total { .. }))
    }

    /// A total leaves a floor. But what a replica counted up to a later event was reset, too: so only
    /// the latest of both is left.
    fn fate_in_reset<'a, I: Iterator<Item = (Dot<Id>, &'a CounterRow<Id>)>>(
        dot: Dot<Id>,
        row: &CounterRow<Id>,
        rows: impl FnOnce() -> I,
    ) -> Fate<CounterRow<Id>> {
        match *row {
            CounterRow::Floor { of, upto, .. } => {
                let is_beaten = rows().any(|(other, row)| match *row {
                    CounterRow::Floor { of: same, upto: later, .. } => {
                        same == of && (later, other) > (upto, dot)
                    }
                    CounterRow::Total { .. } => other.replica == of && other.counter > upto,
                });
                if is_beaten { Fate::Goes } else { Fate::Stays }
            }
            CounterRow::Total { since, amount } => {
                let (of, upto) = (dot.replica, dot.counter);
                let is_beaten = rows().any(|(other, row)| match *row {
                    CounterRow::Floor { of: same, upto: later, .. } => same == of && later >= upto,
                    CounterRow::Total { .. } => other.replica == of && other.counter > upto,
                });
                if is_beaten {
                    Fate::Goes
                } else {
                    Fate::Becomes(CounterRow::Floor { of, upto, since, amount })
                }
            }
        }
    }

    fn is_settled<'a>(
        dot: Dot<Id>,
        row: &CounterRow<Id>,
        mut rows: impl Iterator<Item = (Dot<Id>, &'a CounterRow<Id>)>,
        is_stable: impl Fn(Dot<Id>) -> bool,
    ) -> bool {
        match row {
            CounterRow::Total { .. } => false,
            CounterRow::Floor { of, .. } => {
                let counts = |row: &CounterRow<Id>| matches!(row, CounterRow::Total { .. });
                is_stable(dot) && !rows.any(|(dot, row)| dot.replica == *of && counts(row))
            }
        }
    }

    fn is_legal(dot: Dot<Id>, row: &CounterRow<Id>) -> bool {
        match *row {
            CounterRow::Total { since, .. } => since < dot.counter.get(),
            CounterRow::Floor { since, upto, .. } => since < upto.get(),
        }
    }
}

impl<Id: Copy + Ord + 'static> Nest<Id> for PnCounter {}

/// The latest total of a replica.
struct Total {
    counter: NonZeroU64,
    since: u64,
    amount: i64,
}

/// The latest reset of a replica.
struct Floor {
    upto: NonZeroU64,
    since: u64,
    amount: i64,
}

impl<S: State, P: Path<S, PnCounter>> Reader<'_, S, PnCounter, P> {
    /// The sum of all counts that were not reset.
    #[must_use]
    pub fn value(self) -> i128 {
        let totals = self.rows(|_| Ordering::Equal).filter_map(|(dot, row)| match row {
            CounterRow::Total { .. } => Some(dot),
            CounterRow::Floor { .. } => None,
        });
        totals.fold(0, |sum: i128, dot| {
            // Should an earlier total of the replica still be here, only the latest counts.
            match self.total(dot.replica) {
                Some(total) if total.counter == dot.counter => {
                    sum.saturating_add(self.since_reset(dot.replica, &total))
                }
                _ => sum,
            }
        })
    }

    /// What a replica counted beyond its latest reset.
    fn since_reset(self, replica: S::Id, total: &Total) -> i128 {
        match self.floor(replica) {
            Some(floor) if floor.upto >= total.counter => 0,
            Some(floor) if floor.since == total.since => {
                i128::from(total.amount).saturating_sub(i128::from(floor.amount))
            }
            _ => i128::from(total.amount),
        }
    }

    fn total(self, replica: S::Id) -> Option<Total> {
        let rows = self.rows(|_| Ordering::Equal).filter_map(|(dot, row)| match *row {
            CounterRow::Total { since, amount } if dot.replica == replica => {
                Some(Total { counter: dot.counter, since, amount })
            }
            _ => None,
        });
        rows.reduce(|last, row| if last.counter < row.counter { row } else { last })
    }

    fn floor(self, replica: S::Id) -> Option<Floor> {
        let rows = self.rows(|_| Ordering::Equal).filter_map(|(_, row)| match *row {
            CounterRow::Floor { of, upto, since, amount } if of == replica => {
                Some(Floor { upto, since, amount })
            }
            _ => None,
        });
        rows.reduce(|last, row| if last.upto < row.upto { row } else { last })
    }
}

impl<'a, S: State, P: Path<S, PnCounter>> Writer<'a, S, PnCounter, P> {
    /// Counts `amount`, up or down.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; nothing was changed. [`WriteError::Overflow`] when the sum of the counts of
    /// this replica since the counter was reset leaves the range of an `i64`; [`WriteError::Gap`]
    /// where the replica has [resumed](crate::Causal::resume), and its gaps are not closed.
    #[allow(clippy::should_implement_trait)] // what every counter calls it
    pub fn add(self, amount: i64) -> Result<Delta<'a, S>, WriteError> {
        let me = self.author.me;
        let context = self.state.context();
        if context.run(me) != context.latest(me) {
            return Err(WriteError::Gap);
        }
        let floor = self.reader().floor(me).map(|floor| floor.upto);
        let total = self.reader().total(me).filter(|total| Some(total.counter) > floor);
        // A series goes on while it has a total. So once it was reset whole it is over, and the
        // next begins after all floors.
        let (since, before) = match &total {
            Some(total) => (total.since, total.amount),
            None => (self.state.context().latest(me), 0),
        };
        let amount = before.checked_add(amount).ok_or(WriteError::Overflow)?;
        let is_over = total.is_none();
        let fate = |dot: Dot<S::Id>, row: &CounterRow<S::Id>| match row {
            CounterRow::Total { .. } if dot.replica == me => Fate::Goes,
            CounterRow::Floor { of, upto, .. } if *of == me && (is_over || Some(*upto) < floor) => {
                Fate::Goes
            }
            _ => Fate::Stays,
        };
        let row = CounterRow::Total { since, amount };
        self.replace(|_| Ordering::Equal, fate, Some(row))
    }
}
