//! That no row takes more bytes than its kind says, and that some row takes as many.
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.

use proptest::prelude::*;
use serde::Serialize;
use synod_crdt::{
    AwSet, Causal, CausalMap, DwFlag, EwFlag, GCounter, GSet, HybridStamp, Inline, Kind,
    LwwRegister, LwwSet, MvRegister, Nest, PnCounter, RwSet, Source,
};

type State<T> = Causal<u64, T, Inline<16>, Inline<32>>;
type Shelves = CausalMap<u64, CausalMap<u16, PnCounter>>;

/// What postcard makes of the largest number of 16 bits, and of 64.
const SHORT: usize = 3;
const LONG: usize = 10;

/// The most bytes that a row of `state` takes.
fn largest<T: Kind<u64, Row: Serialize>>(state: &State<T>) -> usize {
    let ranges = state.context().ranges().iter();
    let rows = ranges.flat_map(|range| state.rows_within(*range));
    let sizes = rows.map(|(_, row)| postcard::to_slice(row, &mut [0; 128]).unwrap().len());
    sizes.max().unwrap_or(0)
}

#[derive(Clone, Debug)]
struct Change {
    me: u64,
    /// Up to where the replica has issued events before.
    floor: u64,
    number: u64,
    stamp: HybridStamp,
    amount: i64,
    removes: bool,
}

/// Numbers of any length, and often very long ones.
fn numbers() -> impl Strategy<Value = u64> {
    let any_length = (any::<u64>(), 0..64_u32).prop_map(|(number, shift)| number >> shift);
    prop_oneof![any_length, (1 << 63)..=u64::MAX]
}

prop_compose! {
    fn changes()(
        me in prop_oneof![Just(u64::MAX), 0..2_u64],
        floor in numbers(),
        number in numbers(),
        stamp in numbers().prop_map(HybridStamp::from_bits),
        amount in prop_oneof![any::<i64>(), Just(i64::MIN)],
        removes: bool,
    ) -> Change {
        Change { me, floor, number, stamp, amount, removes }
    }
}

/// Runs `changes`, of which some are refused; no row is larger than `most` at any time.
fn check<T: Nest<u64, Row: Serialize>>(
    changes: &[Change],
    most: usize,
    write: impl Fn(&mut State<T>, &Change),
) {
    let mut state = State::<T>::new();
    for change in changes {
        let _exhausted = state.resume(change.me, change.floor);
        let _closed = state.close_gaps(change.me).map(drop);
        write(&mut state, change);
        assert!(largest(&state) <= most, "{} of {most} bytes", largest(&state));
    }
}

proptest! {
    #[test]
    fn no_row_takes_more_than_its_kind_says(changes in prop::collection::vec(changes(), 1..12)) {
        check::<AwSet<u64>>(&changes, AwSet::<u64>::max_row(LONG), |state, change| {
            let _ = state.write(change.me).insert(change.number);
        });
        check::<GSet<u64>>(&changes, GSet::<u64>::max_row(LONG), |state, change| {
            let _ = state.write(change.me).insert(change.number);
        });
        check::<RwSet<u64>>(&changes, RwSet::<u64>::max_row(LONG), |state, change| {
            let _ = match change.removes {
                true => state.write(change.me).remove(change.number),
                false => state.write(change.me).insert(change.number),
            };
        });
        check::<LwwSet<u64>>(&changes, LwwSet::<u64>::max_row(LONG), |state, change| {
            let _ = match change.removes {
                true => state.write(change.me).remove(change.stamp, change.number),
                false => state.write(change.me).insert(change.stamp, change.number),
            };
        });
        check::<MvRegister<u64>>(&changes, MvRegister::<u64>::max_row(LONG), |state, change| {
            let _ = state.write(change.me).set(change.number);
        });
        check::<LwwRegister<u64>>(&changes, LwwRegister::<u64>::max_row(LONG), |state, change| {
            let _ = state.write(change.me).set(change.stamp, change.number);
        });
        check::<EwFlag>(&changes, EwFlag::max_row(), |state, change| {
            let _ = state.write(change.me).enable();
        });
        check::<DwFlag>(&changes, DwFlag::max_row(), |state, change| {
            let _ = state.write(change.me).disable();
        });
        check::<PnCounter>(&changes, PnCounter::max_row(LONG), |state, change| {
            let _ = match change.removes {
                true => state.write(change.me).reset(),
                false => state.write(change.me).add(change.amount),
            };
        });
        let most = CausalMap::<u16, PnCounter>::max_row(SHORT, PnCounter::max_row(LONG));
        let most = Shelves::max_row(LONG, most);
        check::<Shelves>(&changes, most, |state, change| {
            let _ = match change.removes {
                true => state.write(change.me).remove(&change.number),
                false => {
                    let shelf = u16::try_from(change.number % 7).unwrap();
                    state.write(change.me).at(&change.number).at(&shelf).add(change.amount)
                }
            };
        });
    }
}

#[test]
fn the_largest_row_of_each_kind_takes_what_it_says() {
    const ALL: u64 = u64::MAX;

    let mut state = State::<AwSet<u64>>::new();
    state.write(1).insert(ALL).unwrap();
    assert_eq!(largest(&state), AwSet::<u64>::max_row(LONG));

    let mut state = State::<GSet<u64>>::new();
    state.write(1).insert(ALL).unwrap();
    assert_eq!(largest(&state), GSet::<u64>::max_row(LONG));

    let mut state = State::<RwSet<u64>>::new();
    state.write(1).remove(ALL).unwrap();
    assert_eq!(largest(&state), RwSet::<u64>::max_row(LONG));

    let mut state = State::<LwwSet<u64>>::new();
    state.write(1).remove(HybridStamp::MAX, ALL).unwrap();
    assert_eq!(largest(&state), LwwSet::<u64>::max_row(LONG));

    let mut state = State::<MvRegister<u64>>::new();
    state.write(1).set(ALL).unwrap();
    assert_eq!(largest(&state), MvRegister::<u64>::max_row(LONG));

    let mut state = State::<LwwRegister<u64>>::new();
    state.write(1).set(HybridStamp::MAX, ALL).unwrap();
    assert_eq!(largest(&state), LwwRegister::<u64>::max_row(LONG));

    let mut state = State::<EwFlag>::new();
    state.write(1).enable().unwrap();
    assert_eq!((state.row_count(), largest(&state)), (1, EwFlag::max_row()));

    let mut state = State::<DwFlag>::new();
    state.write(1).disable().unwrap();
    assert_eq!((state.row_count(), largest(&state)), (1, DwFlag::max_row()));

    let mut state = State::<GCounter>::new();
    state.write(1).add(ALL).unwrap();
    assert_eq!((state.row_count(), largest(&state)), (0, GCounter::max_row()));

    // A series of totals that began late, and was reset by another replica.
    let mut state = State::<PnCounter>::new();
    state.resume(ALL, 1 << 63).unwrap();
    state.close_gaps(ALL).unwrap();
    state.write(ALL).add(i64::MIN).unwrap();
    state.write(1).reset().unwrap();
    assert_eq!(largest(&state), PnCounter::max_row(LONG));

    // The same, within what the host promises: at each step of the number of bytes.
    for bits in 1..64 {
        for event in [(1 << bits) - 1, (1 << bits) + 1_u64] {
            let mut state = State::<PnCounter>::new();
            state.resume(ALL, event.saturating_sub(2)).unwrap();
            state.close_gaps(ALL).unwrap();
            state.write(ALL).add(1 << (bits - 1)).unwrap();
            state.write(1).reset().unwrap();
            let most = PnCounter::max_row_within(LONG, event, 1 << (bits - 1));
            assert_eq!(largest(&state), most, "{event}");
        }
    }

    let mut state = State::<Shelves>::new();
    state.resume(ALL, 1 << 63).unwrap();
    state.close_gaps(ALL).unwrap();
    state.write(ALL).at(&ALL).at(&u16::MAX).add(i64::MIN).unwrap();
    state.write(1).remove(&ALL).unwrap();
    let shelf = CausalMap::<u16, PnCounter>::max_row(SHORT, PnCounter::max_row(LONG));
    assert_eq!(largest(&state), Shelves::max_row(LONG, shelf));
}
