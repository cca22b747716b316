//! All that the clients did and saw.

use std::time::Instant;

use synod_sim::{
    appends::{self, Append, Findings, History, Outcome},
    history::{self, Finding, Kind, Operation},
    random::Random,
    second,
};

use super::verdict::Counts;
use crate::cluster::remote::Answer;

/// How many keys are appended to at a time, and how many are registers.
const APPENDED: usize = 4;
const REGISTERS: usize = 8;
/// How many operations a key has before another takes its place: a search decides short histories.
const OPERATIONS_PER_APPENDED: usize = 200;
const OPERATIONS_PER_REGISTER: usize = 50;
/// When that search is given up.
const STEPS: u64 = 1_000_000;

/// All that the clients did and saw. Moments are numbered in their order, all of them different.
#[derive(Debug)]
pub(super) struct Record {
    prefix: String,
    keys: Vec<Key>,
    /// The keys in use.
    current: Vec<usize>,
    moment: u32,
    /// The last value that was written.
    value: u32,
    /// When a leader was killed, if no write has been acknowledged since.
    killed: Option<Instant>,
    pub(super) counts: Counts,
}

#[derive(Debug)]
enum Key {
    Appended(History),
    /// An operation that never happened is none.
    Register(Vec<Option<Operation>>),
}

/// An operation that is under way.
#[derive(Debug)]
pub(super) struct Task {
    key: usize,
    place: usize,
    called: u32,
    at: Instant,
    action: Action,
    pub(super) command: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Append,
    Set,
    Swap,
    Get,
}

impl Record {
    pub(super) fn new(prefix: String) -> Self {
        let mut record = Self {
            prefix,
            keys: Vec::new(),
            current: Vec::new(),
            moment: 0,
            value: 0,
            killed: None,
            counts: Counts::default(),
        };
        for lane in 0..APPENDED.saturating_add(REGISTERS) {
            record.current.push(lane);
            record.keys.push(Key::new(lane));
        }
        record
    }

    /// The names of all keys, in their order.
    pub(super) fn names(&self) -> Vec<String> {
        (0..self.keys.len()).map(|key| self.name(key)).collect()
    }

    /// The next moment.
    pub(super) fn moment(&mut self) -> u32 {
        self.moment = self.moment.saturating_add(1);
        self.moment
    }

    /// A leader was killed, or something else happened that makes it take longer.
    pub(super) fn disturb(&mut self, killed: Option<Instant>) {
        self.killed = killed;
    }

    /// An operation begins.
    pub(super) fn begin(&mut self, random: &mut Random) -> Option<Task> {
        let lane = random.index(self.current.len());
        let key = self.key_of(lane)?;
        let name = self.name(key);
        let called = self.moment();
        let is_read = random.below(100) < 40;
        let is_swap = random.one_in(3);
        self.value = self.value.saturating_add(u32::from(!is_read));
        let new = self.value;
        let (action, place, command) = match self.keys.get_mut(key)? {
            Key::Appended(history) if is_read => {
                (Action::Get, history.reads.len(), vec!["GET".into(), name])
            }
            Key::Appended(history) => {
                history.appends.push(Append { token: new, called, outcome: Outcome::Unknown });
                let command = vec!["APPEND".into(), name, appends::token(new)];
                (Action::Append, history.appends.len().saturating_sub(1), command)
            }
            Key::Register(operations) => {
                let (action, kind) = match (is_read, is_swap) {
                    (true, _) => (Action::Get, Kind::Read(None)),
                    (false, true) => (Action::Swap, Kind::Swap { new, seen: None }),
                    (false, false) => (Action::Set, Kind::Write(new)),
                };
                operations.push(Some(Operation { called, returned: u32::MAX, kind }));
                let command = match action {
                    Action::Get => vec!["GET".into(), name],
                    Action::Swap => vec!["SET".into(), name, new.to_string(), "GET".into()],
                    _ => vec!["SET".into(), name, new.to_string()],
                };
                (action, operations.len().saturating_sub(1), command)
            }
        };
        Some(Task { key, place, called, at: Instant::now(), action, command })
    }

    /// An operation ends; without an answer, nobody knows how. Whether it was acknowledged.
    pub(super) fn finish(&mut self, task: &Task, answer: Option<&Answer>) -> bool {
        let returned = self.moment();
        match answer {
            Some(Answer::Error(error)) if error.starts_with("CLUSTERDOWN") => {
                self.counts.refused = self.counts.refused.saturating_add(1);
                self.refuse(task);
                return false;
            }
            None | Some(Answer::Error(_)) => {
                self.counts.unknown = self.counts.unknown.saturating_add(1);
                if let Some(Answer::Error(error)) = answer
                    && !error.starts_with("UNKNOWN")
                {
                    let times = self.counts.errors.entry(error.to_string()).or_insert(0_u64);
                    *times = times.saturating_add(1);
                }
                return false;
            }
            Some(answer) => {
                if self.accept(task, returned, answer).is_none() {
                    let odd = format!("{:?} was answered {answer:?}", task.command);
                    self.counts.faults.push(odd);
                }
            }
        }
        self.counts.acknowledged = self.counts.acknowledged.saturating_add(1);
        if task.action != Action::Get
            && let Some(killed) = self.killed.filter(|killed| task.at > *killed)
        {
            self.counts.fail_overs.push(killed.elapsed());
            self.killed = None;
        }
        true
    }

    /// What a key was seen to have at a time when nobody wrote any more.
    pub(super) fn read(&mut self, key: usize, called: u32, returned: u32, value: &Answer) {
        let value = bytes(value);
        match (self.keys.get_mut(key), value) {
            (Some(Key::Appended(history)), Some(value)) => {
                history.reads.push(appends::Read::new(called, returned, value));
            }
            (Some(Key::Register(operations)), Some(value)) => {
                let kind = Kind::Read(Some(number(value)));
                operations.push(Some(Operation { called, returned, kind }));
            }
            _ => self.counts.faults.push(format!("{} has no value at all", self.name(key))),
        }
    }

    /// Checks a key, of which this was read last. Nothing, if there is no such key.
    pub(super) fn check(&mut self, key: usize, last: &Answer) -> Option<()> {
        let name = self.name(key);
        let findings = match self.keys.get(key)? {
            Key::Appended(history) => history.check(bytes(last)?),
            Key::Register(operations) => {
                let operations: Vec<Operation> = operations.iter().flatten().copied().collect();
                let finding = match history::check(&operations, STEPS) {
                    Finding::Linearizable if second::check(&operations) => None,
                    Finding::Linearizable => Some("is not, to the second checker".to_owned()),
                    other => Some(format!("{other:?}: {operations:?}")),
                };
                Findings { lost: 0, faults: finding.into_iter().collect() }
            }
        };
        self.counts.histories = self.counts.histories.saturating_add(1);
        self.counts.lost = self.counts.lost.saturating_add(findings.lost);
        let faults = findings.faults.into_iter();
        self.counts.faults.extend(faults.map(|fault| format!("{name}: {fault}")));
        Some(())
    }

    /// The key that a lane uses. An old one makes room for a new one.
    fn key_of(&mut self, lane: usize) -> Option<usize> {
        let next = self.keys.len();
        let current = self.current.get_mut(lane)?;
        if self.keys.get(*current)?.is_full() {
            *current = next;
            self.keys.push(Key::new(lane));
        }
        Some(*current)
    }

    fn name(&self, key: usize) -> String {
        format!("{}:{key}", self.prefix)
    }

    fn refuse(&mut self, task: &Task) {
        match self.keys.get_mut(task.key) {
            Some(Key::Appended(history)) if task.action == Action::Append => {
                if let Some(append) = history.appends.get_mut(task.place) {
                    append.outcome = Outcome::Refused;
                }
            }
            Some(Key::Register(operations)) => {
                if let Some(operation) = operations.get_mut(task.place) {
                    *operation = None;
                }
            }
            _ => {}
        }
    }

    /// Notes an answer; nothing, if it is not one that the command can have.
    fn accept(&mut self, task: &Task, returned: u32, answer: &Answer) -> Option<()> {
        match self.keys.get_mut(task.key)? {
            Key::Appended(history) => match (task.action, answer) {
                (Action::Append, Answer::Integer(length)) => {
                    let append = history.appends.get_mut(task.place)?;
                    append.outcome = Outcome::Done { returned, length: *length };
                }
                (Action::Get, value) => {
                    let read = appends::Read::new(task.called, returned, bytes(value)?);
                    history.reads.push(read);
                }
                _ => return None,
            },
            Key::Register(operations) => {
                let operation = operations.get_mut(task.place)?.as_mut()?;
                match (&mut operation.kind, answer) {
                    (Kind::Read(seen) | Kind::Swap { seen, .. }, value) => {
                        *seen = Some(number(bytes(value)?));
                    }
                    (_, Answer::SimpleString(word)) if **word == *b"OK" => {}
                    _ => return None,
                }
                operation.returned = returned;
            }
        }
        Some(())
    }
}

impl Key {
    fn new(lane: usize) -> Self {
        if lane < APPENDED {
            Self::Appended(History::default())
        } else {
            Self::Register(Vec::new())
        }
    }

    const fn is_full(&self) -> bool {
        match self {
            Self::Appended(history) => {
                history.appends.len() >= OPERATIONS_PER_APPENDED
                    || history.reads.len() >= OPERATIONS_PER_APPENDED
            }
            Self::Register(operations) => operations.len() >= OPERATIONS_PER_REGISTER,
        }
    }
}

/// A value as it is read: a key that is not there has none.
fn bytes(value: &Answer) -> Option<&[u8]> {
    match value {
        Answer::BulkString(value) => Some(value),
        Answer::Null => Some(&[]),
        _ => None,
    }
}

/// The number in a register, which is 0 at first. What is none was never written.
fn number(value: &[u8]) -> u32 {
    if value.is_empty() {
        return 0;
    }
    str::from_utf8(value).ok().and_then(|text| text.parse().ok()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// A server that is right, as long as it is let.
    fn played(spoil: impl Fn(usize, &str, Answer) -> (Option<Answer>, bool)) -> Counts {
        let mut record = Record::new("test".into());
        let mut values = std::collections::BTreeMap::<String, String>::new();
        let mut random = Random::new(1);
        let bulk = |value: Option<String>| {
            value.map_or(Answer::Null, |value| Answer::BulkString(Bytes::from(value)))
        };
        for number in 0..2_000 {
            let task = record.begin(&mut random).unwrap();
            let before = values.get(&task.command[1]).cloned();
            let value = values.entry(task.command[1].clone()).or_default();
            let answer = match task.action {
                Action::Get => bulk(before.clone()),
                Action::Append => {
                    value.push_str(&task.command[2]);
                    Answer::Integer(value.len().try_into().unwrap())
                }
                Action::Set | Action::Swap => {
                    value.clone_from(&task.command[2]);
                    let word = Answer::SimpleString(Bytes::from_static(b"OK"));
                    if task.action == Action::Swap { bulk(before.clone()) } else { word }
                }
            };
            let (answer, is_applied) = spoil(number, &task.command[0], answer);
            if !is_applied {
                values.insert(task.command[1].clone(), before.unwrap_or_default());
            }
            record.finish(&task, answer.as_ref());
        }
        for (key, name) in record.names().iter().enumerate() {
            let last = bulk(values.get(name).cloned());
            let (called, returned) = (record.moment(), record.moment());
            record.read(key, called, returned, &last);
            record.check(key, &last).unwrap();
        }
        record.counts
    }

    fn refused() -> Option<Answer> {
        Some(Answer::Error("CLUSTERDOWN not now".into()))
    }

    #[test]
    fn a_good_server_is_found_good() {
        // Some answers are lost, and some commands refused.
        let counts = played(|number, _, answer| match number % 10 {
            3 => (None, number % 20 == 3),
            7 => (refused(), false),
            _ => (Some(answer), true),
        });
        assert_eq!((counts.lost, counts.faults.as_slice()), (0, &[][..]));
        assert_eq!((counts.acknowledged, counts.unknown, counts.refused), (1_600, 200, 200));
        assert!(counts.histories > 20);
    }

    #[test]
    fn a_server_that_lies_is_found_out() {
        let ok = Answer::SimpleString(Bytes::from_static(b"OK"));
        let lies = [
            ("GET", Some(Answer::Null), true),
            ("APPEND", Some(Answer::Integer(9)), true),
            ("SET", Some(Answer::SimpleString(Bytes::from_static(b"QUEUED"))), true),
            // They are not done.
            ("APPEND", None, false),
            ("SET", Some(ok), false),
            // They are done all the same.
            ("APPEND", refused(), true),
            ("SET", refused(), true),
        ];
        for (verb, lie, is_applied) in lies {
            let counts = played(|number, command, answer| {
                if number < 1_000 || command != verb {
                    return (Some(answer), true);
                }
                let is_lost = verb == "APPEND" && !is_applied;
                (if is_lost { Some(answer) } else { lie.clone() }, is_applied)
            });
            assert!(!counts.faults.is_empty(), "{verb}");
            assert_eq!(counts.lost > 0, verb == "APPEND" && !is_applied);
        }
    }
}
