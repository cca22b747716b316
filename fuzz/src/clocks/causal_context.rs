//! Causal contexts of several capacities against sets of events.

use std::{collections::BTreeSet, num::NonZeroU64};

use arbitrary::{Arbitrary, Result, Unstructured};
use synod_clocks::{Capacity, CausalContext, DotRange, Full, Heap, Inline};

use super::{
    relation::{order, relation},
    replica::{Event, Replica, dot, pair},
};
use crate::{fingerprint::fingerprint, refusal::refusal};

/// One call on one context, with another as its argument where it takes one.
#[derive(Arbitrary, Debug)]
pub struct Step {
    target: Place,
    other: Place,
    operation: Operation,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Place {
    Small,
    Large,
    Heap,
}

#[derive(Arbitrary, Debug)]
enum Operation {
    Insert(Event),
    InsertRange(Event, Span),
    NextDot(Replica),
    Merge,
    Meet,
    Clear,
}

/// How many events of a range follow its first: few, for the model lists them.
#[derive(Clone, Copy, Debug)]
struct Span(u64);

impl<'a> Arbitrary<'a> for Span {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(u64::from(u8::arbitrary(input)? % 12)))
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (1, Some(1))
    }
}

/// Plays the steps on three contexts.
pub fn check(steps: &[Step]) {
    let mut trio = Trio::default();
    for step in steps.iter().take(60) {
        let others = trio.clone();
        match step.target {
            Place::Small => trio.small.apply(step, &others),
            Place::Large => trio.large.apply(step, &others),
            Place::Heap => trio.heap.apply(step, &others),
        }
        trio.small.compare(&trio.large);
        trio.large.compare(&trio.heap);
        trio.heap.compare(&trio.small);
    }
}

#[derive(Clone, Debug, Default)]
struct Trio {
    small: Modelled<Inline<2>>,
    large: Modelled<Inline<6>>,
    heap: Modelled<Heap>,
}

/// Events in order.
type Events = BTreeSet<(u8, u64)>;

/// A context, and the events that it should know, one by one.
#[derive(Clone, Debug)]
struct Modelled<C: Capacity> {
    context: CausalContext<u8, C>,
    events: Events,
}

impl<C: Capacity> Default for Modelled<C> {
    fn default() -> Self {
        Self { context: CausalContext::new(), events: Events::new() }
    }
}

impl<C: Capacity> Modelled<C> {
    fn apply(&mut self, step: &Step, others: &Trio) {
        match (&step.operation, step.other) {
            (Operation::Insert(event), _) => self.insert(pair(event.dot())),
            (Operation::InsertRange(event, span), _) => self.insert_range(*event, *span),
            (Operation::NextDot(replica), _) => self.next_dot(replica.0),
            (Operation::Merge, Place::Small) => self.merge(&others.small),
            (Operation::Merge, Place::Large) => self.merge(&others.large),
            (Operation::Merge, Place::Heap) => self.merge(&others.heap),
            (Operation::Meet, Place::Small) => self.meet(&others.small),
            (Operation::Meet, Place::Large) => self.meet(&others.large),
            (Operation::Meet, Place::Heap) => self.meet(&others.heap),
            (Operation::Clear, _) => {
                self.context.clear();
                self.events.clear();
            }
        }
        self.check();
    }

    fn insert(&mut self, event: (u8, u64)) {
        let mut after = self.events.clone();
        after.insert(event);
        let outcome = self.context.insert(dot(event.0, event.1));
        self.settle(after, outcome);
    }

    fn insert_range(&mut self, event: Event, span: Span) {
        let (replica, first) = pair(event.dot());
        let last = first.saturating_add(span.0);
        let after = (first..=last).map(|counter| (replica, counter));
        let after = self.events.iter().copied().chain(after).collect();
        let known = after == self.events;
        let range = range(replica, first, last);
        assert_eq!(self.context.contains_range(range), known);
        let outcome = self.context.insert_range(range);
        self.settle(after, outcome);
    }

    fn next_dot(&mut self, replica: u8) {
        let next = self.latest(replica).checked_add(1);
        assert_eq!(self.context.next_dot(replica).map(pair), next.map(|next| (replica, next)));
        if let Some(next) = next {
            self.insert((replica, next));
        }
    }

    fn merge<D: Capacity>(&mut self, other: &Modelled<D>) {
        let after = &self.events | &other.events;
        let before = self.context.clone();
        let reserved = self.context.reserve_merge(&other.context);
        assert_eq!(self.context, before);
        let outcome = self.context.merge(&other.context);
        assert_eq!(reserved.err(), outcome.err());
        self.settle(after, outcome);
    }

    fn meet<D: Capacity>(&mut self, other: &Modelled<D>) {
        let after = &self.events & &other.events;
        let outcome = self.context.meet(&other.context);
        self.settle(after, outcome);
    }

    /// Asserts that an outcome is the one that is due if `after` is to be known.
    fn settle(&mut self, after: Events, outcome: Result<bool, Full>) {
        let needed = ranges(&after).len();
        match refusal::<C>(needed) {
            Some(full) => assert_eq!(outcome, Err(full)),
            None => {
                assert_eq!(outcome, Ok(after != self.events));
                self.events = after;
            }
        }
    }

    fn latest(&self, replica: u8) -> u64 {
        let own = self.events.iter().filter(|event| event.0 == replica);
        own.map(|event| event.1).max().unwrap_or(0)
    }

    fn check(&self) {
        let due = ranges(&self.events);
        assert_eq!(self.context.ranges(), due);
        assert_eq!(self.context.is_empty(), self.events.is_empty());
        for replica in 0..7 {
            let of_replica: Vec<_> =
                due.iter().copied().filter(|range| range.replica() == replica).collect();
            assert_eq!(self.context.of(replica), of_replica);
            assert_eq!(self.context.latest(replica), self.latest(replica));
            let run = (1..).take_while(|counter| self.events.contains(&(replica, *counter)));
            assert_eq!(self.context.run(replica), run.last().unwrap_or(0));
        }
        for (replica, counter) in &self.events {
            assert!(self.context.contains(dot(*replica, *counter)));
            if let Some(next) = counter.checked_add(1) {
                let known = self.events.contains(&(*replica, next));
                assert_eq!(self.context.contains(dot(*replica, next)), known);
            }
        }
    }

    fn compare<D: Capacity>(&self, other: &Modelled<D>) {
        let surplus = &self.events - &other.events;
        assert!(self.context.beyond(&other.context).eq(ranges(&surplus)));
        let other_surplus = !other.events.is_subset(&self.events);
        let due = relation(!surplus.is_empty(), other_surplus);
        assert_eq!(self.context.causality(&other.context), due);
        assert_eq!(other.context.causality(&self.context), due.reverse());
        assert_eq!(self.context.partial_cmp(&other.context), order(due));
        assert_eq!(self.context.dominates(&other.context), !other_surplus);
        let equal = self.events == other.events;
        assert_eq!(self.context == other.context, equal);
        if equal {
            assert_eq!(fingerprint(&self.context), fingerprint(&other.context));
        }
    }
}

/// The range with counters that are known to be in order and not zero.
pub(super) fn range(replica: u8, first: u64, last: u64) -> DotRange<u8> {
    let at = |counter| NonZeroU64::new(counter).expect("counters begin at 1");
    DotRange::new(replica, at(first), at(last)).expect("the first is first")
}

/// The fewest ranges that hold the events.
fn ranges(events: &Events) -> Vec<DotRange<u8>> {
    let mut found: Vec<(u8, u64, u64)> = Vec::new();
    for (replica, counter) in events {
        match found.last_mut() {
            Some((same, _, last)) if same == replica && *last == counter - 1 => *last = *counter,
            _ => found.push((*replica, *counter, *counter)),
        }
    }
    found.into_iter().map(|(replica, first, last)| range(replica, first, last)).collect()
}
