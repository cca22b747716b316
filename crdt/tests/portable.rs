//! The scenarios that broke real replicated types, by number, with where they were seen: on the
//! host and on boards. (d11, d12 and d13 are of sequences and trees, which are not here yet. d14
//! and d15 are about bytes, and in `encoding.rs`.)
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs [`SUITE`].
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[macro_use]
mod suite;

use synod_crdt::{
    AwSet, Causal, CausalMap, Delta, Dot, DwFlag, EwFlag, Full, GSet, HybridStamp, Inline, Kind,
    LwwRegister, LwwSet, Merge, MergeError, MvRegister, PnCounter, RwSet, Source, WriteError,
};

/// Up to 4 replicas or gaps, and up to 8 rows.
type Replica<T> = Causal<u16, T, Inline<4>, Inline<8>>;
type Tags = Replica<AwSet<u16>>;

const KITCHEN: u8 = 1;
const CELLAR: u8 = 2;

fn at(wall_us: u64) -> HybridStamp {
    HybridStamp::from_wall_us(wall_us).expect("a time in range")
}

fn dot(replica: u16, counter: u64) -> Dot<u16> {
    Dot::new(replica, counter).expect("a counter from 1")
}

/// What `replicas` know together, taken in from the first to the last, and from the last to the
/// first: that is the same.
fn merged<T: Kind<u16>>(replicas: [&Replica<T>; 3]) -> Replica<T> {
    let (mut forth, mut back) = (Replica::new(), Replica::new());
    for replica in replicas {
        forth.merge(replica).expect("it fits");
    }
    for replica in replicas.into_iter().rev() {
        back.merge(replica).expect("it fits");
    }
    assert!(forth == back);
    forth
}

/// A key of a nested map is removed, and concurrently written to: what was seen goes, what was not
/// stays, whatever the order. (Seen in rust-crdt, and riak_dt 98.)
fn d01_nested_update_and_remove_converge() {
    type Rooms = Replica<CausalMap<u8, CausalMap<u8, AwSet<u16>>>>;
    let (mut left, mut right, mut late) = (Rooms::new(), Rooms::new(), Rooms::new());
    left.write(1).at(&KITCHEN).at(&1).insert(70).unwrap();
    left.write(1).at(&CELLAR).at(&1).insert(70).unwrap();
    right.merge(&left).unwrap();
    late.merge(&left).unwrap();

    right.write(2).remove(&KITCHEN).unwrap();
    left.write(1).at(&KITCHEN).at(&1).insert(80).unwrap();
    late.write(3).at(&KITCHEN).at(&2).insert(90).unwrap();

    let all = merged([&left, &right, &late]);
    assert!(all == merged([&right, &late, &left]) && all == merged([&late, &left, &right]));
    let kitchen = all.read().at(&KITCHEN);
    assert!(kitchen.at(&1).iter().eq(&[80]), "70 was seen and removed");
    assert!(kitchen.at(&2).iter().eq(&[90]));
    assert!(all.read().at(&CELLAR).at(&1).contains(&70), "another key");

    // Whoever has seen all of it removes all of it, at any level.
    left.merge(&all).unwrap();
    left.write(1).at(&KITCHEN).remove(&2).unwrap();
    assert!(left.read().at(&KITCHEN).keys().eq(&[1]));
    left.write(1).remove(&KITCHEN).unwrap();
    assert!(left.read().keys().eq(&[CELLAR]));
}

/// A counter in a map is removed, then counted: only what the removal had not seen counts. (Seen in
/// riak_dt 98.)
fn d02_counter_counts_what_the_removal_had_not_seen() {
    type Stock = Replica<CausalMap<u8, PnCounter>>;
    let (mut left, mut right, mut late) = (Stock::new(), Stock::new(), Stock::new());
    left.write(1).at(&KITCHEN).add(5).unwrap();
    right.merge(&left).unwrap();
    late.merge(&left).unwrap();

    right.write(2).remove(&KITCHEN).unwrap();
    assert!(!right.read().contains_key(&KITCHEN));
    right.write(2).at(&KITCHEN).add(1).unwrap();
    left.write(1).at(&KITCHEN).add(3).unwrap();
    late.write(3).at(&KITCHEN).add(-20).unwrap();

    let all = merged([&left, &right, &late]);
    assert_eq!(all.read().at(&KITCHEN).value(), 1 + 3 - 20);
    // The old count comes again, from one who never heard of the removal.
    assert_eq!(merged([&all, &late, &left]).read().at(&KITCHEN).value(), 1 + 3 - 20);

    left.merge(&all).unwrap();
    left.write(1).remove(&KITCHEN).unwrap();
    left.write(1).at(&KITCHEN).add(2).unwrap();
    assert_eq!(merged([&all, &left, &late]).read().at(&KITCHEN).value(), 2);
}

/// An element that two replicas added is removed only by who has seen both additions. (Seen in
/// riak_dt 82.)
fn d03_removed_only_by_who_saw_every_dot() {
    let (mut left, mut right, mut late) = (Tags::new(), Tags::new(), Tags::new());
    left.write(1).insert(7).unwrap();
    right.write(2).insert(7).unwrap();
    late.merge(&left).unwrap();
    late.write(3).remove(&7).unwrap();
    assert!(!late.read().contains(&7));

    left.merge(&late).unwrap();
    assert!(!left.read().contains(&7));
    late.merge(&right).unwrap();
    assert!(late.read().contains(&7), "the other addition was not seen");
    right.merge(&late).unwrap();
    assert!(right.read().iter().eq(&[7]));

    right.write(2).remove(&7).unwrap();
    assert!(merged([&left, &right, &late]).read().is_empty());
}

/// The second of three deltas is lost: what comes later applies, or is refused for room, and
/// nothing that lives is taken for removed. (Seen in akka.)
fn d04_lost_delta_is_a_gap() {
    type Narrow = Causal<u16, AwSet<u16>, Inline<1>, Inline<8>>;
    let (mut sender, mut receiver, mut narrow) = (Tags::new(), Tags::new(), Narrow::new());
    let (mut lost, mut last) = (Tags::new(), Tags::new());
    let first = sender.write(1).insert(70).unwrap();
    receiver.merge(&first).unwrap();
    narrow.merge(&first).unwrap();
    lost.merge(&sender.write(1).insert(80).unwrap()).unwrap();
    last.merge(&sender.write(1).insert(90).unwrap()).unwrap();

    assert_eq!(receiver.merge(&last), Ok(true));
    assert!(receiver.read().iter().eq(&[70, 90]));
    assert!(!receiver.context().contains(dot(1, 2)), "nobody claims to have seen it");
    sender.merge(&receiver).unwrap();
    assert!(sender.read().contains(&80), "and so nobody removes it");

    // Without room for the gap it waits for the lost one.
    let full = Full { needed: 2, capacity: 1 };
    let before = narrow.clone();
    assert_eq!(narrow.merge(&last), Err(MergeError::Ranges(full)));
    assert_eq!(narrow, before);
    for delta in [&lost, &last] {
        assert_eq!(narrow.merge(delta), Ok(true));
    }
    assert_eq!(receiver.merge(&lost), Ok(true));
    assert!(receiver == sender && narrow.read().iter().eq(receiver.read().iter()));
}

/// The delta of a removal speaks of what it has seen, and of nothing else. (Seen in akka 22631 and
/// 22648.)
fn d05_removal_delta_claims_no_more_than_it_saw() {
    let (mut left, mut right, mut late) = (Tags::new(), Tags::new(), Tags::new());
    let mut second = Tags::new();
    right.merge(&left.write(1).insert(70).unwrap()).unwrap();
    second.merge(&left.write(1).insert(80).unwrap()).unwrap();
    right.write(2).insert(90).unwrap();

    let removal = right.write(2).remove(&70).unwrap();
    assert!(removal.context().contains(dot(1, 1)));
    assert!(!removal.context().contains(dot(1, 2)), "it was never seen");
    assert!(!removal.context().contains(dot(2, 1)), "it was not removed");
    // It arrives before what it removes, and before all else.
    late.merge(&removal).unwrap();
    left.merge(&removal).unwrap();
    assert!(left.read().iter().eq(&[80]));
    late.merge(&second).unwrap();
    assert!(late.read().iter().eq(&[80]));
    late.merge(&left).unwrap();
    assert!(!late.read().contains(&70), "removed before it came");
    late.merge(&right).unwrap();
    assert!(late.read().iter().eq(&[80, 90]));
}

/// Events arrive out of order: gaps take ranges, and give them back when they close. (Seen in
/// lasp 90.)
fn d06_context_is_compact_whatever_the_order() {
    let mut sender = Tags::new();
    let mut deltas = [const { Tags::new() }; 6];
    for (element, delta) in deltas.iter_mut().enumerate() {
        delta.merge(&sender.write(1).insert(element as u16).unwrap()).unwrap();
    }
    let mut receiver = Tags::new();
    let arrivals = [(5, 1), (3, 2), (1, 3), (0, 3), (2, 2), (4, 1)];
    for (arrival, ranges) in arrivals {
        receiver.merge(&deltas[arrival]).unwrap();
        assert_eq!(receiver.context().ranges().len(), ranges, "after {arrival}");
    }
    assert_eq!(receiver, sender);
}

/// A replica comes back from an old backup and writes under a dot that it has used: told, and
/// refused on both sides. (Seen in riak_kv 679 and OpenRiak 47.)
fn d07_restored_backup_uses_a_dot_again() {
    let (mut original, mut peer) = (Tags::new(), Tags::new());
    original.write(1).insert(70).unwrap();
    let mut restored = original.clone();
    original.write(1).insert(80).unwrap();
    peer.merge(&original).unwrap();

    restored.write(1).insert(90).unwrap();
    let conflict = MergeError::Conflict(dot(1, 2));
    let (before, restored_before) = (peer.clone(), restored.clone());
    assert_eq!(peer.validate(&restored), Err(conflict));
    assert_eq!(peer.merge(&restored), Err(conflict));
    assert_eq!(restored.merge(&peer), Err(conflict));
    assert_eq!((peer, restored), (before, restored_before));
}

/// Tombstones are collected on one replica only: what was removed does not come back, neither from
/// one that still has them nor from a delta that is still on its way. (Seen in crdt-kit.)
fn d08_tombstones_collected_on_one_replica() {
    type Allowed = Replica<RwSet<u16>>;
    let (mut left, mut right, mut delayed) = (Allowed::new(), Allowed::new(), Allowed::new());
    delayed.merge(&left.write(1).insert(7).unwrap()).unwrap();
    right.write(2).remove(7).unwrap();
    let without_the_tombstone = left.context().clone();
    right.merge(&left).unwrap();
    left.merge(&right).unwrap();
    assert!(!left.read().contains(&7));
    assert_eq!(left.row_count(), 2, "what was added, and the tombstone");

    assert!(left.collect(&without_the_tombstone).is_empty(), "it is not stable yet");
    let stable = left.context().clone();
    assert!(!left.collect(&stable).is_empty());
    assert_eq!(left.row_count(), 1, "first what is beaten");
    assert!(!left.collect(&stable).is_empty());
    assert_eq!(left.row_count(), 0, "then the tombstone");

    left.merge(&right).unwrap();
    left.merge(&delayed).unwrap();
    assert_eq!(left.row_count(), 0, "known to be gone");
    right.merge(&left).unwrap();
    assert_eq!(right, left, "collected for all");
    right.write(2).insert(7).unwrap();
    left.merge(&right).unwrap();
    assert!(left.read().contains(&7), "added by who has seen the removal");
}

/// Two writes with one stamp: the same winner everywhere. (Seen in rust-crdt.)
fn d09_tie_of_stamps_has_one_winner() {
    type Setting = Replica<LwwRegister<u16>>;
    let (mut left, mut right) = (Setting::new(), Setting::new());
    left.write(1).set(at(1_000), 90).unwrap();
    right.write(2).set(at(1_000), 10).unwrap();
    let both = merged([&left, &right, &left]);
    assert_eq!(both.read().get(), Some(&10), "of the replica with the larger id");
    assert_eq!(both.read().stamp(), Some(at(1_000).at(2)));
    left.merge(&both).unwrap();
    let stale = left.write(1).set(at(1_000), 50).unwrap_err();
    assert_eq!((stale.reason, stale.value), (WriteError::Stale, 50));
    right.write(2).set(at(1_000), 5).expect("one replica, one stamp: the later event wins");
    left.merge(&right).unwrap();
    assert_eq!(left.read().get(), Some(&5));

    type Online = Replica<LwwSet<u16>>;
    let (mut left, mut right) = (Online::new(), Online::new());
    left.write(1).insert(at(1_000), 7).unwrap();
    left.write(1).remove(at(1_000), 8).unwrap();
    right.write(2).remove(at(1_000), 7).unwrap();
    right.write(2).insert(at(1_000), 8).unwrap();
    let both = merged([&left, &right, &left]);
    assert!(both.read().iter().eq(&[8]));
}

/// A merge that does not fit changes nothing, and with room loses nothing.
fn d10_refused_merge_changes_nothing() {
    type Small = Causal<u16, AwSet<u16>, Inline<2>, Inline<4>>;
    let (mut left, mut right) = (Small::new(), Small::new());
    for element in [10, 11, 12] {
        left.write(1).insert(element).unwrap();
        right.write(2).insert(element + 10).unwrap();
    }
    let before = left.clone();
    let full = Full { needed: 6, capacity: 4 };
    assert_eq!(left.validate(&right), Err(MergeError::Rows(full)));
    assert_eq!(left.merge(&right), Err(MergeError::Rows(full)));
    assert_eq!(left, before);
    left.write(1).remove(&10).unwrap();
    left.write(1).remove(&11).unwrap();
    assert_eq!(left.merge(&right), Ok(true));
    assert!(left.read().iter().eq(&[12, 20, 21, 22]));
    let refused = left.write(1).insert(30).unwrap_err();
    let full = Full { needed: 5, capacity: 4 };
    assert_eq!((refused.reason, refused.value), (WriteError::Rows(full), 30));

    // Full, and as many go as come.
    right.merge(&left).unwrap();
    for element in [20, 21, 22] {
        right.write(2).remove(&element).unwrap();
        right.write(2).insert(element + 10).unwrap();
    }
    assert_eq!(left.merge(&right), Ok(true));
    assert!(left.read().iter().eq(&[12, 30, 31, 32]));

    // There are rows, but no range for a third replica.
    left.write(1).remove(&12).unwrap();
    let mut third = Small::new();
    third.write(3).insert(40).unwrap();
    let before = left.clone();
    let full = Full { needed: 3, capacity: 2 };
    assert_eq!(left.merge(&third), Err(MergeError::Ranges(full)));
    assert_eq!(left, before);
}

/// Merging is idempotent, commutative and associative, knows ever more, and deltas give what the
/// state gives: for every kind that has rows.
fn d16_laws_of_merge_and_delta() {
    laws::<AwSet<u16>>(|state, me, step| match step % 3 {
        0 | 1 => delta_of(state.write(me).insert(step)),
        _ => delta_of(state.write(me).remove(&(step - 1))),
    });
    laws::<GSet<u16>>(|state, me, step| delta_of(state.write(me).insert(step % 2)));
    laws::<RwSet<u16>>(|state, me, step| match step % 3 {
        0 | 1 => delta_of(state.write(me).insert(step % 2)),
        _ => delta_of(state.write(me).remove(step % 2)),
    });
    laws::<LwwSet<u16>>(|state, me, step| match step % 3 {
        0 | 1 => delta_of(state.write(me).insert(at(u64::from(step)), step % 2)),
        _ => delta_of(state.write(me).remove(at(u64::from(step)), step % 2)),
    });
    laws::<MvRegister<u16>>(|state, me, step| delta_of(state.write(me).set(step)));
    laws::<LwwRegister<u16>>(|state, me, step| {
        delta_of(state.write(me).set(at(u64::from(step)), step))
    });
    laws::<EwFlag>(|state, me, step| match step % 3 {
        0 | 1 => delta_of(state.write(me).enable()),
        _ => delta_of(state.write(me).disable()),
    });
    laws::<DwFlag>(|state, me, step| match step % 3 {
        0 | 1 => delta_of(state.write(me).disable()),
        _ => delta_of(state.write(me).enable()),
    });
    laws::<PnCounter>(|state, me, step| match step % 3 {
        0 | 1 => delta_of(state.write(me).add(i64::from(step) - 2)),
        _ => delta_of(state.write(me).reset()),
    });
    laws::<CausalMap<u8, PnCounter>>(|state, me, step| match step % 3 {
        0 | 1 => delta_of(state.write(me).at(&KITCHEN).add(i64::from(step))),
        _ => delta_of(state.write(me).remove(&KITCHEN)),
    });
}

/// The delta of a write, as a state.
fn delta_of<T: Kind<u16>, E>(written: Result<Delta<'_, Replica<T>>, E>) -> Replica<T> {
    let mut state = Replica::new();
    state.merge(&written.ok().expect("it fits")).expect("it fits");
    state
}

/// Three replicas write by turns; one hears of another in between.
fn laws<T: Kind<u16>>(write: fn(&mut Replica<T>, u16, u16) -> Replica<T>) {
    let [mut a, mut b, mut c] = [const { Replica::<T>::new() }; 3];
    let mut by_deltas = Replica::<T>::new();
    for step in 0..4 {
        for (me, state) in [(1, &mut a), (2, &mut b), (3, &mut c)] {
            by_deltas.merge(&write(state, me, step)).expect("it fits");
        }
        if step == 1 {
            b.merge(&a).expect("it fits");
        }
    }

    let ab = joined(&a, &b);
    assert!(ab == joined(&b, &a), "commutative");
    assert!(joined(&ab, &c) == joined(&a, &joined(&b, &c)), "associative");
    assert!(a.clone().merge(&a) == Ok(false) && ab.clone().merge(&b) == Ok(false), "idempotent");
    assert!(ab.context().dominates(a.context()) && ab.context().dominates(b.context()), "growing");
    assert!(by_deltas == joined(&ab, &c), "by deltas as by states");
}

fn joined<T: Kind<u16>>(state: &Replica<T>, other: &Replica<T>) -> Replica<T> {
    let mut joined = state.clone();
    let is_valid = joined.validate(other).is_ok();
    let news = joined.merge(other).expect("it fits");
    assert!(is_valid && news == (joined != *state));
    joined
}

suite! {
    d01_nested_update_and_remove_converge
    d02_counter_counts_what_the_removal_had_not_seen
    d03_removed_only_by_who_saw_every_dot
    d04_lost_delta_is_a_gap
    d05_removal_delta_claims_no_more_than_it_saw
    d06_context_is_compact_whatever_the_order
    d07_restored_backup_uses_a_dot_again
    d08_tombstones_collected_on_one_replica
    d09_tie_of_stamps_has_one_winner
    d10_refused_merge_changes_nothing
    d16_laws_of_merge_and_delta
}
