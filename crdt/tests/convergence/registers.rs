//! The registers, and what they are by definition.

use std::collections::BTreeSet;

use proptest::{prelude::*, strategy::BoxedStrategy};
use synod_crdt::{
    Delta, HybridStamp, LwwRegister, MvRegister, Path, Reader, State, WriteError, Writer,
};

use crate::{
    event::{Change, Event, not_reset},
    subject::Nestable,
};

pub(crate) fn stamp(at_us: u64) -> HybridStamp {
    HybridStamp::from_wall_us(at_us).unwrap()
}

pub(crate) struct MvRegisters;

impl Nestable for MvRegisters {
    type Kind = MvRegister<u8>;
    type Op = u8;
    type View = BTreeSet<u8>;

    fn ops() -> BoxedStrategy<u8> {
        (0..5_u8).boxed()
    }

    fn write<'a, S, P>(
        at: Writer<'a, S, MvRegister<u8>, P>,
        op: &u8,
    ) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, MvRegister<u8>>,
    {
        at.set(*op).map_err(|refused| {
            assert_eq!(refused.value, *op);
            refused.reason
        })
    }

    fn read<S, P>(at: Reader<'_, S, MvRegister<u8>, P>) -> BTreeSet<u8>
    where
        S: State<Id = u8>,
        P: Path<S, MvRegister<u8>>,
    {
        let values: Vec<u8> = at.values().copied().collect();
        assert!(values.is_sorted_by(|a, b| a < b), "{values:?}");
        values.into_iter().collect()
    }

    /// The values of the writes that no write and no reset has seen.
    fn model(events: &[Event<u8>]) -> BTreeSet<u8> {
        let latest = events.iter().filter(|write| !events.iter().any(|by| by.has_seen(write)));
        let value = |write: &Event<u8>| match write.change {
            Change::Do(value) => Some(value),
            Change::Reset => None,
        };
        latest.filter_map(value).collect()
    }

    fn holds(view: &BTreeSet<u8>) -> bool {
        !view.is_empty()
    }
}

pub(crate) struct LwwRegisters;

impl Nestable for LwwRegisters {
    type Kind = LwwRegister<u8>;
    /// When, in microseconds, and what.
    type Op = (u64, u8);
    type View = Option<(HybridStamp, u8, u8)>;

    fn ops() -> BoxedStrategy<(u64, u8)> {
        (0..6_u64, 0..5_u8).boxed()
    }

    fn write<'a, S, P>(
        at: Writer<'a, S, LwwRegister<u8>, P>,
        op: &(u64, u8),
    ) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, LwwRegister<u8>>,
    {
        at.set(stamp(op.0), op.1).map_err(|refused| {
            assert_eq!(refused.value, op.1);
            refused.reason
        })
    }

    fn read<S, P>(at: Reader<'_, S, LwwRegister<u8>, P>) -> Self::View
    where
        S: State<Id = u8>,
        P: Path<S, LwwRegister<u8>>,
    {
        assert_eq!(at.get().is_some(), at.stamp().is_some());
        let last = at.stamp()?;
        Some((last.stamp, last.node, *at.get()?))
    }

    /// Shapiro et al. 2011: the last write; of two with one stamp, that of the larger id; of two by
    /// one replica, the later.
    fn model(events: &[Event<(u64, u8)>]) -> Self::View {
        let writes = not_reset(events);
        let (event, op) = writes.max_by_key(|(event, op)| (op.0, event.replica, event.id))?;
        Some((stamp(op.0), event.replica, op.1))
    }

    fn holds(view: &Self::View) -> bool {
        view.is_some()
    }

    fn is_stale(view: &Self::View, me: u8, op: &(u64, u8)) -> bool {
        view.is_some_and(|(when, by, _)| (when, by) > (stamp(op.0), me))
    }
}
