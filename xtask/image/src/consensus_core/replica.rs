//! A voter with its log, and what it lends.

use core::{
    fmt::{self, Write as _},
    hint::black_box,
};

use synod_capacity::Inline;
use synod_consensus_core::{
    NodeId,
    raft::{
        AppliedError, Config, Entries, Entry, Log, LogFull, LogId, Message, MessageError,
        PersistedError, ProposeError, Raft, ReadError, ReadToken, Recovered, Replica, RingLog,
        StartError, Status, TermLog,
        replica::{CompactError, Frame, Output, OwnedFrame, ReplicaError},
    },
};

use crate::{
    text::Buffer,
    wire::{decode, encode},
};

/// A setting of a board.
type Setting = [u8; 5];
type Ring = RingLog<Setting, 24>;
type Voter = Replica<Ring, 5, 4>;
type Received = OwnedFrame<Setting, Inline<8>>;

/// A log that takes every body that the traits provide.
pub struct Bare(Ring);

impl TermLog for Bare {
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

impl Log for Bare {
    type Payload = Setting;

    fn reserve(&mut self, count: u64) -> Result<(), LogFull> {
        self.0.reserve(count)
    }

    fn append(&mut self, entry: Entry<Setting>) -> Result<(), (LogFull, Entry<Setting>)> {
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

    fn entries(&self, first: u64, last: u64) -> Entries<'_, Setting> {
        self.0.entries(first, last)
    }
}

operations! {
    "Replica::bootstrap" => fn(
        config: Config, voters: &[NodeId], now_us: u64, log: Ring
    ) -> Result<Voter, StartError> {
        Voter::bootstrap(config, voters, now_us, log)
    }
    "Replica::recover" => fn(
        config: Config, voters: &[NodeId], now_us: u64, recovered: Recovered, log: Ring
    ) -> Result<Voter, StartError> {
        Voter::recover(config, voters, now_us, recovered, log)
    }
    "Replica::raft" => fn(voter: &Voter) -> &Raft<5, 4> {
        voter.raft()
    }
    "Replica::log" => fn(voter: &Voter) -> &Ring {
        voter.log()
    }
    "Replica::handle_message" => fn(
        voter: &mut Voter, now_us: u64, from: NodeId, received: Received
    ) -> Result<(), ReplicaError> {
        let (message, payloads) = received.into_parts();
        voter.handle_message(now_us, from, &message, payloads)
    }
    "Replica::handle_timeout" => fn(voter: &mut Voter, now_us: u64) {
        voter.handle_timeout(now_us);
    }
    "Replica::handle_persisted" => fn(voter: &mut Voter, id: u64) -> Result<(), PersistedError> {
        voter.handle_persisted(id)
    }
    "Replica::handle_applied" => fn(voter: &mut Voter, upto: u64) -> Result<(), AppliedError> {
        voter.handle_applied(upto)
    }
    "Replica::poll_timeout" => fn(voter: &Voter) -> Option<u64> {
        voter.poll_timeout()
    }
    "Replica::poll_output" => fn(voter: &mut Voter) -> Option<Output<'_, Setting>> {
        voter.poll_output()
    }
    "Replica::propose" => fn(
        voter: &mut Voter, now_us: u64, setting: Setting
    ) -> Result<LogId, (ProposeError, Setting)> {
        voter.propose(now_us, setting)
    }
    "Replica::propose_batch" => fn(
        voter: &mut Voter, now_us: u64, settings: &[Setting]
    ) -> Result<LogId, ProposeError> {
        voter.propose_batch(now_us, settings.iter().copied())
    }
    "Replica::read" => fn(voter: &mut Voter, now_us: u64) -> Result<ReadToken, ReadError> {
        voter.read(now_us)
    }
    "Replica::compact" => fn(voter: &mut Voter, upto: u64) -> Result<LogId, CompactError> {
        voter.compact(upto)
    }
    "Replica::status" => fn(voter: &Voter) -> Status {
        voter.status()
    }
    "Replica::leader" => fn(voter: &Voter) -> Option<NodeId> {
        voter.leader()
    }
    "RingLog::new" => fn() -> Ring {
        Ring::new()
    }
    "RingLog as Default" => fn() -> Ring {
        Ring::default()
    }
    "RingLog as TermLog" => fn(log: &Ring, index: u64, last: u64, sizes: (usize, usize)) -> usize {
        black_box((log.snapshot(), log.last_index(), log.term(index), log.room()));
        black_box(log.fit(index, last, sizes.0, sizes.1));
        log.size(index)
    }
    "RingLog as Log" => fn(log: &mut Ring, entry: Entry<Setting>, index: u64, last: LogId) -> usize {
        let _ = black_box(log.reserve(index));
        let _ = black_box(log.append(entry));
        log.extend(last.term, [Some(Setting::default()), None].into_iter());
        log.truncate(index);
        log.compact(index);
        log.install(last);
        log.entries(index, last.index).len()
    }
    "TermLog::fit" => fn(
        log: &Bare, first: u64, last: u64, overhead: usize, budget: usize
    ) -> (u32, usize) {
        log.fit(first, last, overhead, budget)
    }
    "Log::extend" => fn(log: &mut Bare, term: u64, settings: &[Option<Setting>]) {
        log.extend(term, settings.iter().copied());
    }
    "Entries::new" => fn(first: u64, entries: &[Entry<Setting>]) -> Entries<'_, Setting> {
        Entries::new(first, entries, entries)
    }
    "Entries::first" => fn(entries: &Entries<'_, Setting>) -> u64 {
        entries.first()
    }
    "Entries::last" => fn(entries: &Entries<'_, Setting>) -> u64 {
        entries.last()
    }
    "Entries::len" => fn(entries: &Entries<'_, Setting>) -> usize {
        entries.len()
    }
    "Entries::is_empty" => fn(entries: &Entries<'_, Setting>) -> bool {
        entries.is_empty()
    }
    "Entries::as_slices" => fn(entries: &Entries<'_, Setting>) -> usize {
        let (front, back) = entries.as_slices();
        front.len() ^ back.len()
    }
    "Entries::iter" => fn(entries: &Entries<'_, Setting>, visit: fn(LogId, Option<&Setting>)) {
        for (id, payload) in entries.iter() {
            visit(id, payload);
        }
    }
    "Entries::payloads" => fn(entries: &Entries<'_, Setting>, visit: fn(Option<&Setting>)) {
        entries.payloads().for_each(visit);
    }
    "Entries as Clone" => fn(entries: &Entries<'_, Setting>) -> usize {
        black_box(*entries).len()
    }
    "Frame as Serialize" => fn(frame: &Frame<'_, Setting>, buffer: &mut [u8]) -> Option<usize> {
        encode(frame, buffer)
    }
    "OwnedFrame as Deserialize" => fn(bytes: &[u8]) -> Option<Received> {
        decode(bytes)
    }
    "OwnedFrame::message" => fn(received: &Received) -> &Message {
        received.message()
    }
    "OwnedFrame::payloads" => fn(received: &Received) -> &[Option<Setting>] {
        received.payloads()
    }
    "OwnedFrame::into_parts" => fn(received: Received, visit: fn(Option<Setting>)) -> Message {
        let (message, payloads) = received.into_parts();
        payloads.for_each(visit);
        message
    }
    "Entry as Serialize" => fn(entry: &Entry<Setting>, buffer: &mut [u8]) -> Option<usize> {
        encode(entry, buffer)
    }
    "Entry as Deserialize" => fn(bytes: &[u8]) -> Option<Entry<Setting>> {
        decode(bytes)
    }
    "ReplicaError as From<MessageError>" => fn(error: MessageError) -> ReplicaError {
        error.into()
    }
    "ReplicaError as Display" => fn(error: ReplicaError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "CompactError as Display" => fn(error: CompactError, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
    "LogFull as Display" => fn(error: LogFull, buffer: &mut Buffer) -> fmt::Result {
        write!(buffer, "{error}")
    }
}
