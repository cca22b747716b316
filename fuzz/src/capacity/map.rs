//! Maps and indexes of several capacities against a sorted `Vec`.

use std::{
    hash::{Hash, Hasher},
    rc::Rc,
};

use arbitrary::Arbitrary;
use synod_capacity::{Capacity, Full, Heap, Index, Inline, Map};

use crate::{fingerprint::fingerprint, refusal::refusal};

/// One call, or many alike.
#[derive(Arbitrary, Clone, Debug)]
pub enum Operation {
    /// `insert`.
    Insert(u8, u8),
    /// `remove`.
    Remove(u8),
    /// `insert` of keys side by side.
    InsertMany(Keys, u8),
    /// `remove` of keys side by side.
    RemoveMany(Keys),
    /// Overwriting in place.
    Overwrite(u8, u8),
    /// `reserve`, of what is small or as much as can be.
    Reserve(u8),
    /// `clone`, and going on with the clone.
    Clone,
    /// `clear`.
    Clear,
    /// `iter_from` of a key, and of a value in the index.
    From(u8),
}

/// Keys side by side, from the first up or from the last down.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Keys {
    first: u8,
    count: u8,
    is_down: bool,
}

impl Keys {
    fn get(self) -> Vec<u8> {
        let mut keys: Vec<u8> = (self.first..=u8::MAX).take(self.count.into()).collect();
        if self.is_down {
            keys.reverse();
        }
        keys
    }
}

/// Applies the operations to maps of every kind of capacity, step by step.
pub fn check(operations: &[Operation]) {
    let mut none = Modelled::<Inline<0>>::new();
    let mut some = Modelled::<Inline<6>>::new();
    let mut heap = Modelled::<Heap>::new();
    for operation in operations.iter().take(100) {
        none.apply(operation);
        some.apply(operation);
        heap.apply(operation);
        none.compare(&heap);
        some.compare(&heap);
        heap.compare(&some);
    }
}

/// A value of which it is known how many are alive, and so large that a block of the heap has few.
#[derive(Clone, Debug)]
struct Value {
    value: u8,
    _ballast: [u64; 64],
    /// Each living value holds one reference.
    _census: Rc<()>,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

/// A map with an index of its values, and the pairs that they should hold.
#[derive(Debug)]
struct Modelled<C: Capacity> {
    map: Map<u8, Value, C>,
    by_value: Index<(u8, u8), C>,
    model: Vec<(u8, u8)>,
    census: Rc<()>,
}

impl<C: Capacity> Modelled<C> {
    fn new() -> Self {
        Self { map: Map::new(), by_value: Index::new(), model: Vec::new(), census: Rc::new(()) }
    }

    fn apply(&mut self, operation: &Operation) {
        match *operation {
            Operation::Insert(key, value) => self.insert(key, value),
            Operation::Remove(key) => self.remove(key),
            Operation::InsertMany(keys, value) => {
                keys.get().into_iter().for_each(|key| self.insert(key, value));
            }
            Operation::RemoveMany(keys) => {
                keys.get().into_iter().for_each(|key| self.remove(key));
            }
            Operation::Overwrite(key, value) => self.overwrite(key, value),
            Operation::Reserve(additional) => self.reserve(additional),
            Operation::Clone => {
                let clone = self.map.clone();
                assert_eq!(clone, self.map);
                (self.map, self.by_value) = (clone, self.by_value.clone());
            }
            Operation::Clear => {
                self.map.clear();
                self.by_value.clear();
                self.model.clear();
            }
            Operation::From(least) => self.from(least),
        }
        self.check();
    }

    fn insert(&mut self, key: u8, value: u8) {
        let inserted = self.map.insert(key, self.value(value));
        match self.position(key) {
            Some(at) => {
                let old = self.model[at].1;
                self.model[at].1 = value;
                assert_eq!(inserted, Ok(Some(self.value(old))));
                self.by_value.remove(&(old, key));
            }
            None => match refusal::<C>(self.model.len() + 1) {
                None => {
                    assert_eq!(inserted, Ok(None));
                    self.model.push((key, value));
                    self.model.sort_unstable();
                }
                Some(full) => {
                    let back: Result<Option<Value>, (Full, (u8, Value))> =
                        Err((full, (key, self.value(value))));
                    assert_eq!(inserted, back);
                    return;
                }
            },
        }
        assert_eq!(self.by_value.insert((value, key)), Ok(()));
    }

    fn remove(&mut self, key: u8) {
        let removed = self.map.remove(&key).map(|value| value.value);
        let due = self.position(key).map(|at| self.model.remove(at).1);
        assert_eq!(removed, due);
        self.by_value.remove(&(due.unwrap_or_default(), key));
    }

    fn overwrite(&mut self, key: u8, value: u8) {
        let at = self.position(key);
        let own = self.map.get_mut(&key);
        assert_eq!(own.as_ref().map(|own| own.value), at.map(|at| self.model[at].1));
        if let (Some(own), Some(at)) = (own, at) {
            self.by_value.remove(&(own.value, key));
            assert_eq!(self.by_value.insert((value, key)), Ok(()));
            own.value = value;
            self.model[at].1 = value;
        }
    }

    fn reserve(&mut self, additional: u8) {
        let additional = match additional {
            255 => usize::MAX,
            254 => usize::MAX / 2 + 1,
            small => usize::from(small % 64),
        };
        let needed = self.model.len().saturating_add(additional);
        match self.map.reserve(additional) {
            Ok(()) => assert!(needed <= C::LIMIT && needed <= usize::MAX / 2),
            // What the heap had allocated is its own affair.
            Err(full) if C::LIMIT == usize::MAX => assert_eq!(full.needed, needed),
            Err(full) => assert_eq!(Some(full), refusal::<C>(needed)),
        }
        let is_refused = self.by_value.reserve(additional).is_err();
        assert_eq!(is_refused, Index::<(u8, u8), C>::EXISTS && needed > usize::MAX / 2);
    }

    fn from(&self, least: u8) {
        let found = self.map.iter_from(|key| *key < least).map(|(key, value)| (*key, value.value));
        assert!(found.eq(self.model.iter().copied().filter(|(key, _)| *key >= least)));
        let mut by_value: Vec<(u8, u8)> =
            self.model.iter().map(|(key, value)| (*value, *key)).collect();
        by_value.sort_unstable();
        by_value.retain(|(value, _)| Index::<(u8, u8), C>::EXISTS && *value >= least);
        assert!(self.by_value.iter_from(|(value, _)| *value < least).eq(&by_value));
    }

    /// Asserts that the map is what the model says, and that no value was lost or dropped twice.
    fn check(&self) {
        let pairs = self.map.iter().map(|(key, value)| (*key, value.value));
        assert!(pairs.eq(self.model.iter().copied()));
        assert_eq!(Rc::strong_count(&self.census), 1 + self.model.len());
        assert_eq!(
            (self.map.len(), self.map.is_empty()),
            (self.model.len(), self.model.is_empty())
        );
        assert_eq!(self.map.capacity(), C::LIMIT);
        let last = self.map.last().map(|(key, value)| (*key, value.value));
        assert_eq!(last, self.model.last().copied());
        for key in [0, 100, 255] {
            let value = self.map.get(&key).map(|value| value.value);
            assert_eq!(value, self.position(key).map(|at| self.model[at].1));
            assert_eq!(self.map.contains_key(&key), value.is_some());
        }
    }

    /// Asserts that maps of different capacities compare as their pairs do.
    fn compare<D: Capacity>(&self, other: &Modelled<D>) {
        let equal = self.model == other.model;
        assert_eq!(self.map == other.map, equal);
        if equal {
            assert_eq!(fingerprint(&self.map), fingerprint(&other.map));
        }
    }

    fn position(&self, key: u8) -> Option<usize> {
        self.model.iter().position(|(own, _)| *own == key)
    }

    fn value(&self, value: u8) -> Value {
        Value { value, _ballast: [0; 64], _census: Rc::clone(&self.census) }
    }
}
