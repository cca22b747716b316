//! A replica, and which events it should know, and know to be dead.

use std::collections::{BTreeMap, BTreeSet};

use synod_crdt::{
    Capacity, CatchUp, Causal, CausalContext, Delta, Heap, Merge, MergeError, Source, State,
    WriteError,
};

use super::subject::{Event, Live, Subject};
use crate::{fingerprint::fingerprint, refusal::refusal};

/// Events, and those of them whose rows are gone: all that a state or a delta says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Knowledge {
    known: BTreeSet<Event>,
    dead: BTreeSet<Event>,
}

impl Knowledge {
    fn with(&self, other: &Self) -> Self {
        Self { known: &self.known | &other.known, dead: &self.dead | &other.dead }
    }

    /// The part of it that is about the events of a context.
    fn about<C: Capacity>(&self, context: &CausalContext<u8, C>) -> Self {
        let known = events(context);
        assert!(known.is_subset(&self.known), "nobody speaks of what it does not know");
        Self { dead: &self.dead & &known, known }
    }

    fn rows(&self) -> usize {
        self.known.len() - self.dead.len()
    }

    /// How many runs of events without a gap there are.
    fn ranges(&self) -> usize {
        let begins = |event: &&Event| !self.known.contains(&(event.0, event.1 - 1));
        self.known.iter().filter(begins).count()
    }
}

fn events<C: Capacity>(context: &CausalContext<u8, C>) -> BTreeSet<Event> {
    let ranges = context.ranges().iter();
    ranges
        .flat_map(|range| {
            (range.first().get()..=range.last().get()).map(|counter| (range.replica(), counter))
        })
        .collect()
}

/// A delta on its way.
pub(crate) struct Parcel<T: Subject> {
    delta: Causal<u8, T, Heap, Heap>,
    says: Knowledge,
}

/// The rows that were ever written.
pub(crate) type Facts<F> = BTreeMap<Event, F>;

/// A state, and what it should know.
pub(crate) struct Replica<T: Subject, R: Capacity, N: Capacity> {
    state: Causal<u8, T, R, N>,
    me: u8,
    knows: Knowledge,
}

impl<T: Subject, R: Capacity, N: Capacity> Clone for Replica<T, R, N> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), me: self.me, knows: self.knows.clone() }
    }
}

impl<T: Subject, R: Capacity, N: Capacity> Replica<T, R, N> {
    pub(crate) fn new(me: u8) -> Self {
        Self { state: Causal::new(), me, knows: Knowledge::default() }
    }

    pub(crate) fn write(
        &mut self,
        call: &T::Call,
        facts: &mut Facts<T::Fact>,
    ) -> Option<Parcel<T>> {
        let before = self.state.clone();
        let plan = T::plan(call, self.me, &self.live(facts));
        let own = self.knows.known.iter().filter(|event| event.0 == self.me);
        let next = (self.me, own.map(|event| event.1).max().unwrap_or(0) + 1);
        let after = plan.as_ref().map(|(gone, comes)| {
            let new: BTreeSet<Event> = comes.iter().map(|_| next).collect();
            let touched: BTreeSet<Event> = gone.iter().copied().chain(new.clone()).collect();
            let change = Knowledge { known: new, dead: gone.iter().copied().collect() };
            (self.knows.with(&change), touched)
        });
        let due = after.as_ref().map_err(|error| **error).and_then(|(after, _)| {
            let rows = refusal::<N>(after.rows()).map(WriteError::Rows);
            let ranges = refusal::<R>(after.ranges()).map(WriteError::Ranges);
            rows.or(ranges).map_or(Ok(()), Err)
        });
        let written = T::write(call, &mut self.state, self.me);
        assert_eq!(written.as_ref().err(), due.err().as_ref());
        let Ok(delta) = written else {
            assert_eq!(self.state, before, "a refused change changes nothing");
            return None;
        };
        let ((after, touched), (_, comes)) = (after.ok()?, plan.ok()?);
        let says = after.about(delta.context());
        assert!(touched.is_subset(&says.known));
        let exact = Knowledge { known: touched, ..Knowledge::default() };
        if exact.ranges() <= R::LIMIT {
            assert_eq!(says.known, exact.known, "with room for them, these and no others");
        }
        let parcel = pack(&delta, says);
        self.knows = after;
        facts.extend(comes.map(|fact| (next, fact)));
        Some(parcel)
    }

    pub(crate) fn receive(&mut self, parcel: &Parcel<T>) {
        self.take_in(&parcel.delta, &parcel.says);
    }

    pub(crate) fn merge<S: Capacity, M: Capacity>(&mut self, other: &Replica<T, S, M>) {
        self.take_in(&other.state, &other.knows);
    }

    /// All that another knows, in parts of few rows; some are lost for want of room.
    pub(crate) fn catch_up<S: Capacity, M: Capacity>(
        &mut self,
        other: &Replica<T, S, M>,
        budget: usize,
    ) {
        let since = self.state.context().clone();
        let (mut progress, mut is_whole) = (CatchUp::new(), true);
        let due = self.knows.with(&other.knows);
        while let Some(part) = other.state.delta_since(&since, &mut progress, budget) {
            let says = other.knows.about(part.context());
            assert!(says.rows() <= budget.max(1));
            let parcel = pack(&part, says);
            is_whole &= self.take_in(&part, &parcel.says);
        }
        assert!(progress.is_done());
        if is_whole {
            assert_eq!(self.knows, due);
        }
    }

    /// Merges, or is refused as it must be. Gives whether it merged.
    fn take_in<O>(&mut self, other: &O, says: &Knowledge) -> bool
    where
        O: Source<Id = u8, Kind = T>,
    {
        let before = self.state.clone();
        let after = self.knows.with(says);
        let rows = refusal::<N>(after.rows()).map(MergeError::Rows);
        let ranges = refusal::<R>(after.ranges()).map(MergeError::Ranges);
        let due = rows.or(ranges).map_or(Ok(after != self.knows), Err);
        assert_eq!(self.state.validate(other), due.map(|_| ()));
        assert_eq!(self.state.merge(other), due);
        match due {
            Ok(_) => self.knows = after,
            Err(_) => assert_eq!(self.state, before, "a refused merge changes nothing"),
        }
        due.is_ok()
    }

    pub(crate) fn check(&self, facts: &Facts<T::Fact>) {
        assert_eq!(events(self.state.context()), self.knows.known);
        assert_eq!(self.state.row_count(), self.knows.rows());
        T::compare(&self.live(facts), &self.state);
        let bytes = postcard::to_allocvec(&self.state).expect("it can be encoded");
        let again: Causal<u8, T, Heap, Heap> = postcard::from_bytes(&bytes).expect("legal");
        assert!(again == self.state);
    }

    pub(crate) fn compare<S: Capacity, M: Capacity>(&self, other: &Replica<T, S, M>) {
        let equal = self.knows == other.knows;
        assert_eq!(self.state == other.state, equal);
        if equal {
            assert_eq!(fingerprint(&self.state), fingerprint(&other.state));
        }
    }

    fn live(&self, facts: &Facts<T::Fact>) -> Live<T::Fact> {
        let live = self.knows.known.difference(&self.knows.dead);
        live.map(|event| (*event, facts[event].clone())).collect()
    }
}

/// A delta as it travels: encoded, and decoded.
fn pack<T: Subject, S: State<Id = u8, Kind = T>>(
    delta: &Delta<'_, S>,
    says: Knowledge,
) -> Parcel<T> {
    let bytes = postcard::to_allocvec(delta).expect("it can be encoded");
    let delta: Causal<u8, T, Heap, Heap> = postcard::from_bytes(&bytes).expect("legal");
    assert_eq!(events(delta.context()), says.known);
    assert_eq!(delta.row_count(), says.rows());
    Parcel { delta, says }
}
