//! How a candidate that was promised to lead completes its log, from the most up to date of those
//! who promised.
//!
//! Whatever may be committed is in that log: a quorum of phase 2 has it, one of whom has promised,
//! and no log that is more up to date lacks it, as its leader had it. So an election needs nothing
//! of a candidate but that it reaches a quorum.
//!
//! Sources: Howard and Mortier, "Paxos vs Raft: Have we reached consensus on distributed
//! consensus?", PaPoC 2020; Ng, Haridi and Carbone, "Omni-Paxos", EuroSys 2023, section 4.

use super::{
    BallotBody, Body, Election, LogId, MessageError, Raft, TermLog,
    batch::Batch,
    following::{Fit, Sent},
    peer::Reply,
    said::say,
    state::{Following, Recovering, State},
};

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// Asks for what comes behind this entry; and all to stand back meanwhile, as a long log takes
    /// long.
    pub(super) fn fetch(&mut self, prev: LogId) {
        if let State::Recovering(recovering) = &mut self.state {
            recovering.prev = prev;
            self.ask_all();
        }
    }

    /// The candidate to whom this node has promised its ballot completes its log, and is about to
    /// lead.
    pub(super) fn give_time(&mut self) {
        self.quiet_until_us = self.now_us.saturating_add(self.config.election_timeout_us);
        self.draw_deadline();
    }

    /// What was asked of the holder of the best log, if this is it.
    fn recovering_from(&self, position: usize) -> Option<LogId> {
        match self.state {
            State::Recovering(Recovering { holder, prev, .. }) if holder == position => Some(prev),
            _ => None,
        }
    }

    /// A candidate to whom this node has promised its ballot lacks entries behind this one.
    pub(super) fn receive_fetch(&mut self, peer: usize, term: u64, prev: LogId) {
        let promised = term == self.hard_state.term && self.hard_state.vote == self.voters.id(peer);
        let State::Follower(following @ Following { leader: None, .. }) = &mut self.state else {
            return;
        };
        if promised {
            following.in_question = Some(prev);
            self.give_time();
            self.reply(peer, Reply::Suffix);
        }
    }

    /// What the candidate lacks; or where its log may meet this one; or the snapshot.
    pub(super) fn write_suffix(&mut self, body: &mut Body<E::Said>, log: &impl TermLog) -> bool {
        let State::Follower(following) = &mut self.state else { return false };
        let Some(prev) = following.in_question.take() else { return false };
        let said = if log.term(prev.index) == Some(prev.term) {
            let limit = prev.index.saturating_add(self.config.window_entries).min(self.last.index);
            let max_bytes = self.config.max_message_bytes;
            let Batch { term, count, .. } = Batch::of(prev.index, limit, u64::MAX, max_bytes, log);
            BallotBody::Suffix { prev, entries_term: term, count }
        } else if prev.index <= log.snapshot().index {
            // Where they meet is covered by it.
            *body = Body::Snapshot { last: log.snapshot() };
            return true;
        } else {
            let Some(hint) = self.hint(prev, log) else { return false };
            BallotBody::Differs { prev: prev.index, hint }
        };
        say(said, body)
    }

    /// What the holder of the best log has behind what it was asked, or that it does not have that.
    pub(super) fn receive_fetched(
        &mut self,
        now_us: u64,
        position: usize,
        body: BallotBody,
        log: &impl TermLog,
    ) -> Result<(), MessageError> {
        let asked = self.recovering_from(position);
        match body {
            BallotBody::Suffix { prev, entries_term, count } if Some(prev) == asked => {
                let sent = Sent { prev, term: entries_term, count };
                let fit = self.fit(sent, log)?;
                self.advance_clock(now_us);
                self.take_suffix(sent, fit, log);
            }
            // The holder has what is committed: about that it has answered an earlier question.
            BallotBody::Differs { prev, hint }
                if prev > self.commit && asked.is_some_and(|asked| asked.index == prev) =>
            {
                let index = self.meeting(hint, log).max(self.commit);
                let term = log.term(index).ok_or(MessageError::CommittedConflict)?;
                self.advance_clock(now_us);
                self.draw_deadline();
                self.fetch(LogId { term, index });
            }
            // Late, or repeated.
            _ => self.advance_clock(now_us),
        }
        Ok(())
    }

    /// Takes entries of the best log; leads, if there are no more.
    fn take_suffix(&mut self, sent: Sent, fit: Fit, log: &impl TermLog) {
        let Sent { prev, term, count } = sent;
        let Fit::Match { matched, taken, full } = fit else { return };
        // With what it was sent before.
        let half = cfg!(synod_planted = "half-complete") && prev.index > self.commit;
        if count == 0 || half {
            if half || prev == self.last && self.has_the_best() {
                self.lead(log);
            }
            return;
        }
        self.log_was_full |= full;
        if full && taken.is_none() {
            return;
        }
        self.take(taken);
        self.draw_deadline();
        self.fetch(LogId { term, index: matched });
    }

    /// Whether this log goes as far as the best did, as it should: its holder has promised what is on
    /// its disk. If not, another election asks another one.
    fn has_the_best(&self) -> bool {
        matches!(self.state, State::Recovering(Recovering { best, .. }) if best <= self.last)
    }

    /// The holder of the best log no longer has what was asked, but the snapshot.
    pub(super) fn receive_fetched_snapshot(
        &mut self,
        now_us: u64,
        position: usize,
        last: LogId,
        log: &impl TermLog,
    ) -> Result<(), MessageError> {
        let known = self.knows(last, log)?;
        self.advance_clock(now_us);
        if self.recovering_from(position).is_some() {
            self.take_fetched_snapshot(last, known);
        }
        Ok(())
    }

    fn take_fetched_snapshot(&mut self, last: LogId, known: bool) {
        if known {
            self.commit = self.commit.max(last.index);
        } else {
            self.install(last);
        }
        self.draw_deadline();
        self.fetch(self.last);
    }

    /// Whether a snapshot of an earlier ballot may take the place of this log. What it covers is
    /// committed, whoever has sent it; and a large one comes later than a candidate can wait.
    pub(super) fn takes_late_snapshot(&self, term: u64) -> bool {
        let waits = match self.state {
            State::Follower(following) => following.leader.is_none(),
            State::PreCandidate(_) | State::Recovering(_) => true,
            State::Candidate(_) | State::Leader(_) => false,
        };
        term < self.hard_state.term && waits
    }

    /// Takes such a snapshot.
    pub(super) fn receive_late_snapshot(
        &mut self,
        now_us: u64,
        last: LogId,
        log: &impl TermLog,
    ) -> Result<(), MessageError> {
        let known = self.knows(last, log)?;
        self.advance_clock(now_us);
        self.take_fetched_snapshot(last, known);
        if !known {
            // What this node has promised speaks for its log: it waits until that is durable.
            self.writes.touch_hard_state();
        }
        Ok(())
    }
}
