//! Replicas that write although what they know does not rest on anything: deltas came before those
//! that their writers had seen. Once all know all, each change has done what it did to what its
//! writer knew, and nothing else.

use synod_crdt::Merge;

use crate::{
    counters::PnCounters,
    event::{Change, Event, Seen},
    group::Group,
    history::{check, steps},
    sets::{AwSets, RwSets, SetOp},
    subject::{Roomy, Subject},
};

/// A kind, by events of which none is told more than its replica had been sent.
trait Late: Subject {
    /// What a replica knows with the event `of`, of its writer's `earlier` events.
    fn with(earlier: &[Event<Self::Op>], of: &Event<Self::Op>) -> Seen;

    fn model(events: &[Event<Self::Op>]) -> Self::View;
}

impl Late for PnCounters {
    /// A count comes as a total.
    fn with(earlier: &[Event<i64>], of: &Event<i64>) -> Seen {
        let counts = earlier.iter().filter(|event| event.replica == of.replica);
        let counts = counts.filter(|event| matches!(event.change, Change::Do(_)));
        match of.change {
            Change::Do(_) => counts.fold(0, |seen, event| seen | 1 << event.id),
            Change::Reset => 0,
        }
    }

    fn model(events: &[Event<i64>]) -> Option<i128> {
        <Self as Subject>::model(events)
    }
}

/// The changes of `element` that no other change of it, and no reset, had been told of.
fn latest(events: &[Event<SetOp>], element: u8) -> impl Iterator<Item = &Change<SetOp>> {
    let concerns = move |event: &&Event<SetOp>| match event.change {
        Change::Do(SetOp::Insert(of) | SetOp::Remove(of)) => of == element,
        Change::Reset => true,
    };
    let of_element = events.iter().filter(concerns);
    let by = of_element.clone();
    let latest = of_element.filter(move |event| !by.clone().any(|by| by.has_seen(event)));
    latest.map(|event| &event.change)
}

impl Late for AwSets {
    fn with(_: &[Event<SetOp>], _: &Event<SetOp>) -> Seen {
        0
    }

    fn model(events: &[Event<SetOp>]) -> Self::View {
        let added = |element: &u8| {
            latest(events, *element).any(|change| *change == Change::Do(SetOp::Insert(*element)))
        };
        (0..3).filter(added).collect()
    }
}

impl Late for RwSets {
    fn with(_: &[Event<SetOp>], _: &Event<SetOp>) -> Seen {
        0
    }

    fn model(events: &[Event<SetOp>]) -> Self::View {
        let is =
            |change, element| latest(events, element).any(|latest| *latest == Change::Do(change));
        let added = |element: &u8| {
            is(SetOp::Insert(*element), *element) && !is(SetOp::Remove(*element), *element)
        };
        (0..3).filter(added).collect()
    }
}

fn write<T: Late>(group: &mut Group<T>, at: usize, change: &Change<T::Op>) {
    let sent = group.write(at, change).unwrap();
    let event = group.happened(at, change);
    let told = T::with(&group.events, &event) | 1 << event.id;
    group.messages.push((sent, told));
}

fn nothing_is_lost_or_taken_twice<T: Late>() {
    check(steps::<T>(40), |steps| {
        let group = Group::<T>::run(&steps, write, Group::take, |_, _| {});
        let mut whole = Roomy::<T>::new();
        for (state, _) in &group.replicas {
            whole.merge(state).unwrap();
        }
        let model = <T as Late>::model(&group.events);
        assert_eq!(T::read(&whole), model, "{:#?}", group.events);
    });
}

#[test]
fn aw_set() {
    nothing_is_lost_or_taken_twice::<AwSets>();
}

#[test]
fn rw_set() {
    nothing_is_lost_or_taken_twice::<RwSets>();
}

#[test]
fn pn_counter() {
    nothing_is_lost_or_taken_twice::<PnCounters>();
}
