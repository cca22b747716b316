//! How a leader stays one, and what it does with what its followers answer.

use super::{
    Body, Election, LogId, Message, MessageError, Raft, TermLog,
    peer::{Pace, Peer},
    progress::Progress,
    state::{Leading, State},
};

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// Sends heartbeats, and steps down if a quorum was not heard for an election timeout (thesis,
    /// section 6.2), or its disk stalls.
    pub(super) fn lead_on(&mut self, mut leading: Leading) {
        if self.now_us >= self.deadline_us {
            if self.should_step_down(leading) {
                self.become_follower();
                return;
            }
            leading.active = self.myself();
            leading.issued = self.writes.issued();
            self.deadline_us = self.now_us.saturating_add(self.config.election_timeout_us);
            for peer in &mut self.peers {
                // A snapshot that has not arrived by now may be lost.
                if let Pace::Snapshot { sent, .. } = &mut peer.pace {
                    *sent = false;
                }
            }
            self.owe_all();
        }
        if self.now_us >= leading.heartbeat_at_us {
            leading.heartbeat_at_us = self.now_us.saturating_add(self.config.heartbeat_us);
            for position in leading.active {
                self.probe_again(position);
            }
            self.ask_all();
        }
        self.state = State::Leader(leading);
    }

    /// Whether it has not heard a quorum; or others could lead without it, while its own disk has not
    /// done in a whole election timeout what it was given before.
    fn should_step_down(&self, leading: Leading) -> bool {
        let heard = leading.active;
        if !self.writes.has_reported(leading.issued) {
            let mut others = heard;
            others.remove(self.me);
            return self.is_quorum(others) || !self.is_quorum(heard);
        }
        !self.is_quorum(heard)
    }

    /// An answer about the log, of a term that is not less than ours.
    pub(super) fn receive_progress(
        &mut self,
        now_us: u64,
        position: usize,
        message: &Message<E::Said>,
        log: &impl TermLog,
    ) -> Result<(), MessageError> {
        if message.term > self.hard_state.term {
            self.advance_clock(now_us);
            self.adopt_if_later(message.term);
            return Ok(());
        }
        let State::Leader(leading) = &mut self.state else { return Ok(()) };
        let (index, round) = match message.body {
            Body::Matched { index, round } => (index, round),
            Body::Mismatched { prev, round, .. } => (prev, round),
            _ => return Ok(()),
        };
        if index > self.last.index || round > self.reads.round() {
            return Err(MessageError::Malformed);
        }
        let back = leading.active.insert(position) == Ok(true);
        self.advance_clock(now_us);
        let Some(peer) = self.peer(position) else { return Ok(()) };
        peer.round = peer.round.max(round);
        if let Body::Mismatched { prev, hint, .. } = message.body {
            self.go_back(position, prev, hint, log);
        } else {
            self.go_on(position, index);
        }
        if back {
            self.probe_again(position);
        }
        self.confirm_reads();
        self.owe(position);
        Ok(())
    }

    /// What a follower that is there was sent to find where the logs meet may be lost.
    pub(super) fn probe_again(&mut self, position: usize) {
        if let Some(Peer { pace: Pace::Probe { sent }, .. }) = self.peer(position) {
            *sent = false;
        }
    }

    /// A follower has all up to `index`.
    fn go_on(&mut self, position: usize, index: u64) {
        let Some(peer) = self.peer(position) else { return };
        let news = index > peer.matched;
        peer.matched = peer.matched.max(index);
        match peer.pace {
            Pace::Pipeline if news => {
                peer.flights.acknowledge(index);
                peer.next = peer.next.max(index.saturating_add(1));
            }
            Pace::Pipeline => {}
            // A follower that took nothing of what was sent has no room, and is not to be pressed.
            Pace::Probe { .. } if news => peer.pipeline(),
            Pace::Probe { .. } => {}
            Pace::Snapshot { index, .. } if peer.matched >= index => peer.pipeline(),
            Pace::Snapshot { .. } => {}
        }
        // What is committed already commits nothing more.
        if news && index > self.commit {
            self.advance_commit();
        }
    }

    /// A follower's log does not have the entry at `prev`.
    fn go_back(&mut self, position: usize, prev: u64, hint: LogId, log: &impl TermLog) {
        let next = self.meeting(hint, log).saturating_add(1);
        let Some(peer) = self.peer(position) else { return };
        let stale = match peer.pace {
            Pace::Pipeline => prev <= peer.matched,
            Pace::Probe { .. } => prev.saturating_add(1) != peer.next,
            Pace::Snapshot { .. } => true,
        };
        if !stale {
            peer.probe(next);
        }
    }

    /// Commits what a quorum has, if it reaches an entry of this term: only then is everything
    /// before it safe, too (the paper's section 5.4.2 and figure 8).
    pub(super) fn advance_commit(&mut self) {
        let State::Leader(Leading { start, .. }) = self.state else { return };
        let mut durable = self.writes.durable();
        if cfg!(synod_planted = "r24") {
            durable = self.last.index;
        }
        let mut reached = self.reached(durable, Progress::Log);
        if cfg!(any(synod_planted = "r07", synod_planted = "p06")) {
            reached = self.peers.iter().map(|peer| peer.matched.min(durable)).max();
        }
        let start = if cfg!(synod_planted = "r01") { 0 } else { start };
        let Some(commit) = reached.filter(|&index| index >= start && index > self.commit) else {
            return;
        };
        self.commit = commit;
        self.owe_all();
    }

    /// Confirms the reads of the latest round that a quorum has answered.
    pub(super) fn confirm_reads(&mut self) {
        if !self.reads.is_open() {
            return;
        }
        if let Some(round) = self.reached(self.reads.round(), Progress::Reads) {
            self.reads.confirm(round, self.commit);
        }
    }
}
