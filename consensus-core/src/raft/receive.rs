//! Messages, as they come in.

use super::{
    BallotBody, Body, Election, Message, MessageError, Raft, Said, TermLog, peer::Reply,
    rule::belongs_to,
};
use crate::NodeId;

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// Takes a message that arrived at `now_us`, from whom the transport says that it is. Its
    /// payloads stay with the host, until [`poll_output`](Self::poll_output) says which of them
    /// to keep.
    ///
    /// A message that is late, or was there before, changes nothing.
    ///
    /// # Errors
    ///
    /// [`MessageError`].
    pub fn handle_message(
        &mut self,
        now_us: u64,
        from: NodeId,
        message: &Message<E::Said>,
        log: &impl TermLog,
    ) -> Result<(), MessageError> {
        self.check_host(log).map_err(MessageError::of_host)?;
        let peer = self.admit_message(from, message)?;
        self.receive(now_us, peer, message, log)
    }

    /// Takes a message that was admitted, by what it says.
    pub(super) fn receive(
        &mut self,
        now_us: u64,
        peer: usize,
        message: &Message<E::Said>,
        log: &impl TermLog,
    ) -> Result<(), MessageError> {
        let term = message.term;
        match message.body {
            Body::PreVoteReply { granted, asked } => {
                self.receive_pre_vote_reply(now_us, peer, granted, asked);
            }
            Body::Snapshot { last } if E::BALLOTS && self.takes_late_snapshot(term) => {
                self.receive_late_snapshot(now_us, last, log)?;
            }
            _ if term < self.hard_state.term && !cfg!(synod_planted = "p05") => {
                self.advance_clock(now_us);
                self.refuse_outdated(peer, &message.body);
            }
            Body::PreVote { last } => self.receive_pre_vote(now_us, peer, term, last),
            Body::Vote { last } => self.receive_vote(now_us, peer, term, last),
            Body::VoteReply { granted } => {
                self.receive_vote_reply(now_us, peer, term, granted, log);
            }
            Body::Snapshot { last } if E::BALLOTS && belongs_to(term, self.me) => {
                self.receive_fetched_snapshot(now_us, peer, last, log)?;
            }
            Body::Append { .. } | Body::Commit { .. } | Body::Snapshot { .. } => {
                self.receive_from_leader(now_us, peer, message, log)?;
            }
            Body::Matched { .. } | Body::Mismatched { .. } => {
                self.receive_progress(now_us, peer, message, log)?;
            }
            Body::Outdated => {
                self.advance_clock(now_us);
                self.adopt_if_later(term);
            }
            Body::Ballot(said) => {
                if let Some(body) = said.ballot() {
                    self.receive_ballot(now_us, peer, term, body, log)?;
                }
            }
        }
        Ok(())
    }

    /// Takes what only nodes say whose terms are ballots.
    fn receive_ballot(
        &mut self,
        now_us: u64,
        peer: usize,
        term: u64,
        body: BallotBody,
        log: &impl TermLog,
    ) -> Result<(), MessageError> {
        if let BallotBody::Suffix { .. } | BallotBody::Differs { .. } = body {
            return self.receive_fetched(now_us, peer, body, log);
        }
        self.advance_clock(now_us);
        match body {
            BallotBody::Promise { last } => self.count_vote(peer, true, last, log),
            BallotBody::Fetch { prev } => self.receive_fetch(peer, term, prev),
            BallotBody::ReadIndex { round } => {
                self.adopt_if_later(term);
                self.reply(peer, Reply::Read { round });
            }
            BallotBody::ReadIndexReply { round, last } => {
                self.adopt_if_later(term);
                self.receive_read_index(peer, round, last);
            }
            _ => {}
        }
        Ok(())
    }

    /// Tells who asks in a term that is over; late answers are nothing.
    #[cold]
    fn refuse_outdated(&mut self, peer: usize, body: &Body<E::Said>) {
        match body {
            Body::PreVote { .. }
            | Body::Vote { .. }
            | Body::Append { .. }
            | Body::Commit { .. }
            | Body::Snapshot { .. } => self.reply(peer, Reply::Outdated),
            Body::Ballot(said) => {
                if let Some(BallotBody::Fetch { .. } | BallotBody::ReadIndex { .. }) = said.ballot()
                {
                    self.reply(peer, Reply::Outdated);
                }
            }
            _ => {}
        }
    }

    /// Owes an answer, in place of an older one.
    pub(super) fn reply(&mut self, position: usize, reply: Reply) {
        if let Some(peer) = self.peer(position) {
            peer.reply = Some(reply);
            self.owe(position);
        }
    }
}
