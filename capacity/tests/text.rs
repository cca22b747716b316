//! What people read: errors and values as text.
#![cfg(feature = "alloc")]
#![allow(clippy::std_instead_of_alloc)] // A test need not be no_std.

use std::format;

use synod_capacity::{Full, Heap, Inline, List};

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
