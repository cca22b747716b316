//! Multi-Paxos: a replicated log.
//!
#![doc = include_str!("multi_paxos/HOST.md")]

use synod_quorum::Majority;

use crate::raft::{self, Raft};

pub use raft::{BallotBody, ByBallots};

/// One voter of a cluster of Multi-Paxos, without payloads.
///
/// Its calls are those of [`Raft`], which documents them. `S` is the system of quorums; `VOTERS` and
/// `WINDOW` are as they are there.
pub type MultiPaxos<const VOTERS: usize, const WINDOW: usize, S = Majority> =
    Raft<VOTERS, WINDOW, ByBallots<S>>;

/// A voter and its log: [`raft::Replica`], with ballots.
pub type Replica<L, const VOTERS: usize, const WINDOW: usize, S = Majority> =
    raft::Replica<L, VOTERS, WINDOW, ByBallots<S>>;

/// A message, without the payloads that go with it. Its bounds are
/// [`raft::Message::MAX_BYTES`] and [`raft::Message::MAX_ENTRY_OVERHEAD`], under these names only.
pub type Message = raft::Message<BallotBody>;

/// What a message says.
pub type Body = raft::Body<BallotBody>;

/// Something that the host of a [`MultiPaxos`] is to do.
pub type Output = raft::Output<BallotBody>;

/// What the host of a [`Replica`] meets.
pub mod replica {
    use super::BallotBody;
    use crate::raft::replica;

    pub use replica::{CompactError, FrameError, Write};

    /// Something that the host of a [`Replica`](super::Replica) is to do.
    pub type Output<'a, P> = replica::Output<'a, P, BallotBody>;

    /// A message and its entries, borrowed from the replica that sends it.
    pub type Frame<'a, P> = replica::Frame<'a, P, BallotBody>;

    /// A message and its payloads, as they were received.
    pub type OwnedFrame<P, C> = replica::OwnedFrame<P, C, BallotBody>;
}
