//! The counters, and what they are by definition.

use proptest::{prelude::*, strategy::BoxedStrategy};
use synod_crdt::{Capacity, Delta, GCounter, Path, PnCounter, Reader, State, WriteError, Writer};

use crate::{
    event::{Change, Event, not_reset},
    subject::{Nestable, StateOf, Subject, WriterOf},
};

pub(crate) struct PnCounters;

impl Nestable for PnCounters {
    type Kind = PnCounter;
    type Op = i64;
    /// `None` if nothing was counted.
    type View = Option<i128>;

    fn ops() -> BoxedStrategy<i64> {
        // Large ones of different sizes, so that no two sums are alike.
        let distinct = (0..16_u32).prop_map(|exponent| 3_i64.pow(exponent));
        prop_oneof![3 => distinct.clone(), 2 => distinct.prop_map(|n| -n), 1 => Just(0)].boxed()
    }

    fn write<'a, S, P>(
        at: Writer<'a, S, PnCounter, P>,
        op: &i64,
    ) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, PnCounter>,
    {
        at.add(*op)
    }

    fn read<S, P>(at: Reader<'_, S, PnCounter, P>) -> Option<i128>
    where
        S: State<Id = u8>,
        P: Path<S, PnCounter>,
    {
        assert!(!at.is_empty() || at.value() == 0, "{}", at.value());
        (!at.is_empty()).then(|| at.value())
    }

    /// Weidner and Almeida 2022: the sum of the counts that no reset has seen.
    fn model(events: &[Event<i64>]) -> Option<i128> {
        let counts = not_reset(events).map(|(_, amount)| i128::from(*amount));
        counts.fold(None, |sum, amount| Some(sum.unwrap_or(0) + amount))
    }

    fn holds(view: &Option<i128>) -> bool {
        view.is_some()
    }
}

pub(crate) struct GCounters;

impl Subject for GCounters {
    type Kind = GCounter;
    type Op = u64;
    type View = u128;

    fn ops() -> BoxedStrategy<u64> {
        (0..5_u64).boxed()
    }

    fn write_as<'a, R: Capacity, N: Capacity>(
        writer: WriterOf<'a, Self, R, N>,
        change: &Change<u64>,
    ) -> Result<Delta<'a, StateOf<Self, R, N>>, WriteError> {
        match change {
            Change::Do(amount) => writer.add(*amount),
            // It cannot be reset.
            Change::Reset => writer.add(0),
        }
    }

    fn read<R: Capacity, N: Capacity>(state: &StateOf<Self, R, N>) -> u128 {
        assert_eq!(state.row_count(), 0);
        state.read().value()
    }

    /// The sum of all counts; there is nothing that a reset could take away.
    fn model(events: &[Event<u64>]) -> u128 {
        let amount = |event: &Event<u64>| match event.change {
            Change::Do(amount) => u128::from(amount),
            Change::Reset => 0,
        };
        events.iter().map(amount).sum()
    }

    fn lasting(view: u128) -> u128 {
        view
    }

    fn is_stale(_view: &u128, _me: u8, _op: &u64) -> bool {
        false
    }

    fn is_news(_view: &u128, op: &u64) -> bool {
        *op > 0
    }
}
