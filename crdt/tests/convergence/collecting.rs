//! Tombstones: taken away once they are stable, that changes nothing that any replica reads, then or
//! later; and they do go.

use std::collections::BTreeMap;

use proptest::{prelude::*, strategy::BoxedStrategy};
use synod_crdt::{CausalContext, DotRange, Heap, Merge};

use crate::{
    counters::PnCounters,
    event::{Change, MOST, Seen, event_id},
    history::{IDS, REPLICAS, Step, check, steps},
    maps::Maps,
    pointwise::Points,
    sets::{LwwSets, RwSets, SetOp, StampedOp},
    subject::{Nestable, Roomy, Subject, bytes},
};

/// What each replica knew when it got to know each event, and the dots of events.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Stability {
    then: [BTreeMap<usize, Seen>; REPLICAS],
    dots: BTreeMap<usize, Vec<DotRange<u8>>>,
}

impl Stability {
    pub(crate) const fn new() -> Self {
        Self { then: [const { BTreeMap::new() }; REPLICAS], dots: BTreeMap::new() }
    }

    pub(crate) fn name(&mut self, event: usize, dots: impl Iterator<Item = DotRange<u8>>) {
        self.dots.insert(event, dots.collect());
    }

    /// The replica `at` now knows the events of `known`.
    pub(crate) fn learn(&mut self, at: usize, known: Seen) {
        for event in (0..128).filter(|event| known >> event & 1 == 1) {
            self.then[at].entry(event).or_insert(known);
        }
    }

    /// The events of which the replica `at` can tell that whoever writes from now on has seen them:
    /// each of `known`'s replicas has them, and all that it knew when it got them is known here.
    pub(crate) fn stable(&self, at: usize, known: &[Seen]) -> CausalContext<u8, Heap> {
        let mut stable = CausalContext::new();
        for (event, dots) in &self.dots {
            let settled = |then: &BTreeMap<usize, Seen>| {
                then.get(event).is_some_and(|then| then & !known[at] == 0)
            };
            if self.then[..known.len()].iter().all(settled) {
                for range in dots {
                    stable.insert_range(*range).unwrap();
                }
            }
        }
        stable
    }
}

/// How many events a replica may write before the end, which needs some.
const LIMIT: usize = MOST - 8;

/// A kind that has tombstones.
trait Buries: Subject {
    fn changes() -> BoxedStrategy<Change<Self::Op>>;

    /// The change, at a time that is after all that was seen. Clocks of replicas differ.
    fn in_time(change: &Change<Self::Op>, _latest_us: &mut u64) -> Change<Self::Op> {
        change.clone()
    }

    /// Changes that remove all there can be.
    fn clearing() -> Vec<Change<Self::Op>>;
}

// A set that is reset forgets its removals, and additions that those had beaten can come back, if
// the resetting replica did not have them and they were not collected. So sets are not reset here.

impl Buries for RwSets {
    fn changes() -> BoxedStrategy<Change<SetOp>> {
        <Self as Nestable>::ops().prop_map(Change::Do).boxed()
    }

    fn clearing() -> Vec<Change<SetOp>> {
        (0..3).map(|element| Change::Do(SetOp::Remove(element))).collect()
    }
}

impl Buries for LwwSets {
    fn changes() -> BoxedStrategy<Change<StampedOp>> {
        <Self as Nestable>::ops().prop_map(Change::Do).boxed()
    }

    fn in_time(change: &Change<StampedOp>, latest_us: &mut u64) -> Change<StampedOp> {
        let Change::Do(op) = change else { return Change::Reset };
        *latest_us += 1 + op.at_us / 2;
        Change::Do(StampedOp { at_us: *latest_us, ..*op })
    }

    fn clearing() -> Vec<Change<StampedOp>> {
        let removal = |element| Change::Do(StampedOp { at_us: 0, element, adds: false });
        (0..3).map(removal).collect()
    }
}

impl Buries for PnCounters {
    fn changes() -> BoxedStrategy<Change<i64>> {
        <Self as Subject>::changes()
    }

    fn clearing() -> Vec<Change<i64>> {
        vec![Change::Reset]
    }
}

impl<T: Buries + Nestable<Op = <T as Subject>::Op>> Buries for Maps<T> {
    fn changes() -> BoxedStrategy<Change<(u8, Change<<T as Nestable>::Op>)>> {
        let change = (0..2_u8, <T as Buries>::changes());
        change.prop_map(Change::Do).boxed()
    }

    fn in_time(
        change: &Change<(u8, Change<<T as Nestable>::Op>)>,
        latest_us: &mut u64,
    ) -> Change<(u8, Change<<T as Nestable>::Op>)> {
        let Change::Do((key, change)) = change else { return Change::Reset };
        Change::Do((*key, T::in_time(change, latest_us)))
    }

    fn clearing() -> Vec<Change<(u8, Change<<T as Nestable>::Op>)>> {
        let of_key = |key| T::clearing().into_iter().map(move |change| Change::Do((key, change)));
        (0..2).flat_map(of_key).collect()
    }
}

/// The same replicas twice: some collect, their twins never do.
struct World<T: Subject> {
    replicas: Vec<Replica<T>>,
    /// Each with the events without which it must not be delivered.
    messages: Vec<(Seen, Replica<T>)>,
    stability: Stability,
    written: [usize; REPLICAS],
}

struct Replica<T: Subject> {
    state: Roomy<T>,
    twin: Roomy<T>,
    known: Seen,
    latest_us: u64,
}

impl<T: Subject> Clone for Replica<T> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), twin: self.twin.clone(), ..*self }
    }
}

impl<T: Subject> Replica<T> {
    const NEW: Self =
        Self { state: Roomy::<T>::new(), twin: Roomy::<T>::new(), known: 0, latest_us: 0 };
}

impl<T: Buries> World<T> {
    fn write(&mut self, at: usize, change: &Change<T::Op>) {
        let replica = &mut self.replicas[at];
        let change = T::in_time(change, &mut replica.latest_us);
        let before = replica.state.context().clone();
        let (mut state, mut twin) = (Roomy::<T>::new(), Roomy::<T>::new());
        state.merge(&T::write(&mut replica.state, IDS[at], &change).unwrap()).unwrap();
        twin.merge(&T::write(&mut replica.twin, IDS[at], &change).unwrap()).unwrap();
        let dots = replica.state.context().beyond(&before).collect();
        self.happened(at, dots, state, twin);
    }

    fn take(&mut self, to: usize, from: &Replica<T>) {
        let replica = &mut self.replicas[to];
        replica.state.merge(&from.state).unwrap();
        replica.twin.merge(&from.twin).unwrap();
        replica.known |= from.known;
        replica.latest_us = replica.latest_us.max(from.latest_us);
        self.agrees(to);
    }

    fn collect(&mut self, at: usize) {
        let known: Vec<Seen> = self.replicas.iter().map(|replica| replica.known).collect();
        let stable = self.stability.stable(at, &known);
        let replica = &mut self.replicas[at];
        let (mut before, view) = (replica.state.clone(), lasting::<T>(&replica.state));
        let rows = before.row_count();
        assert!(replica.state.collect(&CausalContext::<_, Heap>::new()).is_empty());
        let mut state = Roomy::<T>::new();
        let collected = replica.state.collect(&stable);
        state.merge(&collected).unwrap();
        let names = Points::of(&collected);
        for dot in names.dots() {
            // Who is told of one alone must not see what a tombstone had beaten.
            let (mut one, mut told) = (CausalContext::<_, Heap>::new(), before.clone());
            one.insert(dot).unwrap();
            told.merge(&replica.state.delta(&one)).unwrap();
            assert_eq!(lasting::<T>(&told), view, "{dot:?}");
        }
        assert_eq!(before.merge(&state), Ok(!state.context().is_empty()));
        assert_eq!(before, replica.state);
        assert!(state.row_count() == 0 && replica.state.row_count() <= rows);
        assert_eq!(lasting::<T>(&replica.state), view);
        self.happened(at, Vec::new(), state, Roomy::<T>::new());
    }

    /// First what is beaten, then, once all know, the tombstones.
    fn collect_all(&mut self, at: usize) {
        for _ in 0..2 {
            self.collect(at);
            self.everyone_hears_all();
        }
    }

    /// Sends what a replica did, a collection too: what it does later, it does without what it
    /// collected.
    fn happened(&mut self, at: usize, dots: Vec<DotRange<u8>>, state: Roomy<T>, twin: Roomy<T>) {
        let id = event_id(at, self.written[at]);
        self.written[at] += 1;
        self.stability.name(id, dots.into_iter());
        let replica = &mut self.replicas[at];
        let delta = Replica { state, twin, known: 1 << id, latest_us: replica.latest_us };
        self.messages.push((replica.known, delta));
        replica.known |= 1 << id;
        self.agrees(at);
    }

    fn agrees(&mut self, at: usize) {
        let replica = &self.replicas[at];
        self.stability.learn(at, replica.known);
        assert_eq!(lasting::<T>(&replica.state), lasting::<T>(&replica.twin));
    }

    fn everyone_hears_all(&mut self) {
        for from in (0..REPLICAS).chain(0..REPLICAS) {
            for to in 0..REPLICAS {
                let state = self.replicas[from].clone();
                self.take(to, &state);
            }
        }
        let first = bytes(&self.replicas[0].state);
        assert!(self.replicas.iter().all(|replica| bytes(&replica.state) == first));
    }
}

fn lasting<T: Subject>(state: &Roomy<T>) -> T::View {
    T::lasting(T::read(state))
}

fn collecting_is_not_seen<T: Buries>() {
    let collecting = || proptest::collection::vec(0..REPLICAS * 3, 40);
    let changes = || proptest::collection::vec(<T as Buries>::changes(), 40);
    check((steps::<T>(40), changes(), collecting()), |(steps, changes, collecting)| {
        let mut world = World::<T> {
            replicas: vec![Replica::NEW; REPLICAS],
            messages: Vec::new(),
            stability: Stability::new(),
            written: [0; REPLICAS],
        };
        for ((step, change), collector) in steps.iter().zip(&changes).zip(&collecting) {
            match step {
                Step::Write { at, .. } if world.written[*at] < LIMIT => world.write(*at, change),
                Step::Merge { from, to } => {
                    let state = world.replicas[*from].clone();
                    world.take(*to, &state);
                }
                Step::Send { from } => world.messages.push((0, world.replicas[*from].clone())),
                Step::Deliver { message, to } if !world.messages.is_empty() => {
                    let (needed, message) = message.get(&world.messages).clone();
                    if needed & !world.replicas[*to].known == 0 {
                        world.take(*to, &message);
                    }
                }
                Step::Write { .. } | Step::Deliver { .. } => {}
            }
            if *collector < REPLICAS && world.written[*collector] < LIMIT {
                world.collect(*collector);
            }
        }
        world.everyone_hears_all();
        world.collect_all(1);
        let left = &world.replicas[1].state;
        assert!(lasting::<T>(left) != T::model(&[]) || left.row_count() == 0);

        // Once all is removed and everyone knows, nothing is left.
        for change in T::clearing() {
            world.write(2, &change);
        }
        world.everyone_hears_all();
        world.collect_all(3);
        for replica in &world.replicas {
            assert_eq!(replica.state.row_count(), 0, "{:?}", replica.state);
        }
    });
}

#[test]
fn rw_set() {
    collecting_is_not_seen::<RwSets>();
}

#[test]
fn lww_set() {
    collecting_is_not_seen::<LwwSets>();
}

#[test]
fn pn_counter() {
    collecting_is_not_seen::<PnCounters>();
}

#[test]
fn map_of_rw_sets() {
    collecting_is_not_seen::<Maps<RwSets>>();
}

#[test]
fn map_of_lww_sets() {
    collecting_is_not_seen::<Maps<LwwSets>>();
}

#[test]
fn map_of_maps_of_counters() {
    collecting_is_not_seen::<Maps<Maps<PnCounters>>>();
}

/// Where there are no tombstones, all that is alive stays.
fn nothing_to_collect<T: Subject>() {
    check(steps::<T>(20), |steps| {
        let world = crate::laws::World::<T>::run(&steps);
        for mut state in world.replicas {
            let before = state.clone();
            assert!(state.collect(before.context()).is_empty());
            assert_eq!(state, before);
        }
    });
}

#[test]
fn kinds_without_tombstones() {
    nothing_to_collect::<crate::sets::AwSets>();
    nothing_to_collect::<crate::sets::GSets>();
    nothing_to_collect::<Maps<crate::registers::MvRegisters>>();
    nothing_to_collect::<Maps<crate::registers::LwwRegisters>>();
    nothing_to_collect::<crate::flags::EwFlags>();
    nothing_to_collect::<crate::flags::DwFlags>();
    nothing_to_collect::<crate::counters::GCounters>();
}
