//! Multi-Paxos: a replicated log under a leader that needs nothing but to reach a quorum.

use synod_quorum::Majority;

use crate::raft::{self, ByBallots, Raft};

/// One voter.
pub type MultiPaxos<const VOTERS: usize, const WINDOW: usize, S = Majority> =
    Raft<VOTERS, WINDOW, ByBallots<S>>;

/// A voter and its log.
pub type Replica<L, const VOTERS: usize, const WINDOW: usize, S = Majority> =
    raft::Replica<L, VOTERS, WINDOW, ByBallots<S>>;
