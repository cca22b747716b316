//! The replicated state: keys, values and deadlines, at a moment of the log's own clock.

mod apply;
pub mod command;
pub(crate) mod number;
pub mod reply;

use std::iter;

use bytes::Bytes;
use rpds::{HashTrieMapSync, RedBlackTreeSetSync};
use serde::{Deserialize, Serialize};
use synod_clocks::HybridStamp;

/// How many keys an entry of the log removes because they have ended: it must not take long.
const REMOVED_AT_ONCE: usize = 1_000;

/// What a key has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its bytes.
    pub data: Bytes,
    /// When it ends, in microseconds on the clock of the log.
    pub deadline_us: Option<u64>,
}

/// Keys and values. A clone takes no time, whatever its size: a snapshot is one.
#[derive(Clone, Debug, Default)]
pub struct State {
    now: HybridStamp,
    values: HashTrieMapSync<Bytes, Value>,
    /// The keys that end, the first of them first.
    deadlines: RedBlackTreeSetSync<(u64, Bytes)>,
    bytes: usize,
}

/// A part of a state, as it is stored and sent.
#[derive(Serialize, Deserialize)]
struct Chunk<'a> {
    now: HybridStamp,
    #[serde(borrow)]
    pairs: Vec<(&'a [u8], &'a [u8], Option<u64>)>,
}

impl State {
    /// A state without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The latest stamp that was applied: what time it is for every key.
    #[must_use]
    pub const fn now(&self) -> HybridStamp {
        self.now
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.size()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// About how many bytes they are, with their values.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many keys have a deadline.
    #[must_use]
    pub fn expires(&self) -> usize {
        self.deadlines.size()
    }

    /// When the first key ends. The leader has the log say so then.
    #[must_use]
    pub fn next_deadline_us(&self) -> Option<u64> {
        self.deadlines.first().map(|(at_us, _)| *at_us)
    }

    /// Time goes on, and keys end. It never goes back. Of very many keys that end at once some are
    /// removed later, but nobody sees their values any more.
    pub(crate) fn advance(&mut self, now: HybridStamp) {
        self.now = self.now.max(now);
        for _ in 0..REMOVED_AT_ONCE {
            let Some((at_us, key)) = self.deadlines.first().cloned() else { return };
            if at_us > self.now.wall_us() {
                return;
            }
            self.remove(&key);
        }
    }

    /// What a key has, if it has not ended.
    pub(crate) fn get(&self, key: &Bytes) -> Option<&Value> {
        let lasts = |at_us| at_us > self.now.wall_us();
        self.values.get(key).filter(|value| value.deadline_us.is_none_or(lasts))
    }

    /// Gives a key a value. The key and the value are to be copies of their own, or they hold on
    /// to the buffer in which they arrived.
    pub(crate) fn insert(&mut self, key: Bytes, value: Value) {
        self.forget(&key);
        self.bytes = self.bytes.saturating_add(size(&key, &value));
        if let Some(at_us) = value.deadline_us {
            self.deadlines.insert_mut((at_us, key.clone()));
        }
        self.values.insert_mut(key, value);
    }

    /// Removes a key, and says whether it was there.
    pub(crate) fn remove(&mut self, key: &Bytes) -> bool {
        let was_there = self.get(key).is_some();
        self.forget(key);
        self.values.remove_mut(key);
        was_there
    }

    /// Removes all keys. The time stays.
    pub(crate) fn clear(&mut self) {
        *self = Self { now: self.now, ..Self::default() };
    }

    /// Removes what is known of a key beside its value.
    fn forget(&mut self, key: &Bytes) {
        let Some(value) = self.values.get(key) else { return };
        self.bytes = self.bytes.saturating_sub(size(key, value));
        if let Some(at_us) = value.deadline_us {
            self.deadlines.remove_mut(&(at_us, key.clone()));
        }
    }

    /// The state in parts of about so many bytes, at least one. [`State::absorb`] puts them
    /// together again, in any order.
    pub fn chunks(&self, about_bytes: usize) -> impl Iterator<Item = Vec<u8>> + '_ {
        let mut pairs = self.values.iter();
        let mut is_first = true;
        iter::from_fn(move || {
            let mut chunk = Chunk { now: self.now, pairs: Vec::new() };
            let mut bytes = 0_usize;
            while bytes < about_bytes
                && let Some((key, value)) = pairs.next()
            {
                bytes = bytes.saturating_add(key.len()).saturating_add(value.data.len());
                chunk.pairs.push((key, &value.data, value.deadline_us));
            }
            let is_over = chunk.pairs.is_empty() && !is_first;
            is_first = false;
            // Only a serializer of our own could fail.
            if is_over { None } else { postcard::to_stdvec(&chunk).ok() }
        })
    }

    /// Adds a part of a state.
    ///
    /// # Errors
    ///
    /// If the bytes are no such part. The state is as it was.
    pub fn absorb(&mut self, chunk: &[u8]) -> Result<(), postcard::Error> {
        let chunk: Chunk<'_> = postcard::from_bytes(chunk)?;
        self.now = self.now.max(chunk.now);
        for (key, data, deadline_us) in chunk.pairs {
            let data = Bytes::copy_from_slice(data);
            self.insert(Bytes::copy_from_slice(key), Value { data, deadline_us });
        }
        Ok(())
    }
}

/// What a key and its value take, in a snapshot.
fn size(key: &Bytes, value: &Value) -> usize {
    key.len().saturating_add(value.data.len()).saturating_add(16)
}

/// Equal states have the same keys, values and deadlines, at the same time.
impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.now == other.now && self.values == other.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_the_sum_of_its_chunks() {
        let mut state = State::new();
        state.advance(HybridStamp::from_wall_us(7).unwrap());
        for number in 0..1_000_u32 {
            let value = Value {
                data: Bytes::from(vec![7; number.try_into().unwrap()]),
                deadline_us: number.is_multiple_of(3).then_some(u64::from(number) + 8),
            };
            state.insert(Bytes::from(number.to_string()), value);
        }
        for about_bytes in [1, 1_000, usize::MAX] {
            let mut copy = State::new();
            state.chunks(about_bytes).for_each(|chunk| copy.absorb(&chunk).unwrap());
            assert_eq!(copy, state);
            assert_eq!((copy.expires(), copy.bytes()), (334, state.bytes()));
        }
        assert_eq!(State::new().chunks(9).count(), 1);
    }

    #[test]
    fn keys_end_when_the_log_says_so() {
        let mut state = State::new();
        let ends = |at_us| Value { data: Bytes::new(), deadline_us: Some(at_us) };
        state.insert(Bytes::from("a"), ends(10));
        state.insert(Bytes::from("b"), ends(20));
        state.insert(Bytes::from("a"), ends(30));
        assert_eq!((state.len(), state.expires(), state.next_deadline_us()), (2, 2, Some(20)));
        assert_eq!(state.bytes(), 34);
        state.advance(HybridStamp::from_wall_us(20).unwrap());
        assert_eq!((state.len(), state.expires(), state.next_deadline_us()), (1, 1, Some(30)));
        assert_eq!(state.bytes(), 17);
        state.advance(HybridStamp::from_wall_us(10).unwrap());
        assert_eq!(state.now().wall_us(), 20);
        state.clear();
        assert_eq!((state.len(), state.expires(), state.now().wall_us()), (0, 0, 20));
    }

    #[test]
    fn many_keys_that_end_at_once_are_gone_at_once_and_removed_by_and_by() {
        let mut state = State::new();
        let key = |number: u32| Bytes::from(number.to_string());
        for number in 0..2_500 {
            state.insert(key(number), Value { data: Bytes::new(), deadline_us: Some(30) });
        }
        for left in [1_500, 500, 0] {
            state.advance(HybridStamp::from_wall_us(30).unwrap());
            assert_eq!(state.len(), left);
            assert!((0..2_500).all(|number| state.get(&key(number)).is_none()));
            assert_eq!(state.next_deadline_us(), (left > 0).then_some(30));
        }
        assert!(!state.remove(&key(1)));
    }
}
