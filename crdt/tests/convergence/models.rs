//! Each kind against its definition, wherever a replica knows all that its events had seen.

use std::collections::BTreeMap;

use proptest::prelude::*;
use synod_crdt::{Merge, WriteError};

use crate::{
    event::{Change, Event, MOST, Seen, event_id},
    history::{IDS, REPLICAS, Step, check, steps},
    subject::{Roomy, Subject, for_each_kind},
};

/// Replicas, and which events each knows.
struct World<T: Subject> {
    replicas: Vec<(Roomy<T>, Seen)>,
    messages: Vec<(Roomy<T>, Seen)>,
    events: BTreeMap<usize, Event<T::Op>>,
    written: [usize; REPLICAS],
}

impl<T: Subject> World<T> {
    /// Whether all is known that the known events had seen.
    fn is_closed(&self, known: Seen) -> bool {
        self.known(known).all(|event| event.past & !known == 0)
    }

    fn known(&self, known: Seen) -> impl Iterator<Item = &Event<T::Op>> {
        self.events.values().filter(move |event| known >> event.id & 1 == 1)
    }

    fn model(&self, known: Seen) -> T::View {
        T::model(&self.known(known).cloned().collect::<Vec<_>>())
    }

    fn write(&mut self, at: usize, change: &Change<T::Op>) {
        let (past, me) = (self.replicas[at].1, IDS[at]);
        if !self.is_closed(past) || self.written[at] == MOST {
            return;
        }
        let view = self.model(past);
        let state = &mut self.replicas[at].0;
        let before = state.clone();
        let mut sent = Roomy::<T>::new();
        let done = T::write(state, me, change).map(|delta| sent.merge(&delta).unwrap());
        match change {
            Change::Do(op) if T::is_stale(&view, me, op) => {
                assert_eq!(done, Err(WriteError::Stale));
                assert_eq!(self.replicas[at].0, before);
            }
            Change::Do(op) if !T::is_news(&view, op) => {
                assert_eq!(done, Ok(false));
                assert_eq!(self.replicas[at].0, before);
            }
            _ => {
                assert!(done.is_ok(), "{done:?}");
                let id = event_id(at, self.written[at]);
                let event = Event { id, replica: me, past, change: change.clone() };
                self.events.insert(id, event);
                self.written[at] += 1;
                self.replicas[at].1 |= 1 << id;
                self.messages.push((sent, 1 << id));
            }
        }
        self.agrees(at);
    }

    fn take(&mut self, to: usize, (state, known): &(Roomy<T>, Seen)) {
        self.replicas[to].0.merge(state).unwrap();
        self.replicas[to].1 |= known;
        self.agrees(to);
    }

    fn agrees(&self, at: usize) {
        let (state, known) = &self.replicas[at];
        if self.is_closed(*known) {
            assert_eq!(T::read(state), self.model(*known), "replica {at}");
        }
    }
}

fn agrees_with_its_model<T: Subject>() {
    check((steps::<T>(40), any::<bool>()), |(steps, in_order)| {
        let mut world = World::<T> {
            replicas: vec![(Roomy::<T>::new(), 0); REPLICAS],
            messages: Vec::new(),
            events: BTreeMap::new(),
            written: [0; REPLICAS],
        };
        for step in &steps {
            match step {
                Step::Write { at, change } => world.write(*at, change),
                Step::Merge { from, to } => {
                    let state = world.replicas[*from].clone();
                    world.take(*to, &state);
                }
                Step::Send { from } => world.messages.push(world.replicas[*from].clone()),
                Step::Deliver { message, to } if !world.messages.is_empty() => {
                    let message = message.get(&world.messages).clone();
                    if !in_order || world.is_closed(world.replicas[*to].1 | message.1) {
                        world.take(*to, &message);
                    }
                }
                Step::Deliver { .. } => {}
            }
        }
        for from in (0..REPLICAS).chain(0..REPLICAS) {
            for to in 0..REPLICAS {
                let state = world.replicas[from].clone();
                world.take(to, &state);
            }
        }
        for (state, known) in &world.replicas {
            assert_eq!((state, *known), (&world.replicas[0].0, world.replicas[0].1));
            assert!(world.is_closed(*known));
        }
        assert_eq!(world.replicas[0].1.count_ones() as usize, world.events.len());
    });
}

for_each_kind!(agrees_with_its_model);
