//! What is held against the bare node of a host: it gets the same calls, and must do the same.

use synod_consensus_core::{
    NodeId,
    raft::{
        AppliedError, ByVotes, Config, LogId, Message, MessageError, Output, PersistedError,
        ProposeError, ReadError, ReadToken, Recovered,
    },
};

use super::{host::Node, memory_log::MemoryLog, parcel::Parcel, rule::Rule};

/// A second node. Each call says what came of it at the first.
pub(crate) trait Twin<E: Rule = ByVotes>: Sized {
    /// How many entries its log takes, if so many are wanted.
    fn limit(wanted: usize) -> usize {
        wanted
    }

    /// After a crash, with what was recovered; or at the very first start.
    fn start(config: Config, now_us: u64, recovered: Option<Recovered>, log: &MemoryLog) -> Self;

    fn handle_message(
        &mut self,
        _now_us: u64,
        _from: NodeId,
        _message: &Message<E::Said>,
        _payloads: &[Option<Parcel>],
        _result: Result<(), MessageError>,
    ) {
    }

    fn handle_timeout(&mut self, _now_us: u64) {}

    fn handle_persisted(&mut self, _id: u64, _result: Result<(), PersistedError>) {}

    fn handle_applied(&mut self, _upto: u64, _result: Result<(), AppliedError>) {}

    /// The result is that of a node which was told the size of the largest.
    fn propose(&mut self, _now_us: u64, _parcels: &[Parcel], _result: Result<LogId, ProposeError>) {
    }

    fn read(&mut self, _now_us: u64, _result: Result<ReadToken, ReadError>) {}

    /// What is applied is dropped; the log without it is this.
    fn compact(&mut self, _applied: u64, _log: &MemoryLog) {}

    /// An output, and the log as it is when it is polled; `released` was given out before.
    fn poll_output(&mut self, _output: Option<&Output<E::Said>>, _released: u64, _log: &MemoryLog) {
    }

    /// All outputs are drained.
    fn check(&self, _node: &Node<E>, _log: &MemoryLog) {}
}

/// Nobody.
impl<E: Rule> Twin<E> for () {
    fn start(_: Config, _: u64, _: Option<Recovered>, _: &MemoryLog) -> Self {}
}
