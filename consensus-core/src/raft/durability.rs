//! Effects that the host has finished.

use super::{AppliedError, Election, PersistedError, Raft, TermLog, state::State};

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// All writes up to this one are durable.
    ///
    /// # Errors
    ///
    /// [`PersistedError`].
    pub fn handle_persisted(
        &mut self,
        write_id: u64,
        log: &impl TermLog,
    ) -> Result<(), PersistedError> {
        self.check_host(log).map_err(PersistedError::of_host)?;
        self.note_persisted(write_id, log)
    }

    /// All writes up to this one are durable, by a host that was checked.
    #[inline]
    pub(super) fn note_persisted(
        &mut self,
        write_id: u64,
        log: &impl TermLog,
    ) -> Result<(), PersistedError> {
        let promised = self.writes.hard_state_is_durable();
        let durable = self.writes.durable();
        if !self.writes.report(write_id) {
            return Err(PersistedError::UnknownWrite);
        }
        if !promised && self.writes.hard_state_is_durable() {
            self.owe_all();
            self.count_own_vote(log);
        }
        if self.writes.durable() > durable {
            match self.state {
                State::Leader(_) => self.advance_commit(),
                _ => self.owe_leader(),
            }
        }
        Ok(())
    }

    /// The entries up to this index are applied.
    ///
    /// # Errors
    ///
    /// [`AppliedError`].
    pub fn handle_applied(&mut self, upto: u64) -> Result<(), AppliedError> {
        if upto <= self.applied || upto > self.released {
            return Err(AppliedError);
        }
        self.applied = upto;
        Ok(())
    }
}
