//! What clients see: the state, and their commands and reads that wait for it.

use std::time::{SystemTime, UNIX_EPOCH};

use synod_clocks::{HybridClock, HybridStamp};
use synod_consensus_core::raft::{Entries, LogId, Payload};
use tracing::error;

use crate::{
    node::{
        outbox::Outbox,
        proposal::{Proposal, Ticket},
        reads::Reads,
    },
    state::{State, command::Write, reply::Reply},
};

/// The state, and who waits for it.
#[derive(Debug)]
pub(super) struct Service {
    /// The state.
    pub state: State,
    /// The entry that was applied last.
    pub applied: LogId,
    /// How many bytes of entries were applied since this was set to 0.
    pub applied_bytes: usize,
    /// The commands of this node's clients.
    pub outbox: Outbox,
    /// The reads of this node's clients.
    pub reads: Reads,
    clock: HybridClock,
}

impl Service {
    /// Begins with a state that includes all up to an entry, in a new life.
    pub(super) fn new(life: u64, state: State, applied: LogId) -> Self {
        Self {
            applied,
            applied_bytes: 0,
            outbox: Outbox::new(life),
            reads: Reads::new(life),
            // How far other nodes' clocks are ahead does not matter: the log decides what time it is.
            clock: HybridClock::recover(u64::MAX, state.now()),
            state,
        }
    }

    /// Applies entries that are committed, and answers the clients whose commands they are.
    pub(super) fn apply(&mut self, entries: &Entries<'_, Proposal>) {
        for (id, proposal) in entries.iter() {
            self.applied = id;
            let Some(proposal) = proposal else { continue }; // a new leader's blank
            self.applied_bytes = self.applied_bytes.saturating_add(proposal.size());
            // A clock at its end stays there.
            let _ = self.clock.receive(wall_us(), proposal.stamp);
            let reply = match postcard::from_bytes::<Write>(&proposal.command) {
                Ok(command) => self.state.apply(proposal.stamp, &command),
                Err(error) => {
                    // The same on every node, as they run the same version.
                    error!(index = id.index, %error, "a command that nobody understands is passed over");
                    Reply::Error("ERR the command cannot be decoded".into())
                }
            };
            self.outbox.settle(proposal.ticket, reply);
        }
    }

    /// Puts a snapshot in place of the state.
    pub(super) fn install(&mut self, last: LogId, state: State) {
        self.state = state;
        self.applied = last;
        self.applied_bytes = 0;
        self.outbox.skip();
    }

    /// A proposal of this node as the leader, at this time.
    pub(super) fn propose(&mut self, ticket: Ticket, command: bytes::Bytes) -> Proposal {
        let last = self.clock.last();
        let stamp = self.clock.tick(wall_us()).unwrap_or(last);
        Proposal { stamp, ticket, command }
    }

    /// In how many microseconds the next key ends, unless the log has been told since `ticked`.
    pub(super) fn next_end_us(&self, ticked: HybridStamp) -> Option<u64> {
        let at_us = self.state.next_deadline_us().filter(|at_us| *at_us > ticked.wall_us())?;
        Some(at_us.saturating_sub(wall_us()))
    }
}

/// The wall clock. Before 1970 it stands still.
fn wall_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
