//! Decoding of lists and maps against decoding of a `Vec`.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_capacity::{Capacity, Heap, Inline, List, Map};

/// Decodes the bytes as lists and maps of several element types and capacities.
pub fn check(bytes: &[u8]) {
    check_elements::<u8>(bytes);
    check_elements::<i64>(bytes);
    check_elements::<(u8, Option<bool>)>(bytes);
    check_elements::<String>(bytes);
    check_nested(bytes);
    check_pairs::<u8, u8>(bytes);
    check_pairs::<(i16, bool), String>(bytes);
}

/// What a `Vec` takes from the bytes, and what is left of them.
type Parsed<'a, T> = Option<(&'a [T], &'a [u8])>;

/// What can be an element here.
trait Element: Serialize + DeserializeOwned + Clone + PartialEq + Debug {}
impl<T: Serialize + DeserializeOwned + Clone + PartialEq + Debug> Element for T {}

fn check_elements<T: Element>(bytes: &[u8]) {
    let reference = postcard::take_from_bytes::<Vec<T>>(bytes).ok();
    let reference = reference.as_ref().map(|(vec, rest)| (vec.as_slice(), *rest));
    check_capacity::<T, Inline<0>>(bytes, reference);
    check_capacity::<T, Inline<1>>(bytes, reference);
    check_capacity::<T, Inline<5>>(bytes, reference);
    check_capacity::<T, Heap>(bytes, reference);
}

/// Asserts that what a `Vec` takes from the bytes, a list takes too, exactly if it fits.
fn check_capacity<T: Element, C: Capacity>(bytes: &[u8], reference: Parsed<'_, T>) {
    let decoded = postcard::take_from_bytes::<List<T, C>>(bytes).ok();
    let fitting = reference.filter(|(elements, _)| elements.len() <= C::LIMIT);
    let found = decoded.as_ref().map(|(list, rest)| (list.as_slice(), *rest));
    assert_eq!(found, fitting);
    if let Some((list, _)) = decoded {
        let encoded = postcard::to_allocvec(&list).expect("a legal value can be encoded");
        assert_eq!(encoded, postcard::to_allocvec(list.as_slice()).expect("and so can a slice"),);
        let again: List<T, Heap> = postcard::from_bytes(&encoded).expect("its own encoding");
        assert_eq!(again, list);
    }
}

/// The same for lists in a list, each with a capacity of its own.
fn check_nested(bytes: &[u8]) {
    let reference: Option<Vec<Vec<u8>>> = postcard::from_bytes(bytes).ok();
    let fitting =
        reference.filter(|lists| lists.len() <= 3 && lists.iter().all(|inner| inner.len() <= 2));
    let decoded: Option<List<List<u8, Inline<2>>, Inline<3>>> = postcard::from_bytes(bytes).ok();
    let found = decoded.map(|lists| lists.iter().map(|inner| inner.to_vec()).collect());
    assert_eq!(found, fitting);
}

fn check_pairs<K: Element + Ord, V: Element>(bytes: &[u8]) {
    let reference = postcard::take_from_bytes::<Vec<(K, V)>>(bytes).ok();
    let reference = reference.as_ref().map(|(pairs, rest)| (pairs.as_slice(), *rest));
    check_map::<K, V, Inline<0>>(bytes, reference);
    check_map::<K, V, Inline<4>>(bytes, reference);
    check_map::<K, V, Heap>(bytes, reference);
}

/// Asserts that what a `Vec` of pairs takes from the bytes, a map takes too, exactly if the keys
/// ascend and it fits.
fn check_map<K: Element + Ord, V: Element, C: Capacity>(
    bytes: &[u8],
    reference: Parsed<'_, (K, V)>,
) {
    let decoded = postcard::take_from_bytes::<Map<K, V, C>>(bytes).ok();
    let legal = |pairs: &[(K, V)]| {
        pairs.len() <= C::LIMIT && pairs.windows(2).all(|pair| pair[0].0 < pair[1].0)
    };
    let fitting = reference.filter(|(pairs, _)| legal(pairs));
    assert_eq!(decoded.is_some(), fitting.is_some());
    let (Some((map, rest)), Some((pairs, left))) = (decoded, fitting) else {
        return;
    };
    assert_eq!(rest, left);
    assert!(map.iter().eq(pairs.iter().map(|(key, value)| (key, value))));
    let encoded = postcard::to_allocvec(&map).expect("a legal value can be encoded");
    assert_eq!(encoded, postcard::to_allocvec(pairs).expect("and so can a slice"));
    let again: Map<K, V, Heap> = postcard::from_bytes(&encoded).expect("its own encoding");
    assert!(again == map);
}
