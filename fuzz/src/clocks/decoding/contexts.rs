//! Causal contexts, whose ranges may be too long to list: they are probed at every edge.

use std::collections::BTreeSet;

use synod_clocks::{Capacity, CausalContext, DotRange, Full, Heap};

use super::{
    super::{
        causal_context::range,
        relation::{order, relation},
        replica::{dot, pair},
    },
    Decoded, encode,
};
use crate::refusal::refusal;

/// Of each range: the replica, the gap before it and the span, without their promises.
type RawContext = Vec<(u8, u64, u64)>;

/// The replica, the first and the last counter of each range.
type Ranges = Vec<(u8, u64, u64)>;

/// A context for which there is always room.
type Unbounded = CausalContext<u8, Heap>;

/// As many edges as are changed; all are looked at.
const MOST_CHANGES: usize = 16;

/// What the raw triples stand for, in arithmetic that cannot overflow, or `None` if they are
/// no context.
fn ranges(raw: &RawContext) -> Option<Ranges> {
    let mut ranges = Ranges::new();
    let mut previous: Option<(u8, u128)> = None;
    for (replica, gap, span) in raw {
        let least = match previous {
            Some((last_replica, _)) if last_replica > *replica => return None,
            Some((last_replica, last)) if last_replica == *replica => last + 2,
            _ => 1,
        };
        let first = least + u128::from(*gap);
        let last = first + u128::from(*span);
        ranges.push((*replica, u64::try_from(first).ok()?, u64::try_from(last).ok()?));
        previous = Some((*replica, last));
    }
    Some(ranges)
}

fn ranges_of<C: Capacity>(context: &CausalContext<u8, C>) -> Ranges {
    context.ranges().iter().map(numbers).collect()
}

fn numbers(range: &DotRange<u8>) -> (u8, u64, u64) {
    (range.replica(), range.first().get(), range.last().get())
}

fn contains(ranges: &Ranges, event: (u8, u64)) -> bool {
    ranges.iter().any(|range| range.0 == event.0 && (range.1..=range.2).contains(&event.1))
}

/// Whether the ranges are sorted, and apart.
fn is_compact(ranges: &Ranges) -> bool {
    ranges.iter().all(|range| 0 < range.1 && range.1 <= range.2)
        && ranges.is_sorted_by(|a, b| a.0 < b.0 || (a.0 == b.0 && a.2 < b.1 - 1))
}

/// Every event at which one of the contexts begins or ends to know something.
fn probes(contexts: [&Ranges; 2]) -> Vec<(u8, u64)> {
    let known = contexts.into_iter().flatten();
    let edges = known.flat_map(|(replica, first, last)| [(*replica, *first), (*replica, *last)]);
    let around = edges.flat_map(|(replica, counter)| {
        let near = [
            1,
            counter.saturating_sub(2).max(1),
            counter.saturating_sub(1).max(1),
            counter,
            counter.saturating_add(1),
            counter.saturating_add(2),
            u64::MAX,
        ];
        near.map(|counter| (replica, counter))
    });
    let distinct: BTreeSet<_> = around.chain([(0, 1), (255, 2)]).collect();
    distinct.into_iter().collect()
}

impl<C: Capacity> Decoded for CausalContext<u8, C> {
    type Raw = RawContext;

    fn is_legal(raw: &Self::Raw) -> bool {
        ranges(raw).is_some() && raw.len() <= C::LIMIT
    }

    fn read(&self) -> Self::Raw {
        let mut previous: Option<(u8, u64)> = None;
        let triple = |(replica, first, last): (u8, u64, u64)| {
            let same = previous.filter(|(last_replica, _)| *last_replica == replica);
            let gap = same.map_or(first - 1, |(_, last)| first - (last + 2));
            previous = Some((replica, last));
            (replica, gap, last - first)
        };
        ranges_of(self).into_iter().map(triple).collect()
    }

    fn operate(&self, other: &Self) {
        let (own, theirs) = (ranges_of(self), ranges_of(other));
        assert!(is_compact(&own));
        let probes = probes([&own, &theirs]);
        for probe in &probes {
            assert_eq!(self.contains(dot(probe.0, probe.1)), contains(&own, *probe));
        }
        check_relation(self, other, &probes);
        check_merge(self, other, &probes);
        check_meet(self, other, &probes);
        for edges in probes.windows(2).take(MOST_CHANGES) {
            check_insert(self, edges[0], edges[1], &probes);
        }
        for (replica, _) in probes.iter().step_by(4).take(MOST_CHANGES) {
            check_replica(self, *replica);
        }
    }
}

fn check_relation<C: Capacity>(
    context: &CausalContext<u8, C>,
    other: &CausalContext<u8, C>,
    probes: &[(u8, u64)],
) {
    let (own, theirs) = (ranges_of(context), ranges_of(other));
    let beyond: Ranges = context.beyond(other).map(|range| numbers(&range)).collect();
    assert!(is_compact(&beyond));
    for probe in probes {
        let due = contains(&own, *probe) && !contains(&theirs, *probe);
        assert_eq!(contains(&beyond, *probe), due);
    }
    let surplus = |of: &Ranges, over: &Ranges| {
        probes.iter().any(|probe| contains(of, *probe) && !contains(over, *probe))
    };
    let due = relation(surplus(&own, &theirs), surplus(&theirs, &own));
    assert_eq!(context.causality(other), due);
    assert_eq!(context.partial_cmp(other), order(due));
    assert_eq!(context.dominates(other), !surplus(&theirs, &own));
}

fn check_merge<C: Capacity>(
    context: &CausalContext<u8, C>,
    other: &CausalContext<u8, C>,
    probes: &[(u8, u64)],
) {
    let mut unbounded = unbounded(context);
    let news = unbounded.merge(other);
    check_result(&unbounded, news, context, probes, |probe| {
        contains(&ranges_of(context), probe) || contains(&ranges_of(other), probe)
    });
    let mut merged = context.clone();
    let reserved = merged.reserve_merge(other);
    assert_eq!(&merged, context);
    let outcome = merged.merge(other);
    assert_eq!(reserved.err(), outcome.err());
    settle(outcome, context, &unbounded, &merged);
}

fn check_meet<C: Capacity>(
    context: &CausalContext<u8, C>,
    other: &CausalContext<u8, C>,
    probes: &[(u8, u64)],
) {
    let mut unbounded = unbounded(context);
    let loss = unbounded.meet(other);
    check_result(&unbounded, loss, context, probes, |probe| {
        contains(&ranges_of(context), probe) && contains(&ranges_of(other), probe)
    });
    let mut met = context.clone();
    let outcome = met.meet(other);
    settle(outcome, context, &unbounded, &met);
}

/// Inserts the range between two events of one replica, or the first event alone.
fn check_insert<C: Capacity>(
    context: &CausalContext<u8, C>,
    first: (u8, u64),
    end: (u8, u64),
    probes: &[(u8, u64)],
) {
    let last = if end.0 == first.0 { end.1.max(first.1) } else { first.1 };
    let added = range(first.0, first.1, last);
    let mut unbounded = unbounded(context);
    let news = if first.1 == last {
        unbounded.insert(dot(first.0, first.1))
    } else {
        unbounded.insert_range(added)
    };
    assert_eq!(context.contains_range(added), news == Ok(false));
    check_result(&unbounded, news, context, probes, |probe| {
        contains(&ranges_of(context), probe) || added.contains(dot(probe.0, probe.1))
    });
    let mut inserted = context.clone();
    let outcome = inserted.insert_range(added);
    settle(outcome, context, &unbounded, &inserted);
}

fn check_replica<C: Capacity>(context: &CausalContext<u8, C>, replica: u8) {
    let own: Ranges = ranges_of(context).into_iter().filter(|range| range.0 == replica).collect();
    let latest = own.last().map_or(0, |range| range.2);
    assert_eq!(context.latest(replica), latest);
    let run = own.first().filter(|range| range.1 == 1).map_or(0, |range| range.2);
    assert_eq!(context.run(replica), run);
    assert_eq!(context.of(replica).len(), own.len());
    assert!(context.of(replica).iter().all(|range| range.replica() == replica));
    let next = latest.checked_add(1).map(|next| (replica, next));
    assert_eq!(context.next_dot(replica).map(pair), next);
}

/// Asserts that `result` knows exactly what is `due`, and says rightly whether that is a change.
fn check_result<C: Capacity>(
    result: &Unbounded,
    change: Result<bool, Full>,
    before: &CausalContext<u8, C>,
    probes: &[(u8, u64)],
    due: impl Fn((u8, u64)) -> bool,
) {
    let found = ranges_of(result);
    assert_eq!(change, Ok(found != ranges_of(before)));
    assert!(is_compact(&found));
    for probe in probes {
        assert_eq!(contains(&found, *probe), due(*probe));
    }
}

/// Asserts that what needs to become `due` became it if it fits, and else stayed as it was.
fn settle<C: Capacity>(
    outcome: Result<bool, Full>,
    before: &CausalContext<u8, C>,
    due: &Unbounded,
    after: &CausalContext<u8, C>,
) {
    match refusal::<C>(due.ranges().len()) {
        Some(full) => {
            assert_eq!(outcome, Err(full));
            assert_eq!(after, before);
        }
        None => {
            assert_eq!(outcome, Ok(due != before));
            assert_eq!(after, due);
        }
    }
}

/// The same context on the heap.
fn unbounded<C: Capacity>(context: &CausalContext<u8, C>) -> Unbounded {
    postcard::from_bytes(&encode(context)).expect("the heap has room")
}
