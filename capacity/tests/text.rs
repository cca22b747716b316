//! What people read: errors and values as text.
#![cfg(feature = "alloc")]
#![allow(clippy::std_instead_of_alloc)] // A test need not be no_std.

use std::format;

use synod_capacity::{Capacity, Full, Heap, Index, Inline, List, Map};

#[test]
fn full_says_what_is_needed() {
    let full = Full { needed: 5, capacity: 4 };
    assert_eq!(format!("{full}"), "room for 5 needed, capacity 4");
    assert_eq!(format!("{full:?}"), "Full { needed: 5, capacity: 4 }");
}

#[test]
fn lists_print_as_their_elements() {
    let list = List::<u8, Inline<4>>::from_slice(&[1, 2]);
    assert_eq!(format!("{list:?}"), "Ok([1, 2])");
    let elements = List::<u8, Heap>::from_slice(&[1, 2, 3]).map(IntoIterator::into_iter);
    assert_eq!(format!("{elements:?}"), "Ok(IntoIter { remaining: 3 })");
}

fn pairs<C: Capacity>() -> (Map<u8, char, C>, Index<u8, C>) {
    let (mut map, mut index) = (Map::new(), Index::new());
    for (key, value) in [(2, 'b'), (1, 'a')] {
        assert_eq!((map.insert(key, value), index.insert(key)), (Ok(None), Ok(())));
    }
    (map, index)
}

#[test]
fn maps_print_as_their_pairs() {
    let (inline, no_index) = pairs::<Inline<4>>();
    let (heap, index) = pairs::<Heap>();
    assert_eq!(format!("{inline:?} {heap:?}"), "{1: 'a', 2: 'b'} {1: 'a', 2: 'b'}");
    assert_eq!(format!("{no_index:?} {index:?}"), "{} {1, 2}");
    let mut iter = heap.iter();
    iter.next();
    assert_eq!(format!("{iter:?}"), "{2: 'b'}");
}

#[cfg(feature = "serde")]
#[test]
fn a_map_says_what_it_refuses() {
    use serde::de::{Deserialize, IntoDeserializer, value::MapDeserializer};

    type Refusal = serde::de::value::Error;
    let refusal = |pairs: &[(u8, u8)]| {
        let pairs = MapDeserializer::new(pairs.iter().copied());
        Map::<u8, u8, Inline<2>>::deserialize(pairs).map_err(|error: Refusal| format!("{error}"))
    };
    assert_eq!(refusal(&[(2, 0), (2, 0)]), Err("the keys do not ascend".into()));
    let full = "room for 3 needed, capacity 2";
    assert_eq!(refusal(&[(1, 0), (2, 0), (3, 0)]), Err(full.into()));
    let number: serde::de::value::U8Deserializer<Refusal> = 1_u8.into_deserializer();
    let refused = Map::<u8, u8, Heap>::deserialize(number).map_err(|error| format!("{error}"));
    let expected = "invalid type: integer `1`, expected pairs in ascending order of their keys, \
                    which fit the capacity";
    assert_eq!(refused, Err(expected.into()));
}

#[cfg(feature = "serde")]
#[test]
fn a_wrong_type_is_named() {
    use serde::{Deserialize, de::IntoDeserializer};

    type Number = serde::de::value::U8Deserializer<serde::de::value::Error>;
    let number: Number = 1_u8.into_deserializer();
    let refused = List::<u8, Inline<4>>::deserialize(number).map_err(|error| format!("{error}"));
    let expected = "invalid type: integer `1`, expected a list that fits its capacity";
    assert_eq!(refused, Err(expected.into()));
}
