//! Proposals and reads: what clients ask of a node.

use super::{
    Election, LogId, ProposeError, Raft, ReadError, ReadToken, TermLog,
    state::{Following, Leading, State},
};
use crate::NodeId;

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// How many places of the log proposals leave free: new leaders need one each.
    pub const RESERVED_ENTRIES: u64 = 4;

    /// Gives a payload of this many bytes a place in the log. **Append it there now**, before any
    /// other call.
    ///
    /// What becomes of it is told by [`Output::Fate`](super::Output::Fate).
    ///
    /// # Errors
    ///
    /// [`ProposeError`].
    pub fn propose(
        &mut self,
        now_us: u64,
        bytes: usize,
        log: &impl TermLog,
    ) -> Result<LogId, ProposeError> {
        self.propose_batch(now_us, 1, bytes, log)
    }

    /// Gives `count` payloads, the largest of this many bytes, places in the log, and returns the
    /// first of them; the others follow. **Append them there now**, before any other call. For
    /// none, it gives the next free place.
    ///
    /// # Errors
    ///
    /// [`ProposeError`]; either all have a place or none.
    pub fn propose_batch(
        &mut self,
        now_us: u64,
        count: u64,
        largest_bytes: usize,
        log: &impl TermLog,
    ) -> Result<LogId, ProposeError> {
        self.check_host(log).map_err(ProposeError::of_host)?;
        self.check_proposal(largest_bytes)?;
        let first = self.admit(count, log)?;
        self.open(now_us, count);
        Ok(first)
    }

    /// The place of the first of so many payloads, which were checked, if all can have one. Reads
    /// only.
    #[inline]
    pub(super) fn admit(&self, count: u64, log: &impl TermLog) -> Result<LogId, ProposeError> {
        if log.stop_sign().is_some() && !cfg!(synod_planted = "behind-stop") {
            return Err(ProposeError::Stopped);
        }
        if log.room() < count.saturating_add(Self::RESERVED_ENTRIES) {
            return Err(ProposeError::LogFull);
        }
        let exhausted = ProposeError::Exhausted;
        self.last.index.checked_add(count).filter(|&last| last < u64::MAX).ok_or(exhausted)?;
        let index = self.last.index.checked_add(1).ok_or(exhausted)?;
        let term = self.hard_state.term;
        if !self.fates.has_room(term) {
            return Err(ProposeError::Undrained);
        }
        Ok(LogId { term, index })
    }

    /// Whether this node may give payloads of this size a place at all.
    #[inline]
    pub(super) fn check_proposal(&self, largest_bytes: usize) -> Result<(), ProposeError> {
        if !matches!(self.state, State::Leader(_)) {
            return Err(ProposeError::NotLeader { leader: self.leader() });
        }
        if largest_bytes > self.config.max_entry_bytes {
            return Err(ProposeError::TooLarge);
        }
        Ok(())
    }

    /// Gives the next places to so many payloads, which were admitted.
    #[inline]
    pub(super) fn open(&mut self, now_us: u64, count: u64) {
        self.advance_clock(now_us);
        if count > 0 {
            let term = self.hard_state.term;
            let first = self.last.index.saturating_add(1);
            let last = self.last.index.saturating_add(count);
            self.fates.open(term, first, last);
            self.last = LogId { term, index: last };
            self.owe_all();
        }
    }

    /// Begins a linearizable read of the state: one that sees all that was committed before this
    /// call. It may be answered when [`Output::Read`](super::Output::Read) has this token, or a
    /// later one of the same term; if this node ceases to lead before that
    /// ([`Output::Leadership`](super::Output::Leadership)), it never will be.
    ///
    /// In Multi-Paxos a follower takes reads, too, and any
    /// [`Output::Leadership`](super::Output::Leadership) ends those that it has not answered.
    ///
    /// Reads cost no entry, and one round of messages for all that begin before it leaves.
    /// (Thesis, section 6.4.)
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub fn read(&mut self, now_us: u64) -> Result<ReadToken, ReadError> {
        let State::Leader(Leading { start, .. }) = self.state else {
            if E::BALLOTS && self.leader().is_some() {
                return self.read_here(now_us);
            }
            return Err(ReadError::NotLeader { leader: self.leader() });
        };
        if self.commit < start && !cfg!(synod_planted = "r11") {
            return Err(ReadError::NotReady);
        }
        let (round, new) = self.reads.join().ok_or(ReadError::Exhausted)?;
        self.advance_clock(now_us);
        if new {
            self.ask_all();
            // A cluster of one asks nobody.
            self.confirm_reads();
        }
        Ok(ReadToken { term: self.hard_state.term, round })
    }

    /// Who leads, as far as this node knows.
    #[must_use]
    pub fn leader(&self) -> Option<NodeId> {
        match self.state {
            State::Leader(_) => Some(self.config.id),
            State::Follower(Following { leader, .. }) => {
                leader.and_then(|leader| self.voters.id(leader))
            }
            _ => None,
        }
    }
}
