//! The kinds of state that groups replicate: maps, whose values are of one kind each.

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_crdt::{
    AwSet, Capacity, Causal, CausalMap, Delta, DwFlag, Kind, LwwRegister, LwwSet, MvRegister, Nest,
    PnCounter, RwSet, Source, Top, WriteError, Writer,
};

use super::model::{Change, Facts, History, Verb};

pub(super) type State<S, R, N> = Causal<u16, <S as Subject>::Kind, R, N>;
pub(super) type Row<S> = <<S as Subject>::Kind as Kind<u16>>::Row;
pub(super) type Writing<'a, S, R, N> = Writer<'a, State<S, R, N>, <S as Subject>::Kind, Top>;
type Changed<'a, S, R, N> = Result<Delta<'a, State<S, R, N>>, WriteError>;

/// A kind of state.
pub(super) trait Subject: Sized + 'static {
    type Kind: Nest<u16, Row: Serialize + DeserializeOwned + Debug> + 'static;
    /// The most bytes of a row.
    const MAX_ROW: usize;
    /// Whether a key has one value, so that a change concerns all of it.
    const IS_WHOLE: bool = false;

    /// Makes a change.
    fn change<R: Capacity, N: Capacity>(
        map: Writing<'_, Self, R, N>,
        change: Change,
    ) -> Changed<'_, Self, R, N>;

    /// What a state says.
    fn facts<R: Capacity, N: Capacity>(state: &State<Self, R, N>) -> Facts;

    /// What a replica alone would say after a change.
    fn expect(facts: &mut Facts, change: Change) {
        let (key, element) = (change.key, i64::from(change.element));
        if change.verb == Verb::Reset || Self::IS_WHOLE {
            facts.retain(|fact| fact.0 != key);
        }
        match change.verb {
            Verb::Put => drop(facts.insert((key, element))),
            Verb::Take | Verb::Reset => drop(facts.remove(&(key, element))),
        }
    }

    /// Whether no row only remembers a removal, as far as that can be seen.
    fn is_clean<R: Capacity, N: Capacity>(state: &State<Self, R, N>) -> bool {
        let rows = state.context().ranges().iter().flat_map(|range| state.rows_within(*range));
        !rows.into_iter().any(|(_, row)| Self::is_tombstone(row))
    }

    /// Whether a row only remembers a removal.
    fn is_tombstone(_row: &Row<Self>) -> bool {
        false
    }

    /// What all say in the end.
    fn model(history: &History) -> Facts {
        let standing = history.standing().filter(|(_, change)| change.verb == Verb::Put);
        standing.map(|(_, change)| (change.key, i64::from(change.element))).collect()
    }
}

macro_rules! facts_of_sets {
    () => {
        fn facts<R: Capacity, N: Capacity>(state: &State<Self, R, N>) -> Facts {
            let map = state.read();
            let elements = |key| map.at(key).iter().map(move |e: &u8| (*key, i64::from(*e)));
            map.keys().flat_map(elements).collect()
        }
    };
}

pub(super) struct AddWins;

impl Subject for AddWins {
    type Kind = CausalMap<u8, AwSet<u8>>;
    const MAX_ROW: usize = 2;

    fn change<R: Capacity, N: Capacity>(
        map: Writing<'_, Self, R, N>,
        change: Change,
    ) -> Changed<'_, Self, R, N> {
        match change.verb {
            Verb::Put => map.at(&change.key).insert(change.element).map_err(|full| full.reason),
            Verb::Take => map.at(&change.key).remove(&change.element),
            Verb::Reset => map.remove(&change.key),
        }
    }

    facts_of_sets!();
}

pub(super) struct RemoveWins;

impl Subject for RemoveWins {
    type Kind = CausalMap<u8, RwSet<u8>>;
    const MAX_ROW: usize = 3;

    fn change<R: Capacity, N: Capacity>(
        map: Writing<'_, Self, R, N>,
        change: Change,
    ) -> Changed<'_, Self, R, N> {
        match change.verb {
            Verb::Put => map.at(&change.key).insert(change.element).map_err(|full| full.reason),
            Verb::Take => map.at(&change.key).remove(change.element).map_err(|full| full.reason),
            Verb::Reset => map.remove(&change.key),
        }
    }

    facts_of_sets!();

    fn is_tombstone((_, (_, is_added)): &Row<Self>) -> bool {
        !is_added
    }

    fn model(history: &History) -> Facts {
        let fact = |change: &Change| (change.key, i64::from(change.element));
        let mut facts = Facts::new();
        let mut removed = Facts::new();
        for (_, change) in history.standing() {
            if change.verb == Verb::Put { &mut facts } else { &mut removed }.insert(fact(change));
        }
        facts.retain(|fact| !removed.contains(fact));
        facts
    }
}

pub(super) struct LastWins;

impl Subject for LastWins {
    type Kind = CausalMap<u8, LwwSet<u8>>;
    const MAX_ROW: usize = 13;

    fn change<R: Capacity, N: Capacity>(
        map: Writing<'_, Self, R, N>,
        change: Change,
    ) -> Changed<'_, Self, R, N> {
        let Change { verb, key, element, stamp } = change;
        match verb {
            Verb::Put => map.at(&key).insert(stamp, element).map_err(|full| full.reason),
            Verb::Take => map.at(&key).remove(stamp, element).map_err(|full| full.reason),
            Verb::Reset => map.remove(&key),
        }
    }

    facts_of_sets!();

    fn model(history: &History) -> Facts {
        let place = |change: &Change| (change.key, change.element);
        let is_last = |&(dot, change): &(synod_crdt::Dot<u16>, &Change)| {
            let mut same = history.standing().filter(|(_, other)| place(other) == place(change));
            same.all(|(other_dot, other)| (other.stamp, other_dot) <= (change.stamp, dot))
        };
        let last = history.standing().filter(is_last).filter(|(_, last)| last.verb == Verb::Put);
        last.map(|(_, change)| (change.key, i64::from(change.element))).collect()
    }
}

pub(super) struct Values;

impl Subject for Values {
    type Kind = CausalMap<u8, MvRegister<u8>>;
    const MAX_ROW: usize = 2;
    const IS_WHOLE: bool = true;

    fn change<R: Capacity, N: Capacity>(
        map: Writing<'_, Self, R, N>,
        change: Change,
    ) -> Changed<'_, Self, R, N> {
        match change.verb {
            Verb::Put => map.at(&change.key).set(change.element).map_err(|full| full.reason),
            Verb::Take | Verb::Reset => map.remove(&change.key),
        }
    }

    fn facts<R: Capacity, N: Capacity>(state: &State<Self, R, N>) -> Facts {
        let map = state.read();
        let values = |key| map.at(key).values().map(move |value: &u8| (*key, i64::from(*value)));
        map.keys().flat_map(values).collect()
    }
}

pub(super) struct LastValue;

impl Subject for LastValue {
    type Kind = CausalMap<u8, LwwRegister<u8>>;
    const MAX_ROW: usize = 12;
    const IS_WHOLE: bool = true;

    fn change<R: Capacity, N: Capacity>(
        map: Writing<'_, Self, R, N>,
        change: Change,
    ) -> Changed<'_, Self, R, N> {
        let Change { verb, key, element, stamp } = change;
        match verb {
            Verb::Put => map.at(&key).set(stamp, element).map_err(|full| full.reason),
            Verb::Take | Verb::Reset => map.remove(&key),
        }
    }

    fn facts<R: Capacity, N: Capacity>(state: &State<Self, R, N>) -> Facts {
        let map = state.read();
        let value = |key: &u8| Some((*key, i64::from(*map.at(key).get()?)));
        map.keys().filter_map(value).collect()
    }

    fn model(history: &History) -> Facts {
        let puts = || history.standing().filter(|(_, change)| change.verb == Verb::Put);
        let is_last = |&(dot, change): &(synod_crdt::Dot<u16>, &Change)| {
            let mut same = puts().filter(|(_, other)| other.key == change.key);
            same.all(|(other_dot, other)| (other.stamp, other_dot) <= (change.stamp, dot))
        };
        puts().filter(is_last).map(|(_, change)| (change.key, i64::from(change.element))).collect()
    }
}

/// Facts are what is disabled.
pub(super) struct DisableWins;

impl Subject for DisableWins {
    type Kind = CausalMap<u8, CausalMap<u8, DwFlag>>;
    const MAX_ROW: usize = 2;

    fn change<R: Capacity, N: Capacity>(
        map: Writing<'_, Self, R, N>,
        change: Change,
    ) -> Changed<'_, Self, R, N> {
        match change.verb {
            Verb::Put => map.at(&change.key).at(&change.element).disable(),
            Verb::Take => map.at(&change.key).at(&change.element).enable(),
            Verb::Reset => map.remove(&change.key),
        }
    }

    fn facts<R: Capacity, N: Capacity>(state: &State<Self, R, N>) -> Facts {
        let map = state.read();
        let flags = |key| map.at(key).keys().map(move |flag: &u8| (*key, i64::from(*flag)));
        map.keys().flat_map(flags).collect()
    }
}

pub(super) struct Counts;

/// How much a change counts.
fn amount(change: Change) -> i64 {
    let amount = i64::from(change.element) + 1;
    if change.verb == Verb::Put { amount } else { -amount }
}

impl Subject for Counts {
    type Kind = CausalMap<u8, PnCounter>;
    const MAX_ROW: usize = 1 + 31 + 3;
    const IS_WHOLE: bool = true;

    fn change<R: Capacity, N: Capacity>(
        map: Writing<'_, Self, R, N>,
        change: Change,
    ) -> Changed<'_, Self, R, N> {
        match change.verb {
            Verb::Put | Verb::Take => map.at(&change.key).add(amount(change)),
            Verb::Reset => map.remove(&change.key),
        }
    }

    fn facts<R: Capacity, N: Capacity>(state: &State<Self, R, N>) -> Facts {
        let map = state.read();
        let value = |key: &u8| (*key, i64::try_from(map.at(key).value()).unwrap_or(i64::MAX));
        map.keys().map(value).filter(|(_, value)| *value != 0).collect()
    }

    fn expect(facts: &mut Facts, change: Change) {
        let value = facts.iter().find(|fact| fact.0 == change.key).map_or(0, |fact| fact.1);
        facts.retain(|fact| fact.0 != change.key);
        let value = if change.verb == Verb::Reset { 0 } else { value + amount(change) };
        if value != 0 {
            facts.insert((change.key, value));
        }
    }

    /// A reset takes away all that a replica had counted up to each total that it saw.
    fn model(history: &History) -> Facts {
        let mut values = alloc::collections::BTreeMap::<u8, i64>::new();
        for write in history.writes() {
            let Some(dot) = write.dot.filter(|_| write.change.verb != Verb::Reset) else {
                continue;
            };
            let resets = history.writes().filter(|other| {
                other.change.verb == Verb::Reset && other.change.key == write.change.key
            });
            let mut seen = resets.flat_map(|reset| &reset.alive);
            if !seen.any(|seen| seen.replica == dot.replica && seen.counter >= dot.counter) {
                *values.entry(write.change.key).or_default() += amount(write.change);
            }
        }
        values.into_iter().filter(|(_, value)| *value != 0).collect()
    }
}
