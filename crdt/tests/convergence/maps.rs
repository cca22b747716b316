//! The map, of values of any kind, and what it is by definition.

use std::marker::PhantomData;

use proptest::{prelude::*, strategy::BoxedStrategy};
use synod_crdt::{CausalMap, Delta, Path, Reader, State, WriteError, Writer};

use crate::{
    event::{Change, Event},
    subject::Nestable,
};

const KEYS: u8 = 2;

pub(crate) struct Maps<T>(PhantomData<T>);

impl<T: Nestable> Nestable for Maps<T> {
    type Kind = CausalMap<u8, T::Kind>;
    /// A key, and what to do with its value; a reset removes the key.
    type Op = (u8, Change<T::Op>);
    /// What each key's value says, also where there is none.
    type View = Vec<T::View>;

    fn ops() -> BoxedStrategy<Self::Op> {
        let change = prop_oneof![4 => T::ops().prop_map(Change::Do), 1 => Just(Change::Reset)];
        (0..KEYS, change).boxed()
    }

    fn write<'a, S, P>(
        at: Writer<'a, S, Self::Kind, P>,
        op: &Self::Op,
    ) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, Self::Kind>,
    {
        match &op.1 {
            Change::Do(change) => T::write(at.at(&op.0), change),
            Change::Reset => at.remove(&op.0),
        }
    }

    fn read<S, P>(at: Reader<'_, S, Self::Kind, P>) -> Self::View
    where
        S: State<Id = u8>,
        P: Path<S, Self::Kind>,
    {
        let view: Vec<T::View> = (0..KEYS).map(|key| T::read(at.at(&key))).collect();
        let present = (0..KEYS).filter(|key| T::holds(&view[usize::from(*key)]));
        let present: Vec<u8> = present.collect();
        assert_eq!(at.keys().copied().collect::<Vec<u8>>(), present);
        assert!(at.iter().map(|(key, _)| *key).eq(present.iter().copied()));
        for (key, value) in at.iter() {
            assert_eq!(T::read(value), view[usize::from(*key)]);
        }
        assert_eq!(at.len(), present.len());
        for key in 0..KEYS {
            assert_eq!(at.contains_key(&key), present.contains(&key));
            assert_eq!(at.at(&key).is_empty(), !present.contains(&key));
        }
        view
    }

    /// Each key has a value of its own; a reset of the map resets them all.
    fn model(events: &[Event<Self::Op>]) -> Self::View {
        let value = |key| {
            let of_key = |event: &Event<Self::Op>| match &event.change {
                Change::Do((at, change)) => (*at == key).then(|| event.within(change.clone())),
                Change::Reset => Some(event.within(Change::Reset)),
            };
            T::model(&events.iter().filter_map(of_key).collect::<Vec<_>>())
        };
        (0..KEYS).map(value).collect()
    }

    fn lasting(view: Self::View) -> Self::View {
        view.into_iter().map(T::lasting).collect()
    }

    fn holds(view: &Self::View) -> bool {
        view.iter().any(T::holds)
    }

    fn is_stale(view: &Self::View, me: u8, op: &Self::Op) -> bool {
        match &op.1 {
            Change::Do(change) => T::is_stale(&view[usize::from(op.0)], me, change),
            Change::Reset => false,
        }
    }

    fn is_news(view: &Self::View, op: &Self::Op) -> bool {
        match &op.1 {
            Change::Do(change) => T::is_news(&view[usize::from(op.0)], change),
            Change::Reset => true,
        }
    }
}
