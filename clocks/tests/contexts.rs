//! Causal contexts against sets of events: every operation, its exact refusals, and the algebra.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.
#![cfg(feature = "alloc")]

use std::collections::{BTreeSet, hash_map::DefaultHasher};
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;

use proptest::{collection, prelude::*};
use synod_clocks::{
    Capacity, CausalContext, Causality, Dot, DotRange, Full, Heap, Inline, VersionVector,
};

type Events = BTreeSet<Dot<u8>>;
type Growable = CausalContext<u8, Heap>;
/// Tight, so that about every second operation is refused.
type Bounded = CausalContext<u8, Inline<5>>;

fn dot(replica: u8, counter: u64) -> Dot<u8> {
    Dot::new(replica, counter).expect("counters begin at 1")
}

fn range(replica: u8, first: u64, last: u64) -> DotRange<u8> {
    let at = |counter| NonZeroU64::new(counter).expect("counters begin at 1");
    DotRange::new(replica, at(first), at(last)).expect("the first is first")
}

fn context<C: Capacity>(ranges: &[DotRange<u8>]) -> CausalContext<u8, C> {
    let mut context = CausalContext::new();
    for range in ranges {
        context.insert_range(*range).unwrap();
    }
    context
}

fn events_of(range: DotRange<u8>) -> impl Iterator<Item = Dot<u8>> {
    (range.first().get()..=range.last().get()).map(move |counter| dot(range.replica(), counter))
}

/// The fewest ranges that hold `events`: what every context of them must have.
fn ranges(events: &Events) -> Vec<DotRange<u8>> {
    let mut ranges: Vec<(u8, u64, u64)> = Vec::new();
    for event in events {
        let counter = event.counter.get();
        match ranges.last_mut() {
            Some((replica, _, last)) if *replica == event.replica && *last == counter - 1 => {
                *last = counter;
            }
            _ => ranges.push((event.replica, counter, counter)),
        }
    }
    ranges.into_iter().map(|(replica, first, last)| range(replica, first, last)).collect()
}

/// The context of `events`, inserted in order: ranges grow one by one.
fn known(events: &Events) -> Growable {
    let mut context = Growable::new();
    for event in events {
        assert_eq!(context.insert(*event), Ok(true));
    }
    context
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What one that knows `left` says of one that knows `right`.
fn relation(left: &Events, right: &Events) -> Causality {
    match (left.is_superset(right), right.is_superset(left)) {
        (true, true) => Causality::Equal,
        (true, false) => Causality::After,
        (false, true) => Causality::Before,
        (false, false) => Causality::Concurrent,
    }
}

/// Few ids, and counters at both ends, so that ranges meet, touch and cross.
fn counters() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 1..12_u64, 1 => u64::MAX - 5..=u64::MAX]
}

fn events() -> impl Strategy<Value = Events> {
    let sparse = collection::btree_set((0..4_u8, counters()), 0..if cfg!(miri) { 6 } else { 16 });
    sparse.prop_map(|set| set.into_iter().map(|(id, counter)| dot(id, counter)).collect())
}

/// At most a dozen events, none at the ends' far sides.
fn short_range() -> impl Strategy<Value = DotRange<u8>> {
    (0..4_u8, counters(), 0..6_u64)
        .prop_map(|(replica, first, span)| range(replica, first, first.saturating_add(span)))
}

/// Asserts that `context` holds `events` and nothing else.
fn check<C: Capacity>(context: &CausalContext<u8, C>, events: &Events) {
    let due = ranges(events);
    assert_eq!(context.ranges(), due);
    assert_eq!(context.is_empty(), events.is_empty());
    for id in 0..5 {
        let own: Vec<_> = due.iter().copied().filter(|range| range.replica() == id).collect();
        assert_eq!(context.of(id), own);
        let latest = own.last().map_or(0, |range| range.last().get());
        assert_eq!(context.latest(id), latest);
        let next = latest.checked_add(1).map(|counter| dot(id, counter));
        assert_eq!(context.next_dot(id), next);
        let run = (1..).take_while(|counter| events.contains(&dot(id, *counter))).count();
        assert_eq!(context.run(id), run as u64);
        for counter in (1..20).chain(u64::MAX - 8..=u64::MAX) {
            let event = dot(id, counter);
            assert_eq!(context.contains(event), events.contains(&event));
            let pair = range(id, counter, counter.saturating_add(1));
            let both = events_of(pair).all(|event| events.contains(&event));
            assert_eq!(context.contains_range(pair), both);
        }
    }
}

/// Asserts that `outcome` is the one that is due to a change from `before` to `due`, and that
/// `context` is as it should be after it.
fn settle(
    outcome: Result<bool, Full>,
    context: &Bounded,
    before: &Events,
    due: &Events,
) -> Result<(), TestCaseError> {
    let needed = ranges(due).len();
    if needed <= 5 {
        prop_assert_eq!(outcome, Ok(before != due));
        check(context, due);
    } else {
        prop_assert_eq!(outcome, Err(Full { needed, capacity: 5 }));
        check(context, before);
    }
    Ok(())
}

/// The one range of `events`, if there are any.
fn whole(events: &Events) -> Option<DotRange<u8>> {
    let whole = ranges(events);
    assert!(whole.len() <= 1);
    whole.first().copied()
}

proptest! {
    #[test]
    fn ranges_agree_with_sets(a in short_range(), b in short_range(), id in 0..4_u8, at in counters()) {
        let (left, right) = (Events::from_iter(events_of(a)), Events::from_iter(events_of(b)));
        prop_assert_eq!(left.first(), Some(&a.first_dot()));
        prop_assert_eq!(left.last(), Some(&a.last_dot()));
        prop_assert_eq!(a.len().get(), left.len() as u64);
        prop_assert_eq!(a.contains_range(b), left.is_superset(&right));
        prop_assert_eq!(a.intersection(b), whole(&(&left & &right)));

        let dot = dot(id, at);
        prop_assert_eq!(a.contains(dot), left.contains(&dot));
        let (before, from): (Events, Events) = left.iter().partition(|event| **event < dot);
        prop_assert_eq!(a.before(dot), whole(&before));
        prop_assert_eq!(a.after(dot), whole(&(&from - &Events::from([dot]))));

        let hull = a.hull(b);
        prop_assert_eq!(hull, b.hull(a));
        prop_assert_eq!(hull.is_some(), a.replica() == b.replica());
        if let Some(hull) = hull {
            let ends = [a.first(), b.first(), a.last(), b.last()].map(|end| end.get());
            prop_assert_eq!(Some(&hull.first().get()), ends.iter().min());
            prop_assert_eq!(Some(&hull.last().get()), ends.iter().max());
        }
    }

    #[test]
    fn operations_agree_with_sets(a in events(), b in events()) {
        let (left, right) = (known(&a), context::<Heap>(&ranges(&b)));
        check(&left, &a);
        check(&right, &b);
        prop_assert_eq!(left == right, a == b);

        let union: Events = &a | &b;
        let mut merged = left.clone();
        prop_assert_eq!(merged.merge(&right), Ok(union != a));
        check(&merged, &union);
        prop_assert_eq!(hash(&merged), hash(&known(&union)));

        let common: Events = &a & &b;
        let mut met = left.clone();
        prop_assert_eq!(met.meet(&right), Ok(common != a));
        check(&met, &common);

        prop_assert_eq!(left.beyond(&right).collect::<Vec<_>>(), ranges(&(&a - &b)));
        prop_assert_eq!(left.shared(&right).collect::<Vec<_>>(), ranges(&common));

        let due = relation(&a, &b);
        prop_assert_eq!(left.causality(&right), due);
        prop_assert_eq!(right.causality(&left), due.reverse());
        prop_assert_eq!(left.partial_cmp(&right), due.into());
        prop_assert_eq!(left.dominates(&right), a.is_superset(&b));
    }

    #[test]
    fn ranges_come_in_any_order(
        parts in collection::vec(short_range(), 0..if cfg!(miri) { 4 } else { 12 })
    ) {
        let (mut context, mut bounded) = (Growable::new(), Bounded::new());
        let (mut all, mut few) = (Events::new(), Events::new());
        for part in parts {
            let mut due = all.clone();
            due.extend(events_of(part));
            prop_assert_eq!(context.contains_range(part), due == all);
            prop_assert_eq!(context.insert_range(part), Ok(due != all));
            prop_assert_eq!(context.insert_range(part), Ok(false));
            all = due;
            check(&context, &all);

            let mut due = few.clone();
            due.extend(events_of(part));
            let outcome = bounded.insert_range(part);
            settle(outcome, &bounded, &few, &due)?;
            few = if outcome.is_ok() { due } else { few };
        }
    }

    #[test]
    fn refusals_are_exact_and_whole(a in events(), b in events()) {
        let mut own = Bounded::new();
        let mut held = Events::new();
        for event in a {
            let mut due = held.clone();
            due.insert(event);
            let outcome = own.insert(event);
            settle(outcome, &own, &held, &due)?;
            held = if outcome.is_ok() { due } else { held };
        }
        let other = known(&b);
        let mut merged = own.clone();
        let reserved = merged.reserve_merge(&other);
        prop_assert_eq!(&merged, &own);
        let outcome = merged.merge(&other);
        prop_assert_eq!(reserved.err(), outcome.err());
        settle(outcome, &merged, &held, &(&held | &b))?;
        let mut met = own.clone();
        let outcome = met.meet(&other);
        settle(outcome, &met, &held, &(&held & &b))?;
    }

    #[test]
    fn merge_and_meet_are_a_lattice(a in events(), b in events(), c in events()) {
        let [a, b, c] = [known(&a), known(&b), known(&c)];
        let join = |left: &Growable, right: &Growable| {
            let mut joined = left.clone();
            joined.merge(right).unwrap();
            joined
        };
        let meet = |left: &Growable, right: &Growable| {
            let mut met = left.clone();
            met.meet(right).unwrap();
            met
        };
        prop_assert_eq!(join(&a, &a), a.clone());
        prop_assert_eq!(join(&a, &b), join(&b, &a));
        prop_assert_eq!(join(&join(&a, &b), &c), join(&a, &join(&b, &c)));
        prop_assert_eq!(meet(&a, &b), meet(&b, &a));
        prop_assert_eq!(meet(&meet(&a, &b), &c), meet(&a, &meet(&b, &c)));
        prop_assert_eq!(join(&a, &meet(&a, &b)), a.clone());
        prop_assert_eq!(meet(&a, &join(&a, &b)), a.clone());
        prop_assert_eq!(meet(&a, &join(&b, &c)), join(&meet(&a, &b), &meet(&a, &c)));
    }

    /// Also after some of it was given, and behind two events in any order.
    #[test]
    fn differences_go_on_behind_any_event(
        a in events(), b in events(), given in 0..4_usize, ids in [0..5_u8, 0..5], at in [counters(), counters()],
    ) {
        let (left, right) = (known(&a), known(&b));
        let dots = [dot(ids[0], at[0]), dot(ids[1], at[1])];
        let rest = |events: &Events, given: Option<DotRange<u8>>| {
            let mut passed = dots.to_vec();
            passed.extend(given.map(|range| range.last_dot()));
            let last = passed.into_iter().max();
            ranges(&events.iter().copied().filter(|event| Some(*event) > last).collect())
        };
        let (mut beyond, mut common) = (left.beyond(&right), left.shared(&right));
        let last = beyond.by_ref().take(given).last();
        let left_over: Vec<_> = beyond.after(dots[0]).after(dots[1]).collect();
        prop_assert_eq!(left_over, rest(&(&a - &b), last));
        let last = common.by_ref().take(given).last();
        let left_over: Vec<_> = common.after(dots[0]).after(dots[1]).collect();
        prop_assert_eq!(left_over, rest(&(&a & &b), last));
    }

    #[test]
    fn what_is_beyond_makes_the_difference(a in events(), b in events()) {
        let (left, right) = (known(&a), known(&b));
        let (surplus, common) = (left.beyond(&right), left.shared(&right));
        let count = surplus.clone().count();
        let (least, most) = surplus.size_hint();
        prop_assert!(least <= count && most.is_some_and(|most| count <= most));
        let (least, most) = common.size_hint();
        let count = common.count();
        prop_assert!(least <= count && most.is_some_and(|most| count <= most));
        let mut merged = right.clone();
        for range in surplus {
            prop_assert_eq!(merged.insert_range(range), Ok(true));
        }
        check(&merged, &(&a | &b));
    }
}

#[test]
fn a_merge_that_only_closes_gaps_frees_ranges() {
    let mut own = context::<Inline<3>>(&[range(1, 1, 2), range(1, 4, 5), range(1, 7, 7)]);
    let other = context::<Heap>(&[range(1, 3, 3), range(1, 6, 6), range(2, 9, 9)]);
    assert_eq!(own.reserve_merge(&other), Ok(()));
    assert_eq!(own.merge(&other), Ok(true));
    assert_eq!(own.ranges(), [range(1, 1, 7), range(2, 9, 9)]);
    assert_eq!(own.merge(&other), Ok(false));
}

#[test]
fn a_meet_can_need_more_ranges_than_either_side_has() {
    let whole = range(1, 1, 9);
    let mut own = context::<Inline<2>>(&[whole, range(2, 1, 1)]);
    let other = context::<Heap>(&[range(1, 1, 2), range(1, 4, 5), range(1, 7, 20)]);
    assert_eq!(own.meet(&other), Err(Full { needed: 3, capacity: 2 }));
    assert_eq!(own.ranges(), [whole, range(2, 1, 1)]);
    let mut own = context::<Inline<3>>(&[whole, range(2, 1, 1)]);
    assert_eq!(own.meet(&other), Ok(true));
    assert_eq!(own.ranges(), [range(1, 1, 2), range(1, 4, 5), range(1, 7, 9)]);
}

/// Longer than a set could hold.
#[test]
fn the_whole_of_the_counters_is_one_range() {
    let all = range(1, 1, u64::MAX);
    let mut own = context::<Inline<2>>(&[range(1, 5, u64::MAX - 1)]);
    assert_eq!(own.insert(dot(1, u64::MAX)), Ok(true));
    assert_eq!(own.next_dot(1), None);
    assert_eq!((own.run(1), own.latest(1)), (0, u64::MAX));
    assert_eq!(own.insert_range(range(1, 1, 4)), Ok(true));
    assert_eq!(own.ranges(), [all]);
    assert!(own.contains_range(all));
    assert_eq!(own.insert_range(range(1, u64::MAX, u64::MAX)), Ok(false));

    let ends = context::<Inline<2>>(&[range(1, 1, 1), range(1, u64::MAX, u64::MAX)]);
    assert!(own.beyond(&ends).eq([range(1, 2, u64::MAX - 1)]));
    assert!(ends.beyond(&own).next().is_none());
    assert_eq!(own.meet(&ends), Ok(true));
    assert_eq!(own, ends);
    own.clear();
    assert!(own.is_empty());
}

#[test]
fn ranges_hold_their_events() {
    let some = range(3, 4, 6);
    assert_eq!((some.replica(), some.first().get(), some.last().get()), (3, 4, 6));
    for (event, held) in [(dot(3, 3), false), (dot(3, 4), true), (dot(3, 6), true)] {
        assert_eq!(some.contains(event), held);
    }
    assert!(!some.contains(dot(3, 7)) && !some.contains(dot(2, 5)));
    assert_eq!(DotRange::from(dot(3, 4)), range(3, 4, 4));
    assert_eq!(range(3, 1, u64::MAX).len().get(), u64::MAX);
    assert_eq!(DotRange::new(3, some.last(), some.first()), None);
    let sorted = [range(1, 5, 5), range(2, 1, 9), range(2, 3, 4), range(2, 3, 5)];
    assert!(sorted.is_sorted());
}

#[test]
fn a_version_vector_is_a_run_of_each_replica() {
    let vector = VersionVector::<u8, Heap>::from_dots([dot(2, 7), dot(1, 3)]).unwrap();
    let runs = CausalContext::<u8, Inline<2>>::try_from(&vector).unwrap();
    assert_eq!(runs.ranges(), [range(1, 1, 3), range(2, 1, 7)]);
    let full = CausalContext::<u8, Inline<1>>::try_from(&vector);
    assert_eq!(full, Err(Full { needed: 2, capacity: 1 }));
}

#[test]
fn what_differs_is_not_equal() {
    let run = context::<Heap>(&[range(1, 1, 1)]);
    let gap = context::<Heap>(&[range(1, 1, 1), range(1, 3, 3)]);
    let late = context::<Heap>(&[range(1, 3, 3)]);
    let long = context::<Heap>(&[range(1, 1, 3)]);
    let all = [run, gap, late, long];
    let hashes: BTreeSet<_> = all.iter().map(hash).collect();
    assert_eq!(hashes.len(), 4);
    for (place, one) in all.iter().enumerate() {
        assert_eq!(all.iter().position(|other| one == other), Some(place));
    }
}
