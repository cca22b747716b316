//! Logs, what they lend, and why calls of a replica are refused.

use core::fmt::{self, Write as _};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use synod_consensus_core::raft::{
    self, Entries, Entry, Log, LogFull, LogId, MessageError, RingLog, TermLog,
    replica::{CompactError, FrameError},
};

use crate::{
    text::Buffer,
    wire::{decode, encode},
};

/// A payload that may be the last of its configuration.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Payload([u8; 6]);

impl raft::Payload for Payload {
    fn size(&self) -> usize {
        self.0.len()
    }

    fn is_stop_sign(&self) -> bool {
        self.0[0] == 0
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <[u8; 6]>::deserialize(deserializer).map(Self)
    }
}

pub type Ring = RingLog<Payload, 24>;

/// A log that takes what a trait provides.
pub struct Plain(Ring);

impl TermLog for Plain {
    fn snapshot(&self) -> LogId {
        self.0.snapshot()
    }

    fn last_index(&self) -> u64 {
        self.0.last_index()
    }

    fn term(&self, index: u64) -> Option<u64> {
        self.0.term(index)
    }

    fn size(&self, index: u64) -> usize {
        self.0.size(index)
    }

    fn room(&self) -> u64 {
        self.0.room()
    }
}

impl Log for Plain {
    type Payload = Payload;

    fn reserve(&mut self, count: u64) -> Result<(), LogFull> {
        self.0.reserve(count)
    }

    fn append(&mut self, entry: Entry<Payload>) -> Result<(), (LogFull, Entry<Payload>)> {
        self.0.append(entry)
    }

    fn truncate(&mut self, keep: u64) {
        self.0.truncate(keep);
    }

    fn compact(&mut self, upto: u64) {
        self.0.compact(upto);
    }

    fn install(&mut self, snapshot: LogId) {
        self.0.install(snapshot);
    }

    fn entries(&self, first: u64, last: u64) -> Entries<'_, Payload> {
        self.0.entries(first, last)
    }
}

operations! {
    "FrameError as From<MessageError>" => fn(error: MessageError) -> FrameError {
        error.into()
    }
    "FrameError as Display" => fn(error: FrameError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "CompactError as Display" => fn(error: CompactError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "LogFull as Display" => fn(error: LogFull, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "RingLog::new" => fn() -> Ring {
        Ring::new()
    }
    "RingLog as Default" => fn() -> Ring {
        Ring::default()
    }
    "RingLog as TermLog" => fn(
        log: &Ring, index: u64, last: u64, overhead: usize, budget: usize
    ) -> (LogId, u64, Option<u64>, usize, (u32, usize), u64) {
        let fit = log.fit(index, last, overhead, budget);
        let term = log.term(index).or(log.stop_sign());
        (log.snapshot(), log.last_index(), term, log.size(index), fit, log.room())
    }
    "RingLog as Log" => fn(
        log: &mut Ring, verb: u8, id: LogId, last: u64, payloads: &[Option<Payload>]
    ) -> Option<(usize, usize)> {
        match verb {
            0 => log.reserve(id.index).ok()?,
            1 => {
                let payload = payloads.first().copied()?;
                log.append(Entry { term: id.term, payload }).ok()?;
            }
            2 => log.extend(id.term, payloads.iter().copied()),
            3 => log.truncate(id.index),
            4 => log.compact(id.index),
            5 => log.install(id),
            _ => {}
        }
        let (front, back) = log.entries(id.index, last).as_slices();
        Some((front.len(), back.len()))
    }
    "TermLog::fit" => fn(
        log: &Plain, first: u64, last: u64, overhead: usize, budget: usize
    ) -> (u32, usize) {
        log.fit(first, last, overhead, budget)
    }
    "TermLog::stop_sign" => fn(log: &Plain) -> Option<u64> {
        log.stop_sign()
    }
    "Payload::is_stop_sign" => fn(payload: &[u8; 6]) -> bool {
        raft::Payload::is_stop_sign(payload)
    }
    "Log::extend" => fn(log: &mut Plain, term: u64, payloads: &[Option<Payload>]) {
        log.extend(term, payloads.iter().copied());
    }
    "Entries::new" => fn(
        first: u64, front: &[Entry<Payload>]
    ) -> Entries<'_, Payload> {
        Entries::new(first, front, &[])
    }
    "Entries::first" => fn(entries: Entries<'_, Payload>) -> u64 {
        entries.first()
    }
    "Entries::last" => fn(entries: Entries<'_, Payload>) -> u64 {
        entries.last()
    }
    "Entries::len" => fn(entries: Entries<'_, Payload>) -> usize {
        entries.len()
    }
    "Entries::is_empty" => fn(entries: Entries<'_, Payload>) -> bool {
        entries.is_empty()
    }
    "Entries::as_slices" => fn(entries: Entries<'_, Payload>) -> usize {
        let (front, back) = entries.as_slices();
        front.len().max(back.len())
    }
    "Entries::iter" => fn(entries: Entries<'_, Payload>) -> u64 {
        entries.iter().fold(0, |all: u64, (id, payload)| {
            all.wrapping_add(id.term ^ id.index).wrapping_add(u64::from(payload.is_some()))
        })
    }
    "Entries::payloads" => fn(entries: Entries<'_, Payload>) -> u64 {
        let payloads = entries.payloads().flatten();
        payloads.fold(0, |all: u64, payload| all.wrapping_add(u64::from(payload.0[0])))
    }
    "Entries as Clone" => fn(entries: Entries<'_, Payload>) -> Entries<'_, Payload> {
        #[allow(clippy::clone_on_copy)] // that is what is linked
        entries.clone()
    }
    "Entry as Serialize" => fn(entry: &Entry<Payload>, buffer: &mut [u8]) -> Option<usize> {
        encode(entry, buffer)
    }
    "Entry as Deserialize" => fn(bytes: &[u8]) -> Option<Entry<Payload>> {
        decode(bytes)
    }
}
