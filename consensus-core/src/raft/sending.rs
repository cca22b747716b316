//! What a leader sends.

use super::{
    Body, Election, LogId, Message, Raft, TermLog,
    machine::QUICK,
    peer::Pace,
    state::{Leading, State},
    term_log::last_of_term,
};

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// Whether this follower is to be sent something, and what.
    pub(super) fn write_for(
        &mut self,
        position: usize,
        body: &mut Body<E::Said>,
        log: &impl TermLog,
    ) -> bool {
        if QUICK {
            let Some(peer) = self.peers.get_mut(position) else { return false };
            if peer.pace == Pace::Pipeline && peer.next > self.last.index && !peer.ask {
                self.owed.remove(position);
                return peer.tell_commit(self.commit, body);
            }
        }
        self.write_entries(position, body, log)
    }

    /// The same, where it may be entries.
    #[cfg_attr(target_pointer_width = "64", inline(never))] // so that other messages are quick
    fn write_entries(
        &mut self,
        position: usize,
        body: &mut Body<E::Said>,
        log: &impl TermLog,
    ) -> bool {
        let State::Leader(Leading { start, .. }) = self.state else { return false };
        let (commit, round, last) = (self.commit, self.reads.round(), self.last.index);
        let config = &self.config;
        let Some(peer) = self.peers.get_mut(position) else { return false };
        let asked = core::mem::take(&mut peer.ask);
        let room = match peer.pace {
            Pace::Pipeline => peer.room(config),
            Pace::Probe { sent: true } if !asked => return false,
            // A sign of life. The entries are on their way, or the follower is not there.
            Pace::Probe { sent: true } => 0,
            Pace::Probe { .. } => config.window_entries,
            Pace::Snapshot { sent: false, .. } => return peer.send_snapshot(body, log),
            Pace::Snapshot { .. } if asked => {
                self.reads.mark_sent();
                *body = heartbeat(log.snapshot(), commit, round);
                return true;
            }
            Pace::Snapshot { .. } => return false,
        };
        let prev_index = peer.next.saturating_sub(1);
        let Some(prev_term) = log.term(prev_index) else {
            return peer.send_snapshot(body, log);
        };
        let prev = LogId { term: prev_term, index: prev_index };
        let limit = last.min(prev_index.saturating_add(room));
        let batch = Batch::of(prev_index, limit, start, config.max_message_bytes, log);
        let probing = matches!(peer.pace, Pace::Probe { .. });
        if batch.count == 0 && !asked && !probing {
            self.owed.remove(position);
            return peer.tell_commit(commit, body);
        }
        peer.commit_told = peer.commit_told.max(commit);
        if probing {
            peer.pace = Pace::Probe { sent: true };
        } else if batch.count > 0 {
            peer.next = peer.next.saturating_add(u64::from(batch.count));
            peer.flights.push(peer.next.saturating_sub(1), batch.bytes);
        }
        if peer.next > last {
            self.owed.remove(position);
        }
        self.reads.mark_sent();
        let Batch { term, count, .. } = batch;
        *body = Body::Append { prev, entries_term: term, count, commit, round };
        true
    }
}

const fn heartbeat<X>(prev: LogId, commit: u64, round: u64) -> Body<X> {
    Body::Append { prev, entries_term: 0, count: 0, commit, round }
}

/// Entries of one term that go into one message.
pub(super) struct Batch {
    pub(super) term: u64,
    pub(super) count: u32,
    bytes: usize,
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
