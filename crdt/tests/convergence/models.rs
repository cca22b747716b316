//! Each kind against its definition, wherever a replica knows all that its events had seen.

use proptest::prelude::*;
use synod_crdt::WriteError;

use crate::{
    event::{Change, Event, Seen},
    group::Group,
    history::{IDS, REPLICAS, check, steps},
    subject::{Subject, for_each_kind},
};

/// Whether all is known that the known events had seen.
fn is_closed<T: Subject>(group: &Group<T>, known: Seen) -> bool {
    group.known(known).all(|event| event.past & !known == 0)
}

fn model<T: Subject>(group: &Group<T>, known: Seen) -> T::View {
    // In order of replica, and of the events of each.
    let mut known: Vec<Event<T::Op>> = group.known(known).cloned().collect();
    known.sort_by_key(|event| event.id);
    T::model(&known)
}

fn write<T: Subject>(group: &mut Group<T>, at: usize, change: &Change<T::Op>) {
    let (before, past) = group.replicas[at].clone();
    if !is_closed(group, past) {
        return;
    }
    let view = model(group, past);
    let done = group.write(at, change);
    match change {
        Change::Do(op) if T::is_stale(&view, IDS[at], op) => {
            assert_eq!(done, Err(WriteError::Stale));
            assert_eq!(group.replicas[at].0, before);
        }
        Change::Do(op) if !T::is_news(&view, op) => {
            assert!(done.is_ok_and(|sent| sent.context().is_empty()));
            assert_eq!(group.replicas[at].0, before);
        }
        _ => {
            let sent = done.unwrap();
            let event = group.happened(at, change);
            group.messages.push((sent, 1 << event.id));
        }
    }
}

fn agrees<T: Subject>(group: &Group<T>, at: usize) {
    let (state, known) = &group.replicas[at];
    if is_closed(group, *known) {
        assert_eq!(T::read(state), model(group, *known), "replica {at}");
    }
}

fn agrees_with_its_model<T: Subject>() {
    check((steps::<T>(40), any::<bool>()), |(steps, in_order)| {
        let deliver = |group: &mut Group<T>, to: usize, told: &_| {
            let (_, known): &(_, Seen) = told;
            if !in_order || is_closed(group, group.replicas[to].1 | known) {
                group.take(to, told);
            }
        };
        let mut group = Group::<T>::run(&steps, write, deliver, agrees);
        for from in (0..REPLICAS).chain(0..REPLICAS) {
            for to in 0..REPLICAS {
                let told = group.replicas[from].clone();
                group.take(to, &told);
                agrees(&group, to);
            }
        }
        for told in &group.replicas {
            assert_eq!(told, &group.replicas[0]);
            assert!(is_closed(&group, told.1));
        }
        assert_eq!(group.replicas[0].1.count_ones() as usize, group.events.len());
    });
}

for_each_kind!(agrees_with_its_model);
