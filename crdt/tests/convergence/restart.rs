//! Replicas that crash, and come back with an older state or with none, and with the bound that
//! they had persisted: no event is ever issued twice, and what others have is not lost.

use std::{collections::BTreeSet, num::NonZeroU64};

use proptest::{collection, prelude::*, sample::Index};
use synod_crdt::{
    AwSet, Causal, Ceiling, Dot, DotRange, Heap, Inline, Merge, Nest, PnCounter, Source, WriteError,
};

use crate::{
    counters::PnCounters,
    event::Change,
    history::{IDS, REPLICAS, check},
    maps::Maps,
    pointwise::Points,
    registers::LwwRegisters,
    sets::{AwSets, RwSets},
    subject::{Roomy, Subject},
};

/// So small that all that is reserved is often used.
const BLOCK: NonZeroU64 = NonZeroU64::new(2).unwrap();

#[derive(Clone, Debug)]
enum Step<O> {
    /// A change under the bound; the host may have seen to it in time that there is one.
    Write {
        at: usize,
        change: Change<O>,
        is_reserved: bool,
    },
    /// The state is written to flash.
    Persist {
        at: usize,
    },
    /// A bound is written to flash, if one is due; the power may fail before that is reported.
    PersistBound {
        at: usize,
        is_reported: bool,
    },
    /// What is in flash is left, or of that only the bound.
    Crash {
        at: usize,
        has_state: bool,
    },
    Merge {
        from: usize,
        to: usize,
    },
    /// Something that was sent at any time.
    Deliver {
        message: Index,
        to: usize,
    },
    /// If all is back.
    CloseGaps {
        at: usize,
    },
}

fn steps<T: Subject<Kind: Nest<u8>>>() -> impl Strategy<Value = Vec<Step<T::Op>>> {
    let at = 0..REPLICAS;
    let write = (at.clone(), T::changes(), any::<bool>());
    let step = prop_oneof![
        8 => write.prop_map(|(at, change, is_reserved)| Step::Write { at, change, is_reserved }),
        1 => at.clone().prop_map(|at| Step::Persist { at }),
        1 => (at.clone(), any::<bool>())
            .prop_map(|(at, is_reported)| Step::PersistBound { at, is_reported }),
        2 => (at.clone(), any::<bool>())
            .prop_map(|(at, has_state)| Step::Crash { at, has_state }),
        3 => (at.clone(), at.clone()).prop_map(|(from, to)| Step::Merge { from, to }),
        4 => (any::<Index>(), at.clone())
            .prop_map(|(message, to)| Step::Deliver { message, to }),
        2 => at.prop_map(|at| Step::CloseGaps { at }),
    ];
    collection::vec(step, 0..60)
}

struct Replica<T: Subject<Kind: Nest<u8>>> {
    state: Roomy<T>,
    ceiling: Ceiling,
    /// In flash: what survives a crash.
    persisted: (Roomy<T>, u64),
}

struct World<T: Subject<Kind: Nest<u8>>> {
    replicas: Vec<Replica<T>>,
    messages: Vec<Roomy<T>>,
    /// Every event that was ever issued.
    issued: BTreeSet<Dot<u8>>,
    /// Events with which a replica marked where it resumed.
    marks: BTreeSet<Dot<u8>>,
    /// Events of which a change or the closing of gaps has said that nothing is alive under them.
    buried: BTreeSet<Dot<u8>>,
}

impl<T: Subject<Kind: Nest<u8>>> World<T> {
    fn new() -> Self {
        let replica = || Replica {
            state: Roomy::<T>::new(),
            ceiling: Ceiling::new(BLOCK),
            persisted: (Roomy::<T>::new(), 0),
        };
        Self {
            replicas: (0..REPLICAS).map(|_| replica()).collect(),
            messages: Vec::new(),
            issued: BTreeSet::new(),
            marks: BTreeSet::new(),
            buried: BTreeSet::new(),
        }
    }

    fn step(&mut self, step: &Step<T::Op>) {
        match step {
            Step::Write { at, change, is_reserved } => {
                if *is_reserved {
                    let Replica { state, ceiling, .. } = &mut self.replicas[*at];
                    ceiling.reserve(state.context().latest(IDS[*at]) + 1);
                    self.persist_bound(*at, true);
                }
                self.write(*at, change);
            }
            Step::Persist { at } => {
                let replica = &mut self.replicas[*at];
                replica.persisted.0 = replica.state.clone();
            }
            Step::PersistBound { at, is_reported } => self.persist_bound(*at, *is_reported),
            Step::Crash { at, has_state } => self.crash(*at, *has_state),
            Step::Merge { from, to } => {
                let state = self.replicas[*from].state.clone();
                self.replicas[*to].state.merge(&state).unwrap();
            }
            Step::Deliver { message, to } if !self.messages.is_empty() => {
                self.replicas[*to].state.merge(message.get(&self.messages)).unwrap();
            }
            Step::Deliver { .. } => {}
            Step::CloseGaps { at } => self.close_gaps(*at),
        }
    }

    fn write(&mut self, at: usize, change: &Change<T::Op>) {
        let (replica, me) = (&mut self.replicas[at], IDS[at]);
        let (state, ceiling) = (&mut replica.state, &replica.ceiling);
        let before = state.clone();
        let mut unbounded = state.clone();
        let expected = T::write(&mut unbounded, me, change).map(|_| ());
        let latest = unbounded.context().latest(me);
        let issues = latest > before.context().latest(me);
        let is_unreserved = expected.is_ok() && issues && latest > ceiling.bound();
        let expected =
            if is_unreserved { Err(WriteError::Unreserved { last: latest }) } else { expected };
        let mut sent = Roomy::<T>::new();
        let done = T::write_as(state.write(me).under(ceiling), change).map(|delta| {
            sent.merge(&delta).unwrap();
        });
        assert_eq!(done, expected);
        if done.is_err() {
            assert_eq!(state, &before);
            return;
        }
        assert_eq!(state, &unbounded);
        for range in state.context().beyond(before.context()) {
            for counter in range.first().get()..=range.last().get() {
                let dot = Dot::new(me, counter).unwrap();
                assert_eq!(range.replica(), me);
                assert!(self.issued.insert(dot), "{dot:?} is issued twice");
                assert!(!self.marks.contains(&dot), "{dot:?} is a mark");
            }
        }
        self.buried.extend(dead::<T>(&sent));
        self.messages.push(sent);
        self.explains(at);
    }

    fn persist_bound(&mut self, at: usize, is_reported: bool) {
        let Replica { ceiling, persisted, .. } = &mut self.replicas[at];
        if let Some(bound) = ceiling.poll_output().or(ceiling.pending()) {
            persisted.1 = bound;
            if is_reported {
                ceiling.handle_persisted(bound).unwrap();
            }
        }
    }

    fn crash(&mut self, at: usize, has_state: bool) {
        let (replica, me) = (&mut self.replicas[at], IDS[at]);
        if !has_state {
            replica.persisted.0 = Roomy::<T>::new();
        }
        replica.state = replica.persisted.0.clone();
        replica.ceiling = Ceiling::recover(BLOCK, replica.persisted.1);
        let before = replica.state.clone();
        let mut told = before.clone();
        told.merge(&replica.state.resume(me, replica.ceiling.floor()).unwrap()).unwrap();
        assert_eq!(told, replica.state);
        let marks = Points::of(&replica.state);
        for dot in marks.dots().filter(|dot| !before.context().contains(*dot)) {
            assert!(!self.issued.contains(&dot), "{dot:?} was issued");
            self.marks.insert(dot);
        }
        self.explains(at);
    }

    /// Once every other has given back all that it has, or had persisted, of the replica's events.
    fn close_gaps(&mut self, at: usize) {
        let me = IDS[at];
        let is_back = {
            let own = self.replicas[at].state.context();
            let others = self.replicas.iter().flat_map(|other| [&other.state, &other.persisted.0]);
            let mut of_me = others.flat_map(|other| other.context().of(me));
            of_me.all(|range| own.contains_range(*range))
        };
        if !is_back {
            return;
        }
        let before = self.joined();
        let mut sent = Roomy::<T>::new();
        sent.merge(&self.replicas[at].state.close_gaps(me).unwrap()).unwrap();
        let closed = self.replicas[at].state.context();
        assert!(closed.of(me).len() <= 1);
        assert_eq!(closed.run(me), closed.latest(me));
        self.buried.extend(dead::<T>(&sent));
        self.messages.push(sent);
        self.explains(at);
        let alive = |state| Points::of(state).part(|_, lives| lives);
        assert_eq!(alive(&self.joined()), alive(&before));
    }

    fn joined(&self) -> Roomy<T> {
        let mut joined = Roomy::<T>::new();
        for replica in &self.replicas {
            joined.merge(&replica.state).unwrap();
        }
        joined
    }

    /// What is dead died of a change, was a mark, or was never used: nothing was lost.
    fn explains(&self, at: usize) {
        for dot in dead::<T>(&self.replicas[at].state) {
            let is_explained = self.buried.contains(&dot) || self.marks.contains(&dot);
            assert!(is_explained, "what was written under {dot:?} is lost");
        }
    }
}

fn dead<T: Subject<Kind: Nest<u8>>>(state: &Roomy<T>) -> Vec<Dot<u8>> {
    Points::of(state).part(|_, lives| !lives).dots().collect()
}

fn comes_back<T: Subject<Kind: Nest<u8>>>() {
    check(steps::<T>(), |steps| {
        let mut world = World::<T>::new();
        for step in &steps {
            world.step(step);
        }
        let whole = world.joined();
        for at in 0..REPLICAS {
            world.replicas[at].state.merge(&whole).unwrap();
            world.explains(at);
        }
        for at in 0..REPLICAS {
            world.close_gaps(at);
        }
        let closed = world.joined();
        assert_eq!(closed.row_count(), whole.row_count());
        for (at, id) in IDS.iter().enumerate() {
            let state = &mut world.replicas[at].state;
            state.merge(&closed).unwrap();
            assert_eq!(state, &closed);
            assert_eq!(T::read(state), T::read(&closed));
            assert!(state.context().of(*id).len() <= 1);
            world.explains(at);
        }
    });
}

#[test]
fn aw_set() {
    comes_back::<AwSets>();
}

#[test]
fn rw_set() {
    comes_back::<RwSets>();
}

#[test]
fn lww_register() {
    comes_back::<LwwRegisters>();
}

#[test]
fn pn_counter() {
    comes_back::<PnCounters>();
}

#[test]
fn map_of_maps_of_counters() {
    comes_back::<Maps<Maps<PnCounters>>>();
}

/// A total that comes back would be hidden by a later one, so none is written before that.
#[test]
fn a_count_waits_until_earlier_ones_are_back() {
    type Stock = Causal<u8, PnCounter, Heap, Heap>;
    let (mut before, mut peer) = (Stock::new(), Stock::new());
    let mut ceiling = Ceiling::new(BLOCK);
    persist(&mut ceiling);
    before.write(1).under(&ceiling).add(5).unwrap();
    let persisted = before.clone();
    before.write(1).under(&ceiling).add(2).unwrap();
    peer.merge(&before).unwrap();

    let mut ceiling = Ceiling::recover(BLOCK, ceiling.bound());
    persist(&mut ceiling);
    for mut state in [Stock::new(), persisted] {
        state.resume(1, ceiling.floor()).unwrap();
        let resumed = state.clone();
        assert_eq!(state.write(1).under(&ceiling).add(3).unwrap_err(), WriteError::Gap);
        assert_eq!(state, resumed);
        state.write(1).under(&ceiling).reset().unwrap();
        state.merge(&peer).unwrap();
        assert_eq!(state.write(1).under(&ceiling).add(3).unwrap_err(), WriteError::Gap);
        state.close_gaps(1).unwrap();
        state.write(1).under(&ceiling).add(3).unwrap();
        let left = if resumed.row_count() == 0 { 5 + 2 } else { 2 };
        assert_eq!(state.read().value(), left + 3, "what a reset has not seen stays");
    }
}

/// A state that did not resume could issue an event twice, so it issues none.
#[test]
fn nothing_is_written_before_a_state_resumes() {
    let mut set = Causal::<u8, AwSet<u8>, Inline<2>, Inline<4>>::new();
    let mut ceiling = Ceiling::new(BLOCK);
    persist(&mut ceiling);
    set.write(1).under(&ceiling).insert(7).unwrap();
    let persisted = set.clone();
    set.write(1).under(&ceiling).insert(8).unwrap();

    let mut ceiling = Ceiling::recover(BLOCK, ceiling.bound());
    persist(&mut ceiling);
    let mut set = persisted.clone();
    let refused = set.write(1).under(&ceiling).insert(9).unwrap_err();
    assert_eq!((refused.reason, refused.value), (WriteError::NotResumed, 9));
    assert_eq!(set, persisted);
    // Nor where all below the last event of the floor is known, or all up to it.
    for last in [ceiling.floor() - 1, ceiling.floor()] {
        let mut all = Causal::<u8, AwSet<u8>, Inline<2>, Inline<4>>::new();
        let range = DotRange::new(1, NonZeroU64::MIN, NonZeroU64::new(last).unwrap()).unwrap();
        all.resume(1, last - 1).unwrap();
        all.close_gaps(1).unwrap();
        assert_eq!(all.context().ranges(), [range]);
        let refused = all.write(1).under(&ceiling).insert(9).unwrap_err();
        assert_eq!(refused.reason, WriteError::NotResumed);
    }
    // What issues no event is none of the ceiling's business.
    set.write(1).under(&ceiling).remove(&7).unwrap();

    set.resume(1, ceiling.floor()).unwrap();
    let delta = set.write(1).under(&ceiling).insert(9).unwrap();
    assert!(delta.context().ranges()[0].first().get() > ceiling.floor());
}

/// A start that makes no bound durable leaves a mark, and the next one has the same floor. Nothing
/// is written under the mark's name, even where all events below it are known, and the mark is not.
#[test]
fn the_mark_of_an_earlier_start_is_not_written_under() {
    type Tags = Causal<u8, AwSet<u8>, Inline<4>, Inline<16>>;
    let mut tags = Tags::new();
    for element in 1..=5 {
        tags.write(1).insert(element).unwrap();
    }
    let (mut porch, attic) = (tags.clone(), tags);
    let mut ceiling = Ceiling::recover(BLOCK, 5);
    let mut tags = Tags::new();
    porch.merge(&tags.resume(1, ceiling.floor()).unwrap()).unwrap();

    tags = Tags::new();
    tags.merge(&attic).unwrap();
    persist(&mut ceiling);
    let refused = tags.write(1).under(&ceiling).insert(99).unwrap_err();
    assert_eq!(refused.reason, WriteError::NotResumed);
    tags.resume(1, ceiling.floor()).unwrap();
    tags.write(1).under(&ceiling).insert(99).unwrap();
    porch.merge(&tags).unwrap();
    tags.merge(&porch).unwrap();
    assert!(tags.read().contains(&99) && tags == porch);
}

/// A bound far ahead is written.
fn persist(ceiling: &mut Ceiling) {
    ceiling.reserve(ceiling.bound() + 64);
    let bound = ceiling.poll_output().unwrap();
    ceiling.handle_persisted(bound).unwrap();
}
