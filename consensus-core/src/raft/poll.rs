//! What a node wants of its host.

use super::{
    BallotBody, Body, Election, Fate, Message, Output, Raft, ReadToken, TermLog, Write,
    machine::QUICK,
    peer::Reply,
    said::say,
    state::{Recovering, State},
};
use crate::NodeId;

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// The next thing for the host to do; `None` when there is nothing more. Call it until then
    /// after **every** other call, with the log as the output before has left it.
    #[inline]
    pub fn poll_output(&mut self, log: &impl TermLog) -> Option<Output<E::Said>> {
        // Elsewhere what follows finds out by itself.
        if QUICK && self.is_idle() {
            return None;
        }
        if let Some(news) = self.next_news(log)? {
            return Some(news);
        }
        let mut message = self.empty_message();
        if self.may_send() && self.next_message(&mut message, log) {
            return Some(Output::Send { to: message.to, message });
        }
        self.next_effect(log)
    }

    /// Whether there is nothing to do, as there is after each call, sooner or later: so this is
    /// quick.
    #[inline]
    fn is_idle(&self) -> bool {
        !self.has_news()
            && !self.may_send()
            && self.writes.is_idle(self.last.index)
            && !self.has_fate()
            && self.committed() <= self.released
            && self.reads.is_idle(self.applied)
    }

    /// Whether there is something that comes before all messages.
    #[inline]
    pub(super) const fn has_news(&self) -> bool {
        self.change.is_some() || self.leadership_changed || self.log_was_full
    }

    /// Whether there may be messages. None leaves before the term and the vote that it speaks for
    /// are durable.
    #[inline]
    pub(super) fn may_send(&self) -> bool {
        !self.owed.is_empty() && self.writes.hard_state_is_durable()
    }

    /// Whether the fate of proposals is known, and was not told.
    #[inline]
    fn has_fate(&self) -> bool {
        !self.fates.is_idle(self.commit)
    }

    /// Up to where entries may be applied: a state that is durable must not be ahead of a log that
    /// is not.
    #[inline]
    fn committed(&self) -> u64 {
        self.commit.min(self.writes.durable())
    }

    /// What comes before all messages; `None` for a host whose log is not what it should be.
    #[inline]
    pub(super) fn next_news(&mut self, log: &impl TermLog) -> Option<Option<Output<E::Said>>> {
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
    pub(super) const fn empty_message(&self) -> Message<E::Said> {
        let (cluster, term) = (self.config.cluster, self.hard_state.term);
        Message { cluster, to: NodeId(0), term, body: Body::Outdated }
    }

    /// Whether there is a next message, and which.
    ///
    /// It is written in place, and so moved as a whole from there: a result would be moved field by
    /// field.
    #[inline(never)] // so that polls without a message are quick
    pub(super) fn next_message(
        &mut self,
        message: &mut Message<E::Said>,
        log: &impl TermLog,
    ) -> bool {
        message.term = self.hard_state.term;
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
    pub(super) fn next_effect(&mut self, log: &impl TermLog) -> Option<Output<E::Said>> {
        if let Some(write) = self.next_write() {
            return Some(Output::Write(write));
        }
        if let Some(fate) = self.next_fate(log) {
            return Some(Output::Fate(fate));
        }
        if let Some((_, upto)) = self.release() {
            return Some(Output::Committed { upto });
        }
        self.next_read().map(Output::Read)
    }

    /// The next write.
    #[inline]
    pub(super) fn next_write(&mut self) -> Option<Write> {
        self.writes.poll(self.hard_state, self.last.index)
    }

    /// The next fate.
    #[inline]
    pub(super) fn next_fate(&mut self, log: &impl TermLog) -> Option<Fate> {
        if self.has_fate() { self.fates.poll(self.commit, log) } else { None }
    }

    /// The first and the last entry that are given out to be applied now.
    #[inline]
    pub(super) fn release(&mut self) -> Option<(u64, u64)> {
        let (released, upto) = (self.released, self.committed());
        if upto <= released {
            return None;
        }
        self.released = upto;
        Some((released.saturating_add(1), upto))
    }

    /// The reads that may be answered.
    #[inline]
    pub(super) fn next_read(&mut self) -> Option<ReadToken> {
        let round = self.reads.poll(self.applied)?;
        Some(ReadToken { term: self.hard_state.term, round })
    }

    /// Whether there is something to say to this node, and what.
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn write_message(
        &mut self,
        position: usize,
        message: &mut Message<E::Said>,
        log: &impl TermLog,
    ) -> bool {
        let Some(to) = self.voters.id(position) else { return false };
        message.to = to;
        let body = &mut message.body;
        // An answer that is not to be given does not take the place of what is.
        if self.peers.get(position).is_some_and(|peer| peer.reply.is_some())
            && self.write_reply(position, body, log)
        {
            return true;
        }
        match &self.state {
            State::Leader(_) => self.write_for(position, body, log),
            State::Follower(following) if following.leader == Some(position) => {
                // An answer may be the last that is owed.
                (E::BALLOTS && self.write_read(position, body))
                    || self.write_answer(position, body, log)
            }
            State::Follower(_) => E::BALLOTS && self.write_read(position, body),
            State::Recovering(_) if !E::BALLOTS => false,
            State::Recovering(Recovering { holder, prev, .. }) => {
                let fetch = BallotBody::Fetch { prev: *prev };
                let said = *holder == position && say(fetch, body);
                if !said {
                    *body = Body::Vote { last: self.last };
                }
                self.take_ask(position)
            }
            State::PreCandidate(_) => {
                *body = Body::PreVote { last: self.last };
                self.take_ask(position)
            }
            State::Candidate(_) => {
                *body = Body::Vote { last: self.last };
                self.take_ask(position)
            }
        }
    }

    /// The answer that is not about the log.
    #[cold]
    fn write_reply(
        &mut self,
        position: usize,
        body: &mut Body<E::Said>,
        log: &impl TermLog,
    ) -> bool {
        let granted = self.hard_state.vote == self.voters.id(position);
        let Some(reply) = self.peer(position).and_then(|peer| peer.reply.take()) else {
            return false;
        };
        *body = match reply {
            Reply::PreVote { granted, asked } => Body::PreVoteReply { granted, asked },
            Reply::Vote if !E::BALLOTS => Body::VoteReply { granted },
            Reply::Vote => {
                // It speaks for the whole log. What is not durable yet came from the leader of this
                // ballot, who wants no promises any more.
                let durable = self.writes.durable() >= self.last.index;
                let promise = BallotBody::Promise { last: self.last };
                return granted && durable && say(promise, body);
            }
            Reply::Suffix | Reply::Read { .. } if !E::BALLOTS => return false,
            Reply::Suffix => return self.write_suffix(body, log),
            Reply::Read { round } => {
                let reply = BallotBody::ReadIndexReply { round, last: self.last.index };
                return say(reply, body);
            }
            Reply::Outdated => Body::Outdated,
        };
        true
    }

    /// Whether this node is owed a request; from now on it is not.
    pub(super) fn take_ask(&mut self, position: usize) -> bool {
        self.peer(position).is_some_and(|peer| core::mem::take(&mut peer.ask))
    }
}
