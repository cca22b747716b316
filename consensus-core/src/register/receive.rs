//! Messages, as they come in.

use super::{
    Accepted, Body, Change, Message, MessageError, Register, machine::Phase, propose::following,
};
use crate::{Ballot, NodeId, ballot::order};

impl<C: Change, const N: usize> Register<C, N> {
    /// Takes a message that arrived at `now_us`, from whom the transport says that it is. One that
    /// is late, or was there before, changes nothing.
    ///
    /// # Errors
    ///
    /// [`MessageError`].
    pub fn handle_message(
        &mut self,
        now_us: u64,
        from: NodeId,
        message: Message<C::Value, N>,
    ) -> Result<(), MessageError> {
        if message.instance != self.instance {
            return Err(MessageError::WrongInstance);
        }
        if message.to != self.id {
            return Err(MessageError::WrongReceiver);
        }
        if from == self.id {
            return Err(MessageError::Malformed);
        }
        // Who is no member as far as this node knows may be one by now, so strangers are heard; they
        // do not count.
        let before_us = self.now_us;
        self.advance_clock(now_us);
        let taken = self.receive(from, message.body);
        if taken.is_err() {
            self.now_us = before_us;
        }
        taken
    }

    fn receive(&mut self, from: NodeId, body: Body<C::Value, N>) -> Result<(), MessageError> {
        match body {
            Body::Prepare { ballot } => {
                check_sender(ballot, from)?;
                self.receive_prepare(ballot);
            }
            Body::Accept { ballot, state } => {
                check_sender(ballot, from)?;
                if !state.is_legal(Some(ballot)) {
                    return Err(MessageError::Malformed);
                }
                self.receive_accept(ballot, state)?;
            }
            Body::Promise { ballot, accepted } => {
                let current = self.admit(ballot)?;
                self.check_accepted(ballot, current, &accepted)?;
                let place = self.view.place(from);
                if let (true, Phase::Preparing, Some(place)) = (current, self.phase, place) {
                    self.receive_promise(place, accepted);
                }
            }
            Body::Accepted { ballot } => {
                let current = self.admit(ballot)?;
                let place = self.view.place(from);
                if let (true, Phase::Accepting(_), Some(place)) = (current, self.phase, place) {
                    self.count(place);
                }
            }
            Body::Rejected { ballot, promised } => {
                let current = self.admit(ballot)?;
                if promised <= ballot {
                    return Err(MessageError::Malformed);
                }
                let asks = matches!(self.phase, Phase::Preparing | Phase::Accepting(_));
                if current && asks {
                    self.receive_rejection(self.view.place(from), promised);
                }
            }
            Body::Query { life, round } => {
                check_sender(life, from)?;
                self.receive_query(life, round);
            }
            Body::Report { life, round, ballot } => {
                let current = self.admit(life)? && round == self.reads.round();
                if current && self.phase == Phase::Querying {
                    self.receive_report(from, ballot);
                }
            }
            Body::Forget { ballot } => {
                check_sender(ballot, from)?;
                self.receive_forget(ballot);
            }
        }
        Ok(())
    }

    /// Another says under which ballot it has accepted what it holds.
    fn receive_report(&mut self, from: NodeId, ballot: Option<Ballot>) {
        let Some(place) = self.view.place(from) else { return };
        let order = order(&ballot, &self.record.accepted.ballot);
        if order.is_eq() {
            self.count(place);
            return;
        }
        // Every place is below 64.
        let _ = self.rejected.insert(place);
        if let Some(following) = ballot.and_then(following) {
            // What has accepted that has promised this.
            self.beaten = self.beaten.max(following.round.get());
        }
        // Something is unfinished, here or there.
        if order.is_gt() || !self.view.is_quorum_without(self.rejected) {
            self.prepare();
        }
    }

    /// Whether an answer is to what it asks now. One to a ballot that it has not promised itself is
    /// to an earlier life that it has forgotten.
    fn admit(&self, ballot: Ballot) -> Result<bool, MessageError> {
        if ballot.proposer != self.id {
            return Err(MessageError::Malformed);
        }
        let ballot = Some(ballot);
        if order(&ballot, &self.record.promised).is_gt() {
            return Err(MessageError::ReusedBallot);
        }
        Ok(order(&ballot, &self.ballot).is_eq())
    }

    /// Whether who promises this ballot can have accepted that.
    fn check_accepted(
        &self,
        ballot: Ballot,
        current: bool,
        accepted: &Accepted<C::Value, N>,
    ) -> Result<(), MessageError> {
        let order_of_it = order(&accepted.ballot, &Some(ballot));
        if order_of_it.is_gt() || !accepted.is_legal() {
            return Err(MessageError::Malformed);
        }
        if self.phase != Phase::Preparing || !current {
            return Ok(());
        }
        if order_of_it.is_eq() {
            return Err(MessageError::ReusedBallot);
        }
        let known = [Some(&self.record.accepted), self.found.as_ref()];
        let differs = |known: &Accepted<C::Value, N>| {
            known.ballot.is_some()
                && order(&known.ballot, &accepted.ballot).is_eq()
                && known.state != accepted.state
        };
        if known.into_iter().flatten().any(differs) {
            return Err(MessageError::TwoValues);
        }
        Ok(())
    }
}

/// A ballot is asked for by its proposer.
fn check_sender(ballot: Ballot, from: NodeId) -> Result<(), MessageError> {
    if ballot.proposer == from { Ok(()) } else { Err(MessageError::Malformed) }
}
