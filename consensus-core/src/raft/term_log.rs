//! What the core asks of its host's log.

use super::LogId;

/// The log of the host, as far as the core asks about it: terms and sizes, never payloads.
///
/// It is the log **in memory**, durable or not: it changes when the core says so
/// ([`Output::Change`](super::Output::Change)), when the host appends what was proposed, and when
/// the host drops entries that a snapshot covers.
///
/// Each method should be O(1), [`fit`](Self::fit) O(n) for n entries, and
/// [`stop_sign`](Self::stop_sign) O(n) for n blanks at the end; the core asks a few times a call.
pub trait TermLog {
    /// The last entry that the latest snapshot covers; [`LogId::START`] if there is none. The log
    /// begins behind it.
    fn snapshot(&self) -> LogId;

    /// The index of the last entry; that of the [`snapshot`](Self::snapshot) if there is none
    /// behind.
    fn last_index(&self) -> u64;

    /// The term of the entry at this index, also for the index of the snapshot itself. `None` below
    /// it, and beyond the last entry.
    fn term(&self, index: u64) -> Option<u64>;

    /// The size of the payload at this index, in bytes; 0 for a blank, and where there is no entry.
    fn size(&self, index: u64) -> usize;

    /// How many of the entries from `first` to `last` fit into `budget` bytes, if each takes
    /// `overhead` beside its payload, and how many bytes those take. The first one always fits.
    ///
    /// This is asked for each message with entries. A log that has their sizes side by side can be
    /// quicker than asking for each.
    fn fit(&self, first: u64, last: u64, overhead: usize, budget: usize) -> (u32, usize) {
        let (mut count, mut bytes, mut index) = (0_u32, 0_usize, first);
        while index <= last && count < u32::MAX {
            let more = bytes.saturating_add(self.size(index)).saturating_add(overhead);
            if more > budget && count > 0 {
                break;
            }
            (count, bytes) = (count.saturating_add(1), more);
            index = index.saturating_add(1);
        }
        (count, bytes)
    }

    /// The index of the [stop sign](super::Payload::is_stop_sign), if the last entry that is no
    /// blank is one. It is asked for at each proposal; a log that never has one need not say. A host
    /// of a [`Raft`](super::Raft) proposes it as the last of a batch, and keeps it when it compacts;
    /// a [`Replica`](super::Replica) sees to both.
    fn stop_sign(&self) -> Option<u64> {
        None
    }

    /// How many more entries there is room for. A log that grows says `u64::MAX`.
    fn room(&self) -> u64;
}

/// The last index from `low` to `high` whose entry is of a term up to this one; `low` if none is.
/// (Terms never decrease along a log.) One body for all who ask.
#[inline(never)]
pub(super) fn last_of_term(low: u64, high: u64, term: u64, log: &impl TermLog) -> u64 {
    let fits = |index| log.term(index).is_some_and(|there| there <= term);
    // As a rule, there are no others.
    if fits(high) {
        return high.max(low);
    }
    let (mut low, mut high) = (low, high);
    while low < high {
        // Rounded up, so that it is never `low`.
        let middle = high.saturating_sub(high.saturating_sub(low) / 2);
        if fits(middle) {
            low = middle;
        } else {
            high = middle.saturating_sub(1);
        }
    }
    low
}
