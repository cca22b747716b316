//! What a leader sends.

use super::{
    Body, Election, LogId, Raft, TermLog,
    batch::Batch,
    machine::QUICK,
    peer::Pace,
    state::{Leading, State},
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
