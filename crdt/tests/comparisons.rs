//! That a state of many ranges is told of in about as many steps as it has ranges: the comparisons
//! of ids are counted.
#![cfg(all(feature = "alloc", not(miri)))] // long there, and nothing is new
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.

use core::{cell::Cell, cmp::Ordering, num::NonZeroU64};

use synod_crdt::{AwSet, CatchUp, Causal, CausalContext, DotRange, GCounter, Heap, Merge, Source};

thread_local! {
    static COMPARISONS: Cell<u64> = const { Cell::new(0) };
}

/// An id that counts how often it is compared.
#[derive(Clone, Copy, Debug)]
struct Id(u16);

fn count() {
    COMPARISONS.set(COMPARISONS.get() + 1);
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        count();
        self.0 == other.0
    }
}

impl Eq for Id {}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        count();
        self.0.cmp(&other.0)
    }
}

type Set = Causal<Id, AwSet<u64>, Heap, Heap>;
type Context = CausalContext<Id, Heap>;

/// So many ranges: every second event of one replica.
const RANGES: u64 = 512;
/// What a search in them takes, with an equality at each step.
const SEARCH: u64 = 2 * RANGES.ilog2() as u64;
/// What a few searches for each range take. Looking at all ranges for each takes thrice as many.
const MOST: u64 = 5 * SEARCH * RANGES;

/// Gives what `work` gives, and the comparisons that it took.
fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
    COMPARISONS.set(0);
    let done = work();
    (done, COMPARISONS.get())
}

fn gaps() -> Set {
    let mut writer = Set::new();
    let mut set = Set::new();
    for element in 0..2 * RANGES {
        let delta = writer.write(Id(1)).insert(element).unwrap();
        if element % 2 == 0 {
            set.merge(&delta).unwrap();
        }
    }
    set
}

/// Brings one that knows `since` up to date, in parts of `budget` rows. Gives the number of parts.
fn bring_up_to_date(set: &Set, since: &Context, budget: usize) -> u64 {
    let mut progress = CatchUp::new();
    let mut parts = 0;
    while let Some(part) = set.delta_since(since, &mut progress, budget) {
        assert!(!part.is_empty());
        parts += 1;
    }
    parts
}

#[test]
fn news_are_found_by_search() {
    let set = gaps();
    for budget in [1, 7, usize::MAX] {
        let (parts, comparisons) = counted(|| bring_up_to_date(&set, &Context::new(), budget));
        assert_eq!(parts, RANGES.div_ceil(budget as u64));
        assert!(comparisons < MOST, "{comparisons} in {parts} parts");
    }
}

#[test]
fn removals_are_found_by_search() {
    let mut set = gaps();
    let since = set.context().clone();
    set.write(Id(2)).reset().unwrap();
    for budget in [1, usize::MAX] {
        let (_, comparisons) = counted(|| bring_up_to_date(&set, &since, budget));
        assert!(comparisons < MOST, "{comparisons}");
    }
}

#[test]
fn what_is_known_already_is_passed_once() {
    let set = gaps();
    let since = set.context().clone();
    let (parts, comparisons) = counted(|| bring_up_to_date(&set, &since, 1));
    assert_eq!(parts, 0);
    assert!(comparisons < MOST, "{comparisons}");
}

#[test]
fn a_delta_looks_only_for_what_is_named() {
    let set = gaps();
    let (delta, comparisons) = counted(|| set.delta(set.context()));
    assert_eq!(delta.context(), set.context());
    assert!(comparisons < MOST, "{comparisons}");

    let mut one = Context::new();
    one.insert_range(set.context().ranges().last().copied().unwrap()).unwrap();
    let (delta, comparisons) = counted(|| set.delta(&one));
    assert_eq!(delta.context(), &one);
    assert!(comparisons < 4 * SEARCH, "{comparisons}");
}

#[test]
fn gaps_are_closed_in_one_go() {
    let mut set = gaps();
    let (_, comparisons) = counted(|| set.close_gaps(Id(1)).map(|_| ()).unwrap());
    let whole = DotRange::new(Id(1), NonZeroU64::MIN, NonZeroU64::new(2 * RANGES - 1).unwrap());
    assert_eq!(set.context().ranges(), [whole.unwrap()]);
    assert!(comparisons < MOST, "{comparisons}");
}

/// Where there are no rows, there is nothing to search for.
#[test]
fn counters_are_merged_in_one_go() {
    type Hits = Causal<Id, GCounter, Heap, Heap>;
    const REPLICAS: u16 = 512;
    let (mut one, mut other) = (Hits::new(), Hits::new());
    for replica in 0..REPLICAS {
        one.write(Id(replica)).add(1).unwrap();
        other.write(Id(replica)).add(2).unwrap();
    }
    let (news, comparisons) = counted(|| one.merge(&other).unwrap());
    assert!(news);
    assert_eq!(one, other);
    assert!(comparisons < 16 * u64::from(REPLICAS), "{comparisons}");
}
