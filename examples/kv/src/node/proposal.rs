//! What the log carries.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use synod_clocks::HybridStamp;
use synod_consensus_core::raft::Payload;

use crate::state::command::MAX_VALUE_BYTES;

/// Names a command: who asked for it, and how many asked there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ticket {
    /// The life of the node whose client asked: a random number, drawn at each start.
    pub life: u64,
    /// The number of the command in that life.
    pub number: u64,
}

/// A command in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What time it was for the leader that proposed it. It decides which keys have ended.
    pub stamp: HybridStamp,
    /// Whose command it is.
    pub ticket: Ticket,
    /// The [`Write`](crate::state::command::Write), encoded.
    pub command: Bytes,
}

/// The largest entry: a command of the largest request, which its encoding makes no larger than so.
pub const MAX_ENTRY_BYTES: usize = MAX_VALUE_BYTES + 0x1_0000;
/// The largest message of Raft.
pub const MAX_MESSAGE_BYTES: usize = 2 * MAX_ENTRY_BYTES;

impl Proposal {
    /// The most bytes of all but the command.
    pub const OVERHEAD: usize = 35;
}

impl Payload for Proposal {
    fn size(&self) -> usize {
        self.command.len().saturating_add(Self::OVERHEAD)
    }
}
