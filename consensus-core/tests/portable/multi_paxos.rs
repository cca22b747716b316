//! Multi-Paxos: what is not as in Raft.

#[path = "multi_paxos/ballots.rs"]
pub(crate) mod ballots;
#[path = "multi_paxos/elections.rs"]
pub(crate) mod elections;
#[path = "multi_paxos/reads.rs"]
pub(crate) mod reads;
#[path = "multi_paxos/recovery.rs"]
pub(crate) mod recovery;
#[path = "multi_paxos/waiting_reads.rs"]
pub(crate) mod waiting_reads;
#[path = "multi_paxos/waits.rs"]
pub(crate) mod waits;

use synod_consensus_core::raft::{Body, LogId};

pub(crate) const fn at(term: u64, index: u64) -> LogId {
    LogId { term, index }
}

/// A leader's sign of life.
pub(crate) const fn heartbeat<X>(prev: LogId, commit: u64) -> Body<X> {
    Body::Append { prev, entries_term: 0, count: 0, commit, round: 0 }
}
