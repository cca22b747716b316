//! Random operations on a list of each capacity, against a vector.
#![cfg(feature = "alloc")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};

use proptest::{collection, prelude::*};
use synod_capacity::{Capacity, Full, Heap, Inline, List};

const LIMIT: usize = 5;

/// An element that must be moved, cloned and dropped properly, or memory checkers complain.
type Element = Box<u8>;

#[derive(Clone, Debug)]
enum Step {
    Push(u8),
    Pop,
    Insert(usize, u8),
    Remove(usize),
    SwapRemove(usize),
    Truncate(usize),
    Retain(u8),
    Extend(Vec<u8>),
    Resize(usize, u8),
    Reserve(usize),
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = || prop_oneof![0..8_usize, Just(usize::MAX)];
    let step = prop_oneof![
        any::<u8>().prop_map(Step::Push),
        Just(Step::Pop),
        (index(), any::<u8>()).prop_map(|(index, value)| Step::Insert(index, value)),
        index().prop_map(Step::Remove),
        index().prop_map(Step::SwapRemove),
        index().prop_map(Step::Truncate),
        any::<u8>().prop_map(Step::Retain),
        collection::vec(any::<u8>(), 0..9).prop_map(Step::Extend),
        (0..8_usize, any::<u8>()).prop_map(|(len, value)| Step::Resize(len, value)),
        (0..8_usize).prop_map(Step::Reserve),
        Just(Step::Clear),
    ];
    collection::vec(step, 0..60)
}

/// The length that a step asks for, whether it fits or not.
fn asked(step: &Step, len: usize) -> usize {
    match step {
        Step::Push(_) | Step::Insert(..) => len + 1,
        Step::Extend(values) => len + values.len(),
        Step::Resize(to, _) => len.max(*to),
        Step::Reserve(additional) => len + additional,
        _ => len,
    }
}

/// Applies a step that fits to a vector.
fn apply(model: &mut Vec<Element>, step: &Step) -> Option<Element> {
    match step {
        Step::Push(value) => model.push(Box::new(*value)),
        Step::Pop => return model.pop(),
        Step::Insert(index, value) => model.insert((*index).min(model.len()), Box::new(*value)),
        Step::Remove(index) => return (*index < model.len()).then(|| model.remove(*index)),
        Step::SwapRemove(index) => {
            return (*index < model.len()).then(|| model.swap_remove(*index));
        }
        Step::Truncate(len) => model.truncate(*len),
        Step::Retain(limit) => model.retain(|value| **value < *limit),
        Step::Extend(values) => model.extend(values.iter().copied().map(Box::new)),
        Step::Resize(len, value) => model.resize(*len, Box::new(*value)),
        Step::Reserve(_) => {}
        Step::Clear => model.clear(),
    }
    None
}

/// Applies a step to a list; an element that was refused must have come back.
fn perform<C: Capacity>(list: &mut List<Element, C>, step: &Step) -> Result<Option<Element>, Full> {
    let back = |sent: u8| {
        move |(full, element): (Full, Element)| {
            assert_eq!(*element, sent);
            full
        }
    };
    match step {
        Step::Push(value) => list.push(Box::new(*value)).map_err(back(*value))?,
        Step::Pop => return Ok(list.pop()),
        Step::Insert(index, value) => {
            list.insert(*index, Box::new(*value)).map_err(back(*value))?;
        }
        Step::Remove(index) => return Ok(list.remove(*index)),
        Step::SwapRemove(index) => return Ok(list.swap_remove(*index)),
        Step::Truncate(len) => list.truncate(*len),
        Step::Retain(limit) => list.retain(|value| **value < *limit),
        Step::Extend(values) => {
            let elements: Vec<Element> = values.iter().copied().map(Box::new).collect();
            list.extend_from_slice(&elements)?;
        }
        Step::Resize(len, value) => list.resize(*len, &Box::new(*value))?,
        Step::Reserve(additional) => list.reserve(*additional)?,
        Step::Clear => list.clear(),
    }
    Ok(None)
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn agrees<C: Capacity>(steps: &[Step]) -> Result<(), TestCaseError> {
    let limit = List::<Element, C>::new().capacity();
    let mut list = List::<Element, C>::new();
    let mut model: Vec<Element> = Vec::new();
    for step in steps {
        let needed = asked(step, model.len());
        if needed > limit {
            let refused = perform(&mut list, step);
            prop_assert_eq!(refused, Err(Full { needed, capacity: limit }));
        } else {
            prop_assert_eq!(perform(&mut list, step), Ok(apply(&mut model, step)));
        }
        prop_assert_eq!(list.as_slice(), model.as_slice());
        prop_assert_eq!(hash(&list), hash(model.as_slice()));
        prop_assert_eq!(&list.clone().into_iter().collect::<Vec<_>>(), &model);
        prop_assert_eq!(list.clone().into_iter().rev().collect::<Vec<_>>(), {
            let mut reversed = model.clone();
            reversed.reverse();
            reversed
        });
    }
    Ok(())
}

proptest! {
    #[test]
    fn inline_agrees_with_a_vector(steps in steps()) {
        agrees::<Inline<LIMIT>>(&steps)?;
    }

    #[test]
    fn heap_agrees_with_a_vector(steps in steps()) {
        agrees::<Heap>(&steps)?;
    }

    #[test]
    fn capacities_compare_by_their_elements(a in collection::vec(0..3_u8, 0..4), b in collection::vec(0..3_u8, 0..4)) {
        let (left, right) = (List::<_, Heap>::from_slice(&a), List::<_, Inline<4>>::from_slice(&b));
        let (left, right) = (left.unwrap(), right.unwrap());
        prop_assert_eq!(left == right, a == b);
        prop_assert_eq!(left.partial_cmp(&right), a.partial_cmp(&b));
        prop_assert_eq!(left.cmp(&List::from_slice(&b).unwrap()), a.cmp(&b));
    }
}

#[test]
fn references_iterate() {
    let mut list = List::<u8, Inline<4>>::from_slice(&[1, 2, 3]).unwrap();
    for element in &mut list {
        *element *= 10;
    }
    let mut sum = 0;
    for element in &list {
        sum += element;
    }
    assert_eq!(sum, 60);
    assert_eq!(list, [10, 20, 30]);
    assert_ne!(list, [10, 20, 31]);
}

#[test]
fn an_impossible_reservation_is_full() {
    let mut list = List::<u64, Heap>::from_slice(&[1, 2]).unwrap();
    list.reserve(10).unwrap();
    let full = list.reserve(usize::MAX).unwrap_err();
    assert_eq!(full.needed, usize::MAX);
    assert!(full.capacity >= 12, "what is allocated, not what is used");
    assert_eq!(list, [1, 2]);
}

#[cfg(feature = "serde")]
#[test]
fn a_claimed_length_is_not_believed() {
    // A length of 2^32 - 1, and one element.
    let bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 7];
    assert!(postcard::from_bytes::<List<u8, Heap>>(&bytes).is_err());
    assert!(postcard::from_bytes::<List<u8, Inline<4>>>(&bytes).is_err());
    assert_eq!(postcard::from_bytes::<List<u8, Inline<1>>>(&[1, 7]).unwrap(), [7]);
    assert!(postcard::from_bytes::<List<u8, Inline<1>>>(&[2, 7, 8]).is_err());
}
