//! The stores against a naive model, a vector with everything in it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation)] // A test may panic.
#![allow(clippy::std_instead_of_alloc)] // and runs on the host.

use core::hash::{Hash, Hasher};
use std::{hash::DefaultHasher, rc::Rc};

use proptest::prelude::*;
#[cfg(feature = "alloc")]
use synod_consensus_core::raft::{Entries, HeapLog};
use synod_consensus_core::raft::{Entry, Log, LogFull, LogId, RingLog, TermLog};

/// A size, and a count of those that live.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Payload(u8, Rc<()>);

impl synod_consensus_core::raft::Payload for Payload {
    fn size(&self) -> usize {
        usize::from(self.0)
    }

    fn is_stop_sign(&self) -> bool {
        self.0.is_multiple_of(3)
    }
}

#[derive(Clone, Debug)]
enum Step {
    Append(u8, Option<u8>),
    Truncate(u64),
    Compact(u64),
    Install(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = || prop_oneof![9 => 0..20_u64, 1 => any::<u64>()];
    let step = prop_oneof![
        12 => (0..2_u8, any::<Option<u8>>()).prop_map(|(term, payload)| Step::Append(term, payload)),
        2 => index().prop_map(Step::Truncate),
        2 => index().prop_map(Step::Compact),
        1 => any::<u8>().prop_map(Step::Install),
    ];
    // Every range is checked after every step, which an interpreter has no time for.
    prop::collection::vec(step, 0..if cfg!(miri) { 8 } else { 80 })
}

struct Model {
    snapshot: LogId,
    entries: Vec<Entry<Payload>>,
    alive: Rc<()>,
}

impl Model {
    fn term(&self) -> u64 {
        self.entries.last().map_or(self.snapshot.term, |entry| entry.term)
    }

    fn last(&self) -> u64 {
        self.snapshot.index + self.entries.len() as u64
    }

    /// An index, most often one near the log's front.
    fn near(&self, offset: u64) -> u64 {
        if offset < 20 { (self.snapshot.index + offset).saturating_sub(3) } else { offset }
    }

    fn step(&mut self, step: &Step, log: &mut impl Log<Payload = Payload>) {
        match *step {
            Step::Append(later, size) => {
                let payload = size.map(|size| Payload(size, self.alive.clone()));
                let entry = Entry { term: self.term() + u64::from(later), payload };
                if log.room() == 0 {
                    assert_eq!(log.append(entry.clone()), Err((LogFull, entry)));
                    return;
                }
                log.append(entry.clone()).unwrap();
                self.entries.push(entry);
            }
            Step::Truncate(offset) => {
                let keep = self.near(offset);
                log.truncate(keep);
                self.entries.truncate(keep.saturating_sub(self.snapshot.index) as usize);
            }
            Step::Compact(offset) => {
                let upto = self.near(offset);
                log.compact(upto);
                if upto > self.snapshot.index && upto <= self.last() {
                    let count = (upto - self.snapshot.index) as usize;
                    let term = self.entries[count - 1].term;
                    self.entries.drain(..count);
                    self.snapshot = LogId { term, index: upto };
                }
            }
            Step::Install(ahead) => {
                let index = self.last() + u64::from(ahead);
                self.snapshot = LogId { term: self.term() + 1, index };
                self.entries.clear();
                log.install(self.snapshot);
            }
        }
    }

    fn check(&self, log: &impl Log<Payload = Payload>) {
        assert_eq!(log.snapshot(), self.snapshot);
        assert_eq!(log.last_index(), self.last());
        let from = self.snapshot.index.saturating_sub(2);
        for index in from..self.last() + 3 {
            let entry = index.checked_sub(self.snapshot.index + 1);
            let entry = entry.and_then(|position| self.entries.get(position as usize));
            let size = entry.and_then(|entry| Some(usize::from(entry.payload.as_ref()?.0)));
            let term = entry.map(|entry| entry.term);
            let term = term.or((index == self.snapshot.index).then_some(self.snapshot.term));
            assert_eq!(log.term(index), term, "{index}");
            assert_eq!(log.size(index), size.unwrap_or(0), "{index}");
            for last in index.saturating_sub(1)..self.last() + 3 {
                self.check_range(log, index, last);
            }
        }
        assert_eq!(log.term(u64::MAX), None);
        let payloads = self.entries.iter().zip(self.snapshot.index + 1..);
        let payloads = payloads.filter_map(|(entry, index)| Some((entry.payload.as_ref()?, index)));
        let stop = payloads.last().filter(|(payload, _)| payload.0.is_multiple_of(3));
        assert_eq!(log.stop_sign(), stop.map(|(_, index)| index));
        // Nothing that left the log lives on in it.
        let payloads = self.entries.iter().filter(|entry| entry.payload.is_some()).count();
        assert_eq!(Rc::strong_count(&self.alive), 1 + 2 * payloads);
    }

    fn check_range(&self, log: &impl Log<Payload = Payload>, first: u64, last: u64) {
        let entries = log.entries(first, last);
        let begin = self.snapshot.index + 1;
        let expected = self.entries.iter().zip(begin..);
        let expected: Vec<_> = expected
            .filter(|&(_, index)| index >= first && index <= last)
            .map(|(entry, index)| (LogId { term: entry.term, index }, entry.payload.as_ref()))
            .collect();
        assert_eq!(entries.first(), first.max(begin));
        assert_eq!(entries.len(), expected.len());
        assert_eq!(entries.is_empty(), expected.is_empty());
        assert_eq!(entries.last(), entries.first() + expected.len() as u64 - 1);
        assert!(entries.iter().eq(expected.iter().copied()));
        assert_eq!(entries.iter().fold(0, |count, _| count + 1), expected.len());
        assert_eq!(entries.iter().len(), expected.len());
        for budget in [0, 5, 300, 1000, usize::MAX] {
            let sizes = expected.iter().map(|(_, payload)| 3 + payload.map_or(0, |p| p.0 as usize));
            let sums = sizes.scan(0, |sum, size| {
                *sum += size;
                Some(*sum)
            });
            let fit = sums.take_while(|&sum| sum <= budget).zip(1..).last();
            let first = expected.first().map(|(_, p)| (3 + p.map_or(0, |p| p.0 as usize), 1));
            let (bytes, count) = fit.or(first).unwrap_or_default();
            assert_eq!(log.fit(entries.first(), last, 3, budget), (count, bytes));
        }
        assert!(entries.payloads().eq(expected.iter().map(|&(_, payload)| payload)));
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn run(steps: &[Step], mut log: impl Log<Payload = Payload> + Clone + Eq + Hash) {
    let mut same = log.clone();
    let start = LogId::START;
    let mut model = Model { snapshot: start, entries: Vec::new(), alive: Rc::new(()) };
    for step in steps {
        model.step(step, &mut log);
        model.check(&log);
    }
    // A log that was filled otherwise is the same.
    same.install(model.snapshot);
    for entry in &model.entries {
        same.append(entry.clone()).unwrap();
    }
    assert!(log == same);
    assert_eq!(hash(&log), hash(&same));
    if !model.entries.is_empty() {
        same.truncate(model.last() - 1);
        assert!(log != same);
        assert_ne!(hash(&log), hash(&same));
    }
}

proptest! {
    #[test]
    fn ring(steps in steps()) {
        run(&steps, RingLog::<Payload, 7>::new());
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn heap(steps in steps()) {
        run(&steps, HeapLog::<Payload>::new());
    }
}

#[test]
fn a_ring_takes_what_fits() {
    let mut log = RingLog::<[u8; 1], 5>::new();
    assert_eq!(log.reserve(5), Ok(()));
    assert_eq!(log.reserve(6), Err(LogFull));
    log.append(Entry { term: 1, payload: None }).unwrap();
    assert_eq!(log.reserve(5), Err(LogFull));
    assert_eq!(log.room(), 4);
}

#[cfg(feature = "alloc")]
#[test]
fn a_heap_that_has_no_more_is_full() {
    let mut log = HeapLog::<[u8; 16]>::new();
    log.append(Entry { term: 1, payload: None }).unwrap();
    assert_eq!(log.room(), u64::MAX);
    assert_eq!(log.reserve(u64::MAX), Err(LogFull));
    assert!(log.room() < 100, "what it has, it has");
    while log.room() > 0 {
        log.append(Entry { term: 1, payload: None }).unwrap();
    }
    // The next attempt asks again.
    assert_eq!(log.reserve(1), Ok(()));
    assert_eq!(log.room(), u64::MAX);
}

/// What a full ring has no room for is dropped, wherever its seam is.
#[test]
fn a_full_ring_keeps_what_it_has() {
    for dropped in 0..=6_u64 {
        let mut log = RingLog::<[u8; 1], 6>::new();
        for index in 1..=6 {
            log.append(Entry { term: 1, payload: Some([index]) }).unwrap();
        }
        log.compact(dropped);
        log.extend(1, (7..20).map(|index| Some([index])));
        let held: Vec<u8> = log.entries(1, 99).payloads().flatten().map(|[index]| *index).collect();
        let first = u8::try_from(dropped).unwrap() + 1;
        assert_eq!(held, (first..first + 6).collect::<Vec<_>>());
        assert_eq!(log.last_index(), dropped + 6);
    }
}

/// A batch goes in as one entry after the other would, and logs that are equal look equal.
#[test]
fn a_batch_is_entries_in_a_row() {
    let mut ring = RingLog::<[u8; 1], 8>::default();
    assert!(ring == RingLog::new());
    let batch = [None, Some([7]), Some([8])];
    ring.extend(3, batch.into_iter());
    assert_eq!(ring.last_index(), 3);
    ring.compact(2);
    ring.extend(3, (9..15).map(|value| Some([value])));
    let entries = ring.entries(1, 9);
    // The ring has an end.
    let (front, back) = entries.as_slices();
    assert_eq!((front.len(), back.len()), (6, 1));
    assert_eq!((front[0].payload, back[0].payload), (Some([8]), Some([14])));
    #[allow(clippy::clone_on_copy)] // It is what is tested.
    let (same, mut payloads) = (entries.clone(), entries.payloads());
    assert_eq!((same, payloads.next()), (entries, Some(Some(&[8]))));
    assert_eq!(payloads.clone().len(), 6);
    assert!(payloads.clone().eq(payloads));

    #[cfg(feature = "alloc")]
    {
        let mut heap = HeapLog::<[u8; 1]>::default();
        heap.extend(3, batch.into_iter());
        heap.compact(2);
        heap.extend(3, (9..15).map(|value| Some([value])));
        assert_eq!(heap.entries(1, 9), Entries::new(3, &[front, back].concat(), &[]));
        let (ring, heap) = (format!("{ring:?}"), format!("{heap:?}"));
        assert!(ring.starts_with("RingLog { ring: Ring { snapshot: LogId { term: 3, index: 2 }"));
        assert!(heap.starts_with("HeapLog { ring: Ring { snapshot: LogId { term: 3, index: 2 }"));
        for text in [ring, heap] {
            assert_eq!(text.matches("Entry { term: 3, payload: Some([").count(), 7, "{text}");
        }
    }
}

/// Logs without an entry differ if their snapshots do.
#[test]
fn an_empty_log_is_its_snapshot() {
    let with = |term, index| {
        let mut log = RingLog::<[u8; 1], 5>::new();
        log.install(LogId { term, index });
        log
    };
    assert!(with(1, 5) == with(1, 5));
    for other in [with(2, 5), with(1, 6)] {
        assert!(with(1, 5) != other);
        assert_ne!(hash(&with(1, 5)), hash(&other));
    }
}

/// Sizes beyond 32 bits are not cut off where they are added up.
#[cfg(target_pointer_width = "64")]
#[test]
fn huge_payloads_fit_where_they_do() {
    const SIZE: usize = 5 << 30;

    #[derive(Clone, Copy)]
    struct Huge;

    impl synod_consensus_core::raft::Payload for Huge {
        fn size(&self) -> usize {
            SIZE
        }
    }

    let mut log = RingLog::<Huge, 8>::new();
    log.extend(1, [Some(Huge); 3].into_iter());
    assert_eq!(log.fit(1, 3, 11, 9 << 30), (1, SIZE + 11));
    assert_eq!(log.fit(1, 3, 11, 11 << 30), (2, 2 * (SIZE + 11)));
    assert_eq!(log.fit(1, 3, 11, usize::MAX), (3, 3 * (SIZE + 11)));
    assert_eq!(log.fit(1, 3, 11, u32::MAX as usize), (1, SIZE + 11));
}
