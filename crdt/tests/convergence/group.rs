//! Replicas, and which events each knows.

use synod_crdt::{Merge, WriteError};

use crate::{
    event::{Change, Event, MOST, Seen, event_id},
    history::{IDS, REPLICAS, Step},
    subject::{Roomy, Subject},
};

/// A state, and the events that are known with it.
pub(crate) type Told<T> = (Roomy<T>, Seen);

pub(crate) struct Group<T: Subject> {
    pub(crate) replicas: Vec<Told<T>>,
    pub(crate) messages: Vec<Told<T>>,
    pub(crate) events: Vec<Event<T::Op>>,
    written: [usize; REPLICAS],
}

impl<T: Subject> Group<T> {
    /// Runs a history, in which `write` and `deliver` say what a change and a message do.
    pub(crate) fn run(
        steps: &[Step<T::Op>],
        write: impl Fn(&mut Self, usize, &Change<T::Op>),
        deliver: impl Fn(&mut Self, usize, &Told<T>),
        after_each: impl Fn(&Self, usize),
    ) -> Self {
        let mut group = Self {
            replicas: vec![(Roomy::<T>::new(), 0); REPLICAS],
            messages: Vec::new(),
            events: Vec::new(),
            written: [0; REPLICAS],
        };
        for step in steps {
            match step {
                Step::Write { at, .. } if group.written[*at] == MOST => {}
                Step::Write { at, change } => {
                    write(&mut group, *at, change);
                    after_each(&group, *at);
                }
                Step::Merge { from, to } => {
                    let told = group.replicas[*from].clone();
                    group.take(*to, &told);
                    after_each(&group, *to);
                }
                Step::Send { from } => group.messages.push(group.replicas[*from].clone()),
                Step::Deliver { message, to } if !group.messages.is_empty() => {
                    let told = message.get(&group.messages).clone();
                    deliver(&mut group, *to, &told);
                    after_each(&group, *to);
                }
                Step::Deliver { .. } => {}
            }
        }
        group
    }

    /// A change at a replica, and what is to be sent of it.
    pub(crate) fn write(
        &mut self,
        at: usize,
        change: &Change<T::Op>,
    ) -> Result<Roomy<T>, WriteError> {
        let delta = T::write(&mut self.replicas[at].0, IDS[at], change)?;
        let mut sent = Roomy::<T>::new();
        sent.merge(&delta).unwrap();
        Ok(sent)
    }

    /// Such a change was an event.
    pub(crate) fn happened(&mut self, at: usize, change: &Change<T::Op>) -> Event<T::Op> {
        let (id, known) = (event_id(at, self.written[at]), &mut self.replicas[at].1);
        let event = Event { id, replica: IDS[at], past: *known, change: change.clone() };
        *known |= 1 << id;
        self.written[at] += 1;
        self.events.push(event.clone());
        event
    }

    pub(crate) fn take(&mut self, to: usize, (state, known): &Told<T>) {
        self.replicas[to].0.merge(state).unwrap();
        self.replicas[to].1 |= known;
    }

    pub(crate) fn known(&self, known: Seen) -> impl Iterator<Item = &Event<T::Op>> {
        self.events.iter().filter(move |event| known >> event.id & 1 == 1)
    }
}
