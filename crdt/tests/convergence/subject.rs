//! What the tests know of a kind: its operations, what can be read, and its model.

use std::{fmt::Debug, hash::Hash};

use proptest::{prelude::*, strategy::BoxedStrategy};
use serde::{Serialize, de::DeserializeOwned};
use synod_crdt::{
    Capacity, Causal, Delta, Heap, Kind, Nest, Path, Reader, State, Top, WriteError, Writer,
};

use crate::event::{Change, Event};

/// A state of the kind of `T`.
pub(crate) type StateOf<T, R, N> = Causal<u8, <T as Subject>::Kind, R, N>;

pub(crate) type WriterOf<'a, T, R, N> = Writer<'a, StateOf<T, R, N>, <T as Subject>::Kind, Top>;

/// A state with room for all.
pub(crate) type Roomy<T> = StateOf<T, Heap, Heap>;

/// What the tests do with rows.
pub(crate) trait Row: Clone + Debug + Hash + Serialize + DeserializeOwned {}

impl<R: Clone + Debug + Hash + Serialize + DeserializeOwned> Row for R {}

/// A kind of value that can stand anywhere.
pub(crate) trait Nestable: 'static {
    type Kind: Nest<u8, Row: Row>;
    type Op: Clone + Debug + Hash + Eq;
    /// All that can be read.
    type View: Clone + Debug + PartialEq;

    fn ops() -> BoxedStrategy<Self::Op>;

    fn write<'a, S, P>(
        at: Writer<'a, S, Self::Kind, P>,
        op: &Self::Op,
    ) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, Self::Kind>;

    fn read<S, P>(at: Reader<'_, S, Self::Kind, P>) -> Self::View
    where
        S: State<Id = u8>,
        P: Path<S, Self::Kind>;

    /// What is to be read where `events` are known, by the definition of the kind.
    fn model(events: &[Event<Self::Op>]) -> Self::View;

    /// What of that stays when tombstones are collected.
    fn lasting(view: Self::View) -> Self::View {
        view
    }

    /// Whether a map has the key of such a value.
    fn holds(view: &Self::View) -> bool;

    /// Whether an operation is refused, because it would lose.
    fn is_stale(_view: &Self::View, _me: u8, _op: &Self::Op) -> bool {
        false
    }

    /// Whether an operation is an event.
    fn is_news(_view: &Self::View, _op: &Self::Op) -> bool {
        true
    }
}

/// A kind of state.
pub(crate) trait Subject: 'static {
    type Kind: Kind<u8, Row: Row>;
    type Op: Clone + Debug + Hash + Eq;
    type View: Clone + Debug + PartialEq;

    fn ops() -> BoxedStrategy<Self::Op>;

    fn write<'a, R: Capacity, N: Capacity>(
        state: &'a mut StateOf<Self, R, N>,
        me: u8,
        change: &Change<Self::Op>,
    ) -> Result<Delta<'a, StateOf<Self, R, N>>, WriteError> {
        Self::write_as(state.write(me), change)
    }

    fn write_as<'a, R: Capacity, N: Capacity>(
        writer: WriterOf<'a, Self, R, N>,
        change: &Change<Self::Op>,
    ) -> Result<Delta<'a, StateOf<Self, R, N>>, WriteError>;

    fn read<R: Capacity, N: Capacity>(state: &StateOf<Self, R, N>) -> Self::View;

    fn model(events: &[Event<Self::Op>]) -> Self::View;

    fn lasting(view: Self::View) -> Self::View;

    fn is_stale(view: &Self::View, me: u8, op: &Self::Op) -> bool;

    fn is_news(view: &Self::View, op: &Self::Op) -> bool;

    fn changes() -> BoxedStrategy<Change<Self::Op>> {
        prop_oneof![7 => Self::ops().prop_map(Change::Do), 1 => Just(Change::Reset)].boxed()
    }
}

impl<T: Nestable> Subject for T {
    type Kind = T::Kind;
    type Op = T::Op;
    type View = T::View;

    fn ops() -> BoxedStrategy<T::Op> {
        T::ops()
    }

    fn write_as<'a, R: Capacity, N: Capacity>(
        writer: WriterOf<'a, T, R, N>,
        change: &Change<T::Op>,
    ) -> Result<Delta<'a, StateOf<T, R, N>>, WriteError> {
        match change {
            Change::Do(op) => T::write(writer, op),
            Change::Reset => writer.reset(),
        }
    }

    fn read<R: Capacity, N: Capacity>(state: &StateOf<T, R, N>) -> T::View {
        let view = T::read(state.read());
        assert_eq!(state.read().is_empty(), !T::holds(&view), "{view:?}");
        view
    }

    fn model(events: &[Event<T::Op>]) -> T::View {
        T::model(events)
    }

    fn lasting(view: T::View) -> T::View {
        T::lasting(view)
    }

    fn is_stale(view: &T::View, me: u8, op: &T::Op) -> bool {
        T::is_stale(view, me, op)
    }

    fn is_news(view: &T::View, op: &T::Op) -> bool {
        T::is_news(view, op)
    }
}

/// The encoding of a state or a delta.
pub(crate) fn bytes(value: &impl Serialize) -> Vec<u8> {
    postcard::to_slice(value, &mut [0; 4096]).unwrap().to_vec()
}

/// One test for each kind: `$law::<subject>()`.
macro_rules! for_each_kind {
    ($law:ident) => {
        for_each_kind! { $law:
            aw_set = crate::sets::AwSets,
            rw_set = crate::sets::RwSets,
            lww_set = crate::sets::LwwSets,
            g_set = crate::sets::GSets,
            mv_register = crate::registers::MvRegisters,
            lww_register = crate::registers::LwwRegisters,
            ew_flag = crate::flags::EwFlags,
            dw_flag = crate::flags::DwFlags,
            g_counter = crate::counters::GCounters,
            pn_counter = crate::counters::PnCounters,
            map_of_flags = crate::maps::Maps<crate::flags::DwFlags>,
            map_of_aw_sets = crate::maps::Maps<crate::sets::AwSets>,
            map_of_rw_sets = crate::maps::Maps<crate::sets::RwSets>,
            map_of_counters = crate::maps::Maps<crate::counters::PnCounters>,
            map_of_maps_of_aw_sets = crate::maps::Maps<crate::maps::Maps<crate::sets::AwSets>>,
            map_of_maps_of_g_sets = crate::maps::Maps<crate::maps::Maps<crate::sets::GSets>>,
            map_of_maps_of_lww_sets = crate::maps::Maps<crate::maps::Maps<crate::sets::LwwSets>>,
            map_of_maps_of_mv_registers =
                crate::maps::Maps<crate::maps::Maps<crate::registers::MvRegisters>>,
            map_of_maps_of_lww_registers =
                crate::maps::Maps<crate::maps::Maps<crate::registers::LwwRegisters>>,
            map_of_maps_of_ew_flags = crate::maps::Maps<crate::maps::Maps<crate::flags::EwFlags>>,
            map_of_maps_of_counters =
                crate::maps::Maps<crate::maps::Maps<crate::counters::PnCounters>>,
        }
    };
    ($law:ident: $($name:ident = $subject:ty,)*) => {
        $(
            #[test]
            fn $name() {
                $law::<$subject>();
            }
        )*
    };
}

pub(crate) use for_each_kind;
