//! Where two logs that differ may meet.

use super::{Election, LogId, Raft, TermLog, term_log::last_of_term};

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// The last entry before `prev`, and of no later term.
    pub(super) fn hint(&self, prev: LogId, log: &impl TermLog) -> Option<LogId> {
        let high = prev.index.saturating_sub(1).min(self.last.index);
        let index = last_of_term(self.commit.min(high), high, prev.term, log);
        Some(LogId { term: log.term(index)?, index })
    }

    /// Where this log may meet one whose last entry before a mismatch is `hint`: the last entry not
    /// behind it and of no later term. Below the snapshot if there is none.
    pub(super) fn meeting(&self, hint: LogId, log: &impl TermLog) -> u64 {
        let low = log.snapshot().index;
        let high = hint.index.min(self.last.index);
        let fits = |index| log.term(index).is_some_and(|term| term <= hint.term);
        if high < low || !fits(low) {
            return high.min(low.saturating_sub(1));
        }
        last_of_term(low, high, hint.term, log)
    }
}
