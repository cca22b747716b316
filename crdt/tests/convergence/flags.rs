//! The flags, and what they are by definition.

use proptest::{prelude::*, strategy::BoxedStrategy};
use synod_crdt::{Delta, DwFlag, EwFlag, Path, Reader, State, WriteError, Writer};

use crate::{
    event::{Event, not_reset},
    subject::Nestable,
};

/// Whether the last to be done, as far as that is known, can be `to`: it was done, and what was
/// done to the contrary has not seen it.
fn can_be(events: &[Event<bool>], to: bool) -> bool {
    not_reset(events)
        .filter(|(_, op)| **op == to)
        .any(|(done, _)| !not_reset(events).any(|(by, op)| *op != to && by.has_seen(done)))
}

pub(crate) struct EwFlags;

impl Nestable for EwFlags {
    type Kind = EwFlag;
    /// To enable.
    type Op = bool;
    type View = bool;

    fn ops() -> BoxedStrategy<bool> {
        any::<bool>().boxed()
    }

    fn write<'a, S, P>(at: Writer<'a, S, EwFlag, P>, op: &bool) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, EwFlag>,
    {
        if *op { at.enable() } else { at.disable() }
    }

    fn read<S: State<Id = u8>, P: Path<S, EwFlag>>(at: Reader<'_, S, EwFlag, P>) -> bool {
        at.is_enabled()
    }

    /// Enabled if there is an enabling that no disabling has seen.
    fn model(events: &[Event<bool>]) -> bool {
        can_be(events, true)
    }

    fn holds(view: &bool) -> bool {
        *view
    }
}

pub(crate) struct DwFlags;

impl Nestable for DwFlags {
    type Kind = DwFlag;
    /// To enable.
    type Op = bool;
    type View = bool;

    fn ops() -> BoxedStrategy<bool> {
        any::<bool>().boxed()
    }

    fn write<'a, S, P>(at: Writer<'a, S, DwFlag, P>, op: &bool) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, DwFlag>,
    {
        if *op { at.enable() } else { at.disable() }
    }

    fn read<S: State<Id = u8>, P: Path<S, DwFlag>>(at: Reader<'_, S, DwFlag, P>) -> bool {
        at.is_enabled()
    }

    /// Disabled if there is a disabling that no enabling has seen.
    fn model(events: &[Event<bool>]) -> bool {
        !can_be(events, false)
    }

    fn holds(view: &bool) -> bool {
        !*view
    }
}
