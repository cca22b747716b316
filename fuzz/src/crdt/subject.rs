//! What each kind means, said in the plainest way: which rows a change takes away, which it puts
//! there, and what they say together.

use std::{collections::BTreeSet, fmt::Debug, hash::Hash};

use arbitrary::Arbitrary;
use serde::{Serialize, de::DeserializeOwned};
use synod_crdt::{
    AwSet, Capacity, Causal, CausalMap, Delta, HybridStamp, Kind, LwwSet, MvRegister, RwSet,
    WriteError,
};

/// A replica and a counter.
pub(crate) type Event = (u8, u64);

/// What lives, and under which event.
pub(crate) type Live<F> = Vec<(Event, F)>;

/// What a change does: the events whose rows go, and the row that comes.
pub(crate) type Plan<F> = (Vec<Event>, Option<F>);

pub(crate) type Written<'a, T, R, N> = Result<Delta<'a, Causal<u8, T, R, N>>, WriteError>;

/// A kind, and what it means.
pub(crate) trait Subject:
    Kind<u8, Row: Serialize + DeserializeOwned + Debug + Hash> + Sized
{
    /// A change.
    type Call: for<'a> Arbitrary<'a> + Debug;
    /// A row.
    type Fact: Clone + Debug;

    fn plan(
        call: &Self::Call,
        me: u8,
        live: &Live<Self::Fact>,
    ) -> Result<Plan<Self::Fact>, WriteError>;

    fn write<'a, R: Capacity, N: Capacity>(
        call: &Self::Call,
        state: &'a mut Causal<u8, Self, R, N>,
        me: u8,
    ) -> Written<'a, Self, R, N>;

    /// Asserts that the state says what the facts say.
    fn compare<R: Capacity, N: Capacity>(live: &Live<Self::Fact>, state: &Causal<u8, Self, R, N>);
}

/// The events of the facts that `which` names.
fn of<F>(live: &Live<F>, which: impl Fn(&F) -> bool) -> Vec<Event> {
    live.iter().filter(|(_, fact)| which(fact)).map(|(event, _)| *event).collect()
}

/// Few of them, so that they meet.
fn few(value: u8) -> u8 {
    value % 4
}

/// A change to a map of add-wins sets.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum RoomsCall {
    /// `insert`, of an element under a key.
    Insert(u8, u8),
    /// `remove`, of an element under a key.
    Remove(u8, u8),
    /// `remove` of a key.
    RemoveKey(u8),
    /// `reset`.
    Reset,
}

/// A map of add-wins sets.
pub(crate) type Rooms = CausalMap<u8, AwSet<u8>>;

impl Subject for Rooms {
    type Call = RoomsCall;
    type Fact = (u8, u8);

    fn plan(call: &RoomsCall, _: u8, live: &Live<(u8, u8)>) -> Result<Plan<(u8, u8)>, WriteError> {
        Ok(match *call {
            RoomsCall::Insert(key, element) => {
                let row = (few(key), few(element));
                (of(live, |fact| *fact == row), Some(row))
            }
            RoomsCall::Remove(key, element) => {
                (of(live, |fact| *fact == (few(key), few(element))), None)
            }
            RoomsCall::RemoveKey(key) => (of(live, |fact| fact.0 == few(key)), None),
            RoomsCall::Reset => (of(live, |_| true), None),
        })
    }

    fn write<'a, R: Capacity, N: Capacity>(
        call: &RoomsCall,
        state: &'a mut Causal<u8, Self, R, N>,
        me: u8,
    ) -> Written<'a, Self, R, N> {
        let writer = state.write(me);
        match *call {
            RoomsCall::Insert(key, element) => {
                let inserted = writer.at(&few(key)).insert(few(element));
                inserted.map_err(|refused| refused.reason)
            }
            RoomsCall::Remove(key, element) => writer.at(&few(key)).remove(&few(element)),
            RoomsCall::RemoveKey(key) => writer.remove(&few(key)),
            RoomsCall::Reset => writer.reset(),
        }
    }

    fn compare<R: Capacity, N: Capacity>(live: &Live<(u8, u8)>, state: &Causal<u8, Self, R, N>) {
        let facts: BTreeSet<(u8, u8)> = live.iter().map(|(_, fact)| *fact).collect();
        let keys: BTreeSet<u8> = facts.iter().map(|(key, _)| *key).collect();
        assert!(state.read().keys().eq(&keys));
        assert_eq!(state.read().len(), keys.len());
        assert_eq!(state.read().is_empty(), facts.is_empty());
        for key in 0..4 {
            let here = facts.iter().filter(|fact| fact.0 == key).map(|(_, element)| element);
            assert!(state.read().at(&key).iter().eq(here));
            assert_eq!(state.read().contains_key(&key), keys.contains(&key));
            for element in 0..4 {
                let found = state.read().at(&key).contains(&element);
                assert_eq!(found, facts.contains(&(key, element)));
            }
        }
    }
}

/// A change to a remove-wins set.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum AllowedCall {
    /// `insert`.
    Insert(u8),
    /// `remove`.
    Remove(u8),
    /// `reset`.
    Reset,
}

impl Subject for RwSet<u8> {
    type Call = AllowedCall;
    type Fact = (u8, bool);

    fn plan(
        call: &AllowedCall,
        _: u8,
        live: &Live<(u8, bool)>,
    ) -> Result<Plan<(u8, bool)>, WriteError> {
        let put = |element, added| (of(live, |fact| fact.0 == element), Some((element, added)));
        Ok(match *call {
            AllowedCall::Insert(element) => put(few(element), true),
            AllowedCall::Remove(element) => put(few(element), false),
            AllowedCall::Reset => (of(live, |_| true), None),
        })
    }

    fn write<'a, R: Capacity, N: Capacity>(
        call: &AllowedCall,
        state: &'a mut Causal<u8, Self, R, N>,
        me: u8,
    ) -> Written<'a, Self, R, N> {
        let writer = state.write(me);
        match *call {
            AllowedCall::Insert(element) => writer.insert(few(element)),
            AllowedCall::Remove(element) => writer.remove(few(element)),
            AllowedCall::Reset => return writer.reset(),
        }
        .map_err(|refused| refused.reason)
    }

    fn compare<R: Capacity, N: Capacity>(live: &Live<(u8, bool)>, state: &Causal<u8, Self, R, N>) {
        let is_in = |element: &u8| {
            let mut here = live.iter().filter(|(_, fact)| fact.0 == *element).peekable();
            here.peek().is_some() && here.all(|(_, fact)| fact.1)
        };
        let elements: Vec<u8> = (0..4).filter(is_in).collect();
        assert!(state.read().iter().eq(&elements));
        assert_eq!(
            (state.read().len(), state.read().is_empty()),
            (elements.len(), elements.is_empty())
        );
        assert!((0..4).all(|element| state.read().contains(&element) == is_in(&element)));
    }
}

/// A change to a last-writer-wins set, at a time.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct OnlineCall {
    at: u8,
    element: u8,
    added: bool,
}

impl Subject for LwwSet<u8> {
    type Call = OnlineCall;
    type Fact = (u8, u8, bool);

    fn plan(
        call: &OnlineCall,
        me: u8,
        live: &Live<(u8, u8, bool)>,
    ) -> Result<Plan<(u8, u8, bool)>, WriteError> {
        let row = (few(call.element), few(call.at), call.added);
        let is_later = |(event, fact): &(Event, (u8, u8, bool))| {
            fact.0 == row.0 && (fact.1, event.0) > (row.1, me)
        };
        if live.iter().any(is_later) {
            return Err(WriteError::Stale);
        }
        Ok((of(live, |fact| fact.0 == row.0), Some(row)))
    }

    fn write<'a, R: Capacity, N: Capacity>(
        call: &OnlineCall,
        state: &'a mut Causal<u8, Self, R, N>,
        me: u8,
    ) -> Written<'a, Self, R, N> {
        let (writer, at) = (state.write(me), HybridStamp::from_bits(few(call.at).into()));
        match call.added {
            true => writer.insert(at, few(call.element)),
            false => writer.remove(at, few(call.element)),
        }
        .map_err(|refused| refused.reason)
    }

    fn compare<R: Capacity, N: Capacity>(
        live: &Live<(u8, u8, bool)>,
        state: &Causal<u8, Self, R, N>,
    ) {
        let last = |element: &u8| {
            let here = live.iter().filter(|(_, fact)| fact.0 == *element);
            here.max_by_key(|(event, fact)| (fact.1, *event))
        };
        let is_in = |element: &u8| last(element).is_some_and(|(_, fact)| fact.2);
        let elements: Vec<u8> = (0..4).filter(is_in).collect();
        assert!(state.read().iter().eq(&elements));
        assert_eq!(
            (state.read().len(), state.read().is_empty()),
            (elements.len(), elements.is_empty())
        );
        for element in 0..4 {
            assert_eq!(state.read().contains(&element), is_in(&element));
            let stamp = last(&element)
                .map(|(event, fact)| HybridStamp::from_bits(fact.1.into()).at(event.0));
            assert_eq!(state.read().stamp(&element), stamp);
        }
    }
}

/// A change to a multi-value register.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum NameCall {
    /// `set`.
    Set(u8),
    /// `reset`.
    Reset,
}

impl Subject for MvRegister<u8> {
    type Call = NameCall;
    type Fact = u8;

    fn plan(call: &NameCall, _: u8, live: &Live<u8>) -> Result<Plan<u8>, WriteError> {
        let comes = match *call {
            NameCall::Set(value) => Some(few(value)),
            NameCall::Reset => None,
        };
        Ok((of(live, |_| true), comes))
    }

    fn write<'a, R: Capacity, N: Capacity>(
        call: &NameCall,
        state: &'a mut Causal<u8, Self, R, N>,
        me: u8,
    ) -> Written<'a, Self, R, N> {
        match *call {
            NameCall::Set(value) => {
                state.write(me).set(few(value)).map_err(|refused| refused.reason)
            }
            NameCall::Reset => state.write(me).reset(),
        }
    }

    fn compare<R: Capacity, N: Capacity>(live: &Live<u8>, state: &Causal<u8, Self, R, N>) {
        let values: BTreeSet<u8> = live.iter().map(|(_, value)| *value).collect();
        assert!(state.read().values().eq(&values));
    }
}
