//! Numbers in place of values.

use std::{
    hash::Hash,
    sync::{Arc, PoisonError, RwLock},
};

use ahash::RandomState;
use dashmap::{DashMap, Entry};

/// Gives equal keys the same number, and keeps one value for each. So states are a few numbers, and
/// comparing two is quick. Which number a key has depends on who asks first, and differs from run to
/// run.
pub(crate) struct Interner<K, T> {
    numbers: DashMap<K, u32, RandomState>,
    values: RwLock<Vec<Arc<T>>>,
}

impl<K: Eq + Hash, T> Interner<K, T> {
    /// The number of this key; if it is new, with this value.
    pub(crate) fn number(&self, key: K, value: impl FnOnce() -> T) -> u32 {
        match self.numbers.entry(key) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let value = Arc::new(value());
                let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
                let number = u32::try_from(values.len()).expect("fewer parts than states");
                values.push(value);
                place.insert(number);
                number
            }
        }
    }

    /// The value that has this number, which was given out.
    pub(crate) fn get(&self, number: u32) -> Arc<T> {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&values[number as usize])
    }
}

impl<K: Eq + Hash, T> Default for Interner<K, T> {
    fn default() -> Self {
        Self { numbers: DashMap::default(), values: RwLock::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_have_one_number() {
        let names = Interner::default();
        let numbers = ["a", "b", "a"].map(|name| names.number(name, || name.to_uppercase()));
        assert_eq!(numbers, [0, 1, 0]);
        assert_eq!(numbers.map(|number| names.get(number).to_string()), ["A", "B", "A"]);
    }
}
