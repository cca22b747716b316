//! Changes of many rows at once, which go other ways than those of few.
#![cfg(all(feature = "alloc", not(miri)))] // many are slow there, and the code is that of few
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // A test may panic.
#![allow(clippy::cast_possible_truncation, clippy::indexing_slicing)]

use synod_crdt::{AwSet, Capacity, Causal, CausalMap, Heap, Inline, Merge, PnCounter, Source};

const MANY: u32 = 3_000;

type Set = Causal<u8, AwSet<u32>, Heap, Heap>;

/// Distinct elements, out of order.
fn element(at: u32) -> u32 {
    at.wrapping_mul(0x9e37_79b1)
}

/// Added by three replicas in turn.
fn set(count: u32) -> Set {
    let mut set = Set::new();
    for at in 0..count {
        set.write((at % 3) as u8).insert(element(at)).unwrap();
    }
    set
}

#[test]
fn many_merge_as_one_by_one() {
    let source = set(MANY);
    for known in [0, 1, MANY / 2, MANY / 30 * 29, MANY] {
        let (mut at_once, mut one_by_one, mut writer) = (set(known), set(known), set(known));
        assert_eq!(at_once.merge(&source), Ok(known < MANY));
        for at in known..MANY {
            let delta = writer.write((at % 3) as u8).insert(element(at)).unwrap();
            one_by_one.merge(&delta).unwrap();
        }
        for merged in [at_once, one_by_one] {
            assert_eq!(merged, source);
            assert!(merged.read().iter().is_sorted());
            assert_eq!(merged.read().len(), MANY as usize);
            assert!((0..MANY).all(|at| merged.read().contains(&element(at))));
        }
    }
}

/// The index is made at the end; what comes after finds it whole.
#[cfg(feature = "serde")]
#[test]
fn many_decode_as_they_were_written() {
    let mut source = set(MANY);
    source.write(1).remove(&element(MANY / 2)).unwrap();
    let mut buffer = vec![0; 16 * MANY as usize];
    let bytes = postcard::to_slice(&source, &mut buffer).unwrap();
    let mut decoded: Set = postcard::from_bytes(bytes).unwrap();
    assert_eq!(decoded, source);
    assert!(decoded.read().iter().eq(source.read().iter()));
    for at in 0..MANY {
        let element = element(at);
        assert_eq!(decoded.read().contains(&element), at != MANY / 2);
        decoded.write(2).remove(&element).unwrap();
        assert!(!decoded.read().contains(&element));
    }
    assert_eq!(decoded.row_count(), 0);

    // Cut off behind the last row but one: nothing is decoded.
    let end = bytes.len() - 5;
    assert!(postcard::from_bytes::<Set>(&bytes[..end]).is_err());
}

#[test]
fn a_reset_of_many_is_one_range_for_each_replica() {
    let mut own = set(MANY);
    let mut other = own.clone();
    let delta = own.write(9).reset().unwrap();
    assert_eq!(delta.context().ranges().len(), 3);
    other.merge(&delta).unwrap();
    assert_eq!((own.row_count(), other.row_count()), (0, 0));
    assert!(own.read().is_empty());
    assert_eq!(own, other);
}

#[test]
fn a_merge_takes_away_many_or_all() {
    let full = set(MANY);
    let mut some = full.clone();
    for at in 0..MANY / 3 * 2 {
        some.write(7).remove(&element(at)).unwrap();
    }
    let mut none = some.clone();
    none.write(8).reset().unwrap();
    let mut other = none.clone();
    other.write(8).insert(5).unwrap();
    for expected in [some, none, other] {
        let mut merged = full.clone();
        assert_eq!(merged.merge(&expected), Ok(true));
        assert_eq!(merged, expected);
        assert!(merged.read().iter().eq(expected.read().iter()));
    }
}

/// A counter that is reset leaves a row with a new dot: the same with every capacity.
#[test]
fn what_is_left_of_many_does_not_depend_on_the_capacity() {
    fn reset<N: Capacity>(keys: u8) -> Causal<u8, CausalMap<u8, PnCounter>, Inline<8>, N> {
        let mut map = Causal::new();
        for key in (0..keys).rev() {
            map.write(key % 3).at(&key).add(i64::from(key) + 1).unwrap();
        }
        map.write(5).reset().unwrap();
        map
    }
    for keys in [1, 2, 5, 40] {
        let (heap, inline) = (reset::<Heap>(keys), reset::<Inline<128>>(keys));
        assert_eq!(heap, inline);
        assert_eq!(heap.row_count(), usize::from(keys));
        assert!(heap.read().is_empty());
    }
}
