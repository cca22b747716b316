//! Three replicas of different capacities that change, send deltas which are lost, duplicated and
//! reordered, and merge.

use std::fmt::Debug;

use arbitrary::Arbitrary;
use synod_crdt::{Capacity, Heap, Inline, LwwSet, MvRegister, RwSet};

use super::{
    counter,
    replica::{Facts, Parcel, Replica},
    subject::{AllowedCall, NameCall, OnlineCall, Rooms, RoomsCall, Subject},
};

/// A history of one kind.
#[derive(Arbitrary, Debug)]
pub enum Scenario {
    /// Of a map of add-wins sets.
    Rooms(Vec<Step<RoomsCall>>),
    /// Of a remove-wins set.
    Allowed(Vec<Step<AllowedCall>>),
    /// Of a last-writer-wins set.
    Online(Vec<Step<OnlineCall>>),
    /// Of a multi-value register.
    Name(Vec<Step<NameCall>>),
    /// Of a map of counters, against sums.
    Stock(Vec<counter::Step>),
}

impl Scenario {
    /// Plays the history, and compares after each step.
    pub fn check(&self) {
        match self {
            Self::Rooms(steps) => play::<Rooms>(steps),
            Self::Allowed(steps) => play::<RwSet<u8>>(steps),
            Self::Online(steps) => play::<LwwSet<u8>>(steps),
            Self::Name(steps) => play::<MvRegister<u8>>(steps),
            Self::Stock(steps) => counter::check(steps),
        }
    }
}

/// What happens at one replica.
#[derive(Arbitrary, Debug)]
pub struct Step<C> {
    at: Place,
    action: Action<C>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Place {
    Small,
    Large,
    Heap,
}

#[derive(Arbitrary, Debug)]
enum Action<C> {
    /// A change; its delta goes out.
    Write(C),
    /// A delta arrives that went out some time ago, perhaps not for the first time.
    Receive(u8),
    /// Another replica's state arrives.
    Merge(Place),
    /// The same, in parts.
    CatchUp(Place, u8),
}

struct Trio<T: Subject> {
    small: Replica<T, Inline<3>, Inline<3>>,
    large: Replica<T, Inline<4>, Inline<6>>,
    heap: Replica<T, Heap, Heap>,
}

impl<T: Subject> Clone for Trio<T> {
    fn clone(&self) -> Self {
        let Self { small, large, heap } = self;
        Self { small: small.clone(), large: large.clone(), heap: heap.clone() }
    }
}

fn play<T: Subject>(steps: &[Step<T::Call>]) {
    let mut trio =
        Trio::<T> { small: Replica::new(1), large: Replica::new(2), heap: Replica::new(3) };
    let (mut facts, mut sent) = (Facts::new(), Vec::new());
    for step in steps.iter().take(50) {
        let others = trio.clone();
        match step.at {
            Place::Small => act(&mut trio.small, &step.action, &others, &mut facts, &mut sent),
            Place::Large => act(&mut trio.large, &step.action, &others, &mut facts, &mut sent),
            Place::Heap => act(&mut trio.heap, &step.action, &others, &mut facts, &mut sent),
        }
        trio.small.check(&facts);
        trio.large.check(&facts);
        trio.heap.check(&facts);
        trio.small.compare(&trio.large);
        trio.large.compare(&trio.heap);
        trio.heap.compare(&trio.small);
    }
}

fn act<T: Subject, R: Capacity, N: Capacity>(
    replica: &mut Replica<T, R, N>,
    action: &Action<T::Call>,
    others: &Trio<T>,
    facts: &mut Facts<T::Fact>,
    sent: &mut Vec<Parcel<T>>,
) {
    match action {
        Action::Write(call) => sent.extend(replica.write(call, facts)),
        Action::Receive(which) => {
            let which = usize::from(*which).checked_rem(sent.len());
            if let Some(parcel) = which.and_then(|which| sent.get(which)) {
                replica.receive(parcel);
            }
        }
        Action::Merge(Place::Small) => replica.merge(&others.small),
        Action::Merge(Place::Large) => replica.merge(&others.large),
        Action::Merge(Place::Heap) => replica.merge(&others.heap),
        Action::CatchUp(Place::Small, budget) => replica.catch_up(&others.small, few(*budget)),
        Action::CatchUp(Place::Large, budget) => replica.catch_up(&others.large, few(*budget)),
        Action::CatchUp(Place::Heap, budget) => replica.catch_up(&others.heap, few(*budget)),
    }
}

fn few(budget: u8) -> usize {
    usize::from(budget % 4)
}
