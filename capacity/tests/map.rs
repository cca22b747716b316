//! Random operations on a map of each capacity, against the standard library's.
#![cfg(feature = "alloc")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects)]
#![allow(clippy::std_instead_of_core, clippy::std_instead_of_alloc)] // Nor need it be no_std.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::{collection, prelude::*};
use synod_capacity::{Capacity, Full, Heap, Index, Inline, Map};

const LIMIT: usize = 5;

/// A key that must be moved, cloned and dropped properly, or memory checkers complain.
type Key = Box<u16>;
/// A value of one byte, and one so large that a block of the heap holds but a few.
type Small = u8;
type Large = [u16; 600];

#[derive(Clone, Debug)]
enum Step {
    Insert(u16, u8),
    Remove(u16),
    /// Insertions or removals of so many keys side by side, up or down.
    InsertMany(u16, u16, bool),
    RemoveMany(u16, u16, bool),
    Change(u16, u8),
    Reserve(usize),
    Clone,
    Clear,
}

fn steps(keys: u16, len: usize) -> impl Strategy<Value = Vec<Step>> {
    let key = move || 0..keys;
    let step = prop_oneof![
        6 => (key(), any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
        4 => key().prop_map(Step::Remove),
        3 => (key(), 0..90_u16, any::<bool>()).prop_map(|(a, n, up)| Step::InsertMany(a, n, up)),
        2 => (key(), 0..90_u16, any::<bool>()).prop_map(|(a, n, up)| Step::RemoveMany(a, n, up)),
        2 => (key(), any::<u8>()).prop_map(|(key, value)| Step::Change(key, value)),
        1 => (0..8_usize).prop_map(Step::Reserve),
        1 => Just(Step::Clone),
        1 => prop_oneof![8 => Just(Step::Clone), 1 => Just(Step::Clear)],
    ];
    collection::vec(step, 0..if cfg!(miri) { len / 8 } else { len })
}

/// What stands for a value of the model.
trait Value: Clone + PartialEq + Eq + Hash + std::fmt::Debug {
    fn of(value: u8) -> Self;
}

impl Value for Small {
    fn of(value: u8) -> Self {
        value
    }
}

impl Value for Large {
    fn of(value: u8) -> Self {
        [u16::from(value); 600]
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

struct Modelled<V, C: Capacity> {
    map: Map<Key, V, C>,
    model: BTreeMap<Key, V>,
}

impl<V: Value, C: Capacity> Modelled<V, C> {
    fn insert(&mut self, key: u16, value: u8) -> Result<(), TestCaseError> {
        let key = Box::new(key);
        let inserted = self.map.insert(key.clone(), V::of(value));
        if self.model.len() < C::LIMIT || self.model.contains_key(&key) {
            prop_assert_eq!(inserted, Ok(self.model.insert(key, V::of(value))));
        } else {
            let full = Full { needed: C::LIMIT + 1, capacity: C::LIMIT };
            prop_assert_eq!(inserted, Err((full, (key, V::of(value)))));
        }
        Ok(())
    }

    fn remove(&mut self, key: u16) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.map.remove(&Box::new(key)), self.model.remove(&Box::new(key)));
        Ok(())
    }

    fn apply(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let keys = |first: u16, count: u16, is_up: bool| {
            (0..count).map(move |nth| first + if is_up { nth } else { count - 1 - nth })
        };
        match *step {
            Step::Insert(key, value) => self.insert(key, value)?,
            Step::Remove(key) => self.remove(key)?,
            Step::InsertMany(first, count, is_up) => {
                for key in keys(first, count, is_up) {
                    self.insert(key, 7)?;
                }
            }
            Step::RemoveMany(first, count, is_up) => {
                for key in keys(first, count, is_up) {
                    self.remove(key)?;
                }
            }
            Step::Change(key, value) => {
                let (own, model) =
                    (self.map.get_mut(&Box::new(key)), self.model.get_mut(&Box::new(key)));
                prop_assert_eq!(&own, &model);
                if let (Some(own), Some(model)) = (own, model) {
                    (*own, *model) = (V::of(value), V::of(value));
                }
            }
            Step::Reserve(additional) => {
                let needed = self.model.len() + additional;
                let full = Full { needed, capacity: C::LIMIT };
                let due = if needed > C::LIMIT { Err(full) } else { Ok(()) };
                prop_assert_eq!(self.map.reserve(additional), due);
            }
            Step::Clone => self.map = self.map.clone(),
            Step::Clear => {
                self.map.clear();
                self.model.clear();
            }
        }
        Ok(())
    }

    fn check(&self, probe: u16) -> Result<(), TestCaseError> {
        prop_assert!(self.map.iter().eq(&self.model));
        prop_assert_eq!(self.map.len(), self.model.len());
        prop_assert_eq!(self.map.is_empty(), self.model.is_empty());
        prop_assert_eq!(self.map.last(), self.model.last_key_value());
        let key = Box::new(probe);
        prop_assert_eq!(self.map.get(&key), self.model.get(&key));
        prop_assert_eq!(self.map.contains_key(&key), self.model.contains_key(&key));
        let mut asked = Vec::new();
        let from = self.map.iter_from(|own| {
            asked.push(own.clone());
            *own < key
        });
        prop_assert!(from.clone().eq(self.model.range(key.clone()..)));
        prop_assert!(asked.iter().all(|own| self.model.contains_key(own)), "keys that are there");
        prop_assert!(asked.len() <= 24, "{} of {}", asked.len(), self.model.len());
        Ok(())
    }
}

fn agrees<V: Value, C: Capacity>(steps: &[Step]) -> Result<(), TestCaseError> {
    let mut modelled = Modelled::<V, C> { map: Map::new(), model: BTreeMap::new() };
    for step in steps {
        modelled.apply(step)?;
        modelled.check(match *step {
            Step::Insert(key, _) | Step::Remove(key) | Step::Change(key, _) => key,
            Step::InsertMany(key, count, _) | Step::RemoveMany(key, count, _) => key + count / 2,
            _ => 0,
        })?;
    }
    let mut again = Map::<Key, V, Heap>::new();
    for (key, value) in &modelled.model {
        prop_assert_eq!(again.insert(key.clone(), value.clone()), Ok(None));
    }
    prop_assert!(modelled.map == again);
    prop_assert_eq!(hash(&again), hash(&modelled.map));
    Ok(())
}

proptest! {
    #[test]
    fn inline_agrees_with_a_tree(steps in steps(9, 80)) {
        agrees::<Small, Inline<LIMIT>>(&steps)?;
    }

    #[test]
    fn heap_agrees_with_a_tree(steps in steps(2000, 300)) {
        agrees::<Small, Heap>(&steps)?;
    }

    #[test]
    fn heap_with_small_blocks_agrees_with_a_tree(steps in steps(300, 120)) {
        agrees::<Large, Heap>(&steps)?;
    }

    #[test]
    fn maps_compare_by_their_pairs(
        a in collection::btree_map(0..3_u8, 0..2_u8, 0..4),
        b in collection::btree_map(0..3_u8, 0..2_u8, 0..4),
    ) {
        let (mut left, mut right) = (Map::<u8, u8, Heap>::new(), Map::<u8, u8, Inline<4>>::new());
        a.iter().for_each(|(key, value)| assert_eq!(left.insert(*key, *value), Ok(None)));
        b.iter().for_each(|(key, value)| assert_eq!(right.insert(*key, *value), Ok(None)));
        prop_assert_eq!(left == right, a == b);
        prop_assert_eq!(hash(&left) == hash(&right), a == b);
    }

    #[test]
    fn an_index_agrees_with_a_set(steps in collection::vec((0..900_u16, any::<bool>()), 0..600)) {
        let mut index = Index::<(u16, Key), Heap>::new();
        let mut model = BTreeSet::new();
        for (key, is_removal) in steps {
            let own = (key / 3, Box::new(key));
            if is_removal {
                index.remove(&own);
                model.remove(&own);
            } else {
                prop_assert_eq!(index.reserve(1), Ok(()));
                prop_assert_eq!(index.insert(own.clone()), Ok(()));
                model.insert(own);
            }
        }
        prop_assert!(index.iter_from(|_| false).eq(&model));
        prop_assert!(index.clone().iter_from(|(first, _)| *first < 100).eq(model.range((100, Box::new(0))..)));
        index.clear();
        prop_assert_eq!(index.iter_from(|_| false).next(), None);
    }
}

#[test]
fn thousands_of_pairs_come_and_go() {
    let count: u32 = if cfg!(miri) { 250 } else { 40_000 };
    let mut map = Map::<u32, u32, Heap>::new();
    // Every key once, in an order without order: the factor is odd, the modulus a power of two.
    let keys = || (0..count.next_power_of_two()).map(|nth| nth.wrapping_mul(2_654_435_769));
    let keys = || keys().map(|key| key % count.next_power_of_two());
    for key in keys() {
        assert_eq!(map.insert(key, !key), Ok(None));
    }
    assert!(
        map.iter().eq((0..count.next_power_of_two())
            .zip((0..).map(|key: u32| !key))
            .collect::<BTreeMap<_, _>>()
            .iter())
    );
    for key in keys().filter(|key| key % 8 != 3) {
        assert_eq!(map.remove(&key), Some(!key));
    }
    assert!(map.iter().map(|(key, _)| *key).eq((3..count.next_power_of_two()).step_by(8)));
    for key in keys().filter(|key| key % 8 == 3) {
        assert_eq!(map.remove(&key), Some(!key));
    }
    assert_eq!((map.len(), map.iter().next(), map.last()), (0, None, None));
}

#[test]
fn an_impossible_reservation_is_full() {
    let mut map = Map::<u64, u64, Heap>::new();
    map.insert(1, 1).unwrap();
    map.reserve(10).unwrap();
    let full = map.reserve(usize::MAX).unwrap_err();
    assert_eq!(full.needed, usize::MAX);
    assert!(full.capacity >= 11, "what is allocated, not what is used");
    assert_eq!(map.len(), 1);
    let mut index = Index::<u64, Heap>::new();
    assert!(index.reserve(usize::MAX).is_err());
    assert!(index.iter_from(|_| false).eq(&[]));
}

#[test]
fn keys_and_values_may_take_no_bytes() {
    let mut map = Map::<(), (), Heap>::new();
    assert_eq!(map.insert((), ()), Ok(None));
    assert_eq!(map.insert((), ()), Ok(Some(())));
    assert_eq!((map.len(), map.remove(&()), map.len()), (1, Some(()), 0));
}

#[cfg(feature = "serde")]
#[test]
fn a_claimed_length_is_not_believed() {
    // A length of 2^32 - 1, and one pair.
    let bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 7, 8];
    assert!(postcard::from_bytes::<Map<u8, u8, Heap>>(&bytes).is_err());
    assert!(postcard::from_bytes::<Map<u8, u8, Inline<4>>>(&bytes).is_err());
    let one = postcard::from_bytes::<Map<u8, u8, Heap>>(&[1, 7, 8]).unwrap();
    assert!(one.iter().eq([(&7, &8)]));
    assert!(postcard::from_bytes::<Map<u8, u8, Heap>>(&[2, 7, 8, 7, 9]).is_err(), "doubled");
    assert!(postcard::from_bytes::<Map<u8, u8, Heap>>(&[2, 7, 8, 6, 9]).is_err(), "unsorted");
}

#[test]
fn an_index_takes_many_at_once() {
    let mut index: Index<u32, Heap> = Index::new();
    index.insert(500).unwrap();
    index.extend((0..1_000).map(|at| at * 7 % 1_000)).unwrap();
    assert!(index.iter_from(|_| false).copied().eq(0..1_000));

    let mut none: Index<u32, Inline<4>> = Index::new();
    none.extend(0..1_000).unwrap();
    assert_eq!(none.iter_from(|_| false).next(), None);
}
