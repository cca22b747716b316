//! Replicas on both logs, beside a bare node on the simplest of logs: all do the same.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_consensus_core::{
    Heap, NodeId,
    raft::{
        AppliedError, Body, Change, Config, Entries, Entry, HeapLog, Log, LogId, Message,
        MessageError, Output, PersistedError, ProposeError, ReadError, ReadToken, Recovered,
        Replica, RingLog, Said, TermLog,
        replica::{self, CompactError, Frame, FrameError, OwnedFrame},
    },
};

use super::{
    host::{MAX_MESSAGE_BYTES, Node, VOTERS},
    memory_log::MemoryLog,
    one_node::{BallotScenario, Scenario},
    parcel::Parcel,
    rule::Rule,
    twin::Twin,
};

/// Lets the same happen to a replica on each log.
pub fn check(scenario: &Scenario) {
    scenario.play::<Companion<RingLog<Parcel, 24>, _>>();
    scenario.play::<Companion<HeapLog<Vec<u8>>, _>>();
}

/// The same, of Multi-Paxos.
pub fn check_ballots(scenario: &BallotScenario) {
    scenario.play::<Companion<RingLog<Parcel, 24>, _>>();
    scenario.play::<Companion<HeapLog<Vec<u8>>, _>>();
}

/// A log under test.
trait Store: Log<Payload: Content> + Clone + PartialEq + Debug + Default {
    /// How many entries it takes.
    const LIMIT: usize;
}

/// Of slots that never die.
impl Store for RingLog<Parcel, 24> {
    const LIMIT: usize = 24;
}

/// Of payloads that are dropped.
impl Store for HeapLog<Vec<u8>> {
    const LIMIT: usize = usize::MAX;
}

trait Content: From<Parcel> + AsRef<[u8]> + Serialize + Clone + PartialEq + Debug {}
impl<T: From<Parcel> + AsRef<[u8]> + Serialize + Clone + PartialEq + Debug> Content for T {}

#[derive(Debug)]
struct Companion<L, E: Rule> {
    replica: Replica<L, 3, 2, E>,
}

impl<L: Store, E: Rule> Companion<L, E> {
    /// Asserts that a refusal leaves no trace.
    fn assert_refused<T>(&mut self, call: impl FnOnce(&mut Replica<L, 3, 2, E>) -> T) -> T {
        let before = self.replica.clone();
        let result = call(&mut self.replica);
        assert_eq!(self.replica, before, "a refusal leaves no trace");
        result
    }

    /// Makes a call, which is refused if the same call was.
    fn call<T>(&mut self, refused: bool, call: impl FnOnce(&mut Replica<L, 3, 2, E>) -> T) -> T {
        if refused { self.assert_refused(call) } else { call(&mut self.replica) }
    }

    fn propose_one(&mut self, now_us: u64, parcel: Parcel, result: Result<LogId, ProposeError>) {
        let payload = L::Payload::from(parcel);
        let expected = result.map_err(|error| (error, payload.clone()));
        let proposed = self.call(result.is_err(), |replica| replica.propose(now_us, payload));
        assert_eq!(proposed, expected, "what is refused is handed back");
    }
}

impl<L: Store, E: Rule> Twin<E> for Companion<L, E> {
    fn limit(_: usize) -> usize {
        L::LIMIT
    }

    fn start(config: Config, now_us: u64, recovered: Option<Recovered>, log: &MemoryLog) -> Self {
        let mut filled = L::default();
        let replica = match recovered {
            None => Replica::bootstrap(config, &VOTERS, now_us, filled),
            Some(recovered) => {
                filled.install(log.snapshot);
                for Entry { term, payload } in log.entries.iter().copied() {
                    let entry = Entry { term, payload: payload.map(L::Payload::from) };
                    filled.append(entry).expect("there was room for it");
                }
                Replica::recover(config, &VOTERS, now_us, recovered, filled)
            }
        };
        Self { replica: replica.expect("the other one starts") }
    }

    fn handle_message(
        &mut self,
        now_us: u64,
        from: NodeId,
        message: &Message<E::Said>,
        payloads: &[Option<Parcel>],
        result: Result<(), MessageError>,
    ) {
        let own = || payloads.iter().map(|payload| payload.map(L::Payload::from));
        let more: Vec<_> = own().chain([None]).collect();
        self.assert_refused(|replica| {
            let long = replica.handle_message(now_us, from, message, more);
            assert_eq!(long, Err(FrameError::WrongCount));
            if !payloads.is_empty() {
                let short = replica.handle_message(now_us, from, message, own().skip(1));
                assert_eq!(short, Err(FrameError::WrongCount));
            }
        });
        let heard = self
            .call(result.is_err(), |replica| replica.handle_message(now_us, from, message, own()));
        assert_eq!(heard, result.map_err(FrameError::Message));
    }

    fn handle_timeout(&mut self, now_us: u64) {
        self.replica.handle_timeout(now_us);
    }

    fn handle_persisted(&mut self, id: u64, result: Result<(), PersistedError>) {
        let persisted = self.call(result.is_err(), |replica| replica.handle_persisted(id));
        assert_eq!(persisted, result);
    }

    fn handle_applied(&mut self, upto: u64, result: Result<(), AppliedError>) {
        let applied = self.call(result.is_err(), |replica| replica.handle_applied(upto));
        assert_eq!(applied, result);
    }

    fn propose(&mut self, now_us: u64, parcels: &[Parcel], result: Result<LogId, ProposeError>) {
        if let [parcel] = parcels {
            return self.propose_one(now_us, parcel, result);
        }
        let mut payloads = parcels.iter().map(|&parcel| L::Payload::from(parcel));
        let proposed =
            self.call(result.is_err(), |replica| replica.propose_batch(now_us, &mut payloads));
        match (proposed, result) {
            // Their sizes are seen last.
            (Err(error), Err(ProposeError::TooLarge)) if error != ProposeError::TooLarge => {
                assert!(matches!(error, ProposeError::LogFull | ProposeError::Exhausted));
            }
            _ => assert_eq!(proposed, result),
        }
        if proposed.is_err_and(|error| error != ProposeError::TooLarge) {
            assert_eq!(payloads.len(), parcels.len(), "none was taken");
        }
    }

    fn read(&mut self, now_us: u64, result: Result<ReadToken, ReadError>) {
        let read = self.call(result.is_err(), |replica| replica.read(now_us));
        assert_eq!(read, result);
    }

    fn compact(&mut self, applied: u64, log: &MemoryLog) {
        let early = self.assert_refused(|replica| replica.compact(applied + 1));
        assert_eq!(early, Err(CompactError));
        assert_eq!(self.replica.compact(applied), Ok(log.snapshot));
        let again = self.assert_refused(|replica| replica.compact(applied.saturating_sub(1)));
        assert_eq!(again, Ok(log.snapshot), "what was dropped stays dropped");
    }

    fn poll_output(&mut self, output: Option<&Output<E::Said>>, released: u64, log: &MemoryLog) {
        if let Some(Output::Change(Change::Blank { .. } | Change::Append { .. })) = output {
            return; // It was made in the call that brought it.
        }
        let own = self.replica.poll_output();
        let (Some(output), Some(own)) = (output, &own) else {
            assert_eq!((output, own), (None, None));
            return;
        };
        match (*output, own) {
            (Output::Send { to, message }, replica::Output::Send { to: own_to, frame }) => {
                assert!(!matches!(message.body, Body::Snapshot { .. }));
                assert_eq!((to, &message), (*own_to, frame.message));
                check_frame(frame, log);
            }
            (Output::Send { to, message }, replica::Output::Snapshot { .. }) => {
                assert!(matches!(message.body, Body::Snapshot { .. }));
                assert_eq!(*own, replica::Output::Snapshot { to, message: &message });
            }
            (Output::Write(write), replica::Output::Write(own)) => {
                let parts = (write.id, write.hard_state, write.snapshot);
                assert_eq!((own.id, own.hard_state, own.snapshot), parts);
                assert_lent(&own.entries, write.first, write.last, log);
            }
            (Output::Committed { upto }, replica::Output::Apply(entries)) => {
                assert_lent(entries, released + 1, upto, log);
            }
            (Output::Change(Change::Install { last }), own) => {
                assert_eq!(*own, replica::Output::Install { last });
            }
            (Output::Fate(fate), own) => assert_eq!(*own, replica::Output::Fate(fate)),
            (Output::Read(token), own) => assert_eq!(*own, replica::Output::Read(token)),
            (Output::LogFull, own) => assert_eq!(*own, replica::Output::LogFull),
            (Output::Leadership(leadership), own) => {
                assert_eq!(*own, replica::Output::Leadership(leadership));
            }
            (output, own) => panic!("{own:?} in place of {output:?}"),
        }
    }

    fn check(&self, node: &Node<E>, log: &MemoryLog) {
        assert_eq!(self.replica.raft(), node);
        assert_eq!(self.replica.status(), node.status());
        assert_eq!(self.replica.poll_timeout(), node.poll_timeout());
        let own = self.replica.log();
        assert_eq!((own.snapshot(), own.last_index()), (log.snapshot, log.last_index()));
        assert_lent(&own.entries(0, u64::MAX), log.snapshot.index + 1, log.last_index(), log);
        for index in log.snapshot.index.saturating_sub(1)..=log.last_index() + 1 {
            assert_eq!((own.term(index), own.size(index)), (log.term(index), log.size(index)));
        }
    }
}

/// Asserts that what is lent is these entries of the log.
fn assert_lent<P: AsRef<[u8]>>(entries: &Entries<'_, P>, first: u64, last: u64, log: &MemoryLog) {
    assert_eq!((entries.first(), entries.last()), (first, last));
    let lent = entries.iter().map(|(id, payload)| (id, payload.map(AsRef::as_ref)));
    let put_in = (first..=last).map(|index| {
        let entry = log.entry(index).expect("what is lent is in the log");
        (LogId { term: entry.term, index }, entry.payload)
    });
    assert!(lent.eq(put_in), "entries lent are those put in");
}

/// Asserts that a frame has the entries that it says, and arrives as it leaves.
fn check_frame<P: Content, X: Said + Serialize + DeserializeOwned>(
    frame: &Frame<'_, P, X>,
    log: &MemoryLog,
) {
    match frame.message.entries() {
        Some((prev, _, count)) => {
            assert_lent(&frame.entries, prev.index + 1, prev.index + u64::from(count), log);
        }
        None => assert!(frame.entries.is_empty()),
    }
    let bytes = postcard::to_allocvec(frame).expect("a frame can be encoded");
    assert!(bytes.len() <= MAX_MESSAGE_BYTES);
    let received: OwnedFrame<Vec<u8>, Heap, X> =
        postcard::from_bytes(&bytes).expect("its encoding");
    assert_eq!(received.message(), frame.message);
    let sent = frame.entries.payloads().map(|payload| payload.map(AsRef::as_ref));
    assert!(received.payloads().iter().map(Option::as_deref).eq(sent));
}
