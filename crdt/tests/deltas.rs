//! What the delta of a change names where it has no room to name it event by event, and what it
//! clears away.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.

use core::num::NonZeroU64;

use synod_crdt::{
    AwSet, Capacity, Causal, CausalContext, CausalMap, Dot, DotRange, Full, Inline, Merge,
    MergeError, PnCounter, Source,
};

type Set = Causal<u16, AwSet<u16>, Inline<3>, Inline<16>>;

fn range(replica: u16, first: u64, last: u64) -> DotRange<u16> {
    let at = |counter| NonZeroU64::new(counter).unwrap();
    DotRange::new(replica, at(first), at(last)).unwrap()
}

/// Only the `counter`-th event of replica 1, which added `element`.
fn added(counter: u64, element: u16) -> Set {
    let mut writer = Set::new();
    for earlier in 1..counter {
        writer.write(1).insert(100 + u16::try_from(earlier).unwrap()).unwrap();
    }
    let mut one = Set::new();
    one.merge(&writer.write(1).insert(element).unwrap()).unwrap();
    one
}

/// Of replica 1 the events 2, 3, 4 and 6; 2, 4 and 6 added the element 7.
fn with_a_gap<R: Capacity>() -> Causal<u16, AwSet<u16>, R, Inline<16>> {
    let mut state = Causal::new();
    for (counter, element) in [(2, 7), (3, 1), (4, 7), (6, 7)] {
        state.merge(&added(counter, element)).unwrap();
    }
    state
}

#[test]
fn a_change_names_nothing_that_its_state_does_not_know() {
    let mut state = with_a_gap::<Inline<3>>();
    let mut other = added(5, 9);
    // It touches 1:2, 1:4, 1:6 and 2:1: four ranges, and there is room for three.
    let delta = state.write(2).insert(7).unwrap();
    assert_eq!(delta.context().ranges(), [range(1, 2, 4), range(1, 6, 6), range(2, 1, 1)]);
    other.merge(&delta).unwrap();
    assert!(other.read().iter().eq(&[1, 7, 9]), "what it does not know of is not removed");
    state.merge(&added(5, 9)).unwrap();
    assert_eq!(state, other);
}

#[test]
fn with_room_a_change_names_what_it_touches() {
    let mut state = with_a_gap::<Inline<4>>();
    let delta = state.write(2).insert(7).unwrap();
    let touched = [range(1, 2, 2), range(1, 4, 4), range(1, 6, 6), range(2, 1, 1)];
    assert_eq!(delta.context().ranges(), touched);
}

#[test]
fn a_part_of_a_state_names_nothing_that_it_does_not_know() {
    let state = with_a_gap::<Inline<2>>();
    let mut events = CausalContext::<u16, Inline<8>>::new();
    for counter in [1, 2, 4, 5, 6, 7] {
        events.insert(Dot::new(1, counter).unwrap()).unwrap();
    }
    assert_eq!(state.delta(&events).context().ranges(), [range(1, 2, 4), range(1, 6, 6)]);
}

/// A meter that never hears of resets, and a server that resets each day: what is left of the
/// earlier resets goes with the next, at the top, in maps, where nothing else is reset, and where a
/// whole map is.
#[test]
fn resets_that_are_not_heard_of_do_not_add_up() {
    type Stock = Causal<u8, PnCounter, Inline<4>, Inline<3>>;
    type Rooms = Causal<u8, CausalMap<u8, PnCounter>, Inline<4>, Inline<6>>;
    let (mut meter, mut server) = (Stock::new(), Stock::new());
    let (mut meters, mut servers, mut house) = (Rooms::new(), Rooms::new(), Rooms::new());
    let mut backup = Stock::new();
    for day in 1..=20 {
        meter.write(1).add(day).unwrap();
        server.merge(&meter).unwrap();
        assert_eq!(server.read().value(), day.into());
        backup.merge(&server.write(2).reset().unwrap()).unwrap();
        assert_eq!((server.row_count(), server.read().value()), (1, 0));
        assert_eq!(backup, server);

        for room in [3, 4] {
            meters.write(1).at(&room).add(day).unwrap();
        }
        servers.merge(&meters).unwrap();
        servers.write(2).remove(&3).unwrap();
        assert_eq!(servers.read().at(&3).value(), 0);
        assert_eq!(servers.read().at(&4).value(), (1..=i128::from(day)).sum());
        assert_eq!(servers.row_count(), 2);

        house.merge(&meters).unwrap();
        house.write(2).reset().unwrap();
        assert!(house.read().is_empty());
        assert_eq!(house.row_count(), 2);
    }
    // What the meter has counted alone is there, and no more.
    meter.write(1).add(100).unwrap();
    server.merge(&meter).unwrap();
    assert_eq!(server.read().value(), 100);
    meter.merge(&server).unwrap();
    assert_eq!((meter.read().value(), meter.row_count()), (100, 2));
}

/// Of two resets that did not know of each other, the next one leaves what is needed of both.
#[test]
fn concurrent_resets_become_one() {
    type Stock = Causal<u8, PnCounter, Inline<4>, Inline<8>>;
    let mut meter = Stock::new();
    meter.write(1).add(5).unwrap();
    let (mut one, mut other) = (meter.clone(), meter.clone());
    one.write(2).reset().unwrap();
    meter.write(1).add(7).unwrap();
    other.merge(&meter).unwrap();
    other.write(3).reset().unwrap();
    one.merge(&other).unwrap();
    assert_eq!(one.row_count(), 2);
    // The later of the two says what does not count, and the meter's next count leaves only that.
    let mut later = meter.clone();
    later.write(1).add(1).unwrap();
    later.merge(&one).unwrap();
    assert_eq!((later.row_count(), later.read().value()), (3, 1));
    later.write(1).add(2).unwrap();
    assert_eq!((later.row_count(), later.read().value()), (2, 3));

    one.write(2).reset().unwrap();
    assert_eq!(one.row_count(), 1);
    meter.write(1).add(11).unwrap();
    one.merge(&meter).unwrap();
    assert_eq!(one.read().value(), 11);
    one.merge(&other).unwrap();
    assert_eq!(one.read().value(), 11);
}

/// Whoever has no event left can still remove, which takes none.
#[test]
fn a_removal_takes_no_event() {
    type Tags = Causal<u8, AwSet<u8>, Inline<6>, Inline<8>>;
    let mut tags = Tags::new();
    tags.write(2).insert(9).unwrap();
    tags.resume(1, u64::MAX - 2).unwrap();
    tags.write(1).insert(5).unwrap();
    assert_eq!(tags.context().latest(1), u64::MAX);
    assert!(tags.write(1).remove(&77).unwrap().is_empty());
    let mut peer = tags.clone();
    peer.merge(&tags.write(1).remove(&5).unwrap()).unwrap();
    for tags in [&tags, &peer] {
        assert!(tags.read().iter().eq(&[9]));
    }
}

/// Whoever is told of a new total, or of a reset, and not yet that the total before it is gone, has
/// both.
#[test]
fn what_a_later_row_has_taken_in_does_not_count() {
    type Stock = Causal<u8, PnCounter, Inline<4>, Inline<4>>;
    let (mut meter, mut display) = (Stock::new(), Stock::new());
    meter.write(1).add(5).unwrap();
    display.merge(&meter).unwrap();
    meter.write(1).add(-2).unwrap();
    let mut news = CausalContext::<u8, Inline<4>>::new();
    news.insert(Dot::new(1, 2).unwrap()).unwrap();
    display.merge(&meter.delta(&news)).unwrap();
    assert_eq!((display.row_count(), display.read().value()), (2, 3));
    display.merge(&meter).unwrap();
    assert_eq!((display.row_count(), display.read().value()), (1, 3));

    // The same of a reset that had seen more than is here.
    meter.write(1).add(10).unwrap();
    meter.write(2).reset().unwrap();
    let mut reset = CausalContext::<u8, Inline<4>>::new();
    reset.insert(Dot::new(2, 1).unwrap()).unwrap();
    display.merge(&meter.delta(&reset)).unwrap();
    assert_eq!((display.row_count(), display.read().value()), (2, 0));
}

/// What a reset left in the place of a total stays while the replica goes on from there: without it,
/// what was reset would count again.
#[test]
fn the_floor_of_a_total_is_not_collected() {
    type Meter = Causal<u8, PnCounter, Inline<4>, Inline<8>>;
    let (mut meter, mut display) = (Meter::new(), Meter::new());
    display.merge(&meter.write(1).add(5).unwrap()).unwrap();
    display.write(2).reset().unwrap();
    display.merge(&meter.write(1).add(-2).unwrap()).unwrap(); // has not seen the reset
    assert_eq!((display.row_count(), display.read().value()), (2, -2));

    let everybody_has = display.context().clone();
    display.collect(&everybody_has);
    assert_eq!((display.row_count(), display.read().value()), (2, -2));
    // Once that total is reset, too, one of another replica does not keep it.
    display.write(2).reset().unwrap();
    let everybody_has = display.context().clone();
    display.write(2).add(1).unwrap();
    display.collect(&everybody_has);
    assert_eq!((display.row_count(), display.read().value()), (1, 1));
}

/// Whoever has lost nothing goes on without an event more.
#[test]
fn resuming_where_nothing_was_lost_does_nothing() {
    type Tags = Causal<u8, AwSet<u8>, Inline<3>, Inline<8>>;
    let mut tags = Tags::new();
    assert!(tags.resume(1, 0).unwrap().context().is_empty(), "a first start");
    assert_eq!(tags, Tags::new());
    for tag in 0..5 {
        tags.write(1).insert(tag).unwrap();
    }
    let before = tags.clone();
    for floor in 0..5 {
        assert!(tags.resume(1, floor).unwrap().context().is_empty());
        assert_eq!(tags, before);
    }
    // The event after the floor may have been the mark of a start.
    assert!(tags.resume(1, 5).unwrap().context().contains(Dot::new(1, 6).unwrap()));
    assert_ne!(tags, before);
}

/// A replica started so often, while nobody could say that all had come back, that there is no range
/// left for its latest events. A peer that has all of the earlier ones declares the gaps closed.
#[test]
fn a_peer_closes_the_gaps_of_another() {
    type Tags = Causal<u8, AwSet<u8>, Inline<3>, Inline<8>>;
    let (mut tags, mut peer) = (Tags::new(), Tags::new());
    for start in 0..3_u8 {
        tags = Tags::new();
        tags.resume(1, 64 * u64::from(start)).unwrap();
        tags.write(1).insert(start).unwrap();
        peer.merge(&tags).unwrap();
    }
    tags.resume(1, 64 * 3).unwrap();
    tags.write(1).insert(3).unwrap();
    let full = Full { needed: 4, capacity: 3 };
    assert_eq!(peer.merge(&tags), Err(MergeError::Ranges(full)));
    assert_eq!(tags.merge(&peer), Err(MergeError::Ranges(full)));
    peer.close_gaps(1).unwrap();
    tags.merge(&peer).unwrap();
    peer.merge(&tags).unwrap();
    assert_eq!(tags, peer);
    assert!(tags.read().iter().eq(&[0, 1, 2, 3]));
}
