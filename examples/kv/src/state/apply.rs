//! What commands mean.

use bytes::Bytes;
use synod_clocks::HybridStamp;

use crate::state::{
    State, Value,
    command::{End, MAX_VALUE_BYTES, Read, Set, SetIf, Write},
    number,
    reply::Reply,
};

impl State {
    /// Applies a command of the log, with its stamp. Equal logs make equal states and answers, and
    /// a command that fails changes nothing but the time.
    pub fn apply(&mut self, stamp: HybridStamp, command: &Write) -> Reply {
        self.advance(stamp);
        match command {
            Write::Tick => Reply::OK,
            Write::MSet(pairs) => {
                for (key, value) in pairs {
                    self.put(key, Bytes::copy_from_slice(value), None);
                }
                Reply::OK
            }
            Write::Set(set) => self.set(set),
            Write::SetNx(key, value) => {
                let is_new = self.get(key).is_none();
                if is_new {
                    self.put(key, Bytes::copy_from_slice(value), None);
                }
                Reply::Integer(is_new.into())
            }
            Write::GetDel(key) => {
                let old = self.value(key);
                self.remove(key);
                old
            }
            Write::Del(keys) => Reply::count(keys.iter().filter(|key| self.remove(key)).count()),
            Write::IncrBy(key, by) => self.add(key, *by),
            Write::Append(key, more) => self.append(key, more),
            Write::Expire(key, in_us) => Reply::Integer(self.expire(key, *in_us).into()),
            Write::Ttl(key) => self.left_ms(key, |left_ms| left_ms.saturating_add(500) / 1_000),
            Write::Pttl(key) => self.left_ms(key, |left_ms| left_ms),
            Write::Persist(key) => Reply::Integer(self.persist(key).into()),
            Write::FlushAll => {
                self.clear();
                Reply::OK
            }
        }
    }

    /// Answers a question.
    #[must_use]
    pub fn read(&self, command: &Read) -> Reply {
        match command {
            Read::Get(key) => self.value(key),
            Read::MGet(keys) => Reply::Array(keys.iter().map(|key| self.value(key)).collect()),
            Read::Exists(keys) => {
                Reply::count(keys.iter().filter(|key| self.get(key).is_some()).count())
            }
            Read::StrLen(key) => Reply::count(self.get(key).map_or(0, |value| value.data.len())),
            Read::DbSize => Reply::count(self.len()),
        }
    }

    fn value(&self, key: &Bytes) -> Reply {
        self.get(key).map_or(Reply::Nil, |value| Reply::Bulk(value.data.clone()))
    }

    /// Gives a key a value, or removes it if its time is over. The key is copied; the data is to be
    /// a copy already.
    fn put(&mut self, key: &[u8], data: Bytes, deadline_us: Option<u64>) {
        let key = Bytes::copy_from_slice(key);
        if deadline_us.is_some_and(|at_us| at_us <= self.now().wall_us()) {
            self.remove(&key);
        } else {
            self.insert(key, Value { data, deadline_us });
        }
    }

    fn set(&mut self, set: &Set) -> Reply {
        let is_due = match set.only_if {
            None => true,
            Some(SetIf::Absent) => self.get(&set.key).is_none(),
            Some(SetIf::Present) => self.get(&set.key).is_some(),
        };
        let answer = match (set.returns_old, is_due) {
            (true, _) => self.value(&set.key),
            (false, true) => Reply::OK,
            (false, false) => Reply::Nil,
        };
        if is_due {
            let deadline_us = match set.end {
                End::Never => None,
                End::Kept => self.get(&set.key).and_then(|value| value.deadline_us),
                End::In(us) => Some(self.now().wall_us().saturating_add(us)),
            };
            self.put(&set.key, Bytes::copy_from_slice(&set.value), deadline_us);
        }
        answer
    }

    fn add(&mut self, key: &Bytes, by: i64) -> Reply {
        let old = self.get(key);
        let deadline_us = old.and_then(|value| value.deadline_us);
        let Some(number) = old.map_or(Some(0), |value| number::parse(&value.data)) else {
            return Reply::NOT_AN_INTEGER;
        };
        let Some(sum) = number.checked_add(by) else {
            return Reply::error("ERR increment or decrement would overflow");
        };
        self.put(key, Bytes::from(sum.to_string()), deadline_us);
        Reply::Integer(sum)
    }

    fn append(&mut self, key: &Bytes, more: &[u8]) -> Reply {
        let old = self.get(key);
        let deadline_us = old.and_then(|value| value.deadline_us);
        let old = old.map_or(&[][..], |value| &value.data);
        let len = old.len().saturating_add(more.len());
        if len > MAX_VALUE_BYTES {
            return Reply::error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }
        let data = Bytes::from([old, more].concat());
        self.put(key, data, deadline_us);
        Reply::count(len)
    }

    fn expire(&mut self, key: &Bytes, in_us: i64) -> bool {
        let Some(Value { data, .. }) = self.get(key).cloned() else { return false };
        let at_us = self.now().wall_us().saturating_add_signed(in_us);
        self.put(key, data, Some(at_us));
        true
    }

    fn persist(&mut self, key: &Bytes) -> bool {
        let Some(Value { data, deadline_us: Some(_) }) = self.get(key).cloned() else {
            return false;
        };
        self.put(key, data, None);
        true
    }

    /// What a key has left, in milliseconds, a part of one counting as one; -1 if it does not end,
    /// -2 if it does not exist.
    fn left_ms(&self, key: &Bytes, unit: impl Fn(u64) -> u64) -> Reply {
        Reply::Integer(match self.get(key) {
            None => -2,
            Some(Value { deadline_us: None, .. }) => -1,
            Some(Value { deadline_us: Some(at_us), .. }) => {
                let left_us = at_us.saturating_sub(self.now().wall_us());
                unit(left_us.div_ceil(1_000)).try_into().unwrap_or(i64::MAX)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(state: &mut State, wall_us: u64, command: &Write) -> Reply {
        state.apply(HybridStamp::from_wall_us(wall_us).unwrap(), command)
    }

    #[test]
    fn what_enters_the_state_does_not_hold_its_buffer() {
        let buffer = Bytes::from(vec![b'x'; 1_000]);
        let [key, value] = [buffer.slice(..3), buffer.slice(3..9)];
        let mut state = State::new();
        at(&mut state, 1, &Write::MSet(vec![(key.clone(), value)]));
        at(&mut state, 1, &Write::Append(key.clone(), buffer.slice(..2)));
        at(&mut state, 1, &Write::Expire(key.clone(), 5));
        drop(key);
        assert!(buffer.is_unique());
    }

    #[test]
    fn a_key_is_gone_before_the_command_whose_stamp_reaches_its_end() {
        let mut state = State::new();
        let key = Bytes::from("k");
        let ten = Set {
            key: key.clone(),
            value: Bytes::from("1"),
            end: End::In(10),
            only_if: None,
            returns_old: false,
        };
        at(&mut state, 100, &Write::Set(ten));
        assert_eq!(at(&mut state, 109, &Write::Pttl(key.clone())), Reply::Integer(1));
        assert_eq!(at(&mut state, 109, &Write::IncrBy(key.clone(), 1)), Reply::Integer(2));
        assert_eq!(at(&mut state, 110, &Write::IncrBy(key.clone(), 1)), Reply::Integer(1));
        assert_eq!(at(&mut state, 110, &Write::Pttl(key)), Reply::Integer(-1));
    }

    #[test]
    fn a_stamp_of_the_past_does_not_bring_a_key_back() {
        let mut state = State::new();
        let key = Bytes::from("k");
        at(&mut state, 100, &Write::SetNx(key.clone(), Bytes::new()));
        at(&mut state, 50, &Write::Expire(key.clone(), 10));
        assert_eq!(state.next_deadline_us(), Some(110));
    }
}
