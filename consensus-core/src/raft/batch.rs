//! The entries of one message.

use super::{Message, TermLog, machine::QUICK, term_log::last_of_term};

/// Entries of one term that go into one message.
pub(super) struct Batch {
    pub(super) term: u64,
    pub(super) count: u32,
    pub(super) bytes: usize,
}

impl Batch {
    /// As many of the entries behind `prev` up to `limit` as fit; those from `start` on are of one
    /// term.
    pub(super) fn of(
        prev: u64,
        limit: u64,
        start: u64,
        max_bytes: usize,
        log: &impl TermLog,
    ) -> Self {
        let none = Self { term: 0, count: 0, bytes: 0 };
        let first = prev.saturating_add(1);
        if limit < first {
            return none;
        }
        let Some(term) = log.term(first) else { return none };
        let limit = if first >= start { limit } else { last_of_term(first, limit, term, log) };
        // One entry goes always, or nothing ever would.
        let (count, bytes) = if QUICK && first == limit {
            (1, log.size(first).saturating_add(Message::MAX_ENTRY_OVERHEAD))
        } else {
            let budget = max_bytes.saturating_sub(Message::MAX_BYTES);
            log.fit(first, limit, Message::MAX_ENTRY_OVERHEAD, budget)
        };
        let bytes = bytes.saturating_add(Message::MAX_BYTES);
        Self { term, count, bytes }
    }
}
