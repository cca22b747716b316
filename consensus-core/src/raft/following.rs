//! What a node does with what its leader sends.

use super::{
    Body, Change, Election, LogId, Message, MessageError, Raft, TermLog,
    state::{Following, State},
    term_log::last_of_term,
};

/// How a leader's message and the log go together.
pub(super) enum Fit {
    /// They do not meet at this entry.
    Mismatch(LogId),
    /// They are the same up to `matched`, once what is lacking was taken. `full`: entries were left
    /// out.
    Match { matched: u64, taken: Option<Taken>, full: bool },
}

/// The entries of a message that the log lacks: what becomes a [`Change::Append`]. Its own type, as
/// that in the result of [`Raft::fit`] would be copied byte by byte.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    keep: u64,
    skip: u32,
    count: u32,
    term: u64,
}

/// The entries of an [`Append`](Body::Append), or of a [`Suffix`](super::BallotBody::Suffix).
#[derive(Clone, Copy)]
pub(super) struct Sent {
    pub(super) prev: LogId,
    pub(super) term: u64,
    pub(super) count: u32,
}

impl Sent {
    /// Whether they can be those of a message of this term.
    pub(super) fn is_legal(self, term: u64) -> bool {
        let entries = if self.count == 0 {
            self.term == 0
        } else {
            self.term >= self.prev.term.max(1) && self.term <= term
        };
        // The last index is never reached, so that there is always a next one.
        let end = self.prev.index.checked_add(u64::from(self.count));
        let follows = self.prev.is_legal() && self.prev.term <= term;
        term > 0 && follows && entries && end.is_some_and(|end| end < u64::MAX)
    }
}

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// A message of the leader of its term, which is not less than ours.
    pub(super) fn receive_from_leader(
        &mut self,
        now_us: u64,
        peer: usize,
        message: &Message<E::Said>,
        log: &impl TermLog,
    ) -> Result<(), MessageError> {
        if message.term == self.hard_state.term && self.is_led_by_another(peer) {
            return Err(MessageError::TwoLeaders);
        }
        match message.body {
            Body::Append { prev, entries_term, count, commit, round } => {
                let sent = Sent { prev, term: entries_term, count };
                let fit = self.fit(sent, log)?;
                if self.contradicts_itself(message.term, &fit) {
                    return Err(MessageError::Malformed);
                }
                self.follow(now_us, peer, message.term);
                self.take_append(fit, round);
                self.learn_commit(commit);
            }
            Body::Commit { commit } => {
                self.follow(now_us, peer, message.term);
                self.learn_commit(commit);
            }
            Body::Snapshot { last } => {
                let known = self.knows(last, log)?;
                if !known && self.has_matched(message.term, last.index) {
                    return Err(MessageError::Malformed);
                }
                self.follow(now_us, peer, message.term);
                self.take_snapshot(last, known);
            }
            _ => {}
        }
        if E::BALLOTS {
            self.ask_again();
        }
        Ok(())
    }

    /// Whether this node knows of a leader in its term that is not this peer.
    fn is_led_by_another(&self, peer: usize) -> bool {
        match self.state {
            State::Leader(_) => true,
            State::Follower(following) => following.leader.is_some_and(|leader| leader != peer),
            _ => false,
        }
    }

    /// Whether a leader takes back what it sent before in its term.
    fn contradicts_itself(&self, term: u64, fit: &Fit) -> bool {
        let Fit::Match { taken: Some(Taken { keep, .. }), .. } = fit else {
            return false;
        };
        self.has_matched(term, keep.saturating_add(1))
    }

    /// Whether the leader of this term has sent all up to this index before, so that it is in the
    /// log.
    fn has_matched(&self, term: u64, index: u64) -> bool {
        match self.state {
            State::Follower(following) => {
                term == self.hard_state.term && index <= following.matched
            }
            _ => false,
        }
    }

    /// How these entries go with the log. Reads only.
    #[cfg_attr(target_pointer_width = "64", inline(always))] // its result is large
    pub(super) fn fit(&self, sent: Sent, log: &impl TermLog) -> Result<Fit, MessageError> {
        let Sent { prev, term, count } = sent;
        let end = prev.index.saturating_add(u64::from(count));
        let known = self.commit.saturating_sub(prev.index);
        // What is committed is the same everywhere, and may be compacted.
        if prev.index < self.commit && end <= self.commit {
            return Ok(Fit::Match { matched: self.commit, taken: None, full: false });
        }
        let base = if prev.index < self.commit { LogId { term, index: self.commit } } else { prev };
        if log.term(base.index) != Some(base.term) {
            // Below the commit index the logs cannot differ.
            let committed = base.index <= self.commit;
            return if committed {
                Err(MessageError::CommittedConflict)
            } else {
                Ok(Fit::Mismatch(prev))
            };
        }
        let overlap = end.min(self.last.index);
        let first = base.index.saturating_add(1);
        let same = if overlap >= first && log.term(first) == Some(term) {
            last_of_term(first, overlap, term, log)
        } else {
            base.index
        };
        let missing = end.saturating_sub(same);
        if missing == 0 {
            return Ok(Fit::Match { matched: end, taken: None, full: false });
        }
        let room = log.room().saturating_add(self.last.index.saturating_sub(same));
        let fitting = missing.min(room);
        let skip = known.saturating_add(same.saturating_sub(base.index));
        // Both are at most `count`.
        let (Ok(skip), Ok(count)) = (u32::try_from(skip), u32::try_from(fitting)) else {
            return Err(MessageError::Malformed);
        };
        let taken = Taken { keep: same, skip, count, term };
        let matched = same.saturating_add(fitting);
        let full = fitting < missing;
        Ok(Fit::Match { matched, taken: (count > 0).then_some(taken), full })
    }

    /// From now on, this peer leads.
    fn follow(&mut self, now_us: u64, peer: usize, term: u64) {
        self.advance_clock(now_us);
        self.adopt_if_later(term);
        let quiet_until_us = self.now_us.saturating_add(self.config.election_timeout_us);
        if let State::Follower(Following { leader: Some(_), .. }) = self.state {
            // What was drawn for this leader holds, but not what was waited for it in vain.
            let waited_us = self.deadline_us.saturating_sub(self.quiet_until_us);
            let drawn_us = waited_us.min(self.config.election_timeout_us);
            self.deadline_us = quiet_until_us.saturating_add(drawn_us);
        } else {
            self.become_follower();
            self.state = State::Follower(Following { leader: Some(peer), ..Following::default() });
        }
        self.quiet_until_us = quiet_until_us;
    }

    fn take_append(&mut self, fit: Fit, round: u64) {
        let State::Follower(following) = &mut self.state else { return };
        let news = round > following.round;
        following.round = following.round.max(round);
        match fit {
            Fit::Mismatch(prev) => following.in_question = Some(prev),
            Fit::Match { matched, taken, full } => {
                following.matched = following.matched.max(matched);
                // New entries are acknowledged when they are durable.
                following.answer |= news || taken.is_none();
                let answer = following.answer;
                self.log_was_full |= full;
                self.take(taken);
                if !answer {
                    return;
                }
            }
        }
        self.owe_leader();
    }

    /// Changes what is known of the log, which the host changes in turn.
    pub(super) fn take(&mut self, taken: Option<Taken>) {
        if let Some(Taken { keep, skip, count, term }) = taken {
            self.writes.truncate(keep);
            self.last = LogId { term, index: keep.saturating_add(u64::from(count)) };
            self.change = Some(Change::Append { keep, skip, count, term });
        }
    }

    /// The leader has committed up to here, at least.
    fn learn_commit(&mut self, commit: u64) {
        if let State::Follower(following) = self.state {
            self.commit = self.commit.max(commit.min(following.matched));
        }
    }

    /// Whether the log has all that a snapshot covers.
    pub(super) fn knows(&self, last: LogId, log: &impl TermLog) -> Result<bool, MessageError> {
        let same = log.term(last.index) == Some(last.term);
        if last.index == self.commit && !same {
            return Err(MessageError::CommittedConflict);
        }
        Ok(last.index <= self.commit || same)
    }

    fn take_snapshot(&mut self, last: LogId, known: bool) {
        let State::Follower(following) = &mut self.state else { return };
        following.matched = following.matched.max(last.index);
        following.answer |= known;
        if !known {
            self.install(last);
        }
        self.commit = self.commit.max(last.index);
        self.owe_leader();
    }

    /// A snapshot takes the place of log and state.
    pub(super) fn install(&mut self, last: LogId) {
        self.writes.install(last);
        self.last = last;
        self.released = last.index;
        self.applied = last.index;
        self.commit = self.commit.max(last.index);
        self.change = Some(Change::Install { last });
    }

    /// Something may have to be said to the leader.
    pub(super) fn owe_leader(&mut self) {
        if let State::Follower(Following { leader: Some(leader), .. }) = self.state {
            self.owe(leader);
        }
    }

    /// Whether the leader is owed an answer, and which.
    pub(super) fn write_answer(
        &mut self,
        position: usize,
        body: &mut Body<E::Said>,
        log: &impl TermLog,
    ) -> bool {
        let durable =
            if cfg!(synod_planted = "r10") { self.last.index } else { self.writes.durable() };
        let State::Follower(following) = &mut self.state else { return false };
        let round = following.round;
        if let Some(prev) = following.in_question.take() {
            let Some(hint) = self.hint(prev, log) else { return false };
            *body = Body::Mismatched { prev: prev.index, hint, round };
            return true;
        }
        let index = following.matched.min(durable);
        if !following.answer && index <= following.told {
            return false;
        }
        following.answer = false;
        following.told = index;
        self.owed.remove(position);
        *body = Body::Matched { index, round };
        true
    }
}
