//! A voter with its log, and what it lends.

use core::{
    fmt::{self, Write as _},
    hash::{Hash, Hasher},
};

use synod_capacity::Inline;
use synod_consensus_core::{
    NodeId,
    raft::{
        AppliedError, Config, Entries, Entry, Log, LogFull, LogId, Message, MessageError,
        PersistedError, ProposeError, Raft, ReadError, ReadToken, Recovered, RingLog, StartError,
        Status, TermLog,
        replica::{CompactError, Frame, FrameError, Output, OwnedFrame, Replica},
    },
};

use crate::{
    text::Buffer,
    wire::{decode, encode},
};

type Payload = [u8; 6];
type Ring = RingLog<Payload, 24>;
type Node = Replica<Ring, 5, 4>;
type Received = OwnedFrame<Payload, Inline<8>>;

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
    "Replica::bootstrap" => fn(
        config: Config, voters: &[NodeId], now_us: u64, log: Ring
    ) -> Result<Node, StartError> {
        Node::bootstrap(config, voters, now_us, log)
    }
    "Replica::recover" => fn(
        config: Config, voters: &[NodeId], now_us: u64, recovered: Recovered, log: Ring
    ) -> Result<Node, StartError> {
        Node::recover(config, voters, now_us, recovered, log)
    }
    "Replica::raft" => fn(node: &Node) -> &Raft<5, 4> {
        node.raft()
    }
    "Replica::log" => fn(node: &Node) -> &Ring {
        node.log()
    }
    "Replica as PartialEq" => fn(a: &Node, b: &Node) -> bool {
        a == b
    }
    "Replica as Hash" => fn(node: &Node, hasher: &mut &mut dyn Hasher) {
        node.hash(hasher);
    }
    "Replica::handle_message" => fn(
        node: &mut Node, now_us: u64, from: NodeId, received: Received
    ) -> Result<(), FrameError> {
        let (message, payloads) = received.into_parts();
        node.handle_message(now_us, from, &message, payloads)
    }
    "Replica::handle_timeout" => fn(node: &mut Node, now_us: u64) {
        node.handle_timeout(now_us);
    }
    "Replica::poll_timeout" => fn(node: &Node) -> Option<u64> {
        node.poll_timeout()
    }
    "Replica::handle_persisted" => fn(
        node: &mut Node, write_id: u64
    ) -> Result<(), PersistedError> {
        node.handle_persisted(write_id)
    }
    "Replica::handle_applied" => fn(node: &mut Node, upto: u64) -> Result<(), AppliedError> {
        node.handle_applied(upto)
    }
    "Replica::poll_output" => fn(node: &mut Node) -> Option<Output<'_, Payload>> {
        node.poll_output()
    }
    "Replica::propose" => fn(
        node: &mut Node, now_us: u64, payload: Payload
    ) -> Result<LogId, (ProposeError, Payload)> {
        node.propose(now_us, payload)
    }
    "Replica::propose_batch" => fn(
        node: &mut Node, now_us: u64, payloads: &[Payload]
    ) -> Result<LogId, ProposeError> {
        node.propose_batch(now_us, payloads.iter().copied())
    }
    "Replica::read" => fn(node: &mut Node, now_us: u64) -> Result<ReadToken, ReadError> {
        node.read(now_us)
    }
    "Replica::compact" => fn(node: &mut Node, upto: u64) -> Result<LogId, CompactError> {
        node.compact(upto)
    }
    "Replica::status" => fn(node: &Node) -> Status {
        node.status()
    }
    "Replica::leader" => fn(node: &Node) -> Option<NodeId> {
        node.leader()
    }
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
        (log.snapshot(), log.last_index(), log.term(index), log.size(index), fit, log.room())
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
        payloads.fold(0, |all: u64, payload| all.wrapping_add(u64::from(payload[0])))
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
    "Frame as Serialize" => fn(
        message: &Message, front: &[Entry<Payload>], buffer: &mut [u8]
    ) -> Option<usize> {
        encode(&Frame { message, entries: Entries::new(1, front, &[]) }, buffer)
    }
    "OwnedFrame as Deserialize" => fn(bytes: &[u8]) -> Option<Received> {
        decode(bytes)
    }
    "OwnedFrame::message" => fn(received: &Received) -> &Message {
        received.message()
    }
    "OwnedFrame::payloads" => fn(received: &Received) -> &[Option<Payload>] {
        received.payloads()
    }
    "OwnedFrame::into_parts" => fn(received: Received) -> (Message, Option<Option<Payload>>) {
        let (message, mut payloads) = received.into_parts();
        (message, payloads.next())
    }
}
