//! What a node wants of its host.

use super::{Body, Message, Output, Raft, ReadToken, TermLog, peer::Reply, role::State};

impl<const VOTERS: usize, const WINDOW: usize> Raft<VOTERS, WINDOW> {
    /// The next thing for the host to do; `None` when there is nothing more. Call it until then after
    /// **every** other call, with the log as the output before has left it.
    #[inline]
    pub fn poll_output(&mut self, log: &impl TermLog) -> Option<Output> {
        if self.is_idle() { None } else { self.next_output(log) }
    }

    /// Whether there is nothing to do, as there is after each call, sooner or later: so this is quick.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.change.is_none()
            && !self.leadership_changed
            && !self.log_was_full
            && (self.owed.is_empty() || !self.writes.hard_state_is_durable())
            && self.writes.is_idle(self.last.index)
            && self.fates.is_idle(self.commit)
            && self.commit.min(self.writes.durable()) <= self.released
            && self.reads.is_idle(self.applied)
    }

    #[inline]
    pub(super) fn next_output(&mut self, log: &impl TermLog) -> Option<Output> {
        if self.change.is_some() {
            return self.change.take().map(Output::Change);
        }
        if self.check_host(log).is_err() {
            return None;
        }
        if core::mem::take(&mut self.leadership_changed) {
            return Some(Output::Leadership(self.leadership()));
        }
        if core::mem::take(&mut self.log_was_full) {
            return Some(Output::LogFull);
        }
        if self.writes.hard_state_is_durable() {
            while let Some(position) = self.owed.iter().next() {
                if let Some(message) = self.next_message(position, log) {
                    return Some(Output::Send { to: message.to, message });
                }
                self.owed.remove(position);
            }
        }
        if !self.writes.is_idle(self.last.index) {
            if let Some(write) = self.writes.poll(self.hard_state, self.last.index) {
                return Some(Output::Write(write));
            }
        }
        if !self.fates.is_idle(self.commit) {
            if let Some(fate) = self.fates.poll(self.commit, log) {
                return Some(Output::Fate(fate));
            }
        }
        // A state that is durable must not be ahead of a log that is not.
        let upto = self.commit.min(self.writes.durable());
        if upto > self.released {
            self.released = upto;
            return Some(Output::Committed { upto });
        }
        let round = self.reads.poll(self.applied)?;
        Some(Output::Read(ReadToken { term: self.hard_state.term, round }))
    }

    /// The next message to this node. None leaves before the term and the vote that it speaks for are durable.
    #[inline(never)] // so that polls without one are quick
    fn next_message(&mut self, position: usize, log: &impl TermLog) -> Option<Message> {
        let to = self.voters.id(position)?;
        let body = self.next_body(position, log)?;
        Some(Message { cluster: self.config.cluster, to, term: self.hard_state.term, body })
    }

    /// What is to be said to this node next.
    fn next_body(&mut self, position: usize, log: &impl TermLog) -> Option<Body> {
        let voted = self.hard_state.vote;
        let id = self.voters.id(position);
        let peer = self.peer(position)?;
        if let Some(reply) = peer.reply.take() {
            return Some(match reply {
                Reply::PreVote { granted, asked } => Body::PreVoteReply { granted, asked },
                Reply::Vote => Body::VoteReply { granted: voted == id },
                Reply::Outdated => Body::Outdated,
            });
        }
        let last = self.last;
        match self.state {
            State::Leader(_) => self.next_for(position, log),
            State::Follower(following) if following.leader == Some(position) => {
                self.answer_leader(position, log)
            }
            State::Follower(_) => None,
            State::PreCandidate(_) => {
                core::mem::take(&mut self.peer(position)?.ask).then_some(Body::PreVote { last })
            }
            State::Candidate(_) => {
                core::mem::take(&mut self.peer(position)?.ask).then_some(Body::Vote { last })
            }
        }
    }
}
