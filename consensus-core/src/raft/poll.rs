//! What a node wants of its host.

use super::{Body, Message, Output, Raft, ReadToken, TermLog, peer::Reply, role::State};
use crate::NodeId;

impl<const VOTERS: usize, const WINDOW: usize> Raft<VOTERS, WINDOW> {
    /// The next thing for the host to do; `None` when there is nothing more. Call it until then after
    /// **every** other call, with the log as the output before has left it.
    #[inline]
    pub fn poll_output(&mut self, log: &impl TermLog) -> Option<Output> {
        // Where flash is dearer than time, what follows finds out by itself.
        if cfg!(target_pointer_width = "64") && self.is_idle() {
            return None;
        }
        if let Some(news) = self.next_news(log)? {
            return Some(news);
        }
        let mut message = self.empty_message();
        if self.next_message(&mut message, log) {
            return Some(Output::Send { to: message.to, message });
        }
        self.next_effect(log)
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

    /// What comes before all messages; `None` for a host whose log is not what it should be.
    #[inline]
    pub(super) fn next_news(&mut self, log: &impl TermLog) -> Option<Option<Output>> {
        if self.change.is_some() {
            return Some(self.change.take().map(Output::Change));
        }
        self.check_host(log).ok()?;
        if !self.leadership_changed && !self.log_was_full {
            return Some(None);
        }
        if core::mem::take(&mut self.leadership_changed) {
            return Some(Some(Output::Leadership(self.leadership())));
        }
        self.log_was_full = false;
        Some(Some(Output::LogFull))
    }

    /// What the next message is written into.
    #[inline]
    pub(super) const fn empty_message(&self) -> Message {
        let (cluster, term) = (self.config.cluster, self.hard_state.term);
        Message { cluster, to: NodeId(0), term, body: Body::Outdated }
    }

    /// Whether there is a next message, and which. None leaves before the term and the vote that it speaks for
    /// are durable.
    ///
    /// It is written in place, and so moved as a whole from there: a result would be moved field by field.
    #[inline]
    pub(super) fn next_message(&mut self, message: &mut Message, log: &impl TermLog) -> bool {
        if !self.writes.hard_state_is_durable() {
            return false;
        }
        while let Some(position) = self.owed.iter().next() {
            if self.write_message(position, message, log) {
                return true;
            }
            self.owed.remove(position);
        }
        false
    }

    /// What comes behind all messages.
    #[inline]
    pub(super) fn next_effect(&mut self, log: &impl TermLog) -> Option<Output> {
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

    /// Whether there is something to say to this node, and what.
    #[inline(never)] // so that polls without a message are quick
    fn write_message(
        &mut self,
        position: usize,
        message: &mut Message,
        log: &impl TermLog,
    ) -> bool {
        let (Some(to), Some(body)) = (self.voters.id(position), self.next_body(position, log))
        else {
            return false;
        };
        (message.to, message.body) = (to, body);
        true
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
