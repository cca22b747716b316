//! Messages, as they come in.

use super::{
    Body, Election, LogId, Message, MessageError, Raft, TermLog, peer::Reply, rule::belongs_to,
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
        message: &Message,
        log: &impl TermLog,
    ) -> Result<(), MessageError> {
        self.check_host(log).map_err(MessageError::of_host)?;
        let peer = self.admit_message(from, message)?;
        self.receive(now_us, peer, message, log)
    }

    /// The place of the sender of a message that may be looked at. Reads only.
    #[inline]
    pub(super) fn admit_message(
        &self,
        from: NodeId,
        message: &Message,
    ) -> Result<usize, MessageError> {
        let peer = self.sender(from, message)?;
        if !is_legal(message) {
            return Err(MessageError::Malformed);
        }
        if E::BALLOTS {
            self.check_ballot(peer, message)?;
        } else if message.body.is_of_ballots() {
            return Err(MessageError::Malformed);
        }
        Ok(peer)
    }

    /// Whether the ballot of a message belongs to whom it must belong.
    fn check_ballot(&self, peer: usize, message: &Message) -> Result<(), MessageError> {
        let term = message.term;
        let mine = belongs_to(term, self.me);
        if mine && term > self.hard_state.term {
            return Err(MessageError::Forgotten);
        }
        let fits = match message.body {
            Body::Vote { .. } | Body::Append { .. } | Body::Commit { .. } | Body::Fetch { .. } => {
                belongs_to(term, peer)
            }
            Body::Snapshot { .. } => mine || belongs_to(term, peer),
            Body::VoteReply { .. } => false,
            Body::Promise { .. }
            | Body::Suffix { .. }
            | Body::Differs { .. }
            | Body::Matched { .. }
            | Body::Mismatched { .. } => mine,
            _ => true,
        };
        if fits { Ok(()) } else { Err(MessageError::Malformed) }
    }

    /// Takes a message that was admitted, by what it says.
    pub(super) fn receive(
        &mut self,
        now_us: u64,
        peer: usize,
        message: &Message,
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
            _ if term < self.hard_state.term => {
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
            Body::Promise { last } => self.receive_promise(now_us, peer, last, log),
            Body::Fetch { prev } => self.receive_fetch(now_us, peer, term, prev),
            Body::Suffix { .. } | Body::Differs { .. } => {
                self.receive_fetched(now_us, peer, &message.body, log)?;
            }
            Body::ReadIndex { round } => {
                self.advance_clock(now_us);
                self.adopt_if_later(term);
                self.reply(peer, Reply::Read { round });
            }
            Body::ReadIndexReply { round, last } => {
                self.advance_clock(now_us);
                self.adopt_if_later(term);
                self.receive_read_index(peer, round, last);
            }
        }
        Ok(())
    }

    /// The place of the sender of a message that is for this node.
    fn sender(&self, from: NodeId, message: &Message) -> Result<usize, MessageError> {
        if message.cluster != self.config.cluster {
            return Err(MessageError::WrongCluster);
        }
        if message.to != self.config.id {
            return Err(MessageError::WrongReceiver);
        }
        match self.voters.position(from) {
            Some(peer) if peer != self.me => Ok(peer),
            _ => Err(MessageError::Stranger),
        }
    }

    /// Tells who asks in a term that is over; late answers are nothing.
    #[cold]
    fn refuse_outdated(&mut self, peer: usize, body: &Body) {
        match body {
            Body::PreVote { .. }
            | Body::Vote { .. }
            | Body::Append { .. }
            | Body::Commit { .. }
            | Body::Snapshot { .. }
            | Body::Fetch { .. }
            | Body::ReadIndex { .. } => self.reply(peer, Reply::Outdated),
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

/// Whether a node that works could have sent this.
fn is_legal(message: &Message) -> bool {
    let term = message.term;
    let ours = |id: LogId| id.is_legal() && id.term <= term;
    match message.body {
        Body::PreVote { last } => ours(last),
        Body::PreVoteReply { asked, .. } => term <= asked,
        Body::Vote { last } => ours(last) && last.term < term,
        Body::VoteReply { .. } | Body::Commit { .. } | Body::Matched { .. } | Body::Outdated => {
            term > 0
        }
        Body::Promise { last } => term > 0 && ours(last),
        Body::Fetch { prev } => ours(prev) && prev.term < term && prev.index < u64::MAX,
        Body::ReadIndex { .. } | Body::ReadIndexReply { .. } => term > 0,
        Body::Append { prev, entries_term, count, .. }
        | Body::Suffix { prev, entries_term, count } => {
            let entries = if count == 0 {
                entries_term == 0
            } else {
                entries_term >= prev.term.max(1) && entries_term <= term
            };
            // The last index is never reached, so that there is always a next one.
            let end = prev.index.checked_add(u64::from(count));
            term > 0 && ours(prev) && entries && end.is_some_and(|end| end < u64::MAX)
        }
        Body::Mismatched { prev, hint, .. } | Body::Differs { prev, hint } => {
            term > 0 && ours(hint) && hint.index < prev
        }
        Body::Snapshot { last } => ours(last) && last != LogId::START && last.index < u64::MAX,
    }
}
