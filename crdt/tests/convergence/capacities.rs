//! What does not fit: it is refused exactly then, changes nothing, and comes in once there is room.

use proptest::{collection, prelude::*, sample::Index};
use synod_crdt::{Dot, Full, Inline, Merge, MergeError, Source, WriteError};

use crate::{
    event::Change,
    history::{check, steps},
    laws::World,
    pointwise::Points,
    subject::{Roomy, StateOf, Subject, bytes, for_each_kind},
};

type Small<T, const RANGES: usize, const ROWS: usize> = StateOf<T, Inline<RANGES>, Inline<ROWS>>;

#[derive(Clone, Debug)]
enum Try<O> {
    Write(Change<O>),
    Merge(Index),
}

fn tries<T: Subject>() -> impl Strategy<Value = Vec<Try<T::Op>>> {
    let write = T::changes().prop_map(Try::Write);
    let merge = any::<Index>().prop_map(Try::Merge);
    collection::vec(prop_oneof![write, merge], 0..24)
}

fn merge_what_fits<T: Subject, const RANGES: usize, const ROWS: usize>(
    small: &mut Small<T, RANGES, ROWS>,
    other: &Roomy<T>,
) {
    let (before, bytes_before) = (small.clone(), bytes(small));
    let after = Points::of(small).join(&Points::of(other));
    let (rows, ranges) = (after.rows(), after.ranges());
    let expected = if rows > ROWS {
        Err(MergeError::Rows(Full { needed: rows, capacity: ROWS }))
    } else if ranges > RANGES {
        Err(MergeError::Ranges(Full { needed: ranges, capacity: RANGES }))
    } else {
        Ok(after != Points::of(small))
    };
    assert_eq!(small.validate(other), expected.map(|_| ()));
    assert_eq!(small, &before);
    assert_eq!(small.merge(other), expected);
    if expected.is_ok() {
        assert_eq!(Points::of(small), after);
    } else {
        assert_eq!(small, &before);
        assert_eq!(bytes(small), bytes_before);
        let mut grown = Roomy::<T>::new();
        grown.merge(small).unwrap();
        assert_eq!(grown.merge(other), Ok(true));
        assert_eq!(Points::of(&grown), after);
    }
}

fn write_what_fits<T: Subject, const RANGES: usize, const ROWS: usize>(
    small: &mut Small<T, RANGES, ROWS>,
    me: u8,
    change: &Change<T::Op>,
) {
    let (mut before, bytes_before) = (small.clone(), bytes(small));
    let mut grown = Roomy::<T>::new();
    grown.merge(small).unwrap();
    let with_room = T::write(&mut grown, me, change).map(|_| ());
    let after = Points::of(&grown);
    let (rows, ranges) = (after.rows(), after.ranges());

    let (bare, mut touched) = (Points::of(small), Vec::new());
    let done = T::write(small, me, change).map(|delta| {
        let news = before.merge(&delta).unwrap();
        assert_eq!(news, !delta.is_empty());
        for range in delta.context().ranges() {
            let dot = |counter| Dot { replica: range.replica(), counter };
            touched.extend([dot(range.first()), dot(range.last())]);
        }
    });
    // It may also name what lies between changes, but no more than that.
    assert!(touched.into_iter().all(|dot| Points::of(small).differs(&bare, dot)));
    match done {
        Ok(()) => {
            assert_eq!(with_room, Ok(()));
            assert_eq!(&before, small);
            assert_eq!(&grown, small);
            assert!(rows <= ROWS && ranges <= RANGES);
        }
        Err(error) => {
            assert_eq!(small, &before);
            assert_eq!(bytes(small), bytes_before);
            match error {
                WriteError::Rows(full) => {
                    assert_eq!(full, Full { needed: rows, capacity: ROWS });
                    assert!(rows > ROWS);
                }
                WriteError::Ranges(full) => {
                    assert_eq!(full, Full { needed: ranges, capacity: RANGES });
                    assert!(ranges > RANGES);
                }
                other => assert_eq!(with_room, Err(other)),
            }
        }
    }
}

fn refusals_change_nothing<T: Subject>() {
    check((steps::<T>(24), tries::<T>(), any::<bool>()), |(steps, tries, alone)| {
        let world = World::<T>::run(&steps);
        let decode = |message: &Vec<u8>| postcard::from_bytes(message).unwrap();
        let mut sources: Vec<Roomy<T>> = world.messages.iter().map(decode).collect();
        sources.extend(world.replicas);
        if alone {
            // Mostly its own events, and deltas of them with no room for gaps.
            let (small, few) = (Small::<T, 1, 8>::new(), &sources[..sources.len().min(1)]);
            try_all::<T, 1, 8>(small, few, &tries);
        } else {
            try_all::<T, 4, 5>(Small::<T, 4, 5>::new(), &sources, &tries);
        }
    });
}

fn try_all<T: Subject, const RANGES: usize, const ROWS: usize>(
    mut small: Small<T, RANGES, ROWS>,
    sources: &[Roomy<T>],
    tries: &[Try<T::Op>],
) {
    // An id that is not in the history, before, between or after those that are.
    let me = [0, 50, 250][tries.len() % 3];
    for step in tries {
        match step {
            Try::Write(change) => write_what_fits::<T, RANGES, ROWS>(&mut small, me, change),
            Try::Merge(index) => {
                merge_what_fits::<T, RANGES, ROWS>(&mut small, index.get(sources));
            }
        }
    }
    // Nothing was lost on the way: what was taken in, and no more, goes on to others.
    let mut whole = Roomy::<T>::new();
    whole.merge(&small).unwrap();
    assert_eq!(Points::of(&whole), Points::of(&small));
}

/// One event has two rows: refused, and the event named.
fn conflicts_are_told<T: Subject>() {
    let changes = || collection::vec(T::changes(), 0..8);
    check((steps::<T>(16), changes(), changes()), |(steps, left, right)| {
        let world = World::<T>::run(&steps);
        let common = &world.replicas[0];
        let write = |changes: &[Change<T::Op>]| {
            let mut state = common.clone();
            for change in changes {
                let _ = T::write(&mut state, 90, change);
            }
            state
        };
        let (mut left, right) = (write(&left), write(&right));
        let before = left.clone();
        let (mine, theirs) = (Points::of(&left), Points::of(&right));
        let expected = match mine.conflict(&theirs) {
            Some(dot) => Err(MergeError::Conflict(dot)),
            None => Ok(mine.join(&theirs) != mine),
        };
        assert_eq!(left.validate(&right), expected.map(|_| ()));
        assert_eq!(left.merge(&right), expected);
        if expected.is_err() {
            assert_eq!(left, before);
        }
    });
}

/// Whatever is the matter, `validate` says what `merge` says, of states and of parts of them.
fn merges_are_foretold<T: Subject>() {
    let changes = || collection::vec(T::changes(), 0..6);
    let input = (steps::<T>(24), changes(), changes(), any::<[Index; 4]>());
    check(input, |(steps, left, right, picks)| {
        let world = World::<T>::run(&steps);
        let all = world.all();
        let mut small = Small::<T, 3, 4>::new();
        let mut large = picks[0].get(&all).clone();
        for pick in &picks {
            // What does not fit is not there.
            let _refused = small.merge(pick.get(&all));
        }
        for (change, other) in left.iter().zip(&right) {
            // So that there are conflicts, too: two that write under one id.
            let _refused = T::write(&mut small, 90, change).map(|_| ());
            let _refused = T::write(&mut large, 90, other).map(|_| ());
        }
        foretold::<T, _>(&small, &large);
        foretold::<T, _>(&small, &large.delta(picks[1].get(&all).context()));
        foretold::<T, _>(&small, &large.delta(small.context()));
    });
}

fn foretold<T: Subject, O>(small: &Small<T, 3, 4>, other: &O)
where
    O: Source<Id = u8, Kind = T::Kind>,
{
    let (mut merged, mine, theirs) = (small.clone(), Points::of(small), Points::of(other));
    let foretold = small.validate(other);
    assert_eq!(merged.merge(other).map(|_| ()), foretold);
    if foretold.is_err() {
        assert_eq!(&merged, small);
    }
    let after = mine.join(&theirs);
    let expected = match mine.conflict(&theirs) {
        Some(dot) => Err(MergeError::Conflict(dot)),
        None if after.rows() > 4 => {
            Err(MergeError::Rows(Full { needed: after.rows(), capacity: 4 }))
        }
        None if after.ranges() > 3 => {
            Err(MergeError::Ranges(Full { needed: after.ranges(), capacity: 3 }))
        }
        None => Ok(()),
    };
    assert_eq!(foretold, expected);
}

mod refusals {
    use super::{for_each_kind, refusals_change_nothing};

    for_each_kind!(refusals_change_nothing);
}

mod conflicts {
    use super::{conflicts_are_told, for_each_kind};

    for_each_kind!(conflicts_are_told);
}

mod foretold {
    use super::{for_each_kind, merges_are_foretold};

    for_each_kind!(merges_are_foretold);
}
