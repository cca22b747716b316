//! What a node does by itself: time, finished effects, and a look at it.

use super::Replica;
use crate::{
    NodeId,
    raft::{AppliedError, Election, Log, PersistedError, Status},
};

impl<L: Log, const VOTERS: usize, const WINDOW: usize, E: Election> Replica<L, VOTERS, WINDOW, E> {
    /// Time has come to `now_us`. Call it when [`poll_timeout`](Self::poll_timeout) says so;
    /// earlier and later calls are harmless.
    ///
    /// It does nothing before the outputs of the call before are drained.
    pub fn handle_timeout(&mut self, now_us: u64) {
        self.reserve_for_blank();
        self.raft.handle_timeout(now_us, &self.log);
        self.append_blank();
    }

    /// When [`handle_timeout`](Self::handle_timeout) is next to be called, on the clock of
    /// `now_us`.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        self.raft.poll_timeout()
    }

    /// All writes up to this one are durable.
    ///
    /// # Errors
    ///
    /// [`PersistedError`].
    #[inline]
    pub fn handle_persisted(&mut self, write_id: u64) -> Result<(), PersistedError> {
        self.reserve_for_blank();
        self.raft.check_length(&self.log).map_err(PersistedError::of_host)?;
        self.raft.note_persisted(write_id, &self.log)?;
        self.append_blank();
        Ok(())
    }

    /// The entries up to this index are applied.
    ///
    /// # Errors
    ///
    /// [`AppliedError`].
    #[inline]
    pub fn handle_applied(&mut self, upto: u64) -> Result<(), AppliedError> {
        self.raft.handle_applied(upto)
    }

    /// The node at a glance.
    #[must_use]
    pub fn status(&self) -> Status {
        self.raft.status()
    }

    /// Who leads, as far as this node knows.
    #[must_use]
    pub fn leader(&self) -> Option<NodeId> {
        self.raft.leader()
    }
}
