//! Random commands, from bytes to bytes, against a model that is too simple to be wrong.
#![allow(clippy::std_instead_of_alloc)] // It is a server.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::panic)] // A test may panic.

mod stand_in;

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*, sample::select};
use stand_in::request;
use synod_clocks::HybridStamp;
use synod_kv::{
    redis::{answers::Answers, command::Command, limits::Limits, parse, request::Requests},
    state::{State, command::Write},
};

#[derive(Clone, Debug)]
enum Step {
    Pass { us: u64 },
    Set { key: u8, value: &'static str, only_if: Option<&'static str>, end: End, get: bool },
    SetNx(u8, &'static str),
    MSet(Vec<(u8, &'static str)>),
    Get(u8),
    MGet(Vec<u8>),
    GetDel(u8),
    Del(Vec<u8>),
    Exists(Vec<u8>),
    IncrBy(u8, i64),
    DecrBy(u8, i64),
    Append(u8, &'static str),
    StrLen(u8),
    Expire { key: u8, amount: i64, in_ms: bool },
    Ttl(u8, bool),
    Persist(u8),
    DbSize,
    FlushAll,
}

/// An option of `SET`, with its amount.
type End = Option<(&'static str, i64)>;

fn key() -> impl Strategy<Value = u8> {
    0..4_u8
}

fn value() -> impl Strategy<Value = &'static str> {
    let edges = ["9223372036854775807", "-9223372036854775808", "9223372036854775808"];
    select([&["", "0", "7", "-1", "007", "x", "a\r\n$1\r\n"][..], &edges].concat())
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![-3..3_i64, Just(i64::MAX), Just(i64::MIN), any::<i64>()]
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![4 => -1..4_i64, 1 => number()]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        2 => Just(None),
        1 => Just(Some(("KEEPTTL", 0))),
        3 => (select(vec!["EX", "PX"]), amount()).prop_map(Some),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let only_if = option::of(select(vec!["NX", "XX"]));
    prop_oneof![
        (0..2_500_000_u64).prop_map(|us| Step::Pass { us }),
        (key(), value(), only_if, end(), any::<bool>()).prop_map(
            |(key, value, only_if, end, get)| Step::Set { key, value, only_if, end, get }
        ),
        (key(), value()).prop_map(|(key, value)| Step::SetNx(key, value)),
        vec((key(), value()), 1..4).prop_map(Step::MSet),
        key().prop_map(Step::Get),
        vec(key(), 1..5).prop_map(Step::MGet),
        key().prop_map(Step::GetDel),
        vec(key(), 1..4).prop_map(Step::Del),
        vec(key(), 1..4).prop_map(Step::Exists),
        (key(), number()).prop_map(|(key, by)| Step::IncrBy(key, by)),
        (key(), number()).prop_map(|(key, by)| Step::DecrBy(key, by)),
        (key(), value()).prop_map(|(key, more)| Step::Append(key, more)),
        key().prop_map(Step::StrLen),
        (key(), amount(), any::<bool>()).prop_map(|(key, amount, in_ms)| Step::Expire {
            key,
            amount,
            in_ms
        }),
        (key(), any::<bool>()).prop_map(|(key, in_ms)| Step::Ttl(key, in_ms)),
        key().prop_map(Step::Persist),
        Just(Step::DbSize),
        Just(Step::FlushAll),
    ]
}

fn words(step: &Step) -> Vec<String> {
    let line = |name: &str, rest: &[&dyn ToString]| -> Vec<String> {
        [name.to_owned()].into_iter().chain(rest.iter().map(|word| word.to_string())).collect()
    };
    let keys = |name: &str, keys: &[u8]| {
        line(name, &keys.iter().map(|key| key as &dyn ToString).collect::<Vec<_>>())
    };
    match step {
        Step::Pass { .. } => Vec::new(),
        Step::Set { key, value, only_if, end, get } => {
            let mut words = line("SET", &[key, value]);
            words.extend(only_if.map(str::to_owned));
            if let Some((unit, amount)) = end {
                words.push((*unit).to_owned());
                words.extend((*unit != "KEEPTTL").then(|| amount.to_string()));
            }
            words.extend(get.then(|| "get".to_owned()));
            words
        }
        Step::SetNx(key, value) => line("SETNX", &[key, value]),
        Step::MSet(pairs) => {
            let pairs = pairs.iter().flat_map(|(key, value)| [key.to_string(), (*value).into()]);
            ["MSET".to_owned()].into_iter().chain(pairs).collect()
        }
        Step::Get(key) => line("GET", &[key]),
        Step::MGet(all) => keys("MGET", all),
        Step::GetDel(key) => line("GETDEL", &[key]),
        Step::Del(all) => keys("DEL", all),
        Step::Exists(all) => keys("EXISTS", all),
        Step::IncrBy(key, 1) => line("INCR", &[key]),
        Step::IncrBy(key, by) => line("INCRBY", &[key, by]),
        Step::DecrBy(key, 1) => line("DECR", &[key]),
        Step::DecrBy(key, by) => line("DECRBY", &[key, by]),
        Step::Append(key, more) => line("APPEND", &[key, more]),
        Step::StrLen(key) => line("STRLEN", &[key]),
        Step::Expire { key, amount, in_ms } => {
            line(if *in_ms { "PEXPIRE" } else { "EXPIRE" }, &[key, amount])
        }
        Step::Ttl(key, in_ms) => line(if *in_ms { "PTTL" } else { "TTL" }, &[key]),
        Step::Persist(key) => line("PERSIST", &[key]),
        Step::DbSize => line("DBSIZE", &[]),
        Step::FlushAll => line("FLUSHALL", &[]),
    }
}

/// What Redis is said to do, in words of its protocol, with a clock of microseconds.
#[derive(Default)]
struct Model {
    now_us: i128,
    keys: BTreeMap<u8, (String, Option<i128>)>,
}

const OK: &str = "+OK\r\n";
const NIL: &str = "$-1\r\n";

fn integer(number: impl ToString) -> String {
    format!(":{}\r\n", number.to_string())
}

/// No time that a 64-bit number of microseconds cannot tell.
fn us(amount: i64, factor: i128) -> Option<i128> {
    Some(i128::from(amount) * factor).filter(|us| i64::try_from(*us).is_ok())
}

impl Model {
    fn step(&mut self, step: &Step) -> String {
        match step {
            Step::Pass { us } => {
                self.now_us += i128::from(*us);
                String::new()
            }
            Step::Set { key, value, only_if, end, get } => {
                self.set(*key, value, *only_if, *end, *get)
            }
            Step::SetNx(key, value) => {
                let is_new = !self.keys.contains_key(key);
                self.keys.entry(*key).or_insert(((*value).into(), None));
                integer(i32::from(is_new))
            }
            Step::MSet(pairs) => {
                self.keys.extend(pairs.iter().map(|(key, value)| (*key, ((*value).into(), None))));
                OK.into()
            }
            Step::Get(key) => self.value(*key),
            Step::MGet(keys) => {
                let values: String = keys.iter().map(|key| self.value(*key)).collect();
                format!("*{}\r\n{values}", keys.len())
            }
            Step::GetDel(key) => {
                let value = self.value(*key);
                self.keys.remove(key);
                value
            }
            Step::Del(keys) => {
                let before = self.keys.len();
                keys.iter().for_each(|key| drop(self.keys.remove(key)));
                integer(before - self.keys.len())
            }
            Step::Exists(keys) => {
                integer(keys.iter().filter(|key| self.keys.contains_key(key)).count())
            }
            Step::IncrBy(key, by) => self.add(*key, i128::from(*by)),
            Step::DecrBy(_, i64::MIN) => "-ERR decrement would overflow\r\n".into(),
            Step::DecrBy(key, by) => self.add(*key, -i128::from(*by)),
            Step::Append(key, more) => {
                let (value, _) = self.keys.entry(*key).or_default();
                value.push_str(more);
                integer(value.len())
            }
            Step::StrLen(key) => integer(self.keys.get(key).map_or(0, |(value, _)| value.len())),
            Step::Expire { key, amount, in_ms } => self.expire(*key, *amount, *in_ms),
            Step::Ttl(key, in_ms) => integer(match self.keys.get(key) {
                None => -2,
                Some((_, None)) => -1,
                Some((_, Some(at_us))) => {
                    let ms = (at_us - self.now_us + 999) / 1_000;
                    if *in_ms { ms } else { (ms + 500) / 1_000 }
                }
            }),
            Step::Persist(key) => {
                let end = self.keys.get_mut(key).and_then(|(_, end)| end.take());
                integer(i32::from(end.is_some()))
            }
            Step::DbSize => integer(self.keys.len()),
            Step::FlushAll => {
                self.keys.clear();
                OK.into()
            }
        }
    }

    fn end_keys(&mut self) {
        let now_us = self.now_us;
        self.keys.retain(|_, (_, end)| end.is_none_or(|at_us| at_us > now_us));
    }

    fn value(&self, key: u8) -> String {
        let value = self.keys.get(&key);
        value.map_or(NIL.into(), |(value, _)| format!("${}\r\n{value}\r\n", value.len()))
    }

    fn set(&mut self, key: u8, value: &str, only_if: Option<&str>, end: End, get: bool) -> String {
        let old = self.value(key);
        let end_us = match end {
            None => None,
            Some(("KEEPTTL", _)) => self.keys.get(&key).and_then(|(_, end)| *end),
            Some((unit, amount)) => {
                let factor = if unit == "EX" { 1_000_000 } else { 1_000 };
                let Some(us) = us(amount, factor).filter(|us| *us > 0) else {
                    return "-ERR invalid expire time in 'set' command\r\n".into();
                };
                Some(self.now_us + us)
            }
        };
        let is_due = match only_if {
            Some("NX") => old == NIL,
            Some(_) => old != NIL,
            None => true,
        };
        if is_due {
            self.keys.insert(key, (value.into(), end_us));
            self.end_keys();
        }
        if get { old } else { (if is_due { OK } else { NIL }).into() }
    }

    fn add(&mut self, key: u8, by: i128) -> String {
        let (value, end) = self.keys.get(&key).cloned().unwrap_or_else(|| ("0".into(), None));
        let number = value.parse::<i64>().ok().filter(|number| number.to_string() == value);
        let Some(number) = number else {
            return "-ERR value is not an integer or out of range\r\n".into();
        };
        let sum = i128::from(number) + by;
        if i64::try_from(sum).is_err() {
            return "-ERR increment or decrement would overflow\r\n".into();
        }
        self.keys.insert(key, (sum.to_string(), end));
        integer(sum)
    }

    fn expire(&mut self, key: u8, amount: i64, in_ms: bool) -> String {
        let (name, factor) = if in_ms { ("pexpire", 1_000) } else { ("expire", 1_000_000) };
        let Some(us) = us(amount, factor) else {
            return format!("-ERR invalid expire time in '{name}' command\r\n");
        };
        let at_us = self.now_us + us;
        let Some((_, end)) = self.keys.get_mut(&key) else { return integer(0) };
        *end = Some(at_us);
        self.end_keys();
        integer(1)
    }
}

/// The way of a request, without the network.
fn answer(state: &mut State, requests: &mut Requests, now_us: u64, words: &[String]) -> String {
    requests.room().extend_from_slice(&request(words));
    let stamp = HybridStamp::from_wall_us(now_us).unwrap();
    // For those that do not go through the log, what has ended is gone once the log says so.
    state.apply(stamp, &Write::Tick);
    let reply = match requests.next(parse::parse).unwrap().unwrap() {
        Ok(Command::Write(write)) => {
            let bytes = postcard::to_stdvec(&write).unwrap();
            assert_eq!(postcard::from_bytes::<Write>(&bytes).unwrap(), write);
            state.apply(stamp, &write)
        }
        Ok(Command::Read(read)) => state.read(&read),
        Err(error) => error,
        other => panic!("{other:?}"),
    };
    let mut answers = Answers::default();
    answers.push(reply, usize::MAX);
    String::from_utf8(answers.bytes().to_vec()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn commands_mean_what_the_model_says(steps in vec(step(), 1..60)) {
        let mut model = Model { now_us: 1_000_000, ..Model::default() };
        let mut state = State::new();
        let mut requests = Requests::new(Limits::default());
        for step in steps {
            model.end_keys();
            let expected = model.step(&step);
            let now_us = u64::try_from(model.now_us).unwrap();
            let words = words(&step);
            if !words.is_empty() {
                prop_assert_eq!(answer(&mut state, &mut requests, now_us, &words), expected, "{:?}", words);
                prop_assert_eq!(state.len(), model.keys.len());
                let ends: Vec<i128> = model.keys.values().filter_map(|(_, end)| *end).collect();
                prop_assert_eq!(state.expires(), ends.len());
                prop_assert_eq!(state.next_deadline_us().map(i128::from), ends.iter().min().copied());
            }
        }
    }
}
