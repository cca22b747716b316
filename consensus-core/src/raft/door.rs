//! Which messages are let in.

use super::{
    BallotBody, Body, Election, LogId, Message, MessageError, Raft, Said, following::Sent,
    rule::belongs_to,
};
use crate::NodeId;

impl<const VOTERS: usize, const WINDOW: usize, E: Election> Raft<VOTERS, WINDOW, E> {
    /// The place of the sender of a message that may be looked at. Reads only.
    #[inline]
    pub(super) fn admit_message(
        &self,
        from: NodeId,
        message: &Message<E::Said>,
    ) -> Result<usize, MessageError> {
        let peer = self.sender(from, message)?;
        if !is_legal(message) {
            return Err(MessageError::Malformed);
        }
        if E::BALLOTS {
            self.check_ballot(peer, message)?;
        }
        Ok(peer)
    }

    /// Whether the ballot of a message belongs to whom it must belong.
    fn check_ballot(&self, peer: usize, message: &Message<E::Said>) -> Result<(), MessageError> {
        let term = message.term;
        let mine = belongs_to(term, self.me);
        if mine && term > self.hard_state.term {
            return Err(MessageError::Forgotten);
        }
        let fits = match message.body {
            Body::Vote { .. } | Body::Append { .. } | Body::Commit { .. } => belongs_to(term, peer),
            Body::Snapshot { .. } => mine || belongs_to(term, peer),
            Body::VoteReply { .. } => false,
            Body::Matched { .. } | Body::Mismatched { .. } => mine,
            Body::Ballot(said) => match said.ballot() {
                Some(BallotBody::Fetch { .. }) => belongs_to(term, peer),
                Some(BallotBody::ReadIndex { .. } | BallotBody::ReadIndexReply { .. }) => true,
                _ => mine,
            },
            _ => true,
        };
        if fits { Ok(()) } else { Err(MessageError::Malformed) }
    }

    /// The place of the sender of a message that is for this node.
    fn sender(&self, from: NodeId, message: &Message<E::Said>) -> Result<usize, MessageError> {
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
}

/// Whether a node that works could have sent this.
fn is_legal<X: Said>(message: &Message<X>) -> bool {
    let term = message.term;
    let ours = |id: LogId| id.is_legal() && id.term <= term;
    match message.body {
        Body::PreVote { last } => ours(last),
        Body::PreVoteReply { asked, .. } => term <= asked,
        Body::Vote { last } => ours(last) && last.term < term,
        Body::VoteReply { .. } | Body::Commit { .. } | Body::Matched { .. } | Body::Outdated => {
            term > 0
        }
        Body::Append { prev, entries_term, count, .. } => {
            Sent { prev, term: entries_term, count }.is_legal(term)
        }
        Body::Mismatched { prev, hint, .. } => term > 0 && ours(hint) && hint.index < prev,
        Body::Snapshot { last } => ours(last) && last != LogId::START && last.index < u64::MAX,
        Body::Ballot(said) => match said.ballot() {
            Some(BallotBody::Promise { last }) => term > 0 && ours(last),
            Some(BallotBody::Fetch { prev }) => {
                ours(prev) && prev.term < term && prev.index < u64::MAX
            }
            Some(BallotBody::Suffix { prev, entries_term, count }) => {
                Sent { prev, term: entries_term, count }.is_legal(term)
            }
            Some(BallotBody::Differs { prev, hint }) => term > 0 && ours(hint) && hint.index < prev,
            Some(BallotBody::ReadIndex { .. } | BallotBody::ReadIndexReply { .. }) => term > 0,
            None => false,
        },
    }
}
